"""Which other documents a document speaks of, and what it does to them."""

import re
from dataclasses import dataclass
from typing import Literal

from pusher.reading import numbers
from pusher.reading.document import Document
from pusher.reading.genre import Genre

Relation = Literal["interprets", "repeals", "forwards"]

_NAMED = re.compile(
    r"《(?P<title>[^《》]{2,120}(?:《[^《》]{2,100}》[^《》]{0,40})*)》"
    r"(?:\s*[（(](?P<said>[^（()）]{4,60})[）)])?"
)
_REPEALS = re.compile(r"(?:同时|即行|自行|予以|一并)?(?:废止|失效|停止执行|不再执行)")
_REPEALING_TITLE = re.compile(r"关于(?:公布|宣布)?(?:废止|修改|失效|清理)")
_FORWARDS = re.compile(r"转发")
_SENTENCE = re.compile(r"[^。；;\n]+")
_OPENING = 6


@dataclass(frozen=True, slots=True)
class Citation:
    """One other document.

    Attributes:
        relation: what this document does to it.
        title: its name as quoted, without 《》; None where only its number is.
        number: its number in the official form; None where only its name is.
        quote: the words that say so.
    """

    relation: Relation
    title: str | None
    number: str | None
    quote: str


def citations(document: Document, *, title: str | None, genre: Genre) -> tuple[Citation, ...]:
    """Return the documents that this one interprets, repeals or forwards, each once."""
    found: list[Citation] = []
    if genre == "interpretation":
        found += _interpreted(document, title or "")
    if title and _FORWARDS.search(title):
        opening = "".join(document.paragraphs[:_OPENING])
        found += [_citation("forwards", mark) for mark in _NAMED.finditer(opening)][:1]
    found += _repealed(document, title or "")
    unique: dict[tuple[str, str], Citation] = {}
    for one in found:
        unique.setdefault((one.relation, one.number or one.title or ""), one)
    return tuple(unique.values())


def _interpreted(document: Document, title: str) -> list[Citation]:
    """The document of the title, or else the first with a number in the opening."""
    named = [_citation("interprets", mark) for mark in _NAMED.finditer(title)]
    opening = "".join(document.paragraphs[:_OPENING])
    told = [_citation("interprets", mark) for mark in _NAMED.finditer(opening)]
    if named:
        same = next((one for one in told if one.number and _alike(one, named[0])), None)
        return [same or named[0]]
    numbered = [one for one in told if one.number]
    return numbered[:1] or told[:1]


def _alike(one: Citation, other: Citation) -> bool:
    a, b = (one.title or "").replace(" ", ""), (other.title or "").replace(" ", "")
    return bool(a) and (a in b or b in a)


def _repealed(document: Document, title: str) -> list[Citation]:
    """Documents that end with this one: 《…》（…号）同时废止."""
    whole = bool(_REPEALING_TITLE.search(title))
    found: list[Citation] = []
    for line in document.paragraphs:
        for sentence in _SENTENCE.findall(line):
            ends = [mark.start() for mark in _REPEALS.finditer(sentence)]
            for mark in _NAMED.finditer(sentence):
                follows = any(mark.end() <= end <= mark.end() + 80 for end in ends)
                decided = whole and any(end < mark.start() for end in ends)
                if follows or decided:
                    found.append(_citation("repeals", mark, sentence.strip()))
    return found


def _citation(relation: Relation, mark: re.Match[str], quote: str = "") -> Citation:
    number = numbers.normalised(mark["said"]) if mark["said"] else None
    return Citation(relation, mark["title"], number, (quote or mark.group(0))[:300])
