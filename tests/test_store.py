"""The store writes one at a time, reads without writing, and builds its tables by migrations."""

import multiprocessing
import threading
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select

from profiles.model import Office
from profiles.sealing import Keys, Sealer
from pusher.model.all import METADATA
from pusher.store import Store, WrongSchema, _alembic, downgrade, migrate, revisions


def _office(name: str = "样例区", code: str = "370199") -> Office:
    return Office(name=name, area_code=code, signature="样例政务", phone="0531-00000000")


def test_what_was_written_is_read(store: Store) -> None:
    with store.writing() as session:
        session.add(_office())

    with store.reading() as session:
        assert session.exec(select(Office.name)).one() == "样例区"


def test_a_raised_error_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing() as session:
        session.add(_office())
        session.flush()
        raise ZeroDivisionError

    with store.reading() as session:
        assert session.exec(select(Office)).all() == []


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError), store.reading() as session:
        session.add(_office())
        session.flush()


def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_itself(store: Store) -> None:
    with store.writing(), pytest.raises(RuntimeError), store.writing():
        pass


def test_sqlite_runs_with_a_write_ahead_log_that_is_synced_at_every_commit(store: Store) -> None:
    if not store.url.startswith("sqlite"):
        return
    with store.writing() as session:
        connection = session.connection()

        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_threads_that_write_wait_for_one_another(store: Store) -> None:
    with store.writing() as session:
        session.add(_office("0"))

    def count_up() -> None:
        for _ in range(10):
            with store.writing() as session:
                office = session.exec(select(Office).with_for_update()).one()
                office.name = str(int(office.name) + 1)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with store.reading() as session:
        assert session.exec(select(Office.name)).one() == "40"


def _count_up(url: str) -> None:
    store = Store(url, sealer=Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32)))
    for _ in range(10):
        with store.writing() as session:
            office = session.exec(select(Office).with_for_update()).one()
            office.name = str(int(office.name) + 1)
    store.close()


def test_processes_that_write_wait_for_one_another(store: Store) -> None:
    with store.writing() as session:
        session.add(_office("0"))

    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_count_up, args=(store.url,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0, 0]
    with store.reading() as session:
        assert session.exec(select(Office.name)).one() == "20"


def test_the_migrations_are_one_line_in_the_order_of_their_files() -> None:
    line = ScriptDirectory.from_config(_alembic("")).walk_revisions()

    assert [script.revision for script in line] == revisions()


def test_the_migrations_make_the_tables_that_the_model_describes(store: Store) -> None:
    command.check(_alembic(store.url))


def test_the_migrations_go_down_to_nothing_and_up_again(store: Store) -> None:
    downgrade(store.url, "base")
    with store.reading() as session:
        assert set(inspect(session.connection()).get_table_names()) <= {"alembic_version"}

    migrate(store.url)
    with store.reading() as session:
        names = set(inspect(session.connection()).get_table_names())
    assert names == {*METADATA.tables, "alembic_version"}


def test_the_database_refuses_a_word_that_is_not_a_state(store: Store) -> None:
    with pytest.raises(IntegrityError), store.writing() as session:
        session.connection().execute(
            text("INSERT INTO holiday (day, kind, name, source) VALUES ('2026-01-01', 'x', '', '')")
        )


def test_a_database_without_tables_is_refused_with_advice(tmp_path: Path, sealer: Sealer) -> None:
    store = Store(f"sqlite:///{tmp_path / 'empty.db'}", sealer=sealer)

    with pytest.raises(WrongSchema, match="pusher init"):
        store.check_schema()

    store.close()


def test_a_database_of_another_version_is_refused_with_advice(store: Store) -> None:
    with store.writing() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(WrongSchema, match="9999"):
        store.check_schema()
