"""Callbacks are kept, sealed, before they are answered, and folded once."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from pusher.listening.inbox import take_in
from pusher.listening.receipts import fold
from pusher.model.notice import (
    Outcome,
)
from pusher.model.word import Inbox
from pusher.store import Store
from tests.listening.callbacks import (
    GATEWAYS,
    folded,
    push,
    receipt,
    sent,
)
from tests.listening.inboxes import inbox_of, receipts_of
from tests.makers import NOW
from tests.sending.delivery_makers import (
    given_batch,
    the_notice,
)


def test_a_callback_is_stored_sealed_and_a_repeat_is_harmless(store: Store) -> None:
    body = b'[{"phone_number":"19900000001","success":true,"out_id":"x"}]'

    assert take_in(store, "aliyun", body, now=NOW)
    assert not take_in(store, "aliyun", body, now=NOW + timedelta(minutes=1))
    assert take_in(store, "tencent", body, now=NOW)

    rows = inbox_of(store)
    assert len(rows) == 2
    assert all(b"19900000001" not in row.body_sealed for row in rows)
    assert {row.received_at for row in rows} == {NOW}


def test_the_same_body_pushed_at_once_by_many_is_one_row(store: Store) -> None:
    new: list[bool] = []

    def push_it() -> None:
        new.append(take_in(store, "aliyun", b"[]", now=NOW))

    threads = [threading.Thread(target=push_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (sum(new), len(inbox_of(store))) == (1, 1)


def test_a_callback_is_folded_once(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    push(store, [receipt(store, the_notice(store))])

    assert folded(store).receipts == 1
    assert folded(store).bodies == 0

    assert the_notice(store).outcome is Outcome.DELIVERED
    assert len(receipts_of(store)) == 1


def test_callbacks_of_a_gateway_that_is_off_wait(store: Store) -> None:
    take_in(store, "tencent", b"[]", now=NOW)

    assert folded(store).bodies == 0
    assert inbox_of(store)[0].folded_at is None


def test_a_fold_finishes_no_more_than_it_is_asked_to(store: Store) -> None:
    for number in range(5):
        push(store, [{"number": number}])

    with store.writing() as session:
        came = fold(session, GATEWAYS, now=NOW, at_most=3)

    assert came.bodies == 3
    assert sum(row.folded_at is None for row in inbox_of(store)) == 2


@pytest.mark.parametrize("body", [b"{}", b"\xff\xfe", b"", b"[" * 5000, b"null"])
def test_a_body_that_makes_no_sense_is_kept_and_holds_nobody_up(store: Store, body: bytes) -> None:
    given_batch(store, 1)
    sent(store)
    take_in(store, "aliyun", body, now=NOW - timedelta(minutes=1))
    push(store, [receipt(store, the_notice(store))])

    came = folded(store)

    assert (came.bodies, came.receipts, came.unreadable) == (2, 1, 1)


def test_a_body_moved_to_another_row_is_unreadable(store: Store) -> None:
    push(store, [{"a": 1}])
    push(store, [{"b": 2}])
    with store.writing() as session:
        first, second = session.exec(select(Inbox)).all()
        first.body_sealed = second.body_sealed

    assert folded(store).unreadable >= 1


def test_good_entries_count_beside_bad_ones(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    push(store, [17, {}, receipt(store, the_notice(store)), {"phone_number": None}])

    came = folded(store)

    assert (came.receipts, came.unreadable) == (1, 3)
    assert inbox_of(store)[0].unreadable == 3
