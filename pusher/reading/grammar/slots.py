"""What one field of a record says in a piece of text: a kind, a day, a sum, a level, a place."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from pusher.reading.grammar.amounts import (
    COMPARED,
    NUMBER,
    SIDE,
    SPAN,
    UNITS,
    WORD,
    Bound,
    bound_of,
    read_span,
)
from pusher.reading.grammar.days import Days, find_days
from pusher.reading.grammar.findings import field
from pusher.reading.grammar.places import find_names

_LEVELS = {"国": "nation", "省": "province", "市": "city", "区": "district"}
_RANKS = ("district", "city", "province", "nation")
_LEVEL = re.compile(
    r"(?P<levels>(?:国家|全国|省|市|区)级?(?:(?:、|和|或|或者|及)(?:国家|全国|省|市|区)级?){0,3}(?<=级)|国家(?!高新))(?P<up>及?以上)?"
)
_GRADES = {
    word: grade
    for grade, words in enumerate(("1一", "2二", "3三丙", "4四乙", "5五甲"), 1)
    for word in words
}
_GRADE = re.compile(
    r"(?P<listed>[1-5一二三四五甲乙丙]A?(?:星级?|级|A级?)(?:(?:、|和|或|及)[1-5一二三四五甲乙丙]A?(?:星级?|级|A级?)){0,4})(?:（含）)?(?P<up>及?以上)?"
)
_HIGHEST = 5
_NEAR = 14
"""Characters between the words of a field and its day."""
_ENDS = re.compile(r"[，,。；;：:]")


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
        enough: whether this field alone makes a record of the noun.
        enough: whether this field alone tells a record beside the noun.
        examples: (text, the whole record as `spell` writes it); they are its tests.
    """

    field: str
    read: Read
    own: bool
    enough: bool
    examples: tuple[tuple[str, str], ...]


def slot_of(row: Mapping[str, Any]) -> Slot:
    """Make a slot of a row of `nouns/records/*.toml`.

    A row says ``values`` (word → code), ``true`` and ``false``, or ``read``: day, figure, level,
    grade, place. ``says`` are the words that must stand beside a day, a figure or a place.
    """
    examples = tuple(tuple(one.split(" → ")) for one in row["examples"])
    return Slot(
        row["field"], _reader(row), row.get("own", False), row.get("enough", False), examples
    )


def _reader(row: Mapping[str, Any]) -> Read:
    if "values" in row:
        words = [(re.compile(word), code) for word, code in row["values"].items()]
        return partial(_values, row["field"], words, row.get("op", "in"))
    if "true" in row or "false" in row:
        flags = [(re.compile(row[w]), w == "true") for w in ("true", "false") if w in row]
        return partial(_flag, row["field"], flags)
    says = re.compile(row["says"]) if "says" in row else None
    if row["read"] == "day":
        kinds = frozenset(row.get("kinds", ("year", "date", "recent")))
        return partial(_day, row["field"], says, kinds, row.get("recent", "lt"))
    if row["read"] == "figure":
        return partial(_figure, row["field"], _forms(row["says"]), row["unit"], row.get("bound"))
    named: Mapping[str, Read] = {
        "year": partial(_years, row["field"], says),
        "level": partial(_level, row["field"]),
        "grade": partial(_grade, row["field"], row.get("least", False)),
        "place": partial(_place, row["field"], says),
    }
    return named[row["read"]]


def _values(
    name: str, words: list[tuple[re.Pattern[str], str]], op: str, text: str, area: str
) -> Told | None:
    found = [(m.span(), code) for word, code in words for m in word.finditer(text)]
    kept: list[tuple[tuple[int, int], str]] = []
    for span, code in sorted(found, key=lambda f: (f[0][0] - f[0][1], f[0][0])):
        if all(span[1] <= other[0] or other[1] <= span[0] for other, _ in kept):
            kept.append((span, code))
    if not kept:
        return None
    kept.sort()
    codes = list(dict.fromkeys(code for _, code in kept))
    return Told([_one_of(name, op, codes)], [span for span, _ in kept])


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


def _day(
    name: str,
    says: re.Pattern[str] | None,
    kinds: frozenset[str],
    recent: str,
    text: str,
    area: str,
) -> Told | None:
    conditions, spans = [], []
    for days, verb in _beside(text, says):
        if days.kind not in kinds:
            continue
        op = days.op.replace("_lt", f"_{recent}") if days.kind == "recent" else days.op
        conditions.append(field(name, op, days.value))
        spans += [(days.start, days.end), *([verb] if verb else [])]
    return Told(conditions[:2], spans) if conditions else None


def _years(name: str, says: re.Pattern[str] | None, text: str, area: str) -> Told | None:
    """Read years as numbers: 2025年度, 2024年、2025年."""
    found = [(d, verb) for d, verb in _beside(text, says) if d.kind == "year"]
    years = [
        int(str(d.value[i])[:4]) for d, _ in found for i in (0, 1) if isinstance(d.value, list)
    ]
    if not years:
        return None
    told = sorted(set(years))
    return Told(
        [_one_of(name, "in", told)],
        [span for d, verb in found for span in ((d.start, d.end), verb) if span],
    )


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
    return bool(_ENDS.search(between.lstrip("，")))


def _forms(says: str) -> tuple[re.Pattern[str], ...]:
    bound = rf"(?P<number>{NUMBER})\s*(?P<unit>{UNITS})\s*(?P<side>{SIDE})"
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
    for form in forms:
        mark = form.search(text)
        bounds = _bounds(mark, unit, plain) if mark else []
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
    one = bound_of(told, unit)
    return [one] if one else []


def _level(name: str, text: str, area: str) -> Told | None:
    mark = _LEVEL.search(text)
    if mark is None:
        return None
    levels = [code for word, code in _LEVELS.items() if word in mark["levels"]]
    if mark["up"]:
        levels = list(_RANKS[min(map(_RANKS.index, levels)) :])
    return Told([_one_of(name, "in", levels)], [mark.span()])


def _grade(name: str, least: bool, text: str, area: str) -> Told | None:
    """Read 四星级, 3A级以上, 甲级、乙级; *least*: whether a single grade means at least."""
    mark = _GRADE.search(text)
    if mark is None:
        return None
    grades = sorted({_GRADES[one] for one in mark["listed"] if one in _GRADES})
    if mark["up"] or (len(grades) > 1 and grades[-1] == _HIGHEST) or (least and len(grades) == 1):
        return Told([field(name, "ge", grades[0])], [mark.span()])
    return Told([_one_of(name, "in", grades)], [mark.span()])


def _place(name: str, says: re.Pattern[str] | None, text: str, area: str) -> Told | None:
    for start, end, codes in find_names(text, area):
        mark = says.match(text, end) if says else None
        if says is None or mark:
            stop = mark.end() if mark else end
            return Told([field(name, "within", codes)], [(start, stop)])
    return None
