"""A clockwork that dies again and again is noticed when it starts, before it sends anything more.

A file beside the database has a line for each start that has not told of its end. It is not a row:
a process that cannot even open its database must be counted as well.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

FILE_NAME: Final = "starts"
MOST: Final = 5
"""So many deaths within `WITHIN` are no accident."""
WITHIN: Final = timedelta(minutes=1)


def note_start(home: Path, *, now: datetime) -> int:
    """Write down that a clockwork starts; return how many died within `WITHIN` before.

    Args:
        now: on the machine's clock; it names this start, for `note_end`.
    """
    with _lines(home) as lines:
        # what a wrong clock left in the future is dropped as well
        lines[:] = [line for line in lines if abs(now - line) < WITHIN]
        died = len(lines)
        lines.append(now)
    return died


def note_end(home: Path, *, start: datetime) -> None:
    """Write down that the clockwork that started then ended as it was asked to."""
    with _lines(home) as lines:
        lines[:] = [line for line in lines if line != start]


@contextmanager
def _lines(home: Path) -> Iterator[list[datetime]]:
    handle = os.open(home / FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        lines = [moment for line in os.read(handle, 65_536).split() if (moment := _read(line))]
        yield lines
        os.ftruncate(handle, 0)
        os.pwrite(handle, "".join(f"{line.isoformat()}\n" for line in lines).encode(), 0)
    finally:
        os.close(handle)


def _read(line: bytes) -> datetime | None:
    """A moment; None for what a killed process left half written."""
    try:
        moment = datetime.fromisoformat(line.decode("ascii"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
