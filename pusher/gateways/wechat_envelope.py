"""What WeChat and WeCom wrap their callbacks in: a signature, its moment, and a cipher."""

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

from pusher.gateways.base import Forged, Unreadable
from pusher.gateways.wechat_xml import read_flat

WINDOW: Final = timedelta(minutes=5)
"""How far the moment of a signature may lie from the machine's clock, either way."""

_BLOCK = 32  # PKCS#7 to 32 bytes, twice the cipher's own block


@dataclass(frozen=True, slots=True)
class CallbackSecrets:
    """What the office entered at the vendor under 服务器配置.

    Attributes:
        token: signs every callback.
        appid: must stand inside an encrypted body; WeCom's corp id.
        encoding_aes_key: 43 characters; None: bodies come in clear, as WeCom's never do. If it is
            set, a body in clear is refused, because the plain signature does not cover the body.
    """

    token: str = field(repr=False)
    appid: str
    encoding_aes_key: str | None = field(default=None, repr=False)


def check_age(query: Mapping[str, str], came_at: datetime) -> None:
    """Check that a call was signed about when it came.

    Raises:
        Forged: signed more than `WINDOW` before or after, or at no moment.
    """
    signed_at = moment(query.get("timestamp", ""))
    if signed_at is None or abs(came_at - signed_at) > WINDOW:
        raise Forged("签名的时间与本机相差太多")


def opened(body: bytes, query: Mapping[str, str], keys: CallbackSecrets) -> dict[str, str]:
    """Check the signature of a callback and return the names and texts inside.

    Raises:
        Forged: wrong signature, wrong account, or clear text where encryption is agreed.
        Unreadable: no XML, or not encrypted with this key.
    """
    if keys.encoding_aes_key is None:
        check_signature(query.get("signature"), keys.token, query)
        return read_flat(body)
    encrypted = read_flat(body).get("Encrypt")
    if not encrypted:
        raise Forged("约定加密，收到的却是明文")
    check_signature(query.get("msg_signature"), keys.token, query, encrypted)
    return read_flat(decrypted(encrypted, keys.encoding_aes_key, keys.appid))


def check_signature(given: str | None, token: str, query: Mapping[str, str], *more: str) -> None:
    """Check that *given* signs *more* at the moment and with the nonce of *query*.

    Raises:
        Forged: it does not.
    """
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
        raise Forged("密文不属于本账号")
    return inner[:length]


def mark_of(query: Mapping[str, str]) -> str:
    """What the vendor makes new for each signature."""
    return f"{query.get('timestamp', '')} {query.get('nonce', '')}"


def moment(text: str) -> datetime | None:
    """Read seconds since 1970."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return datetime.fromtimestamp(int(text), UTC)
