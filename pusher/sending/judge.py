"""Whether approved notices may still leave, asked once more in the transaction that claims them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import ADULT, day_of, is_under
from profiles.consent import Approach, Refusal, reach_all
from profiles.dossier import birth_day, facts_on, read_dossier
from profiles.guardians import may_read
from profiles.model import Contact, EndReason, Guardianship, Profile
from profiles.rows import in_chunks, links_of, profiles_by_id
from pusher.model.match import Decision, Match, MatchRun
from pusher.model.notice import Notice, NoticeMatch, NoticeState, Reason
from pusher.model.policy import AudienceRule, PolicyTag, Subject

ELDERLY = 60
"""老年人权益保障法 art. 2: from 60 on."""
_ENDS = {EndReason.ERASED: Reason.ERASED, EndReason.MOVED_OUT: Reason.MOVED_OUT}
_REASONS = {
    Refusal.NO_CONSENT: Reason.NO_CONSENT,
    # a consent for a child is a consent
    Refusal.MINOR: Reason.NO_CONSENT,
    Refusal.MINOR_CONSENT: Reason.NO_CONSENT,
    Refusal.NO_SENSITIVE_CONSENT: Reason.NO_SENSITIVE_CONSENT,
    Refusal.OPTED_OUT: Reason.OPTED_OUT,
    Refusal.CAME_OF_AGE: Reason.NO_CONSENT,
    Refusal.DECEASED: Reason.DECEASED,
    Refusal.ENDED: Reason.ENDED,
    Refusal.NO_ADDRESS: Reason.NO_ADDRESS,
    Refusal.UNCONFIRMED: Reason.UNCONFIRMED,
}


@dataclass(frozen=True, slots=True)
class Bearing:
    """All rows that a judgement of some notices needs.

    Attributes:
        people: readers and those concerned, by id.
        contacts: by id.
        told: notice id → the matches it tells of, each with the subject of its rule.
        links: who reads for whom, by ward; of those concerned who do not bear the notice's name.
        reads_at: these, and who reads for them, with each address that is theirs.
        day: the office's day.
    """

    people: Mapping[UUID, Profile]
    contacts: Mapping[UUID, Contact]
    told: Mapping[UUID, Sequence[tuple[Match, Subject]]]
    links: Mapping[UUID, Sequence[Guardianship]]
    reads_at: AbstractSet[tuple[UUID, str | None]]
    day: date


def look_around(session: Session, notices: Sequence[Notice], *, now: datetime) -> Bearing:
    """Read who and where these notices are about, in a handful of queries."""
    told: dict[UUID, list[tuple[Match, Subject]]] = {notice.id: [] for notice in notices}
    found = session.exec(
        select(NoticeMatch.notice_id, Match, AudienceRule.subject)
        .join(Match, col(Match.id) == NoticeMatch.match_id)
        .join(MatchRun, col(MatchRun.id) == Match.run_id)
        .join(AudienceRule, col(AudienceRule.id) == MatchRun.rule_id)
        .where(col(NoticeMatch.notice_id).in_(told))
        .order_by(col(Match.id))
    )
    for notice_id, match, subject in found:
        told[notice_id].append((match, Subject(subject)))
    people = {notice.profile_id for notice in notices}
    people |= {match.profile_id for matches in told.values() for match, _ in matches}
    contacts = session.exec(
        select(Contact).where(col(Contact.id).in_([notice.contact_id for notice in notices]))
    )
    wards = {
        match.profile_id
        for notice in notices
        for match, _ in told[notice.id]
        if match.profile_id != notice.profile_id
    }
    links = links_of(session, wards)
    readers = wards | {one.guardian_id for some in links.values() for one in some}
    return Bearing(
        people=profiles_by_id(session, people),
        contacts={contact.id: contact for contact in contacts},
        told=told,
        links=links,
        reads_at=_addresses(session, readers),
        day=day_of(now),
    )


def _addresses(session: Session, people: Collection[UUID]) -> set[tuple[UUID, str | None]]:
    found: set[tuple[UUID, str | None]] = set()
    for chunk in in_chunks(people):
        asked = select(Contact.profile_id, Contact.address_index).where(
            col(Contact.profile_id).in_(chunk), col(Contact.ended_at).is_(None)
        )
        found.update((person, index) for person, index in session.exec(asked))
    return found


def objections(
    session: Session, notices: Sequence[Notice], bearing: Bearing, *, now: datetime
) -> dict[UUID, Reason]:
    """Why some of *notices* may not leave any more: deaths, opt-outs, withdrawn consents, lost
    addresses, a guardian's authority that is over.

    A notice about several people is left whole or not at all: its text names them together.

    Args:
        notices: of any policies.
        bearing: of these notices, read in the same transaction.
        now: the moment of the claim.

    Returns:
        Notice id → reason; who is not in it may be told.
    """
    against = {
        notice.id: Reason.NO_ADDRESS for notice in notices if not _address_stands(notice, bearing)
    }
    for arrived in _cleared_up(session, notices):
        against.setdefault(arrived, Reason.DUPLICATE)
    by_policy: dict[UUID, list[tuple[Notice, Approach]]] = {}
    for notice in notices:
        for approach in _approaches(session, notice, bearing):
            by_policy.setdefault(notice.policy_id, []).append((notice, approach))
    for policy_id, wanted in by_policy.items():
        tags = select(PolicyTag.tag_code).where(PolicyTag.policy_id == policy_id)
        topics = session.exec(tags).all()
        for some in _each_once(wanted):
            refusals = reach_all(session, [a for _, a in some], topics=topics, now=now)
            for notice, approach in some:
                refusal = refusals[approach.concerned.id]
                if refusal is not None:
                    reason = _reason(refusal, approach)
                    # a death outweighs whatever was found before: it decides what staff may say
                    if reason is Reason.DECEASED:
                        against[notice.id] = reason
                    against.setdefault(notice.id, reason)
        for notice, approach in wanted:
            if notice.id not in against and not _has_authority(session, notice, approach, bearing):
                against[notice.id] = Reason.NO_AUTHORITY
    return against


def _has_authority(session: Session, notice: Notice, approach: Approach, bearing: Bearing) -> bool:
    """Whether somebody who may read of this person still reads at the notice's address.

    That is the person, or who reads for them: not of age since, no other guardian since. Two
    people who share a phone get one notice, which bears the name of one of them.
    """
    person, here = approach.concerned, notice.address_index
    if person.id == notice.profile_id:
        return True
    born = birth_day(session, person, approach.facts)
    if not is_under(ADULT, born, bearing.day) and (person.id, here) in bearing.reads_at:
        return True
    links = bearing.links.get(person.id, ())
    return any(
        (one.guardian_id, here) in bearing.reads_at
        and may_read(links, one.guardian_id, born=born, day=bearing.day)
        for one in links
    )


def is_elderly(session: Session, reader: Profile, day: date) -> bool:
    """Whether the birth day of *reader* says 60 or more; unknown is not elderly, nor is a firm."""
    born = birth_day(session, reader, facts_on(read_dossier(session, reader), day))
    return born is not None and not is_under(ELDERLY, born, day)


def _cleared_up(session: Session, notices: Sequence[Notice]) -> Sequence[UUID]:
    """Which are sent in place of one that was taken after all: word of it came meanwhile."""
    instead = [notice.instead_of for notice in notices if notice.instead_of is not None]
    if not instead:
        return []
    taken = session.exec(
        select(Notice.id).where(col(Notice.id).in_(instead), Notice.state == NoticeState.ACCEPTED)
    ).all()
    return [notice.id for notice in notices if notice.instead_of in taken]


def _address_stands(notice: Notice, bearing: Bearing) -> bool:
    contact = bearing.contacts.get(notice.contact_id) if notice.contact_id else None
    return (
        contact is not None
        and contact.ended_at is None
        and contact.address_index == notice.address_index
        and contact.channel == notice.channel
    )


def _approaches(session: Session, notice: Notice, bearing: Bearing) -> Iterator[Approach]:
    reader = bearing.people[notice.profile_id]
    contact = bearing.contacts.get(notice.contact_id) if notice.contact_id else None
    for match, subject in bearing.told[notice.id]:
        concerned = bearing.people[match.profile_id]
        facts = facts_on(read_dossier(session, concerned), bearing.day)
        for_wards = (
            concerned.id == reader.id
            and subject is not Subject.SELF
            and match.decision is not Decision.SUBSCRIBED
        )
        born = _born(facts) if for_wards else ()
        yield Approach(concerned, reader, contact, match.sensitive, facts, born)


def _born(facts: Mapping[str, Any]) -> list[date]:
    wards = facts.get("wards") or []
    return [date.fromisoformat(ward["birth_date"]) for ward in wards if ward.get("birth_date")]


def _each_once(wanted: Sequence[tuple[Notice, Approach]]) -> list[list[tuple[Notice, Approach]]]:
    """Part the approaches so that nobody is concerned twice in one part."""
    parts: list[list[tuple[Notice, Approach]]] = []
    turns: dict[UUID, int] = {}
    for notice, approach in wanted:
        turn = turns.get(approach.concerned.id, 0)
        turns[approach.concerned.id] = turn + 1
        if turn == len(parts):
            parts.append([])
        parts[turn].append((notice, approach))
    return parts


def _reason(refusal: Refusal, approach: Approach) -> Reason:
    ended = approach.concerned.ended_reason
    if refusal is Refusal.ENDED and ended in _ENDS:
        return _ENDS[ended]
    return _REASONS[refusal]
