"""Registers at the door: checked, taken in, taken back; each act is committed and audited."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.identity import masked_name
from profiles.model import ImportState, Office, ProfileKind, RosterImport
from profiles.roster import Register, Rejected, RosterReport, check_roster, import_in_chunks
from profiles.roster_import import MOST_KEPT, NotThere, drop, file_of, keep_for_later
from profiles.roster_missing import Missing, end_missing
from profiles.roster_undo import Undone, undo_import
from pusher.audit import note
from pusher.store import Store

Progress = Callable[[int], None]
COLUMNS = ("行", "列", "代码", "原因")
"""Of the error report."""


def check(store: Store, register: Register, *, progress: Progress | None = None) -> RosterReport:
    """Say what a register would change; nothing is written, and nobody has to wait meanwhile.

    Raises:
        BadRoster: it cannot be taken in at all.
    """
    with store.reading() as session:
        return check_roster(session, register, progress=progress)


def take_in(
    store: Store,
    register: Register,
    *,
    import_id: UUID | None = None,
    progress: Progress | None = None,
) -> RosterReport:
    """Take a register in, a thousand rows a commit; the same file again goes on or changes nothing.

    Args:
        import_id: of a register that waits for confirmation.

    Raises:
        BadRoster: it cannot be taken in at all.
        NotThere: *import_id* waits no more.
    """

    def noting(session: Session, kept: RosterImport) -> None:
        note(
            session, "roster.import", about=("import", kept.id), by=register.by, now=register.now,
            kind=kept.kind.value, added=kept.added, changed=kept.changed,
            unchanged=kept.unchanged, file_sha256=kept.file_sha256,
        )  # fmt: skip

    return import_in_chunks(
        store.writing, register, import_id=import_id, progress=progress, noting=noting
    )


def keep_waiting(store: Store, register: Register, *, found: RosterReport) -> UUID:
    """Keep a checked register, sealed, with what was found, until somebody confirms or drops it."""
    with store.writing() as session:
        waiting = keep_for_later(session, register)
        waiting.added, waiting.changed = found.added, found.changed
        waiting.unchanged = found.unchanged
        waiting.rejected = [asdict(one) for one in found.rejected[:MOST_KEPT]]
        about = ("import", waiting.id)
        note(session, "roster.check", about=about, by=register.by, now=register.now)
        return waiting.id


def waiting_file(store: Store, import_id: UUID) -> bytes:
    """The register that waits under *import_id*.

    Raises:
        NotThere: none does.
    """
    with store.reading() as session:
        return file_of(session, import_id)


def drop_waiting(store: Store, import_id: UUID, *, by: str, now: datetime) -> None:
    """Forget a checked register that is not wanted.

    Raises:
        NotThere: it is not there, or being taken in already.
    """
    with store.writing() as session:
        waiting = session.get(RosterImport, import_id)
        if waiting is None:
            raise NotThere("没有这次导入")
        drop(session, waiting)
        note(session, "roster.drop", about=("import", import_id), by=by, now=now)


def end_unlisted(store: Store, import_id: UUID, *, expected: int, by: str, now: datetime) -> int:
    """End whom a full register no longer lists, if they are as many as somebody was shown.

    Raises:
        NotThere: no finished import of a full register.
        Miscounted: they are not; nobody was ended.
    """

    def noting(session: Session, kept: RosterImport) -> None:
        note(
            session, "roster.end_missing", about=("import", kept.id), by=by, now=now, ended=expected
        )

    return end_missing(store.writing, import_id, expected=expected, now=now, noting=noting)


def undo(store: Store, import_id: UUID, *, by: str, now: datetime) -> Undone:
    """Take an import back; what was changed since stays.

    Raises:
        NotThere: no such import, or undone already.
    """

    def noting(session: Session, kept: RosterImport) -> None:
        note(session, "roster.undo", about=("import", kept.id), by=by, now=now)

    return undo_import(store.writing, import_id, by=by, now=now, noting=noting)


def imports_of(session: Session, office: Office, *, limit: int = 50) -> list[RosterImport]:
    """The imports of an office, the newest first; dropped ones are left out."""
    return list(
        session.exec(
            select(RosterImport)
            .where(
                RosterImport.office_id == office.id,
                col(RosterImport.state) != ImportState.DROPPED,
            )
            .order_by(col(RosterImport.at).desc(), col(RosterImport.id).desc())
            .limit(limit)
        )
    )


def told_as_csv(told: Iterable[Rejected]) -> Iterator[str]:
    """The error report, line by line, as a spreadsheet opens it; its first sign is the mark of
    UTF-8. No cell begins like a formula."""
    yield "\ufeff"
    yield _line(COLUMNS)
    for one in told:
        yield _line((str(one.row), one.column or "整行", one.code, one.reason))


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return out.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: such a one gets an apostrophe in front.

    Source:
        OWASP, "CSV Injection"; ASVS 5.0, 1.2.10.
    """
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell


_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def masked(one: Missing, kind: ProfileKind) -> str:
    """How somebody missing is named on a screen: firms whole, they stand in a public register."""
    return one.name if kind is ProfileKind.ENTERPRISE else masked_name(one.name)
