"""What a frame of a record is, and the frames of `nouns/records/*.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pusher.reading.grammar.findings import field
from pusher.reading.grammar.slots import Slot, examples_of, slot_of


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record that its noun tells: 瞪羚企业 is a qualification of the code gazelle.

    Attributes:
        where: what the noun says of the record.
        lacks: fields that such a record does not have.
        group: the group of its findings.
        examples: as of a slot.
    """

    where: tuple[Mapping[str, Any], ...]
    lacks: frozenset[str]
    group: str
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """How a record is told.

    Attributes:
        fact: the record list.
        group: see `Finding`.
        heads: the nouns that name a record.
        slots: its fields.
        always: conditions that hold for every record that is asked, unless its field was read.
        fewest: how many fields must be told beside the noun.
        kinds: what kinds of record its nouns name, where they are of several.
        listed: nouns of which a list names one record: 规上工业、限上批零企业.
        about: words of a lead or a heading below which every clause speaks of the record, named
            there or not: 贷款应当同时满足下列条件.
        unless: words of a clause that names no record of anybody: 购买新能源乘用车.
        fills: words around the noun that say no field: 入选…名录.
        shared: fields that a list tells once for all its records: 2025年认定的A、B.
    """

    fact: str
    group: str
    heads: re.Pattern[str]
    slots: tuple[Slot, ...]
    always: tuple[Mapping[str, Any], ...]
    fewest: int
    kinds: tuple[RecordKind, ...] = ()
    shared: frozenset[str] = frozenset()
    listed: re.Pattern[str] | None = None
    about: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    fills: re.Pattern[str] | None = None


@cache
def frames() -> tuple[Frame, ...]:
    """Return the frames of `nouns/records/*.toml`."""
    folder = files("pusher.reading.grammar") / "nouns" / "records"
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=str)
    return tuple(_frame(tomllib.loads(one.read_text(encoding="utf-8"))) for one in found)


def _frame(table: Mapping[str, Any]) -> Frame:
    always = tuple(
        field(one["field"], one["op"], one.get("value")) for one in table.get("always", ())
    )
    kinds = table.get("kind", ())
    heads = table.get("heads") or "|".join(f"(?P<k{n}>{k['says']})" for n, k in enumerate(kinds))
    return Frame(
        table["fact"], table["group"], re.compile(heads),
        tuple(slot_of(row) for row in table["slot"]), always,
        table.get("fewest", 0 if kinds else 1),
        tuple(_kind(row, table) for row in kinds), frozenset(table.get("shared", ())),
        *(re.compile(table[n]) if n in table else None for n in ("listed", "about", "unless", "fills")),
    )  # fmt: skip


def _kind(row: Mapping[str, Any], table: Mapping[str, Any]) -> RecordKind:
    where = field(table["kind_field"], "eq", row["code"])
    return RecordKind(
        (where,), frozenset(row.get("lacks", ())), row.get("group", table["group"]),
        examples_of(row),
    )  # fmt: skip


def told_about(text: str) -> frozenset[str]:
    """Return the facts of which *text*, a lead or a heading, says that what follows tells them."""
    return frozenset(one.fact for one in frames() if one.about and one.about.search(text))
