"""What a cell of a register says, in Chinese or in codes, as the value of a fact."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from profiles.checks import LONGEST_TEXT, validate, within_bounds
from profiles.places import find_area
from profiles.vocabulary import (
    BadValue,
    Fact,
    Kind,
    industry_divisions,
    industry_sections,
    is_industry_code,
)

_BLANK = frozenset({"", "-", "--", "—", "——", "/", "\\", "未知", "不详", "不明", "待核实", "N/A"})
_NONE = frozenset({"无", "没有", "NULL", "null"})
_YES = frozenset({"是", "有", "true", "y", "yes", "1", "√", "对"})
_NO = frozenset({"否", "无", "没有", "不是", "false", "n", "no", "0", "×", "x"})


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: then the fact stays unknown and must not be written."""
    return _squeeze(text) in _BLANK


def read_cell(fact: Fact, text: str) -> object:
    """Read what a cell says about *fact*.

    Args:
        fact: of the vocabulary, or a field of a record list.
        text: the cell: labels or codes; sets parted by 、，；/; dates as 2026-01-02,
            2026/1/2, 2026年1月2日 or 20260102; numbers with 万元, 元, % or the fact's unit;
            areas by code or name; records as ``字段=值，字段=值；下一条`` or as JSON.
            无 means: known to be none.

    Returns:
        A JSON value as `validate` accepts it; None, or ``[]`` for a set,
        when the cell says 无.

    Raises:
        BadValue: the cell is blank (ask `is_blank` first) or does not fit.
    """
    cell = _squeeze(text)
    if cell in _BLANK:
        raise BadValue(fact.code, "blank", f"“{fact.label}”是空的；不知道的请不要填这一格")
    if fact.derived:
        raise BadValue(fact.code, "derived", f"“{fact.label}”由系统算出，请去掉这一列")
    if fact.kind is Kind.BOOL:
        return _read_bool(fact, cell)
    if cell in _NONE:
        return [] if fact.kind is Kind.SET else None
    if fact.kind in (Kind.TEXT, Kind.RECORDS):
        return _RAW_READERS[fact.kind](fact, text)
    return _READERS[fact.kind](fact, cell)


