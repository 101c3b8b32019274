"""A report counts rows, and what it breaks down always adds up."""

import shutil
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from profiles.sealing import Sealer
from pusher.listening.report import ELSEWHERE, NOWHERE, Report, report
from pusher.listening.visits import tick
from pusher.model.batch import Batch, BatchState, Visit, VisitState
from pusher.model.notice import Basis, Notice, NoticeState, Outcome, Reason
from pusher.store import Store
from tests.listening.callbacks import answer, folded, last_call, push, receipt, sent
from tests.makers import NOW
from tests.sending.delivery_makers import (
    given_batch,
    make_batch,
    make_notice,
    make_person,
    make_visit,
    notices_of,
    the_office,
)


def count(store: Store, **given: Any) -> Report:
    with store.reading() as session:
        return report(session, **given)


def test_an_empty_office_counts_to_nothing(store: Store) -> None:
    found = count(store)

    assert (found.planned, found.batches, found.cost, found.balanced) == (0, 0, Decimal(0), True)
    assert set(found.by_state) == set(NoticeState)


def test_a_batch_is_counted_from_its_rows(store: Store) -> None:
    batch = given_batch(store, 3)
    given_batch(store, 2, state=BatchState.DRAFT)
    sent(store)
    first, second, _ = notices_of(store, batch)
    push(store, [receipt(store, first), receipt(store, second, delivered=False)])
    push(store, [answer(last_call(store, first)[1], "退订")], NOW + timedelta(hours=1))
    push(store, [answer(last_call(store, second)[1], "别发了")], NOW + timedelta(hours=1))
    folded(store)

    found = count(store, batch=batch)

    assert (found.planned, found.batches) == (3, 1)
    assert found.by_state[NoticeState.ACCEPTED] == 3
    outcomes = (Outcome.DELIVERED, Outcome.UNDELIVERED, Outcome.NONE)
    assert [found.by_outcome[o] for o in outcomes] == [1, 1, 1]
    assert found.by_channel == {"sms": {NoticeState.ACCEPTED: 3}}
    assert found.by_street == {"腊山街道": {NoticeState.ACCEPTED: 3}}
    assert (found.segments, found.cost) == (3, Decimal("0.135"))
    assert (found.receipts, found.opt_outs, found.doubtful) == (2, 2, 1)
    assert found.balanced


def test_what_was_not_sent_costs_nothing(store: Store) -> None:
    given_batch(store, 2, state=BatchState.DRAFT)

    assert (count(store).cost, count(store).segments) == (Decimal(0), 0)


def test_an_opt_out_before_the_notice_is_not_its_doing(store: Store) -> None:
    given_batch(store, 1)
    push(store, [answer("19900000001", "退订")], NOW - timedelta(days=1))
    folded(store)
    sent(store)

    assert count(store).opt_outs == 0


def test_people_left_out_before_an_address_was_chosen_are_planned_too(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session)
        person = make_person(session, the_office(session), street=None)
        session.add(
            Notice(
                batch_id=batch.id,
                policy_id=batch.policy_id,
                kind=batch.kind,
                profile_id=person.id,
                basis=Basis.MATCH,
                state=NoticeState.WITHHELD,
                reason=Reason.NO_CONSENT,
            )
        )

    found = count(store)

    assert found.by_channel == {NOWHERE: {NoticeState.WITHHELD: 1}}
    assert found.by_street == {ELSEWHERE: {NoticeState.WITHHELD: 1}}
    assert found.by_reason == {Reason.NO_CONSENT: 1}
    assert found.balanced


def test_policies_batches_and_days_are_told_apart(store: Store) -> None:
    old = given_batch(store, 1, drafted_at=NOW - timedelta(days=9))
    new = given_batch(store, 2)
    with store.reading() as session:
        row = session.get_one(Batch, old)
        policy = row.policy_id

    assert count(store, batch=old).planned == count(store, batch=row).planned == 1
    assert count(store, policy=policy).planned == 1
    assert count(store, since=NOW.date()).planned == 2
    assert count(store, since=NOW - timedelta(days=30)).planned == 3
    assert count(store, policy=policy, batch=new).planned == 0


def test_the_offline_list_is_counted_of_released_batches(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session)
        for _ in range(3):
            make_visit(session, batch)
        make_visit(session, make_batch(session, state=BatchState.DRAFT))
        first, second = session.exec(select(Visit).limit(2)).all()
        tick(session, first, done=True, by="0001", now=NOW)
        tick(session, second, done=False, by="0001", now=NOW)

    found = count(store)

    assert found.offline == 3
    assert found.visits == {VisitState.TO_DO: 1, VisitState.DONE: 1, VisitState.NOT_MET: 1}


@pytest.fixture(scope="module")
def crowd(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, sealer: Sealer) -> Store:
    """Twelve drafted notices of two batches, on SQLite."""
    file = tmp_path_factory.mktemp("crowd") / "pusher.db"
    shutil.copy(sqlite_template, file)
    store = Store(f"sqlite:///{file}", sealer=sealer)
    with store.writing() as session:
        for _ in range(2):
            batch = make_batch(session)
            for _ in range(6):
                make_notice(session, batch)
    return store


fate = st.tuples(
    st.sampled_from(NoticeState), st.sampled_from(Outcome), st.sampled_from(Reason), st.booleans()
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(fates=st.lists(fate, min_size=12, max_size=12))
def test_planned_is_the_sum_over_states_whatever_became_of_them(
    crowd: Store, fates: list[tuple[NoticeState, Outcome, Reason, bool]]
) -> None:
    with crowd._session(crowd._writer) as session:
        notices = session.exec(select(Notice)).all()
        for notice, (state, outcome, reason, left) in zip(notices, fates, strict=True):
            notice.state, notice.outcome = state, outcome
            notice.reason = reason if state is NoticeState.WITHHELD else None
            notice.left_to_staff_at = NOW if left else None
        session.flush()
        found = report(session)
        session.rollback()

    states = [state for state, *_ in fates]
    assert found.planned == 12
    assert found.balanced
    assert {s: states.count(s) for s in NoticeState} == found.by_state
    assert found.cost == Decimal("0.045") * states.count(NoticeState.ACCEPTED)
    assert found.left_to_staff == sum(
        left for state, _, _, left in fates if state is NoticeState.UNSURE
    )
