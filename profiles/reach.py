"""May we write to this person about this? The one answer, for one and for a hundred thousand."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import ADULT, OWN_CONSENT, day_of, has_died, is_under
from profiles.dossier import birth_day, facts_on, read_dossier
from profiles.model import (
    Channel,
    Consent,
    ConsentScope,
    Contact,
    Profile,
    ProfileKind,
    Subscription,
)
from profiles.optouts import Silences, silences
from profiles.rows import consenting, in_chunks
from profiles.signs import needs_confirming


class Refusal(StrEnum):
    """Why somebody is not written to. The first that holds is the answer, in this order."""

    DECEASED = "deceased"
    ENDED = "ended"
    """Moved out or forgotten; a firm that was cancelled or revoked."""
    NO_CONSENT = "no_consent"
    CAME_OF_AGE = "came_of_age"
    """Only a guardian had consented, and the ward is 18 now: a visit that asks them instead."""
    OPTED_OUT = "opted_out"
    MINOR = "minor"
    """Who would read is under 14: a visit instead."""
    MINOR_CONSENT = "minor_consent"
    """It is about a child under 14 whose guardian has not agreed: a visit instead."""
    NO_SENSITIVE_CONSENT = "no_sensitive_consent"
    NO_ADDRESS = "no_address"
    """Nowhere to write to: a visit instead."""
    UNCONFIRMED = "unconfirmed"
    """It is sensitive, and the address may be a stranger's by now: a visit instead."""


OFFLINE = frozenset(
    {
        Refusal.CAME_OF_AGE,
        Refusal.MINOR,
        Refusal.MINOR_CONSENT,
        Refusal.NO_ADDRESS,
        Refusal.UNCONFIRMED,
    }
)
"""These mean the offline list of the community; the others mean silence."""


@dataclass(frozen=True, slots=True, eq=False)
class Approach:
    """One way to tell one person.

    Attributes:
        concerned: whom it is about.
        reader: who would read it: the same, a guardian or an agent; None if nobody is known.
        contact: where; None if nowhere.
        sensitive: whether sensitive facts were used to find them.
        facts: what is known of *concerned* on the day, by code.
        wards_born: birth days of the wards in the facts of *concerned* on which a match rests
            (rules about wards); empty otherwise.
    """

    concerned: Profile
    reader: Profile | None
    contact: Contact | None
    sensitive: bool
    facts: Mapping[str, Any]
    wards_born: Collection[date] = ()


def may_reach(
    session: Session,
    concerned: Profile,
    reader: Profile | None,
    contact: Contact | None,
    *,
    topics: Collection[str],
    sensitive: bool,
    facts: Mapping[str, Any],
    now: datetime,
    wards_born: Collection[date] = (),
) -> Refusal | None:
    """Whether *reader* may be told of *concerned* at *contact*, as far as people decide it.

    Args:
        topics: the policy's tags.
        now: the moment of sending, aware.

    Returns:
        None if nothing speaks against it, or else the first refusal.

    Source:
        The order of push decisions 1, 3, 4, 7, 8, 9, 11 of the domain's conventions; PIPL
        art. 13, 15, 24, 29, 31.
    """
    approach = Approach(concerned, reader, contact, sensitive, facts, wards_born)
    return reach_all(session, [approach], topics=topics, now=now)[concerned.id]


def reach_all(
    session: Session, wanted: Sequence[Approach], *, topics: Collection[str], now: datetime
) -> dict[UUID, Refusal | None]:
    """`may_reach` for many, each concerned at most once, in a handful of queries.

    Returns:
        By the id of whom it is about.
    """
    seen = _see(session, wanted, topics=topics, now=now)
    return {a.concerned.id: _judge(session, a, seen) for a in wanted}


