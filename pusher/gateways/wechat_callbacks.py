"""What WeChat pushes to us: events and texts as XML, signed, in clear or encrypted."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from pusher.gateways.base import (
    Callback,
    Forged,
    Outcome,
    Receipt,
    Reply,
    ReplyKind,
    Unreadable,
    Why,
)
from pusher.gateways.wechat_xml import read_flat

ANSWER: Final = b"success"
WINDOW: Final = timedelta(minutes=5)
"""How far the moment of a signature may lie from the machine's clock, either way."""

_BLOCK = 32  # PKCS#7 to 32 bytes, twice the cipher's own block
_KINDS = {"subscribe": ReplyKind.SUBSCRIBE, "unsubscribe": ReplyKind.UNSUBSCRIBE}


@dataclass(frozen=True, slots=True)
class CallbackSecrets:
    """What the office entered at the vendor under 服务器配置.

    Attributes:
        token: signs every callback.
        appid: must stand inside an encrypted body.
        encoding_aes_key: 43 characters; None: bodies come in clear. If it is set, a body in
            clear is refused, because the plain signature does not cover the body.
    """

    token: str = field(repr=False)
    appid: str
    encoding_aes_key: str | None = field(default=None, repr=False)


def check_age(query: Mapping[str, str], came_at: datetime) -> None:
    """Check that a call was signed about when it came.

    Raises:
        Forged: signed more than `WINDOW` before or after, or at no moment.
    """
    signed_at = _moment(query.get("timestamp", ""))
    if signed_at is None or abs(came_at - signed_at) > WINDOW:
        raise Forged("签名的时间与本机相差太多")


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
        _check(query.get("signature"), keys.token, query)
        return Callback([], [], query["echostr"].encode(), "text/plain")
    fields = _opened(body, query, keys)
    receipts, replies, unreadable = _entries(fields)
    mark = f"{query.get('timestamp', '')} {query.get('nonce', '')}"
    return Callback(receipts, replies, ANSWER, "text/plain", unreadable, mark=mark)


def _opened(body: bytes, query: Mapping[str, str], keys: CallbackSecrets) -> dict[str, str]:
    if keys.encoding_aes_key is None:
        _check(query.get("signature"), keys.token, query)
        return read_flat(body)
    encrypted = read_flat(body).get("Encrypt")
    if not encrypted:
        raise Forged("约定加密，收到的却是明文")
    _check(query.get("msg_signature"), keys.token, query, encrypted)
    return read_flat(decrypted(encrypted, keys.encoding_aes_key, keys.appid))


def _check(given: str | None, token: str, query: Mapping[str, str], *more: str) -> None:
    parts = sorted([token, query.get("timestamp", ""), query.get("nonce", ""), *more])
    expected = hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()
    if given is None or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Forged("签名不符")


def decrypted(encrypted: str, encoding_aes_key: str, appid: str) -> bytes:
    """Return the text inside: 16 random bytes + length (uint32, big-endian) + text + appid.

    Check the signature over *encrypted* first.

    Raises:
        Unreadable: not encrypted with this key.
        Forged: meant for another account.
    """
    key = base64.b64decode(encoding_aes_key + "=")
    try:
        sealed = base64.b64decode(encrypted, validate=True)
        opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        padded = opener.update(sealed) + opener.finalize()
    except (binascii.Error, ValueError) as error:
        raise Unreadable("密文格式不对") from error
    pad = padded[-1] if padded else 0
    if not 1 <= pad <= _BLOCK or len(padded) < 20 + pad:
        raise Unreadable("密文填充不对")
    (length,) = struct.unpack(">I", padded[16:20])
    inner = padded[20 : len(padded) - pad]
    if length > len(inner) or inner[length:] != appid.encode():
        raise Forged("密文不属于本公众号")
    return inner[:length]


def _entries(fields: Mapping[str, str]) -> tuple[list[Receipt], list[Reply], int]:
    kind, event = fields.get("MsgType", ""), fields.get("Event", "")
    openid, created = fields.get("FromUserName", ""), fields.get("CreateTime", "")
    at = _moment(created)
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


def _moment(text: str) -> datetime | None:
    """Read seconds since 1970."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return datetime.fromtimestamp(int(text), UTC)
