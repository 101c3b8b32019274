"""What became of each row of a register: kept with the import, or only counted for a dry run."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from profiles.columns import new_id
from profiles.model import RosterRow, RowWord
from profiles.roster_lines import Rejected
from profiles.roster_trace import Trace, open_trace
from profiles.rows import in_chunks
from profiles.sealing import sealer_of


@dataclass(frozen=True, slots=True)
class Taken:
    """One row as it was taken in, or left out.

    Attributes:
        told: of its cells.
        trace: what it changed; None for nothing.
    """

    row: int
    word: RowWord
    profile_id: UUID | None = None
    told: Sequence[Rejected] = ()
    trace: Trace | None = None


class Ledger(Protocol):
    """Where the rows of one import are written down."""

    def standing(self, session: Session, rows: Collection[int]) -> Mapping[int, UUID | None]:
        """Which of *rows* were taken in before, each with its profile."""

    def write(self, session: Session, taken: Sequence[Taken]) -> None:
        """Write down rows that do not stand yet."""

    def amend(self, session: Session, taken: Sequence[Taken]) -> None:
        """Add to rows that stand: what was told later, and what changed; ``unchanged`` rises."""

    def counts(self, session: Session) -> Mapping[RowWord, int]:
        """How many rows came to what."""

    def told(self, session: Session) -> list[Rejected]:
        """Everything that was told, by row."""

    def present(self, session: Session) -> Collection[UUID] | None:
        """Whom the rows are about; None where the rows themselves can be asked."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The ledger of a real import: rows of the database, written with what they record."""

    import_id: UUID

    def standing(self, session: Session, rows: Collection[int]) -> Mapping[int, UUID | None]:
        """See `Ledger`."""
        found: dict[int, UUID | None] = {}
        for chunk in in_chunks(rows):
            asked = select(RosterRow.row, RosterRow.profile_id).where(
                RosterRow.import_id == self.import_id, col(RosterRow.row).in_(chunk)
            )
            found.update(session.exec(asked).all())
        return found

    def write(self, session: Session, taken: Sequence[Taken]) -> None:
        """See `Ledger`."""
        sealer, rows = sealer_of(session), []
        for one in taken:
            row = new_id()
            rows.append(
                {
                    "id": row,
                    "import_id": self.import_id,
                    "row": one.row,
                    "word": one.word,
                    "profile_id": one.profile_id,
                    "told": _plain(one.told) or None,
                    "trace_sealed": one.trace.seal(sealer, row) if one.trace else None,
                    "undone": False,
                }
            )
        if rows:
            session.execute(insert(RosterRow), rows)

    def amend(self, session: Session, taken: Sequence[Taken]) -> None:
        """See `Ledger`."""
        sealer, by_row = sealer_of(session), {one.row: one for one in taken}
        for chunk in in_chunks(by_row):
            asked = select(RosterRow).where(
                RosterRow.import_id == self.import_id, col(RosterRow.row).in_(chunk)
            )
            for row in session.exec(asked):
                one = by_row[row.row]
                fresh = [told for told in _plain(one.told) if told not in (row.told or [])]
                row.told = [*(row.told or []), *fresh] or None
                if one.trace is not None:
                    whole = open_trace(sealer, row.trace_sealed, row.id)
                    whole.add(one.trace)
                    row.trace_sealed = whole.seal(sealer, row.id)
                row.word = one.word if row.word is RowWord.UNCHANGED else row.word
                session.add(row)

    def counts(self, session: Session) -> Mapping[RowWord, int]:
        """See `Ledger`."""
        asked = select(RosterRow.word, func.count()).where(RosterRow.import_id == self.import_id)
        return {RowWord(word): n for word, n in session.exec(asked.group_by(col(RosterRow.word)))}

    def told(self, session: Session) -> list[Rejected]:
        """See `Ledger`."""
        return list(told_of(session, self.import_id))

    def present(self, session: Session) -> None:
        """See `Ledger`."""


def told_of(session: Session, import_id: UUID) -> list[Rejected]:
    """What was told of the rows of an import, by row; in the order it was found."""
    asked = (
        select(RosterRow.row, RosterRow.told)
        .where(RosterRow.import_id == import_id, col(RosterRow.told).is_not(None))
        .order_by(col(RosterRow.row))
    )
    return [Rejected(row, *words) for row, told in session.exec(asked) for words in told or ()]


def _plain(told: Sequence[Rejected]) -> list[list[str]]:
    return [[one.column, one.code, one.reason] for one in told]


@dataclass(slots=True)
class Counted:
    """The ledger of a dry run: nothing is kept but what is reported."""

    words: dict[int, RowWord] = field(default_factory=dict)
    heard: list[Rejected] = field(default_factory=list)
    people: set[UUID] = field(default_factory=set)

    def standing(self, session: Session, rows: Collection[int]) -> Mapping[int, UUID | None]:
        """See `Ledger`."""
        return {}

    def write(self, session: Session, taken: Sequence[Taken]) -> None:
        """See `Ledger`."""
        for one in taken:
            self.words[one.row] = one.word
            self.heard += one.told
            if one.profile_id:
                self.people.add(one.profile_id)

    def amend(self, session: Session, taken: Sequence[Taken]) -> None:
        """See `Ledger`."""
        for one in taken:
            if self.words[one.row] is RowWord.UNCHANGED:
                self.words[one.row] = one.word
            self.heard += one.told

    def counts(self, session: Session) -> Mapping[RowWord, int]:
        """See `Ledger`."""
        return Counter(self.words.values())

    def told(self, session: Session) -> list[Rejected]:
        """See `Ledger`."""
        return sorted(self.heard, key=lambda one: one.row)

    def present(self, session: Session) -> Collection[UUID]:
        """See `Ledger`."""
        return self.people
