"""Addresses in doubt: confirmed as theirs, or ended. Each decision is audited."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session

from profiles.addresses import contact_in
from profiles.model import Contact
from profiles.signs import confirm, end
from pusher.audit import note
from pusher.model.errors import IllegalMove, NotFound

WAYS: Final = ("上门", "电话", "窗口")
"""How staff found out whose an address is, by their own word."""
BY_CODE: Final = "验证码"
"""The way that nobody chooses: a code was sent there and read back (`listening.codes`)."""


def find_contact(session: Session, contact_id: UUID, *, office_id: UUID) -> Contact:
    """An address of somebody of this office.

    Raises:
        NotFound: none.
    """
    contact = contact_in(session, office_id, contact_id)
    if contact is None:
        raise NotFound("没有这个联系方式")
    return contact


def settle_contact(
    session: Session, contact: Contact, *, theirs: bool, by: str, now: datetime, way: str
) -> None:
    """Decide whether an address is still theirs: it is confirmed, or not written to again.

    Args:
        by: staff number.
        way: one of `WAYS`, or `BY_CODE`.

    Raises:
        IllegalMove: it was ended already.
    """
    refuse_if_ended(contact)
    about = ("contact", contact.id)
    if theirs:
        confirm(session, contact, now=now)
        note(session, "contact.confirm", about=about, by=by, now=now, way=way)
    else:
        end(session, contact, now=now)
        note(session, "contact.end", about=about, by=by, now=now, way=way)


def refuse_if_ended(contact: Contact) -> None:
    """Refuse to decide anything more about an address that is not written to any longer.

    Raises:
        IllegalMove: it was ended already.
    """
    if contact.ended_at is not None:
        raise IllegalMove("这个联系方式已停用；如仍是本人的，请重新登记")
