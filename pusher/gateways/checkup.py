"""What a vendor tells of an account without sending anything: access, clock, signature, templates.

Not every vendor can be asked. A gateway that can is `Checkable`; nothing it calls here costs money
or reaches a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from pusher.gateways.base import Result, Why
from pusher.gateways.post import Response, Word

CLOCK_OFF: Final = timedelta(seconds=60)
"""A machine's clock further from the vendor's than this wants mending: the strictest vendor refuses
at five minutes."""
NOBODY: Final = "19900000000"
"""A number of ours to ask about; nothing was ever sent to it."""


class About(StrEnum):
    """What was looked at."""

    ACCESS = "access"
    """Key, application, allow-list: may we call at all?"""
    CLOCK = "clock"
    """The machine's clock beside the vendor's."""
    SIGNATURE = "signature"
    """The words in 【】 before an SMS."""
    TEMPLATE = "template"
    """One registered text."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one thing.

    Attributes:
        about: what kind of thing.
        sound: None where the vendor would not, or could not, tell.
        which: signature, code of the template, or seconds that the clock is ahead; else empty.
        why: the class of what is wrong; NONE if sound.
        code: the vendor's code or state behind it.
        said: the vendor's words, numbers masked.
    """

    about: About
    sound: bool | None
    which: str = ""
    why: Why = Why.NONE
    code: str = ""
    said: str = ""


@runtime_checkable
class Checkable(Protocol):
    """A gateway whose vendor can be asked about the account itself."""

    def check(self, templates: Sequence[str]) -> list[Checked]:
        """Look at the account; access first, and nothing else if there is none.

        Args:
            templates: the vendor's codes of what the office registered.
        """


def access(word: Word, told: str | None, verdict: tuple[Result, Why]) -> Checked:
    """Whether a harmless call got through.

    Args:
        word: what came of it.
        told: the vendor's code where it refused, or ours where there was none; None: it answered.
        verdict: what the vendor's table makes of *told*.
    """
    if told is None:
        return Checked(About.ACCESS, True)
    if not isinstance(word, Response):
        return Checked(About.ACCESS, False, why=Why.TRANSIENT, code=told)
    why = Why.UNKNOWN if verdict[0] is Result.UNSURE else verdict[1]
    return Checked(About.ACCESS, False, why=why, code=told)


def clock(word: Word, at: datetime) -> list[Checked]:
    """How far *at* is from the Date of the answer; nothing if it bears none.

    Source: RFC 9110, 6.6.1.
    """
    if not isinstance(word, Response):
        return []
    try:
        theirs = parsedate_to_datetime(word.headers.get("date", ""))
    except ValueError:
        return []
    ahead = at - (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))
    sound = abs(ahead) < CLOCK_OFF
    seconds = str(round(ahead.total_seconds()))
    return [Checked(About.CLOCK, sound, seconds, Why.NONE if sound else Why.AUTH)]
