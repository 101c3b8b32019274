"""Which doors of this office are open: a lock of the folder each, ended by the process's own end.

Console and clockwork hold ``running.lock`` together; upgrade and restore want it alone.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process is at work on this office. The text may be shown."""


@contextmanager
def door_open(home: Path) -> Iterator[None]:
    """Hold the office open beside other doors.

    Raises:
        AlreadyRunning: an upgrade or a restore is under way.
    """
    with _held(home / "running.lock", fcntl.LOCK_SH, f"{home} 正在升级或恢复，请完成后再启动"):
        yield


@contextmanager
def the_only_console(home: Path, *, address: str) -> Iterator[None]:
    """Be the one console of this folder.

    Args:
        address: where it listens, told to whoever comes second.

    Raises:
        AlreadyRunning: another console runs there.
    """
    file = home / "console.lock"
    told = f"{home} 已有一个 pusher serve 在运行（{_told_in(file)}）；同一个文件夹只能开一个"
    with _held(file, fcntl.LOCK_EX, told) as handle:
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"进程 {os.getpid()}，{address}".encode(), 0)
        yield


@contextmanager
def all_doors_shut(home: Path) -> Iterator[None]:
    """Have the office for oneself.

    Raises:
        AlreadyRunning: a console or a clockwork runs.
    """
    told = f"{home} 的 pusher serve 或 pusher jobs 正在运行；请先停止，再重新运行本命令"
    with _held(home / "running.lock", fcntl.LOCK_EX, told):
        yield


@contextmanager
def _held(file: Path, kind: int, told: str) -> Iterator[int]:
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(told) from None
        yield handle
    finally:
        os.close(handle)


def _told_in(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")[:80] or "刚启动"
    except (OSError, UnicodeDecodeError):
        return "刚启动"
