"""Columns of a page: text set in two columns is read down the left one first."""

from collections.abc import Sequence

from pusher.reading.spans import Span

_FEWEST = 6
"""Lines on either side of a gutter."""
_LONG = 8
"""Letters of an average line beside a gutter: shorter ones are the cells of a table."""
_MOST_CROSSING = 0.35


def regions(spans: Sequence[Span], width: float) -> list[list[Span]]:
    """Part the spans of one page into regions, each of one column, in reading order."""
    gutter = _gutter(spans, width)
    if gutter is None:
        return [list(spans)] if spans else []
    parted: list[list[Span]] = []
    across: list[Span] = []
    left: list[Span] = []
    right: list[Span] = []
    for span in sorted(spans, key=lambda s: s.middle):
        if span.x0 < gutter < span.x1:
            parted += [part for part in (left, right) if part]
            left, right = [], []
            across.append(span)
            continue
        if across:
            parted.append(across)
            across = []
        (left if span.x1 <= gutter else right).append(span)
    return [*parted, *(part for part in (across, left, right) if part)]


def _gutter(spans: Sequence[Span], width: float) -> float | None:
    """The middle of the white strip between two columns; None on a page of one."""
    found: tuple[int, float] | None = None
    for step in range(35, 66):
        place = width * step / 100
        crossing = sum(span.x0 < place < span.x1 for span in spans)
        if found is None or crossing < found[0]:
            found = crossing, place
    if found is None or found[0] > _MOST_CROSSING * len(spans):
        return None
    crossing, first = found
    free = [
        width * step / 100
        for step in range(35, 66)
        if sum(s.x0 < width * step / 100 < s.x1 for s in spans) == crossing
        and width * step / 100 >= first
    ]
    gutter = (free[0] + free[-1]) / 2
    sides = [s for s in spans if s.x1 <= gutter], [s for s in spans if s.x0 >= gutter]
    return gutter if all(map(_is_column, sides)) else None


def _is_column(side: Sequence[Span]) -> bool:
    if len(side) < _FEWEST:
        return False
    heights = {round(span.middle / max(span.size, 1)) for span in side}
    letters = sum(len(span.text) for span in side)
    return len(heights) >= _FEWEST and letters / len(heights) >= _LONG
