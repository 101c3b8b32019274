"""The digest: what subscribers have not heard of yet, in one notice a day or a week.

It tells of policies by wish alone, never by facts: each policy gets a run of its own whose matches
are its followers. Like any batch it is a draft that two people look at before it leaves.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from profiles.ages import day_of
from profiles.columns import new_id
from profiles.model import Channel, Office, Pace, Subscription
from profiles.rows import in_chunks, profiles_by_id
from profiles.sealing import sealer_of
from pusher.model.batch import Batch, BatchKind, Digest
from pusher.model.errors import Unwilling
from pusher.model.match import Decision, Match, MatchRun, RunKind
from pusher.model.notice import Notice, NoticeMatch, NoticeState, Outcome
from pusher.model.policy import AudienceRule, Genre, Openness, Policy, PolicyState, PolicyTag
from pusher.model.standing import standing
from pusher.model.telling import Telling
from pusher.sending.compose import (
    NO_LIMITS,
    Plan,
    drafted_earlier,
    keep_to,
    row_of,
    rows_of,
    table_of,
    write_down,
)
from pusher.sending.drafting import Drafter
from pusher.sending.hours import next_moment
from pusher.sending.limits import Limits
from pusher.sending.particulars import particulars
from pusher.sending.reasons import reason_for
from pusher.sending.segments import signed
from pusher.sending.sort_out import Meeting, Sorted
from pusher.sending.tell import Earlier, Told, tell, who_heard
from pusher.sending.tellable import WHY_NOT
from pusher.sending.wording import LINKED, fill, wordings
from pusher.working_days import read_calendar

LOOKS_BACK: Final = {Pace.DAILY: timedelta(days=7), Pace.WEEKLY: timedelta(days=14)}
"""How old the confirmation of a policy may be that is named; longer than the pace, so that what a
cancelled or lapsed digest named comes again."""
WHO: Final = {Pace.DAILY: (Pace.DAILY, Pace.AT_ONCE), Pace.WEEKLY: (Pace.WEEKLY,)}
"""Whoever wants to hear at once gets what no batch has told them within a day."""
NAMED: Final = 3
"""Titles in a text; the rest is a number, and the page behind a link names them all."""
_NEWS_FOR: Final = timedelta(days=7)
_TOLD: Final = (BatchKind.FIRST, BatchKind.DIGEST)


class NothingNew(Unwilling):
    """Nobody of this pace has anything to hear, or this period had its digest."""

    code = "nothing_new"


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """A digest worked out and not yet written.

    Attributes:
        runs: one for each policy that somebody is told of.
        matches: all their rows.
    """

    mark: Digest
    runs: Sequence[MatchRun]
    matches: Sequence[Match]
    plan: Plan


def plan_digest(
    session: Session,
    office: Office,
    pace: Pace,
    *,
    prices: Mapping[Channel, Decimal],
    public_url: str,
    by: str,
    now: datetime,
    limits: Limits = NO_LIMITS,
    channels: Sequence[Channel] = tuple(Channel),
    send_after: datetime | None = None,
) -> DigestPlan:
    """Work out the digest of today, or of this week; nothing is written.

    Args:
        session: a reading one will do.
        pace: DAILY or WEEKLY.
        prices, public_url, limits: as of `compose.plan`.
        by: staff number, or the name of a job.
        channels: those that the office has a gateway for.
        send_after: not before; None: the next moment within the office's hours.

    Raises:
        NothingNew: nobody would get one, the period has one, or today is no working day.
        BadWording: a template or the price of an SMS is missing.
    """
    day = day_of(now)
    period = day if pace is Pace.DAILY else day - timedelta(days=day.weekday())
    calendar = read_calendar(session)
    if not calendar.works(day) or _has_digest(session, office, pace, period):
        raise NothingNew("今天不出摘要，或这一期已经起草")
    first = send_after or next_moment(now, elderly=False, calendar=calendar)
    news = {one.run.id: one for one in _news(session, office, pace, first, channels, now=now)}
    places = _sorted([told for one in news.values() for told in one.told])
    kept = {told.match.id: told.match for told in _of(places)}
    if not places.meetings:
        raise NothingNew("没有新的政策要列入摘要")
    reached = {told.match.run_id for m in places.meetings.values() for told in m.told}
    lead = next(one for run, one in news.items() if run in reached)
    batch = _batch(office, lead, first, channels, by=by, now=now)
    drafter = DigestDrafter(
        batch, lead.policy, office, sealer_of(session), prices, public_url, day,
        policies={one.policy.id: one.policy for one in news.values()},
    )  # fmt: skip
    keep_to(session, drafter, places, limits, now=now)
    rows, counted = rows_of(drafter, places)
    earlier = drafted_earlier(session, lead.policy.id, BatchKind.DIGEST)
    return DigestPlan(
        Digest(office_id=office.id, pace=pace, period_on=period, batch_id=batch.id, at=now),
        [one.run for run, one in news.items() if run in {match.run_id for match in kept.values()}],
        list(kept.values()),
        Plan(batch, rows, counted, earlier),
    )


def write_digest(session: Session, worked_out: DigestPlan) -> Batch:
    """Write a digest, all of it or nothing.

    Args:
        session: of a writing store; the caller commits.

    Raises:
        IntegrityError: another clockwork wrote this period's digest meanwhile.
        NotTellable, Overtaken: as of `compose.write_down`.
    """
    for run in worked_out.runs:
        session.add(run)
    session.flush()
    for rows in in_chunks([row_of(match) for match in worked_out.matches]):
        session.connection().execute(table_of(Match).insert(), list(rows))
    batch = write_down(session, worked_out.plan)
    session.add(worked_out.mark)
    session.flush()
    return batch


@dataclass(frozen=True, slots=True)
class _News:
    """One policy, and what becomes of each follower who has not heard of it."""

    policy: Policy
    run: MatchRun
    told: Sequence[Told]


def _news(
    session: Session,
    office: Office,
    pace: Pace,
    first: datetime,
    channels: Sequence[Channel],
    *,
    now: datetime,
) -> Iterator[_News]:
    for policy, rule in _new_policies(session, office, now - LOOKS_BACK[pace], day_of(first)):
        follow = _followers(session, policy, WHO[pace])
        earlier = _heard(session, policy)
        people = profiles_by_id(session, follow.keys() - set(earlier.people))
        run = MatchRun(
            id=new_id(), policy_id=policy.id, rule_id=rule.id, as_of=day_of(now), at=now,
            judged=len(people), kind=RunKind.DIGEST,
        )  # fmt: skip
        found = [(_match(run, person, follow[person]), people[person]) for person in sorted(people)]
        told = tell(session, policy, rule, found, earlier=earlier, channels=channels, now=now)
        news = [one for one in told if not earlier.knows(one.recipient)]
        if news:
            yield _News(policy, run, news)


def _new_policies(
    session: Session, office: Office, since: datetime, day: date
) -> list[tuple[Policy, AudienceRule]]:
    """Confirmed since, open to all and not over; with the present rule, the latest first."""
    first = (
        select(col(AudienceRule.policy_id), func.max(AudienceRule.number).label("number"))
        .group_by(col(AudienceRule.policy_id))
        .having(func.min(AudienceRule.confirmed_at) > since)
        .subquery()
    )
    asked = (
        select(Policy, AudienceRule)
        .join(AudienceRule, col(AudienceRule.policy_id) == Policy.id)
        .join(
            first,
            (first.c.policy_id == AudienceRule.policy_id) & (first.c.number == AudienceRule.number),
        )
        .where(
            Policy.office_id == office.id,
            Policy.state == PolicyState.CONFIRMED,
            Policy.openness == Openness.OPEN,
            Policy.genre != Genre.INTERPRETATION,
        )
        .order_by(col(Policy.id).desc())
    )
    return [(p, rule) for p, rule in session.exec(asked) if standing(p, day) not in WHY_NOT]


def _followers(session: Session, policy: Policy, paces: Collection[Pace]) -> dict[UUID, list[str]]:
    tags = select(PolicyTag.tag_code).where(PolicyTag.policy_id == policy.id)
    asked = select(Subscription.profile_id, Subscription.tag_code).where(
        col(Subscription.tag_code).in_(tags),
        col(Subscription.pace).in_(paces),
        col(Subscription.ended_at).is_(None),
    )
    found: dict[UUID, list[str]] = {}
    for person, tag in session.exec(asked):
        found.setdefault(person, []).append(tag)
    return found


def _heard(session: Session, policy: Policy) -> Earlier:
    """Who heard of *policy*, or will, in a notice of its own or in a digest."""
    first = who_heard(session, policy, BatchKind.FIRST)
    people: AbstractSet[UUID] = set()
    addresses = set(first.addresses)
    digests = session.exec(
        select(Match.profile_id, Notice.channel, Notice.address_index)
        .join(NoticeMatch, col(NoticeMatch.match_id) == Match.id)
        .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
        .where(
            Match.policy_id == policy.id,
            col(Notice.kind).in_(_TOLD),
            col(Notice.state).not_in((NoticeState.WITHHELD, NoticeState.FAILED)),
            Notice.outcome != Outcome.UNDELIVERED,
        )
    ).all()
    people = {*first.people, *(person for person, _, _ in digests)}
    addresses |= {(Channel(c), index) for _, c, index in digests if c and index}
    return Earlier(addresses, people, ())


def _match(run: MatchRun, person: UUID, tags: Sequence[str]) -> Match:
    return Match(
        id=new_id(), run_id=run.id, policy_id=run.policy_id, profile_id=person,
        decision=Decision.SUBSCRIBED, followed=sorted(tags), missing=[], sensitive=False,
    )  # fmt: skip


def _of(places: Sorted) -> Iterator[Told]:
    for meeting in places.meetings.values():
        yield from meeting.told
    for left_out in places.left_out.values():
        yield from left_out


def _sorted(told: Sequence[Told]) -> Sorted:
    """Where they meet; who is left out altogether has a row that says why."""
    result = Sorted()
    silent: list[Told] = []
    for one in told:
        contact = one.recipient.contact
        if one.way.telling is not Telling.DIGEST_ONLY or one.refusal or contact is None:
            silent.append(one)
            continue
        address = (contact.channel, contact.address_index)
        result.meetings.setdefault(address, Meeting(contact)).told.append(one)
    reached = {one.reader.id for meeting in result.meetings.values() for one in meeting.told}
    for one in silent:
        if one.refusal is not None and one.reader.id not in reached:
            result.leave_out(one, reason_for(one.refusal, one.recipient.concerned))
    return result


def _batch(
    office: Office,
    lead: _News,
    first: datetime,
    channels: Sequence[Channel],
    *,
    by: str,
    now: datetime,
) -> Batch:
    return Batch(
        id=new_id(), office_id=office.id, policy_id=lead.policy.id, run_id=lead.run.id,
        kind=BatchKind.DIGEST, include=[Decision.SUBSCRIBED.value],
        channels=sorted(channel.value for channel in channels),
        send_after=first, latest_at=first + _NEWS_FOR, drafted_by=by, drafted_at=now,
    )  # fmt: skip


def _has_digest(session: Session, office: Office, pace: Pace, period: date) -> bool:
    asked = select(Digest.id).where(
        Digest.office_id == office.id, Digest.pace == pace, Digest.period_on == period
    )
    return session.exec(asked).first() is not None


@dataclass(slots=True)
class DigestDrafter(Drafter):
    """Makes the rows of a digest: the words name several policies.

    Attributes:
        policies: by id: what its matches tell of.
    """

    policies: Mapping[UUID, Policy] = field(default_factory=dict)

    def notice(self, meeting: Meeting) -> Notice:
        """The one notice of an address, with as many titles as a text takes."""
        named = dict.fromkeys(one.match.policy_id for one in meeting.told)
        row = self._row(self.reader(meeting), meeting.told)
        row.policy_id = next(iter(named))
        to_people = not all(one.of_firm for one in meeting.told)
        titles = [
            particulars(self.policies[one], as_of=self.as_of, to_people=to_people).title
            for one in named
        ]
        channel = meeting.contact.channel
        about = _about(channel, len(titles))
        wording = wordings(phone=self.office.phone)[about]
        values = {f"title{n}": title for n, title in enumerate(titles, 1)}
        values |= {"number": str(len(titles)), "office": self.office.name}
        values["title"] = titles[0] if len(titles) == 1 else f"{len(titles)}件新政策：{titles[0]}等"
        filled = fill(wording, values)
        if channel is Channel.SMS:
            filled = replace(filled, text=signed(filled.text, self.office.signature))
        return self._written(row, meeting, wording, filled)


def _about(channel: Channel, titles: int) -> str:
    if channel in LINKED:
        return f"{channel}_digest_plain"
    return f"sms_digest_{titles}" if titles <= NAMED else "sms_digest_more"
