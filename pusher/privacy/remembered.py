"""Who was forgotten, noted outside the database: a restored backup must not bring them back.

The file holds ids alone; without the database they name nobody.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlmodel import Session, select

from profiles.model import EndReason, Erasure, Profile
from pusher.privacy.forget import forget

FILE: Final = "erasures.jsonl"
"""Under ``PUSHER_HOME``, beside the keys."""


def keep_in_step(session: Session, file: Path, *, now: datetime) -> int:
    """Note who was forgotten since, and forget again who came back with an older database.

    Returns:
        How many were forgotten again.
    """
    noted = set(_noted(file))
    standing = {erasure.profile_id: erasure.asked_at for erasure in session.exec(select(Erasure))}
    again = 0
    for person in sorted(noted - set(standing)):
        profile = session.get(Profile, person)
        if profile is not None and profile.ended_reason is not EndReason.ERASED:
            forget(session, profile, by="clockwork", now=now)
            again += 1
    fresh = sorted(set(standing) - noted)
    if fresh:
        _note(file, [{"profile": str(one), "at": standing[one].isoformat()} for one in fresh])
    return again


def _noted(file: Path) -> Iterator[UUID]:
    if not file.exists():
        return
    for line in file.read_text("utf-8").splitlines():
        try:
            yield UUID(json.loads(line)["profile"])
        except (ValueError, KeyError, TypeError):
            continue  # a line cut short by a full disk; the database still knows


def _note(file: Path, lines: list[dict[str, str]]) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(line) + "\n" for line in lines)
        out.flush()
        os.fsync(out.fileno())
