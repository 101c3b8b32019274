"""What the stand-in accepted, on disk before it answers: JSON lines, appended and synced."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path

Entry = Mapping[str, object]


class Damaged(Exception):
    """A line in the middle of the journal is not what was written there."""


class Journal:
    """An append-only file; those who append at the same time share one sync."""

    def __init__(self, file: Path) -> None:
        """Open *file*, making it if need be; half a last line, left by a kill, is cut off.

        Raises:
            Damaged: any other line cannot be read.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self.entries = _read(self._handle, file)
        """What was there at the start, in order of writing."""
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def append(self, *entries: Entry) -> None:
        """Return once *entries* would survive a kill and a power cut.

        Raises:
            OSError: the disk is full or gone; nothing may be answered then.
        """
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((lines.encode(), done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_waiting())
        await done

    async def clear(self) -> None:
        """Forget everything."""
        if self._writer is not None:
            await self._writer
        os.ftruncate(self._handle, 0)
        os.fsync(self._handle)

    async def close(self) -> None:
        """Write what waits, then close the file."""
        if self._writer is not None:
            await self._writer
        os.close(self._handle)

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            error: OSError | None = None
            try:
                await asyncio.to_thread(self._write, b"".join(lines for lines, _ in batch))
            except OSError as caught:
                error = caught
            for _, done in batch:
                if done.done():
                    continue
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(error)

    def _write(self, lines: bytes) -> None:
        while lines:
            lines = lines[os.write(self._handle, lines) :]
        os.fsync(self._handle)


def _read(handle: int, file: Path) -> list[dict[str, object]]:
    with os.fdopen(os.dup(handle), "rb") as reader:
        content = reader.read()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.ftruncate(handle, whole)
    entries = []
    for number, line in enumerate(content[:whole].splitlines(), 1):
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise Damaged(f"{file} 第 {number} 行已损坏，请移走该文件后重新启动") from error
        entries.append(entry)
    return entries
