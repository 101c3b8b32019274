"""What a machine lets its processes want for, and processes that die of it again and again."""

import resource
import shutil
import socket
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
import pytest

from profiles.sealing import Sealer, read_keys
from pusher import hold
from pusher.demo.children import wait_for
from pusher.keeping.deaths import MOST, WITHIN, note_end, note_start
from pusher.keeping.epoch import epoch_file, epoch_of, read_epoch
from pusher.model.clockwork import HoldCause
from pusher.model.notice import NoticeState
from pusher.settings import read_settings
from pusher.store import Store
from tests.clockwork.rehearsal import DIED, Rehearsal, ended, until
from tests.makers import NOW
from tests.sending.delivery_makers import attempts_of, given_batch

ENDLESS = (4_096, 4_096)


def causes(store: Store) -> list[HoldCause]:
    with store.reading() as session:
        return [one.cause for one in hold.standing(session)]


def leave_few_descriptors(process: BaseProcess, more: int) -> None:
    """Let a process open so few files and sockets more, as a crowded machine does."""
    assert process.pid
    highest = max(int(file.name) for file in Path(f"/proc/{process.pid}/fd").iterdir())
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (highest + 1 + more, ENDLESS[1]))


def leave_enough(process: BaseProcess) -> None:
    assert process.pid
    resource.prlimit(process.pid, resource.RLIMIT_NOFILE, ENDLESS)


def test_without_a_socket_left_nothing_is_lost_and_with_sockets_it_goes_on(
    lite: Rehearsal,
) -> None:
    clockwork = lite.clockwork()
    until(lite.beats)
    leave_few_descriptors(clockwork, 2)
    given_batch(lite.store, 30)

    time.sleep(2)
    assert clockwork.is_alive()
    lite.check(30)
    leave_enough(clockwork)
    until(lite.is_settled)

    lite.check(30)
    assert lite.states()[NoticeState.ACCEPTED] + lite.states()[NoticeState.UNSURE] == 30


def test_a_console_whose_sockets_are_all_taken_answers_again_when_they_are_given_back(
    lite: Rehearsal,
) -> None:
    console, address = lite.console()
    port = httpx.URL(address).port
    assert port
    leave_few_descriptors(console, 8)

    with ExitStack() as guests:
        for _ in range(40):
            guests.enter_context(socket.create_connection(("127.0.0.1", port)))
        time.sleep(1)
        assert console.is_alive()
    wait_for(f"{address}/readyz", {})

    assert httpx.get(f"{address}/readyz", trust_env=False).json() == {"status": "ready"}


def test_a_clockwork_that_dies_again_and_again_holds_all_sending(rehearsal: Rehearsal) -> None:
    given_batch(rehearsal.store, 5)
    for _ in range(MOST - 1):  # as many as there were: each takes its time on a busy machine
        note_start(rehearsal.home, now=datetime.now(UTC))
    assert ended(rehearsal.clockwork("K14:kill")) == DIED

    clockwork = rehearsal.clockwork()
    until(lambda: causes(rehearsal.store))

    assert causes(rehearsal.store) == [HoldCause.DEATHS]
    assert (attempts_of(rehearsal.store), rehearsal.stand.messages()) == ([], [])
    with rehearsal.store.writing() as session:
        hold.lift(session, HoldCause.DEATHS, remark="查明原因", by="0002", now=NOW)
    until(rehearsal.is_settled)
    assert clockwork.is_alive()
    rehearsal.check(5)
    assert rehearsal.states() == {NoticeState.ACCEPTED: 5}


def test_an_end_that_was_asked_for_and_a_death_of_yesterday_do_not_count(tmp_path: Path) -> None:
    starts = [NOW + timedelta(seconds=number) for number in range(4)]

    died = [note_start(tmp_path, now=start) for start in starts]
    note_end(tmp_path, start=starts[2])
    with tmp_path.joinpath("starts").open("a") as file:
        file.write("2026-11-2")  # half a line of a process that was killed

    assert died == [0, 1, 2, 3]
    assert note_start(tmp_path, now=starts[3]) == 3
    assert note_start(tmp_path, now=starts[3] + WITHIN) == 0
    assert note_start(tmp_path, now=starts[3] - timedelta(days=1)) == 0, "a clock that was wrong"


def test_a_database_without_its_log_is_taken_for_an_older_copy(lite: Rehearsal) -> None:
    given_batch(lite.store, 6)
    settings = read_settings(lite.home, {"PUSHER_HOME": str(lite.home)})
    clockwork = lite.clockwork()
    until(lite.is_settled)
    until(lambda: _number_of(lite.store) > 1 and (read_epoch(epoch_file(settings)) or 0) > 1)
    clockwork.kill()
    ended(clockwork)
    assert len(lite.stand.messages()) == 6

    file = lite.home / "pusher.db"
    assert file.with_name("pusher.db-wal").stat().st_size
    bare = shutil.copy(file, lite.home / "bare.db")
    lite.store.close()
    shutil.move(bare, file)
    store = Store(lite.store.url, sealer=Sealer(read_keys(lite.home / "keys.json")))
    lite.clockwork()
    until(lambda: causes(store))

    assert causes(store) == [HoldCause.RESTORE]
    assert len(lite.stand.messages()) == 6
    store.close()


def _number_of(store: Store) -> int:
    with store.reading() as session:
        return epoch_of(session)


@pytest.mark.parametrize("whose", ["another office's", "of an older day"])
def test_a_log_that_is_not_its_own_keeps_every_door_shut(
    lite: Rehearsal, tmp_path: Path, sqlite_template: Path, whose: str
) -> None:
    file, log = lite.home / "pusher.db", lite.home / "pusher.db-wal"
    given_batch(lite.store, 2)
    if whose == "of an older day":
        foreign = log.read_bytes()
        lite.store.close()  # its log is in the file now; the next is another
    else:
        foreign = log_of_another_office(tmp_path, sqlite_template, lite)
    lite.store.close()
    clockwork = lite.clockwork()
    until(lambda: log.exists() and log.stat().st_size)
    until(lambda: lite.home.joinpath("pusher.db.lock").stat().st_size)
    clockwork.kill()
    ended(clockwork)
    before = file.read_bytes()

    log.write_bytes(foreign)
    file.with_name("pusher.db-shm").unlink(missing_ok=True)
    told = lite.home / "out.log"
    told.write_text("")

    assert ended(lite.clockwork()) == 1
    assert ended(lite.command("staff", "list")) == 1
    assert told.read_text().count("不是这个数据库的预写日志") == 2
    assert file.read_bytes() == before, "nothing was played into it"


def log_of_another_office(folder: Path, template: Path, lite: Rehearsal) -> bytes:
    other = folder / "other"
    other.mkdir()
    shutil.copy(template, other / "pusher.db")
    shutil.copy(lite.home / "keys.json", other / "keys.json")
    sealer = Sealer(read_keys(other / "keys.json"))
    store = Store(f"sqlite:///{other / 'pusher.db'}", sealer=sealer)
    given_batch(store, 6)
    foreign = other.joinpath("pusher.db-wal").read_bytes()
    store.close()
    return foreign
