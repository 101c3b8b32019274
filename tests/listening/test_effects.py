"""What it came to: each person once a policy, by the best that became of them; nobody named."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from pusher.listening.effect_rows import DELIVERED, LOST, READ, WHY_NOT, Group
from pusher.listening.effects import COUNTED, LEAST, Effects, effects, streets
from pusher.listening.questions import record
from pusher.model.batch import Batch, BatchKind, BatchState, VisitMatch, VisitState
from pusher.model.match import Decision, Match
from pusher.model.notice import NoticeState, Outcome, Reason
from pusher.model.policy import Policy
from pusher.model.question import QuestionSource
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

TODAY = NOW.date()


def count(store: Store, since: date = date(2026, 1, 1), **given: Any) -> Effects:
    with store.reading() as session:
        office = the_office(session)
        return effects(session, office_id=office.id, since=since, today=TODAY, **given)


def find(session: Session, batch: Batch, person: UUID) -> Match:
    match = Match(
        run_id=batch.run_id, policy_id=batch.policy_id, profile_id=person,
        decision=Decision.ELIGIBLE, followed=[], missing=[], sensitive=False,
    )  # fmt: skip
    session.add(match)
    session.flush()
    return match


def test_an_office_that_told_nobody_counts_to_nothing(store: Store) -> None:
    with store.writing() as session:
        the_office(session)

    found = count(store)

    assert (found.total.found, found.by_policy, found.by_month, found.by_street) == (0, [], [], [])
    assert found.elderly == (0, 0)
    assert found.total.cost_each is None


def test_a_policy_is_followed_from_who_was_found_to_who_was_reached(store: Store) -> None:
    batch = given_batch(store, 4)
    sent(store)
    first, second, third, _ = notices_of(store, batch)
    push(
        store,
        [receipt(store, first), receipt(store, second), receipt(store, third, delivered=False)],
    )
    push(store, [answer(last_call(store, first)[1], "1"), answer(last_call(store, second)[1], "2")])
    push(store, [answer(last_call(store, second)[1], "退订")], NOW + timedelta(hours=1))
    folded(store)
    with store.writing() as session:
        row = session.get_one(Batch, batch)
        office = the_office(session)
        old = make_person(session, office, facts={"birth_date": "1940-01-01"}, street="370104003")
        visit = make_visit(session, row, person=old, state=VisitState.DONE)
        session.add(VisitMatch(visit_id=visit.id, match_id=find(session, row, old.id).id))
        waiting = make_visit(session, row)
        match = find(session, row, waiting.profile_id)
        session.add(VisitMatch(visit_id=waiting.id, match_id=match.id))
        make_notice(session, row, state=NoticeState.WITHHELD, reason=Reason.CAP)
        find(session, row, make_person(session, office).id)
        record(
            session, office_id=office.id, source=QuestionSource.HOTLINE, text="何时发放", at=NOW,
            policy_id=row.policy_id,
        )  # fmt: skip

    found = count(store)

    [line] = found.by_policy
    assert (line.name, line.found, line.told, line.reached) == ("高龄津贴", 8, 5, 3)
    assert (line.written, line.read, line.visited) == (2, 0, 1)
    assert (line.complained, line.satisfaction, line.opted_out) == (2, 50, 1)
    assert (line.cost, line.cost_each) == (Decimal("0.180"), Decimal("0.090"))
    assert found.not_told == {"visit_waiting": 1, "cap": 1, "not_taken_in": 1}
    assert found.by_way == {"sms": (4, 2)}
    assert found.elderly == (1, 1)
    assert {place.street: (place.found, place.reached) for place in found.by_street} == {
        "腊山街道": (7, 2), "道德街街道": (1, 1)
    }  # fmt: skip
    assert [month.name for month in found.by_month] == ["2026-11"]
    assert set(COUNTED) >= {"found", "told", "reached", "not_told", "elderly"}


def test_a_person_counts_once_by_the_best_that_became_of_them(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.FINISHED)
        lost = make_notice(session, batch, state=NoticeState.ACCEPTED, outcome=Outcome.UNDELIVERED)
        again = make_batch(
            session, kind=BatchKind.REMINDER, state=BatchState.FINISHED,
            policy=session.get_one(Policy, batch.policy_id),
        )  # fmt: skip
        reader = make_person(session, the_office(session))
        for state, outcome in (
            (NoticeState.ACCEPTED, Outcome.READ), (NoticeState.WITHHELD, Outcome.NONE)
        ):  # fmt: skip
            reason = Reason.DUPLICATE if state is NoticeState.WITHHELD else None
            make_notice(session, again, reader=reader, state=state, outcome=outcome, reason=reason)
        assert lost.profile_id != reader.id

    found = count(store).total

    assert (found.found, found.told, found.reached, found.read) == (2, 2, 1, 1)


def test_the_steps_are_told_in_hours_and_only_of_the_period(store: Store) -> None:
    batch = given_batch(store, 1)
    sent(store)
    push(store, [receipt(store, notices_of(store, batch)[0])], NOW + timedelta(hours=3))
    folded(store)
    with store.writing() as session:
        policy = session.exec(select(Policy)).one()
        policy.read_at = NOW - timedelta(hours=30)
        policy.confirmed_at = NOW - timedelta(hours=6)

    waits = count(store).waits

    assert (waits.read_to_confirmed, waits.confirmed_to_approved) == (24.0, 5.5)
    assert waits.approved_to_delivered is not None
    assert count(store, since=TODAY + timedelta(days=1)).by_policy == []
    assert len(count(store, policy=policy.id).by_policy) == 1
    assert count(store, policy=uuid4()).by_policy == []


def test_too_many_to_open_are_not_counted_by_age(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.FINISHED)
        for _ in range(2):
            make_notice(session, batch, state=NoticeState.ACCEPTED, outcome=Outcome.DELIVERED)

    assert count(store, open_at_most=1).elderly is None
    assert count(store, open_at_most=2).elderly == (0, 0)


POLICY = uuid4()
GROUPS = st.lists(
    st.builds(
        Group,
        policy_id=st.just(POLICY),
        street=st.sampled_from(["甲街道", "乙街道", "丙街道", "丁街道"]),
        rank=st.sampled_from([*WHY_NOT, LOST, DELIVERED, READ]),
        visited=st.booleans(),
        to_visit=st.booleans(),
        sensitive=st.booleans(),
        number=st.integers(1, 9),
    ),
    max_size=12,
)


@given(people=GROUPS)
def test_no_small_number_of_a_guarded_street_can_be_read_or_reckoned(people: list[Group]) -> None:
    places = streets(people)

    guarded = any(group.sensitive for group in people)
    for name in ("found", "reached"):
        numbers = [getattr(place, name) for place in places]
        if guarded:
            assert all(n is None or n == 0 or n >= LEAST for n in numbers)
            hidden = numbers.count(None)
            assert hidden != 1 or sum(1 for n in numbers if n) == 0, "the total gives it away"
        else:
            assert None not in numbers
    for group in people:
        assert group.told or group.why_not
        assert group.told >= group.reached
