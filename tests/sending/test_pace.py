"""A gateway is handed no more than its table allows in a second and in a day."""

import time
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Event, Thread
from typing import Any

import pytest
from sqlmodel import col, select

from profiles.turns import join_the_claims
from pusher.gateways.registry import BadGatewayTable, open_gateways
from pusher.model.notice import Attempt, Notice, NoticeState
from pusher.sending.deliver import Delivered, deliver
from pusher.sending.pace import Pace, Room, left_today, pace_of, room_now
from pusher.settings import Settings
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import given_batch, make_settings, notices_of
from tests.sending.outbox import Outbox


def with_pace(**given: int) -> Settings:
    tables = make_settings().gateways
    return make_settings(gateways={**tables, "aliyun": {**tables["aliyun"], **given}})


def sent(
    store: Store, settings: Settings, *, now: datetime = NOW, patience_s: float = 0
) -> Delivered:
    return deliver(
        store, {"aliyun": Outbox()}, settings=settings, now=now, owner="test",
        patience=timedelta(seconds=patience_s),
    )  # fmt: skip


def attempts(store: Store) -> list[datetime]:
    with store.reading() as session:
        return list(session.exec(select(Attempt.at).order_by(col(Attempt.at))))


def states(store: Store) -> Counter[NoticeState]:
    with store.reading() as session:
        return Counter(NoticeState(state) for state in session.exec(select(Notice.state)))


def test_a_second_has_room_for_so_many_and_no_more(store: Store) -> None:
    given_batch(store, 7)
    settings = with_pace(per_second=3)

    assert sent(store, settings).accepted == 3
    assert sent(store, settings, now=NOW + timedelta(seconds=0.5)).accepted == 0
    assert sent(store, settings, now=NOW + timedelta(seconds=1.5)).accepted == 3
    assert states(store) == {NoticeState.ACCEPTED: 6, NoticeState.DRAFTED: 1}


def test_whoever_has_patience_waits_for_the_next_second(store: Store) -> None:
    given_batch(store, 5)

    assert sent(store, with_pace(per_second=2), patience_s=3).accepted == 5

    first, *rest = attempts(store)[::2]
    assert all(b - a >= timedelta(seconds=1) for a, b in pairwise([first, *rest]))


def test_a_day_has_its_end_and_the_next_begins_anew(store: Store) -> None:
    given_batch(store, 5)
    settings = with_pace(daily_limit=2)

    assert sent(store, settings).accepted == 2
    assert sent(store, settings, now=NOW + timedelta(hours=2)).accepted == 0
    assert sent(store, settings, now=NOW + timedelta(days=1)).accepted == 2


def test_what_others_handed_over_is_counted_and_what_a_wrong_clock_left_is_not(
    store: Store,
) -> None:
    given_batch(store, 3)
    sent(store, with_pace(per_second=3))
    pace = Pace(per_second=3, per_day=4)

    with store.reading() as session:
        soon = room_now(session, "aliyun", pace, now=NOW - timedelta(seconds=0.2))
        assert soon.calls == 0 and soon.wait >= timedelta(seconds=1)
        assert room_now(session, "wechat", pace, now=NOW) == Room(3)
        assert room_now(session, "aliyun", pace, now=NOW - timedelta(hours=1)) == Room(3)
        assert room_now(session, "aliyun", Pace(), now=NOW) == Room()
        assert left_today(session, "aliyun", pace, now=NOW) == 1
        assert left_today(session, "aliyun", Pace(), now=NOW) is None


def test_a_claim_that_counts_waits_for_the_one_before_it(store: Store) -> None:
    batch = given_batch(store, 3)
    ids = [notice.id for notice in notices_of(store, batch)]
    pace, counted, rooms = Pace(per_second=3), Event(), []

    def first() -> None:
        with store.writing() as session:
            join_the_claims(session)
            rooms.append(room_now(session, "aliyun", pace, now=NOW).calls)
            session.add_all(
                Attempt(notice_id=i, number=1, call=i.hex[-26:], gateway="aliyun", at=NOW)
                for i in ids
            )
            session.flush()
            counted.set()
            time.sleep(0.3)  # the other one comes meanwhile, and must not count without these

    thread = Thread(target=first)
    thread.start()
    assert counted.wait(30)
    with store.writing() as session:
        join_the_claims(session)
        rooms.append(room_now(session, "aliyun", pace, now=NOW).calls)
    thread.join()

    assert rooms == [3, 0]


def test_the_table_says_the_pace_in_whole_numbers() -> None:
    assert pace_of(with_pace(per_second=30, daily_limit=5000), "aliyun") == Pace(30, 5000)
    assert pace_of(make_settings(), "aliyun") == pace_of(make_settings(), "none") == Pace()


@pytest.mark.parametrize("value", [0, -1, "30", 1.5, True])
@pytest.mark.parametrize("key", ["per_second", "daily_limit"])
def test_another_pace_is_refused_when_a_door_opens(key: str, value: Any) -> None:
    table = {"access_key_id": "x", "access_key_secret": "y", "sign_name": "z", key: value}

    with pytest.raises(BadGatewayTable, match=f"{key} 应为 1 以上的整数"):
        open_gateways({"aliyun": table}, call_timeout=timedelta(seconds=1))
