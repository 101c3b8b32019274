"""What 云MAS pushes to its client: 状态报告 and 上行短信, JSON, unsigned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from pusher.sandbox.aliyun_desk import wall
from pusher.sandbox.carrier import Push, Speech
from pusher.sandbox.exchange import CHINA, Answered, Taken

_ACCESS_NUMBER = "10650000000000"


def yunmas_speech(*, receipts: str | None, replies: str | None) -> Speech:
    """Return how 云MAS tells its client; nothing is pushed where there is no address.

    Args:
        receipts: the client's address for 状态报告.
        replies: the client's address for 上行短信.
    """

    def push_receipts(texts: Sequence[Taken]) -> list[Push]:
        return [_push(receipts, _report(text), text) for text in texts] if receipts else []

    def push_stale(text: Taken) -> list[Push]:
        failure = {**_report(text), "reportStatus": "EXPIRED", "errorCode": "EXPIRED"}
        return [_push(receipts, failure)] if receipts else []

    def push_answer(said: Answered) -> list[Push]:
        return [_push(replies, _uplink(said))] if replies else []

    return Speech(push_receipts, push_stale, push_answer, ok="DELIVRD", failed="MK:0001")


def _push(url: str, entry: dict[str, str], *texts: Taken) -> Push:
    body = json.dumps(entry, ensure_ascii=False).encode()
    return Push(url, body, "application/json;charset=utf-8", texts)


def _report(text: Taken) -> dict[str, str]:
    arrived = text.outcome == "delivered"
    return {
        "reportStatus": "CM:0000" if arrived else text.code,
        "mobile": text.to,
        "submitDate": _digits(text.accepted_at),
        "receiveDate": _digits(text.reported_at or text.accepted_at),
        "errorCode": text.code,
        "msgGroup": text.gateway_ref,
    }


def _uplink(said: Answered) -> dict[str, str]:
    return {
        "mobile": said.to,
        "smsContent": said.text,
        "sendTime": wall(said.at),
        "addSerial": _ACCESS_NUMBER,
    }


def _digits(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y%m%d%H%M%S")
