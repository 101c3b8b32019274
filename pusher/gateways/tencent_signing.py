"""Signing of Tencent Cloud requests (TC3-HMAC-SHA256), as the vendor's own SDK does it.

Source: tencentcloud-sdk-python-common, ``abstract_client.py`` and ``sign.py``; held against
requests captured from that SDK.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime

ALGORITHM = "TC3-HMAC-SHA256"
SERVICE = "sms"
VERSION = "2021-01-11"
JSON = "application/json"
_SIGNED = "content-type;host"


@dataclass(frozen=True, slots=True)
class SecretPair:
    """Who signs; *token* only for temporary keys (STS)."""

    secret_id: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def signed_headers(
    action: str,
    body: bytes,
    *,
    host: str,
    key: SecretPair,
    at: datetime,
    region: str,
    client: str,
) -> list[tuple[str, str]]:
    """Return all headers of one POST to ``/``, Authorization included.

    The vendor lets the action, the region and the token go unsigned, and knows no nonce.

    Args:
        action: ``SendSms`` or ``PullSmsSendStatusByPhoneNumber``.
        body: exactly as it will travel.
        host: as it will stand in the request, with a port that is not the scheme's own.
        key: who signs.
        at: aware; the vendor refuses more than 5 minutes from its own clock.
        region: ``ap-guangzhou`` serves the whole of the mainland.
        client: our name.
    """
    stamp = int(at.timestamp())
    headers = [
        ("accept-encoding", "identity"),
        ("content-type", JSON),
        ("host", host),
        ("x-tc-action", action),
        ("x-tc-requestclient", client),
        ("x-tc-timestamp", str(stamp)),
        ("x-tc-version", VERSION),
        ("x-tc-region", region),
        ("x-tc-language", "zh-CN"),
    ]
    if key.token:
        headers.append(("x-tc-token", key.token))
    return [*headers, ("authorization", _authorization(body, host, key, stamp))]


def _authorization(body: bytes, host: str, key: SecretPair, stamp: int) -> str:
    # the day of the key is UTC's, whatever the clock on the vendor's wall says
    day = datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{SERVICE}/tc3_request"
    canonical = "\n".join(
        ["POST", "/", "", f"content-type:{JSON}", f"host:{host}", "", _SIGNED, _sha256(body)]
    )
    to_sign = "\n".join([ALGORITHM, str(stamp), scope, _sha256(canonical.encode())])
    signing_key = f"TC3{key.secret_key}".encode()
    for word in (day, SERVICE, "tc3_request"):
        signing_key = hmac.digest(signing_key, word.encode(), "sha256")
    signature = hmac.digest(signing_key, to_sign.encode(), "sha256").hex()
    return (
        f"{ALGORITHM} Credential={key.secret_id}/{scope}, "
        f"SignedHeaders={_SIGNED}, Signature={signature}"
    )


def _sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
