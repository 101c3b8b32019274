"""Pieces of text with their places, and the rows that they make."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Letters that stand together on one line; y grows downward."""

    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    text: str

    @property
    def middle(self) -> float:
        """The height at which it stands."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a column; more than one cell where wide gaps part it."""

    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        """The line as one text."""
        return " ".join(cell for cell in self.cells if cell)

    @property
    def middle(self) -> float:
        """The height at which it stands."""
        return (self.top + self.bottom) / 2


_CELL_GAP = 2.6
_BLANK_GAP = 0.9
_WORD_GAP = 0.2
_WORD = re.compile(r"[A-Za-z0-9]")


def rows_of(spans: Iterable[Span]) -> list[Row]:
    """Put spans of one column together into rows, from the top down."""
    rows: list[list[Span]] = []
    for span in sorted(spans, key=lambda s: (s.middle, s.x0)):
        if rows and abs(span.middle - rows[-1][0].middle) < 0.5 * min(span.size, rows[-1][0].size):
            rows[-1].append(span)
        else:
            rows.append([span])
    return [row for line in rows for row in map(_row, _by_size(line)) if row.cells]


def _by_size(spans: Sequence[Span]) -> list[list[Span]]:
    """Part what stands at one height but is set in plainly different sizes, far apart."""
    parts: list[list[Span]] = []
    for span in sorted(spans, key=lambda s: s.x0):
        last = parts[-1][-1] if parts else None
        unlike = last is not None and not 0.8 < span.size / last.size < 1.25
        if last is None or (unlike and span.x0 - last.x1 > _BLANK_GAP * last.size):
            parts.append([])
        parts[-1].append(span)
    return parts


def _row(spans: Sequence[Span]) -> Row:
    spans = sorted(spans, key=lambda s: s.x0)
    size = max(spans, key=lambda s: len(s.text)).size
    cells = [""]
    before: Span | None = None
    for span in spans:
        gap = span.x0 - before.x1 if before else 0.0
        if gap > _CELL_GAP * size:
            cells.append("")
        cells[-1] += _glue(cells[-1], span.text, gap / size) + span.text
        before = span
    texts = tuple(cell.strip() for cell in cells if cell.strip())
    return Row(
        spans[0].x0, max(s.x1 for s in spans), min(s.top for s in spans),
        max(s.bottom for s in spans), size, texts,
    )  # fmt: skip


def _glue(before: str, after: str, gap: float) -> str:
    """A blank where one is seen: between words, or as wide as a letter."""
    if not before:
        return ""
    words = bool(_WORD.match(before[-1])) and bool(_WORD.match(after[:1]))
    return " " if gap > (_WORD_GAP if words else _BLANK_GAP) else ""


def spans_of(letters: Iterable[tuple[str, float, float, float, float, float]]) -> list[Span]:
    """Run letters ``(text, x0, x1, top, bottom, size)`` together, in the order of the file.

    A letter printed twice at one place, as some programs make bold, counts once.
    """
    spans: list[Span] = []
    run: list[tuple[str, float, float, float, float, float]] = []
    for letter in letters:
        text, x0, _, top, bottom, size = letter
        if run:
            last = run[-1]
            same_line = abs((top + bottom) - (last[3] + last[4])) < 0.8 * min(size, last[5])
            gap = x0 - last[2]
            if same_line and text == last[0] and abs(x0 - last[1]) < 0.25 * size:
                continue
            if (
                not same_line
                or not -0.6 * size < gap < 0.9 * size
                or abs(size - last[5]) > 0.3 * size
            ):
                spans.append(_span(run))
                run = []
        run.append(letter)
    if run:
        spans.append(_span(run))
    return spans


def _span(run: Sequence[tuple[str, float, float, float, float, float]]) -> Span:
    text = ""
    end = run[0][1]
    for letter, x0, x1, _, _, size in run:
        text += _glue(text, letter, (x0 - end) / max(size, 0.1)) + letter
        end = x1
    return Span(
        run[0][1], run[-1][2], min(one[3] for one in run), max(one[4] for one in run),
        max(one[5] for one in run), text,
    )  # fmt: skip
