"""Whether a JSON value fits its fact."""

import math
from collections.abc import Callable, Mapping
from datetime import date

from profiles.vocabulary import (
    BadValue,
    Fact,
    Kind,
    is_area_code,
    is_industry_code,
    vocabulary,
)

LONGEST_TEXT = 200
"""Characters of a text fact; longer cells are pasted documents."""
MOST_RECORDS = 2_000
"""Rows of one record list, elements of one set."""


def validate(fact: Fact, value: object) -> None:
    """Check the JSON value of a fact; None is always allowed, a derived fact never.

    Raises:
        BadValue: the fact's label and what was expected; never the value.
    """
    if fact.derived:
        raise BadValue(fact.code, "derived", f"“{fact.label}”由系统算出，不能登记")
    if value is not None:
        _CHECKS[fact.kind](fact, value)


def validate_document(profile_kind: str, facts: Mapping[str, object]) -> None:
    """Check a whole document of facts.

    Args:
        profile_kind: ``resident`` or ``enterprise``.
        facts: ``{code: value}``.

    Raises:
        BadValue: an unknown fact, a fact of the other kind, or the first wrong value.
    """
    for code, value in facts.items():
        fact = vocabulary().get(code)
        if fact is None:
            raise BadValue(code, "unknown_fact", "有一项事实不在词表中，请对照事实词表")
        if fact.applies_to not in ("both", profile_kind):
            whom = "居民" if fact.applies_to == "resident" else "企业"
            raise BadValue(code, "unknown_fact", f"“{fact.label}”只用于{whom}")
        validate(fact, value)


def within_bounds(fact: Fact, number: float) -> None:
    """Refuse a number that is not finite or outside the fact's own bounds.

    Raises:
        BadValue: with the bounds.
    """
    if math.isfinite(number) and fact.least <= number <= fact.most:
        return
    upper = f"、不大于{fact.most:g}" if fact.most < 1e12 else ""
    raise BadValue(
        fact.code, "out_of_range", f"“{fact.label}”应为不小于{fact.least:g}{upper}的数字"
    )


def _check_date(fact: Fact, value: object) -> None:
    if isinstance(value, str) and len(value) == 10:
        try:
            date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return
    raise BadValue(fact.code, "not_a_date", f"“{fact.label}”应为日期，如2026-01-02")


def _check_enum(fact: Fact, value: object) -> None:
    if not isinstance(value, str) or not (fact.choice(value) or _is_open_code(fact, value)):
        codes = "、".join(choice.code for choice in fact.values[:12])
        more = "等" if len(fact.values) > 12 else ""
        raise BadValue(fact.code, "not_listed", f"“{fact.label}”应为下列代码之一：{codes}{more}")


def _is_open_code(fact: Fact, value: str) -> bool:
    bare = value.replace("_", "")
    return fact.open_values and bare.isascii() and bare.isalnum() and len(value) <= 40


def _check_set(fact: Fact, value: object) -> None:
    for code in _rows(fact, value):
        _check_enum(fact, code)


def _check_bool(fact: Fact, value: object) -> None:
    if not isinstance(value, bool):
        raise BadValue(fact.code, "not_yes_or_no", f"“{fact.label}”应为 true 或 false")


def _check_number(fact: Fact, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue(fact.code, "not_a_number", f"“{fact.label}”应为数字")
    if fact.kind is Kind.INTEGER and value != value // 1:
        raise BadValue(fact.code, "not_a_number", f"“{fact.label}”应为整数")
    within_bounds(fact, value)


def _check_area(fact: Fact, value: object) -> None:
    if not is_area_code(value):
        raise BadValue(fact.code, "not_an_area", f"“{fact.label}”应为6位或9位区划代码")


def _check_industry(fact: Fact, value: object) -> None:
    if not is_industry_code(value):
        raise BadValue(fact.code, "not_an_industry", f"“{fact.label}”应为2至4位行业代码")


def _check_text(fact: Fact, value: object) -> None:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise BadValue(fact.code, "wrong_type", f"“{fact.label}”应为{LONGEST_TEXT}字以内的文字")


def _check_records(fact: Fact, value: object) -> None:
    for place, row in enumerate(_rows(fact, value), start=1):
        if not isinstance(row, dict):
            raise BadValue(fact.code, "wrong_type", f"“{fact.label}”第{place}条应为一组字段")
        for code, part in row.items():
            field = fact.field(code)
            if field is None:
                names = "、".join(f.code for f in fact.fields)
                raise BadValue(
                    fact.code, "unknown_field", f"“{fact.label}”第{place}条只能有字段：{names}"
                )
            _check_field(fact, field, part, place=place)


def _check_field(fact: Fact, field: Fact, value: object, *, place: int) -> None:
    try:
        validate(field, value)
    except BadValue as wrong:
        raise BadValue(fact.code, wrong.code, f"“{fact.label}”第{place}条：{wrong}") from None


def _rows(fact: Fact, value: object) -> list[object]:
    if not isinstance(value, list) or len(value) > MOST_RECORDS:
        raise BadValue(fact.code, "wrong_type", f"“{fact.label}”应为{MOST_RECORDS}条以内的列表")
    return value


_CHECKS: Mapping[Kind, Callable[[Fact, object], None]] = {
    Kind.DATE: _check_date,
    Kind.ENUM: _check_enum,
    Kind.SET: _check_set,
    Kind.BOOL: _check_bool,
    Kind.INTEGER: _check_number,
    Kind.NUMBER: _check_number,
    Kind.AREA: _check_area,
    Kind.INDUSTRY: _check_industry,
    Kind.TEXT: _check_text,
    Kind.RECORDS: _check_records,
}
