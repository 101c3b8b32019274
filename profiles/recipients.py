"""From a profile to who reads, and where: themselves, a guardian, an agent, or nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import ADULT, has_died, is_under
from profiles.dossier import birth_day, facts_on, read_dossier
from profiles.model import (
    Channel,
    ConsentScope,
    Contact,
    GuardianKind,
    Guardianship,
    Profile,
    ProfileKind,
)
from profiles.optouts import Silences, silences
from profiles.reach import has_ended
from profiles.rows import consenting, in_chunks, links_of, profiles_by_id
from profiles.signs import needs_confirming

PREFERENCE = (Channel.WECOM, Channel.WECHAT, Channel.SMS)
"""What costs nothing and can be read again goes first; at work before at home."""


@dataclass(frozen=True, slots=True, eq=False)
class Recipient:
    """Who reads about whom, and where.

    Attributes:
        contact: None: nowhere to write to.
        relation: what the reader is to the concerned; None if they read for themselves.
    """

    concerned: Profile
    reader: Profile
    contact: Contact | None
    relation: str | None


def recipients(
    session: Session,
    profiles: Sequence[Profile],
    *,
    channels: Sequence[Channel],
    as_of: date,
) -> dict[UUID, Recipient]:
    """Find for each profile who would read, and the best address of theirs.

    A child's guardian reads, never the child. The guardian of an adult (Civil Code art. 28) reads
    where they can be written to. Other adults and firms read at their own address; only who never
    gave one, or whose every address ended, has an authorised family member read. An address that
    needs confirming is taken only where there is no other.
    Links past their last day, a guardian once the child is 18, and readers who died or left are
    passed over. An address or channel that was silenced altogether is passed over for another.

    Args:
        profiles: each once.
        channels: those that may be used; WeCom is taken before WeChat, WeChat before SMS.
        as_of: the office's day.

    Returns:
        By profile id, one for every profile. Where nobody can read, the profile itself with
        `contact` None.
    """
    found = _find(session, profiles, as_of)
    return {p.id: _recipient(p, found, channels) for p in profiles}


@dataclass(frozen=True, slots=True)
class _Found:
    """All rows the choice needs.

    Attributes:
        children: ids of those under 18.
        links: by ward, those in force with a reader who lives here.
        readers: guardians and agents by id.
        contacts: running, by person, best first.
        agreed: readers with a general consent.
    """

    children: set[UUID]
    links: Mapping[UUID, Sequence[Guardianship]]
    readers: Mapping[UUID, Profile]
    contacts: Mapping[UUID, Sequence[Contact]]
    agreed: set[UUID]
    silent: Silences


def _find(session: Session, profiles: Sequence[Profile], as_of: date) -> _Found:
    links = links_of(session, [p.id for p in profiles])
    readers = profiles_by_id(session, {k.guardian_id for ks in links.values() for k in ks})
    able = {i for i, p in readers.items() if _is_able(session, p, as_of)}
    people = {*readers, *(p.id for p in profiles)}
    contacts = _contacts(session, people, as_of)
    return _Found(
        children={
            p.id for p in profiles if _is_child(session, p, _facts(session, p, as_of), as_of)
        },
        links={w: [k for k in ks if _runs(k, able, as_of)] for w, ks in links.items()},
        readers=readers,
        contacts=contacts,
        agreed={person for person, _ in consenting(session, readers, ConsentScope.GENERAL)},
        silent=silences(
            session,
            profile_ids=people,
            address_indexes={c.address_index for cs in contacts.values() for c in cs},
            topics=(),
        ),
    )


def _facts(session: Session, profile: Profile, day: date) -> Mapping[str, Any]:
    return facts_on(read_dossier(session, profile), day)


def _is_child(session: Session, profile: Profile, facts: Mapping[str, Any], day: date) -> bool:
    return profile.kind is ProfileKind.RESIDENT and is_under(
        ADULT, birth_day(session, profile, facts), day
    )


def _is_able(session: Session, reader: Profile, day: date) -> bool:
    facts = _facts(session, reader, day)
    gone = has_died(facts, day) or has_ended(reader, facts, day)
    return not gone and not _is_child(session, reader, facts, day)


def _runs(link: Guardianship, able: set[UUID], day: date) -> bool:
    return link.guardian_id in able and (link.until_on is None or link.until_on >= day)


def _contacts(session: Session, people: set[UUID], day: date) -> dict[UUID, list[Contact]]:
    found: dict[UUID, list[Contact]] = {}
    for ids in in_chunks(people):
        asked = select(Contact).where(
            col(Contact.profile_id).in_(ids), col(Contact.ended_at).is_(None)
        )
        # the newest first: it is likelier to be theirs still
        for contact in session.exec(asked.order_by(col(Contact.added_at).desc())):
            found.setdefault(contact.profile_id, []).append(contact)
    for contacts in found.values():
        contacts.sort(key=lambda c: (needs_confirming(c, day), PREFERENCE.index(c.channel)))
    return found


def _recipient(profile: Profile, found: _Found, channels: Sequence[Channel]) -> Recipient:
    if profile.id in found.children:
        through = _through(profile, GuardianKind.GUARDIAN, found, channels)
        return through or Recipient(profile, profile, None, None)
    through = _through(profile, GuardianKind.ADULT_GUARDIAN, found, channels)
    if through is not None and through.contact is not None:
        return through
    if found.contacts.get(profile.id):
        contact = _contact(profile, profile.id, found, channels)
        return Recipient(profile, profile, contact, None)
    through = _through(profile, GuardianKind.AGENT, found, channels)
    if through is not None and through.contact is not None:
        return through
    return Recipient(profile, profile, None, None)


def _through(
    profile: Profile, right: GuardianKind, found: _Found, channels: Sequence[Channel]
) -> Recipient | None:
    """Who reads by this right; of several the one who can be written to and agreed to it."""
    links = [k for k in found.links.get(profile.id, ()) if k.kind is right]
    choices = [(k, _contact(profile, k.guardian_id, found, channels)) for k in links]
    if not choices:
        return None
    link, contact = max(choices, key=lambda c: (c[1] is not None, c[0].guardian_id in found.agreed))
    return Recipient(profile, found.readers[link.guardian_id], contact, link.relation)


def _contact(
    concerned: Profile, reader: UUID, found: _Found, channels: Sequence[Channel]
) -> Contact | None:
    people = (concerned.id, reader)
    open_ones = (
        contact
        for contact in found.contacts.get(reader, ())
        if contact.channel in channels
        and not found.silent.covers(people, contact.channel, contact.address_index)
    )
    return next(open_ones, None)
