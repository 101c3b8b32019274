"""Who was forgotten, noted outside the database: a restored backup must not bring them back.

The file holds ids alone, one a line; without the database they name nobody.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, select

from profiles.model import EndReason, Erasure, Profile
from pusher.privacy.forget import forget
from pusher.settings import Settings


def forgotten_file(settings: Settings) -> Path:
    """Beside the keys: it outlives the database, as they do."""
    return settings.key_file.parent / "forgotten"


def keep_in_step(session: Session, file: Path, *, by: str, now: datetime) -> int:
    """Note who was forgotten since, and forget again who came back with an older database.

    Args:
        by: who stands in the audit as having forgotten again: the clockwork, or a restore.

    Returns:
        How many were forgotten again.
    """
    noted = set(_noted(file))
    standing = set(session.exec(select(Erasure.profile_id)))
    again = 0
    for person in sorted(noted - standing):
        profile = session.get(Profile, person)
        if profile is not None and profile.ended_reason is not EndReason.ERASED:
            forget(session, profile, by=by, now=now)
            again += 1
    if fresh := sorted(standing - noted):
        _note(file, fresh)
    return again


def _noted(file: Path) -> Iterator[UUID]:
    if not file.exists():
        return
    for line in file.read_text("ascii", errors="replace").split():
        try:
            yield UUID(line)
        except ValueError:
            continue  # a line cut short by a full disk; the database still knows


def _note(file: Path, people: Iterable[UUID]) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        # a line that was cut short must not swallow the first of these
        out.write("\n" * (out.tell() > 0) + "".join(f"{one}\n" for one in people))
        out.flush()
        os.fsync(out.fileno())
