"""What 云MAS pushes to us: receipts (状态报告) and replies (上行短信), JSON, unsigned.

The provinces' platforms differ in the frame: an object or an array of them, in clear or in base
64. All of it is read.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Final

from pusher.gateways.base import Callback, Outcome, Receipt, Reply, Unreadable, Why
from pusher.gateways.sms_pushes import bare_number, made_reference, plain_text, wall_moment
from pusher.gateways.yunmas_codes import DELIVERED, RECEIPT, RECEIPT_FAMILIES

# HTTP 200 is all that the vendor asks for.
ANSWER: Final = b"success"

_MOST_NUMBERS = 5_000  # of one call, so of one receipt


def read(body: bytes) -> Callback:
    """Read one push; an entry is a reply if it has a text, else a receipt.

    Raises:
        Unreadable: *body* is no JSON object and no array.
    """
    receipts: list[Receipt] = []
    replies: list[Reply] = []
    unreadable = 0
    for entry in _entries(body):
        if isinstance(entry, dict) and "smsContent" in entry:
            reply = _reply(entry)
            replies += [reply] if reply else []
            unreadable += reply is None
        else:
            found = list(_receipts(entry)) if isinstance(entry, dict) else []
            receipts += found
            unreadable += not found
    return Callback(receipts, replies, ANSWER, "text/plain", unreadable)


def _entries(body: bytes) -> list[object]:
    text = body.strip()
    if not text.startswith((b"{", b"[")):
        try:
            text = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise Unreadable("推送内容不是有效的 JSON") from error
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("推送内容不是有效的 JSON") from error
    if not isinstance(told, dict | list):
        raise Unreadable("推送内容应为 JSON 对象或数组")
    return told if isinstance(told, list) else [told]


def _receipts(entry: dict[str, object]) -> Iterator[Receipt]:
    """One for each number: ``mobile`` is a number or a list of them."""
    mobiles = entry.get("mobile")
    numbers = mobiles if isinstance(mobiles, list) else [mobiles]
    group, status = plain_text(entry.get("msgGroup")), plain_text(entry.get("reportStatus"))
    if group is None or status is None:
        return
    code = (plain_text(entry.get("errorCode")) or status)[:64]
    arrived = status in DELIVERED
    for number in numbers[:_MOST_NUMBERS]:
        phone = bare_number(number)
        if phone is None:
            continue
        yield Receipt(
            reference=None,
            gateway_ref=group,
            to=phone,
            outcome=Outcome.DELIVERED if arrived else Outcome.UNDELIVERED,
            code=code,
            why=Why.NONE if arrived else _why(code),
            reported_at=wall_moment(plain_text(entry.get("receiveDate")), "%Y%m%d%H%M%S"),
        )


def _why(code: str) -> Why:
    for family, why in RECEIPT_FAMILIES.items():
        if code.startswith(family):
            return why
    return RECEIPT.get(code, Why.UNKNOWN)


def _reply(entry: dict[str, object]) -> Reply | None:
    phone, content = bare_number(entry.get("mobile")), entry["smsContent"]
    if phone is None or not isinstance(content, str):
        return None
    sent = plain_text(entry.get("sendTime"))
    # The vendor numbers no replies.
    return Reply(phone, content, wall_moment(sent), made_reference(phone, sent, content))
