"""What a dead worker or a lost answer left is cleared up without a second message."""

import multiprocessing
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from profiles.consent import opt_out
from profiles.model import Channel
from profiles.sealing import Keys, Sealer
from pusher.audit import verify
from pusher.gateways.base import Found, Gateway, Parcel, Result, Why
from pusher.model.batch import Batch, BatchState
from pusher.model.clockwork import Pause
from pusher.model.errors import IllegalMove, Overtaken
from pusher.model.notice import AttemptResult, Notice, NoticeState, Outcome
from pusher.model.staff import AuditEntry
from pusher.sending.claim import claim
from pusher.sending.deliver import deliver
from pusher.sending.release import release
from pusher.sending.rescue import NO_WORD, Rescued, rescue
from pusher.sending.route import open_way
from pusher.sending.unsure import settle_unsure
from pusher.settings import Settings
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import (
    attempts_of,
    batch_state,
    given_batch,
    make_settings,
    states_of,
    the_notice,
)
from tests.sending.outbox import NOT_SENT, UNSURE, DeadlyBox, Outbox, accepts, says, wechat_box

SETTINGS = make_settings()
SETTLE = timedelta(seconds=SETTINGS.settle_s)
A_THIRD = SETTLE / 3 + timedelta(seconds=1)
LATER = NOW + SETTLE + timedelta(minutes=1)


def send(store: Store, box: Gateway, now: datetime = NOW, **given: Any) -> None:
    deliver(
        store,
        {box.name: box},
        settings=given.pop("settings", SETTINGS),
        now=now,
        owner="test",
        jitter=lambda: 0.5,
        **given,
    )


def clear_up(
    store: Store, box: Gateway | None, now: datetime, settings: Settings = SETTINGS
) -> Rescued:
    gateways = {} if box is None else {box.name: box}
    return rescue(store, gateways, settings=settings, now=now, jitter=lambda: 0.5)


def given_unsure(store: Store, box: Outbox, **given: Any) -> UUID:
    """A notice whose call had no answer."""
    batch = given_batch(store, 1, channel=Channel(box.channel), **given)
    mood, box.mood = box.mood, UNSURE
    send(store, box)
    box.mood = mood
    assert the_notice(store).state is NoticeState.UNSURE
    return batch


def given_dead_worker(store: Store, box: Outbox, notices: int = 1) -> None:
    """Notices claimed by somebody who died before the first call."""
    given_batch(store, notices)
    with store.writing() as session:
        release(session, now=NOW)
        way = open_way(session, {box.name: box}, Channel.SMS, settings=SETTINGS, now=NOW)
        assert way is not None
        claim(session, way, settings=SETTINGS, now=NOW, at_most=100)


# ---- ended leases -----------------------------------------------------------------------------


def test_a_lease_that_ended_leads_to_unsure_and_never_back(store: Store) -> None:
    outbox = Outbox()
    given_dead_worker(store, outbox, 3)

    came = clear_up(store, outbox, NOW + timedelta(seconds=SETTINGS.lease_s + 1))

    assert came.expired == 3
    assert states_of(store) == {NoticeState.UNSURE: 3}
    assert {(a.result, a.code) for a in attempts_of(store)} == {(AttemptResult.UNSURE, NO_WORD)}


def test_a_running_lease_is_left_alone(store: Store) -> None:
    outbox = Outbox()
    given_dead_worker(store, outbox)

    came = clear_up(store, outbox, NOW + timedelta(seconds=SETTINGS.lease_s - 1))

    assert (came.expired, the_notice(store).state) == (0, NoticeState.HANDING)


def test_a_claim_that_was_never_handed_over_is_sent_once(store: Store) -> None:
    outbox = Outbox()
    given_dead_worker(store, outbox)
    gone = NOW + timedelta(seconds=SETTINGS.lease_s + 1)

    clear_up(store, outbox, gone)
    clear_up(store, outbox, gone + SETTLE)
    clear_up(store, outbox, gone + SETTLE + A_THIRD)
    send(store, outbox, gone + SETTLE + A_THIRD)

    assert (the_notice(store).state, len(outbox.parcels)) == (NoticeState.ACCEPTED, 1)


# ---- gateways that can be asked -----------------------------------------------------------------


def test_nobody_is_asked_before_the_settle_time_is_over(store: Store) -> None:
    outbox = Outbox()
    given_unsure(store, outbox)

    clear_up(store, outbox, NOW + SETTLE - timedelta(seconds=1))

    assert outbox.asked == []


def test_what_the_gateway_knows_was_accepted(store: Store) -> None:
    outbox = Outbox()
    batch = given_unsure(store, outbox)
    outbox.knows.add(outbox.references[0])

    came = clear_up(store, outbox, LATER)
    send(store, outbox, LATER)

    notice, [attempt] = the_notice(store), attempts_of(store)
    assert (came.found, notice.state) == (1, NoticeState.ACCEPTED)
    assert notice.accepted_at == LATER
    assert attempt.result is AttemptResult.ACCEPTED
    assert len(outbox.parcels) == 1
    assert batch_state(store, batch) is BatchState.FINISHED


