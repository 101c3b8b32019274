"""The text of a policy with the quoted clauses marked where they stand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CONDITION, ELEMENT, PERSON = "condition", "element", "person"
_LOUDEST = {PERSON: 3, CONDITION: 2, ELEMENT: 1, "": 0}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is marked in one way, or not at all."""

    text: str
    kind: str


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
        For each paragraph its pieces, in order; joined they are the paragraph.
    """
    wanted = {(quote.text.strip(), quote.kind) for quote in quotes if quote.text.strip()}
    return [_pieces(paragraph, wanted) for paragraph in body]


def quotes_of(shape: Mapping[str, Any], needs_person: Iterable[str]) -> list[Quote]:
    """Everything of a POLICY that points into its text."""
    elements = shape.get("elements") or {}
    found = [Quote(c["quote"], CONDITION) for c in shape["conditions"] if c.get("quote")]
    found += [Quote(b["quote"], ELEMENT) for b in elements.get("benefits") or [] if b.get("quote")]
    said = elements.get("quotes") or {}
    found += [Quote(text, ELEMENT) for text in said.values() if isinstance(text, str)]
    return found + [Quote(text, PERSON) for text in needs_person]


def _pieces(paragraph: str, wanted: set[tuple[str, str]]) -> list[Piece]:
    kinds = [""] * len(paragraph)
    for text, kind in wanted:
        start = paragraph.find(text)
        while start >= 0:
            for place in range(start, start + len(text)):
                if _LOUDEST[kind] > _LOUDEST[kinds[place]]:
                    kinds[place] = kind
            start = paragraph.find(text, start + len(text))
    pieces: list[Piece] = []
    start = 0
    for place in range(1, len(paragraph) + 1):
        if place == len(paragraph) or kinds[place] != kinds[start]:
            pieces.append(Piece(paragraph[start:place], kinds[start]))
            start = place
    return pieces
