"""What Aliyun pushes to its client: SmsReport and SmsUp, JSON arrays, unsigned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

from pusher.sandbox.aliyun_desk import wall
from pusher.sandbox.carrier import Push, Speech
from pusher.sandbox.exchange import Answered, Taken

_IN_ONE_PUSH = 100
_SERVICE_NUMBER = "10690000000000"


def aliyun_speech(*, receipts: str | None, replies: str | None) -> Speech:
    """Return how Aliyun tells its client; nothing is pushed where there is no address.

    Args:
        receipts: the client's address for SmsReport.
        replies: the client's address for SmsUp.
    """

    def push_receipts(texts: Sequence[Taken]) -> list[Push]:
        if not receipts:
            return []
        packs = [texts[at : at + _IN_ONE_PUSH] for at in range(0, len(texts), _IN_ONE_PUSH)]
        return [_pack(receipts, [_report(text) for text in pack], pack) for pack in packs]

    def push_stale(text: Taken) -> list[Push]:
        failure = {**_report(text), "success": False, "err_code": "EXPIRED"}
        return [_pack(receipts, [failure])] if receipts else []

    def push_answer(said: Answered) -> list[Push]:
        return [_pack(replies, [_uplink(said)])] if replies else []

    return Speech(
        push_receipts, push_stale, push_answer, ok="DELIVERED", failed="MOBILE_NOT_ON_SERVICE"
    )


def _pack(url: str, entries: list[dict[str, object]], texts: Sequence[Taken] = ()) -> Push:
    body = json.dumps(entries, ensure_ascii=False).encode()
    return Push(url, body, "application/json;charset=utf-8", tuple(texts))


def _report(text: Taken) -> dict[str, object]:
    return {
        "phone_number": text.to,
        "send_time": wall(text.accepted_at),
        "report_time": wall(text.reported_at or text.accepted_at),
        "success": text.outcome == "delivered",
        "err_code": text.code,
        "err_msg": "",
        "sms_size": str(1 if len(text.text) <= 70 else -(-len(text.text) // 67)),
        "biz_id": text.gateway_ref,
        "out_id": text.reference,
    }


def _uplink(said: Answered) -> dict[str, object]:
    number = sha256(f"{said.to}{said.at.isoformat()}{said.text}".encode()).hexdigest()
    return {
        "phone_number": said.to,
        "content": said.text,
        "send_time": wall(said.at),
        "dest_code": _SERVICE_NUMBER,
        "sequence_id": str(int(number[:15], 16)),
    }
