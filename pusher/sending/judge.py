"""Whether approved notices may still leave, asked once more in the transaction that claims them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import ADULT, day_of, is_under
from profiles.consent import Approach, reach_all
from profiles.dossier import birth_day, facts_on, read_dossier
from profiles.guardians import may_read
from profiles.model import Contact, Guardianship, Profile
from profiles.rows import in_chunks, links_of, profiles_by_id
from pusher.model.match import Match, MatchRun
from pusher.model.notice import Notice, NoticeMatch, NoticeState, Reason
from pusher.model.policy import AudienceRule, PolicyTag
from pusher.rules.language import parse
from pusher.rules.nodes import Node
from pusher.rules.wards import born_of
from pusher.sending.reasons import reason_for
from pusher.sending.wards import wards_told_of

ELDERLY = 60
"""老年人权益保障法 art. 2: from 60 on."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """All rows that a judgement of some notices needs.

    Attributes:
        people: readers and those concerned, by id.
        contacts: by id.
        told: notice id → the matches it tells of, each with its rule.
        rules: by id, each with its tree.
        links: who reads for whom, by ward; of everybody concerned.
        reads_at: those concerned who do not bear the notice's name, and who reads for them, with
            each address that is theirs.
        day: the office's day.
    """

    people: Mapping[UUID, Profile]
    contacts: Mapping[UUID, Contact]
    told: Mapping[UUID, Sequence[tuple[Match, UUID]]]
    rules: Mapping[UUID, tuple[AudienceRule, Node | None]]
    links: Mapping[UUID, Sequence[Guardianship]]
    reads_at: AbstractSet[tuple[UUID, str | None]]
    day: date


def look_around(session: Session, notices: Sequence[Notice], *, now: datetime) -> Bearing:
    """Read who and where these notices are about, in a handful of queries."""
    told = _told(session, notices)
    concerned = {match.profile_id for matches in told.values() for match, _ in matches}
    contacts = session.exec(
        select(Contact).where(col(Contact.id).in_([notice.contact_id for notice in notices]))
    )
    others = {
        match.profile_id
        for notice in notices
        for match, _ in told[notice.id]
        if match.profile_id != notice.profile_id
    }
    links = links_of(session, concerned)
    readers = others | {one.guardian_id for ward in others for one in links.get(ward, ())}
    return Bearing(
        people=profiles_by_id(session, concerned | {notice.profile_id for notice in notices}),
        contacts={contact.id: contact for contact in contacts},
        told=told,
        rules=_rules(session, {rule for matches in told.values() for _, rule in matches}),
        links=links,
        reads_at=_addresses(session, readers),
        day=day_of(now),
    )


def _told(session: Session, notices: Sequence[Notice]) -> dict[UUID, list[tuple[Match, UUID]]]:
    told: dict[UUID, list[tuple[Match, UUID]]] = {notice.id: [] for notice in notices}
    found = session.exec(
        select(NoticeMatch.notice_id, Match, col(MatchRun.rule_id))
        .join(Match, col(Match.id) == NoticeMatch.match_id)
        .join(MatchRun, col(MatchRun.id) == Match.run_id)
        .where(col(NoticeMatch.notice_id).in_(told))
        .order_by(col(Match.id))
    )
    for notice_id, match, rule_id in found:
        told[notice_id].append((match, rule_id))
    return told


def _rules(session: Session, ids: Collection[UUID]) -> dict[UUID, tuple[AudienceRule, Node | None]]:
    rules = session.exec(select(AudienceRule).where(col(AudienceRule.id).in_(ids)))
    return {one.id: (one, parse(one.rule) if one.rule is not None else None) for one in rules}


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
        for policy_id, approach in _approaches(session, notice, bearing):
            by_policy.setdefault(policy_id, []).append((notice, approach))
    for policy_id, wanted in by_policy.items():
        for notice, reason in _refused(session, policy_id, wanted, now=now):
            # a death outweighs whatever was found before: it decides what staff may say
            if reason is Reason.DECEASED:
                against[notice.id] = reason
            against.setdefault(notice.id, reason)
        for notice, approach in wanted:
            if notice.id not in against and not _has_authority(session, notice, approach, bearing):
                against[notice.id] = Reason.NO_AUTHORITY
    return against


def _refused(
    session: Session,
    policy_id: UUID,
    wanted: Sequence[tuple[Notice, Approach]],
    *,
    now: datetime,
) -> Iterator[tuple[Notice, Reason]]:
    """Which of these people may not be told of one policy, and why."""
    tags = select(PolicyTag.tag_code).where(PolicyTag.policy_id == policy_id)
    topics = session.exec(tags).all()
    for some in _each_once(wanted):
        refusals = reach_all(session, [a for _, a in some], topics=topics, now=now)
        for notice, approach in some:
            refusal = refusals[approach.concerned.id]
            if refusal is not None:
                yield notice, reason_for(refusal, approach.concerned)


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


def _approaches(
    session: Session, notice: Notice, bearing: Bearing
) -> Iterator[tuple[UUID, Approach]]:
    """Each match of a notice with its policy: a digest tells of several."""
    reader = bearing.people[notice.profile_id]
    contact = bearing.contacts.get(notice.contact_id) if notice.contact_id else None
    for match, rule_id in bearing.told[notice.id]:
        rule, tree = bearing.rules[rule_id]
        concerned = bearing.people[match.profile_id]
        facts = facts_on(read_dossier(session, concerned), bearing.day)
        wards = wards_told_of(
            rule,
            tree,
            match,
            concerned,
            facts,
            bearing.day,
            is_ward=concerned.id in bearing.links,
        )
        approach = Approach(concerned, reader, contact, match.sensitive, facts, born_of(wards))
        yield match.policy_id, approach


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
