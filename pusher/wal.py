"""Whose write-ahead log lies beside a SQLite file: SQLite plays into the file whatever lies there.

A log carries a salt: SQLite draws it when it makes the log, and raises it by one with each round
of it (sqlite.org, "Write-Ahead Log File Format", salt-1). The file of the writers' lock remembers
it, so that the log of another database, or of an older day, is noticed before it is played.
"""

import contextlib
import os
from pathlib import Path
from typing import Final

_AT: Final = 16
"""Where the salt stands in a log: 4 bytes, big-endian."""
_ROUNDS: Final = 1_000_000
"""A log may be so many rounds ahead of what is remembered: a process may be killed in between."""


def log_of(database: Path) -> Path:
    """Where the log of a SQLite file lies while somebody has it open, or was killed."""
    return database.with_name(f"{database.name}-wal")


def is_foreign(lock: int, database: Path) -> bool:
    """Whether the log beside *database* is not the one it was last written with.

    A log that is gone, and one of which nothing is remembered, are not foreign.

    Args:
        lock: handle of the writers' lock, held.
    """
    found, known = _salt_of(log_of(database)), _remembered(lock)
    if found is None or known is None:
        return False
    return (found - known) % 2**32 > _ROUNDS


def remember(lock: int, database: Path) -> None:
    """Write down which log the database has now; under the lock, after each write."""
    found = _salt_of(log_of(database))
    if found == _remembered(lock):
        return
    # on a full disk the old one stays: a log may be ahead of it
    with contextlib.suppress(OSError):
        os.ftruncate(lock, 0)
        if found is not None:
            os.pwrite(lock, f"{found:08x}".encode("ascii"), 0)


def _remembered(lock: int) -> int | None:
    try:
        return int(os.pread(lock, 8, 0).decode("ascii"), 16)
    except ValueError:
        return None


def _salt_of(log: Path) -> int | None:
    try:
        with log.open("rb") as file:
            file.seek(_AT)
            salt = file.read(4)
    except FileNotFoundError:
        return None
    return int.from_bytes(salt, "big") if len(salt) == 4 else None
