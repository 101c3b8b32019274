"""A backup: one moment of the database under the office's seal, without the keys."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import inspect

from profiles.columns import new_id
from profiles.sealing import Sealer, read_keys
from pusher.keeping.copying import copy_out
from pusher.keeping.epoch import epoch_of
from pusher.keeping.sealed_file import fingerprints, read_sealed, write_sealed
from pusher.settings import Settings
from pusher.store import Store


class FileIsThere(Exception):
    """A backup never overwrites. The text may be shown."""


def back_up(store: Store, settings: Settings, file: Path, *, now: datetime) -> dict[str, Any]:
    """Write a backup beside whatever is at work, and read it back to be sure of it.

    Args:
        file: where to; must not exist. Until it is whole it has another name.
        now: on the office clock, for the first line.

    Returns:
        The first line, with ``file`` and ``bytes``.

    Raises:
        FileIsThere: *file* exists.
        BadKeyFile: there are no keys to seal it with.
        OSError: the disk is full, or cannot be written.
    """
    if file.exists():
        raise FileIsThere(f"{file} 已存在；备份不覆盖旧文件，请换一个文件名")
    keys = read_keys(settings.key_file)
    sealer = Sealer(keys)
    head = _head(store, new_id(), now) | {"keys": fingerprints(keys)}
    part = file.with_name(f"{file.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            scratch = settings.database_file.parent if settings.database_file else part.parent
            write_sealed(out, head, copy_out(store, scratch=scratch), sealer=sealer)
            out.flush()
            os.fsync(out.fileno())
        for _ in read_sealed(part, sealer=sealer):
            pass
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    return {**head, "file": str(file), "bytes": file.stat().st_size}


def _epoch(store: Store) -> int:
    """0 for a database from before there were numbers."""
    with store.reading() as session:
        known = inspect(session.connection()).has_table("epoch")
        return epoch_of(session) if known else 0


def _head(store: Store, backup_id: UUID, now: datetime) -> dict[str, Any]:
    return {
        "id": str(backup_id),
        "made_at": now.isoformat(timespec="seconds"),
        "database": "sqlite" if store.url.startswith("sqlite") else "postgresql",
        "revision": store.revision(),
        "epoch": _epoch(store),
    }
