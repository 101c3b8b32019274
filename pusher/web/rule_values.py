"""What stands beside an operator, as a clerk types it, and as a RULE document holds it.

`say` of what `read` returns reads the same again: a form that comes back with an error shows
what was meant, and nothing is lost.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from profiles.facts import (
    BadValue,
    Fact,
    Kind,
    find_area,
    industry_sections,
    is_industry_code,
    read_cell,
    say_area,
    say_value,
    vocabulary,
)
from pusher.reading.grammar.phrases.industries import named_industries
from pusher.rules.language import OPERATORS
from pusher.rules.shapes import COUNTRY

COUNTS = frozenset(
    {"age_ge", "age_lt", "age_le", "age_ge_in_month", "years_ge", "years_lt", "years_le"}
    | {"months_ge", "months_lt", "months_le"}
)
DAYS = frozenset({"before", "after", "on_or_before", "on_or_after"})
_LISTS = frozenset({"in", "not_in"})
BARE = frozenset({"null", "on_or_after_as_of", "before_as_of"})
"""Operators beside which nothing stands."""
_EVERYWHERE = "全国"


class Unreadable(ValueError):
    """What was typed cannot stand there; Chinese, says what is expected."""


@cache
def operators_for(fact: Fact) -> tuple[str, ...]:
    """Names of the operators that fit a fact, in the order of the language."""
    return tuple(
        name
        for name, how in OPERATORS.items()
        if fact.kind in how.kinds
        and (not how.ordered or fact.kind is not Kind.ENUM or fact.ordered)
    )


def say(fact: Fact, op: str, value: object, *, beside: Sequence[Fact] = ()) -> str:
    """The value as it stands in its field.

    Args:
        value: of a RULE document that `parse` took.
        beside: the fields of the same record, for values that name another.
    """
    if op in BARE or value is None:
        return ""
    if op in COUNTS:
        return str(value)
    if op in DAYS:
        return str(value)
    return _SAYINGS.get(op, _say_one)(fact, value, beside)


def read(fact: Fact, op: str, text: str, *, beside: Sequence[Fact] = ()) -> object:
    """The value that was typed, as a RULE document holds it.

    Raises:
        Unreadable: empty, or not what this operator takes.
    """
    typed = text.strip()
    if op in BARE:
        return None
    if not typed:
        raise Unreadable(f"请填写“{fact.label}”的取值")
    try:
        if op in COUNTS:
            return _count(fact, typed)
        if op in DAYS:
            return _day(fact, typed)
        return _READINGS.get(op, _read_one)(fact, typed, beside)
    except BadValue as wrong:
        raise Unreadable(str(wrong)) from None


def hint(fact: Fact, op: str) -> str:
    """What may be typed beside an operator, in a few words; empty where it is plain."""
    if op in BARE or op in COUNTS or op == "is":
        return {"is": "填 是 或 否"}.get(op, "")
    if op in _HINTS:
        return _HINTS[op]
    if fact.kind in (Kind.ENUM, Kind.SET):
        labels = [choice.label for choice in fact.values]
        return "可填：" + "、".join(labels[:10]) + ("等" if len(labels) > 10 else "")
    return f"单位：{fact.unit}" if fact.unit else ""


_HINTS: Mapping[str, str] = {
    **dict.fromkeys(DAYS, "如 2026-01-02"),
    "between_dates": "如 2026-01-01 至 2026-12-31",
    "age_ge_on": "如 6，2027-08-31",
    "after_fact": "写另一个日期的名称",
    "ratio_ge": "如 营业收入的3%",
    "within": "勾选；其他地方写地名或代码，几个之间用顿号",
    "prefix": "勾选门类；更细的写行业名称或2至4位代码，几个之间用顿号",
}

Saying = Callable[[Fact, object, Sequence[Fact]], str]
Reading = Callable[[Fact, str, Sequence[Fact]], object]


def _say_one(fact: Fact, value: object, beside: Sequence[Fact]) -> str:
    said = say_value(fact, [value] if fact.kind is Kind.SET else value)
    if fact.kind in (Kind.ENUM, Kind.SET) and re.search(r"[、，,；;/|]", said):
        return str(value)  # the label would be read as several
    return said


def _say_list(fact: Fact, value: object, beside: Sequence[Fact]) -> str:
    mark = "；" if fact.kind is Kind.TEXT else "、"
    return mark.join(_say_one(fact, one, beside) for one in _many(value))


def _say_between(fact: Fact, value: object, beside: Sequence[Fact]) -> str:
    return " 至 ".join(_say_one(fact, one, beside) for one in _many(value))


def _say_areas(fact: Fact, value: object, beside: Sequence[Fact]) -> str:
    return "、".join(_EVERYWHERE if c == COUNTRY else say_area(str(c)) for c in _many(value))


def _say_codes(fact: Fact, value: object, beside: Sequence[Fact]) -> str:
    return "、".join(str(code) for code in _many(value))


def _say_age_on(fact: Fact, value: object, beside: Sequence[Fact]) -> str:
    parts = value if isinstance(value, Mapping) else {}
    return f"{parts.get('age')}，{parts.get('on')}"


def _say_other(fact: Fact, value: object, beside: Sequence[Fact]) -> str:
    code = value.get("fact") if isinstance(value, Mapping) else value
    other = next((f for f in _named(beside) if f.code == code), None)
    return other.label if other else str(code)


def _say_ratio(fact: Fact, value: object, beside: Sequence[Fact]) -> str:
    parts = value if isinstance(value, Mapping) else {}
    percent = f"{float(parts.get('ratio', 0)) * 100:.6f}".rstrip("0").rstrip(".")
    return f"{_say_other(fact, parts.get('fact'), beside)}的{percent}%"


_SAYINGS: Mapping[str, Saying] = {
    "in": _say_list,
    "not_in": _say_list,
    "any_of": _say_list,
    "none_of": _say_list,
    "between": _say_between,
    "between_dates": lambda fact, value, beside: " 至 ".join(str(d) for d in _many(value)),
    "within": _say_areas,
    "prefix": _say_codes,
    "age_ge_on": _say_age_on,
    "after_fact": _say_other,
    "ratio_ge": _say_ratio,
}


def _read_one(fact: Fact, text: str, beside: Sequence[Fact]) -> object:
    if _is_open_code(fact, text):
        return text
    # a computed fact cannot be registered, but it can be asked
    value = read_cell(replace(fact, derived=()), text)
    if value is None:
        raise Unreadable(f"要表示没有“{fact.label}”，请把关系选成“查实没有”")
    return value


def _read_list(fact: Fact, text: str, beside: Sequence[Fact]) -> object:
    marks = r"[；;\n]" if fact.kind is Kind.TEXT else r"[、，,；;\n]"
    read_once = dict.fromkeys(_read_one(fact, part, beside) for part in _parts(text, marks))
    return list(read_once)


def _read_set(fact: Fact, text: str, beside: Sequence[Fact]) -> object:
    codes: list[object] = []
    for part in _parts(text, r"[、，,；;/|\n]"):
        read_codes = [part] if _is_open_code(fact, part) else read_cell(fact, part)
        codes.extend(read_codes if isinstance(read_codes, list) else [])
    if not codes:
        raise Unreadable(f"请填写“{fact.label}”的取值")
    return list(dict.fromkeys(codes))


def _read_between(fact: Fact, text: str, beside: Sequence[Fact]) -> object:
    ends = _parts(text, r"至|到|~|～|—+")
    if len(ends) != 2:
        raise Unreadable(f"“{fact.label}”请写成“起 至 止”")
    return [_read_one(fact, end, beside) for end in ends]


def _read_days(fact: Fact, text: str, beside: Sequence[Fact]) -> object:
    ends = _parts(text, r"至|到|~|～")
    if len(ends) != 2:
        raise Unreadable(f"“{fact.label}”请写成“2026-01-01 至 2026-12-31”")
    return [_day(fact, end) for end in ends]


def _read_areas(fact: Fact, text: str, beside: Sequence[Fact]) -> object:
    codes = []
    for name in _parts(text, r"[、，,；;\s]+"):
        code = COUNTRY if name in (_EVERYWHERE, COUNTRY) else find_area(name.removeprefix("区划"))
        if code is None:
            raise Unreadable(f"“{fact.label}”中有不认识的地名，请写名称或6位、9位代码")
        codes.append(code)
    return list(dict.fromkeys(codes))


def _read_industries(fact: Fact, text: str, beside: Sequence[Fact]) -> object:
    names = {name: letter for letter, name in industry_sections().items()}
    codes: list[str] = []
    for part in _parts(text, r"[、，,；;\s]+"):
        known = named_industries().get(part)
        codes += known or [names.get(part, part.upper())]
    if any(c not in industry_sections() and not is_industry_code(c) for c in codes):
        raise Unreadable(f"“{fact.label}”应为行业名称（如零售业）、门类字母（如C）或2至4位代码")
    return list(dict.fromkeys(codes))


def _read_age_on(fact: Fact, text: str, beside: Sequence[Fact]) -> object:
    age, _, on = text.replace("周岁", "").replace(",", "，").partition("，")
    if not on:
        raise Unreadable("请写成“年龄，日期”，如 6，2027-08-31")
    return {"age": _count(fact, age.strip()), "on": _day(fact, on)}


def _read_other(fact: Fact, text: str, beside: Sequence[Fact]) -> object:
    other = next((f for f in _named(beside) if text in (f.label, f.code)), None)
    if other is None:
        raise Unreadable(f"请写另一项的名称，“{fact.label}”将与它比较")
    return other.code


def _read_ratio(fact: Fact, text: str, beside: Sequence[Fact]) -> object:
    found = re.fullmatch(r"(.+?)的?(\d{1,9}(?:\.\d{1,8})?)[%％]", "".join(text.split()))
    if not found:
        raise Unreadable("请写成“另一项的30%”")
    return {
        "fact": _read_other(fact, found[1], beside),
        "ratio": round(float(found[2]) / 100, 8),
    }


_READINGS: Mapping[str, Reading] = {
    **dict.fromkeys(_LISTS, _read_list),
    "any_of": _read_set,
    "none_of": _read_set,
    "between": _read_between,
    "between_dates": _read_days,
    "within": _read_areas,
    "prefix": _read_industries,
    "age_ge_on": _read_age_on,
    "after_fact": _read_other,
    "ratio_ge": _read_ratio,
}


def _count(fact: Fact, text: str) -> int:
    digits = text.removesuffix("周岁").removesuffix("岁").removesuffix("年").removesuffix("个月")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 5):
        raise Unreadable(f"“{fact.label}”的年龄、年数或月数应为整数")
    return int(digits)


def _day(fact: Fact, text: str) -> str:
    return str(read_cell(fact, text))


def _named(beside: Sequence[Fact]) -> Sequence[Fact]:
    """What a value may name: the fields beside it first, then every fact."""
    return [*beside, *vocabulary().values()]


def _is_open_code(fact: Fact, text: str) -> bool:
    """A code beyond the listed ones, where the vocabulary allows them."""
    bare = text.replace("_", "")
    return fact.open_values and bare.isascii() and bare.isalnum() and len(text) <= 40


def _parts(text: str, marks: str) -> list[str]:
    return [part.strip() for part in re.split(marks, text) if part.strip()]


def _many(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]
