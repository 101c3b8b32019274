"""Whether an address is still that of who gave it: numbers are handed on to strangers.

A number given up is out of service for at least ninety days and then somebody else's; texts to it
are delivered all the same. So a receipt of delivery is no sign of the person; an answer is, a look
at a page, a confirmation, and the word of a register that dates it.

Source:
    工信部《电信网码号资源管理办法》, the freeze before a mobile number is given out again.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, or_, select, update

from profiles.ages import birthday, day_of
from profiles.model import Channel, Contact, Doubt, Profile

TERM_YEARS = 1
"""After twelve months without a sign an address is to be confirmed."""


def needs_confirming(contact: Contact, day: date) -> bool:
    """Whether nothing sensitive may go there before a code or a visit confirms it."""
    if contact.doubt is not None:
        return True
    return birthday(day_of(contact.sign_at or contact.added_at), TERM_YEARS) <= day


def doubt(
    session: Session, *, channel: Channel, address_index: str, why: Doubt, now: datetime
) -> int:
    """Mark an address as to be confirmed, for everybody who gave it.

    Returns:
        How many contacts are newly in doubt.
    """
    marked = session.exec(
        update(Contact)
        .where(
            col(Contact.channel) == channel,
            col(Contact.address_index) == address_index,
            col(Contact.ended_at).is_(None),
            col(Contact.doubt).is_(None),
        )
        .values(doubt=why, doubted_at=now)
    )
    return marked.rowcount


def see_sign(session: Session, *, channel: Channel, address_index: str, now: datetime) -> None:
    """Note that somebody answered from there. It does not settle a doubt: it may be a stranger."""
    session.exec(
        update(Contact)
        .where(
            col(Contact.channel) == channel,
            col(Contact.address_index) == address_index,
            col(Contact.ended_at).is_(None),
            col(Contact.doubt).is_(None),
            or_(col(Contact.sign_at).is_(None), col(Contact.sign_at) < now),
        )
        .values(sign_at=now)
    )


def confirm(session: Session, contact: Contact, *, now: datetime) -> None:
    """Settle that an address is theirs: they were met, or typed a code that was sent there."""
    contact.doubt, contact.doubted_at, contact.sign_at = None, None, now
    session.add(contact)
    session.flush()


def end(session: Session, contact: Contact, *, now: datetime) -> None:
    """Settle that an address is not theirs: it is not written to again."""
    contact.ended_at = contact.ended_at or now
    session.add(contact)
    session.flush()


def to_confirm(session: Session, office_id: UUID, *, day: date) -> list[tuple[Contact, Profile]]:
    """Addresses that need confirming, the doubted ones first, of people who are still there."""
    found = session.exec(
        select(Contact, Profile)
        .join(Profile, col(Profile.id) == Contact.profile_id)
        .where(
            Profile.office_id == office_id,
            col(Profile.ended_on).is_(None),
            col(Contact.ended_at).is_(None),
        )
        .order_by(col(Contact.doubted_at).desc().nulls_last(), col(Contact.id))
        .execution_options(yield_per=1_000)
    )
    return [(contact, person) for contact, person in found if needs_confirming(contact, day)]


def doubtful_of(session: Session, profile_id: UUID, *, day: date) -> Sequence[Contact]:
    """The running addresses of one person that need confirming."""
    asked = select(Contact).where(Contact.profile_id == profile_id, col(Contact.ended_at).is_(None))
    return [c for c in session.exec(asked.order_by(col(Contact.id))) if needs_confirming(c, day)]
