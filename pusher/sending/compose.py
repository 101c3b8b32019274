"""Matches → a draft batch: who is told, in which words, at what cost; who is left out and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, insert
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, func, select

from profiles.model import Channel, Office, Profile
from profiles.sealing import sealer_of
from pusher.audit import note
from pusher.clock import OFFICE_ZONE
from pusher.model.batch import Batch, BatchKind, Visit, VisitMatch
from pusher.model.errors import NotFound, Overtaken, Unwilling
from pusher.model.match import Decision, Match, MatchRun
from pusher.model.notice import Notice, NoticeMatch, Reason
from pusher.model.policy import Policy
from pusher.sending.drafting import Drafter
from pusher.sending.hours import next_moment
from pusher.sending.limits import Limits, heard_of_late, left_of_the_budget
from pusher.sending.paces import at_their_pace
from pusher.sending.sort_out import Sorted, sort_out
from pusher.sending.tellable import refuse_unless_tellable
from pusher.sending.told_before import as_told, only_told
from pusher.working_days import read_calendar

FARTHEST: Final = timedelta(days=90)
"""How far ahead a batch may be timed."""
LONGEST_WAIT = timedelta(days=30)
"""News older than this is no news, whatever the deadline."""


NO_LIMITS: Final = Limits()


class NobodyToTell(Unwilling):
    """The run found nobody of those that were asked for."""

    code = "nobody_to_tell"


class TooFarAhead(Unwilling):
    """The first moment lies so far ahead that whoever is right today may not be then."""

    code = "too_far_ahead"


class TooLate(Unwilling):
    """The application ends before anything could be sent."""

    code = "too_late"


_NOBODY_CHOSEN = "这次匹配中没有所选的人，无人可通知"
_ALL_IN_DIGESTS = "所选的人都要每日或每周的摘要，系统会在摘要里告诉他们"
_NOBODY = {
    BatchKind.CORRECTION: "没有人收到过这份政策的通知，不需要更正",
    BatchKind.INTERPRETATION: "没有人收到过这份政策的通知，解读不必单独告知",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A batch and its rows, worked out and not yet written.

    Attributes:
        batch: a draft, in no session.
        rows: what goes into each table, in this order.
        counted: drafted, withheld, visits.
        earlier: how many had a notice or a visit of this policy and kind when it was worked out.
    """

    batch: Batch
    rows: Sequence[tuple[Table, Sequence[Mapping[str, Any]]]]
    counted: Mapping[str, int]
    earlier: tuple[int, int]


def plan(
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
    limits: Limits = NO_LIMITS,
    known: Collection[UUID] = (),
) -> Plan:
    """Work out the notices of one policy; nothing is written.

    Who only follows a subject and wants a digest is left to it (`sending.digest`).
    Every match that is taken in ends in one place: a notice (those that meet at one address
    share one), a withheld notice with its reason, or a visit on the offline list. Texts are
    final from here on.

    Args:
        session: a reading one will do, so that nobody waits while a hundred thousand are sorted.
        run: of this policy, judged by its present rule.
        include: decisions taken in; of an interpretation whoever was told is, and nobody else.
        channels: that may be used; WeChat is taken before SMS.
        send_after: not before; None: the next moment within the office's hours.
        prices: yuan for an SMS segment and for a WeChat message; WeChat is free unless said.
        public_url: where the pages for recipients are.
        by: staff number.
        now: the moment of drafting.
        limits: who has heard enough of late is left out, and what the month's budget does not
            cover; shown in the preview, each with its reason.
        known: profiles to whom it is no news: their result is what an earlier version gave.

    Raises:
        NotTellable: nobody, or not these people, may be told of this policy now.
        NobodyToTell: the run has no such match.
        TooLate: the application ends before the first moment of sending.
        BadWording: a template or the price of an SMS is missing.
    """
    if kind is BatchKind.DIGEST:
        raise NobodyToTell("订阅摘要由系统在每个工作日早上起草，不用手工起草")
    as_of = now.astimezone(OFFICE_ZONE).date()
    explains = kind is BatchKind.INTERPRETATION
    found = as_told(session, policy) if explains else []
    if explains:
        include = {match.decision for match, _ in found} or include
    rule = refuse_unless_tellable(session, policy, run, kind=kind, decisions=include, as_of=as_of)
    earlier = drafted_earlier(session, policy.id, kind)
    if not explains:
        found = [pair for pair in _found(session, run, include) if pair[0].profile_id not in known]
    if kind is BatchKind.FIRST:
        found = _at_once(session, found)
    if kind is BatchKind.CORRECTION:
        found = only_told(session, policy, found)
    if not found:
        raise NobodyToTell(_NOBODY.get(kind, _NOBODY_CHOSEN))
    outlasts = kind in (BatchKind.CORRECTION, BatchKind.INTERPRETATION)
    first, latest = times(session, policy, send_after=send_after, now=now, outlasts=outlasts)
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
    drafter = _drafter(session, batch, policy, prices, public_url, as_of)
    places = sort_out(session, policy, rule, found, kind=kind, channels=channels, now=now)
    keep_to(session, drafter, places, limits, now=now)
    rows, counted = rows_of(drafter, places)
    return Plan(batch, rows, counted, earlier)


