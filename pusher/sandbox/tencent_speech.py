"""What Tencent Cloud pushes to its client: receipts in arrays, replies one by one, unsigned."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pusher.sandbox.book import SIGN_NAME
from pusher.sandbox.carrier import Push, Speech
from pusher.sandbox.exchange import CHINA, Answered, Taken

_IN_ONE_PUSH = 100


def tencent_speech(*, receipts: str | None, replies: str | None) -> Speech:
    """Return how Tencent Cloud tells its client; nothing is pushed where there is no address.

    The account has SessionContext in its receipts, which a real one asks the vendor for.

    Args:
        receipts: the client's address for status reports.
        replies: the client's address for replies.
    """

    def push_receipts(texts: Sequence[Taken]) -> list[Push]:
        if not receipts:
            return []
        packs = [texts[at : at + _IN_ONE_PUSH] for at in range(0, len(texts), _IN_ONE_PUSH)]
        return [_push(receipts, [_report(text) for text in pack], pack) for pack in packs]

    def push_stale(text: Taken) -> list[Push]:
        failure = {**_report(text), "report_status": "FAIL", "errmsg": "EXPIRED"}
        return [_push(receipts, [failure])] if receipts else []

    def push_answer(said: Answered) -> list[Push]:
        return [_push(replies, _uplink(said))] if replies else []

    return Speech(push_receipts, push_stale, push_answer, ok="DELIVRD", failed="UNDELIV")


def _push(url: str, told: object, texts: Sequence[Taken] = ()) -> Push:
    return Push(
        url, json.dumps(told, ensure_ascii=False).encode(), "application/json", tuple(texts)
    )


def _report(text: Taken) -> dict[str, object]:
    at = (text.reported_at or text.accepted_at).astimezone(CHINA)
    arrived = text.outcome == "delivered"
    return {
        "user_receive_time": at.strftime("%Y-%m-%d %H:%M:%S"),
        "nationcode": "86",
        "mobile": text.to,
        "report_status": "SUCCESS" if arrived else "FAIL",
        "errmsg": text.code,
        "description": "用户短信送达成功" if arrived else "用户短信送达失败",
        "sid": text.gateway_ref,
        "ext": text.reference,
    }


def _uplink(said: Answered) -> dict[str, object]:
    return {
        "extend": "",
        "mobile": said.to,
        "nationcode": "86",
        "sign": SIGN_NAME,
        "text": said.text,
        "time": int(said.at.timestamp()),
    }
