"""How new a database is: a number in it and in a file beside the keys, which only ever grow.

Whoever puts back a copy of the database without ``pusher restore`` leaves the file, and the file
tells: a database with a smaller number does not know what was sent since, so all sending is held
and every unfinished notice becomes doubtful before a door opens.
"""

import fcntl
import os
import time
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, delete, or_, select, update

from profiles.turns import count_in_turn
from pusher import audit, hold
from pusher.model.clockwork import Epoch, HoldCause
from pusher.model.notice import Attempt, AttemptResult, Doubt, Notice, NoticeState
from pusher.model.staff import StaffSession
from pusher.privacy.remembered import forgotten_file, keep_in_step
from pusher.settings import Settings
from pusher.store import Store

OLDER = "数据库比密钥旁的 epoch 文件旧，像是放回的备份：已全部停发，请按《运维手册》核对后解除"
_ONLY = 1
_UNFINISHED = (NoticeState.DRAFTED, NoticeState.HANDING, NoticeState.UNSURE)


def epoch_file(settings: Settings) -> Path:
    """Where the number stands outside of the database."""
    return settings.key_file.parent / "epoch"


def epoch_of(session: Session) -> int:
    """The database's number; 0 before the first door opened."""
    row = session.get(Epoch, _ONLY)
    return row.number if row else 0


def read_epoch(file: Path) -> int | None:
    """The file's number; None where there is none that can be read."""
    try:
        return max(0, int(file.read_text(encoding="ascii")[:18]))
    except (OSError, ValueError):
        return None


def write_epoch(file: Path, number: int) -> None:
    """Write the file whole or not at all; a larger number in it stays, whoever else writes."""
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        if (read_epoch(file) or 0) < number:
            _replace(file, str(number).encode())
    finally:
        os.close(folder)


def _replace(file: Path, content: bytes) -> None:
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    fresh.replace(file)


def check_age(store: Store, settings: Settings, *, now: datetime) -> bool:
    """Before a door opens: hold everything if the database is an older copy, else count on.

    Returns:
        Whether it was found to be older.
    """
    file = epoch_file(settings)
    for wait in (*[0.1] * 20, 0.0):
        with store.writing() as session:
            count_in_turn(session)
            inside, outside = epoch_of(session), read_epoch(file)
            # on SQLite both lie in one folder: a file that is missing was left behind somewhere
            # else; a machine that joins an office on PostgreSQL has none yet
            lost = outside is None and inside > 0 and settings.database_file is not None
            # two doors that open at once: the other has committed and is about to write the file
            if not (lost and wait):
                older = lost or inside < (outside or 0)
                number = max(inside, outside or 0) + 1
                if older:
                    distrust(session, settings, now=now)
                _set(session, number, now)
                break
        time.sleep(wait)
    write_epoch(file, number)
    return older


def count_on(store: Store, settings: Settings, *, now: datetime) -> None:
    """Count on if anything was handed over since the last time, so that no copy passes as new."""
    with store.writing() as session:
        count_in_turn(session)
        row = session.get(Epoch, _ONLY)
        newest = session.exec(select(Attempt.at).order_by(col(Attempt.id).desc()).limit(1)).first()
        if newest is not None and (row is None or newest > row.at):
            _set(session, epoch_of(session) + 1, now)
        number = epoch_of(session)
    if number:
        write_epoch(epoch_file(settings), number)


def distrust(session: Session, settings: Settings, *, now: datetime) -> int:
    """Take the database for a copy from the past: hold, doubt, sign out, forget; audited.

    Every unfinished notice may have been sent since the copy was made, those of a batch that was
    still a draft as well: it may have been approved meanwhile. They become unsure and are left to
    staff at once: no gateway can be asked about calls that this database never saw. Whoever asked
    to be forgotten since is forgotten again.

    Returns:
        How many notices became doubtful.
    """
    because = (
        "数据库由备份恢复；备份之后发出的通知、收到的退订都不在其中。"
        "请按《运维手册》与运营商的发送记录核对后再解除"
    )
    hold.place(session, HoldCause.RESTORE, because=because, by="restore", now=now)
    doubted = _doubt_unfinished(session, now)
    # a session that was ended since would live again
    session.exec(delete(StaffSession))
    again = keep_in_step(session, forgotten_file(settings), by="restore", now=now)
    audit.note(
        session, "database.restore", about=("database", "all"), by="restore", now=now,
        doubted=doubted, forgotten_again=again,
    )  # fmt: skip
    return doubted


def _doubt_unfinished(session: Session, now: datetime) -> int:
    """Make every unfinished notice unsure, and every attempt without an end; how many notices."""
    doubted = session.exec(
        update(Notice)
        .where(col(Notice.state).in_(_UNFINISHED))
        .values(
            state=NoticeState.UNSURE,
            doubt=Doubt.RESTORED,
            unsure_since=now,
            left_to_staff_at=now,
            lease_until=None,
            not_before=None,
        )
        .execution_options(synchronize_session=False)
    )
    session.exec(
        update(Attempt)
        .where(or_(col(Attempt.result).is_(None), col(Attempt.ended_at).is_(None)))
        .values(result=AttemptResult.UNSURE, ended_at=now, code=Doubt.RESTORED.value)
        .execution_options(synchronize_session=False)
    )
    return doubted.rowcount


def restored_at_epoch(session: Session, settings: Settings, number: int, *, now: datetime) -> int:
    """`distrust`, and set the database's number; returns how many notices became doubtful."""
    doubted = distrust(session, settings, now=now)
    _set(session, number, now)
    return doubted


def _set(session: Session, number: int, now: datetime) -> None:
    row = session.get(Epoch, _ONLY) or Epoch(id=_ONLY, number=number, at=now)
    row.number, row.at = number, now
    session.add(row)
    session.flush()
