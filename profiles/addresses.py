"""Where a profile is reached: phone numbers and openids, sealed, and found by blind index."""

import re
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.columns import new_id
from profiles.identity import BadIdentity, read_phone
from profiles.model import Channel, Contact, Profile
from profiles.sealing import Sealer, sealer_of

ADDRESS = "contact.address_sealed"
"""The place of a sealed address, for `Sealer.seal` and `Sealer.open`."""
_OPENID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_MEMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
"""企业微信: userid. Neither ``@all`` nor ``a|b``: an address is one member\'s."""


def address_of(session: Session, contact: Contact) -> str:
    """The phone number or openid in clear; empty for somebody who was forgotten."""
    if not contact.address_sealed:
        return ""
    return sealer_of(session).open_text(contact.address_sealed, place=ADDRESS, row=contact.id)


def contact_in(session: Session, office_id: UUID, contact_id: UUID) -> Contact | None:
    """An address of somebody of one office; None if there is none."""
    return session.exec(
        select(Contact)
        .join(Profile, col(Profile.id) == Contact.profile_id)
        .where(Contact.id == contact_id, Profile.office_id == office_id)
    ).first()


def contact_index(sealer: Sealer, channel: Channel, address: str) -> str:
    """The blind index of an address, in whatever spelling it comes; the one way to make it."""
    return sealer.index(_plain_address(channel, address), purpose=f"contact.{channel.value}")


def _plain_address(channel: Channel, address: str) -> str:
    if channel is Channel.WECHAT:
        return address.strip()
    if channel is Channel.WECOM:
        # the vendor takes large and small letters for the same member
        return address.strip().lower()
    try:
        return read_phone(address)
    except BadIdentity:
        # what a vendor reports as a number is looked up as it is; it will belong to nobody
        return address.strip()


def read_address(channel: Channel, address: str) -> str:
    """An address as it is kept: eleven digits, an openid, or the name of a WeCom member.

    Raises:
        BadIdentity: it is not one; the text tells why and repeats nothing.
    """
    if channel is Channel.SMS:
        return read_phone(address)
    if channel is Channel.WECOM:
        return _read_member(address.strip())
    openid = address.strip()
    if not openid:
        raise BadIdentity("blank", "微信openid为空")
    if not _OPENID.fullmatch(openid):
        raise BadIdentity("wrong_character", "微信openid只含字母、数字、“-”和“_”，最长64位")
    return openid


def _read_member(name: str) -> str:
    if not name:
        raise BadIdentity("blank", "企业微信账号为空")
    if not _MEMBER.fullmatch(name):
        raise BadIdentity(
            "wrong_character",
            "企业微信账号应以字母或数字开头，只含字母、数字和“-”“_”“.”“@”，最长64位，一格一个",
        )
    return name


def add_contact(
    session: Session,
    profile: Profile,
    channel: Channel,
    address: str,
    *,
    source: str,
    now: datetime,
) -> Contact:
    """Give *profile* an address; one that stands already is returned, an ended one runs again.

    Args:
        address: a phone number in any spelling, an openid, or a member's name.
        source: who gave it, without personal data.

    Raises:
        BadIdentity: it is no address of this channel.
    """
    plain = read_address(channel, address)
    index = contact_index(sealer_of(session), channel, plain)
    standing = session.exec(
        select(Contact).where(
            Contact.profile_id == profile.id,
            Contact.channel == channel,
            Contact.address_index == index,
        )
    ).first()
    if standing and standing.ended_at is None:
        return standing
    contact = standing or new_contact(session, profile, channel, plain, source=source, now=now)
    contact.ended_at, contact.source, contact.added_at = None, source, now
    session.add(contact)
    session.flush()
    return contact


def new_contact(
    session: Session,
    profile: Profile,
    channel: Channel,
    plain: str,
    *,
    source: str,
    now: datetime,
) -> Contact:
    """A sealed contact row that the profile surely does not have yet; not yet flushed.

    Args:
        plain: as `read_address` returned it.
    """
    sealer = sealer_of(session)
    row = new_id()
    contact = Contact(
        id=row,
        profile_id=profile.id,
        channel=channel,
        address_sealed=sealer.seal_text(plain, place=ADDRESS, row=row),
        address_index=contact_index(sealer, channel, plain),
        source=source,
        added_at=now,
    )
    session.add(contact)
    return contact
