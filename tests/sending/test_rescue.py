"""What a dead worker or a lost answer left is cleared up without a second message."""

import multiprocessing
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from profiles.sealing import Keys, Sealer
from pusher.gateways.base import Found
from pusher.model.batch import Batch, BatchState
from pusher.model.notice import AttemptResult, Notice, NoticeState, Outcome
from pusher.sending.rescue import NO_WORD, Rescued
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivering import SETTINGS, send
from tests.sending.delivery_makers import (
    attempts_of,
    batch_state,
    given_batch,
    make_settings,
    states_of,
    the_notice,
)
from tests.sending.outbox import UNSURE, DeadlyBox, Outbox
from tests.sending.rescuing import A_THIRD, LATER, SETTLE, clear_up, given_dead_worker, given_unsure


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
    send(store, outbox, now=gone + SETTLE + A_THIRD)

    assert (the_notice(store).state, len(outbox.parcels)) == (NoticeState.ACCEPTED, 1)


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
    send(store, outbox, now=LATER)

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
    send(store, outbox, now=LATER + A_THIRD)

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
        send(store, outbox, now=moment)
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
    send(store, outbox, now=LATER + A_THIRD)
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
    send(store, outbox, now=asked + A_THIRD)
    taken = [*(entry["to"] for entry in vendor.entries()), *(p.to for p in outbox.parcels)]
    assert len(taken) == len(set(taken)) == 3
    assert states_of(store) == {NoticeState.ACCEPTED: 3}
    assert _calls_known(store, vendor.entries())


def _calls_known(store: Store, entries: Sequence[dict[str, str]]) -> bool:
    return {e["reference"] for e in entries} <= {a.call for a in attempts_of(store)}
