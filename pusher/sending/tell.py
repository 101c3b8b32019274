"""Matches → what becomes of each: who reads, where, and the way the news takes, or why none."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import day_of
from profiles.consent import Approach, Refusal, reach_all
from profiles.dossier import facts_on, read_dossier
from profiles.model import Channel, Profile, ProfileKind
from profiles.recipients import Recipient, recipients
from profiles.rows import ward_ids
from pusher.model.batch import Batch, BatchKind, BatchState, Visit
from pusher.model.match import Decision, Match
from pusher.model.notice import Notice, NoticeMatch, NoticeState, Outcome
from pusher.model.policy import AudienceRule, Policy, PolicyTag, Subject
from pusher.model.standing import Standing, standing
from pusher.model.telling import COMMENTS, TOLD_BEFORE, Telling, Way, telling
from pusher.rules.language import parse
from pusher.rules.wards import Ward, born_of
from pusher.sending.wards import wards_told_of


@dataclass(frozen=True, slots=True)
class Told:
    """One match, who would read of it, and what becomes of it.

    Attributes:
        of_ward: somebody the reader cares for is meant; else the reader.
        refusal: what speaks against writing to them; None if nothing.
        way: what becomes of it, were it left to the rules alone.
    """

    match: Match
    recipient: Recipient
    of_ward: bool
    refusal: Refusal | None
    way: Way

    @property
    def reader(self) -> Profile:
        """Who reads: the person, a guardian or an agent."""
        return self.recipient.reader

    @property
    def of_firm(self) -> bool:
        """A firm is meant."""
        return self.recipient.concerned.kind is ProfileKind.ENTERPRISE

    @property
    def channel(self) -> Channel | None:
        """By which; None where nobody can write to them, or nothing goes."""
        contact = self.recipient.contact
        written = self.way.telling in (Telling.PUSH, Telling.DIGEST_ONLY)
        return contact.channel if written and contact is not None else None


@dataclass(frozen=True, slots=True)
class Earlier:
    """Who has heard of a policy in one kind of batch, or will.

    Attributes:
        addresses: with a notice that is not withheld or failed.
        people: whom such a notice is about, unless it is known not to have arrived.
        readers: who stands on an offline list.
    """

    addresses: Collection[tuple[Channel, str]]
    people: Collection[UUID]
    readers: Collection[UUID]

    def knows(self, recipient: Recipient) -> bool:
        """Whether they were told, or anybody at their address."""
        contact = recipient.contact
        here = (contact.channel, contact.address_index) if contact else None
        return recipient.concerned.id in self.people or here in self.addresses


def tell(
    session: Session,
    policy: Policy,
    rule: AudienceRule,
    found: Sequence[tuple[Match, Profile]],
    *,
    earlier: Earlier,
    kind: BatchKind = BatchKind.FIRST,
    channels: Sequence[Channel] = tuple(Channel),
    now: datetime,
) -> list[Told]:
    """Say for each match what would become of it if a batch were drafted *now*.

    Args:
        rule: by which the matches were found.
        found: matches with whom they concern, each profile once.
        earlier: of this policy and *kind*.
        channels: those that may be used.

    Returns:
        In the order of *found*.
    """
    day = day_of(now)
    stands = _as_it_stands(policy, kind, day)
    reading = recipients(session, [p for _, p in found], channels=channels, as_of=day)
    ask = _asking_for_wards(session, rule, day)
    wards = {match.id: ask(match, profile) for match, profile in found}
    refusals = _refusals(session, policy, found, reading, wards, now=now)
    return [
        Told(
            match,
            reading[profile.id],
            bool(wards[match.id]) or reading[profile.id].reader.id != profile.id,
            refusals[profile.id],
            _way(match, reading[profile.id], refusals[profile.id], stands, earlier),
        )
        for match, profile in found
    ]


def _as_it_stands(policy: Policy, kind: BatchKind, day: date) -> Standing:
    stands = standing(policy, day)
    # who was told must hear that it changed, most of all when it no longer stands
    if kind is BatchKind.CORRECTION:
        return Standing.OPEN
    # an interpretation goes to who was told, also when it is too late to apply
    explains = kind is BatchKind.INTERPRETATION
    late = stands in (Standing.CLOSED, Standing.EXHAUSTED)
    return Standing.OPEN if explains and late else stands


def _way(
    match: Match,
    recipient: Recipient,
    refusal: Refusal | None,
    stands: Standing,
    earlier: Earlier,
) -> Way:
    way = telling(
        decision="not" if match.decision is Decision.SUBSCRIBED else match.decision.value,
        stands=stands,
        refusal=refusal,
        follows=bool(match.followed),
        follows_drafts=COMMENTS in match.followed,
        told_before=earlier.knows(recipient),
    )
    # one walk to a door tells whoever reads there
    if way.telling is Telling.OFFLINE_LIST and recipient.reader.id in earlier.readers:
        return Way(Telling.WITHHOLD, TOLD_BEFORE)
    return way


def who_heard(session: Session, policy: Policy, kind: BatchKind) -> Earlier:
    """Of whom, and where, this version was told; an earlier version is another policy."""
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
    return Earlier(told, set(people), set(visited))


def _asking_for_wards(
    session: Session, rule: AudienceRule, day: date
) -> Callable[[Match, Profile], Sequence[Ward]]:
    """A question to be put to each match: on which wards among their facts it rests."""
    if rule.rule is None or rule.subject is Subject.SELF:
        return lambda _match, _profile: ()
    tree, ours = parse(rule.rule), ward_ids(session)
    return lambda match, profile: wards_told_of(
        rule, tree, match, profile, _facts(session, profile, day), day, is_ward=profile.id in ours
    )


def _refusals(
    session: Session,
    policy: Policy,
    found: Sequence[tuple[Match, Profile]],
    reading: Mapping[UUID, Recipient],
    wards: Mapping[UUID, Sequence[Ward]],
    *,
    now: datetime,
) -> Mapping[UUID, Refusal | None]:
    topics = session.exec(select(PolicyTag.tag_code).where(PolicyTag.policy_id == policy.id)).all()
    wanted = [
        Approach(
            profile,
            reading[profile.id].reader,
            reading[profile.id].contact,
            match.sensitive,
            _facts(session, profile, day_of(now)),
            born_of(wards[match.id]),
        )
        for match, profile in found
    ]
    return reach_all(session, wanted, topics=topics, now=now)


def _facts(session: Session, profile: Profile, day: date) -> Mapping[str, Any]:
    return facts_on(read_dossier(session, profile), day)
