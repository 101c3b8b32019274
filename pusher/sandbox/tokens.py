"""Access tokens as WeChat and WeCom give them out."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

LASTS: Final = timedelta(hours=2)
_OVERLAP = timedelta(minutes=5)  # old and new token are both good


class Tokens:
    """Access tokens: the plain kind replaces itself at each call, the stable kind repeats."""

    def __init__(self) -> None:
        self._good: dict[str, datetime] = {}
        self._stable = ""
        self._forced_at: datetime | None = None

    def plain(self, now: datetime) -> str:
        """Give a new token; older ones live five minutes more."""
        for token, until in self._good.items():
            if token != self._stable:
                self._good[token] = min(until, now + _OVERLAP)
        return self._new(now)

    def stable(self, now: datetime, *, force: bool) -> tuple[str, int]:
        """Give the stable token and its remaining seconds; a new one near its end, or by force.

        Force works once in 30 seconds.
        """
        ends = self._good.get(self._stable)
        forced = force and (
            self._forced_at is None or now - self._forced_at >= timedelta(seconds=30)
        )
        if forced:
            self._forced_at = now
        if ends is None or ends - now <= _OVERLAP or forced:
            if ends is not None:
                self._good[self._stable] = min(ends, now + _OVERLAP)
            self._stable = self._new(now)
            ends = self._good[self._stable]
        return self._stable, int((ends - now).total_seconds())

    def is_good(self, token: str, now: datetime) -> bool:
        """Whether *token* was given and has not ended."""
        until = self._good.get(token)
        return until is not None and now < until

    def revoke(self) -> None:
        """End all tokens."""
        self._good.clear()

    def _new(self, now: datetime) -> str:
        token = secrets.token_urlsafe(48)
        self._good[token] = now + LASTS
        return token
