"""Registers come in: rows are checked, compared with what we know, and the difference is kept.

A file is taken in a thousand rows at a time, each chunk in a transaction of its own, with a row
of the import for each row of the file: killed in between, the same file again goes on where it
stopped, and nothing is taken in twice. What is kept in memory for the whole file is its bytes,
one digest for each row (to see a number twice) and the rows that wait for guardians.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from profiles.ages import day_of
from profiles.model import ImportState, RosterImport, RowWord, Street
from profiles.roster_columns import IDENTITY, read_header
from profiles.roster_entry import Entry
from profiles.roster_import import Noting, Opening, begin, finish
from profiles.roster_ledger import Counted, Kept, Ledger, Taken
from profiles.roster_lines import Line
from profiles.roster_links import InFile, Waiting, link_guardians, mark_of, waiting_of
from profiles.roster_missing import Missing, missing_of
from profiles.roster_reading import BadRoster, Rejected
from profiles.roster_register import Register, without_rows
from profiles.roster_rows import Reader, bare_street
from profiles.roster_trial import Forgetting, Trial
from profiles.roster_writing import Writer

__all__ = [
    "BadRoster",
    "Missing",
    "Register",
    "Rejected",
    "RosterReport",
    "check_roster",
    "import_in_chunks",
    "import_roster",
]

T = TypeVar("T")
CHUNK = 1_000
Progress = Callable[[int], None]
"""Told how many rows of the file were read so far."""


@dataclass(frozen=True, slots=True)
class RosterReport:
    """What a register changed.

    Attributes:
        added, changed, unchanged: rows; together with the rows rejected whole, all of them.
        rejected: cells left out, rows left out (`column` names the number, the name or nothing)
            and notices, by row.
        import_id: of the import that was kept; None for a dry run.
        resumed: whether an earlier attempt at this file had stopped half way.
        missing: of a snapshot, whom the file no longer lists; nobody was ended.
    """

    added: int
    changed: int
    unchanged: int
    rejected: list[Rejected]
    import_id: UUID | None = None
    resumed: bool = False
    missing: Sequence[Missing] = ()


def import_roster(session: Session, register: Register, *, dry_run: bool = False) -> RosterReport:
    """Take in a register of residents or of firms, whole, in the caller's transaction.

    A blank cell says nothing. Registers outrank what people say of themselves, and of two files
    the one with the later 数据日期 holds, cell by cell; what is outranked stays beside it. The
    same file again changes nothing. Nothing in a file lifts an opt-out, brings back a withdrawn
    consent or ends a subscription; a new phone number ends the one that a register gave before.

    Args:
        session: one that may write; the caller commits it. A dry run writes nothing.
        dry_run: report only.

    Raises:
        BadRoster: not a table, no column of the name or number, nothing in it.
    """
    if dry_run:
        session.flush()
        return check_roster(session, register)
    return import_in_chunks(lambda: nullcontext(session), register)


def import_in_chunks(
    opening: Opening,
    register: Register,
    *,
    import_id: UUID | None = None,
    progress: Progress | None = None,
    noting: Noting | None = None,
    at_once: int = CHUNK,
) -> RosterReport:
    """`import_roster`, committed a thousand rows at a time.

    Args:
        import_id: of an import that was looked through and is confirmed now; otherwise an
            unfinished import of the same bytes goes on, or a new one begins.
        progress: told of the rows read.
        noting: called in the transaction that finishes the import.
        at_once: rows a commit.

    Raises:
        BadRoster: as `import_roster`; then no import is kept. Also if the same file is just
            being taken in elsewhere.
    """
    register.look()  # a file that cannot be read at all leaves no import behind
    with opening() as session:
        kept, resumed = begin(session, register, import_id=import_id)
    running = _Import(
        register, opening, Kept(kept.id), resumed=resumed, progress=progress, at_once=at_once
    )
    try:
        running.run()
    except IntegrityError:
        raise BadRoster("running", "同一份文件正在另一处导入，请稍后查看导入记录") from None
    with opening() as session:
        kept = session.get_one(RosterImport, kept.id)
        if kept.state is ImportState.RUNNING:  # another process may have come to the end as well
            finish(session, kept, running.ledger, source=running.one_source(), now=register.now)
            if noting is not None:
                noting(session, kept)
        return running.report(session, kept)


def check_roster(
    session: Session, register: Register, *, progress: Progress | None = None
) -> RosterReport:
    """Report what a register would change; nothing is written and no lock is taken.

    Args:
        session: may be one that cannot write.

    Raises:
        BadRoster: as `import_roster`.
    """
    trial = Trial(session.connection(), autoflush=False, expire_on_commit=False, info=session.info)
    with trial:
        running = _Import(
            register, lambda: Forgetting(trial), Counted(), resumed=False, progress=progress,
            in_file=InFile(),
        )  # fmt: skip
        running.run()
        return running.report(trial, None)


@dataclass(slots=True)
class _Import:
    """One register while it is taken in.

    Attributes:
        rows: digest of a number to the row it stood in.
        sources: that rows name; None: some name none.
        waiting: rows whose guardian is looked for at the end.
        told: of the chunk at hand.
        in_file: of a dry run, who stands in the file and not yet in the database.
    """

    register: Register
    opening: Opening
    ledger: Ledger
    resumed: bool
    progress: Progress | None = None
    in_file: InFile | None = None
    at_once: int = CHUNK
    rows: dict[bytes, int] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    told: list[Rejected] = field(default_factory=list)
    sources: set[str | None] = field(default_factory=set)

    def run(self) -> None:
        first, rest = self.register.lines()
        with self.opening() as session:
            reader = self._reader(session, first)
            self._write_down(session, [Taken(first.row, RowWord.HEADER)])
        seen = 0
        for chunk in _chunks(rest, self.at_once):
            with self.opening() as session:
                self._take(session, reader, chunk)
            seen += len(chunk)
            if self.progress is not None:
                self.progress(seen)
        if not seen:
            raise without_rows()
        for waiting in _chunks(iter(self.waiting), self.at_once):
            with self.opening() as session:
                self._link(session, waiting)

    def report(self, session: Session, kept: RosterImport | None) -> RosterReport:
        counts, register = self.ledger.counts(session), self.register
        missing: Sequence[Missing] = ()
        if register.snapshot:
            missing = missing_of(
                session, office_id=register.office.id, kind=register.kind, source=self.one_source(),
                present=kept.id if kept else self.ledger.present(session) or (),
                day=day_of(register.now),
            )  # fmt: skip
        return RosterReport(
            counts.get(RowWord.ADDED, 0),
            counts.get(RowWord.CHANGED, 0),
            counts.get(RowWord.UNCHANGED, 0),
            self.ledger.told(session),
            kept.id if kept else None,
            self.resumed,
            missing,
        )

    def one_source(self) -> str | None:
        """The one source that all rows name; None if they name several, or none."""
        return next(iter(self.sources)) if len(self.sources) == 1 else None

    def _reader(self, session: Session, first: Line) -> Reader:
        register, header = self.register, read_header(first, self.register.kind)
        self.told.extend(header.notices)
        streets = session.exec(
            select(Street).where(Street.office_id == register.office.id).order_by(col(Street.code))
        ).all()
        return Reader(
            header,
            register.kind,
            {bare_street(street.name): street.code for street in streets}
            | {street.code: street.code for street in streets},
            "、".join(street.name for street in streets),
            register.tags,
            " ".join(register.name.split())[:50],
            day_of(register.now),
            self.told,
        )

    def _take(self, session: Session, reader: Reader, lines: Sequence[Line]) -> None:
        """One chunk: read, write what is new of it, and write down what became of each row."""
        self.told.clear()
        entries = [entry for line in lines if (entry := self._read(reader, line))]
        standing = self.ledger.standing(session, [e.row for e in entries])
        writer = self._writer(session)
        written = writer.write([entry for entry in entries if entry.row not in standing])
        for entry in entries:
            word, profile = written.get(entry.row, (None, standing.get(entry.row)))
            self._wait(entry, profile, is_new=word is RowWord.ADDED)
        rejected = dict.fromkeys((line.row for line in lines), (RowWord.REJECTED, None))
        taken = [Taken(row, word, profile, (), writer.traces.get(row))
                 for row, (word, profile) in (rejected | written).items()]  # fmt: skip
        self._write_down(session, taken)

    def _read(self, reader: Reader, line: Line) -> Entry | None:
        entry = reader.read(line)
        if entry is None:
            return None
        before = self.rows.setdefault(mark_of(entry.number), entry.row)
        if before == entry.row:
            self.sources.add(entry.source if entry.source != reader.source else None)
            return entry
        column = IDENTITY[self.register.kind][1]
        reason = f"第{before}行与第{entry.row}行是同一个号码，只导入了第{before}行"
        self.told.append(Rejected(entry.row, column, "twice", reason))
        return None

    def _wait(self, entry: Entry, profile: UUID | None, *, is_new: bool) -> None:
        if profile is None:
            return
        today = day_of(self.register.now)
        if self.in_file is not None:
            self.in_file.add(entry, profile, today, is_new=is_new)
        waits = waiting_of(entry, profile, today)
        if waits:
            self.waiting.append(waits)

    def _link(self, session: Session, waiting: Sequence[Waiting]) -> None:
        self.told.clear()
        writer = self._writer(session)
        changed = link_guardians(writer, waiting, in_file=self.in_file)
        told = _by_row(self.told)
        self.ledger.amend(
            session,
            [
                Taken(
                    one.row,
                    RowWord.CHANGED if one.row in changed else RowWord.UNCHANGED,
                    one.ward,
                    told.get(one.row, ()),
                    writer.traces.get(one.row),
                )
                for one in waiting
                if one.row in changed or one.row in told
            ],
        )

    def _write_down(self, session: Session, taken: Sequence[Taken]) -> None:
        standing = self.ledger.standing(session, [t.row for t in taken])
        told = _by_row(self.told)
        self.ledger.write(
            session,
            [
                Taken(t.row, t.word, t.profile_id, told.get(t.row, ()), t.trace)
                for t in taken
                if t.row not in standing
            ],
        )

    def _writer(self, session: Session) -> Writer:
        return Writer(
            session,
            self.register.office.id,
            self.register.kind,
            f"登记册导入（经办 {self.register.by}）"[:60],
            self.register.now,
            self.told,
        )


def _by_row(told: Sequence[Rejected]) -> dict[int, list[Rejected]]:
    found: dict[int, list[Rejected]] = {}
    for one in told:
        found.setdefault(one.row, []).append(one)
    return found


def _chunks(things: Iterator[T], at_once: int) -> Iterator[list[T]]:
    while chunk := list(islice(things, at_once)):
        yield chunk
