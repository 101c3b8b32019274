"""A policy's paragraphs as clauses: what each is called, what it hangs on, and its sentences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_NUMBER: Final = "[一二三四五六七八九十百零〇0-9]{1,6}"
_MARKS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(第{_NUMBER}[章编])",
        rf"(第{_NUMBER}节)",
        rf"(第{_NUMBER}条)",
        r"([一二三四五六七八九十]{1,3})[、．.]",
        r"(（[一二三四五六七八九十]{1,3}）|\([一二三四五六七八九十]{1,3}\))",
        r"(\d{1,2})[.．、](?!\d)",
        r"(（\d{1,2}）|\(\d{1,2}\))",
    )
)
"""From the widest to the narrowest (GB/T 9704-2012, 7.3.3; 立法法 第六十五条)."""
_CHAPTER: Final = 2
"""Marks before this one name no clause: 第三条 is one of the whole document, not of its chapter."""
_TOP: Final = 3
_HEADING: Final = 40
"""Characters that a heading has at most."""
_END: Final = re.compile(r"(?<=[。！？])(?![”’」』）)])")
_LIMITS: Final = re.compile("但|除外|不得|不予|不重复|不享受|不适用")
_WHOLE: Final = 240
"""Characters up to which a clause with a limit in it is quoted whole."""
_GOES_ON: Final = re.compile("但|且|或|除|不得|其中|上述|前款|超过|即")
"""A sentence that begins so means nothing without the one before it."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One paragraph.

    Attributes:
        paragraph: its place in the body, from 0.
        label: 第三条（一）, 二、（三）, or 正文第2段 before the first mark.
        leads: paragraphs above that it hangs on: headings, and what ends in a colon.
    """

    paragraph: int
    label: str
    text: str
    leads: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of one clause that stand by themselves, exactly as they are in the document."""

    paragraph: int
    label: str
    quote: str
    leads: tuple[int, ...]


def clauses(body: Sequence[str]) -> list[Clause]:
    """Cut a body into clauses, one for each paragraph that says something."""
    above: list[tuple[float, str, int]] = []
    found = []
    for place, text in enumerate(body):
        level, mark = _mark(text)
        if level is None:
            level = _opens(body, place)
        while level is not None and above and above[-1][0] >= level:
            above.pop()
        leads = tuple(p for _, _, p in above if is_lead(body[p]))
        names = [*((lv, m) for lv, m, _ in above), *([(level, mark)] if level is not None else [])]
        found.append(Clause(place, _label(names, place), text, leads))
        if level is not None:
            above.append((level, mark, place))
    return found


def sentences(clause: Clause) -> Iterator[Sentence]:
    """The sentences of a clause; none is parted from its 但, 除外 or 不得."""
    whole = _LIMITS.search(clause.text) and len(clause.text) <= _WHOLE
    parts: list[str] = []
    for piece in [clause.text] if whole else _END.split(clause.text):
        goes_on = _GOES_ON.match(piece.lstrip()) or _LIMITS.search(piece)
        if parts and (goes_on or not piece.strip()):
            parts[-1] += piece
        elif piece.strip():
            parts.append(piece)
    for part in parts:
        yield Sentence(clause.paragraph, clause.label, part.strip(), clause.leads)


def unmarked(text: str) -> str:
    """*text* without the mark it begins with: 第三条, 一、, （二）."""
    start = text.strip()
    for pattern in _MARKS:
        if found := pattern.match(start):
            return start[found.end() :].lstrip("、．. \u3000")
    return start


def _opens(body: Sequence[str], place: int) -> float | None:
    """The level of an unmarked line that opens a list, just above its items."""
    text = body[place].strip()
    if not text.endswith(("：", ":")) or text.startswith("各") or place + 1 == len(body):
        return None
    level, _ = _mark(body[place + 1])
    return None if level is None else level - 0.5


def is_lead(text: str) -> bool:
    """Whether others hang on a paragraph: it is a heading, or ends in a colon."""
    bare = text.rstrip()
    return bare.endswith(("：", ":")) or (len(bare) <= _HEADING and not bare.endswith(("。", "；")))


def _mark(text: str) -> tuple[float | None, str]:
    start = text.lstrip()
    for level, pattern in enumerate(_MARKS):
        if found := pattern.match(start):
            return level, found[1]
    return None, ""


def _label(names: Sequence[tuple[float, str]], place: int) -> str:
    own = [(level, mark) for level, mark in names if level >= _CHAPTER and mark]
    if not own:
        return f"正文第{place + 1}段"
    return "".join(f"{mark}、" if level == _TOP and len(own) > 1 else mark for level, mark in own)
