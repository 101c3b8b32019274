"""A correction reaches exactly those who were told: also of an older version, and of what ended."""

import pytest

from pusher.model.batch import BatchKind
from pusher.model.match import Decision
from pusher.model.notice import NoticeState, Outcome
from pusher.model.policy import PolicyState
from pusher.sending.compose import NobodyToTell
from pusher.sending.tellable import NotTellable
from pusher.store import Store
from tests.makers import make_office
from tests.sending.makers import (
    draft,
    make_confirmed,
    make_matches,
    make_person,
    make_run,
    notices_of,
    text_in,
)


def test_a_correction_reaches_who_was_told_and_nobody_else(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        people = [make_person(session, office) for _ in range(4)]
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        make_matches(session, run, people)
        first = draft(session, policy, run)
        told, unsure, undelivered, withheld = notices_of(session, first)
        told.state, unsure.state = NoticeState.ACCEPTED, NoticeState.UNSURE
        undelivered.state = NoticeState.ACCEPTED
        undelivered.outcome = Outcome.UNDELIVERED
        withheld.state = NoticeState.DRAFTED
        session.flush()

        correction = draft(session, policy, run, kind=BatchKind.CORRECTION)

        reached = {notice.profile_id for notice in notices_of(session, correction)}
        assert reached == {told.profile_id, unsure.profile_id}


@pytest.mark.parametrize("state", [PolicyState.SUPERSEDED, PolicyState.REPEALED])
def test_of_what_ended_only_the_name_is_said_again(store: Store, state: PolicyState) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office)])
        (notice,) = notices_of(session, draft(session, policy, run))
        notice.state = NoticeState.ACCEPTED
        policy.state = state
        session.flush()

        with pytest.raises(NotTellable):
            draft(session, policy, run)
        (correction,) = notices_of(session, draft(session, policy, run, kind=BatchKind.CORRECTION))
        text = text_in(session, correction)

    assert "更正" in text
    assert "请以最新公告为准" in text
    assert "100元" not in text
    assert "截止" not in text


def test_where_nobody_was_told_there_is_nothing_to_correct(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        make_matches(session, run, [make_person(session, office)])

        with pytest.raises(NobodyToTell, match="不需要更正"):
            draft(session, policy, run, kind=BatchKind.CORRECTION, include=list(Decision))