@dataclass(frozen=True, slots=True)
class _Seen:
    """All rows that the judgement needs.

    Attributes:
        reader_facts: of readers other than the concerned.
        agreed: profile and scope of running consents; GENERAL also for firms that subscribe.
        outgrown: of those that a guardian gave for a child who is 18 now: they count no more.
        minors: wards with a guardian's consent, and the guardians who gave one.
        had: every address a reader ever had.
    """

    day: date
    now: datetime
    reader_facts: Mapping[UUID, Mapping[str, Any]]
    agreed: AbstractSet[tuple[UUID, ConsentScope]]
    outgrown: AbstractSet[tuple[UUID, ConsentScope]]
    minors: AbstractSet[UUID]
    had: Mapping[UUID, Collection[tuple[Channel, str]]]
    silent: Silences


def _see(
    session: Session, wanted: Sequence[Approach], *, topics: Collection[str], now: datetime
) -> _Seen:
    day = day_of(now)
    people = {a.concerned.id: a.concerned for a in wanted}
    others = {a.reader.id: a.reader for a in wanted if a.reader and a.reader.id != a.concerned.id}
    people |= others
    had = _addresses(session, people)
    every_address = {index for addresses in had.values() for _, index in addresses}
    outgrown = _outgrown(session, people, day)
    return _Seen(
        day=day,
        now=now,
        reader_facts={i: facts_on(read_dossier(session, p), day) for i, p in others.items()},
        agreed=_agreed(session, people, outgrown),
        outgrown=outgrown,
        minors=_minors(session, people),
        had=had,
        silent=silences(session, profile_ids=people, address_indexes=every_address, topics=topics),
    )


def _addresses(session: Session, people: Collection[UUID]) -> dict[UUID, list[tuple[Channel, str]]]:
    found: dict[UUID, list[tuple[Channel, str]]] = {}
    columns = (col(Contact.profile_id), col(Contact.channel), col(Contact.address_index))
    for ids in in_chunks(people):
        asked = select(*columns).where(col(Contact.profile_id).in_(ids))
        for person, channel, index in session.exec(asked):
            found.setdefault(person, []).append((Channel(channel), index))
    return found


def _agreed(
    session: Session,
    people: Mapping[UUID, Profile],
    outgrown: AbstractSet[tuple[UUID, ConsentScope]],
) -> set[tuple[UUID, ConsentScope]]:
    agreed = consenting(session, people, ConsentScope.GENERAL, ConsentScope.SENSITIVE)
    if outgrown:
        own = consenting(
            session, {p for p, _ in outgrown}, *{s for _, s in outgrown}, own_word=True
        )
        agreed -= outgrown - own
    firms = [i for i, p in people.items() if p.kind is ProfileKind.ENTERPRISE]
    for ids in in_chunks(firms):
        asked = select(Subscription.profile_id).where(
            col(Subscription.profile_id).in_(ids), col(Subscription.ended_at).is_(None)
        )
        # a firm that asked to hear has agreed to be told; it has no personal data of its own
        agreed.update((firm, ConsentScope.GENERAL) for firm in session.exec(asked))
    return agreed


def _outgrown(
    session: Session, people: Mapping[UUID, Profile], day: date
) -> set[tuple[UUID, ConsentScope]]:
    """Consents that others gave for a child, who is 18 by now (Civil Code art. 17, 18)."""
    found: set[tuple[UUID, ConsentScope]] = set()
    for ids in in_chunks(people):
        asked = select(col(Consent.profile_id), col(Consent.scope), col(Consent.given_at)).where(
            col(Consent.profile_id).in_(ids),
            col(Consent.given_by_id).is_not(None),
            col(Consent.withdrawn_at).is_(None),
        )
        for person, scope, given_at in session.exec(asked):
            facts = facts_on(read_dossier(session, people[person]), day)
            born = birth_day(session, people[person], facts)
            if is_under(ADULT, born, day_of(given_at)) and not is_under(ADULT, born, day):
                found.add((person, ConsentScope(scope)))
    return found


