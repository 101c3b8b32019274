"""The office's folder: can it be written, are keys and data kept from others, is it one disk."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from profiles.sealing import BadKeyFile, read_keys
from pusher.keeping.finding import Finding, fine, note, wrong
from pusher.keeping.machine import file_system_of, is_far
from pusher.settings import FILE_NAME, Settings


def look_at_folder(settings: Settings) -> Iterator[Finding]:
    """Look at the folder, the keys and the database's file; opens no database."""
    if not settings.home.is_dir():
        yield wrong("数据文件夹", f"没有 {settings.home}；请先运行 pusher init，或设置 PUSHER_HOME")
        return
    yield _writable(settings.home)
    yield from _kept_from_others(settings)
    yield from look_at_keys(settings.key_file)
    yield from look_at_database_file(settings)


def look_at_keys(file: Path) -> Iterator[Finding]:
    """The key file: there, whole, ours, and readable by its owner alone."""
    try:
        read_keys(file)
        owner = file.stat().st_uid
    except BadKeyFile as error:
        yield wrong("密钥", str(error))
        return
    except OSError:
        yield wrong("密钥", f"无法读取 {file}；请检查文件的所有者和权限")
        return
    if owner != os.geteuid():
        yield wrong("密钥", f"{file} 的所有者不是运行本程序的账号；请执行 chown")
    else:
        yield fine("密钥", f"{file}")


def look_at_database_file(settings: Settings) -> Iterator[Finding]:
    """The SQLite file: there, and on a disk of this machine; nothing on PostgreSQL."""
    file = settings.database_file
    if file is None:
        return
    kind = file_system_of(file.absolute())
    if is_far(kind):
        yield wrong(
            "数据库",
            f"{file} 在网络盘（{kind}）上，SQLite 的锁在那里不可靠；"
            "请移到本机磁盘，或改用 PostgreSQL",
        )
    elif not file.exists():
        yield wrong("数据库", f"没有 {file}；请先运行 pusher init，或用 pusher restore 恢复备份")


def _writable(home: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        return wrong("数据文件夹", f"无法写入 {home}（{why}）；请检查权限、磁盘空间和是否只读")
    return fine("数据文件夹", f"{home.absolute()}")


def _kept_from_others(settings: Settings) -> Iterator[Finding]:
    watched = [settings.home, settings.home / FILE_NAME, settings.database_file]
    for path in watched:
        if path is not None and path.exists() and path.stat().st_mode & 0o077:
            mode = "700" if path.is_dir() else "600"
            yield note("权限", f"{path} 可被本机其他账号读取；请执行 chmod {mode} {path}")
