"""What one field of a record says in a piece of text: a kind, a day, a sum, a level, a place."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from pusher.reading.grammar.findings import field
from pusher.reading.grammar.phrases.amounts import (
    COMPARED,
    NUMBER,
    SIDE,
    SPAN,
    THEN,
    UNITS,
    WORD,
    Bound,
    bound_of,
    read_span,
)
from pusher.reading.grammar.phrases.days import Days, find_days
from pusher.reading.grammar.phrases.places import find_names

_LEVELS = {"国": "nation", "省": "province", "市": "city", "区": "district"}
_RANKS = ("district", "city", "province", "nation")
_NAME = r"(?:国家|全国|省|市|区)"
_LEVEL = re.compile(
    rf"(?P<levels>{_NAME}级(?:(?:、|和|或|或者|及|与){_NAME}级?){{0,3}}(?<=级)"
    # 本区、省级瞪羚企业 is a place and a level
    rf"|(?:(?<![\u4e00-\u9fff])|(?<=[获得为到的受和或及由入给被对享]))(?:国家|全国|省|市|区)(?:(?:、|和|或|或者|及|与){_NAME}级?){{1,3}}(?<=级)"
    rf"|国家(?:、|和|或|及)省(?:(?:、|和|或|及)市)?(?!级|有关|相关|关于|规定|政府|人民|委|直)|国家(?!高新|有关|相关|规定|鼓励|标准|法|政策|统计))"
    r"(?P<up>(?:（含）)?及?以上)?"
)
_UP = re.compile(r"[^，。；、的]{0,3}?(?:（含）)?(?:及|或)?以上")
_GRADES = {
    word: grade
    for grade, words in enumerate(("1一", "2二", "3三丙", "4四乙", "5五甲"), 1)
    for word in words
}
_RUNG = r"(?:[1-5一二三四五甲乙丙]A?(?:星级?|级|A级?)|A{3,5}级)"
_GRADE = re.compile(
    rf"(?P<least>达到?|不低于|至少(?:为|达到)?)?(?P<listed>(?:[1-5一二三四五](?:、|和|或|及)){{0,4}}{_RUNG}(?:(?:、|和|或|及|至|-|—){_RUNG}){{0,4}}|(?<=CMMI)\s?[1-5](?:级?[、和或][1-5]){{0,3}}级?)(?:（含）)?(?P<side>及?以[上下])?"
)
_HIGHEST = 5
_NEAR = 14
"""Characters between the words of a field and its day."""
_ENDS = re.compile(r"[，,。；;：:]")
_LISTED = re.compile(r"[、和或及与]|或者|以及")
_MOST_YEARS = 10
_SINCE_YEAR = re.compile(r"(?P<year>20\d\d)年(?:度)?(?!\d)")
# 2026年1月1日以后新开设、经认定的首店: the day of another deed
_OTHER_DEED = re.compile(
    r"开设|设立|成立|开业|迁入|投产|投用|竣工|[或且]者?[^，。；]{0,2}(?:登记|注册)"
)


class Told(NamedTuple):
    """What a slot read: the conditions over its field, and where the words stand."""

    conditions: list[dict[str, Any]]
    spans: list[tuple[int, int]]


Read = Callable[[str, str], Told | None]
"""Reads a piece of text, given the area code of the office."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of a record and how a text says it.

    Attributes:
        field: the code of the field.
        read: reads a piece of text.
        own: whether its words name the record by themselves, so that they may stand in another
            clause of the sentence: 签订1年以上劳动合同 behind 招用….
        enough: words in whose clause this field alone makes a record of the noun; "" is any.
        names: words that name the field where all speaks of the record: 用途为, 放款日期.
        heading: whether a heading may tell it for what stands below: 资质建筑业企业。2026年新入库.
        weak: whether it counts beside other fields alone: 月度 of an entry.
        large: whether it is read only where all of a sentence speaks of the record.
        carried: how far it is told once for several records: 对2025年…的奖励，对…的奖励; list:
            also by what was intended before (拟在科创板上市，…；申请获受理的).
        inside: whether its words stand within the noun: 商品住房, and no other home of the clause.
        unless: another field; where that was told, this one is not read.
        examples: (text, the whole record as `spell` writes it); they are its tests.
    """

    field: str
    read: Read
    own: bool
    enough: re.Pattern[str] | None
    examples: tuple[tuple[str, str], ...]
    unless: str | None = None
    names: re.Pattern[str] | None = None
    heading: bool = False
    weak: bool = False
    carried: bool | str = False
    large: bool = False
    inside: bool = False


def slot_of(row: Mapping[str, Any]) -> Slot:
    """Make a slot of a row of `nouns/records/*.toml`.

    A row says ``values`` (word → code, or codes), ``null``, ``true`` and ``false``, or ``read``:
    day, year, figure, level, grade, place, name, stands (still in force). ``says`` are the words
    that must stand beside a day, a figure or a place (``leads`` before a place), or the names
    themselves; ``named`` words that tell a level.
    """
    names = re.compile(row["names"]) if "names" in row else None
    return Slot(
        row["field"], _reader(row), row.get("own", False), _enough(row.get("enough", False)),
        examples_of(row), row.get("unless"), names,
        *(row.get(name, False) for name in ("heading", "weak", "carried", "large", "inside")),
    )  # fmt: skip


def _enough(told: bool | str) -> re.Pattern[str] | None:
    if isinstance(told, str):
        return re.compile(told)
    return re.compile("") if told else None


def examples_of(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the (text, record) examples of a row."""
    return tuple((text, said) for text, said in (one.split(" → ") for one in row["examples"]))


