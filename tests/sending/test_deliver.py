"""Approved notices leave once each, or stand where everybody can see why not."""

import multiprocessing
import threading
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from profiles.consent import grant, opt_out, withdraw
from profiles.model import (
    Channel,
    ConsentScope,
    Contact,
    EndReason,
    OptOut,
    Profile,
)
from profiles.sealing import Keys, Sealer
from pusher.audit import verify
from pusher.gateways.base import Answer, Gateway, Parcel, Result, Why
from pusher.model.batch import Batch, BatchKind, BatchState
from pusher.model.clockwork import DayKind, Holiday, Pause
from pusher.model.notice import Attempt, AttemptResult, Notice, NoticeState, Reason
from pusher.model.staff import AuditEntry
from pusher.sending.claim import call_of
from pusher.sending.deliver import Delivered, deliver
from pusher.sending.record import MOST_CALLS, SPOILED
from pusher.settings import Settings
from pusher.store import Store
from tests.makers import NOW, make_policy
from tests.sending.delivery_makers import (
    attempts_of,
    batch_state,
    given_batch,
    make_batch,
    make_contact,
    make_notice,
    make_person,
    make_settings,
    notices_of,
    states_of,
    the_notice,
    the_office,
)
from tests.sending.outbox import NOT_SENT, UNSURE, Outbox, accepts, says, wechat_box

SETTINGS = make_settings()


def send(
    store: Store, *boxes: Outbox, now: datetime = NOW, settings: Settings = SETTINGS, **given: Any
) -> Delivered:
    gateways: dict[str, Gateway] = {box.name: box for box in boxes}
    return deliver(
        store,
        gateways,
        settings=settings,
        now=now,
        owner="test",
        **{"jitter": lambda: 0.5, **given},
    )


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


# ---- who may still be told ------------------------------------------------------------------


def test_an_opt_out_after_approval_still_counts(store: Store) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        notice = session.exec(select(Notice)).one()
        opt_out(
            session,
            address_index=notice.address_index,
            channel=Channel.SMS,
            how="短信回复",
            now=NOW,
        )
    outbox = Outbox()

    came = send(store, outbox)

    notice = the_notice(store)
    assert (notice.state, notice.reason) == (NoticeState.WITHHELD, Reason.OPTED_OUT)
    assert (outbox.parcels, came.withheld, attempts_of(store)) == ([], 1, [])


@pytest.mark.parametrize(
    ("by", "channel", "topic", "silent"),
    [
        ("profile", None, None, True),
        ("profile", Channel.SMS, None, True),
        ("profile", None, "M02", True),
        ("profile", None, "M99", False),
        ("address", None, None, True),
        ("address", Channel.SMS, "M02", True),
        ("address", Channel.SMS, "M99", False),
    ],
)
def test_an_opt_out_silences_by_person_address_channel_and_topic(
    store: Store, by: str, channel: Channel | None, topic: str | None, silent: bool
) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        notice = session.exec(select(Notice)).one()
        whose: dict[str, Any] = (
            {"profile_id": notice.profile_id}
            if by == "profile"
            else {"address_index": notice.address_index}
        )
        opt_out(session, **whose, channel=channel, topic=topic, how="网页", now=NOW)
    outbox = Outbox()

    send(store, outbox)

    assert (outbox.parcels == []) is silent


def test_an_opt_out_during_the_batch_silences_what_is_not_yet_claimed(store: Store) -> None:
    given_batch(store, 2)
    last = notices_of(store)[1]

    def opt_out_meanwhile(parcel: Parcel) -> Answer:
        with store.writing() as session:
            for notice in session.exec(
                select(Notice).where(Notice.state == NoticeState.DRAFTED)
            ).all():
                opt_out(session, address_index=notice.address_index, how="短信回复", now=NOW)
        return accepts(parcel)

    outbox = Outbox(mood=opt_out_meanwhile)
    send(store, outbox, limit=1)
    send(store, outbox)

    assert len(outbox.parcels) == 1
    assert {n.state for n in notices_of(store)} == {NoticeState.ACCEPTED, NoticeState.WITHHELD}
    assert last.state is NoticeState.DRAFTED


