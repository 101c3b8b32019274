"""A confirmed policy finds whom it is for, with reasons, and keeps what it found."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlmodel import Session, select

from profiles.dossier import Known, add_profile
from profiles.model import EndReason, Office, Profile, ProfileKind
from profiles.subscriptions import follow
from pusher.matching.explain import explain
from pusher.matching.match import counts, latest_run, match
from pusher.matching.trial import BadTrial, trial
from pusher.model.errors import IllegalMove
from pusher.model.match import Decision, Match, reasons_of
from pusher.model.policy import Policy, PolicyState
from pusher.store import Store
from tests.makers import AGED, make_office, make_policy, make_rule

HERE = "370104013"


def person(session: Session, office: Office, now: datetime, **facts: object) -> Profile:
    made = person.made = getattr(person, "made", 0) + 1  # type: ignore[attr-defined]
    return add_profile(
        session,
        office=office,
        kind=ProfileKind.RESIDENT,
        name=f"样例{made}",
        number=f"37019919400101{made:03}X",
        street_code=HERE,
        community="样例社区",
        facts={code: Known(value, "样例名册", now.date(), None) for code, value in facts.items()},
        now=now,
    )


def confirmed(session: Session, office: Office, **given: object) -> Policy:
    policy = make_policy(session, office, state=PolicyState.CONFIRMED)
    make_rule(session, policy, **given)
    return policy


def found(session: Session, run_id: UUID) -> dict[UUID, Match]:
    return {m.profile_id: m for m in session.exec(select(Match).where(Match.run_id == run_id))}


def test_who_meets_every_condition_is_eligible_and_the_clauses_say_why(
    store: Store, now: datetime
) -> None:
    with store.writing() as session:
        office = make_office(session)
        old = person(session, office, now, birth_date="1946-11-25", household_area=HERE)
        run = match(session, confirmed(session, office), now=now, by="1001")

        one = found(session, run.id)[old.id]
        assert one.decision is Decision.ELIGIBLE
        assert {r["quote"]: r["result"] for r in reasons_of(session, one)} == {
            "具有槐荫区户籍": "yes",
            "年满80周岁的老年人": "yes",
        }


def test_who_misses_a_condition_is_not_kept(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        person(session, office, now, birth_date="1946-11-26", household_area=HERE)
        run = match(session, confirmed(session, office), now=now, by="1001")

        assert found(session, run.id) == {}
        assert run.judged == 1


def test_a_missing_fact_makes_it_possible_and_is_named(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        unknown = person(session, office, now, birth_date="1940-01-01")
        run = match(session, confirmed(session, office), now=now, by="1001")

        one = found(session, run.id)[unknown.id]
        assert one.decision is Decision.POSSIBLE
        assert one.missing == ["household_area"]
        assert counts(session, run)["missing"] == {"household_area": 1}


def test_a_fact_past_its_validity_counts_as_unknown(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = confirmed(session, office)
        one = person(session, office, now, birth_date="1940-01-01")
        from profiles.dossier import read_dossier, write_dossier

        dossier = read_dossier(session, one)
        stale = Known(HERE, "旧册", now.date().replace(year=2020), now.date().replace(year=2021))
        write_dossier(session, one, {**dossier, "household_area": stale})
        run = match(session, policy, now=now, by="1001")

        assert found(session, run.id)[one.id].decision is Decision.POSSIBLE


def test_a_follower_of_a_tag_is_kept_beside_the_rule(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        young = person(session, office, now, birth_date="1990-01-01", household_area=HERE)
        old = person(session, office, now, birth_date="1940-01-01", household_area=HERE)
        for one in (young, old):
            follow(session, one, "M02", source="样例", now=now)
        run = match(session, confirmed(session, office), now=now, by="1001")

        kept = found(session, run.id)
        assert kept[young.id].decision is Decision.SUBSCRIBED
        assert kept[old.id].decision is Decision.ELIGIBLE
        assert kept[old.id].followed == ["M02"]


def test_the_dead_and_those_who_moved_away_are_never_found(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        facts = {"birth_date": "1940-01-01", "household_area": HERE}
        person(session, office, now, **facts, deceased_on="2026-10-01")
        gone = person(session, office, now, **facts)
        gone.ended_on, gone.ended_reason = now.date(), EndReason.MOVED_OUT
        run = match(session, confirmed(session, office), now=now, by="1001")

        assert found(session, run.id) == {}


def test_a_second_run_leaves_the_first_as_it_was(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = confirmed(session, office)
        one = person(session, office, now, birth_date="1946-11-26", household_area=HERE)
        first = match(session, policy, now=now, by="1001")
        tomorrow = now.replace(day=26)
        second = match(session, policy, now=tomorrow, by="1001")

        assert found(session, first.id) == {}
        assert set(found(session, second.id)) == {one.id}
        newest = latest_run(session, policy)
        assert newest is not None
        assert newest.id == second.id


def test_a_policy_that_nobody_confirmed_is_not_matched(store: Store, now: datetime) -> None:
    with store.writing() as session:
        policy = make_policy(session, make_office(session))

        with pytest.raises(IllegalMove, match="确认"):
            match(session, policy, now=now, by="1001")


def test_reasons_are_sealed(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        one = person(session, office, now, birth_date="1940-01-01", household_area=HERE)
        run = match(session, confirmed(session, office), now=now, by="1001")

        blob = found(session, run.id)[one.id].reasons_sealed
        assert blob is not None
        assert "户籍".encode() not in blob


def test_an_explanation_tells_every_condition_even_for_who_is_not_meant(
    store: Store, now: datetime
) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = confirmed(session, office)
        young = person(session, office, now, birth_date="1990-01-01", household_area=HERE)

        told = explain(session, policy, young, as_of=now.date())

        assert told.decision == "not"
        assert [line.result for line in told.lines] == ["yes", "no"]
        assert told.lines[1].quote == "年满80周岁的老年人"


def test_what_is_missing_is_told_with_who_could_supply_it(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = confirmed(session, office)
        told = explain(session, policy, person(session, office, now, birth_date="1940-01-01"),
                       as_of=now.date())  # fmt: skip

        assert told.decision == "possible"
        assert [(lack.label, lack.source) for lack in told.missing] == [("户籍地", "公安人口库")]


def test_who_is_out_before_any_condition_is_told_why(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = confirmed(session, office)
        gone = person(session, office, now, birth_date="1940-01-01", deceased_on="2026-01-01")

        told = explain(session, policy, gone, as_of=now.date())

        assert (told.decision, told.lines, told.barred) == ("not", (), "已登记去世")


def test_a_rule_can_be_tried_without_keeping_anything(store: Store, now: datetime) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_policy(session, office)
        person(session, office, now, birth_date="1940-01-01", household_area=HERE)
    with store.reading() as session:
        counted = trial(
            session, policy, {"audience_kind": "resident", "rule": AGED}, as_of=now.date()
        )

        assert (counted["judged"], counted["eligible"]) == (1, 1)
        assert session.exec(select(Match)).all() == []


def test_a_rule_that_is_none_is_refused_by_the_trial(store: Store, now: datetime) -> None:
    with store.writing() as session:
        policy = make_policy(session, make_office(session))

        with pytest.raises(BadTrial, match="规则"):
            trial(session, policy, {"fact": "no_such_fact", "op": "is"}, as_of=now.date())
