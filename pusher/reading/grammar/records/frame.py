"""What a frame of a record is, and the frames of `nouns/records/*.toml`."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pusher.reading.grammar.findings import field
from pusher.reading.grammar.records.owners import Other, other_of
from pusher.reading.grammar.records.slots import Slot, examples_of, slot_of


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
        belongs: nouns that name a record only where no other noun of the sentence does:
            不动产登记 behind 购买住房.
        denies: words within a noun that deny the record: 无自有住房.
        only_negated: see `Finding`.
        shared: fields that a list tells once for all its records: 2025年认定的A、B.
        other: whose records the words may speak of too.
        anchors: words of which a sentence must hold one to name a record; none: any may.
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
    denies: re.Pattern[str] | None = None
    belongs: re.Pattern[str] | None = None
    other: Other | None = None
    only_negated: bool = False
    anchors: tuple[str, ...] = ()

    def may_stand_in(self, text: str) -> bool:
        """Whether *text* is worth a look."""
        return not self.anchors or any(anchor in text for anchor in self.anchors)


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
    heads = table.get("heads") or [
        f"(?P<k{n}>{'|'.join(_each(kind['says']))})" for n, kind in enumerate(kinds)
    ]
    belongs = table.get("belongs", [])
    return Frame(
        table["fact"], table["group"], _nouns([*_each(heads), *belongs], table),
        tuple(slot_of(row) for row in table["slot"]), always,
        table.get("fewest", 0 if kinds else 1),
        tuple(_kind(row, table) for row in kinds), frozenset(table.get("shared", ())),
        _said(table, "listed"), _said(table, "about"), _said(table, "unless"),
        _said(table, "fills"), _said(table, "denies"),
        _nouns(belongs, table) if belongs else None, other_of(table.get("also")),
        only_negated=table.get("only_negated", False), anchors=tuple(table.get("anchors", ())),
    )  # fmt: skip


def _said(table: Mapping[str, Any], name: str) -> re.Pattern[str] | None:
    return re.compile(table[name]) if name in table else None


def _each(heads: str | Sequence[str]) -> Sequence[str]:
    return [heads] if isinstance(heads, str) else heads


def _nouns(ways: Sequence[str], table: Mapping[str, Any]) -> re.Pattern[str]:
    """Join the ways to name a record; N stands in them for the noun of the table."""
    listed = "|".join(ways)
    return re.compile(listed.replace("N", table["noun"]) if "noun" in table else listed)


def _kind(row: Mapping[str, Any], table: Mapping[str, Any]) -> RecordKind:
    where = field(table["kind_field"], "eq", row["code"])
    return RecordKind(
        (where,), frozenset(row.get("lacks", ())), row.get("group", table["group"]),
        examples_of(row),
    )  # fmt: skip


def told_about(text: str) -> frozenset[str]:
    """Return the facts of which *text*, a lead or a heading, says that what follows tells them."""
    return frozenset(one.fact for one in frames() if one.about and one.about.search(text))