def test_a_consent_withdrawn_after_approval_counts(store: Store) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        person = session.get_one(Profile, session.exec(select(Notice.profile_id)).one())
        withdraw(session, person, ConsentScope.GENERAL, now=NOW)

    send(store, Outbox())

    assert the_notice(store).reason is Reason.NO_CONSENT


def test_a_guardians_consent_withdrawn_for_one_child_withholds_the_notice(store: Store) -> None:
    with store.writing() as session:
        office = the_office(session)
        mother = make_person(session, office)
        children = [make_person(session, office, born=date(2020, 5, day)) for day in (1, 2)]
        for child in children:
            grant(
                session,
                child,
                ConsentScope.MINOR,
                given_by=mother,
                text_version="1",
                how="样例",
                now=NOW,
            )
        withdraw(session, children[1], ConsentScope.MINOR, now=NOW)
        make_notice(session, make_batch(session), reader=mother, concerned=children)
    outbox = Outbox()

    send(store, outbox)

    assert (outbox.parcels, the_notice(store).reason) == ([], Reason.NO_CONSENT)


def test_a_contact_that_ended_or_changed_is_not_written_to(store: Store) -> None:
    given_batch(store, 2)
    with store.writing() as session:
        ended, changed = session.exec(select(Contact).order_by(Contact.id)).all()  # type: ignore[arg-type]
        ended.ended_at = NOW
        changed.address_index = "0" * 64
    outbox = Outbox()

    send(store, outbox)

    assert outbox.parcels == []
    assert {n.reason for n in notices_of(store)} == {Reason.NO_ADDRESS}


def test_somebody_who_was_forgotten_is_not_written_to(store: Store) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        person = session.get_one(Profile, session.exec(select(Notice.profile_id)).one())
        person.ended_on, person.ended_reason = NOW.date(), EndReason.ERASED

    send(store, Outbox())

    assert the_notice(store).reason is Reason.ERASED


# ---- hours ----------------------------------------------------------------------------------


def test_nobody_is_written_to_at_night_or_on_a_holiday(store: Store) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        session.add(Holiday(day=NOW.date(), kind=DayKind.OFF, name="样例假日", source="样例"))
    outbox = Outbox()

    send(store, outbox, now=NOW + timedelta(hours=12))
    send(store, outbox)
    assert outbox.parcels == []

    send(store, outbox, now=NOW + timedelta(days=1))
    assert len(outbox.parcels) == 1


def test_elderly_readers_wait_for_their_hours_and_hold_nobody_up(store: Store) -> None:
    evening = NOW.replace(hour=19)
    with store.writing() as session:
        office, batch = the_office(session), make_batch(session)
        for _ in range(3):
            make_notice(session, batch, reader=make_person(session, office, born=date(1940, 1, 1)))
        make_notice(session, batch)
    outbox = Outbox()

    came = send(store, outbox, now=evening)
    assert (came.later, came.accepted) == (3, 1)
    waiting = [n for n in notices_of(store) if n.state is NoticeState.DRAFTED]
    assert {n.not_before for n in waiting} == {(NOW + timedelta(days=1)).replace(hour=9, minute=0)}

    send(store, outbox, now=NOW + timedelta(days=1))
    assert len(outbox.parcels) == 4


def test_a_rehearsal_without_quiet_hours_sends_at_night(store: Store) -> None:
    given_batch(store, 1)
    outbox = Outbox()

    send(store, outbox, now=NOW.replace(hour=23), settings=make_settings(quiet_hours=False))

    assert len(outbox.parcels) == 1


# ---- what the vendor says -------------------------------------------------------------------


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


# ---- races ----------------------------------------------------------------------------------


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


def test_a_person_with_notices_in_two_batches_is_judged_for_both(store: Store) -> None:
    with store.writing() as session:
        office = the_office(session)
        person = make_person(session, office)
        contact = make_contact(session, person)
        policy = make_policy(session, office)
        for kind in (BatchKind.FIRST, BatchKind.REMINDER):
            make_notice(
                session,
                make_batch(session, policy=policy, kind=kind),
                reader=person,
                contact=contact,
            )
    outbox = Outbox()

    send(store, outbox)

    assert len(outbox.parcels) == 2
