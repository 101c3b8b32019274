"""WeChat's errcodes and what each means; a table, nothing else.

Source: the vendor's lists. -1 and -1000 (busy) are left out on purpose: the notice may
have gone, and the vendor drops the repeat of a client_msg_id.
"""

from __future__ import annotations

from typing import Final

from pusher.gateways.base import Result, Why

Verdict = tuple[Result, Why]

_CONTENT: Final = (Result.REFUSED, Why.CONTENT)
_AUTH: Final = (Result.NOT_SENT, Why.AUTH)
_MISUSE: Final = (Result.REFUSED, Why.MISUSE)

TOKEN_REFUSED: Final = frozenset({40001, 40014, 41001, 42001})
"""The access token is missing, wrong or too old: fetch one, try once more."""

SEND: Final[dict[int, Verdict]] = {
    40001: _AUTH,
    40014: _AUTH,
    41001: _AUTH,
    42001: _AUTH,
    40013: _AUTH,  # appid
    40125: _AUTH,  # secret
    40164: _AUTH,  # our address is not in the allow-list
    41002: _AUTH,
    41004: _AUTH,
    48001: _AUTH,  # no permission for this interface
    48004: _AUTH,  # interface forbidden
    50002: _AUTH,  # account frozen
    40003: (Result.REFUSED, Why.RECIPIENT),  # openid
    43019: (Result.REFUSED, Why.RECIPIENT),  # on the account's own block list
    43004: (Result.REFUSED, Why.OPT_OUT),  # has left the account
    43101: (Result.REFUSED, Why.OPT_OUT),  # refuses this template
    40033: _CONTENT,  # escaped characters
    40037: _CONTENT,  # template_id
    40039: _CONTENT,  # url
    40048: _CONTENT,
    40249: _CONTENT,
    41028: _CONTENT,
    41030: _CONTENT,
    44002: _CONTENT,
    45002: _CONTENT,
    45003: _CONTENT,
    47001: _CONTENT,
    47003: _CONTENT,  # a field; errmsg names it
    45009: (Result.NOT_SENT, Why.QUOTA),  # the day's; starts anew at midnight
    45011: (Result.NOT_SENT, Why.THROTTLED),  # the minute's
    43001: _MISUSE,
    43002: _MISUSE,
    43003: _MISUSE,
}
