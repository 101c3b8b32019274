"""A gateway that drops repeats is handed the same call again, inside its window."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from profiles.consent import opt_out
from profiles.model import Channel
from pusher.gateways.base import Parcel, Result, Why
from pusher.model.clockwork import Pause
from pusher.model.notice import AttemptResult, Notice, NoticeState
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import (
    attempts_of,
    the_notice,
)
from tests.sending.outbox import NOT_SENT, UNSURE, accepts, says, wechat_box
from tests.sending.rescuing import clear_up, given_unsure


def test_a_repeat_carries_the_first_call_and_is_an_attempt_of_its_own(store: Store) -> None:
    box = wechat_box()
    given_unsure(store, box)

    came = clear_up(store, box, NOW + timedelta(seconds=30))

    first, second = attempts_of(store)
    assert (came.repeated, came.found) == (1, 1)
    assert box.references == [first.call, first.call]
    assert first.call != second.call
    assert (first.result, second.result) == (AttemptResult.UNSURE, AttemptResult.ACCEPTED)
    assert the_notice(store).state is NoticeState.ACCEPTED


@pytest.mark.parametrize("mood", [UNSURE, NOT_SENT, says(Result.REFUSED, Why.OPT_OUT)])
def test_a_repeat_that_is_not_accepted_proves_nothing(store: Store, mood: Any) -> None:
    box = wechat_box()
    given_unsure(store, box)
    box.mood = mood

    clear_up(store, box, NOW + timedelta(seconds=30))

    notice = the_notice(store)
    assert notice.state is NoticeState.UNSURE
    assert notice.not_before is not None
    assert notice.not_before > NOW + timedelta(seconds=30)


def test_repeats_end_with_the_window_and_staff_are_told(store: Store) -> None:
    box = wechat_box(mood=UNSURE)
    given_unsure(store, box)

    moment = NOW
    while moment < NOW + timedelta(minutes=20):
        moment += timedelta(seconds=20)
        clear_up(store, box, moment)

    notice = the_notice(store)
    assert 3 <= len(box.parcels) <= 15
    assert set(box.references) == {attempts_of(store)[0].call}
    assert notice.state is NoticeState.UNSURE
    assert notice.left_to_staff_at is not None
    assert NOW + timedelta(minutes=8) <= notice.left_to_staff_at <= NOW + timedelta(minutes=9)


def test_no_repeat_is_begun_after_the_window(store: Store) -> None:
    box = wechat_box()
    given_unsure(store, box)

    came = clear_up(store, box, NOW + timedelta(minutes=8, seconds=1))

    assert (came.repeated, came.left, len(box.parcels)) == (0, 1, 1)


def test_an_opt_out_ends_the_repeats(store: Store) -> None:
    box = wechat_box()
    given_unsure(store, box)
    with store.writing() as session:
        index = session.exec(select(Notice.address_index)).one()
        opt_out(session, address_index=index, channel=Channel.WECHAT, how="微信回复", now=NOW)

    clear_up(store, box, NOW + timedelta(seconds=30))

    assert len(box.parcels) == 1


def test_a_pause_holds_the_repeats(store: Store) -> None:
    box = wechat_box()
    given_unsure(store, box)
    with store.writing() as session:
        session.add(Pause(gateway="wechat", by="0002", because="检查", since=NOW))

    clear_up(store, box, NOW + timedelta(seconds=30))

    assert len(box.parcels) == 1


def test_a_worker_that_died_while_repeating_leaves_it_unsure(store: Store) -> None:
    box = wechat_box()
    given_unsure(store, box)

    class Frozen(Exception):
        """The process goes no further."""

    def die(parcel: Parcel) -> Any:
        raise Frozen

    box.mood = die
    with pytest.raises(Frozen):
        clear_up(store, box, NOW + timedelta(seconds=30))
    assert the_notice(store).state is NoticeState.HANDING
    box.mood = accepts
    clear_up(store, box, NOW + timedelta(minutes=2))

    assert the_notice(store).state is NoticeState.ACCEPTED
    assert set(box.references) == {attempts_of(store)[0].call}
