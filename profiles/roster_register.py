"""One register as it comes in at a door."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from profiles.model import Office, ProfileKind
from profiles.roster_columns import find_header, read_header, score
from profiles.roster_lines import BadRoster, Line
from profiles.roster_reading import read_lines


@dataclass(frozen=True, slots=True)
class Register:
    """One register and what is asked of it.

    Attributes:
        content: XLSX, or CSV in UTF-8, UTF-16 with its mark or GB18030, separated by , ; or tab.
        name: of the file; the source of rows without 数据来源.
        by: staff number of who imports.
        now: when.
        tags: codes that may be followed; None to take any that is well formed.
        snapshot: the file claims to list everybody; who is missing is reported.
    """

    content: bytes
    name: str
    kind: ProfileKind
    office: Office
    by: str
    now: datetime
    tags: Collection[str] | None = None
    snapshot: bool = False

    def lines(self) -> tuple[Line, Iterator[Line]]:
        """The row of names, and the rows of people.

        Raises:
            BadRoster: there is no table, or nothing in it.
        """
        return find_header(read_lines(self.content, score=score))

    def look(self) -> None:
        """Refuse what cannot be taken in at all.

        Raises:
            BadRoster: no table, no column of the name or number, no row.
        """
        first, rest = self.lines()
        read_header(first, self.kind)
        if next(rest, None) is None:
            raise without_rows()


def without_rows() -> BadRoster:
    """What is said of a header without anything under it."""
    return BadRoster("no_rows", "只有表头，没有数据行，请检查是否选错文件")
