"""Matches → a draft batch: who is told, in which words, at what cost; who is left out and why."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from profiles.model import Channel, Office, Profile
from profiles.sealing import sealer_of
from pusher.audit import note
from pusher.clock import OFFICE_ZONE
from pusher.model.batch import Batch, BatchKind, VisitMatch
from pusher.model.errors import NotFound, Overtaken, Unwilling
from pusher.model.match import Decision, Match, MatchRun
from pusher.model.notice import NoticeMatch
from pusher.model.policy import Policy
from pusher.sending.drafting import Drafter
from pusher.sending.hours import next_moment, read_calendar
from pusher.sending.sort_out import Sorted, sort_out
from pusher.sending.tellable import refuse_unless_tellable

LONGEST_WAIT = timedelta(days=30)
"""News older than this is no news, whatever the deadline."""


class NobodyToTell(Unwilling):
    """The run found nobody of those that were asked for."""

    code = "nobody_to_tell"


class TooLate(Unwilling):
    """The application ends before anything could be sent."""

    code = "too_late"


def compose(
    session: Session,
    policy: Policy,
    run: MatchRun,
    *,
    kind: BatchKind,
    include: Collection[Decision],
    channels: Sequence[Channel],
    send_after: datetime | None,
    prices: Mapping[Channel, Decimal],
    public_url: str,
    by: str,
    now: datetime,
) -> Batch:
    """Draft the notices of one policy; nothing leaves before two people have looked at them.

    Every match that is taken in ends in one place: a notice (those that meet at one address
    share one), a withheld notice with its reason, or a visit on the offline list. Texts are
    final from here on.

    Args:
        session: of a writing store; the caller commits.
        run: of this policy, judged by its present rule.
        include: decisions taken in.
        channels: that may be used; WeChat is taken before SMS.
        send_after: not before; None: the next moment within the office's hours.
        prices: yuan for an SMS segment and for a WeChat message; WeChat is free unless said.
        public_url: where the pages for recipients are.
        by: staff number.
        now: the moment of drafting.

    Raises:
        NotTellable: nobody, or not these people, may be told of this policy now.
        NobodyToTell: the run has no such match.
        TooLate: the application ends before the first moment of sending.
        BadWording: a template or the price of an SMS is missing.
        Overtaken: somebody drafted for one of these addresses at the same moment.
    """
    as_of = now.astimezone(OFFICE_ZONE).date()
    rule = refuse_unless_tellable(session, policy, run, kind=kind, decisions=include, as_of=as_of)
    found = _found(session, run, include)
    if not found:
        raise NobodyToTell("这次匹配中没有所选的人，无人可通知")
    first, latest = times(session, policy, send_after=send_after, now=now)
    batch = Batch(
        office_id=policy.office_id,
        policy_id=policy.id,
        run_id=run.id,
        kind=kind,
        include=sorted(set(include)),
        channels=sorted(set(channels)),
        send_after=first,
        latest_at=latest,
        drafted_by=by,
        drafted_at=now,
    )
    session.add(batch)
    session.flush()
    drafter = _drafter(session, batch, policy, prices, public_url, as_of)
    places = sort_out(session, policy, rule, found, kind=kind, channels=channels, now=now)
    counted = _write(session, drafter, places)
    note(session, "batch.draft", about=("batch", batch.id), by=by, now=now, **counted)
    return batch


def _found(
    session: Session, run: MatchRun, include: Collection[Decision]
) -> list[tuple[Match, Profile]]:
    rows = session.exec(
        select(Match, Profile)
        .join(Profile, col(Profile.id) == Match.profile_id)
        .where(Match.run_id == run.id, col(Match.decision).in_(list(include)))
        .order_by(col(Match.id))
    )
    return [(match, profile) for match, profile in rows]


def times(
    session: Session, policy: Policy, *, send_after: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """From when, and until when the news is still news.

    Raises:
        TooLate: the application ends before the first moment of sending.
    """
    first = send_after or next_moment(now, elderly=False, calendar=read_calendar(session))
    latest = first + LONGEST_WAIT
    if policy.apply_until:
        latest = min(latest, _end_of(policy.apply_until))
    if latest <= max(first, now):
        raise TooLate("到可以发送的时候，该政策的申请已经截止；请改早发送时间，或不再发送")
    return first, latest


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), OFFICE_ZONE)


def _drafter(
    session: Session,
    batch: Batch,
    policy: Policy,
    prices: Mapping[Channel, Decimal],
    public_url: str,
    as_of: date,
) -> Drafter:
    office = session.get(Office, policy.office_id)
    if office is None:
        raise NotFound("找不到该政策所属的单位")
    return Drafter(batch, policy, office, sealer_of(session), prices, public_url, as_of)


def _write(session: Session, drafter: Drafter, places: Sorted) -> dict[str, int]:
    """Write all rows at once; two drafts for one address at one moment cannot both stand."""
    notices = [(drafter.notice(m), m.told) for m in places.meetings.values()]
    withheld = [(drafter.left_out(t, why), t) for (_, why), t in places.left_out.items()]
    visits = [(drafter.visit(t, because), t) for because, t in places.doors.values()]
    links = [
        {"notice_id": notice.id, "match_id": one.match.id}
        for notice, told in (*notices, *withheld)
        for one in told
    ]
    doors = [
        {"visit_id": visit.id, "match_id": one.match.id} for visit, told in visits for one in told
    ]
    try:
        with session.begin_nested():
            session.add_all([row for row, _ in (*notices, *withheld, *visits)])
            session.flush()
            # rows of two ids each, and many of them: objects would cost more than the rows
            for table, rows in ((NoticeMatch, links), (VisitMatch, doors)):
                if rows:
                    session.execute(insert(table), rows)
    except IntegrityError:
        raise Overtaken("有人刚为同一政策起草了批次，请刷新后再试") from None
    return {"drafted": len(notices), "withheld": len(withheld), "visits": len(visits)}