def write_down(session: Session, worked_out: Plan) -> Batch:
    """Write a plan, all of it or nothing; nothing leaves before two people have looked at it.

    Args:
        session: of a writing store; the caller commits.
        worked_out: by `plan`, a moment ago.

    Raises:
        NotTellable: the policy or its rule moved on in the meantime.
        Overtaken: somebody drafted for the same people in the meantime.
    """
    batch = worked_out.batch
    refuse_unless_tellable(
        session,
        session.get_one(Policy, batch.policy_id),
        session.get_one(MatchRun, batch.run_id),
        kind=batch.kind,
        decisions=[Decision(word) for word in batch.include],
        as_of=batch.drafted_at.astimezone(OFFICE_ZONE).date(),
    )
    if drafted_earlier(session, batch.policy_id, batch.kind) != worked_out.earlier:
        raise Overtaken(_OVERTAKEN)
    session.add(batch)
    session.flush()
    try:
        with session.begin_nested():
            # rows and many of them: objects would cost ten times as much under the lock
            for table, rows in worked_out.rows:
                for start in range(0, len(rows), _AT_ONCE):
                    session.connection().execute(insert(table), rows[start : start + _AT_ONCE])
    except IntegrityError:
        raise Overtaken(_OVERTAKEN) from None
    about = ("batch", batch.id)
    by, now = batch.drafted_by, batch.drafted_at
    note(session, "batch.draft", about=about, by=by, now=now, **worked_out.counted)
    return batch


def _at_once(
    session: Session, found: Sequence[tuple[Match, Profile]]
) -> list[tuple[Match, Profile]]:
    """Without those who only follow a subject and want a digest.

    Raises:
        NobodyToTell: it is all of them.
    """
    waits = at_their_pace(session, [match for match, _ in found])
    if found and len(waits) == len(found):
        raise NobodyToTell(_ALL_IN_DIGESTS)
    return [pair for pair in found if pair[0].id not in waits]


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
    session: Session,
    policy: Policy,
    *,
    send_after: datetime | None,
    now: datetime,
    outlasts: bool = False,
) -> tuple[datetime, datetime]:
    """From when, and until when the news is still news.

    Args:
        outlasts: it is news also after the last day to apply.

    Raises:
        TooFarAhead: the first moment of sending lies beyond `FARTHEST`.
        TooLate: the application ends before the first moment of sending.
    """
    first = send_after or next_moment(now, elderly=False, calendar=read_calendar(session))
    if first > now + FARTHEST:
        last = (now + FARTHEST).astimezone(OFFICE_ZONE).date()
        raise TooFarAhead(f"发送时间太远，名单到那时可能已经变了；请定在 {last} 以前")
    latest = first + LONGEST_WAIT
    if policy.apply_until and not outlasts:
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


def drafted_earlier(session: Session, policy_id: UUID, kind: BatchKind) -> tuple[int, int]:
    """How many notices and visits this policy has in batches of this kind."""
    ours = (Batch.policy_id == policy_id, Batch.kind == kind)
    counted = [
        session.exec(
            select(func.count()).select_from(table).where(table.batch_id == Batch.id, *ours)
        ).one()
        for table in (Notice, Visit)
    ]
    return counted[0], counted[1]


def keep_to(
    session: Session, drafter: Drafter, places: Sorted, limits: Limits, *, now: datetime
) -> None:
    """Leave out who has heard enough, then whatever the budget does not cover, in order."""
    batch = drafter.batch
    readers = {address: drafter.reader(meeting) for address, meeting in places.meetings.items()}
    asked = set() if batch.kind is BatchKind.CORRECTION else set(readers.values())
    heard = heard_of_late(session, asked, limits, now=now)
    left = left_of_the_budget(session, batch.office_id, limits, at=batch.send_after)
    for address, reader in readers.items():
        why = Reason.CAP if limits.is_enough(heard[reader]) else None
        if why is None and left is not None:
            costs = drafter.notice(places.meetings[address]).price
            why = Reason.BUDGET if costs > left else None
            left -= costs if why is None else 0
        if why is not None:
            for one in places.meetings.pop(address).told:
                places.leave_out(one, why)


def rows_of(
    drafter: Drafter, places: Sorted
) -> tuple[list[tuple[Table, Sequence[Mapping[str, Any]]]], dict[str, int]]:
    """The rows of a batch, by table in the order they are written, and how many of each kind."""
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
    rows: list[tuple[Table, Sequence[Mapping[str, Any]]]] = [
        (table_of(Notice), [row_of(row) for row, _ in (*notices, *withheld)]),
        (table_of(Visit), [row_of(row) for row, _ in visits]),
        (table_of(NoticeMatch), links),
        (table_of(VisitMatch), doors),
    ]
    return rows, {"drafted": len(notices), "withheld": len(withheld), "visits": len(visits)}


def table_of(of: type[SQLModel]) -> Table:
    """The table of a model, for inserting many rows."""
    return SQLModel.metadata.tables[str(of.__tablename__)]


def row_of(thing: SQLModel) -> dict[str, Any]:
    """A thing as a row of its table."""
    return {column.key: getattr(thing, column.key) for column in table_of(type(thing)).columns}


_AT_ONCE: Final = 5_000
"""Rows in one statement."""
_OVERTAKEN: Final = "有人刚为同一政策起草了批次，请刷新后再试"
