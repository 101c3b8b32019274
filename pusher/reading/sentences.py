"""Paragraphs cut into sentences and clauses, each an exact piece of the text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?[”』」)）]*")
_LONGEST = 1200


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, the paragraph it stands in and where it begins there.

    Attributes:
        text: exactly as in the paragraph, blanks at both ends cut off.
        paragraph: index of the paragraph.
        start: offset of *text* in the paragraph.
    """

    text: str
    paragraph: int
    start: int


def sentences(paragraphs: Sequence[str]) -> Iterator[Sentence]:
    """Cut *paragraphs* into sentences; a sentence of more than 1,200 characters is left out."""
    for place, paragraph in enumerate(paragraphs):
        for found in _SENTENCE.finditer(paragraph):
            text = found.group(0)
            cut = text.strip()
            if cut and len(cut) <= _LONGEST:
                yield Sentence(cut, place, found.start() + len(text) - len(text.lstrip()))
