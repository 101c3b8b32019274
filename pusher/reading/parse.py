"""The parsers' own process, ``python -m pusher.reading.parse``: what breaks here breaks alone.

It waits for files on standard input and forks once for each, so that starting Python and loading a
parser is paid once for a whole folder, while every file has a process, a limit of memory and of
time, and an end of its own. The fork can open no file and no socket; only for a PDF, whose fonts
may be the machine's, it can open a few.

On the wire: a line of JSON ``{"name", "size", "want"}`` and the bytes; back comes a line
``{"size"}`` and JSON: ``{"document"}``, or ``{"links"}``, ``{"picture"}``, ``{"cleaned"}``,
``{"photo"}`` where that was wanted, or
``{"refused": {"code", "text"}}``.
"""

import contextlib
import json
import os
import resource
import select
import signal
import sys
import time
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

from pusher.reading import documents, kinds

MOST_ANSWERED = 64 * 1024 * 1024

_STOPPED = {
    "refused": {
        "code": "too_hard",
        "text": "读取这个文件占用的时间或内存超过上限，已停止；请另存后重试或人工录入。",
    }
}
_FELL = {
    "refused": {
        "code": "broken",
        "text": "读取这个文件时解析程序出错，文件可能已损坏；请重新下载或另存后再导入。",
    }
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take.

    Attributes:
        memory_mb: of address space.
        cpu_s: of computing, whole seconds.
        wall_s: altogether, whole seconds; a crowded machine computes slowly.
    """

    memory_mb: int = 512
    cpu_s: int = 20
    wall_s: int = 40


def main() -> None:
    """Answer one file after the other until standard input ends.

    Arguments: the limits, in the order of `Limits`.
    """
    limits = Limits(*map(int, sys.argv[1:]))
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    while line := source.readline():
        asked = json.loads(line)
        content = source.read(asked["size"])
        answer = _apart(content, asked["name"], asked["want"], limits)
        sink.write(json.dumps({"size": len(answer)}).encode() + b"\n" + answer)
        sink.flush()


def _apart(content: bytes, name: str, want: str, limits: Limits) -> bytes:
    """Read *content* in a fork; kill it where it takes too long."""
    if want.partition(":")[0] in _MODULES:
        import_module(_MODULES[want.partition(":")[0]])
    with contextlib.suppress(documents.Unreadable):
        kinds.load_parser(kinds.kind_of(content, name))
        _load_the_rest()
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _end_with_answer(theirs, content, name, want, limits)
    os.close(theirs)
    answer = _take(ours, until=time.monotonic() + limits.wall_s)
    os.close(ours)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return answer or json.dumps(_STOPPED if _was_stopped(status) else _FELL).encode()


def _load_the_rest() -> None:
    """Import what libraries import when they first need it: the fork can open no module."""
    for module in _LATER:
        import_module(module)


_MODULES = {
    "picture": "pusher.reading.picture",
    "cleaned": "pusher.reading.cleaning",
    "photo": "pusher.reading.photo",
}
_LATER = (
    "heapq", "lzma", "bz2", "charset_normalizer.api", "encodings.gb18030", "encodings.gbk",
    "encodings.gb2312", "encodings.hz", "encodings.big5", "encodings.big5hkscs", "encodings.cp950",
    "encodings.utf_8_sig", "encodings.utf_16", "encodings.utf_16_le", "encodings.utf_16_be",
    "encodings.utf_32", "encodings.latin_1", "encodings.cp1252", "encodings.cp437",
    "encodings.ascii", "encodings.idna",
)  # fmt: skip


def _end_with_answer(pipe: int, content: bytes, name: str, want: str, limits: Limits) -> None:
    """In the fork: confine it, answer, end without cleaning up."""
    try:
        # where a PDF brings no font, pdfium measures and draws with the fonts of the machine
        confine(limits, files=64 if b"%PDF-" in content[:1024] else 0)
        answer = json.dumps(_answer(content, name, want)).encode()
        view = memoryview(len(answer).to_bytes(8, "big") + answer)
        while view:
            view = view[os.write(pipe, view) :]
    finally:
        os._exit(0)


def _was_stopped(status: int) -> bool:
    """Whether a limit ended the fork, not a fault of its own."""
    limits = (signal.SIGKILL, signal.SIGALRM, signal.SIGXCPU)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) in limits


def confine(limits: Limits, *, files: int = 0) -> None:
    """Give up, for the rest of this process: memory, time, all but so many files and sockets."""
    memory = limits.memory_mb * 1024 * 1024
    signal.alarm(limits.wall_s)  # ends us also where nobody is left to kill us
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_s, limits.cpu_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


def _answer(content: bytes, name: str, want: str) -> dict[str, Any]:
    try:
        if want.startswith("picture:"):
            return {"picture": {"png": documents.picture(content, int(want[8:]))}}
        if want == "cleaned":
            return {"cleaned": {"html": documents.cleaned(content)}}
        if want == "photo":
            return {"photo": {"jpeg": documents.photo(content)}}
        if want == "links":
            return {"links": [asdict(link) for link in documents.read_links(content, name)]}
        return {"document": documents.read(content, name).shape()}
    except documents.Unreadable as why_not:
        return {"refused": {"code": why_not.code, "text": str(why_not)}}
    except (MemoryError, RecursionError):
        return _STOPPED


def _take(pipe: int, *, until: float) -> bytes | None:
    """The whole answer of the fork; None where it died, or talks too long or too much."""
    taken = bytearray()
    while len(taken) <= MOST_ANSWERED:
        ready, _, _ = select.select([pipe], [], [], max(until - time.monotonic(), 0))
        piece = os.read(pipe, 1 << 20) if ready else b""
        if not piece:
            return None
        taken += piece
        if len(taken) >= 8 and len(taken) - 8 == int.from_bytes(taken[:8], "big"):
            return bytes(taken[8:])
    return None


if __name__ == "__main__":
    main()
