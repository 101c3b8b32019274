"""Putting a backup back: it lands held, with every unfinished notice doubtful, or not at all."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import inspect
from sqlmodel import select

from profiles.model import Office
from profiles.sealing import Keys, Sealer, read_keys
from pusher.audit import set_heads_aside
from pusher.keeping.copying import copy_in_postgres, copy_in_sqlite
from pusher.keeping.epoch import epoch_file, epoch_of, read_epoch, restored_at_epoch, write_epoch
from pusher.keeping.sealed_file import fingerprints, read_head, read_sealed
from pusher.settings import Settings
from pusher.store import Store, fold_log, integrity, migrate, revisions


class CannotRestore(Exception):
    """The backup does not fit here; nothing was changed. The text may be shown."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to.

    Attributes:
        head: the backup's first line.
        doubted: notices that may have been sent since, left to staff.
        kept: where the database that stood there before lies now; None if there was none.
    """

    head: Mapping[str, Any]
    doubted: int
    kept: Path | None


def check_backup(settings: Settings, file: Path) -> dict[str, Any]:
    """Read a backup to its end without restoring it; return its first line.

    Raises:
        CannotRestore: it does not fit this office: keys, kind of database, version.
        NotABackup: it is none, or not whole.
        BadKeyFile: there are no keys.
    """
    head, sealer = _fitting(settings, file)
    for _ in read_sealed(file, sealer=sealer):
        pass
    return head


def restore(settings: Settings, file: Path, *, replace: bool, now: datetime) -> Restored:
    """Put a backup in the place of the office's database. No door may be open.

    The database that stood there is kept under another name (SQLite); on PostgreSQL the database
    must be an empty one. Killed at any moment, it leaves the old database as it was, or the new
    one held.

    Args:
        replace: whether a database that stands there may be set aside.

    Raises:
        CannotRestore, NotABackup, BadKeyFile: see `check_backup`; nothing was changed.
    """
    head, sealer = _fitting(settings, file)
    place = settings.database_file
    if place is None:
        _want_an_empty_database(settings, sealer)
    elif place.exists() and not replace:
        raise CannotRestore(f"{place} 已有数据库；确要换成备份，请加 --replace（原库会改名保留）")
    content = read_sealed(file, sealer=sealer)
    if place is None:
        return Restored(head, _into_postgres(settings, head, content, sealer, now), None)
    with _beside(place) as fresh:
        copy_in_sqlite(content, fresh)
        number, doubted = _settle(f"sqlite:///{fresh}", settings, sealer, now)
        kept = _set_aside(place, now) if place.exists() else None
        fresh.replace(place)
        _sync(place.parent)
    # last: a restore that died before has changed nothing, not even the trust in what stood there
    write_epoch(epoch_file(settings), number)
    set_heads_aside(settings.home, now=now)
    return Restored(head, doubted, kept)


def _fitting(settings: Settings, file: Path) -> tuple[dict[str, Any], Sealer]:
    head = read_head(file)
    keys = read_keys(settings.key_file)
    _check_keys(head, keys, settings)
    ours = "postgresql" if settings.database_file is None else "sqlite"
    if head.get("database") != ours:
        raise CannotRestore(
            f"备份来自 {head.get('database')}，本单位设置的是 {ours}；请核对 PUSHER_DATABASE_URL"
        )
    if head.get("revision") not in revisions():
        raise CannotRestore(
            f"备份的数据库版本 {head.get('revision')} 比本程序新；请改用新版程序恢复"
        )
    return head, Sealer(keys)


def _check_keys(head: Mapping[str, Any], keys: Keys, settings: Settings) -> None:
    wanted, ours = head.get("keys"), fingerprints(keys)
    if not isinstance(wanted, dict):
        raise CannotRestore("备份没有写明所用的密钥，不能使用")
    missing = [f"{name}（编号 {mark}）" for name, mark in wanted.items() if ours.get(name) != mark]
    if missing:
        raise CannotRestore(
            f"{settings.key_file} 中缺少备份所用的密钥：{'、'.join(missing)}；"
            "请放回备份当时的 keys.json"
        )


def _settle(url: str, settings: Settings, sealer: Sealer, now: datetime) -> tuple[int, int]:
    """Bring what came in to this version, held and doubted.

    Returns:
        Its number (`epoch`), and how many notices became doubtful.
    """
    migrate(url)
    store = Store(url, sealer=sealer)
    try:
        with store.writing() as session:
            if integrity(session):
                raise CannotRestore("备份中的数据库已损坏，不能使用；请换另一份备份")
            number = max(read_epoch(epoch_file(settings)) or 0, epoch_of(session)) + 1
            return number, restored_at_epoch(session, settings, number, now=now)
    finally:
        store.close()


def _into_postgres(
    settings: Settings,
    head: Mapping[str, Any],
    content: Iterator[bytes],
    sealer: Sealer,
    now: datetime,
) -> int:
    # larger than the number in the copy before its rows are there: between the two, a door that
    # opens takes them for what they are
    outside = read_epoch(epoch_file(settings)) or 0
    write_epoch(epoch_file(settings), max(outside, int(head["epoch"])) + 1)
    migrate(settings.url, str(head["revision"]))
    copy_in_postgres(content, settings.url)
    number, doubted = _settle(settings.url, settings, sealer, now)
    write_epoch(epoch_file(settings), number)
    set_heads_aside(settings.home, now=now)
    return doubted


def _want_an_empty_database(settings: Settings, sealer: Sealer) -> None:
    store = Store(settings.url, sealer=sealer)
    try:
        with store.reading() as session:
            has_tables = inspect(session.connection()).has_table("office")
            if has_tables and session.exec(select(Office.id).limit(1)).first() is not None:
                raise CannotRestore(
                    "该 PostgreSQL 库中已有单位数据；请新建一个空库，"
                    "并把 PUSHER_DATABASE_URL 指向它，再恢复"
                )
    finally:
        store.close()


@contextlib.contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """A file beside the database's, gone at the end with everything SQLite puts beside it."""
    fresh = place.with_name(f"{place.name}.restoring")
    beside = [fresh.with_name(f"{fresh.name}{end}") for end in ("", "-wal", "-shm", ".lock")]
    for file in beside:
        file.unlink(missing_ok=True)
    try:
        yield fresh
    finally:
        for file in beside:
            file.unlink(missing_ok=True)


def _set_aside(place: Path, now: datetime) -> Path:
    """Give the database that stands there a second name; a log never meets another's database."""
    kept = place.with_name(f"{place.name}.before-restore-{now:%Y%m%d-%H%M%S-%f}")
    with contextlib.suppress(sqlite3.Error):  # damaged: its log is kept beside it
        fold_log(place)
    for end in ("-wal", "-shm"):
        log = place.with_name(place.name + end)
        if log.exists():
            log.rename(kept.with_name(kept.name + end))
    os.link(place, kept)
    return kept


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
