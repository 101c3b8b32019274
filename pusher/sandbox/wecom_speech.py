"""What WeCom pushes to its client: texts of members as signed and encrypted XML; no receipts."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from pusher.sandbox.carrier import Push, Speech
from pusher.sandbox.credentials import WECOM_AES_KEY, WECOM_AGENT_ID, WECOM_CORP_ID, WECOM_TOKEN
from pusher.sandbox.exchange import Answered
from pusher.sandbox.xml import cdata


def wecom_speech(url: str | None, now: Callable[[], datetime]) -> Speech:
    """Return how WeCom tells its client at *url*; None: it tells nobody.

    Args:
        url: of the client.
        now: the vendor's clock: a push is signed at the moment it leaves.
    """

    def push_answer(said: Answered) -> list[Push]:
        return [_answer(url, said, now())] if url else []

    return Speech(lambda _: [], lambda _: [], push_answer, ok="0", failed="0")


def _answer(url: str, said: Answered, at: datetime) -> Push:
    number = hashlib.sha256(f"{said.to}{said.at.isoformat()}{said.text}".encode()).hexdigest()
    fields = {
        "ToUserName": WECOM_CORP_ID,
        "FromUserName": said.to,
        "CreateTime": str(int(said.at.timestamp())),
        "MsgType": "text",
        "Content": said.text,
        "MsgId": str(int(number[:15], 16)),
        "AgentID": str(WECOM_AGENT_ID),
    }
    inner = "".join(f"<{name}>{cdata(value)}</{name}>" for name, value in fields.items())
    sealed = encrypted(f"<xml>{inner}</xml>".encode())
    body = (
        f"<xml><ToUserName>{cdata(WECOM_CORP_ID)}</ToUserName>"
        f"<Encrypt>{cdata(sealed)}</Encrypt><AgentID>{WECOM_AGENT_ID}</AgentID></xml>"
    )
    return Push(_signed(url, sealed, at), body.encode(), "text/xml")


def encrypted(
    plain: bytes,
    *,
    key: str = WECOM_AES_KEY,
    owner: str = WECOM_CORP_ID,
    random: bytes | None = None,
) -> str:
    """Wrap *plain*: 16 random bytes, its length, itself, *owner*; padded to 32, AES-256-CBC."""
    raw = base64.b64decode(key + "=")
    told = (random or secrets.token_bytes(16)) + len(plain).to_bytes(4, "big")
    padder = PKCS7(256).padder()
    padded = padder.update(told + plain + owner.encode()) + padder.finalize()
    sealer = Cipher(algorithms.AES(raw), modes.CBC(raw[:16])).encryptor()
    return base64.b64encode(sealer.update(padded) + sealer.finalize()).decode()


def _signed(url: str, sealed: str, at: datetime) -> str:
    """The client's address with a signature of that moment over *sealed*."""
    stamp, nonce = str(int(at.timestamp())), secrets.token_hex(5)
    parts = "".join(sorted([WECOM_TOKEN, stamp, nonce, sealed]))
    query = {
        "msg_signature": hashlib.sha1(parts.encode(), usedforsecurity=False).hexdigest(),
        "timestamp": stamp,
        "nonce": nonce,
    }
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
