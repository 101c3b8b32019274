"""How the tests of consent ask whether somebody may be reached."""

from datetime import date, datetime

from sqlmodel import Session, select

from profiles.consent import (
    Refusal,
    may_reach,
)
from profiles.dossier import facts_on, read_dossier
from profiles.model import (
    Contact,
    Profile,
)
from tests.makers import NOW

TOPICS = ("M02",)


def ask(
    session: Session,
    concerned: Profile,
    *,
    reader: Profile | None = None,
    contact: Contact | None = None,
    sensitive: bool = False,
    wards_born: tuple[date, ...] = (),
    now: datetime = NOW,
) -> Refusal | None:
    """Ask about a person who reads for themselves at their first contact, unless told."""
    reader = reader or concerned
    own = select(Contact).where(Contact.profile_id == reader.id).order_by(Contact.channel)
    contact = contact or session.exec(own).first()
    return may_reach(
        session,
        concerned,
        reader,
        contact,
        topics=TOPICS,
        sensitive=sensitive,
        facts=facts_on(read_dossier(session, concerned), now.date()),
        now=now,
        wards_born=wards_born,
    )
