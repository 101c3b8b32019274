"""Matches → addresses where they meet, people who are left out, doors to walk to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.consent import OFFLINE, Approach, Refusal, reach_all
from profiles.dossier import facts_on, read_dossier
from profiles.model import Channel, Contact, EndReason, Profile, ProfileKind
from profiles.recipients import Recipient, recipients
from pusher.clock import OFFICE_ZONE
from pusher.model.batch import Batch, BatchKind, BatchState, Visit
from pusher.model.match import Decision, Match
from pusher.model.notice import Notice, NoticeMatch, NoticeState, Outcome, Reason
from pusher.model.policy import AudienceRule, Policy, PolicyTag, Subject

REASONS = {
    Refusal.NO_CONSENT: Reason.NO_CONSENT,
    Refusal.NO_SENSITIVE_CONSENT: Reason.NO_SENSITIVE_CONSENT,
    Refusal.OPTED_OUT: Reason.OPTED_OUT,
    Refusal.DECEASED: Reason.DECEASED,
    Refusal.ENDED: Reason.ENDED,
    Refusal.NO_ADDRESS: Reason.NO_ADDRESS,
}


ENDS = {EndReason.ERASED: Reason.ERASED, EndReason.MOVED_OUT: Reason.MOVED_OUT}
"""Ends that have a reason of their own."""


@dataclass(frozen=True, slots=True)
class Told:
    """One match and who would read of it.

    Attributes:
        of_self: the reader is meant.
        of_ward: somebody the reader cares for is meant.
    """

    match: Match
    recipient: Recipient
    of_self: bool
    of_ward: bool

    @property
    def reader(self) -> Profile:
        """Who reads: the person, a guardian or an agent."""
        return self.recipient.reader

    @property
    def of_firm(self) -> bool:
        """A firm is meant."""
        return self.recipient.concerned.kind is ProfileKind.ENTERPRISE


@dataclass(slots=True)
class Meeting:
    """Matches that meet at one address: one notice tells of them all."""

    contact: Contact
    told: list[Told] = field(default_factory=list)


@dataclass(slots=True)
class Sorted:
    """What becomes of the matches. Each is in exactly one place.

    Attributes:
        meetings: by channel and address.
        left_out: by reader and reason.
        doors: by reader; with why nobody can write to them.
    """

    meetings: dict[tuple[Channel, str], Meeting] = field(default_factory=dict)
    left_out: dict[tuple[UUID, Reason], list[Told]] = field(default_factory=dict)
    doors: dict[UUID, tuple[Refusal, list[Told]]] = field(default_factory=dict)

    def leave_out(self, told: Told, reason: Reason) -> None:
        """Put one match among those who hear nothing."""
        self.left_out.setdefault((told.reader.id, reason), []).append(told)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """Who has heard of this policy in this kind of batch, or will.

    Attributes:
        addresses: with a notice that is not withheld or failed.
        people: whom such a notice is about, unless it is known not to have arrived.
        readers: who stands on an offline list.
    """

    addresses: Collection[tuple[Channel, str]]
    people: Collection[UUID]
    readers: Collection[UUID]


def sort_out(
    session: Session,
    policy: Policy,
    rule: AudienceRule,
    found: Sequence[tuple[Match, Profile]],
    *,
    kind: BatchKind,
    channels: Sequence[Channel],
    now: datetime,
) -> Sorted:
    """Decide for each match whether, where and through whom it is told.

    Args:
        rule: says whose facts the matches rest on.
        found: matches with whom they concern, each profile once, in the order of the notices.
        kind: of the batch to be.
        channels: those that the batch may use.
        now: the moment of drafting.
    """
    as_of = now.astimezone(OFFICE_ZONE).date()
    earlier = _earlier(session, policy, kind)
    reading = recipients(session, [p for _, p in found], channels=channels, as_of=as_of)
    told = {match.id: _told(session, rule, match, reading[p.id], as_of) for match, p in found}
    refusals = _refusals(session, policy, rule, list(told.values()), as_of=as_of, now=now)
    elsewhere = _reachable_elsewhere(session, told.values(), refusals, as_of)
    result = Sorted()
    for one in told.values():
        _place(one, refusals[one.match.profile_id], elsewhere, earlier, result)
    return result


def _told(
    session: Session, rule: AudienceRule, match: Match, recipient: Recipient, as_of: date
) -> Told:
    """Say who is meant, by the kinship and by the subject of the rule."""
    if recipient.concerned.id != recipient.reader.id:
        return Told(match, recipient, of_self=False, of_ward=True)
    by_rule = match.decision is not Decision.SUBSCRIBED and rule.subject is not Subject.SELF
    wards = by_rule and bool(_wards_born(_facts(session, recipient.concerned, as_of)))
    return Told(
        match,
        recipient,
        of_self=not (wards and rule.subject is Subject.WARD),
        of_ward=wards,
    )


def _refusals(
    session: Session,
    policy: Policy,
    rule: AudienceRule,
    told: Sequence[Told],
    *,
    as_of: date,
    now: datetime,
) -> Mapping[UUID, Refusal | None]:
    topics = session.exec(select(PolicyTag.tag_code).where(PolicyTag.policy_id == policy.id)).all()
    wanted = []
    for one in told:
        facts = _facts(session, one.recipient.concerned, as_of)
        of_wards = one.of_ward and one.recipient.concerned.id == one.reader.id
        wanted.append(
            Approach(
                one.recipient.concerned,
                one.reader,
                one.recipient.contact,
                one.match.sensitive,
                facts,
                _wards_born(facts) if of_wards and rule.subject is not Subject.SELF else (),
            )
        )
    return reach_all(session, wanted, topics=topics, now=now)


def _place(
    one: Told,
    refusal: Refusal | None,
    elsewhere: Collection[UUID],
    earlier: _Earlier,
    result: Sorted,
) -> None:
    concerned, contact = one.recipient.concerned, one.recipient.contact
    if refusal is None and contact is not None:
        address = (contact.channel, contact.address_index)
        if address in earlier.addresses or concerned.id in earlier.people:
            result.leave_out(one, Reason.DUPLICATE)
        else:
            result.meetings.setdefault(address, Meeting(contact)).told.append(one)
    elif refusal in OFFLINE and concerned.id not in elsewhere:
        if one.reader.id in earlier.readers:
            result.leave_out(one, Reason.DUPLICATE)
        else:
            result.doors.setdefault(one.reader.id, (refusal, []))[1].append(one)
    elif refusal is Refusal.ENDED and concerned.ended_reason in ENDS:
        result.leave_out(one, ENDS[concerned.ended_reason])
    else:
        result.leave_out(one, REASONS.get(refusal or Refusal.NO_ADDRESS, Reason.NO_ADDRESS))


def _reachable_elsewhere(
    session: Session,
    told: Collection[Told],
    refusals: Mapping[UUID, Refusal | None],
    as_of: date,
) -> set[UUID]:
    """Who has no address on this batch's channels, but one on another: no door to walk to."""
    homeless = [
        one.recipient.concerned
        for one in told
        if refusals[one.match.profile_id] is Refusal.NO_ADDRESS
    ]
    reading = recipients(session, homeless, channels=tuple(Channel), as_of=as_of)
    return {person for person, found in reading.items() if found.contact is not None}


