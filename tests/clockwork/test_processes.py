"""Clockworks as processes: two at once, killed, asked to end, before a locked database."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import select

from pusher.clock import office_now
from pusher.clockwork import ALIVE, clockwork_state
from pusher.model.clockwork import Heartbeat, Slot
from pusher.model.notice import NoticeState
from pusher.settings import child_environment, read_settings
from pusher.store import Store
from tests.clockwork.rehearsal import DIED, Rehearsal, ended, until
from tests.makers import NOW
from tests.sending.delivery_makers import given_batch

ROOT = Path(__file__).parents[2]
LOCKED_S = 7


def slots_of(store: Store, job: str = "fold") -> list[Slot]:
    with store.reading() as session:
        return list(session.exec(select(Slot).where(Slot.job == job)))


def goes_on(store: Store, ticks: int = 3) -> None:
    """Wait for so many more slots."""
    seen = len(slots_of(store))
    until(lambda: len(slots_of(store)) >= seen + ticks, what="no more slots")


def beats_of(store: Store) -> int:
    with store.reading() as session:
        return len(session.exec(select(Heartbeat)).all())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_clockwork_asked_to_end_finishes_what_it_began(
    rehearsal: Rehearsal, number: signal.Signals
) -> None:
    given_batch(rehearsal.store, 40)
    clockwork = rehearsal.clockwork()
    until(lambda: rehearsal.states()[NoticeState.DRAFTED] < 40)

    assert clockwork.pid
    os.kill(clockwork.pid, number)

    assert ended(clockwork) == 0
    slots = slots_of(rehearsal.store)
    assert all(slot.ended_at is not None for slot in slots)
    assert {slot.failed for slot in slots} == {None}
    assert not {NoticeState.HANDING, NoticeState.UNSURE} & set(rehearsal.states())
    rehearsal.check(40)


def test_of_two_processes_one_is_killed_and_the_other_goes_on(rehearsal: Rehearsal) -> None:
    given_batch(rehearsal.store, 60)
    first, second = rehearsal.clockwork(), rehearsal.clockwork()
    until(lambda: beats_of(rehearsal.store) == 2)

    first.kill()
    assert ended(first) == DIED
    goes_on(rehearsal.store)
    until(rehearsal.is_settled)

    assert second.is_alive()
    slots = [slot.slot for slot in slots_of(rehearsal.store)]
    assert len(slots) == len(set(slots))
    rehearsal.check(60)
    assert len(rehearsal.stand.messages()) == 60


def test_a_clockwork_that_was_killed_is_missed_within_a_minute(rehearsal: Rehearsal) -> None:
    ahead = NOW - office_now()
    clockwork = rehearsal.clockwork()
    goes_on(rehearsal.store)

    clockwork.kill()
    ended(clockwork)

    moment = office_now(ahead)
    with rehearsal.store.reading() as session:
        assert clockwork_state(session, moment).alive
        assert not clockwork_state(session, moment + ALIVE + timedelta(seconds=5)).alive


def _lock(url: str, ready: "multiprocessing.synchronize.Event") -> None:
    """Be somebody who knows nothing of our own lock, and holds the database."""
    with create_engine(url).connect() as connection:
        if url.startswith("sqlite"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("LOCK TABLE heartbeat, slot, notice IN EXCLUSIVE MODE"))
        ready.set()
        time.sleep(LOCKED_S)


def test_a_database_that_somebody_holds_for_seven_seconds_is_outlived(
    rehearsal: Rehearsal,
) -> None:
    clockwork = rehearsal.clockwork()
    goes_on(rehearsal.store)
    spawn = multiprocessing.get_context("forkserver")
    ready = spawn.Event()
    locker = spawn.Process(target=_lock, args=(rehearsal.store.url, ready))
    locker.start()
    assert ready.wait(30)
    seen = len(slots_of(rehearsal.store))

    time.sleep(2)
    assert len(slots_of(rehearsal.store)) <= seen + 1
    locker.join()
    given = given_batch(rehearsal.store, 5)
    until(rehearsal.is_settled)

    assert given
    assert clockwork.is_alive()
    goes_on(rehearsal.store)
    rehearsal.check(5)
    assert rehearsal.states() == {NoticeState.ACCEPTED: 5}


def test_the_entrance_itself_is_a_module(lite: Rehearsal) -> None:
    settings = read_settings(lite.home, {"PUSHER_HOME": str(lite.home)})
    process = subprocess.Popen(
        [sys.executable, "-m", "jobs"],
        cwd=ROOT,
        env=child_environment(settings),
        stderr=subprocess.DEVNULL,
    )
    goes_on(lite.store)
    process.terminate()

    assert process.wait(60) == 0


def test_an_office_without_keys_is_told_what_to_do(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {"PUSHER_HOME": str(tmp_path)})

    process = subprocess.run(
        [sys.executable, "-m", "jobs"],
        cwd=ROOT,
        env=child_environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.returncode == 2
    assert "pusher init" in process.stderr
