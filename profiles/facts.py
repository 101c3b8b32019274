"""Facts of people and firms: the vocabulary, its checks, and how a value is said.

A document of facts is ``{code: value}``: a missing key is unknown, None and ``[]`` are
known to be none; days are ISO strings.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from profiles.cells import is_blank, read_cell
from profiles.checks import validate, validate_document
from profiles.places import find_area, say_area
from profiles.vocabulary import (
    Area,
    BadValue,
    Choice,
    Fact,
    Kind,
    areas,
    industry_divisions,
    industry_sections,
    is_area_code,
    is_industry_code,
    is_sensitive,
    vocabulary,
)

__all__ = [
    "Area",
    "BadValue",
    "Choice",
    "Fact",
    "Kind",
    "areas",
    "find_area",
    "industry_divisions",
    "industry_sections",
    "is_area_code",
    "is_blank",
    "is_industry_code",
    "is_sensitive",
    "read_cell",
    "say_area",
    "say_value",
    "validate",
    "validate_document",
    "vocabulary",
]


def say_value(fact: Fact, value: object) -> str:
    """Say a valid value in Chinese: 是, 2026年1月2日, 620万元, 槐荫区, 低保、特困, 无."""
    if value is None or value == []:
        return "无"
    return _SAYINGS[fact.kind](fact, value)


def _say_date(fact: Fact, value: object) -> str:
    day = date.fromisoformat(str(value))
    return f"{day.year}年{day.month}月{day.day}日"


def _say_enum(fact: Fact, value: object) -> str:
    choice = fact.choice(value)
    return choice.label if choice else str(value)


def _say_set(fact: Fact, value: object) -> str:
    return "、".join(_say_enum(fact, code) for code in _rows(value))


def _rows(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _say_number(fact: Fact, value: object) -> str:
    exact = Decimal(str(value))
    unit = fact.unit or ""
    if unit.startswith("万元") and exact >= 10_000:
        exact, unit = exact / 10_000, unit.replace("万元", "亿元")
    elif unit.startswith("万元") and 0 < exact < 1:
        exact, unit = exact * 10_000, unit.replace("万元", "元")
    digits = f"{exact:f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return f"{digits}{'个月' if unit == '月' else unit}"


def _say_industry(fact: Fact, value: object) -> str:
    code = str(value)
    letter = next((s for s, d in industry_divisions().items() if code[:2] in d), "")
    return f"{code}（{industry_sections()[letter]}）" if letter else code


def _say_records(fact: Fact, value: object) -> str:
    return "；".join(_say_record(fact, row) for row in _rows(value))


def _say_record(fact: Fact, row: object) -> str:
    parts = row if isinstance(row, dict) else {}
    known = [(field, parts[field.code]) for field in fact.fields if field.code in parts]
    return "，".join(f"{field.label}：{say_value(field, part)}" for field, part in known)


_SAYINGS: Mapping[Kind, Callable[[Fact, object], str]] = {
    Kind.DATE: _say_date,
    Kind.ENUM: _say_enum,
    Kind.SET: _say_set,
    Kind.BOOL: lambda fact, value: "是" if value else "否",
    Kind.INTEGER: _say_number,
    Kind.NUMBER: _say_number,
    Kind.AREA: lambda fact, value: say_area(str(value)),
    Kind.INDUSTRY: _say_industry,
    Kind.TEXT: lambda fact, value: str(value),
    Kind.RECORDS: _say_records,
}
