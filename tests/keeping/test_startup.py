"""A door that cannot work does not open: one line for each problem, exit 2, no secret printed."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pusher.keeping.running import AlreadyRunning, all_doors_shut, door_open, the_only_console
from pusher.settings import FILE_NAME
from tests.keeping.offices import environ_of, typed

PR_CAPBSET_DROP, CAP_DAC_OVERRIDE = 24, 1
"""linux/prctl.h, linux/capability.h"""
DOORS = {"console": ["-m", "pusher", "serve"], "clockwork": ["-m", "jobs"]}


def started(words: list[str], home: Path, **more: Any) -> "subprocess.CompletedProcess[str]":
    """A real process, run until it refuses."""
    return subprocess.run(
        [sys.executable, *words],
        env=environ_of(home), capture_output=True, text=True, timeout=60, check=False, **more,
    )  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_a_door_with_broken_settings_names_each_and_does_not_open(home: Path, door: str) -> None:
    home.joinpath(FILE_NAME).write_text('prot = 1\nport = "abc"\nmetrics_token = "TOPSECRET"')

    done = started(DOORS[door], home)

    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("错误：") for line in lines)
    assert "TOPSECRET" not in done.stderr


def test_keys_gateways_and_folder_are_named_together(home: Path) -> None:
    home.joinpath("keys.json").chmod(0o644)
    home.joinpath(FILE_NAME).write_text(
        '[gateways.aliyun]\naccess_key_id = "TOPSECRET"\n[gateways.wechat]\nappid = "wx1"'
    )

    done = typed(home, "serve")

    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 3
    assert "chmod 600" in done.stderr
    assert "缺少 access_key_secret" in done.stderr
    assert "缺少 secret" in done.stderr
    assert "TOPSECRET" not in done.stderr


def test_any_verb_refuses_wrong_settings_with_exit_2(home: Path) -> None:
    assert typed(home, "staff", "list", PUSHER_TICK_S="soon").exit_code == 2


def test_a_second_console_on_the_same_folder_is_told_of_the_first(home: Path) -> None:
    with the_only_console(home, address="127.0.0.1:8000"):
        done = typed(home, "serve", "--port", "8123")

    assert done.exit_code == 1
    assert f"进程 {os.getpid()}，127.0.0.1:8000" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_taken_port_is_one_clear_line(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = typed(home, "serve", "--port", str(port))

    assert done.exit_code == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_doors_stand_open_together_but_not_during_an_upgrade(home: Path) -> None:
    with door_open(home), door_open(home), pytest.raises(AlreadyRunning, match="请先停止"):
        all_doors_shut(home).__enter__()
    with all_doors_shut(home), pytest.raises(AlreadyRunning, match="正在升级或恢复"):
        door_open(home).__enter__()


def test_a_damaged_database_is_one_line_that_points_to_the_backup(home: Path) -> None:
    home.joinpath("pusher.db").write_bytes(b"\xa5" * 40_960)

    for done in (started(DOORS["clockwork"], home), typed(home, "staff", "list")):
        told = done.stderr
        assert "已损坏" in told
        assert "pusher restore" in told
        assert len(told.splitlines()) == 1


def without_the_rights_of_root() -> None:
    """To root every folder is writable; take that capability from the process to be."""
    if os.geteuid() == 0:
        assert ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE) == 0


@pytest.fixture
def read_only(home: Path) -> Iterator[Path]:
    home.chmod(0o500)
    yield home
    home.chmod(0o700)


@pytest.mark.parametrize("door", DOORS)
def test_a_read_only_folder_is_one_clear_line(read_only: Path, door: str) -> None:
    done = started(DOORS[door], read_only, preexec_fn=without_the_rights_of_root)

    assert done.returncode == 2
    assert f"无法写入 {read_only}" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_verb_in_a_read_only_folder_is_one_clear_line(read_only: Path) -> None:
    verb = ["-m", "pusher", "jobs", "--run", "fold"]

    done = started(verb, read_only, preexec_fn=without_the_rights_of_root)

    assert done.returncode == 1
    assert str(read_only) in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("door", DOORS)
def test_a_database_that_may_only_be_read_is_one_clear_line(home: Path, door: str) -> None:
    file = home / "pusher.db"
    file.chmod(0o400)
    before = file.read_bytes()

    done = started(DOORS[door], home, preexec_fn=without_the_rights_of_root)

    assert done.returncode != 0
    assert f"{file} 打不开或不可写" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert file.read_bytes() == before


def limited_to(size: int) -> Callable[[], None]:
    """Let no file grow beyond *size*, as on a full disk; the signal is ignored, as Python does."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_on_a_full_disk_nothing_half_is_kept_and_one_line_says_why(home: Path) -> None:
    before = typed(home, "staff", "list", "--json").stdout

    verb = ["-m", "pusher", "staff", "add", "wangli", "--role", "clerk", "--number", "1"]
    done = started(verb, home, preexec_fn=limited_to(4096))

    assert done.returncode == 1
    assert "磁盘" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert typed(home, "staff", "list", "--json").stdout == before
