"""Who comes by themselves: known to the register by their number and name, or taken in anew.

A telephone proves only that somebody holds it. So whoever signs up comes into a profile of the
register only where the register gives the same number and the same name; anybody else gets one of
their own that holds what they typed and is never merged with a register's row by itself: who
claims a firm's credit code would otherwise read and stop what is meant for that firm.
"""

from datetime import datetime
from itertools import count
from uuid import UUID

from sqlmodel import Session, col, or_, select

from profiles.addresses import add_contact, address_of, contact_index
from profiles.ages import OWN_CONSENT, day_of, has_died, is_under
from profiles.columns import new_id
from profiles.dossier import (
    birth_day,
    facts_on,
    name_index,
    name_of,
    number_index,
    read_dossier,
    rename,
    write_dossier,
)
from profiles.identity import BadIdentity, read_uscc
from profiles.model import Channel, Contact, Office, Profile, ProfileKind
from profiles.reach import has_ended
from profiles.sealing import sealer_of
from profiles.signs import confirm, see_sign

SELF = "本人网上登记"
"""The source of what people typed on the public pages; begins as an own word does."""
_PURPOSE = "profile.joined"


def known_here(session: Session, *, phone: str, name: str, now: datetime) -> Profile | None:
    """The profile that is reached at *phone* and bears *name*; None: nobody, for whatever reason.

    Whose number is in doubt, who left, died or is under 14 is not there for these pages.

    Args:
        phone: as `read_phone` returned it.
        name: a whole name; for a firm also its credit code.
    """
    for profile in _bearing(session, phone, name):
        facts = facts_on(read_dossier(session, profile), day_of(now))
        if has_died(facts, day_of(now)) or has_ended(profile, facts, day_of(now)):
            continue
        if not is_under(OWN_CONSENT, birth_day(session, profile, facts), day_of(now)):
            return profile
    return None


def own_number(session: Session, profile_id: UUID, *, now: datetime) -> str | None:
    """The number at which this person themselves is reached; None: none that nobody doubts."""
    profile = session.get(Profile, profile_id)
    asked = select(Contact).where(
        Contact.profile_id == profile_id,
        Contact.channel == Channel.SMS,
        col(Contact.ended_at).is_(None),
        col(Contact.doubt).is_(None),
    )
    contact = session.exec(asked.order_by(col(Contact.id))).first()
    if profile is None or contact is None:
        return None
    phone = address_of(session, contact)
    known = known_here(session, phone=phone, name=name_of(session, profile), now=now)
    return phone if known is not None and known.id == profile_id else None


def is_child_here(session: Session, *, phone: str, name: str, now: datetime) -> bool:
    """Whether the register says that who bears *name* at *phone* is under 14."""
    day = day_of(now)
    return any(
        is_under(OWN_CONSENT, birth_day(session, p, facts_on(read_dossier(session, p), day)), day)
        for p in _bearing(session, phone, name)
    )


def take_in(
    session: Session,
    office: Office,
    kind: ProfileKind,
    *,
    phone: str,
    name: str,
    credit_code: str | None = None,
    now: datetime,
) -> Profile:
    """The profile of somebody who just read a code back from *phone*: a known one or a new one.

    Args:
        phone: as `read_phone` returned it; the caller knows that it is in their hands.
        credit_code: a firm's, as `read_uscc` returned it; their word, checked by nobody.
    """
    known = known_here(session, phone=phone, name=name, now=now)
    if known is not None and known.kind is kind:
        index = contact_index(sealer_of(session), Channel.SMS, phone)
        see_sign(session, channel=Channel.SMS, address_index=index, now=now)
        return known
    profile = _own_row(session, office, kind, phone, name, credit_code or "", now)
    contact = add_contact(session, profile, Channel.SMS, phone, source=SELF, now=now)
    confirm(session, contact, now=now)
    return profile


def _own_row(
    session: Session,
    office: Office,
    kind: ProfileKind,
    phone: str,
    name: str,
    credit_code: str,
    now: datetime,
) -> Profile:
    """The row of this number, name and code; a new one where the last one was closed."""
    sealer = sealer_of(session)
    plain = "\n".join((phone, name_index(sealer, name), credit_code))
    for turn in count():
        index = sealer.index(f"{plain}\n{turn}", purpose=_PURPOSE)
        standing = session.exec(
            select(Profile).where(Profile.office_id == office.id, Profile.number_index == index)
        ).first()
        if standing is None:
            break
        if standing.ended_on is None:
            return standing
    profile = Profile(
        id=new_id(), office_id=office.id, kind=kind, name_index="", number_index=index,
        credit_code=credit_code or None, created_at=now, changed_at=now,
    )  # fmt: skip
    rename(session, profile, name)
    write_dossier(session, profile, {})
    session.flush()
    return profile


def _bearing(session: Session, phone: str, name: str) -> list[Profile]:
    sealer = sealer_of(session)
    called = [col(Profile.name_index) == name_index(sealer, name)]
    try:
        code = read_uscc(name)
        called += [
            col(Profile.number_index) == number_index(sealer, code),
            col(Profile.credit_code) == code,
        ]
    except BadIdentity:
        pass
    asked = (
        select(Profile)
        .join(Contact, col(Contact.profile_id) == Profile.id)
        .where(
            Contact.channel == Channel.SMS,
            Contact.address_index == contact_index(sealer, Channel.SMS, phone),
            col(Contact.ended_at).is_(None),
            col(Contact.doubt).is_(None),
            col(Profile.ended_on).is_(None),
            or_(*called),
        )
        .order_by(col(Profile.id))
    )
    return list(session.exec(asked))
