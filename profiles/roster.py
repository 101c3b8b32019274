"""Registers come in: rows are checked, compared with what we know, and the difference is kept.

One file is one transaction of the caller's: a file that turns out unreadable half way leaves
nothing behind. Rows are read and written 500 at a time; what is kept in memory for the whole file
is its bytes, one index for each row (to see a number twice) and the rows that wait for guardians.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice

from sqlmodel import Session, col, select

from profiles.ages import day_of
from profiles.model import Office, ProfileKind, RosterImport, Street
from profiles.roster_columns import IDENTITY, read_header, score
from profiles.roster_links import Waiting, link_guardians, waiting_of
from profiles.roster_reading import BadRoster, Line, Rejected, read_lines
from profiles.roster_rows import Entry, Reader, bare_street
from profiles.roster_writing import Writer

__all__ = ["BadRoster", "Rejected", "RosterReport", "import_roster"]

CHUNK = 500
MOST_KEPT = 5_000
"""Rejected cells kept with the import; the report has all of them."""


@dataclass(frozen=True, slots=True)
class RosterReport:
    """What a register changed.

    Attributes:
        added, changed, unchanged: rows; together with the rows rejected whole, all of them.
        rejected: cells left out, rows left out (`column` names the number, the name or nothing)
            and notices, by row.
    """

    added: int
    changed: int
    unchanged: int
    rejected: list[Rejected]


def import_roster(
    session: Session,
    content: bytes,
    *,
    name: str,
    kind: ProfileKind,
    office: Office,
    by: str,
    now: datetime,
    dry_run: bool = False,
    tags: Collection[str] | None = None,
) -> RosterReport:
    """Take in a register of residents or of firms.

    A blank cell says nothing. Of two files the one with the later 数据日期 holds, cell by cell;
    the same file again changes nothing. Nothing in a file lifts an opt-out, brings back a
    withdrawn consent, or ends a subscription or a guardianship; a new phone number ends the one
    that a register gave before.

    Args:
        session: one that may write, also for a dry run; the caller commits it.
        content: CSV in UTF-8, UTF-16 with its mark or GB18030, separated by , ; or tab.
        name: of the file; the source of rows without 数据来源.
        by: staff number of who imports.
        dry_run: report only; everything is rolled back to where it was.
        tags: codes that may be followed; None to take any that is well formed.

    Raises:
        BadRoster: not a table, no column of the name or number, nothing in it.
    """
    if not dry_run:
        return _Import(session, name, kind, office, by, now, tags).run(content)
    point = session.begin_nested()
    try:
        return _Import(session, name, kind, office, by, now, tags).run(content)
    finally:
        point.rollback()


@dataclass(slots=True)
class _Import:
    """One register while it is taken in.

    Attributes:
        rows: index of a number to the row it stood in.
        words: row to what became of it.
        waiting: rows whose guardian is looked for at the end.
    """

    session: Session
    name: str
    kind: ProfileKind
    office: Office
    by: str
    now: datetime
    tags: Collection[str] | None
    rows: dict[bytes, int] = field(default_factory=dict)
    words: dict[int, str] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def run(self, content: bytes) -> RosterReport:
        lines = read_lines(content, score=score)
        first = next(lines, None)
        if first is None:
            raise BadRoster("empty", "文件是空的，请检查是否选错文件")
        reader = self._reader(first)
        seen = False
        for chunk in _chunks(lines):
            seen = True
            self._write([e for line in chunk if (e := self._read(reader, line))])
        if not seen:
            raise BadRoster("no_rows", "只有表头，没有数据行，请检查是否选错文件")
        for row in link_guardians(self._writer(), self.waiting):
            self.words[row] = "changed" if self.words[row] == "unchanged" else self.words[row]
        return self._report(content)

    def _reader(self, first: Line) -> Reader:
        header = read_header(first, self.kind)
        self.rejected.extend(header.notices)
        streets = self.session.exec(
            select(Street).where(Street.office_id == self.office.id).order_by(col(Street.code))
        ).all()
        return Reader(
            header,
            self.kind,
            {bare_street(street.name): street.code for street in streets}
            | {street.code: street.code for street in streets},
            "、".join(street.name for street in streets),
            self.tags,
            " ".join(self.name.split())[:50],
            day_of(self.now),
            self.rejected,
        )

    def _read(self, reader: Reader, line: Line) -> Entry | None:
        entry = reader.read(line)
        if entry is None:
            return None
        # of the number only a digest is held for the whole file
        mark = hashlib.blake2b(entry.number.encode(), digest_size=16).digest()
        before = self.rows.setdefault(mark, entry.row)
        if before == entry.row:
            return entry
        column = IDENTITY[self.kind][1]
        reason = f"第{before}行与第{entry.row}行是同一个号码，只导入了第{before}行"
        self.rejected.append(Rejected(entry.row, column, "twice", reason))
        return None

    def _write(self, entries: Sequence[Entry]) -> None:
        written, today = self._writer().write(entries), day_of(self.now)
        for entry in entries:
            if entry.row not in written:
                continue
            self.words[entry.row], profile_id = written[entry.row]
            waits = waiting_of(entry, profile_id, today)
            if waits:
                self.waiting.append(waits)

    def _writer(self) -> Writer:
        return Writer(
            self.session,
            self.office.id,
            self.kind,
            f"登记册导入（经办 {self.by}）"[:60],
            self.now,
            self.rejected,
        )

    def _report(self, content: bytes) -> RosterReport:
        words = list(self.words.values())
        self.rejected.sort(key=lambda r: r.row)
        report = RosterReport(
            words.count("added"), words.count("changed"), words.count("unchanged"), self.rejected
        )
        self.session.add(
            RosterImport(
                office_id=self.office.id,
                file_sha256=hashlib.sha256(content).hexdigest(),
                file_name=" ".join(self.name.split())[-120:],
                kind=self.kind,
                at=self.now,
                added=report.added,
                changed=report.changed,
                unchanged=report.unchanged,
                rejected=[asdict(one) for one in self.rejected[:MOST_KEPT]],
            )
        )
        self.session.flush()
        return report


def _chunks(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while chunk := list(islice(lines, CHUNK)):
        yield chunk
