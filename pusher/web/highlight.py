"""The text of a policy with the quoted clauses marked where they stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CONDITION, ELEMENT, PERSON = "condition", "element", "person"
_LOUDEST = {PERSON: 3, CONDITION: 2, ELEMENT: 1, "": 0}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is marked in one way, or not at all.

    Attributes:
        clauses: numbers of the quotes that stand here, the loudest and shortest first.
        begins: those of them that begin here, so that a link can lead to their first word.
    """

    text: str
    kind: str
    clauses: tuple[int, ...] = field(default=(), compare=False)
    begins: tuple[int, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Quote:
    """A clause to be marked: its words and why."""

    text: str
    kind: str


def marked(body: Sequence[str], quotes: Iterable[Quote]) -> list[list[Piece]]:
    """Mark the quotes in every paragraph where they stand.

    Where marks overlap the louder wins: what needs a person over a condition over an element.
    A quote that stands nowhere, or runs over two paragraphs, marks nothing.

    Returns:
        For each paragraph its pieces, in order; joined they are the paragraph. Pieces know the
        clauses that stand there by the numbers of `numbered`.
    """
    wanted = numbered(quotes)
    seen: set[int] = set()
    return [_pieces(paragraph, wanted, seen) for paragraph in body]


def numbered(quotes: Iterable[Quote]) -> dict[str, tuple[int, str]]:
    """The words of each quote, once → its number and the loudest kind it has."""
    found: dict[str, tuple[int, str]] = {}
    for quote in quotes:
        words = quote.text.strip()
        number, kind = found.get(words, (len(found), quote.kind))
        if words:
            found[words] = (number, max(kind, quote.kind, key=_LOUDEST.__getitem__))
    return found


def quotes_of(shape: Mapping[str, Any], needs_person: Iterable[str]) -> list[Quote]:
    """Everything of a POLICY that points into its text."""
    elements = shape.get("elements") or {}
    found = [Quote(c["quote"], CONDITION) for c in shape["conditions"] if c.get("quote")]
    found += [Quote(b["quote"], ELEMENT) for b in elements.get("benefits") or [] if b.get("quote")]
    said = elements.get("quotes") or {}
    found += [Quote(text, ELEMENT) for text in said.values() if isinstance(text, str)]
    return found + [Quote(text, PERSON) for text in needs_person]


def _pieces(paragraph: str, wanted: Mapping[str, tuple[int, str]], seen: set[int]) -> list[Piece]:
    """The paragraph in pieces; *seen* are the clauses that began before, and grows."""
    louder = sorted(wanted.items(), key=lambda one: (-_LOUDEST[one[1][1]], len(one[0])))
    here: list[list[tuple[int, str]]] = [[] for _ in paragraph]
    for text, clause in louder:
        start = paragraph.find(text)
        while start >= 0:
            for place in range(start, start + len(text)):
                here[place].append(clause)
            start = paragraph.find(text, start + len(text))
    pieces: list[Piece] = []
    start = 0
    for place in range(1, len(paragraph) + 1):
        if place == len(paragraph) or here[place] != here[start]:
            clauses = tuple(number for number, _ in here[start])
            begins = tuple(number for number in clauses if number not in seen)
            seen.update(begins)
            kind = here[start][0][1] if here[start] else ""
            pieces.append(Piece(paragraph[start:place], kind, clauses, begins))
            start = place
    return pieces
