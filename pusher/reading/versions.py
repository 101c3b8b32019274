"""Versions of one document: whether a text is one, and what changed between two."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

_SHINGLE = 4
_KIN = 0.15
"""Share of the shorter text's four-letter pieces that a version has in common with the other."""
_LONGEST_COMPARED = 3000


class Kinship(Enum):
    """What a text is to another under the same document number."""

    SAME = "same"
    VERSION = "version"
    STRANGER = "stranger"


def kinship(before: Sequence[str], after: Sequence[str]) -> Kinship:
    """Judge whether *after* is the same text as *before*, a version of it, or another document."""
    one, other = _bare(before), _bare(after)
    if one == other:
        return Kinship.SAME
    a, b = _shingles(one), _shingles(other)
    shared = len(a & b) / max(1, min(len(a), len(b)))
    return Kinship.VERSION if shared >= _KIN else Kinship.STRANGER


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of letters of a changed paragraph; *how* is "same", "gone" or "new"."""

    how: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph of the comparison.

    Attributes:
        how: "same", "gone", "new" or "changed".
        pieces: what stayed, went and came, in reading order.
    """

    how: str
    pieces: tuple[Piece, ...]


def changes(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """Compare two versions paragraph by paragraph, changed ones letter by letter."""
    found: list[Change] = []
    compared = SequenceMatcher(None, list(before), list(after), autojunk=False)
    for how, a0, a1, b0, b1 in compared.get_opcodes():
        if how == "equal":
            found += [Change("same", (Piece("same", line),)) for line in before[a0:a1]]
        else:
            found += _between(before[a0:a1], after[b0:b1])
    return found


def _between(gone: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Pair paragraphs that were reworded; the rest went or came whole."""
    waiting = list(new)
    for line in gone:
        likest = max(waiting, key=lambda other: _likeness(line, other), default=None)
        if likest is None or _likeness(line, likest) < 0.5:
            yield Change("gone", (Piece("gone", line),))
            continue
        place = waiting.index(likest)
        yield from (Change("new", (Piece("new", one),)) for one in waiting[:place])
        waiting = waiting[place + 1 :]
        yield Change("changed", tuple(_pieces(line, likest)))
    yield from (Change("new", (Piece("new", one),)) for one in waiting)


def _pieces(before: str, after: str) -> Iterator[Piece]:
    if max(len(before), len(after)) > _LONGEST_COMPARED:
        yield from (Piece("gone", before), Piece("new", after))
        return
    one, other = _UNIT.findall(before), _UNIT.findall(after)
    for how, a0, a1, b0, b1 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if how == "equal":
            yield Piece("same", "".join(one[a0:a1]))
            continue
        if a1 > a0:
            yield Piece("gone", "".join(one[a0:a1]))
        if b1 > b0:
            yield Piece("new", "".join(other[b0:b1]))


_UNIT = re.compile(r"\d[\d,.%]*|[A-Za-z]+|\s+|.", re.DOTALL)
"""A number is compared whole: 100 that became 120 changed, not one of its digits."""


def _likeness(one: str, other: str) -> float:
    a, b = _shingles(one, 2), _shingles(other, 2)
    return len(a & b) / max(1, len(a | b))


def _bare(paragraphs: Sequence[str]) -> str:
    """Letters, digits and what makes numbers: other marks and blanks change from site to site."""
    return re.sub(r"(?<!\d)\.|[^\w.%]+|_", "", "".join(paragraphs))


def _shingles(text: str, length: int = _SHINGLE) -> set[str]:
    return {text[place : place + length] for place in range(max(1, len(text) - length + 1))}
