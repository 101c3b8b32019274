"""Killed at any point of the way out, the clockwork loses nothing and tells nobody twice."""

import json
import os
import signal
import time

import httpx
import pytest
from sqlmodel import select

from profiles.model import Channel
from pusher.listening.inbox import take_in
from pusher.model.batch import Batch, BatchState
from pusher.model.notice import AttemptResult, NoticeState, Outcome
from pusher.model.staff import AuditEntry, Role
from pusher.model.word import Inbox
from pusher.sending.review import submit
from pusher.web.callbacks import callback_addresses
from tests.clockwork.rehearsal import DIED, QUICK, Rehearsal, ended, until
from tests.listening.callbacks import receipt
from tests.makers import NOW, make_office, make_staff
from tests.sending import makers
from tests.sending.delivery_makers import attempts_of, given_batch, notices_of, the_notice


@pytest.mark.parametrize("point", ["K3", "K5", "K6", "K7", "K8", "K14"])
def test_killed_while_it_sends_the_next_one_clears_up(rehearsal: Rehearsal, point: str) -> None:
    given_batch(rehearsal.store, 3)

    assert ended(rehearsal.clockwork(f"{point}:kill")) == DIED
    rehearsal.check(3)
    rehearsal.clockwork()
    until(rehearsal.is_settled)

    rehearsal.check(3)
    assert rehearsal.states() == {NoticeState.ACCEPTED: 3}
    assert len(rehearsal.stand.messages()) == 3


def test_killed_after_the_request_was_written_it_finds_what_the_vendor_took_later(
    rehearsal: Rehearsal,
) -> None:
    given_batch(rehearsal.store, 1)
    rehearsal.stand.order("faults", provider="aliyun", kind="slow", delay_s=0.4, **{"for": 1})

    assert ended(rehearsal.clockwork("K4:kill")) == DIED
    until(rehearsal.stand.messages, what="the vendor never took it")
    rehearsal.clockwork()
    until(rehearsal.is_settled)

    rehearsal.check(1)
    *before, last = attempts_of(rehearsal.store)
    assert last.result is AttemptResult.ACCEPTED
    # on a busy machine the stand-in may not have opened its door in time
    assert {attempt.result for attempt in before} <= {AttemptResult.NOT_SENT}
    assert [message["reference"] for message in rehearsal.stand.messages()] == [last.call]


def test_killed_before_anything_was_written_it_sends_once_after_two_denials(
    rehearsal: Rehearsal,
) -> None:
    given_batch(rehearsal.store, 1)

    assert ended(rehearsal.clockwork("K3:kill")) == DIED
    assert rehearsal.stand.messages() == []
    rehearsal.clockwork()
    until(rehearsal.is_settled)

    first, *between, last = attempts_of(rehearsal.store)
    assert (first.result, last.result) == (AttemptResult.UNSURE, AttemptResult.ACCEPTED)
    # on a busy machine the stand-in may not have opened its door in time
    assert {attempt.result for attempt in between} <= {AttemptResult.NOT_SENT}
    assert [message["reference"] for message in rehearsal.stand.messages()] == [last.call]


@pytest.mark.parametrize("point", ["K12", "K13"])
def test_killed_while_it_clears_up_the_next_one_clears_up(rehearsal: Rehearsal, point: str) -> None:
    given_batch(rehearsal.store, 3)

    assert ended(rehearsal.clockwork("K6:kill")) == DIED
    assert ended(rehearsal.clockwork(f"{point}:kill")) == DIED
    rehearsal.check(3)
    rehearsal.clockwork()
    until(rehearsal.is_settled)

    rehearsal.check(3)
    assert rehearsal.states() == {NoticeState.ACCEPTED: 3}


@pytest.mark.parametrize("point", ["K4", "K5", "K6"])
def test_a_vendor_that_drops_repeats_is_handed_the_same_reference_again(
    rehearsal: Rehearsal, point: str
) -> None:
    given_batch(rehearsal.store, 2, channel=Channel.WECHAT)

    assert ended(rehearsal.clockwork(f"{point}:kill")) == DIED
    rehearsal.clockwork()
    until(rehearsal.is_settled)

    rehearsal.check(2)
    assert rehearsal.states() == {NoticeState.ACCEPTED: 2}
    assert len(rehearsal.stand.messages()) == 2


