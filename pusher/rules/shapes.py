"""What the value beside an operator must look like, and its immutable form."""

import math
from collections.abc import Callable
from datetime import date

from profiles.facts import (
    Fact,
    Kind,
    industry_sections,
    is_area_code,
    is_industry_code,
)
from pusher.rules.nodes import Other, Scope, Unfit

COUNTRY = "000000"
"""As an area of a rule: anywhere in the country (moved in from wherever it was)."""

MOST_CHOICES = 2_000
"""Elements of one list; names of a published list of firms included."""


def nothing(about: Fact | None, value: object, scope: Scope) -> None:
    """The operator takes no value."""
    if value is not None:
        raise Unfit("这个运算不带值，value 应为 null")


def yes_or_no(about: Fact | None, value: object, scope: Scope) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Unfit("value 应为 true 或 false")
    return value


def one(about: Fact | None, value: object, scope: Scope) -> object:
    """One value of the fact's own kind: a code, a number, a text."""
    if about is None:
        raise Unfit("缺少事实")
    if about.kind in (Kind.ENUM, Kind.SET):
        return _choice(about, value)
    if about.kind in (Kind.INTEGER, Kind.NUMBER):
        return _number(value)
    if not isinstance(value, str) or not value:
        raise Unfit("value 应为文字")
    return value


def several(about: Fact | None, value: object, scope: Scope) -> tuple[object, ...]:
    """A list of values of the fact's own kind; a single one counts as a list of one."""
    return tuple(one(about, element, scope) for element in _elements(value))


def two(about: Fact | None, value: object, scope: Scope) -> tuple[object, ...]:
    """``[from, to]``, both included."""
    ends = several(about, value, scope)
    if len(ends) != 2:
        raise Unfit("value 应为两个值的列表：[起, 止]")
    return ends


def area_codes(about: Fact | None, value: object, scope: Scope) -> tuple[object, ...]:
    """A list of area codes."""
    codes = _elements(value)
    if not all(is_area_code(code) or code == COUNTRY for code in codes):
        raise Unfit('value 应为区划代码的列表，如 ["370104"]')
    return tuple(codes)


def industry_codes(about: Fact | None, value: object, scope: Scope) -> tuple[object, ...]:
    """A list of industry prefixes: section letters or 2 to 4 digits."""
    codes = _elements(value)
    if not all(code in industry_sections() or is_industry_code(code) for code in codes):
        raise Unfit('value 应为行业门类字母或2至4位代码的列表，如 ["C", "65"]')
    return tuple(codes)


def whole(most: int) -> Callable[[Fact | None, object, Scope], int]:
    """A count from 0 to *most*: of years of age, years or months."""

    def shape(about: Fact | None, value: object, scope: Scope) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            raise Unfit(f"value 应为0至{most}的整数")
        return value

    return shape


def iso_day(about: Fact | None, value: object, scope: Scope) -> str:
    """A day, ``"2026-01-02"``."""
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise Unfit("value 应为日期，如 2026-01-02")


def two_days(about: Fact | None, value: object, scope: Scope) -> tuple[str, str]:
    """``[first, last]``, both included."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Unfit("value 应为两个日期的列表：[起, 止]")
    return iso_day(about, value[0], scope), iso_day(about, value[1], scope)


def age_on(about: Fact | None, value: object, scope: Scope) -> tuple[int, str]:
    """``{"age": 6, "on": "2027-08-31"}``, kept as a pair."""
    if not isinstance(value, dict) or set(value) != {"age", "on"}:
        raise Unfit('value 应为 {"age": 周岁, "on": 日期}')
    return whole(150)(about, value["age"], scope), iso_day(about, value["on"], scope)


def other_day(about: Fact | None, value: object, scope: Scope) -> Other:
    """The code of another date: of the same record, or of the person or firm."""
    code = value["fact"] if isinstance(value, dict) and set(value) == {"fact"} else value
    return _other(code, (Kind.DATE,), scope)


def other_and_ratio(about: Fact | None, value: object, scope: Scope) -> tuple[Other, int | float]:
    """``{"fact": CODE, "ratio": 0.3}``: at least 0.3 times the other figure."""
    if not isinstance(value, dict) or set(value) != {"fact", "ratio"}:
        raise Unfit('value 应为 {"fact": 事实代码, "ratio": 倍数}')
    return _other(value["fact"], (Kind.INTEGER, Kind.NUMBER), scope), _number(value["ratio"])


def _elements(value: object) -> list[object]:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return [value]
    if not isinstance(value, list | tuple):
        raise Unfit("value 应为列表")
    if len(value) > MOST_CHOICES:
        raise Unfit(f"列表不能超过{MOST_CHOICES}项")
    return list(value)


def _choice(about: Fact, value: object) -> str:
    if isinstance(value, str) and (about.choice(value) or (about.open_values and value)):
        return value
    allowed = "、".join(choice.code for choice in about.values[:12])
    raise Unfit(f"“{about.label}”没有这个取值，可用：{allowed}" + ("等" * (len(about.values) > 12)))


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unfit("value 应为数字")
    return value


def _other(code: object, kinds: tuple[Kind, ...], scope: Scope) -> Other:
    found = scope(code) if isinstance(code, str) else None
    if found is None or found[0].kind not in kinds:
        raise Unfit("要比较的另一项事实不在词表中，或不是同类")
    other, up = found
    return Other(other.code, other.label, up)
