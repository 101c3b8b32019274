"""A rule over all rows of a table at once: no, unknown or yes for each.

The meaning of a condition is asked of `pusher.rules.evaluate` alone, once for each distinct
value; days and figures are asked only around the limits that a rule names.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from profiles.facts import Fact, Kind
from pusher.matching.columns import MISSING, Codes, Column, Rows, Table
from pusher.rules.evaluate import computed, day, holds_leaf, holds_over, number
from pusher.rules.nodes import All, Any, Leaf, Node, Not, Other, Scene, asked
from pusher.rules.truth import Truth

Truths = npt.NDArray[np.uint8]
"""`Truth` by row."""
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What a rule is held against: the rows of a table on a day.

    Attributes:
        outer: of records, whose they are; None where a record is judged like a person.
    """

    table: Table
    as_of: date
    outer: "Sight | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What a node of a rule said of each row, and the nodes beneath it."""

    node: Node
    truths: Truths
    children: tuple["Judged", ...] = ()


def judged(node: Node, sight: Sight) -> Judged:
    """Judge a rule with everything beneath it, so that it can be asked what was missing."""
    match node:
        case Leaf():
            return Judged(node, _leaf(node, sight))
        case Not(child):
            inside = judged(child, sight)
            return Judged(node, (Truth.YES - inside.truths).astype(np.uint8), (inside,))
        case All(children):
            parts = tuple(judged(child, sight) for child in children)
            return Judged(node, _folded(parts, np.minimum, Truth.YES, sight), parts)
        case Any(children):
            parts = tuple(judged(child, sight) for child in children)
            return Judged(node, _folded(parts, np.maximum, Truth.NO, sight), parts)


def missing(found: Judged, sight: Sight, rows: Mask) -> dict[str, Mask]:
    """Which facts left *rows* unknown, as `pusher.rules.judge` names them for one.

    Returns:
        Fact code → the rows that miss it.
    """
    wanted: dict[str, Mask] = {}
    for leaf, here in _open_leaves(found, rows):
        for code, lack in _lacking(leaf, sight, here):
            wanted[code] = wanted[code] | lack if code in wanted else lack
    return {code: lack for code, lack in wanted.items() if lack.any()}


def _folded(parts: Sequence[Judged], fold: np.ufunc, nothing: Truth, sight: Sight) -> Truths:
    result = np.full(sight.table.size, nothing, np.uint8)
    for part in parts:
        fold(result, part.truths, out=result)
    return result


def _open_leaves(found: Judged, rows: Mask) -> Iterator[tuple[Leaf, Mask]]:
    here = rows & (found.truths == Truth.UNKNOWN)
    if not here.any():
        return
    if isinstance(found.node, Leaf):
        yield found.node, here
    for child in found.children:
        yield from _open_leaves(child, here)


def _lacking(leaf: Leaf, sight: Sight, rows: Mask) -> Iterator[tuple[str, Mask]]:
    codes = asked(leaf)
    absent = {code: rows & ~_is_known(code, sight) for code in codes}
    told = np.zeros(sight.table.size, np.bool_)
    for code, lack in absent.items():
        told |= lack
        yield code, lack
    if codes:
        yield codes[0], rows & ~told


def _is_known(code: str, sight: Sight) -> Mask:
    column = sight.table.columns.get(code)
    if column is None:
        return np.zeros(sight.table.size, np.bool_)
    return np.asarray(column.on(sight.as_of) != MISSING)


def _leaf(leaf: Leaf, sight: Sight) -> Truths:
    how, about = leaf.how, leaf.about
    if how is None:
        raise ValueError("a condition is judged only after language.parse")
    size = sight.table.size
    if about is None:
        return np.full(size, how.when_none, np.uint8)
    if about.derived and sight.outer is None:
        return _derived(leaf, about, sight)
    column = sight.table.columns.get(about.code)
    if column is None:
        return np.full(size, Truth.UNKNOWN, np.uint8)
    codes = column.on(sight.as_of)
    if how.inner:
        return _records(leaf, about, column, codes, sight)
    if other := _other(leaf):
        return _pairs(leaf, about, other, codes, column, sight)
    return np.asarray(_answers(leaf, about, column, sight.as_of)[codes])


