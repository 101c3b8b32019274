"""The doors' log: one JSON line for each event, a file a day, nobody named in it.

A line goes to the file and to standard error. Each of the two has a queue and a thread of its own,
so that a full disk or a pipe that nobody reads never stops the work; what could not be written is
counted. A file belongs to a day (of the office's zone), so nothing is renamed and several processes
append to the same one.
"""

import json
import logging
import os
import queue
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from profiles.identity import masked_text
from pusher.clock import OFFICE_ZONE

KEPT: Final = timedelta(days=200)
"""网络安全法 第二十一条: network logs are kept for at least six months."""
LONGEST: Final = 4_000
"""Characters of one message; more is cut."""
_WAITING: Final = 5_000
"""Lines that may wait for a slow disk; beyond, they are dropped and counted."""
_LAST_LINES_S: Final = 2.0

# Libraries that write addresses with phone numbers in them, or a line at every tick.
_HUSHED: Final = (
    "httpx", "httpcore", "aiohttp", "asyncio", "apscheduler", "sqlalchemy", "alembic",
    "uvicorn.access",
)  # fmt: skip


class Log(logging.Handler):
    """Hands each event to the file and to standard error; never waits and never raises."""

    def __init__(self, *sinks: "_Sink") -> None:
        super().__init__()
        self._sinks = sinks

    def emit(self, record: logging.LogRecord) -> None:
        """Put it into the queues."""
        try:
            line = json_line(record)
        except Exception:  # noqa: BLE001 - an outermost door: a bad log call must not stop the work
            line = json.dumps({"level": "ERROR", "from": record.name, "says": "unloggable"})
        for sink in self._sinks:
            sink.put(line, record.created)

    @property
    def dropped(self) -> int:
        """Lines that could not be written since the start."""
        return sum(sink.dropped for sink in self._sinks)

    def finish(self) -> None:
        """Wait a moment for the last lines."""
        for sink in self._sinks:
            sink.finish()


def open_log(folder: Path, door: str) -> Log:
    """Log everything of this process from now on.

    Args:
        folder: made if it is not there.
        door: ``console`` or ``clockwork``; the files are called after it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = Log(_Sink(_DailyFile(folder, door).write), _Sink(_to_standard_error))
    root = logging.getLogger()
    root.handlers[:] = [log]
    root.setLevel(logging.INFO)
    for name in _HUSHED:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return log


def dropped_lines() -> int:
    """Lines that this process could not write; 0 where no log was opened."""
    return sum(h.dropped for h in logging.getLogger().handlers if isinstance(h, Log))


def json_line(record: logging.LogRecord) -> str:
    """One event as one line: personal numbers masked, control characters encoded.

    Of an exception only its class and where it came from: its text may quote a person.
    """
    at = datetime.fromtimestamp(record.created, OFFICE_ZONE)
    event: dict[str, Any] = {
        "at": at.isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "from": record.name,
        "process": record.process,
        "says": masked_text(record.getMessage())[:LONGEST],
    }
    if record.exc_info and record.exc_info[1] is not None:
        error = record.exc_info[1]
        event["error"] = type(error).__name__
        event["where"] = places_of(error)
    line = json.dumps(event, ensure_ascii=False)
    # json encodes CR, LF and the like; a terminal also obeys C1 controls and line separators
    return re.sub("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", _encoded, line)


def places_of(error: BaseException) -> list[str]:
    """Where an exception came from, the innermost place first; our own files if there are any."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "site-packages" not in f.filename] or list(frames)
    return [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(ours[-6:])]


class _Sink:
    """One place that lines go to, written by a thread of its own."""

    def __init__(self, write: Callable[[str, float], None]) -> None:
        self.dropped = 0
        self._write = write
        self._waiting: queue.Queue[tuple[str, float]] = queue.Queue(_WAITING)
        threading.Thread(target=self._drain, name="log", daemon=True).start()

    def put(self, line: str, at: float) -> None:
        try:
            self._waiting.put_nowait((line, at))
        except queue.Full:
            self.dropped += 1

    def finish(self) -> None:
        end = time.monotonic() + _LAST_LINES_S
        while self._waiting.unfinished_tasks and time.monotonic() < end:
            time.sleep(0.01)

    def _drain(self) -> None:
        while True:
            line, at = self._waiting.get()
            try:
                self._write(line, at)
            except (OSError, ValueError):  # disk full, pipe closed
                self.dropped += 1
            finally:
                self._waiting.task_done()


class _DailyFile:
    """``DOOR-YYYY-MM-DD.jsonl``; files older than `KEPT` are deleted when a new one begins."""

    def __init__(self, folder: Path, door: str) -> None:
        self._folder, self._door = folder, door
        self._path: Path | None = None
        self._handle = -1

    def write(self, line: str, at: float) -> None:
        day = datetime.fromtimestamp(at, OFFICE_ZONE).date()
        path = self._folder / f"{self._door}-{day.isoformat()}.jsonl"
        if path != self._path:
            if self._handle >= 0:
                os.close(self._handle)
            self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._path = path
            self._delete_before((day - KEPT).isoformat())
        # one write for one line: lines of several processes do not mix
        os.write(self._handle, f"{line}\n".encode())

    def _delete_before(self, day: str) -> None:
        for file in self._folder.glob(f"{self._door}-????-??-??.jsonl"):
            if file.stem.removeprefix(f"{self._door}-") < day:
                file.unlink(missing_ok=True)


def _to_standard_error(line: str, _at: float) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _encoded(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
