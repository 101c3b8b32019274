"""What WeChat pushes to its client: events and texts as signed XML, in clear."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from urllib.parse import urlencode

from pusher.sandbox.carrier import Push, Speech
from pusher.sandbox.credentials import WECHAT_TOKEN
from pusher.sandbox.exchange import Answered, Taken
from pusher.sandbox.xml import cdata

_ACCOUNT = "gh_sandbox000001"


def wechat_speech(url: str | None, now: Callable[[], datetime]) -> Speech:
    """Return how WeChat tells its client at *url*; None: it tells nobody.

    Args:
        url: of the client.
        now: the vendor's clock: a push is signed at the moment it leaves, not at that of its news.
    """

    def push_receipts(texts: Sequence[Taken]) -> list[Push]:
        return [_receipt(_signed(url, now()), text, text.code) for text in texts] if url else []

    def push_stale(text: Taken) -> list[Push]:
        failed = "failed: system failed"
        return [_receipt(_signed(url, now()), text, failed, mark=False)] if url else []

    def push_answer(said: Answered) -> list[Push]:
        return [_answer(_signed(url, now()), said)] if url else []

    return Speech(
        push_receipts, push_stale, push_answer, ok="success", failed="failed: system failed"
    )


def _receipt(url: str, text: Taken, status: str, *, mark: bool = True) -> Push:
    fields = {
        "MsgType": "event",
        "Event": "TEMPLATESENDJOBFINISH",
        "MsgID": text.gateway_ref,
        "Status": status,
    }
    at = text.reported_at or text.accepted_at
    return _push(url, text.to, at, fields, (text,) if mark else ())


def _answer(url: str, said: Answered) -> Push:
    if said.event == "message":
        number = hashlib.sha256(f"{said.to}{said.at.isoformat()}{said.text}".encode()).hexdigest()
        fields = {"MsgType": "text", "Content": said.text, "MsgId": str(int(number[:15], 16))}
    else:
        fields = {"MsgType": "event", "Event": said.event, "EventKey": ""}
    return _push(url, said.to, said.at, fields, ())


def _push(
    url: str, openid: str, at: datetime, fields: dict[str, str], texts: tuple[Taken, ...]
) -> Push:
    common = {
        "ToUserName": _ACCOUNT,
        "FromUserName": openid,
        "CreateTime": str(int(at.timestamp())),
    }
    inner = "".join(f"<{k}>{cdata(v)}</{k}>" for k, v in {**common, **fields}.items())
    address = f"{url}&{urlencode({'openid': openid})}"
    return Push(address, f"<xml>{inner}</xml>".encode(), "text/xml", texts)


def _signed(url: str, at: datetime) -> str:
    """The client's address with a signature of that moment."""
    stamp, nonce = str(int(at.timestamp())), secrets.token_hex(5)
    signed = "".join(sorted([WECHAT_TOKEN, stamp, nonce]))
    query = {
        "signature": hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest(),
        "timestamp": stamp,
        "nonce": nonce,
    }
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
