"""Lines of a page or a file, with where they stood: what the search for the document looks at."""

import re
from dataclasses import dataclass

from pusher.reading.document import Table


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, heading or table row as a reader sees it.

    Attributes:
        text: without line breaks; the cells of a row are joined by ``" | "``.
        within: ids of the containers around it, outermost first.
        linked: how many characters of *text* are links.
        tag: the element that made the line.
        cells: the cells of a table row, else empty.
        hidden: the page does not show it.
    """

    text: str
    within: tuple[int, ...]
    linked: int = 0
    tag: str = ""
    cells: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page: its lines in order, tables, links, and what its head declares."""

    lines: tuple[Line, ...]
    tables: tuple[Table, ...]
    links: tuple[tuple[str, str], ...]
    meta: dict[str, str]
    title: str | None

    @property
    def text(self) -> str:
        """Everything that is shown, a line a line."""
        return "\n".join(line.text for line in self.lines if not line.hidden)


def squeeze(text: str) -> str:
    """Collapse every run of blanks, line breaks and invisible characters into one space."""
    plain = " ".join(_INVISIBLE.sub("", text).split())
    # letters set wide apart to fill a line: 通　　知, 槐 荫 区 民 政 局
    return plain.replace(" ", "") if _SET_WIDE.fullmatch(plain) else plain


_SET_WIDE = re.compile(r"(?:[一-鿿] )+[一-鿿]")


_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffd\ue000-\uf8ff\x00-\x08]"
)
