"""Two SMS gateways: which one a notice takes, when it changes, and that nobody is told twice."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from pusher.gateways.base import Found, Result, Why
from pusher.hold import lift, place
from pusher.model.batch import BatchState
from pusher.model.clockwork import HoldCause, Pause
from pusher.model.notice import NoticeState
from pusher.sending.code import WORDING, NotSent, send_code
from pusher.sending.rescue import rescue
from pusher.sending.route import TRIPS_AT
from pusher.settings import Settings
from pusher.store import Store
from tests.makers import NOW
from tests.sending.code_makers import SETTINGS, in_doubt
from tests.sending.delivering import send
from tests.sending.delivery_makers import (
    attempts_of,
    batch_state,
    given_batch,
    notices_of,
    states_of,
    the_notice,
    the_office,
)
from tests.sending.outbox import NOT_SENT, UNSURE, Mood, Outbox, says
from tests.sending.rescuing import A_THIRD, LATER, given_dead_worker

NO_MONEY = says(Result.NOT_SENT, Why.QUOTA)
WRONG_KEY = says(Result.NOT_SENT, Why.AUTH)
WORDING_USED = "sms_match_resident_plain"


def two() -> tuple[Outbox, Outbox]:
    return Outbox("aliyun"), Outbox("tencent")


def without(name: str, template: str) -> Settings:
    """The office's settings where *template* is not registered with *name*."""
    tables = dict(SETTINGS.gateways)
    codes = {key: code for key, code in tables[name]["templates"].items() if key != template}
    return replace(SETTINGS, gateways={**tables, name: {"templates": codes}})


def by_gateway(store: Store) -> Counter[str]:
    return Counter(attempt.gateway for attempt in attempts_of(store))


def pause(store: Store, name: str) -> None:
    with store.writing() as session:
        session.add(Pause(gateway=name, by="1001", because="演练", since=NOW))


def resume(store: Store) -> None:
    with store.writing() as session:
        for row in session.exec(select(Pause)).all():
            session.delete(row)


def test_the_first_of_the_order_takes_all(store: Store) -> None:
    given_batch(store, 3)
    first, second = two()

    send(store, first, second, settings=SETTINGS)

    assert (len(first.parcels), len(second.parcels)) == (3, 0)
    assert {notice.gateway for notice in notices_of(store)} == {"aliyun"}


@pytest.mark.parametrize("mood", [NO_MONEY, WRONG_KEY], ids=["quota", "auth"])
def test_when_the_first_has_no_money_or_no_right_the_second_sends_at_once(
    store: Store, mood: Mood
) -> None:
    batch = given_batch(store, 30)
    first, second = two()
    first.mood = mood

    send(store, first, second, settings=SETTINGS)
    send(store, first, second, settings=SETTINGS, now=NOW + timedelta(seconds=10))

    assert states_of(store) == {NoticeState.ACCEPTED: 30}
    assert (len(first.parcels), len(second.parcels)) == (20, 30)
    assert len({parcel.to for parcel in second.parcels}) == 30
    assert batch_state(store, batch) is BatchState.FINISHED


def test_a_first_one_that_cannot_be_reached_is_passed_over_while_it_rests(store: Store) -> None:
    given_batch(store, TRIPS_AT)
    first, second = two()
    first.mood = NOT_SENT

    send(store, first, second, settings=SETTINGS)
    send(store, first, second, settings=SETTINGS, now=NOW + timedelta(seconds=5))

    assert (len(first.parcels), len(second.parcels)) == (TRIPS_AT, TRIPS_AT)
    assert states_of(store) == {NoticeState.ACCEPTED: TRIPS_AT}


def test_one_that_staff_paused_is_passed_over_and_a_hold_stops_both(store: Store) -> None:
    given_batch(store, 2)
    first, second = two()
    pause(store, "aliyun")
    with store.writing() as session:
        place(session, HoldCause.STAFF, because="演练", by="1001", now=NOW)

    send(store, first, second, settings=SETTINGS)
    assert by_gateway(store) == {}
    with store.writing() as session:
        lift(session, HoldCause.STAFF, remark="演练完", by="1001", now=NOW)
    send(store, first, second, settings=SETTINGS)

    assert by_gateway(store) == {"tencent": 2}


def test_an_unsure_call_is_never_made_through_the_other(store: Store) -> None:
    given_batch(store, 3)
    first, second = two()
    first.mood = UNSURE
    send(store, first, second, settings=SETTINGS)
    pause(store, "aliyun")

    for minutes in (1, 20, 40, 80, 600):
        send(store, first, second, settings=SETTINGS, now=NOW + timedelta(minutes=minutes))

    assert second.parcels == []
    assert states_of(store) == {NoticeState.UNSURE: 3}


