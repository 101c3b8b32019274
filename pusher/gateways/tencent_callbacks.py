"""What Tencent Cloud pushes to us: receipts in a JSON array, one reply in an object, unsigned."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Final

from pusher.gateways.base import CHINA, Callback, Outcome, Receipt, Reply, Unreadable, Why
from pusher.gateways.sms_pushes import bare_number, made_reference, plain_text, wall_moment
from pusher.gateways.tencent_codes import RECEIPT

# The vendor pushes again unless "result" is 0.
ANSWER: Final = b'{"result":0,"errmsg":"OK"}'

_OUTCOMES = {"SUCCESS": Outcome.DELIVERED, "FAIL": Outcome.UNDELIVERED}


def read(body: bytes) -> Callback:
    """Read one push: an array of receipts, or the object of one reply.

    Raises:
        Unreadable: *body* is neither.
    """
    told = _json(body)
    if isinstance(told, dict):
        reply = _reply(told)
        replies = [reply] if reply else []
        return Callback([], replies, ANSWER, "application/json", unreadable=0 if reply else 1)
    found = [_receipt(entry) for entry in told]
    receipts = [receipt for receipt in found if receipt is not None]
    unreadable = len(found) - len(receipts)
    return Callback(receipts, [], ANSWER, "application/json", unreadable)


def _json(body: bytes) -> dict[str, object] | list[object]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("回执不是有效的 JSON") from error
    if not isinstance(told, (dict, list)):
        raise Unreadable("回执应为 JSON 数组，回复应为 JSON 对象")
    return told


def _receipt(entry: object) -> Receipt | None:
    if not isinstance(entry, dict):
        return None
    outcome = _OUTCOMES.get(plain_text(entry.get("report_status")) or "")
    phone = bare_number(entry.get("mobile"))
    # "ext" is our SessionContext, once the vendor has switched it on for the account
    reference, gateway_ref = plain_text(entry.get("ext")), plain_text(entry.get("sid"))
    # Without an id there is no telling which notice is meant.
    if outcome is None or phone is None or not (reference or gateway_ref):
        return None
    code = plain_text(entry.get("errmsg")) or ""
    arrived = outcome is Outcome.DELIVERED
    return Receipt(
        reference=reference,
        gateway_ref=gateway_ref,
        to=phone,
        outcome=outcome,
        code=code[:64],
        why=Why.NONE if arrived else RECEIPT.get(code, Why.UNKNOWN),
        reported_at=wall_moment(plain_text(entry.get("user_receive_time"))),
    )


def _reply(entry: dict[str, object]) -> Reply | None:
    phone, text = bare_number(entry.get("mobile")), entry.get("text")
    if phone is None or not isinstance(text, str):
        return None
    sent = plain_text(entry.get("time"))
    # The vendor numbers no replies: who wrote the same words in the same second wrote once.
    made = made_reference(phone, sent, text)
    return Reply(to=phone, text=text, sent_at=_unix(sent), reference=made)


def _unix(text: str | None) -> datetime | None:
    """Read seconds since 1970."""
    if not (text and text.isascii() and text.isdigit() and len(text) < 12):
        return None
    try:
        return datetime.fromtimestamp(int(text), CHINA)
    except (ValueError, OverflowError, OSError):
        return None
