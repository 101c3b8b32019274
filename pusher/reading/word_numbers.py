"""Numbers that Word counts by itself (一、 （一） 1. 第一条), written out as a reader sees them."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from pusher.reading.word_styles import ListLevel, list_level

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = f"{_W}val"
_DIGITS = "〇一二三四五六七八九"
_CHINESE = frozenset(
    {
        "chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital",
        "taiwaneseCounting", "taiwaneseCountingThousand", "koreanCounting",
    }
)  # fmt: skip
_PLACE = re.compile(r"%(\d)")


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    text: str
    start: int


class Numbering:
    """The lists of one file, counting on as paragraphs are read in their order."""

    def __init__(self, root: Any) -> None:
        self._lists: dict[str, str] = {}
        self._levels: dict[str, dict[int, _Level]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        if root is None:
            return
        for node in root.iterchildren(f"{_W}abstractNum"):
            levels = (_level(one) for one in node.iterchildren(f"{_W}lvl"))
            self._levels[node.get(f"{_W}abstractNumId", "")] = dict(levels)
        for node in root.iterchildren(f"{_W}num"):
            of = node.find(f"{_W}abstractNumId")
            if of is not None:
                self._lists[node.get(f"{_W}numId", "")] = of.get(_VAL, "")

    def next(self, paragraph: Any, by_style: ListLevel | None) -> str:
        """The number of *paragraph*, the next of its list; "" where it has none."""
        properties = paragraph.find(f"{_W}pPr")
        own = properties.find(f"{_W}numPr") if properties is not None else None
        place = list_level(own) or by_style
        name = self._lists.get(place[0]) if place else None
        if place is None or name is None or not "".join(paragraph.itertext()).strip():
            return ""
        level = place[1]
        levels, counts = self._levels.get(name, {}), self._counts[name]
        if level not in levels:
            return ""
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return _written(levels, counts, level)


def _level(node: Any) -> tuple[int, _Level]:
    def said(name: str, otherwise: str) -> str:
        child = node.find(f"{_W}{name}")
        return str(child.get(_VAL, otherwise)) if child is not None else otherwise

    start = said("start", "1")
    level = node.get(f"{_W}ilvl", "0")
    return int(level) if level.isdigit() else 0, _Level(
        said("numFmt", "decimal"), said("lvlText", ""), int(start) if start.isdigit() else 1
    )


def _written(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
    if levels[level].format in ("bullet", "none"):
        return ""

    def count(mark: re.Match[str]) -> str:
        place = int(mark[1]) - 1
        one = levels.get(place)
        return _counted(counts.get(place, one.start), one.format) if one else ""

    return _PLACE.sub(count, levels[level].text)


def _counted(number: int, form: str) -> str:
    if form in _CHINESE:
        return _chinese(number)
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (number - 1) % 26)
        return letter if form == "upperLetter" else letter.lower()
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x245F + number)
    return str(number)


def _chinese(number: int) -> str:
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    lead = "" if not tens else "十" if tens == 1 else _DIGITS[tens] + "十"
    return lead + (_DIGITS[ones] if ones else "")
