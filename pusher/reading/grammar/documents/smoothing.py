"""A text made even before it is read, and the way back to the exact words.

PDF and typists leave blanks between figures and units, break lines inside sentences, and mix
half-width with full-width signs. The grammar reads one form; quotes are cut from the original.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pusher.reading.grammar.documents.outline import opens_item

_WIDE = {
    ord(wide): ord(wide) - 0xFEE0 for wide in map(chr, range(0xFF10, 0xFF5B)) if wide.isalnum()
}
_SIGNS = {",": "，", ";": "；", ":": "：", "(": "（", ")": "）", "％": "%", "﹪": "%", "．": "."}
_IN_NUMBER = re.compile(r"(?<=\d)[,:](?=\d)")
_BLANK = re.compile(r"[ \t\u3000\xa0]+")
_ENDS = frozenset("。；：！？;:!?”」）)")
_TITLE = re.compile(
    r"(?:通知|办法|公告|通告|细则|方案|意见|规定|措施|政策|指南|须知|说明|规程|明白纸|若干规定|条例)(?:[（(〔][^）)〕]{0,60}[）)〕])?$"
)
_WRAPPED = 20
"""Characters from which a line without an end is one that was broken by its page."""


@dataclass(frozen=True, slots=True)
class Smooth:
    """An even text, and where each of its characters stands in the original.

    Attributes:
        text: what is read.
        original: what was given.
        places: of each character of *text*, its place in *original*.
    """

    text: str
    original: str
    places: tuple[int, ...]

    def exact(self, quote: str, *, near: int = 0) -> str:
        """Return *quote*, a piece of `text`, as the original writes it."""
        start = self.text.find(quote, near)
        if start < 0 or not quote:
            return quote
        first, last = self.places[start], self.places[start + len(quote) - 1]
        return self.original[first : last + 1]


def smooth(original: str, spelled: Mapping[str, str] = MappingProxyType({})) -> Smooth:
    """Make *original* even.

    Args:
        spelled: words of the office → what is read in their place; the first that fits.
    """
    other = list(_spelled_otherwise(original, spelled))
    numbers = {mark.start() for mark in _IN_NUMBER.finditer(original)}
    blanks = {p for mark in _BLANK.finditer(original) for p in range(*mark.span())}
    kept: list[str] = []
    places: list[int] = []
    first = original.find("\n")
    for place, sign in enumerate(original):
        if other and other[0][0] <= place:
            start, end, reads = other[0]
            kept += reads if place == start else ""
            places += [start, *[end - 1] * (len(reads) - 1)] if place == start else []
            other = other if place + 1 < end else other[1:]
            continue
        titled = place == first and bool(_TITLE.search(original[:place].strip()))
        if place in blanks or (sign == "\n" and not titled and _is_wrapped(original, place)):
            continue
        plain = sign.translate(_WIDE)
        kept.append(plain if place in numbers else _SIGNS.get(plain, plain))
        places.append(place)
    return Smooth("".join(kept), original, tuple(places))


def _spelled_otherwise(original: str, spelled: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Where words stand that are read otherwise: start, end, and what is read there."""
    if not spelled:
        return
    words = re.compile("|".join(map(re.escape, spelled)))
    for mark in words.finditer(original):
        reads = spelled[mark[0]]
        if not original.startswith(reads, mark.start()):  # 西市场 within 西市场街道
            yield *mark.span(), reads


def _is_wrapped(text: str, place: int) -> bool:
    """Whether the line that ends at *place* was broken inside a sentence."""
    start = text.rfind("\n", 0, place) + 1
    line = text[start:place].strip()
    follows = text[place + 1 : place + 30].lstrip(" \t\u3000")
    if len(line) < _WRAPPED or not follows or line[-1] in _ENDS:
        return False
    return not opens_item(follows)
