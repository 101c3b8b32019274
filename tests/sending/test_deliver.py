"""Approved notices leave once each, or stand where everybody can see why not."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from profiles.model import (
    Channel,
)
from pusher.gateways.base import Answer, Parcel
from pusher.model.batch import Batch, BatchState
from pusher.model.clockwork import Pause
from pusher.model.notice import Attempt, AttemptResult, Notice, NoticeState, Reason
from pusher.sending.claim import call_of
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivering import SETTINGS, send
from tests.sending.delivery_makers import (
    attempts_of,
    batch_state,
    given_batch,
    make_batch,
    make_contact,
    make_notice,
    make_person,
    notices_of,
    states_of,
    the_notice,
    the_office,
)
from tests.sending.outbox import NOT_SENT, Outbox, accepts, wechat_box


def test_an_approved_batch_is_sent_and_finished(store: Store) -> None:
    batch = given_batch(store, 3)
    outbox = Outbox()

    came = send(store, outbox)

    assert (came.released, came.claimed, came.accepted, came.finished) == (1, 3, 3, 1)
    assert batch_state(store, batch) is BatchState.FINISHED
    for notice in notices_of(store):
        [attempt] = attempts_of(store, notice.id)
        assert notice.state is NoticeState.ACCEPTED
        assert notice.gateway == "aliyun"
        assert notice.gateway_ref == f"biz-{attempt.call}"
        assert notice.accepted_at is not None
        assert notice.accepted_at >= NOW
        assert (attempt.number, attempt.result) == (1, AttemptResult.ACCEPTED)


def test_the_vendor_is_given_what_was_approved(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session)
        person = make_person(session, the_office(session))
        make_notice(
            session,
            batch,
            contact=make_contact(session, person, address="19900001234"),
            reader=person,
        )
    outbox = Outbox()

    send(store, outbox)

    [parcel] = outbox.parcels
    [attempt] = attempts_of(store)
    assert parcel.to == "19900001234"
    assert parcel.params == {"title": "高龄津贴"}
    assert parcel.template == SETTINGS.gateways["aliyun"]["templates"]["sms_match_resident_plain"]
    assert parcel.reference == attempt.call


def test_a_call_is_26_characters_that_cannot_be_misread() -> None:
    assert call_of(UUID(int=0)) == "0" * 26
    assert call_of(UUID(int=2**128 - 1)) == "7" + "Z" * 25
    assert call_of(UUID(int=31)) == "0" * 25 + "Z"


def test_the_attempt_is_committed_before_the_call_is_made(store: Store) -> None:
    given_batch(store, 1)
    seen: list[tuple[NoticeState, AttemptResult | None]] = []

    def look(parcel: Parcel) -> Answer:
        with store.reading() as session:
            attempt = session.exec(select(Attempt).where(Attempt.call == parcel.reference)).one()
            notice = session.get_one(Notice, attempt.notice_id)
            seen.append((notice.state, attempt.result))
        return accepts(parcel)

    send(store, Outbox(mood=look))

    assert seen == [(NoticeState.HANDING, None)]


def test_a_batch_waits_for_its_hour(store: Store) -> None:
    batch = given_batch(store, 1, send_after=NOW + timedelta(hours=1))
    outbox = Outbox()

    send(store, outbox)
    assert (batch_state(store, batch), outbox.parcels) == (BatchState.APPROVED, [])

    send(store, outbox, now=NOW + timedelta(hours=1))
    assert len(outbox.parcels) == 1


@pytest.mark.parametrize(
    "state", [BatchState.DRAFT, BatchState.IN_REVIEW, BatchState.PAUSED, BatchState.CANCELLED]
)
def test_only_released_batches_are_sent(store: Store, state: BatchState) -> None:
    given_batch(store, 1, state=state)
    outbox = Outbox()

    send(store, outbox)

    assert outbox.parcels == []


@pytest.mark.parametrize("state", [BatchState.APPROVED, BatchState.SENDING, BatchState.PAUSED])
def test_a_batch_past_its_latest_hour_lapses(store: Store, state: BatchState) -> None:
    batch = given_batch(store, 2, state=state, latest_at=NOW)
    outbox = Outbox()

    came = send(store, outbox)

    assert (came.lapsed, came.withheld, outbox.parcels) == (1, 2, [])
    assert batch_state(store, batch) is BatchState.LAPSED
    assert {n.reason for n in notices_of(store)} == {Reason.LAPSED}


def test_a_batch_with_nothing_left_does_not_lapse(store: Store) -> None:
    batch = given_batch(store, 0, state=BatchState.SENDING, latest_at=NOW)

    send(store, Outbox())

    assert batch_state(store, batch) is BatchState.FINISHED


def test_what_comes_back_to_a_cancelled_batch_is_withheld(store: Store) -> None:
    batch = given_batch(store, 1)

    def cancel_meanwhile(parcel: Parcel) -> Answer:
        with store.writing() as session:
            session.get_one(Batch, batch).state = BatchState.CANCELLED
        return NOT_SENT(parcel)

    send(store, Outbox(mood=cancel_meanwhile))
    send(store, Outbox())

    notice = the_notice(store)
    assert (notice.state, notice.reason) == (NoticeState.WITHHELD, Reason.CANCELLED)


def test_the_limit_bounds_what_is_claimed(store: Store) -> None:
    given_batch(store, 5)
    outbox = Outbox()

    came = send(store, outbox, limit=2)

    assert came.claimed == len(outbox.parcels) == 2
    assert states_of(store) == {NoticeState.ACCEPTED: 2, NoticeState.DRAFTED: 3}
    assert send(store, outbox, limit=0).claimed == 0


def test_more_than_one_claim_holds_are_all_sent(store: Store) -> None:
    given_batch(store, 130)
    outbox = Outbox()

    send(store, outbox)

    assert len(set(outbox.references)) == len({p.to for p in outbox.parcels}) == 130


def test_each_channel_goes_by_its_own_gateway(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session)
        make_notice(session, batch, channel=Channel.SMS)
        make_notice(session, batch, channel=Channel.WECHAT)
    sms, wechat = Outbox(), wechat_box()

    send(store, sms, wechat)

    assert (len(sms.parcels), len(wechat.parcels)) == (1, 1)
    assert wechat.parcels[0].to.startswith("oSample")


def test_a_notice_without_a_gateway_waits(store: Store) -> None:
    batch = given_batch(store, 1, channel=Channel.WECHAT)

    send(store, Outbox())

    assert the_notice(store).state is NoticeState.DRAFTED
    assert batch_state(store, batch) is BatchState.SENDING


def test_nothing_leaves_by_a_paused_gateway(store: Store) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        session.add(Pause(gateway="aliyun", by="0002", because="检查", since=NOW))
    outbox = Outbox()

    send(store, outbox)

    assert outbox.parcels == []


def test_the_second_gateway_of_a_channel_serves_while_the_first_is_paused(store: Store) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        session.add(Pause(gateway="tencent", by="0002", because="检查", since=NOW))
    first, second = Outbox("tencent"), Outbox()

    send(store, first, second)

    assert (len(first.parcels), len(second.parcels)) == (0, 1)
