"""Days, windows and terms wherever they stand: 2026年, 2025年7月1日以后, 近三年, 满6个月."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pusher.reading.counting import COUNT, read_count
from pusher.reading.dates import PATTERN, first_date

_YEAR = r"(?<![\d—－-])(?:19|20)\d\d"
_WHOLE_YEAR = re.compile(rf"{_YEAR}年(?:度|底|末)?")
_IN = r"(?:[（(](?:含|包括)[^（）()]{0,6}[）)])?"
_WITHOUT = r"(?P<less>[（(]不(?:含|包括)[^（）()]{0,6}[）)])"
_TO = r"\s*(?:起)?(?:至|到|—|-|－|~){1,2}"


@dataclass(frozen=True, slots=True)
class Days:
    """A day, a window or a term that a text tells, as an operator over a day and its value.

    Attributes:
        start, end: where its words stand.
        kind: year (a whole year, or years), date (calendar days), recent (the last N years or
            months), term (so many years or months have or have not passed).
    """

    start: int
    end: int
    op: str
    value: object
    kind: Literal["year", "date", "recent", "term"]


def find_days(text: str) -> list[Days]:
    """Find every day, window and term of *text*; the longer wins where two share words."""
    found = [
        days
        for pattern, read in _FORMS
        for mark in pattern.finditer(text)
        if (days := read(mark)) is not None
    ]
    kept: list[Days] = []
    for one in sorted(found, key=lambda d: (d.start - d.end, d.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda d: d.start)


def _window(mark: re.Match[str]) -> Days | None:
    """Read 2025年7月1日至2026年6月30日; the second day may leave out its year."""
    start = first_date(mark["from"])
    end = first_date(mark["to"]) or (start and first_date(f"{start.year}年{mark['to']}"))
    if not start or not end:
        return None
    return _between(mark, start, end)


def _between(mark: re.Match[str], start: date, end: date) -> Days:
    value = [start.isoformat(), end.isoformat()]
    return Days(mark.start(), mark.end(), "between_dates", value, "date")


def _months(mark: re.Match[str]) -> Days | None:
    """Read 2026年1月至6月 and 2025年12月至2026年11月, whole months."""
    year, other = int(mark["year"]), int(mark["other"] or mark["year"])
    first, last = int(mark["first"]), int(mark["last"])
    if not (1 <= first <= 12 and 1 <= last <= 12):
        return None
    end = date(other, last, monthrange(other, last)[1])
    return _between(mark, date(year, first, 1), end)


_PARTS = {"上半年": (1, 6), "下半年": (7, 12), "一季度": (1, 3), "二季度": (4, 6), "三季度": (7, 9),
          "四季度": (10, 12)}  # fmt: skip


def _part(mark: re.Match[str]) -> Days:
    year, (first, last) = int(mark["year"]), _PARTS[mark["part"]]
    end = date(year, last, monthrange(year, last)[1])
    return _between(mark, date(year, first, 1), end)


def _from(mark: re.Match[str]) -> Days | None:
    """Read 2024年1月1日以后, 2012年6月30日前, 2025年以来, 2024年底前."""
    day, before = first_date(mark["on"]), "前" in mark["how"]
    if day is None:
        if not _WHOLE_YEAR.fullmatch(mark["on"]):
            return None  # 2026年2月30日
        year = int(mark["on"][:4])
        day = date(year, 12, 31) if before and "底" in mark["on"] else date(year, 1, 1)
        if before and "底" not in mark["on"]:
            return None  # 2024年前 may or may not hold the year
    op = "on_or_before" if before else "on_or_after"
    if mark["less"]:  # 2025年1月8日（不含当日）之前
        op = "before" if before else "after"
    if before and day.day == 1 and "含" not in mark.group(0):
        op = "before"  # 2026年1月1日前 is all that came before the year
    return Days(mark.start(), mark.end(), op, day.isoformat(), "date")


_EDGES = {"不晚于": "on_or_before", "不迟于": "on_or_before", "早于": "before", "晚于": "after",
          "不早于": "on_or_after"}  # fmt: skip


def _edge(mark: re.Match[str]) -> Days | None:
    """Read 不晚于2025年6月30日, 早于2026年1月1日."""
    day = first_date(mark["on"])
    if day is None:
        return None
    return Days(mark.start(), mark.end(), _EDGES[mark["how"]], day.isoformat(), "date")


def _year(mark: re.Match[str]) -> Days:
    first, last = int(mark["year"]), int(mark["last"] or mark["year"])
    value = [f"{first}-01-01", f"{last}-12-31"]
    return Days(mark.start(), mark.end(), "between_dates", value, "year")


def _recent(mark: re.Match[str]) -> Days | None:
    count = 1 if mark["count"] is None else read_count(mark["count"])
    unit = "months" if "月" in (mark["unit"] or "") else "years"
    return Days(mark.start(), mark.end(), f"{unit}_lt", count, "recent") if count else None


_LESS = ("不满", "未满", "不足", "少于", "未达到")


def _term(mark: re.Match[str]) -> Days | None:
    """Read 满1年, 未满3年, 6个月以上, 3年以内."""
    half = mark["count"] == "半"
    count = 6 if half else read_count(mark["count"])
    unit = "months" if half or "月" in mark["unit"] else "years"
    word, side = mark["word"] or "", mark["side"] or ""
    if not count or count > 120 or not (word or side):
        return None
    if word in _LESS:
        op = "lt"
    elif "上" in side:
        op = "ge"
    elif "内" in side or "下" in side or word in ("不超过", "未超过"):
        op = "le"
    elif "满" in word or word in ("达到", "达", "不少于", "不低于", "超过"):
        op = "ge"
    else:
        return None
    return Days(mark.start(), mark.end(), f"{unit}_{op}", count, "term")


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Days | None]], ...] = (
    (re.compile(rf"(?P<from>{PATTERN}){_IN}{_TO}\s*(?P<to>{PATTERN}|\d{{1,2}}月\d{{1,2}}日){_IN}(?:期间|之间|间|止|内)?"), _window),
    (re.compile(rf"(?P<year>{_YEAR})年(?P<first>\d{{1,2}})月{_TO}(?:(?P<other>(?:19|20)\d\d)年)?(?P<last>\d{{1,2}})月(?!\d)(?:期间|之间|间|止|内|底)?"), _months),
    (re.compile(rf"(?P<year>{_YEAR})年(?P<part>{'|'.join(_PARTS)})(?:期间|内)?"), _part),
    (re.compile(rf"(?P<how>{'|'.join(_EDGES)})\s*(?P<on>{PATTERN}){_IN}(?!及?以?[前后])"), _edge),
    (re.compile(rf"(?P<on>{PATTERN}|{_YEAR}年(?:度|底|末)?)(?:{_WITHOUT}|{_IN})(?P<how>及?其?以后|之后|以来|起(?!至)|及?其?以前|之前|前|后){_IN}"), _from),
    (re.compile(rf"(?P<year>{_YEAR})年?(?:度)?(?:(?:至|到|—|-|－|~){{1,2}}(?P<last>(?:19|20)\d\d))?年(?:度)?(?!\s*\d|[之以]?前)(?:内|期间|当年)?"), _year),
    (re.compile(rf"(?P<year>{_YEAR})(?P<last>)年(?:度)?(?!\s*\d|[之以]?前)(?:内|期间|当年)?"), _year),
    (re.compile(rf"(?:近|最近|过去|[之以]?前)\s*(?P<count>{COUNT})\s*(?:个)?(?P<unit>周?年|月|自然年度|会计年度)(?:度)?(?:以?内|来|之内)?"), _recent),
    (re.compile(rf"(?<![近前满于过度\d一二两三四五六七八九十])(?P<count>{COUNT})\s*(?:个)?(?P<unit>年|月)(?:以?内|来|之内)"), _recent),
    (re.compile(r"(?:当年度?|本年度|年度|一年)(?P<count>)内".replace("(?P<count>)", "(?P<count>\\d)?(?P<unit>年)?")), _recent),
    (re.compile(rf"(?P<word>已满|不满|未满|不足|不超过|未超过|超过|满|达到|未达到|达|不少于|不低于|少于)?\s*(?P<count>{COUNT}|半)\s*(?P<unit>个月|年)(?P<side>{_IN}(?:及其?以上|以上|以内|之内|及?以下|内){_IN})?"), _term),
)  # fmt: skip


def spans_of(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Give where *pattern* stands in *text*."""
    for mark in pattern.finditer(text):
        yield mark.span()