def _answers(leaf: Leaf, about: Fact, column: Column, as_of: date) -> Truths:
    """What the condition says of each distinct value, by code."""
    answers = np.full(len(column.values), Truth.UNKNOWN, np.uint8)
    answers[1] = _asked_of(leaf, about, None, as_of)
    if about.kind in (Kind.DATE, Kind.INTEGER, Kind.NUMBER):
        _fill_ordered(answers, leaf, about, column, as_of)
    else:
        for code, value in enumerate(column.values[2:], start=2):
            answers[code] = _asked_of(leaf, about, value, as_of)
    return answers


def _asked_of(leaf: Leaf, about: Fact, value: object, as_of: date) -> Truth:
    # a field of a record has somebody whose it is; nothing of theirs is asked here
    return holds_leaf(leaf, Scene({about.code: value}, as_of, outer=_NOBODY))


_NOBODY = Scene({}, date.min)


def _fill_ordered(answers: Truths, leaf: Leaf, about: Fact, column: Column, as_of: date) -> None:
    """Between two limits of the rule every condition turns at most once: find where by halving."""
    codes, keys = _in_order(about, column)
    values = column.values
    cuts = np.searchsorted(keys, sorted(_limits(leaf, about, as_of)))
    ends = [0, *cuts.tolist(), len(codes)]
    told = np.zeros(len(codes), np.uint8)
    for first, last in pairwise(ends):
        _fill(told, first, last, lambda n: _asked_of(leaf, about, values[codes[n]], as_of))
    answers[codes] = told


def _in_order(about: Fact, column: Column) -> tuple[Rows, npt.NDArray[np.float64]]:
    """The codes of the days or figures in rising order, with these; what is none is left out."""
    if column.order is None:
        keys = np.asarray([_place(about, value) for value in column.values[2:]], np.float64)
        order = np.argsort(keys, kind="stable")  # what cannot be read stands last
        order = order[: len(keys) - int(np.isnan(keys).sum())]
        column.order = (order + 2).astype(np.int32), keys[order]
    return column.order


def _fill(told: Truths, first: int, last: int, ask: Callable[[int], Truth]) -> None:
    """Fill ``told[first:last]``, over which the answer turns at most once."""
    if first >= last:
        return
    low, high = ask(first), ask(last - 1)
    left, right = first, last - 1
    while low is not high and right - left > 1:
        middle = (left + right) // 2
        left, right = (middle, right) if ask(middle) is low else (left, middle)
    told[first:last] = high
    told[first : right if low is not high else last] = low


def _place(about: Fact, value: object) -> float:
    if about.kind is Kind.DATE:
        read = day(value) if isinstance(value, str) else None
        return read.toordinal() if read else math.nan
    figure = number(value)
    return math.nan if figure is None else float(figure)


def _limits(leaf: Leaf, about: Fact, as_of: date) -> Iterator[float]:
    """Where the answer may turn back: at every limit named, and right behind it."""
    named = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    if about.kind is Kind.DATE:
        days = [as_of, *(day(value) for value in named if isinstance(value, str))]
        for limit in filter(None, days):
            yield from (limit.toordinal(), limit.toordinal() + 1)
        return
    for value in named:
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield from (float(value), math.nextafter(value, math.inf))


def _derived(leaf: Leaf, about: Fact, sight: Sight) -> Truths:
    """A computed fact: judged once for each set of values it may have."""
    column = sight.table.columns.get(about.code)
    scene = Scene({}, sight.as_of)
    if column is None:
        return np.full(sight.table.size, holds_over(leaf, computed(about, {}), scene), np.uint8)
    answers = np.full(len(column.values), Truth.UNKNOWN, np.uint8)
    for code, values in enumerate(column.values[2:], start=2):
        if isinstance(values, frozenset):
            answers[code] = holds_over(leaf, values, scene)
    codes = column.on(sight.as_of)
    truths = np.asarray(answers[codes])
    for row in np.flatnonzero(codes == MISSING):
        facts = dict(_known_of(int(row), about.derived, sight))
        truths[row] = holds_over(leaf, computed(about, facts), scene)
    return truths