def _reader(row: Mapping[str, Any]) -> Read:
    if "values" in row:
        return partial(_values, row["field"], _coded(row["values"]), row.get("op", "in"))
    if "null" in row:
        return partial(_null, row["field"], re.compile(row["null"]))
    if "true" in row or "false" in row:
        flags = [(re.compile(row[w]), w == "true") for w in ("true", "false") if w in row]
        return partial(_flag, row["field"], flags)
    says = re.compile(row["says"]) if "says" in row else None
    if row["read"] == "day":
        kinds = frozenset(row.get("kinds", ("year", "date", "recent")))
        asked = (kinds, row.get("ops"))
        return partial(_day, row["field"], says, asked, row.get("recent", "lt"))
    if row["read"] == "figure":
        return partial(_figure, row["field"], _forms(row["says"]), row["unit"], row.get("bound"))
    if row["read"] == "stands":
        return partial(_stands, row["field"], re.compile(row["says"]))
    named: Mapping[str, Read] = {
        "year": partial(_years, row["field"], says),
        "level": partial(_level, row["field"], _words(row.get("named", {}))),
        "grade": partial(_grade, row["field"], row.get("least", False)),
        "place": partial(_place, row["field"], says, re.compile(row.get("leads", "(?!)"))),
        "name": partial(_name, row["field"], says),
    }
    return named[row["read"]]


def _words(table: Mapping[str, str]) -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(word), code) for word, code in table.items()]


def _coded(table: Mapping[str, Any]) -> list[tuple[re.Pattern[str], list[str]]]:
    return [(word, [code] if isinstance(code, str) else code) for word, code in _words(table)]


def _values(
    name: str, words: list[tuple[re.Pattern[str], list[str]]], op: str, text: str, area: str
) -> Told | None:
    found = [(m.span(), codes) for word, codes in words for m in word.finditer(text)]
    kept: list[tuple[tuple[int, int], list[str]]] = []
    for span, codes in sorted(found, key=lambda f: (f[0][0] - f[0][1], f[0][0])):
        if all(span[1] <= other[0] or other[1] <= span[0] for other, _ in kept):
            kept.append((span, codes))
    if not kept:
        return None
    kept.sort()
    told = list(dict.fromkeys(code for _, codes in kept for code in codes))
    # 新能源或燃油 names them all and asks nothing
    return Told([_one_of(name, op, told)] if told else [], [span for span, _ in kept])


def _one_of(name: str, op: str, codes: list[Any]) -> dict[str, Any]:
    if op == "in" and len(codes) == 1:
        return field(name, "eq", codes[0])
    return field(name, op, codes)


def _flag(
    name: str, flags: list[tuple[re.Pattern[str], bool]], text: str, area: str
) -> Told | None:
    for pattern, value in flags:
        mark = pattern.search(text)
        if mark:
            return Told([field(name, "is", value)], [mark.span()])
    return None