def test_one_denial_is_not_believed_and_the_second_is_asked_for_later(store: Store) -> None:
    outbox = Outbox()
    given_unsure(store, outbox)

    assert clear_up(store, outbox, LATER).absent == 1
    assert clear_up(store, outbox, LATER + timedelta(seconds=1)) == Rescued()
    outbox.knows.add(outbox.references[0])
    assert clear_up(store, outbox, LATER + A_THIRD).found == 1

    assert the_notice(store).state is NoticeState.ACCEPTED


def test_what_was_denied_twice_is_sent_once_more_under_a_new_call(store: Store) -> None:
    outbox = Outbox()
    given_unsure(store, outbox)

    clear_up(store, outbox, LATER)
    came = clear_up(store, outbox, LATER + A_THIRD)
    send(store, outbox, LATER + A_THIRD)

    first, second = attempts_of(store)
    assert (came.absent, came.again) == (1, 1)
    assert (first.result, first.number, second.number) == (AttemptResult.UNSURE, 1, 2)
    assert "再发一次" in (first.said or "")
    assert outbox.references == [first.call, second.call]
    assert the_notice(store).state is NoticeState.ACCEPTED


def test_a_second_unsure_call_is_the_last(store: Store) -> None:
    outbox = Outbox(mood=UNSURE)
    given_unsure(store, outbox)
    moment = LATER
    for _ in range(8):
        clear_up(store, outbox, moment)
        send(store, outbox, moment)
        moment += SETTLE + A_THIRD

    notice = the_notice(store)
    assert len(outbox.parcels) == 2
    assert notice.state is NoticeState.UNSURE
    assert notice.left_to_staff_at is not None


def test_both_calls_of_a_resent_notice_are_asked_for(store: Store) -> None:
    outbox = Outbox(mood=UNSURE)
    given_unsure(store, outbox)
    clear_up(store, outbox, LATER)
    clear_up(store, outbox, LATER + A_THIRD)
    send(store, outbox, LATER + A_THIRD)
    outbox.knows.add(outbox.references[0])

    clear_up(store, outbox, LATER + A_THIRD + SETTLE + A_THIRD)

    assert the_notice(store).state is NoticeState.ACCEPTED
    assert [a.result for a in attempts_of(store)] == [AttemptResult.ACCEPTED, AttemptResult.UNSURE]


def test_an_unclear_word_is_no_denial(store: Store) -> None:
    outbox = Outbox(lookups=Found.UNCLEAR)
    given_unsure(store, outbox)

    for turn in range(5):
        came = clear_up(store, outbox, LATER + turn * A_THIRD)
        assert (came.unclear, came.absent) == (1, 0)

    notice = the_notice(store)
    assert (notice.state, notice.negatives) == (NoticeState.UNSURE, 0)
    assert notice.left_to_staff_at is None


def test_days_without_a_usable_word_leave_it_to_staff(store: Store) -> None:
    outbox = Outbox(lookups=Found.UNCLEAR)
    given_unsure(store, outbox)

    came = clear_up(store, outbox, NOW + timedelta(hours=73))

    assert (came.left, the_notice(store).state) == (1, NoticeState.UNSURE)


def test_a_gateway_that_gives_no_usable_answer_is_not_asked_a_hundred_times(store: Store) -> None:
    outbox = Outbox(mood=UNSURE, lookups=Found.UNCLEAR)
    given_batch(store, 10)
    send(store, outbox)

    clear_up(store, outbox, LATER)

    assert len(outbox.asked) == 3


def test_the_vendor_is_asked_about_the_day_on_the_machines_clock(store: Store) -> None:
    outbox = Outbox()
    given_unsure(store, outbox)

    clear_up(store, outbox, LATER, make_settings(clock_ahead_s=2 * 86400.0))

    assert [day for _, day in outbox.asked] == [date(2026, 11, 23)]


def test_an_outcome_told_with_the_find_counts(store: Store) -> None:
    outbox = Outbox()
    given_unsure(store, outbox)
    outbox.knows.add(outbox.references[0])
    with store.writing() as session:
        session.exec(select(Notice)).one().outcome = Outcome.DELIVERED

    clear_up(store, outbox, LATER)

    assert the_notice(store).outcome is Outcome.DELIVERED


def test_a_denied_notice_of_a_finished_batch_goes_to_staff_and_not_into_a_void(
    store: Store,
) -> None:
    outbox = Outbox()
    batch = given_unsure(store, outbox)
    clear_up(store, outbox, LATER)
    with store.writing() as session:
        session.get_one(Batch, batch).state = BatchState.FINISHED

    clear_up(store, outbox, LATER + A_THIRD)

    notice = the_notice(store)
    assert notice.state is NoticeState.UNSURE
    assert notice.left_to_staff_at is not None


def test_a_receipt_while_the_gateway_is_asked_wins(store: Store) -> None:
    outbox = Outbox()
    given_unsure(store, outbox)

    class Interrupted(Outbox):
        def look_up(self, reference: str, to: str, *, sent_on: date) -> Any:
            with store.writing() as session:
                session.exec(select(Notice)).one().state = NoticeState.ACCEPTED
            return super().look_up(reference, to, sent_on=sent_on)

    clear_up(store, Interrupted(), LATER)

    notice = the_notice(store)
    assert (notice.state, notice.negatives) == (NoticeState.ACCEPTED, 0)


