"""A receipt counts for the call it speaks of, and for no other; silence counts too."""

import json
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from profiles.model import Channel, OptOut
from pusher.gateways.base import Answer, Parcel
from pusher.listening.inbox import take_in
from pusher.listening.receipts import PATIENCE, fold, silent
from pusher.model.notice import (
    RISING,
    AttemptResult,
    NoticeState,
    Outcome,
    Reason,
)
from pusher.store import Store
from tests.listening.callbacks import (
    folded,
    push,
    push_event,
    receipt,
    sent,
)
from tests.listening.inboxes import receipts_of, set_state
from tests.makers import NOW
from tests.sending.delivery_makers import (
    attempts_of,
    given_batch,
    make_settings,
    notices_of,
    the_notice,
)
from tests.sending.outbox import UNSURE, Outbox, accepts, wechat_box


def test_a_receipt_of_nobody_is_kept_and_changes_nothing(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    strange = receipt(store, the_notice(store)) | {"out_id": "0" * 26, "biz_id": "other"}
    push(store, [strange])

    came = folded(store)

    assert (came.strangers, came.receipts) == (1, 0)
    assert the_notice(store).outcome is Outcome.NONE
    assert [row.notice_id for row in receipts_of(store)] == [None]


@pytest.mark.parametrize("without", [set(), {"out_id"}])
def test_a_receipt_for_another_address_changes_nothing(store: Store, without: set[str]) -> None:
    given_batch(store, 1)
    sent(store)
    forged = receipt(store, the_notice(store), phone_number="19900009999")
    push(store, [{name: value for name, value in forged.items() if name not in without}])

    came = folded(store)

    assert (came.elsewhere, the_notice(store).outcome) == (1, Outcome.NONE)


def test_a_receipt_is_known_by_the_vendors_id_and_the_address_alone(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    told = receipt(store, the_notice(store))
    del told["out_id"]
    push(store, [told])

    assert folded(store).receipts == 1


def test_another_gateways_receipt_cannot_speak_of_our_call(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    body = json.dumps([receipt(store, the_notice(store))]).encode()
    take_in(store, "tencent", body, now=NOW)

    with store.writing() as session:
        came = fold(session, {"tencent": Outbox("tencent")}, now=NOW)

    assert (came.strangers, the_notice(store).outcome) == (1, Outcome.NONE)


def test_a_wechat_receipt_that_outruns_our_own_record_is_not_lost(store: Store) -> None:
    given_batch(store, 1, channel=Channel.WECHAT)
    box = wechat_box()

    def receipt_first(parcel: Parcel) -> Answer:
        push_event(store, finish_event(parcel.to, f"biz-{parcel.reference}"))
        assert folded(store).waiting == 1
        return accepts(parcel)

    box.mood = receipt_first
    sent(store, box)

    assert folded(store, NOW + timedelta(seconds=5)).receipts == 1
    assert the_notice(store).outcome is Outcome.DELIVERED


def test_a_wechat_receipt_of_somebody_elses_message_waits_no_longer_than_that(
    store: Store,
) -> None:
    push_event(store, finish_event("oSampleStranger", "123"))

    assert folded(store, NOW + timedelta(minutes=1)).waiting == 1
    came = folded(store, NOW + PATIENCE)

    assert (came.waiting, came.strangers) == (0, 1)


def finish_event(openid: str, number: str, status: str = "success") -> dict[str, str]:
    return {
        "ToUserName": "gh_sample",
        "FromUserName": openid,
        "CreateTime": "1764034205",
        "MsgType": "event",
        "Event": "TEMPLATESENDJOBFINISH",
        "MsgID": number,
        "Status": status,
    }


@pytest.mark.parametrize("delivered", [True, False])
@pytest.mark.parametrize("left", [None, NOW])
def test_a_receipt_for_an_unsure_notice_proves_that_it_was_taken(
    store: Store, delivered: bool, left: datetime | None
) -> None:
    given_batch(store, 1)
    sent(store, Outbox(mood=UNSURE))
    notice = the_notice(store)
    set_state(store, notice, left_to_staff_at=left)
    push(store, [receipt(store, notice, delivered=delivered)])

    folded(store)

    notice, [attempt] = the_notice(store), attempts_of(store)
    assert notice.state is NoticeState.ACCEPTED
    assert notice.accepted_at == NOW
    assert notice.gateway_ref == f"biz-{attempt.call}"
    assert notice.left_to_staff_at is None
    assert attempt.result is AttemptResult.ACCEPTED


def test_a_receipt_while_the_call_is_open_proves_it_too(store: Store) -> None:
    given_batch(store, 1)

    def receipt_first(parcel: Parcel) -> Answer:
        push(store, [receipt(store, the_notice(store))])
        folded(store)
        assert the_notice(store).state is NoticeState.ACCEPTED
        return accepts(parcel)

    sent(store, Outbox(mood=receipt_first))

    notice = the_notice(store)
    assert (notice.state, notice.outcome) == (NoticeState.ACCEPTED, Outcome.DELIVERED)
    assert notice.gateway_ref == f"biz-{attempts_of(store)[0].call}"


def test_a_receipt_that_comes_after_two_denials_stops_the_second_message(store: Store) -> None:
    given_batch(store, 1)
    sent(store, Outbox(mood=UNSURE))
    notice = the_notice(store)
    set_state(store, notice, state=NoticeState.DRAFTED)
    push(store, [receipt(store, notice)])

    folded(store)
    again = Outbox()
    sent(store, again)

    assert (again.parcels, the_notice(store).state) == ([], NoticeState.ACCEPTED)


@pytest.mark.parametrize(
    ("state", "reason"),
    [(NoticeState.FAILED, None), (NoticeState.WITHHELD, Reason.CANCELLED)],
)
def test_a_receipt_for_a_notice_that_was_given_up_is_kept_and_reopens_nothing(
    store: Store, state: NoticeState, reason: Reason | None
) -> None:
    given_batch(store, 1)
    sent(store)
    notice = the_notice(store)
    set_state(store, notice, state=state, reason=reason)
    push(store, [receipt(store, notice)])

    folded(store)

    assert (the_notice(store).state, the_notice(store).outcome) == (state, Outcome.DELIVERED)


def test_a_receipt_by_opt_out_is_kept_as_one(store: Store) -> None:
    given_batch(store, 1)
    sent(store)
    notice = the_notice(store)
    push(store, [receipt(store, notice, delivered=False, err_code="MOBILE_IN_BLACK")])

    folded(store, NOW + timedelta(hours=1))

    with store.reading() as session:
        said = session.exec(select(OptOut)).one()
    assert (said.address_index, said.channel) == (notice.address_index, Channel.SMS)
    assert said.said_at == NOW


@pytest.mark.parametrize("told", ["1970-01-01 00:00:00", "2099-01-01 00:00:00", "soon", ""])
def test_an_impossible_time_is_replaced_by_ours(store: Store, told: str) -> None:
    given_batch(store, 1)
    sent(store)
    push(store, [receipt(store, the_notice(store), report_time=told)])

    folded(store)

    assert receipts_of(store)[0].at == NOW


def hush(store: Store, now: datetime) -> int:
    with store.writing() as session:
        return silent(session, settings=make_settings(), now=now)


def test_a_notice_without_a_word_for_three_days_is_silent_and_a_late_word_counts(
    store: Store,
) -> None:
    given_batch(store, 1)
    sent(store)

    assert hush(store, NOW + timedelta(hours=71)) == 0
    assert hush(store, NOW + timedelta(hours=73)) == 1
    assert the_notice(store).outcome is Outcome.SILENT
    assert hush(store, NOW + timedelta(hours=74)) == 0

    push(store, [receipt(store, the_notice(store), delivered=False)], NOW + timedelta(hours=75))
    folded(store, NOW + timedelta(hours=75))
    assert the_notice(store).outcome is Outcome.UNDELIVERED


def test_only_accepted_notices_without_a_word_fall_silent(store: Store) -> None:
    given_batch(store, 3)
    sent(store)
    delivered, unsure, _ = notices_of(store)
    set_state(store, delivered, outcome=Outcome.DELIVERED)
    set_state(store, unsure, state=NoticeState.UNSURE)

    assert hush(store, NOW + timedelta(hours=73)) == 1
    assert list(Outcome) == list(RISING)
