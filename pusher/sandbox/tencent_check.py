"""Checks Tencent Cloud signatures (TC3-HMAC-SHA256) with code of the stand-in's own.

Written from the vendor's description, not from the client next door: one mistake made twice
would be no check at all.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

CLOCK_TERM: Final = timedelta(minutes=5)
"""How far a client's clock may be off. There is no nonce: inside it, a copy passes again."""

_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/,\s]+)/([0-9]{4}-[0-9]{2}-[0-9]{2})/sms/tc3_request,\s*"
    r"SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Signed:
    """One HTTP request as it came in; header names in lower case."""

    method: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """Code and message, as they stand in ``Response.Error``."""

    code: str
    message: str


class TencentGate:
    """The front gate: whose signature, and how old."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """*secrets* are by secret id."""
        self._secrets = dict(secrets)

    def check(self, call: Signed, *, now: datetime) -> Refusal | None:
        """Return why *call* is turned away, None if it may pass."""
        found = _AUTHORIZATION.fullmatch(call.headers.get("authorization", "").strip())
        if not found:
            return Refusal(
                "AuthFailure.InvalidAuthorization", "请求头部的 Authorization 不符合腾讯云标准。"
            )
        secret_id, day, listed, signature = found.groups()
        signed = listed.split(";")
        if not {"content-type", "host"} <= set(signed) <= set(call.headers):
            return Refusal("AuthFailure.InvalidAuthorization", "SignedHeaders 缺少必须的头部。")
        secret = self._secrets.get(secret_id)
        if secret is None:
            return Refusal("AuthFailure.SecretIdNotFound", "The SecretId is not found.")
        stamp = call.headers.get("x-tc-timestamp", "")
        if not re.fullmatch(r"[0-9]{1,11}", stamp):
            return Refusal("MissingParameter", "The request is missing `X-TC-Timestamp`.")
        at = datetime.fromtimestamp(int(stamp), UTC)
        if abs(now - at) > CLOCK_TERM:
            return Refusal(
                "AuthFailure.SignatureExpire", "Signature expired: 与服务器时间相差超过五分钟。"
            )
        expected = _signature(call, signed, stamp=stamp, day=day, secret=secret)
        if at.strftime("%Y-%m-%d") != day or not hmac.compare_digest(expected, signature):
            return Refusal(
                "AuthFailure.SignatureFailure",
                "The provided credentials could not be validated.",
            )
        return None


def _signature(call: Signed, signed: list[str], *, stamp: str, day: str, secret: str) -> str:
    # the vendor's SDK signs "/" even when its address has a path
    unsigned = call.headers.get("x-tc-content-sha256") == "UNSIGNED-PAYLOAD"
    payload = b"UNSIGNED-PAYLOAD" if unsigned else call.body
    lines = [call.method, "/", call.query]
    lines += [f"{name}:{call.headers[name].strip().lower()}" for name in signed]
    lines += ["", ";".join(signed), hashlib.sha256(payload).hexdigest()]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{stamp}\n{day}/sms/tc3_request\n{digest}"
    key = hmac.new(b"TC3" + secret.encode(), day.encode(), "sha256").digest()
    key = hmac.new(key, b"sms", "sha256").digest()
    key = hmac.new(key, b"tc3_request", "sha256").digest()
    return hmac.new(key, text.encode(), "sha256").hexdigest()
