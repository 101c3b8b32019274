"""Tables with ruled lines: what stands inside one box is one cell, on however many lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from pusher.reading.spans import Row, Span, rows_of

_THIN = 2.5
"""A rule is no thicker than this, in points."""
_NEAR = 3.0
_SHORTEST = 8.0
_DRAWN = 0.7
"""Share of the lines of a table that must be there."""
_LONGEST_CELL = 800
MOST_RULES = 3_000
"""More on one page are a drawing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line or a box that is drawn on a page; y grows downward."""

    x0: float
    x1: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: where its lines stand, in rising order, and those that part its columns."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    upright: tuple[Rule, ...]

    def holds(self, span: Span) -> bool:
        """Whether *span* stands inside."""
        middle = (span.x0 + span.x1) / 2
        return self.xs[0] < middle < self.xs[-1] and self.ys[0] < span.middle < self.ys[-1]

    def columns(self, row: int) -> list[float]:
        """The lines that part the cells of one row; of merged cells there are fewer."""
        middle = (self.ys[row] + self.ys[row + 1]) / 2
        return [
            x for x in self.xs
            if any(abs(e.x0 - x) <= _NEAR and e.top <= middle <= e.bottom for e in self.upright)
        ]  # fmt: skip


def grids(rules: Sequence[Rule]) -> list[Grid]:
    """Find the tables that *rules* draw: lines that touch, at least two rows and two columns."""
    if not 0 < len(rules) <= MOST_RULES:
        return []
    edges = [edge for rule in rules for edge in _edges(rule)]
    found = []
    for group in _touching(edges):
        upright = [e for e in group if e.x1 - e.x0 <= _THIN and e.bottom - e.top > _SHORTEST]
        level = [e for e in group if e.bottom - e.top <= _THIN and e.x1 - e.x0 > _SHORTEST]
        xs, ys = _places([e.x0 for e in upright]), _places([e.top for e in level])
        if len(xs) > 2 and len(ys) > 2 and _is_framed(xs, ys, upright, level):
            found.append(Grid(xs, ys, tuple(upright)))
    return found


def rows_in(grid: Grid, spans: Sequence[Span]) -> list[Row]:
    """The rows of a table, a cell for each box, "" for an empty one.

    A frame around a text is no table: then its lines as they stand.
    """
    of_row: dict[int, list[Span]] = {}
    for span in spans:
        of_row.setdefault(_interval(grid.ys, span.middle), []).append(span)
    rows = []
    for number, inside in sorted(of_row.items()):
        edges = grid.columns(number) or [grid.xs[0], grid.xs[-1]]
        boxes: dict[int, list[Span]] = {}
        for span in inside:
            boxes.setdefault(_interval(edges, (span.x0 + span.x1) / 2), []).append(span)
        cells = tuple(
            "".join(row.text for row in rows_of(boxes.get(place, ())))
            for place in range(max(len(edges) - 1, 1))
        )
        top, bottom = grid.ys[number], grid.ys[number + 1]
        size = max(span.size for span in inside)
        rows.append(Row(grid.xs[0], grid.xs[-1], top, bottom, size, cells))
    if any(len(cell) > _LONGEST_CELL for row in rows for cell in row.cells):
        return rows_of(spans)
    return rows


def _is_framed(
    xs: Sequence[float], ys: Sequence[float], upright: Sequence[Rule], level: Sequence[Rule]
) -> bool:
    """Whether rows are really parted by lines: the boxes of a printed web page are of all sizes."""
    wide, tall = xs[-1] - xs[0], ys[-1] - ys[0]
    along = sum(_covered([(e.x0, e.x1) for e in level if abs(e.top - y) <= _NEAR]) for y in ys)
    sides = sum(
        _covered([(e.top, e.bottom) for e in upright if abs(e.x0 - x) <= _NEAR])
        for x in (xs[0], xs[-1])
    )
    return along >= _DRAWN * wide * len(ys) and sides >= _DRAWN * tall * 2


def _covered(parts: Sequence[tuple[float, float]]) -> float:
    """How much of a line is covered by *parts* of it."""
    length, reached = 0.0, float("-inf")
    for start, end in sorted(parts):
        length += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return length


def _edges(rule: Rule) -> list[Rule]:
    """A thin rule is its own edge; a box has four."""
    x0, x1, top, bottom = rule.x0, rule.x1, rule.top, rule.bottom
    if x1 - x0 <= _THIN or bottom - top <= _THIN:
        return [rule]
    return [
        Rule(x0, x1, top, top), Rule(x0, x1, bottom, bottom),
        Rule(x0, x0, top, bottom), Rule(x1, x1, top, bottom),
    ]  # fmt: skip


def _touching(edges: Sequence[Rule]) -> list[list[Rule]]:
    """Groups of edges that hang together, found from the top down with their outlines."""
    groups: list[list[Rule]] = []
    outlines: list[Rule] = []
    for edge in sorted(edges, key=lambda e: (e.top, e.x0)):
        near = [n for n, outline in enumerate(outlines) if _meet(outline, edge)]
        joined, outline = [edge], edge
        for n in reversed(near):
            joined += groups.pop(n)
            other = outlines.pop(n)
            outline = Rule(
                min(outline.x0, other.x0), max(outline.x1, other.x1),
                min(outline.top, other.top), max(outline.bottom, other.bottom),
            )  # fmt: skip
        groups.append(joined)
        outlines.append(outline)
    return groups


def _meet(one: Rule, other: Rule) -> bool:
    return (
        one.x0 - _NEAR <= other.x1
        and other.x0 - _NEAR <= one.x1
        and one.top - _NEAR <= other.bottom
        and other.top - _NEAR <= one.bottom
    )


def _places(places: Sequence[float]) -> tuple[float, ...]:
    """Places of lines, those that are drawn side by side as one."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return tuple(found)


def _interval(edges: Sequence[float], place: float) -> int:
    return max((n for n, edge in enumerate(edges[:-1]) if edge <= place), default=0)
