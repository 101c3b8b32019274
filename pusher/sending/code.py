"""Send a code to a number in doubt, while its owner is on the phone.

Like `deliver` it commits by itself: the call stands in the database before the socket opens. It is
made once. Whatever is not sure of it is told to the clerk, who asks the person; nothing repeats it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, or_, select

from profiles.addresses import address_of, contact_in
from profiles.ages import day_of
from profiles.codes import VALID, Draw, code_mac, new_code, next_send
from profiles.columns import new_id
from profiles.model import Channel, Contact, Office, Profile
from profiles.sealing import sealer_of
from profiles.signs import needs_confirming
from pusher.audit import note
from pusher.clock import OFFICE_ZONE
from pusher.gateways.base import Answer, Gateway, Parcel, Result, Why, boot_seconds
from pusher.hold import is_held
from pusher.model.contact_code import MAYBE_SENT, ContactCode
from pusher.model.errors import IllegalMove, NotFound, Unwilling
from pusher.model.notice import AttemptResult
from pusher.sending.claim import call_of
from pusher.sending.heed import heed_refusal
from pusher.sending.record import stop_gateway
from pusher.sending.route import Way, way_for
from pusher.sending.wording import fill, vendor_code, wordings
from pusher.settings import Settings
from pusher.store import Store

WORDING: Final = "sms_code"
_OTHERWISE: Final = "请改用上门或窗口核实"
_WHY_NOT: Final = {
    Why.RECIPIENT: f"运营商说这个号码收不到短信，{_OTHERWISE}",
    Why.OPT_OUT: f"对方在运营商处拒收本单位的短信，{_OTHERWISE}",
}


class TooSoon(Unwilling):
    """The number got as many codes as it may for now."""

    code = "too_soon"


class NotSent(Unwilling):
    """Surely nothing went out."""

    code = "not_sent"


@dataclass(frozen=True, slots=True)
class Sent:
    """A code that is on its way, as far as is known.

    Attributes:
        unsure: the vendor may not have taken it; ask the person whether it came.
        until: how long it is good.
    """

    unsure: bool
    until: datetime


def send_code(
    store: Store,
    gateways: Mapping[str, Gateway],
    contact_id: UUID,
    *,
    office_id: UUID,
    settings: Settings,
    by: str,
    now: datetime,
    draw: Draw = secrets.randbelow,
) -> Sent:
    """Send a fresh code to a number that is to be confirmed. Audited.

    Somebody who asks for a code on the phone is not sent a notice: opt-outs, quiet hours and caps
    do not stop it. Holds and paused gateways do. A gateway with a wrong key or no money is paused,
    as it is for notices, and the next one is tried; where there is none the clerk sends a code
    once staff have resumed it, for one that waited would come when nobody is on the phone.

    Args:
        gateways: by name, in the order of preference.
        by: staff number.
        draw: where the digits come from.

    Raises:
        NotFound: no such contact in this office.
        IllegalMove: it is no number, has ended, or is in no doubt.
        TooSoon: see `profiles.codes.PACE`; the same for everybody who gave this number.
        BadWording: the template is not registered with the vendor.
        NotSent: all sending is held, no gateway is open, or the vendor took nothing.
    """
    stopped = True
    while stopped:  # each round shuts a gateway or is the last
        with store.writing() as session:
            way = _way(session, gateways, settings=settings, now=now)
            contact = _contact(session, contact_id, office_id=office_id, now=now)
            _keep_pace(session, contact, now=now)
            code = new_code(draw)
            row = _write_down(session, contact, code, way, by=by, now=now)
            parcel = _parcel(session, contact, code, way, row, settings=settings)
        deadline = boot_seconds() + settings.call_timeout_s
        [answer] = way.gateway.hand_over([parcel], deadline=deadline)
        with store.writing() as session:
            _record(session, row.id, contact, answer, now=now)
            stopped = stop_gateway(session, way.name, [answer], now=now)
    if answer.result in (Result.NOT_SENT, Result.REFUSED):
        raise NotSent(f"验证码没有发出：{_because(answer)}")
    return Sent(answer.result is Result.UNSURE, row.until)


def _way(
    session: Session, gateways: Mapping[str, Gateway], *, settings: Settings, now: datetime
) -> Way:
    way = way_for(session, gateways, WORDING, settings=settings, now=now)
    if way is not None:
        return way
    held = is_held(session)
    because = "目前全部停发" if held else "没有可用的短信通道，可能已停用、欠费或正在恢复"
    raise NotSent(f"验证码没有发出：{because}；{_OTHERWISE}")


def _contact(session: Session, contact_id: UUID, *, office_id: UUID, now: datetime) -> Contact:
    contact = contact_in(session, office_id, contact_id)
    if contact is None:
        raise NotFound("没有这个联系方式")
    if contact.channel is not Channel.SMS:
        raise IllegalMove("验证码只能发到手机号码")
    person = session.get_one(Profile, contact.profile_id)
    if contact.ended_at is not None or person.ended_on is not None:
        raise IllegalMove("这个联系方式已停用；如仍是本人的，请重新登记")
    if not needs_confirming(contact, day_of(now)):
        raise IllegalMove("这个号码已经核实，不必再发验证码")
    return contact


def _keep_pace(session: Session, contact: Contact, *, now: datetime) -> None:
    """Let one clerk at a time send to this number, and none too often."""
    alike = (
        select(Contact.id)
        .where(Contact.channel == contact.channel, Contact.address_index == contact.address_index)
        .order_by(col(Contact.id))
    )
    sharing = session.exec(alike.with_for_update()).all()
    sent = session.exec(
        select(ContactCode.at).where(
            col(ContactCode.contact_id).in_(sharing),
            col(ContactCode.at) > now - timedelta(days=1),
            or_(col(ContactCode.result).is_(None), col(ContactCode.result).in_(MAYBE_SENT)),
        )
    ).all()
    free = next_send(sent, now)
    if free > now:
        when = f"{free.astimezone(OFFICE_ZONE):%m月%d日%H:%M:%S}"
        raise TooSoon(
            f"这个号码刚发过验证码，请在 {when} 以后再发，或{_OTHERWISE.removeprefix('请')}"
        )


def _write_down(
    session: Session, contact: Contact, code: str, way: Way, *, by: str, now: datetime
) -> ContactCode:
    row, salt = new_id(), secrets.token_hex(16)
    kept = ContactCode(
        id=row,
        contact_id=contact.id,
        salt=salt,
        mac=code_mac(sealer_of(session), contact.id, salt, code),
        by=by,
        at=now,
        until=now + VALID,
        call=call_of(row),
        gateway=way.name,
    )
    session.add(kept)
    session.flush()
    note(session, "contact.code", about=("contact", contact.id), by=by, now=now, gateway=way.name)
    return kept


def _parcel(
    session: Session, contact: Contact, code: str, way: Way, row: ContactCode, *, settings: Settings
) -> Parcel:
    office = session.get_one(Office, session.get_one(Profile, contact.profile_id).office_id)
    wording = wordings(phone=office.phone)[WORDING]
    filled = fill(wording, {"code": code})
    return Parcel(
        reference=row.call,
        to=address_of(session, contact),
        template=vendor_code(wording, settings.gateways, gateway=way.name),
        params=filled.params,
        text=filled.text,
    )


def _record(
    session: Session, row: UUID, contact: Contact, answer: Answer, *, now: datetime
) -> None:
    kept = session.get(ContactCode, row)
    if kept is None:
        return  # its person was forgotten meanwhile
    heed_refusal(
        session, answer.why, channel=Channel.SMS, address_index=contact.address_index, now=now
    )
    kept.result = AttemptResult(answer.result.value)
    kept.answer = answer.code.replace("\0", "")[:80]
    session.add(kept)


def _because(answer: Answer) -> str:
    if answer.result is Result.NOT_SENT:
        return f"短信通道暂时不通，请稍后再试，或{_OTHERWISE.removeprefix('请')}"
    told = _WHY_NOT.get(answer.why)
    return told or f"短信通道没有受理（代码 {answer.code or '无'}），请告诉管理员"