def _null(name: str, says: re.Pattern[str], text: str, area: str) -> Told | None:
    mark = says.search(text)
    return Told([field(name, "null", None)], [mark.span()]) if mark else None


def _day(
    name: str,
    says: re.Pattern[str] | None,
    asked: tuple[frozenset[str], list[str] | None],
    recent: str,
    text: str,
    area: str,
) -> Told | None:
    conditions, spans = [], []
    for days, verb in _years_as_one(list(_beside(text, says)), text):
        if days.kind not in asked[0] or days.op not in (asked[1] or [days.op]):
            continue
        op = days.op.replace("_lt", f"_{recent}") if days.kind == "recent" else days.op
        conditions.append(field(name, op, days.value))
        spans += [(days.start, days.end), *([verb] if verb else [])]
    return Told(conditions[:2], spans) if conditions else None


_Beside = tuple[Days, tuple[int, int] | None]


def _years_as_one(found: list[_Beside], text: str) -> list[_Beside]:
    """Make one window of years that follow one another in a list: 2025年、2026年."""
    kept: list[_Beside] = []
    for days, verb in found:
        last = kept[-1][0] if kept else None
        if last and _LISTED.fullmatch(text, last.end, days.start):
            (first, end), (start, until) = _window_of(last), _window_of(days)
            if last.kind == days.kind == "year" and int(end[:4]) + 1 == int(start[:4]):
                one = replace(last, end=days.end, value=[first, until])
                kept[-1] = (one, verb or kept[-1][1])
                continue
        kept.append((days, verb))
    return kept


def _window_of(days: Days) -> list[str]:
    return days.value if isinstance(days.value, list) else ["0000", "0000"]


def _years(name: str, says: re.Pattern[str] | None, text: str, area: str) -> Told | None:
    """Read years as numbers: 2025年度, 2024年、2025年, 2024年以后."""
    beside = list(_beside(text, says))
    for days, verb in beside:
        since = _SINCE_YEAR.match(text, days.start)
        if days.op == "on_or_after" and since and since.end() <= days.end:
            spans = [(days.start, days.end), *([verb] if verb else [])]
            return Told([field(name, "ge", int(since["year"]))], spans)
    found = [(d, verb) for d, verb in beside if d.kind == "year"]
    years = [year for d, _ in found for year in _years_of(d)]
    if not years:
        return None
    told = sorted(set(years))
    return Told(
        [_one_of(name, "in", told)],
        [span for d, verb in found for span in ((d.start, d.end), verb) if span],
    )


def _years_of(days: Days) -> range:
    """Give the years of a window of whole years: 2024年至2026年."""
    first, last = (int(day[:4]) for day in _window_of(days))
    return range(first, min(last, first + _MOST_YEARS) + 1)


def _beside(
    text: str, says: re.Pattern[str] | None
) -> Iterator[tuple[Days, tuple[int, int] | None]]:
    """Give each day of *text*, with the words of *says* that stand beside it."""
    found = find_days(text)
    if says is None:
        yield from ((days, None) for days in found)
        return
    verbs = [mark.span() for mark in says.finditer(text)]
    for days in found:
        near = [(max(v[0] - days.end, days.start - v[1]), v) for v in verbs]
        near = [(gap, v) for gap, v in near if gap <= _NEAR and not _cut(text, days, v)]
        if near:
            yield days, min(near)[1]


def _cut(text: str, days: Days, verb: tuple[int, int]) -> bool:
    between = text[days.end : verb[0]] if days.end <= verb[0] else text[verb[1] : days.start]
    return bool(_ENDS.search(between.lstrip("，")) or _OTHER_DEED.search(between))


def _forms(says: str) -> tuple[re.Pattern[str], ...]:
    bound = rf"(?P<number>{NUMBER})\s*(?P<unit>{UNITS})\s*(?P<side>{SIDE}){THEN}"
    behind = rf"(?:{says})(?P<fill>[^，。；、\d]{{0,14}}?)(?:{SPAN}|{bound})"
    before = rf"(?P<word>{WORD})?{bound}(?:期限|期)?(?:的)?(?:{says})"
    return re.compile(before), re.compile(behind)