def test_a_process_that_was_frozen_past_its_lease_sends_nothing_when_it_wakes(
    rehearsal: Rehearsal,
) -> None:
    given_batch(rehearsal.store, 3)
    frozen = rehearsal.clockwork("K3:stop")
    until(lambda: rehearsal.states()[NoticeState.HANDING] == 3)

    rehearsal.clockwork()
    time.sleep(3 * QUICK["lease_s"])
    until(rehearsal.is_settled)
    assert frozen.pid
    os.kill(frozen.pid, signal.SIGCONT)
    first_calls = {attempt.call for attempt in attempts_of(rehearsal.store) if attempt.number == 1}
    time.sleep(1)

    rehearsal.check(3)
    took = rehearsal.stand.messages()
    assert len(took) == 3
    assert not first_calls & {message["reference"] for message in took}
    assert rehearsal.states() == {NoticeState.ACCEPTED: 3}


# ---- approving ------------------------------------------------------------------------------


def given_in_review(rehearsal: Rehearsal) -> str:
    with rehearsal.store.writing() as session:
        office = make_office(session)
        clerk = make_staff(session, office)
        make_staff(session, office, Role.REVIEWER, login="reviewer")
        batch = makers.drafted_for(session, office, [makers.make_person(session, office)])
        submit(session, batch, by=clerk.number, now=NOW)
        return str(batch.id)


def approved(rehearsal: Rehearsal) -> tuple[BatchState, int]:
    with rehearsal.store.reading() as session:
        [batch] = session.exec(select(Batch)).all()
        acts = session.exec(select(AuditEntry).where(AuditEntry.act == "batch.approve")).all()
        return batch.state, len(acts)


@pytest.mark.parametrize(
    ("point", "left"), [("K1", (BatchState.IN_REVIEW, 0)), ("K2", (BatchState.APPROVED, 1))]
)
def test_killed_while_it_is_approved_a_batch_is_released_once_or_not_at_all(
    rehearsal: Rehearsal, point: str, left: tuple[BatchState, int]
) -> None:
    batch = given_in_review(rehearsal)
    words = ("batch", "approve", batch, "--by", "reviewer", "--now", NOW.isoformat())

    assert ended(rehearsal.command(*words, fail_point=f"{point}:kill")) == DIED
    assert approved(rehearsal) == left
    ended(rehearsal.command(*words))

    assert approved(rehearsal) == (BatchState.APPROVED, 1)
    assert len(notices_of(rehearsal.store)) == 1


# ---- listening ------------------------------------------------------------------------------


def given_accepted(rehearsal: Rehearsal) -> bytes:
    """One notice that the vendor took; the body of its receipt."""
    given_batch(rehearsal.store, 1)
    clockwork = rehearsal.clockwork()
    until(rehearsal.is_settled)
    clockwork.kill()
    ended(clockwork)
    return json.dumps([receipt(rehearsal.store, the_notice(rehearsal.store))]).encode()


def test_killed_after_a_receipt_was_stored_the_vendor_pushes_again_and_it_counts_once(
    rehearsal: Rehearsal,
) -> None:
    body = given_accepted(rehearsal)

    def push(console: str) -> int:
        with rehearsal.store.reading() as session:
            addresses = callback_addresses(console, session.info["sealer"])["aliyun"]
        assert isinstance(addresses, dict)
        sent = httpx.post(addresses["receipts"], content=body, timeout=60, trust_env=False)
        return sent.status_code

    process, address = rehearsal.console("K9:kill")
    with pytest.raises(httpx.TransportError):
        push(address)
    assert ended(process) == DIED
    _, address = rehearsal.console()
    assert push(address) == 200
    rehearsal.clockwork()
    until(lambda: the_notice(rehearsal.store).outcome is Outcome.DELIVERED)

    with rehearsal.store.reading() as session:
        assert len(session.exec(select(Inbox)).all()) == 1
    rehearsal.check(1)


@pytest.mark.parametrize("point", ["K10", "K11"])
def test_killed_while_it_folds_a_receipt_the_next_one_folds_it_once(
    rehearsal: Rehearsal, point: str
) -> None:
    body = given_accepted(rehearsal)
    take_in(rehearsal.store, "aliyun", body, now=NOW)

    assert ended(rehearsal.clockwork(f"{point}:kill")) == DIED
    assert the_notice(rehearsal.store).outcome is Outcome.NONE
    rehearsal.clockwork()
    until(lambda: the_notice(rehearsal.store).outcome is Outcome.DELIVERED)

    rehearsal.check(1)