def _minors(session: Session, people: Collection[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for ids in in_chunks(people):
        asked = select(col(Consent.profile_id), col(Consent.given_by_id)).where(
            col(Consent.scope) == ConsentScope.MINOR,
            col(Consent.withdrawn_at).is_(None),
            col(Consent.given_by_id).is_not(None),
            col(Consent.profile_id).in_(ids) | col(Consent.given_by_id).in_(ids),
        )
        for ward, guardian in session.exec(asked):
            found.update((ward, guardian) if guardian else (ward,))
    return found


def _judge(session: Session, approach: Approach, seen: _Seen) -> Refusal | None:
    concerned, facts = approach.concerned, approach.facts
    if has_died(facts, seen.day):
        return Refusal.DECEASED
    if has_ended(concerned, facts, seen.day):
        return Refusal.ENDED
    reader, contact = _living_reader(approach, seen)
    agreed = (reader.id, ConsentScope.GENERAL) in seen.agreed
    if not agreed and (reader.id, ConsentScope.GENERAL) not in seen.outgrown:
        return Refusal.NO_CONSENT
    if _is_silent(concerned, reader, contact, seen):
        return Refusal.OPTED_OUT
    if not agreed:
        return Refusal.CAME_OF_AGE
    born = birth_day(session, concerned, facts)
    reads = born if reader.id == concerned.id else _born(session, reader, seen)
    if is_under(OWN_CONSENT, reads, seen.day):
        return Refusal.MINOR
    return _judge_use(approach, born, reader, contact, seen)


def _judge_use(
    approach: Approach, born: date | None, reader: Profile, contact: Contact | None, seen: _Seen
) -> Refusal | None:
    """The later half: what the facts may be used for, and whether there is an address."""
    concerned = approach.concerned
    of_child = is_under(OWN_CONSENT, born, seen.day)
    if of_child and concerned.id not in seen.minors:
        return Refusal.MINOR_CONSENT
    of_wards = any(is_under(OWN_CONSENT, ward, seen.day) for ward in approach.wards_born)
    if of_wards and not seen.minors & {concerned.id, reader.id}:
        return Refusal.MINOR_CONSENT
    needs_more = approach.sensitive and concerned.kind is ProfileKind.RESIDENT
    if needs_more and (concerned.id, ConsentScope.SENSITIVE) not in seen.agreed:
        outgrown = (concerned.id, ConsentScope.SENSITIVE) in seen.outgrown
        return Refusal.CAME_OF_AGE if outgrown else Refusal.NO_SENSITIVE_CONSENT
    if contact is None or (contact.ended_at is not None and contact.ended_at <= seen.now):
        return Refusal.NO_ADDRESS
    # what is known of a child under 14 is sensitive, whatever it is (PIPL art. 28)
    if (needs_more or of_child or of_wards) and needs_confirming(contact, seen.day):
        return Refusal.UNCONFIRMED
    return None


def has_ended(profile: Profile, facts: Mapping[str, Any], day: date) -> bool:
    """Whether a profile is closed on *day*: moved out, forgotten, or a firm struck off."""
    if profile.ended_on is not None and profile.ended_on <= day:
        return True
    return facts.get("registration_status") in ("cancelled", "revoked")


def _living_reader(approach: Approach, seen: _Seen) -> tuple[Profile, Contact | None]:
    """Who reads; a guardian who died or left reads no more, then nobody reads for them."""
    reader = approach.reader
    if reader is None:
        return approach.concerned, None
    if reader.id == approach.concerned.id:
        return approach.concerned, approach.contact
    facts = seen.reader_facts[reader.id]
    if has_died(facts, seen.day) or has_ended(reader, facts, seen.day):
        return approach.concerned, None
    return reader, approach.contact


def _is_silent(concerned: Profile, reader: Profile, contact: Contact | None, seen: _Seen) -> bool:
    people = (concerned.id, reader.id)
    if contact and seen.silent.covers(people, contact.channel, contact.address_index):
        return True
    if any(person in seen.silent.people for person in people):
        return True
    had = seen.had.get(reader.id, ())
    return bool(had) and all(seen.silent.covers(people, *address) for address in had)


def _born(session: Session, reader: Profile, seen: _Seen) -> date | None:
    return birth_day(session, reader, seen.reader_facts[reader.id])