def _figure(
    name: str,
    forms: tuple[re.Pattern[str], ...],
    unit: str,
    plain: str | None,
    text: str,
    area: str,
) -> Told | None:
    even = text.replace("半年", "6月")  # of the same length
    for form in forms:
        mark = form.search(even)
        bounds = _bounds(mark, unit, plain) if mark else []
        if mark and [bound.op for bound in bounds] == ["ge", "le"]:
            ends = [bound.value for bound in bounds]
            return Told([field(name, "between", ends)], [mark.span()])
        if mark and bounds:
            return Told([field(name, b.op, b.value) for b in bounds], [mark.span()])
    return None


def _bounds(mark: re.Match[str], unit: str, plain: str | None) -> list[Bound]:
    groups = mark.groupdict()
    if groups.get("low"):
        return read_span(mark, unit)
    word = COMPARED.search(groups.get("fill") or "")
    told = {**groups, "word": groups.get("word") or (word.group(0) if word else None)}
    if not told["word"] and not re.search("[上下内]", told.get("side") or ""):
        told["word"] = plain  # 签订1年期劳动合同 asks for no less than a year
    one, other = bound_of(told, unit), bound_of(told, unit, which="2")
    return [b for b in (one, other if one and other and one.op[0] != other.op[0] else None) if b]


def _level(
    name: str, named: list[tuple[re.Pattern[str], str]], text: str, area: str
) -> Told | None:
    """Read 省级以上, 国家级、省级, and what *named* says of a level: 中华老字号, 由商务部公布的."""
    mark = _LEVEL.search(text)
    if mark:
        levels = [code for word, code in _LEVELS.items() if word in mark["levels"]]
        up, span = mark["up"], mark.span()
    else:
        found = [(m, code) for word, code in named for m in word.finditer(text)]
        if not found:
            return None
        levels = list(dict.fromkeys(code for _, code in found))
        last = max(m.end() for m, _ in found)
        above = _UP.match(text, last)
        up = above and above[0]
        span = (min(m.start() for m, _ in found), above.end() if above else last)
    if up:
        levels = list(_RANKS[min(map(_RANKS.index, levels)) :])
    return Told([_one_of(name, "in", levels)], [span])


def _grade(name: str, least: bool, text: str, area: str) -> Told | None:
    """Read 四星级, 3A级以上, 甲级、乙级; *least*: whether a single grade means at least."""
    mark = _GRADE.search(text)
    if mark is None:
        return None
    said = mark["listed"]
    grades = {_GRADES[one] for one in said if one in _GRADES}
    grades |= {len(run) for run in re.findall(r"(?<![1-5一二三四五A])A{1,5}(?=级)", said)}
    if re.search("[至—-]", said):
        grades = set(range(min(grades), max(grades) + 1))
    told = sorted(grades)
    side = mark["side"] or ""
    if "下" in side:
        return Told([field(name, "le", told[-1])], [mark.span()])
    open_ended = side or mark["least"] or (least and len(told) == 1)
    if open_ended or (len(told) > 1 and told[-1] == _HIGHEST):
        return Told([field(name, "ge", told[0])], [mark.span()])
    return Told([_one_of(name, "in", told)], [mark.span()])


def _stands(name: str, says: re.Pattern[str], text: str, area: str) -> Told | None:
    """Read that it is still in force: 有效期内, 至今有效."""
    mark = says.search(text)
    return Told([field(name, "on_or_after_as_of", None)], [mark.span()]) if mark else None


def _place(
    name: str, says: re.Pattern[str] | None, leads: re.Pattern[str], text: str, area: str
) -> Told | None:
    """Read the first area with the words of *says* behind it or those of *leads* before it."""
    for start, end, codes in find_names(text, area):
        mark = says.match(text, end) if says else None
        if says is None or mark or leads.search(text, 0, start):
            stop = mark.end() if mark else end
            return Told([field(name, "within", codes)], [(start, stop)])
    return None


def _name(name: str, says: re.Pattern[str] | None, text: str, area: str) -> Told | None:
    """Read names as they stand: 匡山小区、张庄小区."""
    marks = list(says.finditer(text)) if says else []
    names = list(dict.fromkeys(mark.group(0) for mark in marks))
    return Told([field(name, "in", names)], [mark.span() for mark in marks]) if names else None