# ---- gateways that drop repeats -----------------------------------------------------------------


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


# ---- nobody can tell ----------------------------------------------------------------------------


def test_what_no_gateway_can_tell_is_left_to_staff_at_once(store: Store) -> None:
    box = Outbox("yunmas", "sms", "never")
    given_batch(store, 1)
    settings = make_settings(
        gateways={"yunmas": {"templates": SETTINGS.gateways["aliyun"]["templates"]}}
    )
    box.mood = UNSURE
    send(store, box, settings=settings)

    came = clear_up(store, box, NOW + timedelta(minutes=1), settings)

    assert (came.left, len(box.parcels), box.asked) == (1, 1, [])
    assert the_notice(store).left_to_staff_at == NOW + timedelta(minutes=1)


def test_a_gateway_gone_from_the_settings_leaves_its_unsure_to_staff_in_the_end(
    store: Store,
) -> None:
    given_unsure(store, Outbox())

    assert clear_up(store, None, LATER).left == 0
    assert clear_up(store, None, NOW + timedelta(hours=73)).left == 1


def given_left_to_staff(store: Store) -> Notice:
    given_unsure(store, Outbox())
    clear_up(store, None, NOW + timedelta(hours=73))
    return the_notice(store)


def test_staff_who_learn_that_it_arrived_settle_it(store: Store) -> None:
    notice = given_left_to_staff(store)

    with store.writing() as session:
        found = session.get_one(Notice, notice.id)
        settle_unsure(session, found, arrived=True, by="0002", now=LATER, remark="电话问过本人")

    with store.reading() as session:
        act = session.exec(select(AuditEntry).where(AuditEntry.by == "0002")).one()
        assert verify(session) == []
    assert the_notice(store).state is NoticeState.ACCEPTED
    assert (act.act, act.detail["arrived"]) == ("notice.settle_unsure", True)


def test_staff_who_learn_that_it_did_not_arrive_send_nothing_by_that(store: Store) -> None:
    notice = given_left_to_staff(store)

    with store.writing() as session:
        found = session.get_one(Notice, notice.id)
        settle_unsure(session, found, arrived=False, by="0002", now=LATER, remark="电话问过本人")
    outbox = Outbox()
    send(store, outbox, LATER)

    assert outbox.parcels == []
    assert the_notice(store).state is NoticeState.UNSURE


def test_staff_do_not_settle_what_a_gateway_may_still_clear_up(store: Store) -> None:
    given_unsure(store, Outbox())

    with pytest.raises(IllegalMove), store.writing() as session:
        notice = session.exec(select(Notice)).one()
        settle_unsure(session, notice, arrived=True, by="0002", now=LATER, remark="电话")


def test_a_receipt_is_faster_than_staff(store: Store) -> None:
    given_left_to_staff(store)
    seen = the_notice(store)
    with store.writing() as session:
        session.get_one(Notice, seen.id).state = NoticeState.ACCEPTED

    with pytest.raises(Overtaken), store.writing() as session:
        settle_unsure(session, seen, arrived=True, by="0002", now=LATER, remark="电话")


# ---- kill -9 -----------------------------------------------------------------------------------


def _deliver_and_die(url: str, journal: Path, after: int) -> None:
    store = Store(url, sealer=Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32)))
    send(store, DeadlyBox(journal, after))


def die_delivering(store: Store, journal: Path, after: int) -> None:
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=_deliver_and_die, args=(store.url, journal, after))
    process.start()
    process.join()
    assert process.exitcode == -9


@pytest.mark.parametrize("after", [0, 2, 3])
def test_a_worker_killed_between_claim_and_answer_sends_each_notice_once(
    store: Store, tmp_path: Path, after: int
) -> None:
    given_batch(store, 3)
    journal = tmp_path / "vendor.jsonl"

    die_delivering(store, journal, after)
    assert states_of(store) == {NoticeState.HANDING: 3}
    assert len(attempts_of(store)) == 3

    vendor = DeadlyBox(journal)
    gone = NOW + timedelta(seconds=SETTINGS.lease_s * 2)
    came = clear_up(store, vendor, gone)
    assert (came.expired, states_of(store)) == (3, {NoticeState.UNSURE: 3})
    asked = gone + SETTLE + timedelta(seconds=1)
    assert clear_up(store, vendor, asked).found == after
    clear_up(store, vendor, asked + A_THIRD)

    outbox = Outbox()
    send(store, outbox, asked + A_THIRD)
    taken = [*(entry["to"] for entry in vendor.entries()), *(p.to for p in outbox.parcels)]
    assert len(taken) == len(set(taken)) == 3
    assert states_of(store) == {NoticeState.ACCEPTED: 3}
    assert _calls_known(store, vendor.entries())


def _calls_known(store: Store, entries: Sequence[dict[str, str]]) -> bool:
    return {e["reference"] for e in entries} <= {a.call for a in attempts_of(store)}
