"""A restore that is killed, wherever: the old database as it was, or the new one, held."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from pusher.keeping.epoch import check_age
from pusher.model.batch import BatchState
from pusher.model.clockwork import Hold
from pusher.model.notice import NoticeState
from pusher.store import integrity
from tests.keeping.offices import AnOffice, environ_of
from tests.makers import NOW
from tests.sending.delivery_makers import given_batch, states_of

KILLED_BEFORE = """
import os, signal, sys
step, path = sys.argv[1], sys.argv[2]
def watch(event, arguments):
    if event == step and path in str(arguments[0]):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
from pusher.__main__ import pusher
pusher.main(sys.argv[3:])
"""


def restored(home: Path, file: Path, step: str, path: str) -> "subprocess.CompletedProcess[str]":
    """Restore in a process that kills itself right before it does *step* to *path*."""
    verb = ["restore", str(file), "--replace"]
    return subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE, step, path, *verb],
        env=environ_of(home), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("step", "path"),
    [
        ("sqlite3.connect", "pusher.db.restoring"),
        ("os.link", "pusher.db"),
        ("os.rename", "pusher.db.restoring"),
        ("os.rename", "epoch."),
    ],
)
def test_a_killed_restore_leaves_the_old_or_the_new(home: Path, step: str, path: str) -> None:
    office = AnOffice(home, "")
    file = home.parent / "a.backup"
    office.told("backup", str(file))
    store = office.opened()
    given_batch(store, 2, state=BatchState.SENDING)
    assert not check_age(store, office.settings(), now=NOW)
    store.close()

    done = restored(home, file, step, path)

    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    store = office.opened()
    with store.reading() as session:
        held = bool(session.exec(select(Hold)).all())
        assert integrity(session) == []
    assert held == (path == "epoch.")
    assert states_of(store) == ({} if held else {NoticeState.DRAFTED: 2})
    if not held:
        assert not check_age(store, office.settings(), now=NOW)
    store.close()
    office.told("restore", str(file), "--replace")
