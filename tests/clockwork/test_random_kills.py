"""A thousand notices, two clockworks, twenty kills at any moment, and a network that hangs up."""

import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from pusher.keeping.deaths import FILE_NAME
from pusher.model.notice import NoticeState
from tests.clockwork.rehearsal import DIED, Rehearsal, ended, rehearsed, until
from tests.sandbox.stand import Stand
from tests.sending.delivery_makers import given_batch

PLANNED = 1000
KILLS = 20
PACE = {"tick_s": 0.1, "lease_s": 3.0, "settle_s": 1.5, "call_timeout_s": 1.5}


@pytest.fixture
def storm(tmp_path: Path, database_url: str, vendors: Stand) -> Iterator[Rehearsal]:
    with rehearsed(tmp_path, database_url, vendors, **PACE) as rehearsal:
        yield rehearsal


def test_nothing_is_lost_and_nobody_is_told_twice(storm: Rehearsal) -> None:
    given_batch(storm.store, PLANNED)
    storm.stand.order("faults", provider="aliyun", kind="drop_connection", rate=0.03)
    dice = random.Random(11)
    alive = [storm.clockwork(), storm.clockwork()]

    for kill in range(KILLS):
        time.sleep(dice.uniform(0.05, 0.4))
        # by what was done as well as by the hour: a slow machine is not killed more often
        until(partial(storm.took_at_least, dice.randrange(40) * kill))
        victim = alive.pop(0)
        victim.kill()
        # so many deaths in a row would stop all sending, and the storm with it
        storm.home.joinpath(FILE_NAME).unlink(missing_ok=True)
        alive.append(storm.clockwork())
        assert ended(victim) == DIED
        storm.check(PLANNED)
    until(storm.is_settled)

    storm.check(PLANNED)
    states = storm.states()
    # what is left doubtful is what staff have on their list, and it is little
    assert set(states) <= {NoticeState.ACCEPTED, NoticeState.UNSURE}
    assert states[NoticeState.UNSURE] <= PLANNED // 20
    assert len(storm.stand.messages()) >= states[NoticeState.ACCEPTED]
