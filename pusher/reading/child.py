"""The parsers' process as the rest of the house sees it: bytes go out, a document comes back."""

import base64
import json
import os
import select
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import astuple
from types import TracebackType
from typing import IO, Any, Final, Protocol, Self

from pusher.reading import documents, kinds
from pusher.reading.document import Document, Link, from_shape
from pusher.reading.parse import Limits
from pusher.reading.refusals import TooHard, refusal

PATIENCE_S: Final = 60.0
"""After so long without an answer the whole process is ended, whatever its own clocks say."""
_COMMAND = (sys.executable, "-I", "-X", "utf8", "-m", "pusher.reading.parse")


class Reads(Protocol):
    """Whatever turns bytes into a document."""

    def read(self, content: bytes, name: str) -> Document:
        """Read *content*; raises `Unreadable` and nothing else."""
        ...


class Reader:
    """Reads files apart from this process; keep one for a folder, its start is paid once.

    Threads may share it; one file is read at a time.
    """

    def __init__(self, limits: Limits | None = None, *, patience_s: float = PATIENCE_S) -> None:
        """Start nothing yet.

        Args:
            limits: what one file may take; by default 512 MB, 20 s of computing, 40 s altogether.
            patience_s: after so long without an answer the process is ended.
        """
        self._limits = astuple(limits) if limits else ()
        self._patience_s = patience_s
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Nothing is started before the first file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self.close()

    def __del__(self) -> None:
        """Leave no process behind."""
        self._end()

    def close(self) -> None:
        """End the process; the next file starts a new one."""
        with self._turn:
            self._end()

    def read(self, content: bytes, name: str) -> Document:
        """Read *content* as a document.

        Args:
            content: the bytes of a file or of an answer from a web server.
            name: its file name or address, for words to staff.

        Raises:
            Unreadable: one of its kinds, with words for staff; nothing else, whatever the bytes do.
        """
        return from_shape(self._asked(content, name, "document"))

    def links(self, content: bytes, name: str) -> tuple[Link, ...]:
        """Read the links of a web page, whether it is a document or a list of them.

        Raises:
            Unreadable: it is no web page, or a hostile one.
        """
        return tuple(Link(**one) for one in self._asked(content, name, "links"))

    def picture(self, content: bytes, page: int) -> bytes:
        """Draw one page of a PDF, from 1, as a PNG.

        Raises:
            Unreadable: there is no such page, or drawing it takes too much.
        """
        return base64.b64decode(self._asked(content, "", f"picture:{page}")["png"])

    def photo(self, content: bytes) -> bytes:
        """Draw a photograph anew as a JPEG that tells neither where nor with what it was taken.

        Raises:
            Unreadable: it is neither JPEG nor PNG, too large, or broken.
        """
        return base64.b64decode(self._asked(content, "", "photo")["jpeg"])

    def cleaned(self, content: bytes) -> str:
        """The HTML of a web page without anything that acts, loads or hides.

        Raises:
            Unreadable: it is no web page, or a hostile one.
        """
        return str(self._asked(content, "", "cleaned")["html"])

    def _asked(self, content: bytes, name: str, want: str) -> Any:
        kinds.refuse_oversized(content)
        with self._turn:
            answer = self._ask(content, name, want)
        if "refused" in answer:
            raise refusal(**answer["refused"])
        return answer[want.partition(":")[0]]

    def _ask(self, content: bytes, name: str, want: str) -> dict[str, Any]:
        """Ask the process; a process that died of idleness or of the last file is started anew."""
        try:
            return self._ask_once(content, name, want)
        except _Gone:
            self._end()
        try:
            return self._ask_once(content, name, want)
        except _Gone:
            self._end()
            raise TooHard("读取这个文件时解析程序意外退出；请另存后重试或人工录入。") from None

    def _ask_once(self, content: bytes, name: str, want: str) -> dict[str, Any]:
        process = self._process or self._start()
        source, sink = process.stdout, process.stdin
        if source is None or sink is None:
            raise _Gone
        head = json.dumps({"name": name, "size": len(content), "want": want}).encode() + b"\n"
        try:
            sink.write(head + content)
            sink.flush()
        except OSError:
            raise _Gone from None
        until = time.monotonic() + self._patience_s
        size = int(json.loads(_until_line(source, until))["size"])
        answer: dict[str, Any] = json.loads(_exactly(source, size, until))
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, numbers for arguments
            [*_COMMAND, *map(str, self._limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LANG": "C.UTF-8"},  # nothing of the office's settings or keys
            start_new_session=True,
        )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                with suppress(OSError):  # what was not written yet can be no more
                    stream.close()


class _Gone(Exception):
    """The process is no more, or does not answer."""


def read_apart(content: bytes, name: str) -> Document:
    """Read one file in a process of its own; for several, keep a `Reader`.

    Plain text needs no parser, only our own eyes: it is read right here.

    Raises:
        Unreadable: as `Reader.read`.
    """
    kinds.refuse_oversized(content)
    if content.strip() and kinds.kind_of(content, name) == "text":
        return documents.read(content, name)
    with Reader() as reader:
        return reader.read(content, name)


def _until_line(source: IO[bytes], until: float) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        line += _some(source, 1, until)
    return line


def _exactly(source: IO[bytes], size: int, until: float) -> bytes:
    taken = bytearray()
    while len(taken) < size:
        taken += _some(source, size - len(taken), until)
    return bytes(taken)


def _some(source: IO[bytes], most: int, until: float) -> bytes:
    ready, _, _ = select.select([source], [], [], max(until - time.monotonic(), 0))
    piece = os.read(source.fileno(), most) if ready else b""
    if not piece:
        raise _Gone
    return piece
