"""To whom a new version of a policy is news."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from pusher.matching.turned import no_news, turned
from pusher.model.batch import Batch, Visit, VisitState
from pusher.model.match import Decision
from pusher.model.notice import Notice, NoticeState, Outcome, Reason
from pusher.model.policy import PolicyState
from pusher.sending.compose import NobodyToTell
from pusher.store import Store
from tests.makers import make_office
from tests.sending.makers import draft, make_confirmed, make_matches, make_person, make_run
from tests.sending.makers import notices_of as notices_in


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.writing() as writing:
        yield writing


def sent(session: Session, batch: Batch) -> list[Notice]:
    """The notices of *batch*, which have left."""
    notices = notices_in(session, batch)
    for notice in notices:
        notice.state = NoticeState.ACCEPTED
    return notices


def test_a_draft_that_never_left_told_nobody(session: Session) -> None:
    office = make_office(session)
    waiting, reached, missed = (make_person(session, office) for _ in range(3))
    first = make_confirmed(session, office)
    run = make_run(session, first)
    make_matches(session, run, [waiting, reached, missed])
    for notice in notices_in(session, draft(session, first, run)):
        if notice.profile_id != waiting.id:
            notice.state = NoticeState.ACCEPTED
        if notice.profile_id == missed.id:
            notice.outcome = Outcome.UNDELIVERED
    second = make_confirmed(session, office, family_id=first.family_id, version=2)
    make_matches(session, make_run(session, second), [waiting, reached, missed])
    session.flush()

    assert no_news(session, second) == {reached.id}


def test_who_was_told_and_whose_result_is_the_same_is_left_out(session: Session) -> None:
    office = make_office(session)
    told, silent, new = (make_person(session, office) for _ in range(3))
    before = make_confirmed(session, office)
    first = make_run(session, before)
    make_matches(session, first, [told, silent])
    for notice in sent(session, draft(session, before, first)):
        if notice.profile_id == silent.id:
            notice.state, notice.reason = NoticeState.WITHHELD, Reason.CAP
    before.state = PolicyState.SUPERSEDED
    policy = make_confirmed(session, office, family_id=before.family_id, version=2)
    second = make_run(session, policy)
    make_matches(session, second, [told, silent, new])
    session.flush()

    between = turned(session, policy, before)
    known = no_news(session, policy)
    batch = draft(session, policy, second, known=known)

    assert between is not None
    assert between.newly == {new.id}
    assert between.still == {told.id, silent.id}
    assert known == {told.id}
    assert {notice.profile_id for notice in notices_in(session, batch)} == {silent.id, new.id}


def test_where_nothing_changed_for_anybody_nobody_is_written_to(session: Session) -> None:
    office = make_office(session)
    person = make_person(session, office)
    policy = make_confirmed(session, office)
    run = make_run(session, policy)
    make_matches(session, run, [person])

    with pytest.raises(NobodyToTell):
        draft(session, policy, run, known={person.id})


def test_who_heard_of_the_first_version_need_not_hear_of_a_third_that_leaves_them_be(
    session: Session,
) -> None:
    office = make_office(session)
    alike, back = (make_person(session, office) for _ in range(2))
    first = make_confirmed(session, office)
    run = make_run(session, first)
    make_matches(session, run, [alike, back])
    sent(session, draft(session, first, run))
    first.state = PolicyState.SUPERSEDED
    second = make_confirmed(session, office, family_id=first.family_id, version=2)
    between = make_run(session, second)
    make_matches(session, between, [alike])
    make_matches(session, between, [back], decision=Decision.POSSIBLE)
    sent(session, draft(session, second, between, include=[Decision.POSSIBLE]))
    second.state = PolicyState.SUPERSEDED

    third = make_confirmed(session, office, family_id=first.family_id, version=3)
    make_matches(session, make_run(session, third), [alike, back])
    session.flush()

    assert no_news(session, third) == {alike.id}


def test_who_was_told_at_the_door_was_told(session: Session) -> None:
    office = make_office(session)
    person, not_met = (make_person(session, office, phone=None) for _ in range(2))
    first = make_confirmed(session, office)
    run = make_run(session, first)
    make_matches(session, run, [person, not_met])
    batch = draft(session, first, run)
    for visit in session.exec(select(Visit).where(Visit.batch_id == batch.id)):
        visit.state = VisitState.DONE if visit.profile_id == person.id else VisitState.NOT_MET
    second = make_confirmed(session, office, family_id=first.family_id, version=2)
    make_matches(session, make_run(session, second), [person, not_met])
    session.flush()

    assert no_news(session, second) == {person.id}