def test_what_a_dead_worker_claimed_for_the_first_never_goes_through_the_second(
    store: Store,
) -> None:
    first, second = two()
    given_dead_worker(store, first, notices=3)
    pause(store, "aliyun")

    send(store, first, second, settings=SETTINGS)
    rescue(store, {"aliyun": first, "tencent": second}, settings=SETTINGS, now=LATER)
    send(store, first, second, settings=SETTINGS, now=LATER + A_THIRD)

    assert second.parcels == []
    assert states_of(store) == {NoticeState.UNSURE: 3}


@pytest.mark.parametrize("open_again", [True, False])
def test_one_that_was_denied_twice_waits_for_its_own_vendor(store: Store, open_again: bool) -> None:
    given_batch(store, 1)
    first, second = two()
    first.mood, first.lookups = UNSURE, Found.ABSENT
    send(store, first, second, settings=SETTINGS)
    ways = {"aliyun": first, "tencent": second}
    for now in (LATER, LATER + A_THIRD):
        rescue(store, ways, settings=SETTINGS, now=now)
    assert the_notice(store).state is NoticeState.DRAFTED

    pause(store, "aliyun")
    first.mood = Outbox().mood
    send(store, first, second, settings=SETTINGS, now=LATER + 2 * A_THIRD)
    if open_again:
        resume(store)
    send(store, first, second, settings=SETTINGS, now=LATER + 3 * A_THIRD)

    assert second.parcels == []
    assert [attempt.gateway for attempt in attempts_of(store)] == ["aliyun"] * (1 + open_again)


def test_one_in_doubt_at_the_second_goes_on_there_though_the_first_is_open_again(
    store: Store,
) -> None:
    given_batch(store, 1)
    first, second = two()
    second.mood, second.lookups = UNSURE, Found.ABSENT
    pause(store, "aliyun")
    send(store, first, second, settings=SETTINGS)
    resume(store)
    for now in (LATER, LATER + A_THIRD):
        rescue(store, {"aliyun": first, "tencent": second}, settings=SETTINGS, now=now)

    second.mood = Outbox().mood
    send(store, first, second, settings=SETTINGS, now=LATER + 2 * A_THIRD)

    assert first.parcels == []
    assert [attempt.gateway for attempt in attempts_of(store)] == ["tencent"] * 2
    assert states_of(store) == {NoticeState.ACCEPTED: 1}


def test_a_wording_goes_by_the_gateway_whose_vendor_has_it(store: Store) -> None:
    batch = given_batch(store, 2)
    first, second = two()

    send(store, first, second, settings=without("aliyun", WORDING_USED))

    assert (len(first.parcels), len(second.parcels)) == (0, 2)
    assert batch_state(store, batch) is BatchState.FINISHED


def test_a_wording_waits_where_only_a_paused_gateway_has_it(store: Store) -> None:
    batch = given_batch(store, 2)
    first, second = two()
    pause(store, "aliyun")
    settings = without("tencent", WORDING_USED)

    send(store, first, second, settings=settings)
    assert (by_gateway(store), batch_state(store, batch)) == ({}, BatchState.SENDING)
    resume(store)
    send(store, first, second, settings=settings)

    assert by_gateway(store) == {"aliyun": 2}


def test_a_wording_that_no_vendor_has_stops_the_batch_for_staff(store: Store) -> None:
    batch = given_batch(store, 2)
    first, second = two()
    bare = replace(SETTINGS, gateways={"aliyun": {}, "tencent": {}})

    send(store, first, second, settings=bare)

    assert (by_gateway(store), batch_state(store, batch)) == ({}, BatchState.PAUSED)


def test_a_code_goes_by_the_gateway_whose_vendor_has_its_wording(store: Store) -> None:
    contact, (first, second) = in_doubt(store), two()
    with store.reading() as session:
        office = the_office(session).id

    def ask_for_one(minutes: int) -> None:
        send_code(
            store, {"aliyun": first, "tencent": second}, contact.id, office_id=office,
            settings=without("aliyun", WORDING), by="1001", now=NOW + timedelta(minutes=minutes),
        )  # fmt: skip

    ask_for_one(0)
    pause(store, "tencent")
    with pytest.raises(NotSent, match="没有可用的短信通道"):
        ask_for_one(5)

    assert (len(first.parcels), len(second.parcels)) == (0, 1)