def _known_of(row: int, codes: Sequence[str], sight: Sight) -> Iterator[tuple[str, object]]:
    for code in codes:
        column = sight.table.columns.get(code)
        cell = int(column.on(sight.as_of)[row]) if column else MISSING
        if column and cell != MISSING:
            yield code, column.values[cell]


def _records(leaf: Leaf, about: Fact, column: Column, codes: Codes, sight: Sight) -> Truths:
    """Has and none: one and the same record, then the best record of each row."""
    answers = np.full(len(column.values), Truth.UNKNOWN, np.uint8)
    answers[1] = _asked_of(leaf, about, None, sight.as_of)
    truths = np.asarray(answers[codes])
    there = sight.table.children.get(about.code)
    if there is None or there.size == 0 or not isinstance(leaf.value, Leaf | All | Any | Not):
        return truths
    inner = judged(leaf.value, Sight(there, sight.as_of, outer=sight)).truths
    best = best_of(np.where(there.odd, np.uint8(Truth.UNKNOWN), inner), there, sight.table.size)
    said = best if leaf.op == "has" else Truth.YES - best
    return np.where(codes == 2, said, truths).astype(np.uint8)


def best_of(found: Truths, records: Table, rows: int) -> Truths:
    """The highest of *found* among the records of each row; NO for a row without records."""
    best = np.full(rows, Truth.NO, np.uint8)
    if records.size:
        starts = np.flatnonzero(np.diff(records.parents, prepend=-1))
        best[records.parents[starts]] = np.maximum.reduceat(found, starts)
    return best


def _other(leaf: Leaf) -> Other | None:
    match leaf.value:
        case (Other() as other) | ((Other() as other), _):
            return other
    return None


def _pairs(
    leaf: Leaf, about: Fact, other: Other, codes: Codes, column: Column, sight: Sight
) -> Truths:
    """A condition over two facts: judged once for each pair that occurs."""
    whose, rows = _further(other.up, sight)
    second = whose.table.columns.get(other.code)
    size = sight.table.size
    theirs = second.on(whose.as_of)[rows] if second else np.zeros(size, np.uint8)
    width = len(second.values) if second else 1
    pairs, places = np.unique(codes.astype(np.int64) * width + theirs, return_inverse=True)
    answers = np.asarray(
        [
            _of_pair(leaf, about, other, column, second, divmod(int(pair), width), sight.as_of)
            for pair in pairs
        ],
        np.uint8,
    )
    return np.asarray(answers[places])


def _of_pair(
    leaf: Leaf,
    about: Fact,
    other: Other,
    column: Column,
    second: Column | None,
    cells: tuple[int, int],
    as_of: date,
) -> Truth:
    mine = {about.code: column.values[cells[0]]} if cells[0] != MISSING else {}
    theirs = {other.code: second.values[cells[1]]} if second and cells[1] != MISSING else {}
    if other.up == 0:
        return holds_leaf(leaf, Scene({**theirs, **mine}, as_of, outer=_NOBODY))
    scene = Scene(theirs, as_of)
    for _ in range(other.up - 1):
        scene = Scene({}, as_of, outer=scene)
    return holds_leaf(leaf, Scene(mine, as_of, outer=scene))


def _further(up: int, sight: Sight) -> tuple[Sight, Rows]:
    """Whose facts stand *up* levels above, and their row for each row here."""
    rows = np.arange(sight.table.size, dtype=np.int32)
    for _ in range(up):
        if sight.outer is None:
            break
        rows, sight = sight.table.parents[rows], sight.outer
    return sight, rows
