"""Matches → addresses where they meet, people who are left out, doors to walk to."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import day_of
from profiles.model import Channel, Contact, Profile
from profiles.reach import Refusal
from profiles.recipients import recipients
from pusher.model.batch import BatchKind
from pusher.model.match import Match, MatchRun
from pusher.model.notice import Reason
from pusher.model.policy import AudienceRule, Policy
from pusher.model.telling import TOLD_BEFORE, Telling
from pusher.sending.reasons import reason_for
from pusher.sending.tell import Earlier, Told, tell, who_heard


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
    doors: dict[UUID, tuple[str, list[Told]]] = field(default_factory=dict)

    def leave_out(self, told: Told, reason: Reason) -> None:
        """Put one match among those who hear nothing."""
        self.left_out.setdefault((told.reader.id, reason), []).append(told)


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

    Staff chose to tell them: who would else find it in a digest gets a notice of their own.

    Args:
        rule: says whose facts the matches rest on; those of an earlier rule, by that one.
        found: matches with whom they concern, each profile once, in the order of the notices.
        kind: of the batch to be.
        channels: those that the batch may use.
        now: the moment of drafting.
    """
    earlier = who_heard(session, policy, kind)
    told = [
        one
        for its_rule, part in _by_rule(session, rule, found)
        for one in tell(
            session, policy, its_rule, part, earlier=earlier, kind=kind, channels=channels, now=now
        )
    ]
    elsewhere = _reachable_elsewhere(session, told, now)
    result = Sorted()
    for one in told:
        if one.way.telling is Telling.OFFLINE_LIST and one.match.profile_id not in elsewhere:
            result.doors.setdefault(one.reader.id, (one.way.because, []))[1].append(one)
        else:
            _write_to(one, earlier, result)
    return result


def _by_rule(
    session: Session, rule: AudienceRule, found: Sequence[tuple[Match, Profile]]
) -> Iterator[tuple[AudienceRule, list[tuple[Match, Profile]]]]:
    """The matches with the rule that found them, the present one first."""
    runs = {match.run_id for match, _ in found}
    rules = dict(
        session.exec(
            select(MatchRun.id, AudienceRule)
            .join(AudienceRule, col(AudienceRule.id) == MatchRun.rule_id)
            .where(col(MatchRun.id).in_(runs))
        ).all()
    )
    parts: dict[UUID, tuple[AudienceRule, list[tuple[Match, Profile]]]] = {rule.id: (rule, [])}
    for pair in found:
        its = rules[pair[0].run_id]
        parts.setdefault(its.id, (its, []))[1].append(pair)
    yield from (part for part in parts.values() if part[1])


def _write_to(one: Told, earlier: Earlier, result: Sorted) -> None:
    contact, why = one.recipient.contact, _why_not(one, earlier)
    if why is not None or contact is None:
        result.leave_out(one, why or Reason.NO_ADDRESS)
        return
    address = (contact.channel, contact.address_index)
    result.meetings.setdefault(address, Meeting(contact)).told.append(one)


def _why_not(one: Told, earlier: Earlier) -> Reason | None:
    if one.way.because == TOLD_BEFORE:
        return Reason.DUPLICATE
    if one.refusal is not None:
        return reason_for(one.refusal, one.recipient.concerned)
    if one.way.telling is Telling.WITHHOLD:
        return Reason.NO_CONSENT  # nobody hears of a draft who does not follow drafts
    return Reason.DUPLICATE if earlier.knows(one.recipient) else None


def _reachable_elsewhere(session: Session, told: Sequence[Told], now: datetime) -> Collection[UUID]:
    """Who has no address on this batch's channels, but one on another: no door to walk to."""
    homeless = [one.recipient.concerned for one in told if one.refusal is Refusal.NO_ADDRESS]
    reading = recipients(session, homeless, channels=tuple(Channel), as_of=day_of(now))
    return {person for person, found in reading.items() if found.contact is not None}
