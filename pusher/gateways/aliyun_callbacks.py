"""What Aliyun pushes to us: receipts (SmsReport) and replies (SmsUp), JSON arrays, unsigned."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from typing import Final

from pusher.gateways.aliyun_codes import RECEIPT
from pusher.gateways.base import CHINA, Callback, Outcome, Receipt, Reply, Unreadable, Why

# The vendor looks for a number in "code" and nothing else.
ANSWER: Final = '{"code":0,"msg":"接收成功"}'.encode()

_PREFIX = re.compile(r"^(?:\+?86|0086)(?=1[0-9]{10}$)")


def read(body: bytes) -> Callback:
    """Read one push; an entry is a reply if it has a text, else a receipt.

    Raises:
        Unreadable: *body* is not a JSON array.
    """
    entries = _array(body)
    receipts: list[Receipt] = []
    replies: list[Reply] = []
    unreadable = 0
    for entry in entries:
        read_one = _entry(entry)
        if isinstance(read_one, Receipt):
            receipts.append(read_one)
        elif isinstance(read_one, Reply):
            replies.append(read_one)
        else:
            unreadable += 1
    return Callback(receipts, replies, ANSWER, "application/json", unreadable)


def _array(body: bytes) -> list[object]:
    try:
        entries = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("回执不是有效的 JSON") from error
    if not isinstance(entries, list):
        raise Unreadable("回执应为 JSON 数组")
    return entries


def _entry(entry: object) -> Receipt | Reply | None:
    if not isinstance(entry, dict):
        return None
    return _reply(entry) if "content" in entry else _receipt(entry)


def _receipt(entry: dict[str, object]) -> Receipt | None:
    success = {True: True, "true": True, False: False, "false": False}.get(_plain(entry, "success"))
    reference, gateway_ref = _text(entry, "out_id"), _text(entry, "biz_id")
    phone = _phone(entry)
    # Without an id there is no telling which notice is meant.
    if success is None or phone is None or not (reference or gateway_ref):
        return None
    code = _text(entry, "err_code") or ""
    return Receipt(
        reference=reference,
        gateway_ref=gateway_ref,
        to=phone,
        outcome=Outcome.DELIVERED if success else Outcome.UNDELIVERED,
        code=code[:64],
        why=Why.NONE if success else RECEIPT.get(code, Why.UNKNOWN),
        reported_at=_moment(_text(entry, "report_time")),
    )


def _reply(entry: dict[str, object]) -> Reply | None:
    phone, content = _phone(entry), entry["content"]
    if phone is None or not isinstance(content, str):
        return None
    sent = _text(entry, "send_time")
    # An opt-out must not be lost for want of a number, so one is made of what there is.
    told = f"{phone}\n{sent}\n{content}"
    # JSON can carry half a surrogate pair, which UTF-8 cannot
    made = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return Reply(
        to=phone,
        text=content,
        sent_at=_moment(sent),
        reference=_text(entry, "sequence_id") or made,
    )


def _plain(entry: dict[str, object], name: str) -> str | bool | None:
    value = entry.get(name)
    return value if isinstance(value, (bool, str)) else None


def _text(entry: dict[str, object], name: str) -> str | None:
    """Return a text or a whole number as text; None if missing, empty or anything else."""
    value = entry.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value)[:256] or None


def _phone(entry: dict[str, object]) -> str | None:
    phone = _text(entry, "phone_number")
    return _PREFIX.sub("", phone) if phone else None


def _moment(text: str | None) -> datetime | None:
    """Read ``2026-01-01 08:00:05`` as China's time."""
    try:
        return datetime.strptime(text or "", "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None