def _squeeze(text: str) -> str:
    """Full width to half width, every blank gone."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def _read_bool(fact: Fact, cell: str) -> bool:
    word = cell.lower()
    if word not in _YES | _NO:
        raise BadValue(fact.code, "not_yes_or_no", f"“{fact.label}”应填“是”或“否”")
    return word in _YES


_DATE = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})(?:T?00:00:00)?|年(\d{1,2})月(\d{1,2})日?|(\d{2})(\d{2}))",
    re.ASCII,
)

_SERIAL = re.compile(r"[1-6]\d{4}(?:\.\d+)?", re.ASCII)
"""Days since 1900 as a spreadsheet counts them, of 1927 to 2091."""


def _read_date(fact: Fact, cell: str) -> str:
    found = _DATE.fullmatch(cell)
    if _SERIAL.fullmatch(cell):
        raise BadValue(
            fact.code, "not_a_date", f"“{fact.label}”是表格软件的日期序号，请把该列设为日期格式"
        )
    wrong = BadValue(fact.code, "not_a_date", f"“{fact.label}”应为日期，如2026-01-02或2026年1月2日")
    if not found:
        raise wrong
    month = found[3] or found[5] or found[7]
    day = found[4] or found[6] or found[8]
    try:
        read = date(int(found[1]), int(month), int(day))
    except ValueError:
        raise wrong from None
    if read.year < 1880:
        raise wrong
    return read.isoformat()


_NUMBER = re.compile(
    r"([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,10})?((?:[^\d.,+-].*)?)", re.ASCII
)
_MONEY = {
    "": Decimal(1),
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万": Decimal(1),
    "万元": Decimal(1),
    "百万元": Decimal(100),
    "千万元": Decimal(1000),
    "亿": Decimal(10000),
    "亿元": Decimal(10000),
}
_OTHER_UNITS: Mapping[str, tuple[str, ...]] = {
    "人": ("名", "位"),
    "平方米": ("m2", "平米", "平"),
    "月": ("个月",),
    "吨标准煤": ("吨",),
    "级": ("等", "等级"),
}
_GRADES = {word: n for n, word in enumerate("一二三四五六七八九十", start=1)}


def _read_number(fact: Fact, cell: str) -> int | float:
    if fact.unit == "级" and cell[:1] in _GRADES and cell[1:] in ("", "级"):
        cell = str(_GRADES[cell[0]])
    found = _NUMBER.fullmatch(cell)
    factor = _factors(fact.unit).get(found[4]) if found else None
    if not found or factor is None:
        unit = f"（单位：{fact.unit}）" if fact.unit else ""
        raise BadValue(fact.code, "not_a_number", f"“{fact.label}”应为数字{unit}")
    exact = Decimal(found[1] + found[2].replace(",", "") + (found[3] or "")) * factor
    if fact.kind is Kind.INTEGER and exact != exact.to_integral_value():
        raise BadValue(fact.code, "not_a_number", f"“{fact.label}”应为整数")
    read = int(exact) if exact == exact.to_integral_value() else float(exact)
    within_bounds(fact, read)
    return read


def _factors(unit: str | None) -> Mapping[str, Decimal]:
    if unit is not None and unit.startswith("万元"):
        per = unit.removeprefix("万元")
        return _MONEY | {money + per: factor for money, factor in _MONEY.items() if per}
    names = ("", *((unit, *_OTHER_UNITS.get(unit, ())) if unit else ()))
    years = {"年": Decimal(12)} if unit == "月" else {}
    return {name: Decimal(1) for name in names} | years


def _read_area(fact: Fact, cell: str) -> str:
    code = find_area(cell)
    if code is None:
        raise BadValue(
            fact.code,
            "not_an_area",
            f"“{fact.label}”应为区划代码（6位或9位）或名称，如370104、槐荫区、腊山街道",
        )
    return code


def _read_industry(fact: Fact, cell: str) -> str:
    code = cell.upper()
    if code[:1] in industry_sections() and code[1:3] in industry_divisions()[code[0]]:
        code = code[1:]
    if not is_industry_code(code):
        raise BadValue(
            fact.code, "not_an_industry", f"“{fact.label}”应为2至4位国民经济行业代码，如65、3491"
        )
    return code


def _read_enum(fact: Fact, cell: str) -> str:
    code = _choices(fact).get(cell.lower())
    if code is None:
        raise BadValue(fact.code, "not_listed", f"“{fact.label}”应为下列之一：{_allowed(fact)}")
    return code


def _read_set(fact: Fact, cell: str) -> list[str]:
    if cell.lower() in _choices(fact):
        return [_read_enum(fact, cell)]
    parts = [part for part in re.split(r"[、,;/|]", cell) if part]
    return list(dict.fromkeys(_read_enum(fact, part) for part in parts))


@lru_cache(maxsize=512)
def _choices(fact: Fact) -> Mapping[str, str]:
    """Every spelling of every choice; one that would mean two choices means none."""
    found: dict[str, set[str]] = {}
    for choice in fact.values:
        label = _squeeze(choice.label)
        for spelling in (label, re.sub(r"\([^()]*\)", "", label), *map(_squeeze, choice.aliases)):
            found.setdefault(spelling.lower(), set()).add(choice.code)
    codes = {choice.code.lower(): choice.code for choice in fact.values}
    return {s: min(c) for s, c in found.items() if len(c) == 1} | codes


def _allowed(fact: Fact) -> str:
    labels = [choice.label for choice in fact.values]
    return "、".join(labels[:12]) + ("等" if len(labels) > 12 else "")


def _read_text(fact: Fact, text: str) -> str:
    words = " ".join(text.split())
    if len(words) > LONGEST_TEXT or not words.isprintable():
        raise BadValue(fact.code, "too_long", f"“{fact.label}”应为{LONGEST_TEXT}字以内的文字")
    return words


def _read_records(fact: Fact, text: str) -> object:
    if text.lstrip().startswith("["):
        return _read_json(fact, text)
    rows = [row for row in re.split(r"[;；\n]", text) if row.strip()]
    return [_read_record(fact, row, place=n) for n, row in enumerate(rows, start=1)]


def _read_record(fact: Fact, row: str, *, place: int) -> dict[str, object]:
    record: dict[str, object] = {}
    # A comma parts two fields only where the next piece has a name of its own: 1,200 does not.
    for pair in re.split(r"[,，](?=[^,，=＝:：]+[=＝:：])", row):
        name, *rest = re.split(r"[=＝:：]", pair, maxsplit=1)
        field = _field(fact, _squeeze(name))
        if field is None or not rest:
            raise BadValue(
                fact.code,
                "unknown_field",
                f"“{fact.label}”第{place}条应写成“字段=值，字段=值”；"
                f"字段有：{'、'.join(f.label for f in fact.fields)}",
            )
        if not is_blank(rest[0]):
            record[field.code] = _read_field(fact, field, rest[0], place=place)
    return record


def _read_field(fact: Fact, field: Fact, text: str, *, place: int) -> object:
    if field.kind is Kind.RECORDS and _squeeze(text) not in _NONE:
        raise BadValue(fact.code, "wrong_type", f"“{fact.label}”的“{field.label}”只能用 JSON 填写")
    try:
        return read_cell(field, text)
    except BadValue as wrong:
        raise BadValue(fact.code, wrong.code, f"“{fact.label}”第{place}条：{wrong}") from None


def _field(fact: Fact, name: str) -> Fact | None:
    return next((f for f in fact.fields if name in (f.code, _squeeze(f.label))), None)


def _read_json(fact: Fact, text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        raise BadValue(fact.code, "wrong_type", f"“{fact.label}”不是正确的 JSON") from None
    validate(fact, value)
    return value


_READERS: Mapping[Kind, Callable[[Fact, str], object]] = {
    Kind.DATE: _read_date,
    Kind.NUMBER: _read_number,
    Kind.INTEGER: _read_number,
    Kind.AREA: _read_area,
    Kind.INDUSTRY: _read_industry,
    Kind.ENUM: _read_enum,
    Kind.SET: _read_set,
}
_RAW_READERS: Mapping[Kind, Callable[[Fact, str], object]] = {
    Kind.TEXT: _read_text,
    Kind.RECORDS: _read_records,
}
