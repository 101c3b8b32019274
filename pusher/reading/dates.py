"""Dates as official documents write them: 2025年7月1日, 二〇二五年七月一日, 2025-07-01."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from pusher.reading.counting import read_count

_DIGITS = {character: str(value) for value, character in enumerate("〇一二三四五六七八九")}
_DIGITS |= {"零": "0", "○": "0", "Ｏ": "0", "O": "0"}
_CJK_YEAR = r"[一二][〇零○ＯO一二三四五六七八九]{3}"
_CJK_SMALL = r"[一二三四五六七八九十]{1,3}"
_GAP = r"\s*"

_DATE = re.compile(
    rf"(?P<y>(?:19|20)\d{{2}}){_GAP}年{_GAP}(?P<m>\d{{1,2}}){_GAP}月{_GAP}(?P<d>\d{{1,2}}){_GAP}[日号]"
    rf"|(?P<cy>{_CJK_YEAR}){_GAP}年{_GAP}(?P<cm>{_CJK_SMALL}){_GAP}月{_GAP}(?P<cd>{_CJK_SMALL}){_GAP}日"
    r"|(?<!\d)(?P<iy>(?:19|20)\d{2})[-/.](?P<im>\d{1,2})[-/.](?P<id>\d{1,2})(?:(?!\d)|(?=\d{1,2}:\d\d))"
)
# As a regular expression inside others; parse what it matched with `first_date`.
PATTERN = (
    rf"(?:(?:19|20)\d{{2}}{_GAP}年{_GAP}\d{{1,2}}{_GAP}月{_GAP}\d{{1,2}}{_GAP}日"
    rf"|{_CJK_YEAR}{_GAP}年{_GAP}{_CJK_SMALL}{_GAP}月{_GAP}{_CJK_SMALL}{_GAP}日"
    r"|(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2})"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date and where it stands in the text it was found in."""

    on: date
    start: int
    end: int


def find_dates(text: str) -> list[Dated]:
    """Return every real date of *text* in order; 2月30日 is none."""
    found = ((mark, _to_date(mark)) for mark in _DATE.finditer(text))
    return [Dated(on, mark.start(), mark.end()) for mark, on in found if on]


def first_date(text: str) -> date | None:
    """Return the first real date of *text*."""
    found = find_dates(text)
    return found[0].on if found else None


def is_date_line(text: str) -> bool:
    """Whether *text* is a written-out date and nothing else, as under a signature."""
    mark = _DATE.fullmatch(text.strip())
    return bool(mark and not mark["iy"] and _to_date(mark))


def last_day(start: date, *, years: int = 0, months: int = 0) -> date:
    """Return the last day of a term that begins on *start*: the day before its anniversary.

    A term of 5 years from 2024-03-04 ends on 2029-03-03. From 29 February it ends on the
    28th of a common year.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + years * 12 + months, 12)
    days = monthrange(year, month + 1)[1]
    if start.day > days:
        return date(year, month + 1, days)
    return date(year, month + 1, start.day) - timedelta(days=1)


def _to_date(mark: re.Match[str]) -> date | None:
    if mark["cy"]:
        numbers = (_year(mark["cy"]), read_count(mark["cm"]) or 0, read_count(mark["cd"]) or 0)
    else:
        prefix = "i" if mark["iy"] else ""
        numbers = (int(mark[prefix + "y"]), int(mark[prefix + "m"]), int(mark[prefix + "d"]))
    try:
        return date(*numbers)
    except ValueError:
        return None


def _year(text: str) -> int:
    return int("".join(_DIGITS[character] for character in text))
