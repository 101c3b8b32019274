"""The clockwork does what is due once, however many of it there are, and outlives its troubles."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from jobs import JOBS, run, slot_of, tick
from profiles.sealing import Sealer
from pusher.gateways.base import Callback, Gateway
from pusher.model.clockwork import Heartbeat, Slot
from pusher.model.errors import NotFound
from pusher.model.notice import NoticeState, Outcome
from pusher.rounds import Desk
from pusher.store import Store
from tests.clockwork.clocks import Clocks, clockwork_of
from tests.listening.callbacks import push, receipt
from tests.makers import NOW
from tests.sending.delivery_makers import given_batch, make_settings, the_notice
from tests.sending.outbox import Outbox

SETTINGS = make_settings()
ROOT = Path(__file__).parents[2]
IN_A_TICK = {name for name, job in JOBS.items() if not job.aside}


def desk_of(store: Store, *boxes: Outbox, owner: str = "one", now: datetime = NOW) -> Desk:
    gateways: dict[str, Gateway] = {box.name: box for box in boxes}
    return Desk(store, gateways, SETTINGS, owner, lambda: now)


def slots_of(store: Store, job: str | None = None) -> list[Slot]:
    with store.reading() as session:
        rows = session.exec(select(Slot)).all()
    return [row for row in rows if job in (None, row.job)]


# ---- slots ----------------------------------------------------------------------------------


START = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=6000)).map(lambda since: START + since)


@given(now=moments, seconds=st.floats(0.05, 100_000))
def test_a_slot_is_the_last_beginning_before_now(now: datetime, seconds: float) -> None:
    every = timedelta(seconds=seconds)

    slot = slot_of(now, every)

    assert slot <= now < slot + every
    assert slot_of(slot, every) == slot


def test_a_tick_does_each_job_once_in_a_slot(store: Store) -> None:
    first = tick(desk_of(store))
    second = tick(desk_of(store))

    assert set(first) == IN_A_TICK
    each_for_itself = {name for name, job in JOBS.items() if not job.shared}
    assert set(second) == each_for_itself
    assert {slot.job for slot in slots_of(store)} == IN_A_TICK - each_for_itself
    assert all(slot.ended_at is not None for slot in slots_of(store))


def test_the_next_slot_is_done_again(store: Store) -> None:
    tick(desk_of(store))

    later = tick(desk_of(store, now=NOW + timedelta(seconds=SETTINGS.tick_s)))

    assert {"deliver", "rescue", "fold"} <= set(later)
    assert "silent" not in later


def test_two_clockworks_do_no_more_than_one(store: Store) -> None:
    given_batch(store, 30)
    outbox = Outbox()
    moments = [NOW + timedelta(seconds=SETTINGS.tick_s) * n for n in range(5)]
    done: list[str] = []

    def work(owner: str) -> None:
        for moment in moments:
            done.extend(tick(desk_of(store, outbox, owner=owner, now=moment)))

    threads = [threading.Thread(target=work, args=(owner,)) for owner in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(slots_of(store, "deliver")) == done.count("deliver") == 5
    assert done.count("heartbeat") == 10
    assert len({p.to for p in outbox.parcels}) == len(outbox.parcels) == 30


def test_each_clockwork_gives_its_own_sign_of_life(store: Store) -> None:
    tick(desk_of(store, owner="one"))
    tick(desk_of(store, owner="two", now=NOW + timedelta(seconds=1)))
    tick(desk_of(store, owner="one", now=NOW + timedelta(seconds=2)))

    with store.reading() as session:
        pulses = {p.owner: (p.since, p.at) for p in session.exec(select(Heartbeat))}
    second = timedelta(seconds=1)
    assert pulses == {"one": (NOW, NOW + 2 * second), "two": (NOW + second, NOW + second)}


def test_old_slots_are_cleared_away_and_failures_are_kept(store: Store) -> None:
    old = NOW - timedelta(days=3)
    with store.writing() as session:
        for number, failed in enumerate((None, "OSError")):
            session.add(
                Slot(
                    job="fold",
                    slot=old + timedelta(seconds=number),
                    owner="gone",
                    started_at=old,
                    failed=failed,
                )
            )
        session.add(Heartbeat(owner="gone", at=old, since=old))

    tick(desk_of(store))

    assert [s.failed for s in slots_of(store) if s.owner == "gone"] == ["OSError"]
    with store.reading() as session:
        assert session.exec(select(Heartbeat.owner)).all() == ["one"]


# ---- troubles -------------------------------------------------------------------------------


def test_a_job_that_raises_is_written_down_without_its_words_and_stops_no_other(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Outbox):
        """A gateway with a fault of our own in it."""

        def read_callback(self, *args: object, **_: object) -> Callback:
            raise RuntimeError("19900000001 样例居民")

    given_batch(store, 1)
    push(store, [])
    outbox = Broken()

    with caplog.at_level(logging.DEBUG):
        came = tick(desk_of(store, outbox))

    assert (came["fold"], len(outbox.parcels)) == (None, 1)
    assert [slot.failed for slot in slots_of(store, "fold")] == ["RuntimeError"]
    assert "RuntimeError" in caplog.text
    assert "19900000001" not in caplog.text
    assert "样例居民" not in caplog.text


def test_a_locked_database_is_outlived(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    class Locked(Store):
        """A store whose database somebody else holds."""

        locked = True

        @contextmanager
        def writing(self) -> Iterator[Session]:
            if self.locked:
                raise OperationalError("UPDATE …", {"to": "19900000001"}, Exception("locked"))
            with super().writing() as session:
                yield session

    with store.reading() as session:
        sealer: Sealer = session.info["sealer"]
    locked = Locked(store.url, sealer=sealer)

    came = tick(desk_of(locked))
    locked.locked = False
    after = tick(desk_of(locked))
    locked.close()

    assert set(came.values()) == {None}
    assert "19900000001" not in caplog.text
    assert set(after) == IN_A_TICK
    assert None not in after.values()


def test_a_clockwork_asked_to_end_begins_nothing_more(store: Store) -> None:
    given_batch(store, 1)
    outbox = Outbox()
    clockwork = clockwork_of(store, Clocks(), outbox)

    clockwork.stopping.set()

    assert clockwork.tick() == {}
    assert outbox.parcels == []


# ---- what the jobs do -----------------------------------------------------------------------


def test_a_tick_sends_and_the_next_hears(store: Store) -> None:
    given_batch(store, 1)
    outbox = Outbox()

    tick(desk_of(store, outbox))
    push(store, [receipt(store, the_notice(store))])
    tick(desk_of(store, outbox, now=NOW + timedelta(seconds=SETTINGS.tick_s)))

    assert the_notice(store).state is NoticeState.ACCEPTED
    assert the_notice(store).outcome is Outcome.DELIVERED


def test_answers_are_heard_before_anything_is_sent() -> None:
    order = list(JOBS)

    assert order[0] == "heartbeat"
    assert order.index("fold") < order.index("rescue") < order.index("deliver")


def test_a_job_can_be_run_at_once(store: Store) -> None:
    given_batch(store, 3)
    gateways: dict[str, Gateway] = {"aliyun": Outbox()}

    came = run("deliver", store=store, gateways=gateways, settings=SETTINGS, now=NOW)
    again = run("deliver", store=store, gateways=gateways, settings=SETTINGS, now=NOW)

    assert (came["accepted"], again.get("accepted", 0)) == (3, 0)
    assert slots_of(store) == []


@pytest.mark.parametrize("name", sorted(JOBS))
def test_every_job_may_be_run_in_an_empty_office(store: Store, name: str) -> None:
    run(name, store=store, gateways={}, settings=SETTINGS, now=NOW)


def test_a_job_that_does_not_exist_is_refused_with_the_ones_that_do(store: Store) -> None:
    with pytest.raises(NotFound, match="deliver"):
        run("sleep", store=store, gateways={}, settings=SETTINGS, now=NOW)


def test_each_job_says_what_it_does_and_how_often() -> None:
    assert set(JOBS) == {
        "heartbeat",
        "fold",
        "lapse",
        "silent",
        "rescue",
        "deliver",
        "age",
        "audit_head",
        "watch",
        "recall",
        "digest",
        "purge",
        "terms",
        "topics",
        "supervise",
        "remind",
        "forget",
    }
    for job in JOBS.values():
        assert job.does
        assert job.every >= timedelta(seconds=SETTINGS.tick_s)


def test_the_clockwork_is_imported_without_the_heavy_libraries() -> None:
    heavy = "{'sqlalchemy', 'sqlmodel', 'apscheduler', 'numpy', 'httpx', 'fastapi'}"
    code = f"import sys, jobs; print(sorted({heavy} & set(sys.modules)))"

    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert found.stdout.strip() == "[]"
