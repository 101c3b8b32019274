"""Who asked to be forgotten, by id alone, in a file beside the keys: no backup brings them back."""

import os
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, col, func, select

from profiles.model import EndReason, Erasure, Profile
from pusher.privacy.forget import forget
from pusher.settings import Settings


def forgotten_file(settings: Settings) -> Path:
    """One id a line; it names nobody without the database, and there nothing of them is left."""
    return settings.key_file.parent / "forgotten"


def remember(session: Session, file: Path) -> None:
    """Write down who was forgotten since the last time."""
    known = read_forgotten(file)
    if session.exec(select(func.count()).select_from(Erasure)).one() <= len(known):
        return
    asked = session.exec(select(Erasure.profile_id).order_by(col(Erasure.asked_at))).all()
    lines = "".join(f"{one}\n" for one in asked if one not in known)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, lines.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read_forgotten(file: Path) -> set[UUID]:
    """Their ids; a line that is none is passed over."""
    try:
        lines = file.read_text(encoding="ascii", errors="replace").split()
    except FileNotFoundError:
        return set()
    return {UUID(line) for line in lines if len(line) == 36 and _is_id(line)}


def forget_again(session: Session, file: Path, *, now: datetime) -> int:
    """Forget whom this database still knows though they were forgotten; return how many."""
    again = 0
    for one in sorted(read_forgotten(file)):
        profile = session.get(Profile, one)
        if profile is not None and profile.ended_reason is not EndReason.ERASED:
            forget(session, profile, by="restore", now=now)
            again += 1
    return again


def _is_id(line: str) -> bool:
    try:
        UUID(line)
    except ValueError:
        return False
    return True
