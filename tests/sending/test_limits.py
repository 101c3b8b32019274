"""Nobody hears more of us than the office allows, and no month costs more than its budget."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session

from profiles.model import Office, Profile
from pusher.gateways.base import Gateway
from pusher.model.batch import Batch, BatchKind, BatchState
from pusher.model.notice import NoticeState, Reason
from pusher.sending.compose import NO_LIMITS
from pusher.sending.deliver import deliver
from pusher.sending.limits import Limits, OverBudget, left_of_the_budget
from pusher.sending.review import approve, submit
from pusher.settings import Settings
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.sending import makers
from tests.sending.delivery_makers import make_settings, notices_of
from tests.sending.outbox import Outbox

WEEK = Limits(per_reader=1, within=timedelta(days=7))
OPEN = make_settings(quiet_hours=False)
LATER = timedelta(minutes=5)


def drafted(session: Session, office: Office, people: list[Profile], **given: object) -> Batch:
    return makers.drafted_for(session, office, people, **given)


def release(session: Session, batch: Batch, limits: Limits = NO_LIMITS) -> None:
    submit(session, batch, by="1001", now=NOW)
    shown = batch.frozen_sha256 or ""
    approve(
        session, batch, by="2002", now=NOW, shown=shown, gateways=makers.GATEWAYS, limits=limits
    )


def send(store: Store, settings: Settings = OPEN) -> Outbox:
    box = Outbox()
    ways: dict[str, Gateway] = {box.name: box}
    deliver(store, ways, settings=settings, now=NOW + LATER, owner="test")
    return box


def given_one_who_has_heard(store: Store) -> tuple[Office, Profile]:
    with store.writing() as session:
        office = make_office(session)
        person = makers.make_person(session, office)
        release(session, drafted(session, office, [person], send_after=NOW))
    assert len(send(store).parcels) == 1
    return office, person


def reasons(store: Store, batch: Batch) -> list[Reason | None]:
    return [notice.reason for notice in notices_of(store, batch.id)]


def test_who_has_heard_enough_of_late_is_left_out_of_the_draft(store: Store) -> None:
    office, person = given_one_who_has_heard(store)
    with store.writing() as session:
        other = makers.make_person(session, office)
        batch = drafted(session, office, [person, other], limits=WEEK)

    assert sorted(reasons(store, batch), key=str) == [None, Reason.CAP]


def test_a_correction_reaches_them_all_the_same(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = makers.make_confirmed(session, office)
        run = makers.make_run(session, policy)
        makers.make_matches(session, run, [makers.make_person(session, office)])
        release(session, makers.draft(session, policy, run, send_after=NOW))
    assert len(send(store).parcels) == 1

    with store.writing() as session:
        correction = makers.draft(session, policy, run, limits=WEEK, kind=BatchKind.CORRECTION)

    assert reasons(store, correction) == [None]


def test_after_the_days_are_over_they_may_hear_again(store: Store) -> None:
    office, person = given_one_who_has_heard(store)
    with store.writing() as session:
        later = NOW + timedelta(days=8)
        batch = drafted(session, office, [person], limits=WEEK, now=later)

    assert reasons(store, batch) == [None]


def test_the_cap_is_asked_once_more_at_the_claim(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        person = makers.make_person(session, office)
        for _ in range(3):
            release(session, drafted(session, office, [person], send_after=NOW, limits=WEEK))

    outbox = send(store, replace(OPEN, cap_per_reader=2))

    assert len(outbox.parcels) == 2
    states = sorted((one.state, one.reason) for one in notices_of(store) if one.reason)
    assert states == [(NoticeState.WITHHELD, Reason.CAP)]


def test_what_the_budget_of_the_month_does_not_cover_is_left_out_and_seen(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        people = [makers.make_person(session, office) for _ in range(3)]
        price = notices_of_draft(session, office, people)
        batch = drafted(session, office, people, limits=Limits(per_month=price * 2))

    assert reasons(store, batch).count(Reason.BUDGET) == 1
    assert sum(one.price for one in notices_of(store, batch.id)) <= price * 2


def test_of_two_drafts_that_fit_alone_one_is_released(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        people = [makers.make_person(session, office) for _ in range(2)]
        price = notices_of_draft(session, office, people)
        limits = Limits(per_month=price * 3)
        first, second = (drafted(session, office, people, limits=limits) for _ in range(2))
        release(session, first, limits=limits)

        with pytest.raises(OverBudget, match=f"还剩 {price} 元"):
            release(session, second, limits=limits)

    assert second.state is BatchState.IN_REVIEW


def notices_of_draft(session: Session, office: Office, people: list[Profile]) -> Decimal:
    """What one notice of such a draft costs."""
    draft = makers.drafted_for(session, office, people[:1])
    return makers.only_notice(session, draft).price


def test_released_batches_are_taken_off_the_budget_of_their_month(store: Store) -> None:
    office, _ = given_one_who_has_heard(store)
    [sent] = notices_of(store)
    limits = Limits(per_month=Decimal("1.00"))

    with store.reading() as session:
        now = left_of_the_budget(session, office.id, limits, at=NOW)
        next_month = left_of_the_budget(session, office.id, limits, at=NOW + timedelta(days=10))
        unset = left_of_the_budget(session, office.id, Limits(), at=NOW)

    assert now == Decimal("1.00") - sent.price
    assert next_month == Decimal("1.00")
    assert unset is None
