"""The machine under the office: its libraries, clock zone, disk, fonts and browser."""

import os
import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pusher.clock import OFFICE_ZONE
from pusher.keeping.finding import Finding, fine, note, wrong

MENDED: Final = (3, 51, 3)
"""The first SQLite whose write-ahead log survives a checkpoint beside a commit; see sqlite.org,
"The WAL-Reset Bug"."""
SCARCE_MB: Final = 2_000
FULL_MB: Final = 200
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")
_FAR: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "ceph", "fuse.sshfs", "fuse.glusterfs"}
)
"""File systems over a network, on which SQLite's locks cannot be relied upon (sqlite.org, "SQLite
Over a Network")."""


def look_at_machine(home: Path) -> Iterator[Finding]:
    """Look at everything that does not depend on the office's settings."""
    yield fine("Python", platform.python_version())
    yield _sqlite(sqlite3.sqlite_version_info)
    yield _zone()
    yield look_at_disk(home)
    yield _fonts()
    yield _browser()
    if os.geteuid() == 0:
        yield note("运行身份", "正以 root 运行；请按《运维手册》改用专用账号 pusher")


def look_at_disk(home: Path) -> Finding:
    """How much room is left where the office's data lie."""
    free_mb = shutil.disk_usage(_standing(home)).free // 1_000_000
    return judge_room(free_mb)


def judge_room(free_mb: int) -> Finding:
    """Whether so much room is enough."""
    says = f"剩余 {free_mb:,} MB"
    if free_mb < FULL_MB:
        return wrong("磁盘空间", f"{says}，不足 {FULL_MB} MB；请立即清理，否则无法保存")
    if free_mb < SCARCE_MB:
        return note("磁盘空间", f"{says}，请尽快清理或扩容")
    return fine("磁盘空间", says)


def file_system_of(path: Path, mounts: str | None = None) -> str:
    """The kind of file system that *path* lies on; empty where the machine does not tell.

    Args:
        mounts: in the form of ``/proc/self/mounts``, which is read by default.
    """
    if mounts is None:
        try:
            mounts = Path("/proc/self/mounts").read_text()
        except OSError:
            return ""
    found = ("", "")
    for line in mounts.splitlines():
        _, point, kind, *_ = [*line.split(" "), "", "", ""]
        point = point.replace("\\040", " ")
        inside = path.is_relative_to(point) if point.startswith("/") else False
        if inside and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1]


def is_far(kind: str) -> bool:
    """Whether a kind of file system lies behind a network."""
    return kind in _FAR


def _standing(path: Path) -> Path:
    """The nearest folder on the way to *path* that exists."""
    path = path.absolute()
    return next(p for p in (path, *path.parents) if p.exists())


def _sqlite(version: tuple[int, ...]) -> Finding:
    says = ".".join(map(str, version))
    if version >= MENDED:
        return fine("SQLite", says)
    return note(
        "SQLite",
        f"{says}，早于 3.51.3，其预写日志在并发检查点时可能损坏；本程序已用文件锁避免，"
        "请勿用其他程序打开正在使用的数据库文件",
    )


def _zone() -> Finding:
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        return wrong("时区", "缺少时区数据，请安装 tzdata")
    return fine("时区", f"办公时钟用 {OFFICE_ZONE.key}（北京时间），与机器所设时区无关")


def _fonts() -> Finding:
    lister = shutil.which("fc-list")
    if lister is None:
        return note("中文字体", "无法查看（未安装 fontconfig）；在本机打印明白纸需要中文字体")
    listed = subprocess.run(  # noqa: S603 - a fixed command
        [lister, ":lang=zh", "family"], capture_output=True, timeout=20, check=False
    )
    if listed.stdout.strip():
        return fine("中文字体", "有")
    return note("中文字体", "没有；在本机打印明白纸前请安装，例如 fonts-noto-cjk")


def _browser() -> Finding:
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found:
        return fine("浏览器", found)
    return note("浏览器", "本机没有；网页可在其他电脑上打开，明白纸请在有浏览器的电脑上打印")
