"""What a vendor answers decides whether, when and by whom a notice is handed over again."""

from datetime import timedelta

import pytest
from sqlmodel import select

from profiles.model import (
    Channel,
    OptOut,
)
from pusher.audit import verify
from pusher.gateways.base import Answer, Parcel, Result, Why
from pusher.model.batch import Batch, BatchState
from pusher.model.clockwork import Pause
from pusher.model.notice import AttemptResult, NoticeState
from pusher.model.staff import AuditEntry
from pusher.sending.record import MOST_CALLS, SPOILED
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivering import send
from tests.sending.delivery_makers import (
    attempts_of,
    batch_state,
    given_batch,
    make_batch,
    make_notice,
    make_settings,
    states_of,
    the_notice,
)
from tests.sending.outbox import NOT_SENT, UNSURE, Outbox, accepts, says


@pytest.mark.parametrize("why", [Why.RECIPIENT, Why.CONTENT, Why.MISUSE])
def test_a_refused_notice_failed(store: Store, why: Why) -> None:
    batch = given_batch(store, 1)

    came = send(store, Outbox(mood=says(Result.REFUSED, why, "isv.NO")))

    [attempt] = attempts_of(store)
    assert (came.failed, the_notice(store).state) == (1, NoticeState.FAILED)
    assert (attempt.result, attempt.code, attempt.said) == (AttemptResult.REFUSED, "isv.NO", "不行")
    assert batch_state(store, batch) is BatchState.FINISHED


def test_a_refusal_by_opt_out_is_kept_as_one(store: Store) -> None:
    given_batch(store, 1)

    send(store, Outbox(mood=says(Result.REFUSED, Why.OPT_OUT)))

    with store.reading() as session:
        said = session.exec(select(OptOut)).one()
    notice = the_notice(store)
    assert notice.state is NoticeState.FAILED
    assert (said.address_index, said.channel) == (notice.address_index, Channel.SMS)
    assert not said.doubtful


def test_what_was_not_sent_is_tried_again_after_a_growing_pause(store: Store) -> None:
    given_batch(store, 1)
    outbox = Outbox(mood=NOT_SENT)

    send(store, outbox)
    first = the_notice(store)
    assert (first.state, first.lease_until) == (NoticeState.DRAFTED, None)
    assert first.not_before is not None
    assert timedelta(seconds=0.5) <= first.not_before - NOW < timedelta(minutes=5)

    send(store, outbox)
    assert len(outbox.parcels) == 1

    for hour in range(1, 5):
        send(store, outbox, now=NOW + timedelta(hours=hour))
    late = the_notice(store)
    assert len(outbox.parcels) == len(set(outbox.references)) == 5
    assert late.not_before is not None
    assert late.not_before - (NOW + timedelta(hours=4)) >= timedelta(seconds=8)


def test_a_notice_that_is_never_sent_is_given_up(store: Store) -> None:
    given_batch(store, 1)
    outbox = Outbox(mood=NOT_SENT)

    for turn in range(MOST_CALLS + 3):
        send(
            store,
            outbox,
            now=NOW + timedelta(hours=turn),
            settings=make_settings(quiet_hours=False),
        )

    assert len(outbox.parcels) == MOST_CALLS
    assert the_notice(store).state is NoticeState.FAILED


def test_the_vendors_wish_to_wait_is_honoured(store: Store) -> None:
    given_batch(store, 1)
    hour = timedelta(hours=1)

    send(store, Outbox(mood=says(Result.NOT_SENT, Why.THROTTLED, retry_after=hour)))

    waits_until = the_notice(store).not_before
    assert waits_until is not None
    assert waits_until >= NOW + hour


