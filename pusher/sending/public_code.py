"""Send a code to whoever asks for one on the public pages: first written down, then sent, once.

What is answered on the page is settled before anything is sent, and is the same for a number that
we know and for one that we do not: the call itself is made after the answer has left.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from profiles.addresses import contact_index
from profiles.codes import Draw, next_send, public_code_mac
from profiles.codes import new_code as draw_code
from profiles.columns import new_id
from profiles.model import Channel, Office
from profiles.sealing import sealer_of
from pusher.audit import note
from pusher.gateways.base import Gateway, Parcel, boot_seconds
from pusher.model.errors import Unwilling
from pusher.model.notice import AttemptResult
from pusher.model.public import ASKED, PublicCode, Purpose
from pusher.sending.claim import call_of
from pusher.sending.heed import heed_refusal
from pusher.sending.record import stop_gateway
from pusher.sending.route import Way, way_for
from pusher.sending.wording import BadWording, fill, vendor_code, wordings
from pusher.settings import Settings
from pusher.store import Store

WORDING: Final = "sms_public_code"
VALID: Final = timedelta(minutes=10)
MOST_FROM_ONE_PLACE: Final = 20
"""Codes an hour for one network; a family and an office share one, a flood comes from few."""
MOST_FOR_ANYBODY: Final = 200
"""Codes a minute in all: a flood from everywhere costs the office no more than this."""


class TooMany(Unwilling):
    """This number, this network or everybody together asked for enough codes for now."""

    code = "too_soon"


class NoWay(Unwilling):
    """No code can be sent to anybody now."""

    code = "no_way"


@dataclass(frozen=True, slots=True)
class Letter:
    """A code that is written down and still to be sent.

    Attributes:
        parcel: None where nothing is sent: nobody bears that name at that number.
    """

    row: UUID
    way: Way
    parcel: Parcel | None = field(repr=False)
    address_index: str = field(repr=False)


def write_down(
    session: Session,
    gateways: Mapping[str, Gateway],
    office: Office,
    purpose: Purpose,
    *,
    phone: str,
    typed: Mapping[str, Any] | None,
    browser: str,
    place: str,
    settings: Settings,
    now: datetime,
    draw: Draw = secrets.randbelow,
) -> Letter:
    """Write a code down, to be sent by `send` once the caller has committed. Audited.

    Args:
        phone: as `read_phone` returned it.
        typed: what the right code will set going, as JSON; None: nothing is sent.
        browser: blind index of the browser that asks.
        place: blind index of the network it asks from.

    Raises:
        TooMany: see `profiles.codes.PACE`, `MOST_FROM_ONE_PLACE`, `MOST_FOR_ANYBODY`.
        NoWay: no gateway is open, or its vendor has no template for codes.
    """
    way = way_for(session, gateways, WORDING, settings=settings, now=now)
    if way is None:
        raise NoWay("现在发不出验证码，请稍后再试")
    row, salt, code = new_id(), secrets.token_hex(16), draw_code(draw)
    # the chain of the audit lets one request at a time count what came before it
    note(session, "public.code", about=("publiccode", row), by="public", now=now)
    sealer = sealer_of(session)
    index = contact_index(sealer, Channel.SMS, phone)
    _keep_pace(session, index, place, now=now)
    text = json.dumps(typed, ensure_ascii=False) if typed is not None else ""
    session.add(
        PublicCode(
            id=row, purpose=purpose, browser=browser, address_index=index, place_index=place,
            asked_sealed=sealer.seal_text(text, place=ASKED, row=row),
            salt=salt, mac=public_code_mac(sealer, row, salt, code), at=now, until=now + VALID,
            call=call_of(row), gateway=way.name,
        )
    )  # fmt: skip
    session.flush()
    parcel = _parcel(office, phone, code, way, call_of(row), settings)
    return Letter(row, way, parcel if typed is not None else None, index)


def send(store: Store, letter: Letter, *, settings: Settings, now: datetime) -> None:
    """Make the one call of a letter; what came of it is written beside it. Commits by itself."""
    if letter.parcel is None:
        return
    deadline = boot_seconds() + settings.call_timeout_s
    [answer] = letter.way.gateway.hand_over([letter.parcel], deadline=deadline)
    with store.writing() as session:
        heed_refusal(
            session, answer.why, channel=Channel.SMS, address_index=letter.address_index, now=now
        )
        stop_gateway(session, letter.way.name, [answer], now=now)
        kept = session.get(PublicCode, letter.row)
        if kept is not None:
            kept.result = AttemptResult(answer.result.value)
            kept.answer = answer.code.replace("\0", "")[:80]
            session.add(kept)


def _keep_pace(session: Session, address: str, place: str, *, now: datetime) -> None:
    """Refuse what would be too much; every request counts, whatever came of it."""
    day = col(PublicCode.at) > now - timedelta(days=1)
    sent = session.exec(select(PublicCode.at).where(PublicCode.address_index == address, day))
    hour = col(PublicCode.at) > now - timedelta(hours=1)
    here = _count(session, hour, PublicCode.place_index == place)
    everywhere = _count(session, col(PublicCode.at) > now - timedelta(minutes=1))
    if next_send(sent.all(), now) > now:
        raise TooMany("这个号码刚要过验证码。请过一分钟再要；多次没有收到的，请明天再试")
    if here >= MOST_FROM_ONE_PLACE or everywhere >= MOST_FOR_ANYBODY:
        raise TooMany("要验证码的人太多，请一小时后再试")


def _count(session: Session, *which: Any) -> int:
    return session.exec(select(func.count()).select_from(PublicCode).where(*which)).one()


def _parcel(
    office: Office, phone: str, code: str, way: Way, call: str, settings: Settings
) -> Parcel:
    wording = wordings(phone=office.phone)[WORDING]
    try:
        template = vendor_code(wording, settings.gateways, gateway=way.name)
    except BadWording:
        raise NoWay("网上登记暂未开通") from None
    params = fill(wording, {"code": code}).params
    return Parcel(reference=call, to=phone, template=template, params=params)
