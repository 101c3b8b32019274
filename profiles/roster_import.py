"""The import of one register file: begun, waiting, gone on with, finished."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from profiles.columns import new_id
from profiles.errors import Unwelcome
from profiles.model import ImportState, RosterFile, RosterImport, RowWord
from profiles.roster_ledger import Ledger
from profiles.roster_register import Register
from profiles.sealing import sealer_of

FILE = "rosterfile.content_sealed"
"""The place of a sealed register, for `Sealer.seal` and `Sealer.open`."""
Opening = Callable[[], AbstractContextManager[Session]]
"""Opens a session that commits when its block ends well, as `Store.writing` does."""
Noting = Callable[[Session, RosterImport], None]
"""What a door writes down in the transaction that finishes an act: the audit."""
MOST_KEPT = 5_000
"""Rejected cells kept with the import itself; its rows have all of them."""


class NotThere(Unwelcome):
    """No such import, or not in a state in which this can be done."""

    code = "no_import"


def sha256_of(content: bytes) -> str:
    """By what the same file is known again."""
    return hashlib.sha256(content).hexdigest()


def begin(
    session: Session, register: Register, *, import_id: UUID | None
) -> tuple[RosterImport, bool]:
    """Start an import, or go on with one of the same bytes that stopped half way.

    Args:
        import_id: of one that was looked through and is confirmed now.

    Returns:
        The import, and whether it had begun before.

    Raises:
        NotThere: *import_id* was dropped or taken in already.
    """
    if import_id is not None:
        return _confirmed(session, import_id)
    standing = session.exec(
        select(RosterImport).where(
            RosterImport.office_id == register.office.id,
            RosterImport.file_sha256 == sha256_of(register.content),
            RosterImport.kind == register.kind,
            RosterImport.state == ImportState.RUNNING,
        )
    ).first()
    if standing is not None:
        return standing, True
    fresh = _new(register, ImportState.RUNNING)
    session.add(fresh)
    session.flush()
    return fresh, False


def _confirmed(session: Session, import_id: UUID) -> tuple[RosterImport, bool]:
    session.flush()
    moved = session.connection().execute(
        update(RosterImport)
        .where(col(RosterImport.id) == import_id, col(RosterImport.state) == ImportState.CHECKED)
        .values(state=ImportState.RUNNING)
    )
    session.expire_all()
    standing = session.get(RosterImport, import_id)
    if standing is None or standing.state is not ImportState.RUNNING:
        raise NotThere("这份名册已经导入、已放弃或已撤销，请查看导入记录")
    return standing, moved.rowcount == 0


def keep_for_later(session: Session, register: Register) -> RosterImport:
    """Keep a register, sealed, that was looked through and waits for somebody to confirm it."""
    waiting = _new(register, ImportState.CHECKED)
    session.add(waiting)
    session.flush()
    sealed = sealer_of(session).seal(register.content, place=FILE, row=waiting.id)
    session.add(RosterFile(import_id=waiting.id, content_sealed=sealed))
    session.flush()
    return waiting


def file_of(session: Session, import_id: UUID) -> bytes:
    """The register that waits.

    Raises:
        NotThere: nothing waits under this id.
    """
    kept = session.get(RosterFile, import_id)
    if kept is None:
        raise NotThere("这份名册的文件已不在系统中，请重新上传")
    return sealer_of(session).open(kept.content_sealed, place=FILE, row=import_id)


def drop(session: Session, waiting: RosterImport) -> None:
    """Forget a register that was looked through and is not wanted.

    Raises:
        NotThere: it is being taken in, or was.
    """
    if waiting.state is not ImportState.CHECKED:
        raise NotThere("这份名册已开始导入，不能放弃；如导入有误，请撤销")
    waiting.state = ImportState.DROPPED
    session.add(waiting)
    _forget_file(session, waiting.id)


def finish(
    session: Session, running: RosterImport, ledger: Ledger, *, source: str | None, now: datetime
) -> None:
    """Close an import whose rows are all in: count them, and forget the file."""
    counts = ledger.counts(session)
    running.added = counts.get(RowWord.ADDED, 0)
    running.changed = counts.get(RowWord.CHANGED, 0)
    running.unchanged = counts.get(RowWord.UNCHANGED, 0)
    running.rejected = [asdict(one) for one in ledger.told(session)[:MOST_KEPT]]
    running.source = source
    running.state, running.finished_at = ImportState.DONE, now
    session.add(running)
    _forget_file(session, running.id)
    session.flush()


def _forget_file(session: Session, import_id: UUID) -> None:
    kept = session.get(RosterFile, import_id)
    if kept is not None:
        session.delete(kept)
        session.flush()


def _new(register: Register, state: ImportState) -> RosterImport:
    return RosterImport(
        id=new_id(),
        office_id=register.office.id,
        file_sha256=sha256_of(register.content),
        file_name=" ".join(register.name.split())[-120:],
        kind=register.kind,
        snapshot=register.snapshot,
        state=state,
        by=register.by[:20],
        at=register.now,
        added=0,
        changed=0,
        unchanged=0,
        rejected=[],
    )
