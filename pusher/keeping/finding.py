"""What the doctor says of one thing it looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much it matters."""

    FINE = "fine"
    NOTE = "note"
    """Works, but somebody should know."""
    WRONG = "wrong"
    """To be mended; the doctor's exit status is 1."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's, in Chinese, without secrets and without personal data.

    Attributes:
        about: what was looked at, a word or two.
        says: what was found and, unless fine, what to do.
    """

    level: Level
    about: str
    says: str


def fine(about: str, says: str) -> Finding:
    """Say that it is as it should be."""
    return Finding(Level.FINE, about, says)


def note(about: str, says: str) -> Finding:
    """Say what somebody should know."""
    return Finding(Level.NOTE, about, says)


def wrong(about: str, says: str) -> Finding:
    """Say what has to be mended."""
    return Finding(Level.WRONG, about, says)


def wrongs(findings: Iterable[Finding]) -> list[str]:
    """What has to be mended, one line each."""
    return [f"{f.about}：{f.says}" for f in findings if f.level is Level.WRONG]