def _earlier(session: Session, policy: Policy, kind: BatchKind) -> _Earlier:
    live = (
        Notice.policy_id == policy.id,
        Notice.kind == kind,
        col(Notice.state).not_in((NoticeState.WITHHELD, NoticeState.FAILED)),
    )
    addresses = session.exec(select(Notice.channel, Notice.address_index).where(*live))
    people = session.exec(
        select(Match.profile_id)
        .join(NoticeMatch, col(NoticeMatch.match_id) == Match.id)
        .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
        .where(*live, Notice.outcome != Outcome.UNDELIVERED)
    )
    visited = session.exec(
        select(Visit.profile_id)
        .join(Batch, col(Batch.id) == Visit.batch_id)
        .where(
            Batch.policy_id == policy.id,
            Batch.kind == kind,
            col(Batch.state).not_in((BatchState.CANCELLED, BatchState.LAPSED)),
        )
    )
    told = {(Channel(channel), index) for channel, index in addresses if channel and index}
    return _Earlier(told, set(people), set(visited))


def _facts(session: Session, profile: Profile, as_of: date) -> Mapping[str, Any]:
    return facts_on(read_dossier(session, profile), as_of)


def _wards_born(facts: Mapping[str, Any]) -> list[date]:
    rows = facts.get("wards") or []
    return [date.fromisoformat(row["birth_date"]) for row in rows if row.get("birth_date")]
