"""Names, numbers and addresses as a screen shows them: with stars, unless a task needs them."""

from sqlmodel import Session

from profiles.addresses import address_of
from profiles.dossier import name_of, number_of
from profiles.identity import masked_name, masked_number, masked_phone
from profiles.model import Channel, Contact, Profile, ProfileKind


def shown_name(session: Session, profile: Profile, *, unmasked: bool = False) -> str:
    """The name, with stars unless *unmasked*; a firm's is public, a forgotten person has none."""
    name = name_of(session, profile)
    return name if unmasked or profile.kind is ProfileKind.ENTERPRISE else masked_name(name)


def shown_number(session: Session, profile: Profile, *, unmasked: bool = False) -> str:
    """The resident number, with stars unless *unmasked*, or the credit code, which is public."""
    number = number_of(session, profile)
    return number if unmasked or profile.kind is ProfileKind.ENTERPRISE else masked_number(number)


def shown_address(session: Session, contact: Contact, *, unmasked: bool = False) -> str:
    """The phone number, openid or member's name, with stars unless *unmasked*."""
    address = address_of(session, contact)
    return address if unmasked else masked_address(contact.channel, address)


def masked_address(channel: Channel, address: str) -> str:
    """199****0001, or the beginning of an openid or of a member's name."""
    if channel is Channel.SMS:
        return masked_phone(address)
    # names of members are short, and often somebody's own
    return f"{address[: 2 if channel is Channel.WECOM else 4]}****"
