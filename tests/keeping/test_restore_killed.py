"""A restore that is killed, wherever: the old database as it was, or the new one, held."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from pusher.__main__ import pusher
from pusher.keeping.epoch import check_age
from pusher.model.batch import BatchState
from pusher.model.clockwork import Hold
from pusher.model.notice import NoticeState
from pusher.store import integrity
from tests.forked import FORK
from tests.keeping.offices import AnOffice, environ_of, make_home
from tests.makers import NOW
from tests.sending.delivery_makers import given_batch, states_of


def restored(office: AnOffice, file: Path, step: str, path: str, *, time: int = 1) -> int:
    """Restore in a process that kills itself right before it does *step* to *path*; its end."""
    verb = ["restore", str(file), *(() if office.url else ("--replace",))]
    more = {"PUSHER_DATABASE_URL": office.url} if office.url else {}
    environ = environ_of(office.home, **more)
    process = FORK.Process(target=_restore, args=(environ, verb, step, path, time))
    process.start()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def _restore(environ: dict[str, str], verb: list[str], step: str, path: str, time: int) -> None:
    os.environ.update(environ)
    left = time

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event == step and path in str(arguments[0]):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    pusher.main(verb)


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

    end = restored(office, file, step, path)

    assert end == -signal.SIGKILL
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


@pytest.mark.parametrize(
    ("step", "path", "time"),
    [
        ("os.rename", "epoch.", 1),
        ("exec", "migrations/env.py", 1),
        ("exec", "migrations/env.py", 2),
        ("os.rename", "epoch.", 2),
    ],
    ids=["at the start", "before the tables", "with the rows, not settled", "settled"],
)
def test_a_killed_restore_on_postgresql_is_begun_again_or_held(
    tmp_path: Path,
    sqlite_template: Path,
    fresh_database: Callable[[str], str],
    step: str,
    path: str,
    time: int,
) -> None:
    url = fresh_database("migrated")
    old = AnOffice(make_home(tmp_path / "var", sqlite_template, url=url), url)
    store = old.opened()
    given_batch(store, 2, state=BatchState.SENDING)
    assert not check_age(store, old.settings(), now=NOW)
    store.close()
    file = tmp_path / "a.backup"
    old.told("backup", str(file))
    new = AnOffice(old.home, fresh_database("template0"))

    end = restored(new, file, step, path, time=time)

    assert end == -signal.SIGKILL
    if time == 1:
        new.told("restore", str(file))
    else:
        assert new.typed("restore", str(file)).exit_code == 1
    store = new.opened()
    check_age(store, replace(old.settings(), database_url=new.url), now=NOW)
    with store.reading() as session:
        assert session.exec(select(Hold)).all()
    assert states_of(store) == {NoticeState.UNSURE: 2}
    store.close()
