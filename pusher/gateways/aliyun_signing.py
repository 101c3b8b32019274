"""Signing of Aliyun requests, version 3 (ACS3-HMAC-SHA256), as the vendor's own SDK does it.

Source: alibabacloud-tea-openapi, ``get_authorization``; held against requests captured
from that SDK.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """Who signs; *security_token* only for temporary keys (STS)."""

    key_id: str
    secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


def wire_query(params: Mapping[str, str]) -> str:
    """Return the query as it travels: sorted, space as ``+``, ``~`` kept."""
    return urlencode(sorted(params.items()))


def signed_headers(
    action: str,
    params: Mapping[str, str],
    *,
    host: str,
    key: AccessKey,
    at: datetime,
    nonce: str,
    user_agent: str,
) -> list[tuple[str, str]]:
    """Return all headers of one POST with an empty body, Authorization included.

    Args:
        action: ``SendSms`` or ``QuerySendDetails``.
        params: the query, not encoded.
        host: as it will stand in the request, with a port that is not the scheme's own.
        key: who signs.
        at: aware; the vendor refuses more than 15 minutes from its own clock.
        nonce: never used before.
        user_agent: signed like the rest.
    """
    headers = {
        "host": host,
        "x-acs-version": VERSION,
        "x-acs-action": action,
        "user-agent": user_agent,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "accept": "application/json",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-credentials-provider": "static_sts" if key.security_token else "static_ak",
    }
    if key.security_token:
        headers["x-acs-accesskey-id"] = key.key_id
        headers["x-acs-security-token"] = key.security_token
    authorization = _authorization(headers, params, key)
    return [("accept-encoding", "identity"), *headers.items(), ("authorization", authorization)]


def _authorization(headers: Mapping[str, str], params: Mapping[str, str], key: AccessKey) -> str:
    names = ";".join(sorted(headers))
    # The header block ends with a newline of its own before the list of names.
    block = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    query = "&".join(f"{_encode(name)}={_encode(params[name])}" for name in sorted(params))
    canonical = "\n".join(["POST", "/", query, block, names, headers["x-acs-content-sha256"]])
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key.secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key.key_id},SignedHeaders={names},Signature={signature}"


def _encode(text: str) -> str:
    """RFC 3986, unlike the query on the wire: space is ``%20``."""
    return quote(text, safe="~")
