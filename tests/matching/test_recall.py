"""New people, changed facts and birthdays meet the live policies; each person once a version."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from profiles.dossier import Known, read_dossier, write_dossier
from profiles.guardians import link
from profiles.model import GuardianKind, Office, Profile
from pusher.matching.match import latest_run, match
from pusher.matching.recall import AHEAD, due, fitting, recall, supplements
from pusher.model.match import Decision, Match, MatchRun, RunKind, reasons_of
from pusher.model.policy import Openness, Policy, PolicyState, Registered
from pusher.store import Store
from tests.makers import AGED, NOW, make_office, make_policy, make_rule
from tests.profiles.people import known, make_firm, make_person

HERE = {"household_area": "370104013"}
TODAY = NOW.date()


def eighty_on(session: Session, office: Office, day: date) -> Profile:
    return make_person(session, office, born=day.replace(year=day.year - 80), facts=HERE)


def live(session: Session, office: Office, **given: object) -> Policy:
    """A confirmed policy for people of 80 that was matched once."""
    ruled = {name: given.pop(name) for name in ("rule", "subject") if name in given}
    policy = make_policy(session, office, state=PolicyState.CONFIRMED, **given)
    make_rule(session, policy, **ruled)
    match(session, policy, now=NOW, by="1001")
    return policy


def found(session: Session, kind: RunKind) -> set[UUID]:
    asked = select(Match.profile_id).join(MatchRun).where(MatchRun.kind == kind)
    return set(session.exec(asked))


def test_a_new_profile_meets_the_live_policy_it_fits(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        eighty_on(session, office, TODAY)
        policy = live(session, office)
        new = eighty_on(session, office, TODAY)
        make_person(session, office, born=date(1990, 1, 1), facts=HERE)

        (run,) = recall(session, now=NOW, by="recall")

        assert found(session, RunKind.RECALL) == {new.id}
        assert (run.policy_id, run.as_of, run.judged) == (policy.id, TODAY, 1)
        (one,) = session.exec(select(Match).where(Match.run_id == run.id))
        assert [reason["result"] for reason in reasons_of(session, one)] == ["yes", "yes"]


def test_who_moves_into_the_district_is_found(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        person = make_person(
            session, office, born=date(1940, 1, 1), facts={"household_area": "370102"}
        )
        live(session, office)
        write_dossier(session, person, {**read_dossier(session, person), **known(**HERE)})

        recall(session, now=NOW, by="recall")

        assert found(session, RunKind.RECALL) == {person.id}


def test_a_firm_that_gains_a_qualification_is_found(store: Store) -> None:
    rule = {
        "fact": "qualifications", "op": "has",
        "value": {"all": [{"field": "code", "op": "eq", "value": "high_tech"},
                          {"field": "valid_to", "op": "on_or_after_as_of"}]},
    }  # fmt: skip
    with store.writing() as session:
        office = make_office(session)
        firm = make_firm(session, office, qualifications=None)
        policy = make_policy(session, office, state=PolicyState.CONFIRMED)
        make_rule(session, policy, rule=rule, audience="enterprise")
        match(session, policy, now=NOW, by="1001")
        granted = [{"code": "high_tech", "valid_to": "2029-11-01"}]
        write_dossier(session, firm, known(qualifications=granted))

        recall(session, now=NOW, by="recall")

        assert found(session, RunKind.RECALL) == {firm.id}


def test_a_birthday_is_enough(store: Store) -> None:
    tomorrow = NOW + timedelta(days=1)
    with store.writing() as session:
        office = make_office(session)
        person = eighty_on(session, office, tomorrow.date())
        live(session, office, apply_until=TODAY + timedelta(days=30))

        assert recall(session, now=NOW, by="recall") == []
        recall(session, now=tomorrow, by="recall")

        assert found(session, RunKind.RECALL) == {person.id}


def test_coming_of_age_is_told_sixty_days_ahead_and_not_again_on_the_day(store: Store) -> None:
    day = TODAY + AHEAD
    with store.writing() as session:
        office = make_office(session)
        person = eighty_on(session, office, day)
        eighty_on(session, office, day + timedelta(days=1))
        live(session, office)

        (run,) = recall(session, now=NOW, by="recall")
        assert (run.kind, run.as_of) == (RunKind.AHEAD, day)
        assert found(session, RunKind.AHEAD) == {person.id}

        recall(session, now=NOW + AHEAD, by="recall")
        assert person.id not in found(session, RunKind.RECALL)


def test_nobody_is_told_ahead_of_a_policy_that_ends_before(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        eighty_on(session, office, TODAY + AHEAD)
        live(session, office, expires_on=TODAY + AHEAD - timedelta(days=1))

        assert recall(session, now=NOW, by="recall") == []


def test_a_second_recall_finds_nobody_new(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        live(session, office)
        eighty_on(session, office, TODAY)
    for expected in (1, 0):
        with store.writing() as session:
            assert len(recall(session, now=NOW, by="recall")) == expected


def test_the_database_itself_keeps_a_person_from_being_recalled_twice(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = live(session, office)
        new = eighty_on(session, office, TODAY)
        recall(session, now=NOW, by="recall")
        whole = latest_run(session, policy)
        assert whole is not None
    with pytest.raises(IntegrityError), store.writing() as session:
        session.add(
            Match(
                run_id=whole.id, policy_id=policy.id, profile_id=new.id, decision=Decision.ELIGIBLE,
                followed=[], missing=[], sensitive=False, recalled=True,
            )
        )  # fmt: skip


def test_a_dry_look_keeps_nothing(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        live(session, office)
        new = eighty_on(session, office, TODAY)
    with store.reading() as session:
        (one,) = due(session, now=NOW)

        assert (one.kind, set(one.people)) == (RunKind.RECALL, {new.id})
        assert found(session, RunKind.RECALL) == set()


@pytest.mark.parametrize(
    "given",
    [
        {"openness": Openness.CLOSED},
        {"registered": Registered.EXHAUSTED},
        {"registered": Registered.DRAFT},
        {"apply_until": TODAY - timedelta(days=1)},
        {"rule": None},
    ],
)
def test_a_policy_that_does_not_stand_is_met_by_nobody(store: Store, given) -> None:
    with store.writing() as session:
        office = make_office(session)
        live(session, office, **given)
        eighty_on(session, office, TODAY)

        assert recall(session, now=NOW, by="recall") == []


def test_a_policy_that_staff_never_matched_is_left_to_them(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_policy(session, office, state=PolicyState.CONFIRMED)
        make_rule(session, policy)
        eighty_on(session, office, TODAY)

        assert recall(session, now=NOW, by="recall") == []


def test_a_new_version_is_another_policy(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        old = live(session, office)
        person = eighty_on(session, office, TODAY)
        recall(session, now=NOW, by="recall")
        old.state = PolicyState.SUPERSEDED
        newer = make_policy(
            session, office, state=PolicyState.CONFIRMED, family_id=old.family_id, version=2
        )
        make_rule(session, newer)
        match(session, newer, now=NOW, by="1001")

        asked = select(Match.profile_id).where(Match.policy_id == newer.id)
        assert set(session.exec(asked)) == {person.id}
        assert recall(session, now=NOW, by="recall") == []


def test_a_recall_stands_beside_the_whole_run(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = live(session, office)
        whole = latest_run(session, policy)
        eighty_on(session, office, TODAY)
        (run,) = recall(session, now=NOW, by="recall")

        assert latest_run(session, policy) == whole
        assert supplements(session, policy) == [run]


def test_one_profile_is_told_the_live_policies_it_fits(store: Store) -> None:
    infants = {"all": [AGED["all"][0], {"fact": "birth_date", "op": "age_lt", "value": 3}]}
    with store.writing() as session:
        office = make_office(session)
        policy = live(session, office)
        children = live(session, office, rule=infants, subject="self_or_ward")
        live(session, office, registered=Registered.EXHAUSTED)
        old = eighty_on(session, office, TODAY)
        unknown = make_person(session, office, born=date(1940, 1, 1))
        infant = make_person(session, office, born=date(2025, 1, 1), facts=HERE)
        link(session, infant, old, kind=GuardianKind.GUARDIAN, relation="祖父", until_on=None)

        assert fitting(session, old, as_of=TODAY) == [(policy, "eligible")]
        assert fitting(session, unknown, as_of=TODAY) == [(policy, "possible")]
        assert fitting(session, infant, as_of=TODAY) == [(children, "eligible")]


def test_a_fact_past_its_day_makes_nobody_fit(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        live(session, office)
        person = make_person(session, office, born=date(1940, 1, 1))
        stale = Known("370104013", "旧册", date(2020, 1, 1), date(2021, 1, 1))
        write_dossier(session, person, {**read_dossier(session, person), "household_area": stale})

        assert recall(session, now=NOW, by="recall") == []
