"""The words in which we know people and firms: facts, areas and industry sections, as data."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


class Kind(StrEnum):
    """What shape a fact's value has in a document of facts (JSON)."""

    DATE = "date"
    """A day, ``"2026-01-02"``."""
    ENUM = "enum"
    """The code of one choice."""
    SET = "set"
    """A list of codes of choices; once present it is complete."""
    BOOL = "bool"
    INTEGER = "integer"
    NUMBER = "number"
    """Money in 万元, ratios in percent (4.99 is 4.99%)."""
    AREA = "area"
    """A code of 6 digits (province, city, district) or 9 (street)."""
    INDUSTRY = "industry"
    """A code of GB/T 4754-2017, 2 to 4 digits."""
    TEXT = "text"
    RECORDS = "record-list"
    """A list of objects over `Fact.fields`; once present it is complete."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value of an enum or a set, and what registers call it."""

    code: str
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """One thing we may know of a person or a firm, or one field of its records.

    Equal only to itself: the vocabulary is read once, and facts are its keys.
    """

    code: str
    label: str
    kind: Kind
    applies_to: str
    """``resident``, ``enterprise`` or ``both``."""
    unit: str | None
    values: tuple[Choice, ...]
    """For enum and set; an enum with `ordered` lists the lowest first."""
    fields: tuple["Fact", ...]
    """For record lists."""
    meaning: str
    sensitive: bool
    """Needs a consent of its own (个人信息保护法 28-30)."""
    source: str
    core: bool
    ordered: bool
    open_values: bool
    """Codes beyond `values` may turn up."""
    derived: tuple[str, ...]
    """Facts it is computed from; a derived fact is never stored."""
    least: float
    most: float

    def choice(self, code: object) -> Choice | None:
        """The choice with this code, or None."""
        return next((c for c in self.values if c.code == code), None)

    def rank(self, code: object) -> int | None:
        """The place of a choice among `values`, 0 the lowest; None if there is none."""
        return next((n for n, c in enumerate(self.values) if c.code == code), None)

    def field(self, code: object) -> "Fact | None":
        """The field of this record list with this code, or None."""
        return next((f for f in self.fields if f.code == code), None)


@dataclass(frozen=True, slots=True)
class Area:
    """A province, city, district or street of the table."""

    code: str
    label: str
    aliases: tuple[str, ...]


class BadValue(ValueError):
    """A value does not fit its fact. The text (Chinese) never repeats the value.

    Attributes:
        fact: code of the fact.
        code: what is wrong: ``blank``, ``not_a_date``, ``not_a_number``, ``out_of_range``,
            ``not_listed``, ``not_an_area``, ``not_an_industry``, ``not_yes_or_no``,
            ``wrong_type``, ``unknown_field``, ``unknown_fact``, ``derived``, ``too_long``.
    """

    def __init__(self, fact: str, code: str, text: str) -> None:
        super().__init__(text)
        self.fact = fact
        self.code = code


@cache
def vocabulary() -> Mapping[str, Fact]:
    """All facts by code, in the order of ``facts.json``; read once."""
    facts = (_fact(row, {}) for row in _document()["facts"])
    return MappingProxyType({fact.code: fact for fact in facts})


def is_sensitive(code: str) -> bool:
    """Whether a fact is sensitive personal information (PIPL art. 28); a strange one counts as."""
    fact = vocabulary().get(code)
    return fact is None or fact.sensitive


@cache
def area_table() -> tuple[Area, ...]:
    """The areas we know by name; codes beyond them are allowed outside our district."""
    rows = _document()["areas"]
    return tuple(Area(r["code"], r["label"], tuple(r.get("aliases", ()))) for r in rows)


@cache
def areas() -> Mapping[str, str]:
    """Area code to label."""
    return MappingProxyType({area.code: area.label for area in area_table()})


@cache
def industry_sections() -> Mapping[str, str]:
    """Section letter of GB/T 4754-2017 to its name, as ``C`` to 制造业."""
    rows = _document()["industry_sections"]
    return MappingProxyType({r["code"]: r["label"] for r in rows})


@cache
def industry_divisions() -> Mapping[str, tuple[str, ...]]:
    """Section letter to its divisions, as ``C`` to ``("13", …, "43")``."""
    rows = _document()["industry_sections"]
    return MappingProxyType({r["code"]: tuple(_span(r["divisions"])) for r in rows})


def is_area_code(text: object) -> bool:
    """Whether *text* may stand as an area: known, or well formed and outside our district."""
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()):
        return False
    if text in areas():
        return True
    if len(text) not in (6, 9) or int(text[:2]) not in _PROVINCES:
        return False
    # Within a district whose streets we list, an unlisted street is a typing error.
    return not any(code.startswith(text[:6]) for code in areas() if len(code) == 9)


def is_industry_code(text: object) -> bool:
    """Whether *text* is 2 to 4 digits inside a section of GB/T 4754-2017."""
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()):
        return False
    return 2 <= len(text) <= 4 and any(text[:2] in d for d in industry_divisions().values())


# GB/T 2260: the first two digits of every provincial-level code.
_PROVINCE_SPANS = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 82))
_PROVINCES = frozenset(n for first, last in _PROVINCE_SPANS for n in range(first, last + 1))


@cache
def _document() -> Any:
    text = files("profiles").joinpath("facts.json").read_text(encoding="utf-8")
    return json.loads(text)


def _span(divisions: str) -> Iterator[str]:
    first, _, last = divisions.partition("-")
    return (f"{n:02d}" for n in range(int(first), int(last or first) + 1))


def _fact(row: Mapping[str, Any], above: Mapping[str, Any]) -> Fact:
    """Build a fact, or a field, which inherits whom it is about and how delicate it is."""
    values = row.get("values", ())
    return Fact(
        code=row["code"],
        label=row["label"],
        kind=Kind(row["type"]),
        applies_to=row.get("applies_to", above.get("applies_to", "both")),
        unit=row.get("unit"),
        values=tuple(Choice(v["code"], v["label"], tuple(v.get("aliases", ()))) for v in values),
        fields=tuple(_fact(field, {**above, **row}) for field in row.get("fields", ())),
        meaning=row.get("meaning", ""),
        sensitive=row.get("sensitive", above.get("sensitive", False)),
        source=row.get("source", above.get("source", "")),
        core=row.get("core", False),
        ordered=row.get("ordered", False),
        open_values=row.get("open_values", False),
        derived=tuple(row.get("derived", ())),
        least=row.get("least", 0),
        most=row.get("most", 1e12),
    )
