"""Strangers' words and times, made fit to be kept: a callback may hold anything."""

from datetime import datetime, timedelta
from typing import Final

_OLDEST: Final = timedelta(days=60)
_NEWEST: Final = timedelta(days=1)


def plain(text: str | None, longest: int | None = None) -> str:
    """*text* without what a database or UTF-8 refuses (NUL, lone surrogates), cut to *longest*."""
    clean = (text or "").encode("utf-8", "replace").decode().replace("\0", "")
    return clean if longest is None else clean[:longest]


def near(told: datetime | None, received: datetime) -> datetime:
    """The vendor's time if it can be true, else when it came to us."""
    if told is None or not received - _OLDEST <= told <= received + _NEWEST:
        return received
    return told
