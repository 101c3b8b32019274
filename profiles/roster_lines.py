"""What a register is made of, whatever kind of file it came in: lines, refusals, limits."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from profiles.errors import Unwelcome

LARGEST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 300


class BadRoster(Unwelcome):
    """A file that cannot be taken in at all; nothing of it was.

    Attributes:
        code: ``empty``, ``too_large``, ``xls``, ``xlsm``, ``encrypted``, ``not_a_table``,
            ``broken``, ``bomb``, ``range``, ``too_heavy``, ``unknown_encoding``, ``nul``,
            ``open_quote``, ``long_cell``, ``no_rows``, ``missing_column``, ``twice_a_column``.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, slots=True)
class Rejected:
    """A cell or a row that was left out, or that staff should look at.

    Attributes:
        row: as a spreadsheet numbers it: the header is 1.
        column: its name; empty when the whole row is meant.
        code: a short English word for programs.
        reason: Chinese, without what stands in the cell.
    """

    row: int
    column: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file.

    Attributes:
        row: as a spreadsheet numbers it, from 1.
        cells: trimmed; without characters that cannot be seen.
        cleaned: positions of cells that held such characters.
        broken: positions of cells whose formula failed; they are empty here.
        whole: whether a cell that is missing at the end means a blank one, as in a workbook.
    """

    row: int
    cells: list[str]
    cleaned: Sequence[int] = ()
    broken: Sequence[int] = ()
    whole: bool = False


def line_of(row: int, cells: Sequence[str], *, whole: bool = False) -> Line:
    """Trim the cells of a row and take off what nobody sees or a spreadsheet put around them."""
    seen = [_visible(cell) for cell in cells]
    cleaned = [n for n, (cell, text) in enumerate(zip(cells, seen, strict=True)) if cell != text]
    plain = [_unwrapped(text.strip()) for text in seen]
    broken = [n for n, text in enumerate(plain) if text[:1] == "#" and text.upper() in _FAILED]
    for place in broken:
        plain[place] = ""
    return Line(row, plain, cleaned, broken, whole)


_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_WRAPPED = re.compile(r"=\"([^\"]*)\"|'(.*)", re.DOTALL)
_FAILED = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#GETTING_DATA"}
)
"""What a spreadsheet shows where a formula failed (ECMA-376 part 1, 18.17.3)."""


def _visible(text: str) -> str:
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub("", text)


def _unwrapped(text: str) -> str:
    """Take off what spreadsheets put around a number to keep it text: '370… and ="370…"."""
    found = _WRAPPED.fullmatch(text) if text[:1] in ("=", "'") else None
    return (found[1] or found[2] or "").strip() if found else text


def squeezed(text: str) -> str:
    """Half width, without any blank: how names of columns and fixed words are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())
