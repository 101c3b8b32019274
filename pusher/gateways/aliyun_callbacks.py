"""What Aliyun pushes to us: receipts (SmsReport) and replies (SmsUp), JSON arrays, unsigned."""

from __future__ import annotations

import json
from typing import Final

from pusher.gateways.aliyun_codes import RECEIPT
from pusher.gateways.base import Callback, Outcome, Receipt, Reply, Unreadable, Why
from pusher.gateways.sms_pushes import bare_number, made_reference, plain_text, wall_moment

# The vendor looks for a number in "code" and nothing else.
ANSWER: Final = '{"code":0,"msg":"接收成功"}'.encode()


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
    reference, gateway_ref = plain_text(entry.get("out_id")), plain_text(entry.get("biz_id"))
    phone = bare_number(entry.get("phone_number"))
    # Without an id there is no telling which notice is meant.
    if success is None or phone is None or not (reference or gateway_ref):
        return None
    code = plain_text(entry.get("err_code")) or ""
    return Receipt(
        reference=reference,
        gateway_ref=gateway_ref,
        to=phone,
        outcome=Outcome.DELIVERED if success else Outcome.UNDELIVERED,
        code=code[:64],
        why=Why.NONE if success else RECEIPT.get(code, Why.UNKNOWN),
        reported_at=wall_moment(plain_text(entry.get("report_time"))),
    )


def _reply(entry: dict[str, object]) -> Reply | None:
    phone, content = bare_number(entry.get("phone_number")), entry["content"]
    if phone is None or not isinstance(content, str):
        return None
    sent = plain_text(entry.get("send_time"))
    return Reply(
        to=phone,
        text=content,
        sent_at=wall_moment(sent),
        reference=plain_text(entry.get("sequence_id")) or made_reference(phone, sent, content),
    )


def _plain(entry: dict[str, object], name: str) -> str | bool | None:
    value = entry.get(name)
    return value if isinstance(value, (bool, str)) else None
