"""Checks Aliyun signatures, version 3 and RPC 1.0, with code of the stand-in's own.

Written from the vendor's description, not from the client next door: one mistake made
twice would be no check at all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, quote

CLOCK_TERM: Final = timedelta(minutes=15)
"""How far a client's clock may be off; also how long a nonce is remembered."""

_MUST_BE_SIGNED = frozenset(
    {
        "host",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-content-sha256",
    }
)
_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,\s]+),\s*"
    r"SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request as it came in; header names in lower case."""

    method: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def params(self) -> dict[str, str]:
        """Parameters from the query and, when it is a form, from the body."""
        pairs = parse_qsl(self.query, keep_blank_values=True)
        kind = self.headers.get("content-type", "")
        if kind.startswith("application/x-www-form-urlencoded"):
            pairs += parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return dict(pairs)


@dataclass(frozen=True, slots=True)
class Turned:
    """Turned away at the front gate: HTTP status, code, message."""

    status: int
    code: str
    message: str


class Gate:
    """The front gate: whose signature, how old, and not seen before."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """*secrets* are by access key id."""
        self._secrets = dict(secrets)
        self._seen: dict[str, datetime] = {}
        self._tidied = datetime.min.replace(tzinfo=UTC)

    def check(self, call: Call, *, now: datetime) -> Turned | None:
        """Return why *call* is turned away, None if it may pass; then its nonce is spent."""
        if "authorization" in call.headers:
            return self._check_v3(call, now)
        if "Signature" in call.params:
            return self._check_v1(call, now)
        return Turned(400, "MissingAuthorization", "Authorization is mandatory for this action.")

    def _check_v3(self, call: Call, now: datetime) -> Turned | None:
        headers = call.headers
        found = _AUTHORIZATION.fullmatch(headers["authorization"].strip())
        if not found:
            return Turned(400, "IncompleteSignature", "The request signature is incomplete.")
        key_id, listed, signature = found.groups()
        signed = listed.split(";")
        vendors = {name for name in headers if name.startswith("x-acs-")}
        if not (_MUST_BE_SIGNED | vendors) <= set(signed) <= set(headers):
            return Turned(400, "IncompleteSignature", "A mandatory header is not signed.")
        secret = self._secrets.get(key_id)
        if secret is None:
            return _UNKNOWN_KEY
        if headers["x-acs-content-sha256"] != hashlib.sha256(call.body).hexdigest():
            return _WRONG
        expected = _v3_signature(call, signed, secret)
        if not hmac.compare_digest(expected, signature):
            return _WRONG
        return self._spend(headers["x-acs-signature-nonce"], headers["x-acs-date"], now)

    def _check_v1(self, call: Call, now: datetime) -> Turned | None:
        params = call.params
        signature = params.pop("Signature")
        needed = {"AccessKeyId", "SignatureNonce", "Timestamp", "SignatureMethod"}
        if not needed <= set(params) or params["SignatureMethod"] != "HMAC-SHA1":
            return Turned(400, "IncompleteSignature", "The request signature is incomplete.")
        secret = self._secrets.get(params["AccessKeyId"])
        if secret is None:
            return _UNKNOWN_KEY
        text = f"{call.method}&%2F&{_percent(_canonical(list(params.items())))}"
        digest = hmac.digest(f"{secret}&".encode(), text.encode(), "sha1")
        if not hmac.compare_digest(base64.b64encode(digest), signature.encode()):
            return _WRONG
        return self._spend(params["SignatureNonce"], params["Timestamp"], now)

    def _spend(self, nonce: str, stamp: str, now: datetime) -> Turned | None:
        try:
            at = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            return Turned(400, "InvalidTimeStamp.Format", "Specified time stamp is not valid.")
        if abs(now - at) > CLOCK_TERM:
            return Turned(400, "InvalidTimeStamp.Expired", "Specified time stamp is expired.")
        if now - self._tidied > CLOCK_TERM:
            # A nonce older than twice the term would fail by its date.
            oldest = now - 2 * CLOCK_TERM
            self._seen = {word: seen for word, seen in self._seen.items() if seen > oldest}
            self._tidied = now
        if nonce in self._seen:
            return Turned(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
        self._seen[nonce] = now
        return None


_UNKNOWN_KEY = Turned(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
_WRONG = Turned(400, "SignatureDoesNotMatch", "Specified signature does not match our calculation.")


def _v3_signature(call: Call, signed: list[str], secret: str) -> str:
    lines = [call.method, "/", _canonical(parse_qsl(call.query, keep_blank_values=True))]
    lines += [f"{name}:{call.headers[name].strip()}" for name in signed]
    lines += ["", ";".join(signed), hashlib.sha256(call.body).hexdigest()]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return hmac.digest(secret.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), "sha256").hex()


def _canonical(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{_percent(name)}={_percent(value)}" for name, value in sorted(pairs))


def _percent(text: str) -> str:
    return quote(text, safe="~")