@pytest.mark.parametrize(("why", "word"), [(Why.AUTH, "密钥"), (Why.QUOTA, "余额")])
def test_a_wrong_key_or_no_money_pauses_the_gateway_after_few_calls(
    store: Store, why: Why, word: str
) -> None:
    given_batch(store, 60)
    outbox = Outbox(mood=says(Result.NOT_SENT, why, "InvalidAccessKeyId.NotFound"))

    send(store, outbox)

    with store.reading() as session:
        pause = session.get_one(Pause, "aliyun")
        acts = session.exec(select(AuditEntry.act)).all()
        assert verify(session) == []
    assert len(outbox.parcels) <= 20
    assert pause.by == "clockwork"
    assert word in pause.because
    assert "gateway.pause" in acts
    assert states_of(store) == {NoticeState.DRAFTED: 60}


def test_after_the_pause_is_lifted_everything_is_sent_once(store: Store) -> None:
    given_batch(store, 60)
    send(store, Outbox(mood=says(Result.NOT_SENT, Why.AUTH)))
    with store.writing() as session:
        session.delete(session.get_one(Pause, "aliyun"))
    outbox = Outbox()

    send(store, outbox, now=NOW + timedelta(minutes=5))

    assert len({p.to for p in outbox.parcels}) == len(outbox.parcels) == 60
    assert states_of(store) == {NoticeState.ACCEPTED: 60}


def test_an_unsure_call_is_never_made_again_by_itself(store: Store) -> None:
    batch = given_batch(store, 1)
    outbox = Outbox(mood=UNSURE)

    send(store, outbox)
    send(store, outbox, now=NOW + timedelta(hours=2))

    notice = the_notice(store)
    assert (notice.state, len(outbox.parcels)) == (NoticeState.UNSURE, 1)
    assert notice.unsure_since is not None
    assert attempts_of(store)[0].result is AttemptResult.UNSURE
    assert batch_state(store, batch) is BatchState.SENDING


def test_a_gateway_that_fails_on_and_on_is_left_alone_a_while_then_tried_with_one(
    store: Store,
) -> None:
    given_batch(store, 200)
    outbox = Outbox(mood=UNSURE)

    send(store, outbox)
    assert len(outbox.parcels) == 20
    send(store, outbox, now=NOW + timedelta(seconds=10))
    assert len(outbox.parcels) == 20
    send(store, outbox, now=NOW + timedelta(minutes=2))
    assert len(outbox.parcels) == 21

    outbox.mood = accepts
    send(store, outbox, now=NOW + timedelta(minutes=5))
    assert states_of(store) == {NoticeState.UNSURE: 21, NoticeState.ACCEPTED: 179}


def test_a_template_that_the_vendor_will_not_have_pauses_its_batch(store: Store) -> None:
    batch = given_batch(store, 100)
    outbox = Outbox(mood=says(Result.REFUSED, Why.CONTENT, "isv.SMS_TEMPLATE_ILLEGAL"))

    send(store, outbox)

    assert len(outbox.parcels) == SPOILED
    assert batch_state(store, batch) is BatchState.PAUSED
    assert states_of(store) == {NoticeState.FAILED: SPOILED, NoticeState.DRAFTED: 80}


def test_a_template_without_a_code_pauses_its_batch_and_no_other(store: Store) -> None:
    with store.writing() as session:
        unregistered, fine = make_batch(session), make_batch(session)
        make_notice(session, unregistered, wording="sms_no_such_wording")
        make_notice(session, fine)
        ids = unregistered.id, fine.id
    outbox = Outbox()

    send(store, outbox)

    assert [batch_state(store, i) for i in ids] == [BatchState.PAUSED, BatchState.FINISHED]
    with store.reading() as session:
        assert "sms_no_such_wording" in (session.get_one(Batch, ids[0]).remark or "")


def test_what_a_vendor_says_may_hold_anything(store: Store) -> None:
    given_batch(store, 1)
    odd = "\0\ud800" + "长" * 400

    def strange(parcel: Parcel) -> Answer:
        return Answer(parcel.reference, Result.ACCEPTED, gateway_ref=odd, code=odd, said=odd)

    send(store, Outbox(mood=strange))

    assert the_notice(store).state is NoticeState.ACCEPTED
