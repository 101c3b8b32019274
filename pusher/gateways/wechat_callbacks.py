"""What WeChat pushes to us: events and texts as XML, signed, in clear or encrypted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pusher.gateways.base import (
    Callback,
    Forged,
    Outcome,
    Receipt,
    Reply,
    ReplyKind,
    Why,
)
from pusher.gateways.wechat_envelope import (
    CallbackSecrets,
    check_signature,
    mark_of,
    moment,
    opened,
)

ANSWER: Final = b"success"
_KINDS = {"subscribe": ReplyKind.SUBSCRIBE, "unsubscribe": ReplyKind.UNSUBSCRIBE}


def read(body: bytes, query: Mapping[str, str], keys: CallbackSecrets | None) -> Callback:
    """Check and read one callback; an empty body with ``echostr`` is the address check.

    How old it is does not matter here, since a stored callback is read again later; what comes in
    passes `check_age` besides.

    Raises:
        Forged: wrong signature, wrong account, or clear text where encryption is agreed.
        Unreadable: no XML, or none of the vendor's.
    """
    if keys is None:
        raise Forged("未配置公众号回调令牌")
    if not body and "echostr" in query:
        check_signature(query.get("signature"), keys.token, query)
        return Callback([], [], query["echostr"].encode(), "text/plain")
    receipts, replies, unreadable = entries(opened(body, query, keys))
    return Callback(receipts, replies, ANSWER, "text/plain", unreadable, mark=mark_of(query))


def entries(fields: Mapping[str, str]) -> tuple[list[Receipt], list[Reply], int]:
    """Return the receipts and replies in one event or text, and how many could not be read."""
    kind, event = fields.get("MsgType", ""), fields.get("Event", "")
    openid, created = fields.get("FromUserName", ""), fields.get("CreateTime", "")
    at = moment(created)
    if kind == "event" and event == "TEMPLATESENDJOBFINISH":
        receipt = _receipt(fields, openid, at)
        return ([receipt], [], 0) if receipt else ([], [], 1)
    if kind == "event" and event in _KINDS:
        if not (openid and created):
            return [], [], 1
        # The vendor's own advice: events are told apart by sender and second.
        return [], [Reply(openid, "", at, f"{event}-{openid}-{created}", _KINDS[event])], 0
    if kind == "text":
        number = fields.get("MsgId", "")
        if not (openid and number):
            return [], [], 1
        return [], [Reply(openid, fields.get("Content", ""), at, number)], 0
    # Pictures, menus, places: nothing that concerns us, and not an error either.
    return [], [], 0


def _receipt(fields: Mapping[str, str], openid: str, at: datetime | None) -> Receipt | None:
    # MsgID here, MsgId everywhere else.
    number, status = fields.get("MsgID") or fields.get("MsgId"), fields.get("Status", "")
    if not (number and openid and status):
        return None
    # The vendor writes "failed:user block" but "failed: system failed".
    code = ":".join(part.strip() for part in status.split(":", 1))[:64]
    outcome = Outcome.DELIVERED if code == "success" else Outcome.UNDELIVERED
    why = {
        "success": Why.NONE,
        "failed:user block": Why.OPT_OUT,
        "failed:system failed": Why.TRANSIENT,
    }.get(code, Why.UNKNOWN)
    return Receipt(None, number, openid, outcome, code, why, at)
