"""Answers, receipts, stops and other workers at the same moment: each notice leaves once."""

import multiprocessing
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from profiles.sealing import Keys, Sealer
from pusher.gateways.base import Answer, Parcel, Result, Why
from pusher.model.notice import Notice, NoticeState
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivering import send
from tests.sending.delivery_makers import (
    attempts_of,
    given_batch,
    states_of,
    the_notice,
)
from tests.sending.outbox import NOT_SENT, UNSURE, Outbox, accepts, says


def test_a_receipt_before_the_answer_is_respected(store: Store) -> None:
    given_batch(store, 1)

    def receipt_first(parcel: Parcel) -> Answer:
        with store.writing() as session:
            notice = session.exec(select(Notice)).one()
            notice.state, notice.accepted_at = NoticeState.ACCEPTED, NOW
        return UNSURE(parcel)

    send(store, Outbox(mood=receipt_first))

    assert the_notice(store).state is NoticeState.ACCEPTED


def test_an_answer_after_the_receipt_adds_the_vendors_id(store: Store) -> None:
    given_batch(store, 1)

    def receipt_first(parcel: Parcel) -> Answer:
        with store.writing() as session:
            notice = session.exec(select(Notice)).one()
            notice.state, notice.accepted_at = NoticeState.ACCEPTED, NOW - timedelta(seconds=1)
        return accepts(parcel)

    send(store, Outbox(mood=receipt_first))

    notice = the_notice(store)
    assert notice.gateway_ref == f"biz-{attempts_of(store)[0].call}"
    assert notice.accepted_at == NOW - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("mood", "state"),
    [
        (accepts, NoticeState.ACCEPTED),
        (NOT_SENT, NoticeState.DRAFTED),
        (says(Result.REFUSED, Why.RECIPIENT), NoticeState.FAILED),
        (UNSURE, NoticeState.UNSURE),
    ],
)
def test_an_answer_after_the_lease_ended_still_tells_what_it_proves(
    store: Store, mood: Any, state: NoticeState
) -> None:
    given_batch(store, 1)

    def lease_ends(parcel: Parcel) -> Answer:
        with store.writing() as session:
            notice = session.exec(select(Notice)).one()
            notice.state, notice.unsure_since = NoticeState.UNSURE, NOW
        answer: Answer = mood(parcel)
        return answer

    send(store, Outbox(mood=lease_ends))

    assert the_notice(store).state is state


def test_an_answer_under_an_older_claim_moves_nothing(store: Store) -> None:
    given_batch(store, 1)

    def claimed_anew(parcel: Parcel) -> Answer:
        with store.writing() as session:
            session.exec(select(Notice)).one().fence += 1
        return says(Result.REFUSED, Why.RECIPIENT)(parcel)

    send(store, Outbox(mood=claimed_anew))

    assert the_notice(store).state is NoticeState.HANDING


def test_a_stop_leaves_the_calls_that_were_not_made_drafted(store: Store) -> None:
    given_batch(store, 60)
    outbox = Outbox()

    send(store, outbox, stop=lambda: len(outbox.parcels) >= 20)

    assert len(outbox.parcels) == 20
    assert states_of(store) == {NoticeState.ACCEPTED: 20, NoticeState.DRAFTED: 40}
    send(store, outbox, now=NOW + timedelta(minutes=1))
    assert states_of(store) == {NoticeState.ACCEPTED: 60}


def test_two_threads_deliver_each_notice_once(store: Store) -> None:
    given_batch(store, 250)
    outbox = Outbox()

    threads = [threading.Thread(target=send, args=(store, outbox)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({p.to for p in outbox.parcels}) == len(outbox.parcels) == 250
    assert states_of(store) == {NoticeState.ACCEPTED: 250}
    assert {a.number for a in attempts_of(store)} == {1}


def _deliver_in_a_process(url: str, taken: "multiprocessing.Queue[str]") -> None:
    store = Store(url, sealer=Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32)))
    outbox = Outbox()
    send(store, outbox)
    for parcel in outbox.parcels:
        taken.put(parcel.to)
    taken.put("")
    store.close()


def test_two_processes_deliver_each_notice_once(store: Store) -> None:
    given_batch(store, 150)
    spawn = multiprocessing.get_context("spawn")
    taken: multiprocessing.Queue[str] = spawn.Queue()

    processes = [
        spawn.Process(target=_deliver_in_a_process, args=(store.url, taken)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    addresses: list[str] = []
    while addresses.count("") < 2:
        addresses.append(taken.get(timeout=60))
    for process in processes:
        process.join()

    sent = [address for address in addresses if address]
    assert len(sent) == len(set(sent)) == 150
    assert states_of(store) == {NoticeState.ACCEPTED: 150}
