"""An older database becomes this program's with every row in it, or stays what it was."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from pusher.keeping.running import door_open
from pusher.model.batch import BatchState
from pusher.store import Store, downgrade, revisions
from tests.keeping.offices import AnOffice
from tests.sending.delivery_makers import given_batch, notices_of, states_of

FIRST = revisions()[-1]
PREVIOUS = revisions()[1]
NEWEST = revisions()[0]


def at_work(office: AnOffice) -> None:
    """Batches, notices, matches, people, acts: rows in most tables."""
    store = office.opened()
    given_batch(store, 3, state=BatchState.SENDING)
    given_batch(store, 2, state=BatchState.DRAFT)
    store.close()


def rows_of(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as the database has it."""
    with store.reading() as session:
        ask = session.connection()
        names = set(inspect(ask).get_table_names()) - {"alembic_version"}
        return {
            name: [dict(row) for row in ask.execute(text(f'SELECT * FROM "{name}"')).mappings()]
            for name in names
        }


def lost(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> Any:
    """Rows that are not there any more, by the columns they had and still could have."""
    gone = {}
    for name, rows in before.items():
        now = after.get(name, [])
        shared = set(rows[0]) & set(now[0]) if rows and now else set()
        left = [{k: r[k] for k in shared} for r in now]
        gone[name] = [r for r in rows if {k: r[k] for k in shared} not in left]
    return {name: rows for name, rows in gone.items() if rows}


@pytest.mark.parametrize("older", [FIRST, PREVIOUS], ids=["the first", "the previous"])
def test_an_older_database_with_data_is_upgraded_and_downgraded(
    office: AnOffice, older: str
) -> None:
    at_work(office)
    store = office.opened()
    downgrade(store.url, older)
    before = rows_of(store)
    assert len(before["notice"]) == 5
    store.close()

    done = office.told("upgrade")

    assert (done["before"], done["after"]) == (older, NEWEST)
    store = office.opened()
    store.check_schema()
    after = rows_of(store)
    assert lost(before, after) == {}
    assert len(notices_of(store)) == 5
    downgrade(store.url, older)
    assert lost(before, rows_of(store)) == {}
    store.close()


def test_an_upgrade_backs_up_first_and_its_backup_restores(
    office: AnOffice, request: pytest.FixtureRequest
) -> None:
    at_work(office)
    downgrade(office.opened().url, PREVIOUS)

    done = office.told("upgrade")

    assert Path(done["backup"]).parent == office.home / "backups"
    again = office
    if office.url:
        fresh: Callable[[str], str] = request.getfixturevalue("fresh_database")
        again = AnOffice(office.home, fresh("template0"))
    again.told("restore", done["backup"], *([] if office.url else ["--replace"]))
    store = again.opened()
    store.check_schema()
    assert sum(states_of(store).values()) == 5
    store.close()


def test_a_second_upgrade_has_nothing_to_do(home: Path) -> None:
    office = AnOffice(home, "")

    done = office.told("upgrade")

    assert (done["before"], done["backup"]) == (NEWEST, None)
    assert not home.joinpath("backups").exists()


def test_until_it_is_upgraded_every_door_refuses_and_names_the_command(home: Path) -> None:
    office = AnOffice(home, "")
    downgrade(office.opened().url, PREVIOUS)

    done = office.typed("staff", "list")

    assert done.exit_code == 1
    assert "pusher upgrade" in done.stderr


def test_a_newer_database_is_refused_by_every_verb_and_left_alone(home: Path) -> None:
    office = AnOffice(home, "")
    store = office.opened()
    with store.writing() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()

    for words in (["staff", "list"], ["upgrade"], ["serve"], ["send"]):
        done = office.typed(*words)
        assert done.exit_code == 1, words
        assert "9999 比本程序新" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_no_upgrade_while_a_door_is_open(home: Path) -> None:
    with door_open(home):
        done = AnOffice(home, "").typed("upgrade")

    assert done.exit_code == 1
    assert "请先停止" in done.stderr


KILLED_AT_A_STATEMENT = """
import os, signal, sys
from sqlalchemy import Engine, event
seen = 0
@event.listens_for(Engine, "after_cursor_execute")
def count(connection, cursor, statement, *more):
    global seen
    if statement.lstrip().upper().startswith(("CREATE", "ALTER", "DROP", "INSERT", "UPDATE")):
        seen += 1
        if seen == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
from pusher.store import migrate
migrate(sys.argv[1])
print(seen)
"""


def migrated(url: str, kill_at: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", KILLED_AT_A_STATEMENT, url, str(kill_at)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("part", [0.2, 0.99])
def test_a_migration_killed_half_way_leaves_the_old_tables_and_every_row(
    office: AnOffice, part: float
) -> None:
    at_work(office)
    store = office.opened()
    downgrade(store.url, FIRST)
    before = rows_of(store)
    store.close()
    statements = len(revisions()) * 5

    done = migrated(store.url, max(1, int(statements * part)))

    store = office.opened()
    if done.returncode == -signal.SIGKILL:
        assert store.revision() == FIRST
        assert rows_of(store) == before
    else:
        assert store.revision() == NEWEST
    store.close()
    assert office.told("upgrade")["after"] == NEWEST
