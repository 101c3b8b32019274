"""To whom a new version of a policy is news."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from pusher.matching.turned import no_news, turned
from pusher.model.notice import NoticeState, Reason
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


def test_who_was_told_and_whose_result_is_the_same_is_left_out(session: Session) -> None:
    office = make_office(session)
    told, silent, new = (make_person(session, office) for _ in range(3))
    before = make_confirmed(session, office)
    first = make_run(session, before)
    make_matches(session, first, [told, silent])
    for notice in notices_in(session, draft(session, before, first)):
        if notice.profile_id == silent.id:
            notice.state, notice.reason = NoticeState.WITHHELD, Reason.CAP
    before.state = PolicyState.SUPERSEDED
    policy = make_confirmed(session, office, family_id=before.family_id, version=2)
    second = make_run(session, policy)
    make_matches(session, second, [told, silent, new])
    session.flush()

    between = turned(session, policy, before)
    known = no_news(session, policy, before)
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
