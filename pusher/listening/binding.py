"""An address is bound to somebody whom staff have met: by staff, or by a code that they send.

The register rarely knows an openid. Who follows the account at a counter is bound there, with what
staff saw; each binding is audited and can be undone.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, func, select, update

from profiles.addresses import add_contact, contact_index, read_address
from profiles.ages import OWN_CONSENT, day_of, has_died, is_under
from profiles.codes import Draw
from profiles.dossier import birth_day, facts_on, read_dossier
from profiles.identity import BadIdentity
from profiles.model import Channel, Contact, Profile
from profiles.reach import has_ended
from profiles.sealing import sealer_of
from profiles.signs import confirm, end
from pusher.audit import note
from pusher.listening.contacts import refuse_if_ended
from pusher.model.binding import BindingCode
from pusher.model.errors import IllegalMove, NotFound, Unwilling
from pusher.model.word import Reply

SOURCE: Final = "窗口绑定"
VALID: Final = timedelta(minutes=30)
"""From the counter to the message; the person stands there."""
DIGITS: Final = 8
"""Guessed at from any follower's telephone, unlike a code for one number: a hundred million."""
MOST_TRIES: Final = 5
"""Messages an hour from one address that are held against the codes."""
_WORD: Final = re.compile(rf"(?:绑定|bd)?(\d{{{DIGITS}}})", re.ASCII)


class BadAddress(Unwilling):
    """It is no address of this channel; the text repeats nothing of it."""

    code = "bad_address"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a binding came to.

    Attributes:
        fresh: False if they had this address already; then it is only confirmed.
        others: how many other profiles are reached at the same address.
    """

    contact: Contact
    fresh: bool
    others: int


def bind(
    session: Session,
    profile_id: UUID,
    channel: Channel,
    address: str,
    *,
    office_id: UUID,
    evidence: str,
    by: str,
    now: datetime,
) -> Bound:
    """Give somebody an address that staff know to be theirs, and confirm it. Audited.

    Args:
        address: a number, an openid or a member's name.
        evidence: what staff saw, without personal data.
        by: staff number, or ``public`` for a code that was sent.

    Raises:
        NotFound: no such profile in this office.
        IllegalMove: they died, left, or are under 14: their guardian is bound instead.
        BadAddress: it is no address of this channel.
    """
    profile = _whom(session, profile_id, office_id=office_id, now=now)
    try:
        index = contact_index(sealer_of(session), channel, read_address(channel, address))
    except BadIdentity as wrong:
        raise BadAddress(str(wrong)) from None
    here = select(Contact).where(
        Contact.channel == channel,
        Contact.address_index == index,
        col(Contact.ended_at).is_(None),
    )
    there = session.exec(here).all()
    fresh = all(one.profile_id != profile.id for one in there)
    contact = add_contact(session, profile, channel, address, source=SOURCE, now=now)
    confirm(session, contact, now=now)
    note(
        session, "contact.bind", about=("contact", contact.id), by=by, now=now,
        channel=channel.value, evidence=evidence,
    )  # fmt: skip
    return Bound(contact, fresh, sum(one.profile_id != profile.id for one in there))


def unbind(session: Session, contact: Contact, *, reason: str, by: str, now: datetime) -> None:
    """Take a binding back: nothing is written there any more for this person. Audited.

    Raises:
        IllegalMove: it was not bound at a counter, or has ended already.
    """
    refuse_if_ended(contact)
    if contact.source != SOURCE:
        raise IllegalMove("这个联系方式不是窗口绑定的；不是本人的请用 contact end 停用")
    end(session, contact, now=now)
    note(session, "contact.unbind", about=("contact", contact.id), by=by, now=now, reason=reason)


def give_code(
    session: Session,
    profile_id: UUID,
    channel: Channel,
    *,
    office_id: UUID,
    evidence: str,
    by: str,
    now: datetime,
    draw: Draw = secrets.randbelow,
) -> str:
    """Make a code that its holder sends from the address to be bound; one given before is void.

    Returns:
        Eight digits, for the person in front of the clerk; kept nowhere.

    Raises:
        NotFound, IllegalMove: as of `bind`.
    """
    profile = _whom(session, profile_id, office_id=office_id, now=now)
    session.exec(
        update(BindingCode)
        .where(col(BindingCode.profile_id) == profile.id, col(BindingCode.used_at).is_(None))
        .values(until=now)
    )
    code = f"{draw(10**DIGITS):0{DIGITS}}"
    row = BindingCode(
        profile_id=profile.id, channel=channel, code_index=_index(session, code), by=by, at=now,
        until=now + VALID,
    )  # fmt: skip
    session.add(row)
    note(
        session, "contact.binding_code", about=("profile", profile.id), by=by, now=now,
        channel=channel.value, evidence=evidence,
    )  # fmt: skip
    return code


def bind_by_word(
    session: Session, channel: Channel, address: str, text: str, *, now: datetime
) -> Contact | None:
    """Bind whoever sent a code that a clerk gave out; None: it is none, or no longer good."""
    even = unicodedata.normalize("NFKC", text).casefold()
    word = _WORD.fullmatch("".join(sign for sign in even if sign.isalnum()))
    if word is None or _tries(session, channel, address, now=now) > MOST_TRIES:
        return None
    taking = (
        update(BindingCode)
        .where(
            col(BindingCode.code_index) == _index(session, word[1]),
            col(BindingCode.channel) == channel,
            col(BindingCode.used_at).is_(None),
            col(BindingCode.until) > now,
        )
        .values(used_at=now)
        .returning(col(BindingCode.id))
    )
    taken = session.connection().execute(taking).scalars().all()
    if len(taken) != 1:
        return None
    row = session.get_one(BindingCode, taken[0], populate_existing=True)
    profile = session.get_one(Profile, row.profile_id)
    try:
        bound = bind(
            session, profile.id, channel, address, office_id=profile.office_id,
            evidence="本人发来窗口给的绑定码", by=row.by, now=now,
        )  # fmt: skip
    except Unwilling:
        return None  # they died or left since; the message waits for staff
    row.contact_id = bound.contact.id
    session.add(row)
    return bound.contact


def _whom(session: Session, profile_id: UUID, *, office_id: UUID, now: datetime) -> Profile:
    profile = session.get(Profile, profile_id)
    if profile is None or profile.office_id != office_id:
        raise NotFound("没有这份档案")
    day = day_of(now)
    facts = facts_on(read_dossier(session, profile), day)
    if has_died(facts, day) or has_ended(profile, facts, day):
        raise IllegalMove("此人已去世、迁出或资料已删除，不能绑定")
    if is_under(OWN_CONSENT, birth_day(session, profile, facts), day):
        raise IllegalMove("不满14周岁的不直接发送，请绑定到监护人的档案")
    return profile


def _tries(session: Session, channel: Channel, address: str, *, now: datetime) -> int:
    index = contact_index(sealer_of(session), channel, address)
    asked = select(func.count()).select_from(Reply)
    return session.exec(
        asked.where(
            Reply.channel == channel,
            Reply.address_index == index,
            col(Reply.at) > now - timedelta(hours=1),
        )
    ).one()


def _index(session: Session, code: str) -> str:
    return sealer_of(session).index(code, purpose="contact.binding")
