"""Several workers share the work of one office on PostgreSQL, and may die at any moment."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import col, select

from pusher.clock import office_now
from pusher.clockwork import LEAP
from pusher.model.notice import Attempt, NoticeState
from pusher.settings import FILE_NAME, read_settings
from pusher.worker import ClocksPart, Worker
from tests.clockwork.rehearsal import DIED, Rehearsal, ended, rehearsed, until
from tests.conftest import database_of
from tests.sandbox.stand import Stand
from tests.sending.delivery_makers import given_batch

PLANNED = 300
KILLS = 4
PER_SECOND = 60
PACE = {"tick_s": 0.1, "lease_s": 3.0, "settle_s": 1.5, "call_timeout_s": 1.5}


@pytest.fixture
def shared(
    tmp_path: Path, postgres: str, copied_postgres: Callable[[], str], vendors: Stand
) -> Iterator[Rehearsal]:
    with rehearsed(
        tmp_path, database_of(postgres, copied_postgres()), vendors, **PACE
    ) as rehearsal:
        file = tmp_path / FILE_NAME
        priced = 'price = "0.045"'
        file.write_text(file.read_text().replace(priced, f"{priced}\nper_second = {PER_SECOND}"))
        yield rehearsal


def in_one_second(rehearsal: Rehearsal) -> int:
    """The most calls that were begun in any one second."""
    with rehearsal.store.reading() as session:
        begun = session.exec(select(Attempt.at).order_by(col(Attempt.at))).all()
    second = timedelta(seconds=1)
    return max(sum(at <= one < at + second for one in begun) for at in begun)


def test_killed_workers_lose_nothing_tell_nobody_twice_and_keep_the_pace_together(
    shared: Rehearsal,
) -> None:
    given_batch(shared.store, PLANNED)
    dice = random.Random(7)
    alive = [shared.command("worker") for _ in range(3)]

    for kill in range(KILLS):
        until(partial(shared.took_at_least, 30 * kill + dice.randrange(30)))
        victim = alive.pop(0)
        victim.kill()
        alive.append(shared.command("worker"))
        assert ended(victim) == DIED
        shared.check(PLANNED)
    # what dead workers left in doubt is cleared up by the clockwork
    shared.clockwork()
    until(shared.is_settled)

    shared.check(PLANNED)
    states = shared.states()
    assert set(states) <= {NoticeState.ACCEPTED, NoticeState.UNSURE}
    assert states[NoticeState.UNSURE] <= PLANNED // 10
    assert in_one_second(shared) <= PER_SECOND


def test_a_worker_ends_when_it_is_asked_to(shared: Rehearsal) -> None:
    worker = shared.command("worker")
    given_batch(shared.store, 3)
    until(partial(shared.took_at_least, 3))

    worker.terminate()

    assert ended(worker) == 0
    shared.check(3)


def test_a_machine_whose_clock_is_wrong_sends_nothing(shared: Rehearsal) -> None:
    given_batch(shared.store, 1)
    settings = read_settings(shared.home, {})
    wrong = Worker(
        shared.store, {}, settings, wall=lambda: office_now() + LEAP + timedelta(seconds=9)
    )

    with pytest.raises(ClocksPart, match="校准时间"):
        wrong.deliver()
    assert shared.states() == {NoticeState.DRAFTED: 1}
    assert Worker(shared.store, {}, settings).deliver().released == 1


def test_on_sqlite_one_line_says_why_there_is_no_worker(lite: Rehearsal) -> None:
    assert ended(lite.command("worker")) == 1

    (line,) = (lite.home / "out.log").read_text().strip().splitlines()[-1:]
    assert "PostgreSQL" in line and "database_url" in line
