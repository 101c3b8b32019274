"""Pieces of text on pages become lines and paragraphs: columns, running heads, page numbers.

For what has places but no paragraphs: PDF and OFD. Lengths are in the unit of the page, y grows
downward; everything is judged against the size of the letters and against its neighbours.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pusher.reading.columns import regions
from pusher.reading.ruled import Rule, grids, rows_in
from pusher.reading.spans import Row, Span, rows_of


@dataclass(frozen=True, slots=True)
class Laid:
    """A paragraph as it was laid out.

    Attributes:
        text: without line breaks; the cells of a row are joined by ``" | "``.
        size: of its letters.
        centred: it stands in the middle of the page, as titles do.
        page: from 1; 0 where there are no pages.
        cells: the cells of a table row, else empty.
    """

    text: str
    size: float = 0.0
    centred: bool = False
    page: int = 0
    cells: tuple[str, ...] = ()


_PAGE_NUMBER = re.compile(
    r"[\s\-—–―_·•.]*(?:第\s*)?(?:\d{1,4}|[ivxIVX]{1,6})(?:\s*页)?"
    r"(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?[\s\-—–―_·•.]*"
)
_ADDRESS = re.compile(
    r"^(?:https?://|file://)\S+(?:\s+\d+/\d+)?$|^\d{4}/\d{1,2}/\d{1,2}\s+\d{1,2}:\d\d\b"
)
_EDGE = 0.12
"""Share of a page's height in which running heads and page numbers stand."""
_ENDS = re.compile(r"[。；：！？.;:!?”’）)】]$")
_OPENS = re.compile(
    r"^(?:第[一二三四五六七八九十百零〇\d]+[章节条编]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}[.．、](?!\d)|[①-⑳]|附件\s*\d*\s*[:：]?|附\s*[:：])"
)
_LEADER = re.compile(r"\.{6,}|…{3,}|·{6,}")
"""Dots that lead to a page number in a table of contents."""
_INDENT = 1.2
_SHORT = 2.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its extent and the pieces of text on it."""

    width: float
    height: float
    spans: tuple[Span, ...]
    rules: tuple[Rule, ...] = ()


def paragraphs(sheets: Sequence[Sheet]) -> list[Laid]:
    """Arrange the pieces of text of all pages into paragraphs, in reading order."""
    pages = [_parts(sheet) for sheet in sheets]
    dropped = _running(pages, sheets)
    builder = _Builder()
    for number, (sheet, parts) in enumerate(zip(sheets, pages, strict=True), start=1):
        for part in parts:
            kept = [row for row in part if id(row) not in dropped]
            if kept:
                builder.add(kept, number, sheet.width)
    return builder.done()


def _parts(sheet: Sheet) -> list[list[Row]]:
    """The rows of each column of a page; a ruled table keeps its boxes."""
    tables = grids(sheet.rules)
    inside = {id(s): grid for grid in tables for s in sheet.spans if grid.holds(s)}
    if not inside:
        return [rows_of(part) for part in regions(sheet.spans, sheet.width)]
    rows = rows_of(span for span in sheet.spans if id(span) not in inside)
    for grid in tables:
        rows += rows_in(grid, [s for s in sheet.spans if inside.get(id(s)) is grid])
    return [sorted(rows, key=lambda row: row.top)]


def _running(pages: list[list[list[Row]]], sheets: Sequence[Sheet]) -> set[int]:
    """The rows that are page numbers, or say the same at the edge of several pages."""
    edge: dict[tuple[str, int], list[Row]] = defaultdict(list)
    dropped: set[int] = set()
    for parts, sheet in zip(pages, sheets, strict=True):
        for row in (row for part in parts for row in part):
            top = row.middle < sheet.height * _EDGE
            if not top and row.middle < sheet.height * (1 - _EDGE):
                continue
            if _PAGE_NUMBER.fullmatch(row.text) or _ADDRESS.match(row.text):
                dropped.add(id(row))
            mask = re.sub(r"[\d\s]+", "#", row.text)
            edge[mask, round(row.middle / max(row.size, 1))].append(row)
    for (mask, _), rows in edge.items():
        if len(rows) >= max(2, len(sheets) / 3) and len(mask) > 1 and len(sheets) > 2:
            dropped.update(id(row) for row in rows)
    return dropped


class _Builder:
    """Joins rows to paragraphs, over the ends of columns and pages."""

    def __init__(self) -> None:
        self._laid: list[Laid] = []
        self._pieces: list[str] = []
        self._row: Row | None = None
        self._full = False
        self._page = 0
        self._centred = False

    def add(self, rows: Sequence[Row], page: int, width: float) -> None:
        """Add the rows of one column of one page."""
        left, right, step = _margins(rows, width)
        indented = sum(left + _INDENT * r.size < r.x0 < left + 4 * r.size for r in rows)
        for place, row in enumerate(rows):
            centred = _is_centred(row, left, right)
            far = place > 0 and row.top - rows[place - 1].bottom > step * 1.6 + row.size * 0.3
            if self._starts(row, left, far=far, centred=centred, by_indent=indented > 0):
                self._end()
                self._page, self._centred = page, centred
            self._take(row, page, is_full=row.x1 > right - _SHORT * row.size)

    def done(self) -> list[Laid]:
        """All paragraphs."""
        self._end()
        return self._laid

    def _starts(self, row: Row, left: float, *, far: bool, centred: bool, by_indent: bool) -> bool:
        before = self._row
        if _LEADER.search(row.text) or (before and _LEADER.search(before.text)):
            return True
        if before is None or far or len(row.cells) > 1 or len(before.cells) > 1:
            return True
        if centred or self._centred or abs(row.size - before.size) > 0.15 * before.size:
            return True
        if row.x0 > left + _INDENT * row.size:
            return True
        if self._full:
            return False
        ended = bool(_ENDS.search(before.text)) or bool(_OPENS.match(row.text))
        return ended or not by_indent or before.x1 - before.x0 < 0.6 * (row.x1 - row.x0)

    def _take(self, row: Row, page: int, *, is_full: bool) -> None:
        if len(row.cells) > 1:
            text = " | ".join(cell for cell in row.cells if cell)
            self._laid.append(Laid(text, row.size, page=page, cells=row.cells))
            self._pieces.clear()
        else:
            self._pieces.append(row.text)
        self._row, self._full = row, is_full

    def _end(self) -> None:
        if self._pieces and self._row:
            text = join(self._pieces)
            self._laid.append(Laid(text, self._row.size, self._centred, self._page))
        self._pieces.clear()


def join(pieces: Iterable[str]) -> str:
    """Join lines of one paragraph; a blank stays only between words of Latin letters."""
    text = ""
    for piece in pieces:
        glue = " " if text and _LATIN.match(text[-1]) and _LATIN.match(piece[:1]) else ""
        text += glue + piece
    return text


_LATIN = re.compile(r"[A-Za-z]")


def _margins(rows: Sequence[Row], width: float) -> tuple[float, float, float]:
    """Left and right edge of the text, and the usual distance between two of its lines."""
    rows = [row for row in rows if len(row.cells) == 1] or rows
    size = median(row.size for row in rows)
    long = [row for row in rows if row.x1 - row.x0 > 0.3 * width] or list(rows)
    lefts = Counter(round(row.x0 / size * 2) for row in long)
    most = max(lefts.values())
    # a paragraph of many short items is indented more often than not: the leftmost common edge
    left = min(edge for edge, count in lefts.items() if count >= max(1, most / 4)) * size / 2
    right = sorted(row.x1 for row in long)[int(len(long) * 0.8)]
    gaps = [b.top - a.bottom for a, b in pairwise(rows) if b.top > a.bottom]
    return left, right, median(gaps) if gaps else size


def _is_centred(row: Row, left: float, right: float) -> bool:
    before, after = row.x0 - left, right - row.x1
    inset = min(before, after)
    return inset > 1.5 * row.size and abs(before - after) < max(
        2.2 * row.size, 0.12 * (right - left)
    )
