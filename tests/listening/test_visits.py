"""The offline list: whose door, by street, and how it went."""

from datetime import timedelta

import pytest
from sqlmodel import select

from profiles.model import EndReason
from pusher.audit import verify
from pusher.listening.visits import tick, visit_list
from pusher.model.batch import Batch, BatchState, Visit, VisitMatch, VisitState
from pusher.model.errors import IllegalMove, Overtaken
from pusher.model.match import Decision, Match
from pusher.model.staff import AuditEntry
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import make_batch, make_person, make_visit, the_office


def given_visit(store: Store, state: BatchState = BatchState.APPROVED) -> Visit:
    with store.writing() as session:
        return make_visit(session, make_batch(session, state=state))


def the_visit(store: Store) -> Visit:
    with store.reading() as session:
        return session.exec(select(Visit)).one()


def walk(store: Store, visit: Visit, *, done: bool, by: str = "0001") -> None:
    with store.writing() as session:
        tick(session, session.get_one(Visit, visit.id), done=done, by=by, now=NOW, remark="样例")


def test_a_visit_is_ticked_and_audited(store: Store) -> None:
    walk(store, given_visit(store), done=True)

    visit = the_visit(store)
    assert (visit.state, visit.ticked_by, visit.ticked_at) == (VisitState.DONE, "0001", NOW)
    with store.reading() as session:
        assert session.exec(select(AuditEntry.act)).all() == ["visit.tick"]
        assert verify(session) == []


def test_who_was_not_met_is_visited_again(store: Store) -> None:
    visit = given_visit(store)

    walk(store, visit, done=False)
    assert the_visit(store).state is VisitState.NOT_MET

    walk(store, visit, done=True)
    assert the_visit(store).state is VisitState.DONE


def test_a_visit_is_done_once(store: Store) -> None:
    visit = given_visit(store)
    walk(store, visit, done=True)

    with pytest.raises(IllegalMove):
        walk(store, visit, done=False)


def test_a_colleague_was_faster(store: Store) -> None:
    seen = given_visit(store)
    walk(store, seen, done=True)

    with pytest.raises(Overtaken), store.writing() as session:
        tick(session, seen, done=False, by="0002", now=NOW)


@pytest.mark.parametrize("state", [BatchState.DRAFT, BatchState.IN_REVIEW, BatchState.CANCELLED])
def test_nobody_walks_for_a_batch_that_was_not_approved(store: Store, state: BatchState) -> None:
    visit = given_visit(store, state)

    with store.reading() as session:
        assert visit_list(session) == []
        assert len(visit_list(session, batch=session.get_one(Batch, visit.batch_id))) == 1
    with pytest.raises(IllegalMove):
        walk(store, visit, done=True)


def test_the_list_tells_whose_door_where_and_about_what(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session)
        office = the_office(session)
        person = make_person(session, office, street="370104003")
        make_visit(session, batch, person=person)
        make_visit(session, batch)
        make_visit(session, make_batch(session))
    with store.writing() as session:
        done = session.exec(select(Visit).where(Visit.profile_id == person.id)).one()
        tick(session, done, done=True, by="0001", now=NOW + timedelta(hours=1))

    with store.reading() as session:
        everything = visit_list(session)
        [door] = visit_list(session, street="370104003", batch=session.get_one(Batch, batch.id))

    assert [d.state for d in everything] == [VisitState.TO_DO, VisitState.TO_DO, VisitState.DONE]
    assert (door.street, door.community, door.policy) == ("道德街街道", "样例社区", "高龄津贴")
    assert door.name.startswith("样例居民")
    assert door.name not in repr(door)


@pytest.mark.parametrize(
    ("gone", "listed"), [("died", False), ("left", False), ("none", True), ("one of two", True)]
)
def test_nobody_walks_to_a_family_with_news_for_their_dead(
    store: Store, gone: str, listed: bool
) -> None:
    with store.writing() as session:
        batch = make_batch(session)
        office = the_office(session)
        facts = {"deceased_on": "2026-11-20"} if gone in ("died", "one of two") else {}
        person = make_person(session, office, facts=facts)
        if gone == "left":
            person.ended_on, person.ended_reason = NOW.date(), EndReason.MOVED_OUT
        visit = make_visit(session, batch, person=person)
        told = [person, make_person(session, office)] if gone == "one of two" else [person]
        for one in told:
            match = Match(
                run_id=batch.run_id, policy_id=batch.policy_id, profile_id=one.id,
                decision=Decision.ELIGIBLE, followed=[], missing=[], sensitive=False,
            )  # fmt: skip
            session.add(match)
            session.flush()
            session.merge(VisitMatch(visit_id=visit.id, match_id=match.id))

    with store.reading() as session:
        assert bool(visit_list(session, today=NOW.date())) is listed
