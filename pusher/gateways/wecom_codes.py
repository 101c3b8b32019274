"""WeCom's errcodes and what each means for a parcel; a table, nothing else.

Source: the vendor's lists. They differ from WeChat's: 40001 is the secret alone, 40003 a member.
-1 (busy) is left out on purpose: the notice may have gone, and the vendor drops its repeat.
"""

from __future__ import annotations

from typing import Final

from pusher.gateways.base import Result, Why

Verdict = tuple[Result, Why]

_AUTH: Final = (Result.NOT_SENT, Why.AUTH)
_CONTENT: Final = (Result.REFUSED, Why.CONTENT)
_MISUSE: Final = (Result.REFUSED, Why.MISUSE)
_RECIPIENT: Final = (Result.REFUSED, Why.RECIPIENT)
_THROTTLED: Final = (Result.NOT_SENT, Why.THROTTLED)

TOKEN_REFUSED: Final = frozenset({40014, 41001, 42001})
"""The access token is missing, wrong or too old: fetch one, try once more."""

SEND: Final[dict[int, Verdict]] = {
    40014: _AUTH,
    41001: _AUTH,
    42001: _AUTH,
    40001: _AUTH,  # secret
    40013: _AUTH,  # corp id
    60020: _AUTH,  # our address is not in the allow-list
    301002: _AUTH,  # no right to this application
    48002: _AUTH,  # interface forbidden
    40003: _RECIPIENT,
    40031: _RECIPIENT,
    60111: _RECIPIENT,  # no such member
    81013: _RECIPIENT,  # all receivers invalid, and there is one
    82001: _RECIPIENT,
    40032: _MISUSE,  # too many receivers
    40008: _MISUSE,  # kind of notice
    40035: _MISUSE,
    40056: _MISUSE,  # agentid
    40058: _MISUSE,
    47001: _MISUSE,
    44004: _CONTENT,  # empty
    45002: _CONTENT,  # too long
    45009: _THROTTLED,
    45033: _THROTTLED,  # too many at once
}
