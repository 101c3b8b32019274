"""A wish to hear of a tag: begun, changed, ended."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from profiles.model import Pace, Subscription
from profiles.subscriptions import end, follow, followed, followers
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.people import make_person


def test_followers_of_any_of_the_tags_are_found_with_what_they_follow(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        both, one, other = (make_person(session, office) for _ in range(3))
        for person, tag in ((both, "M02"), (both, "M01"), (one, "M02"), (other, "M09")):
            follow(session, person, tag, source="样例", now=NOW)

        found = followers(session, ["M01", "M02"])

        assert found == {both.id: ["M01", "M02"], one.id: ["M02"]}
        assert followers(session, []) == {}


def test_following_again_goes_on_at_the_new_pace(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session))
        first = follow(session, person, "M02", source="样例", now=NOW)
        again = follow(session, person, "M02", pace=Pace.WEEKLY, source="样例", now=NOW)

        assert (again.id, again.pace) == (first.id, Pace.WEEKLY)
        assert followed(session, person) == [first]


def test_an_ended_wish_is_kept_and_a_new_one_begins(store: Store) -> None:
    with store.writing() as session:
        person = make_person(session, make_office(session))
        first = follow(session, person, "M02", source="样例", now=NOW)
        assert end(session, person, "M02", now=NOW)
        assert not end(session, person, "M02", now=NOW)
        assert followers(session, ["M02"]) == {}

        again = follow(session, person, "M02", source="样例", now=NOW + timedelta(days=1))

        assert again.id != first.id
        assert followers(session, ["M02"]) == {person.id: ["M02"]}


def test_the_database_keeps_one_running_wish_for_each_tag(store: Store) -> None:
    with pytest.raises(IntegrityError), store.writing() as session:
        person = make_person(session, make_office(session))
        for _ in range(2):
            session.add(
                Subscription(
                    profile_id=person.id, tag_code="M02", pace=Pace.DAILY, source="a", since=NOW
                )
            )


_steps = st.lists(
    st.tuples(st.sampled_from(["follow", "end"]), st.sampled_from(["M01", "M02"])),
    max_size=12,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_steps)
def test_whatever_is_done_each_tag_runs_at_most_once(
    store: Store, steps: list[tuple[str, str]]
) -> None:
    running: set[str] = set()
    with store.writing() as session:
        point = session.begin_nested()
        person = make_person(session, make_office(session))
        for step, tag in steps:
            if step == "follow":
                follow(session, person, tag, source="样例", now=NOW)
                running.add(tag)
            else:
                assert end(session, person, tag, now=NOW) == (tag in running)
                running.discard(tag)

        assert {s.tag_code for s in followed(session, person)} == running
        assert len(session.exec(select(Subscription)).all()) >= len(running)
        point.rollback()
