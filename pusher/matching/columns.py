"""Facts of many, column by column: each cell a small number into the list of its distinct values.

A condition is then judged once for each distinct value, not once for each person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from profiles.facts import Fact, Kind, vocabulary
from pusher.rules.evaluate import computed

Codes = npt.NDArray[np.integer[Any]]
Rows = npt.NDArray[np.int32]

MISSING = 0
"""The code of a cell of which nothing is known."""
NONE = 1
"""The code of a cell known to be none."""
_KIN = "wards"
"""Whose guardian somebody is, we know by our own rows: no such fact means no ward."""
ALWAYS = date.max.toordinal()
_LIST, _MALFORMED = 2, 3
LISTS: tuple[object, ...] = (None, None, [{}], "?")
"""The values of a column of records: missing, none, a list, no list at all."""


@dataclass(slots=True, eq=False)
class Column:
    """One fact of every row.

    Attributes:
        values: the distinct values by code; those of `MISSING` and `NONE` are not asked.
        codes: one for each row, in as few bytes as they need.
        until: ordinal of the last day a cell holds, where any cell has one.
        lapsed: the code of a cell past its day.
        order: the places of the values in rising order and what they are ordered by, once
            somebody worked it out.
    """

    values: Sequence[object]
    codes: Codes
    until: Rows | None = None
    lapsed: int = MISSING
    order: "tuple[Rows, npt.NDArray[np.float64]] | None" = None

    def on(self, day: date) -> Codes:
        """The codes that hold on *day*."""
        if self.until is None:
            return self.codes
        return np.where(self.until >= day.toordinal(), self.codes, self.lapsed)


@dataclass(slots=True, eq=False)
class Table:
    """Many documents of facts, or the records of one list of theirs.

    Attributes:
        size: how many rows.
        columns: by code of fact or field; none for what nobody of them has.
        children: the records of each list, by its code.
        parents: of records, the row each belongs to, ascending; empty at the top.
        odd: of records, those that are none (malformed).
    """

    size: int
    columns: dict[str, Column]
    children: dict[str, "Table"]
    parents: Rows = field(default_factory=lambda: np.zeros(0, np.int32))
    odd: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))


@dataclass(frozen=True, slots=True)
class Document:
    """The facts of one profile, and the last day of those that have one."""

    facts: Mapping[str, object]
    until: Mapping[str, date] = field(default_factory=dict)


def table_of(documents: Sequence[Document]) -> Table:
    """Lay documents of facts out as columns, in their order; computed facts are computed here."""
    facts = [{_KIN: [], **document.facts} for document in documents]
    table = _table(facts, vocabulary())
    for code, column in table.columns.items():
        column.until = _untils([d.until.get(code) for d in documents])
        column.lapsed = NONE if code == _KIN else MISSING
    for about in vocabulary().values():
        if about.derived:
            table.columns[about.code] = _derived(about, documents)
    return table


def joined(one: Table, two: Table) -> Table:
    """Both tables, the rows of *two* behind those of *one*."""
    columns = {
        code: _joined(one.columns.get(code), two.columns.get(code), one.size, two.size)
        for code in {**one.columns, **two.columns}
    }
    children = {
        code: _with_parents(one.children.get(code), two.children.get(code), one.size)
        for code in {**one.children, **two.children}
    }
    return Table(one.size + two.size, columns, children)


def narrow(codes: Sequence[int] | Codes, values: int) -> Codes:
    """Codes below *values* in as few bytes as they need."""
    kind = np.uint8 if values <= 1 << 8 else np.uint16 if values <= 1 << 16 else np.int32
    return np.asarray(codes, dtype=kind)


@dataclass(slots=True)
class _Cells:
    """The cells of one column while rows are read."""

    rows: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    values: list[object] = field(default_factory=lambda: [None, None])
    numbers: dict[object, int] = field(default_factory=dict)

    def add(self, row: int, value: object) -> None:
        self.rows.append(row)
        self.codes.append(NONE if value is None or value == [] else self.number(value))

    def number(self, value: object) -> int:
        key = _key(value)
        known = self.numbers.get(key)
        if known is None:
            known = self.numbers[key] = len(self.values)
            self.values.append(value)
        return known

    def column(self, size: int) -> Column:
        codes = narrow(np.zeros(size, np.int32), len(self.values))
        codes[self.rows] = self.codes
        return Column(self.values, codes)


@dataclass(slots=True)
class _Lists:
    """The cells of a column of records, and the records themselves."""

    rows: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    records: list[Mapping[str, object]] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    odd: list[bool] = field(default_factory=list)

    def add(self, row: int, value: object) -> None:
        self.rows.append(row)
        if value is None or value == []:
            self.codes.append(NONE)
            return
        self.codes.append(_LIST if isinstance(value, list) else _MALFORMED)
        for record in value if isinstance(value, list) else ():
            sound = isinstance(record, Mapping)
            self.records.append(record if sound else {})
            self.parents.append(row)
            self.odd.append(not sound)

    def column(self, size: int) -> Column:
        codes = np.zeros(size, np.uint8)
        codes[self.rows] = self.codes
        return Column(LISTS, codes)

    def table(self, about: Fact) -> Table:
        table = _table(self.records, {f.code: f for f in about.fields})
        table.parents = np.asarray(self.parents, np.int32)
        table.odd = np.asarray(self.odd, np.bool_)
        return table


def _table(documents: Sequence[Mapping[str, object]], known: Mapping[str, Fact]) -> Table:
    cells: dict[str, _Cells | _Lists] = {}
    for row, facts in enumerate(documents):
        for code, value in facts.items():
            column = cells.get(code)
            if column is None:
                about = known.get(code)
                if about is None or about.derived:
                    continue
                column = _Lists() if about.kind is Kind.RECORDS else _Cells()
                cells[code] = column
            column.add(row, value)
    size = len(documents)
    lists = {code: lot for code, lot in cells.items() if isinstance(lot, _Lists)}
    return Table(
        size,
        {code: lot.column(size) for code, lot in cells.items()},
        {code: lot.table(known[code]) for code, lot in lists.items()},
    )


def _derived(about: Fact, documents: Sequence[Document]) -> Column:
    """The values a computed fact may have, as one cell; it holds as long as its sources do."""
    cells = _Cells()
    numbers: dict[object, int] = {}
    for row, document in enumerate(documents):
        facts = document.facts
        sources = tuple((code, _key(facts[code])) for code in about.derived if code in facts)
        if sources not in numbers:
            numbers[sources] = cells.number(computed(about, facts))
        cells.rows.append(row)
        cells.codes.append(numbers[sources])
    ends = [
        min((d.until[code] for code in about.derived if code in d.until), default=None)
        for d in documents
    ]
    column = cells.column(len(documents))
    column.until = _untils(ends)
    return column


def _untils(ends: Sequence[date | None]) -> Rows | None:
    if not any(ends):
        return None
    return np.asarray([end.toordinal() if end else ALWAYS for end in ends], np.int32)


def _key(value: object) -> object:
    """What makes two values one: 1, 1.0 and true are three."""
    if isinstance(value, list):
        return ("list", *map(_key, value))
    if isinstance(value, Mapping):
        return ("map", *((name, _key(value[name])) for name in sorted(value)))
    return (type(value), value)


def _joined(one: Column | None, two: Column | None, before: int, after: int) -> Column:
    first = one or Column((None, None), np.zeros(before, np.uint8))
    second = two or Column((None, None), np.zeros(after, np.uint8))
    numbers = {_key(value): n for n, value in enumerate(first.values) if n > NONE}
    values = list(first.values)
    moved = [MISSING, NONE]
    for value in second.values[NONE + 1 :]:
        key = _key(value)
        if key not in numbers:
            numbers[key] = len(values)
            values.append(value)
        moved.append(numbers[key])
    codes = np.concatenate([first.codes, np.asarray(moved, np.int32)[second.codes]])
    return Column(values, narrow(codes, len(values)), _both_untils(first, second), first.lapsed)


def _both_untils(first: Column, second: Column) -> Rows | None:
    if first.until is None and second.until is None:
        return None
    parts = [
        column.until if column.until is not None else np.full(len(column.codes), ALWAYS, np.int32)
        for column in (first, second)
    ]
    return np.concatenate(parts)


def _with_parents(one: Table | None, two: Table | None, before: int) -> Table:
    first, second = one or Table(0, {}, {}), two or Table(0, {}, {})
    both = joined(first, second)
    both.parents = np.concatenate([first.parents, second.parents + before]).astype(np.int32)
    both.odd = np.concatenate([first.odd, second.odd])
    return both


def picked(table: Table, rows: npt.NDArray[np.bool_]) -> Table:
    """The rows that *rows* names, in their order, with their records and no value of others."""
    columns = {
        code: _without_idle(
            column,
            column.codes[rows],
            None if column.until is None else column.until[rows],
        )
        for code, column in table.columns.items()
    }
    places = np.cumsum(rows) - 1
    children = {}
    for code, records in table.children.items():
        kept = rows[records.parents]
        child = picked(records, kept)
        child.parents = places[records.parents[kept]].astype(np.int32)
        child.odd = records.odd[kept]
        children[code] = child
    return Table(int(rows.sum()), columns, children)


def _without_idle(column: Column, codes: Codes, until: Rows | None) -> Column:
    """The column without the values nobody has any more: who was forgotten leaves none behind."""
    if column.values is LISTS:
        return Column(LISTS, codes, until, column.lapsed)
    used = np.zeros(len(column.values), np.bool_)
    used[codes] = True
    used[: NONE + 1] = True
    moved = np.cumsum(used) - 1
    values = [value for value, kept in zip(column.values, used.tolist(), strict=True) if kept]
    return Column(values, narrow(moved[codes], len(values)), until, column.lapsed)
