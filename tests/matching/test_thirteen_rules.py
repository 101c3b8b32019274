"""What a matcher must keep: the thirteen rules of the domain, each by name."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from profiles.consent import Refusal
from profiles.facts import vocabulary
from profiles.guardians import link
from profiles.model import ConsentScope, GuardianKind, Office, Profile
from profiles.subscriptions import follow
from pusher.matching.match import current_rule, latest_run, match
from pusher.model.batch import BatchKind
from pusher.model.match import Match
from pusher.model.policy import Openness, Policy, PolicyState, Registered
from pusher.rules.judge import Bar, decide
from pusher.rules.language import parse
from pusher.sending.tell import Told, tell, who_heard
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.profiles.people import agree, make_firm, make_person
from tests.rules.makers import TODAY, asked, leaf, said
from tests.sending.makers import draft, make_confirmed

HERE = {"household_area": "370104013"}
LOCAL = leaf("household_area", "within", ["370104"])


def told(session: Session, policy: Policy, person: Profile) -> Told | None:
    """How one person would be told; None where the policy does not find them."""
    run = match(session, policy, now=NOW, by="1001")
    found = session.exec(
        select(Match).where(Match.run_id == run.id, Match.profile_id == person.id)
    ).first()
    if found is None:
        return None
    rule = current_rule(session, policy)
    earlier = who_heard(session, policy, BatchKind.FIRST)
    return tell(session, policy, rule, [(found, person)], earlier=earlier, now=NOW)[0]


def old(session: Session, office: Office, **given: object) -> Profile:
    return make_person(
        session, office, born=date(1940, 1, 1), facts=HERE,
        **{"phone": "19900000001", **given},  # type: ignore[arg-type]
    )  # fmt: skip


def answered(rule: object, facts: Mapping[str, object], audience: str = "resident") -> str:
    decision = decide(parse(rule), "resident", facts, TODAY, audience_kind=audience, subject="self")
    return decision.answer.value


# 1 -------------------------------------------------------------------------------------------


def test_1_an_exclusion_comes_first_and_an_exception_to_it_brings_back() -> None:
    rule = {
        "all": [
            leaf("registration_status", "eq", "active"),
            # micro loans are out, but government guarantee firms among them are not
            {"not": {"all": [leaf("business_types", "any_of", ["microloan"]),
                             {"not": leaf("business_types", "any_of", ["gov_guarantee"])}]}},
        ]
    }  # fmt: skip
    active = {"registration_status": "active"}

    assert said(rule, {**active, "business_types": ["e_commerce"]}) == "yes"
    assert said(rule, {**active, "business_types": ["microloan"]}) == "no"
    assert said(rule, {**active, "business_types": ["microloan", "gov_guarantee"]}) == "yes"
    assert said(rule, active) == "unknown"


# 2 -------------------------------------------------------------------------------------------


def test_2_the_kind_of_audience_is_asked_before_any_condition() -> None:
    decision = decide(
        parse({"all": []}), "enterprise", {}, TODAY, audience_kind="resident", subject="self"
    )

    assert decision.barred is Bar.AUDIENCE
    assert decision.verdict.leaves == ()


# 3 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({"openness": Openness.CLOSED}, "internal"),
        ({"registered": Registered.REPEALED}, "repealed"),
        ({"registered": Registered.EXHAUSTED}, "exhausted"),
        ({"expires_on": NOW.date() - timedelta(days=1)}, "expired"),
        ({"apply_until": NOW.date() - timedelta(days=1)}, "closed"),
    ],
)
def test_3_where_the_policy_stands_comes_before_what_it_says(store: Store, given, because) -> None:
    with store.writing() as session:
        office = make_office(session)
        person = old(session, office)
        way = told(
            session, make_confirmed(session, office, **{"apply_until": None, **given}), person
        )

        assert way is not None
        assert (way.way.telling, way.way.because) == ("withhold", because)


def test_3_what_has_not_begun_waits_for_the_digest(store: Store) -> None:
    begins = NOW.date() + timedelta(days=9)
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office, effective_on=begins, apply_until=None)
        way = told(session, policy, old(session, office))

        assert way is not None
        assert (way.way.telling, way.way.because) == ("digest_only", "upcoming")


# 4 -------------------------------------------------------------------------------------------


def test_4_full_not_full_and_from_the_month_are_three_things() -> None:
    today_80, this_month, tomorrow = "1946-11-23", "1946-11-30", "1946-11-24"

    assert said(leaf("birth_date", "age_ge", 80), {"birth_date": today_80}) == "yes"
    assert said(leaf("birth_date", "age_ge", 80), {"birth_date": tomorrow}) == "no"
    assert said(leaf("birth_date", "age_lt", 80), {"birth_date": today_80}) == "no"
    assert said(leaf("birth_date", "age_ge_in_month", 80), {"birth_date": this_month}) == "yes"


# 5 -------------------------------------------------------------------------------------------


def test_5_grades_run_in_their_own_direction() -> None:
    third_or_worse = leaf("disability", "has", asked("grade", "le", 3))

    assert said(third_or_worse, {"disability": [{"grade": 1}]}) == "yes"
    assert said(third_or_worse, {"disability": [{"grade": 4}]}) == "no"
    assert said(leaf("education_level", "ge", "college"), {"education_level": "bachelor"}) == "yes"
    assert said(leaf("tax_credit_grade", "ge", "B"), {"tax_credit_grade": "M"}) == "no"


# 6 -------------------------------------------------------------------------------------------


def test_6_money_is_compared_as_it_is_and_never_rounded() -> None:
    two_hundred_million = leaf("revenue", "ge", 20_000)

    assert said(two_hundred_million, {"revenue": 19_999.99}) == "no"
    assert said(two_hundred_million, {"revenue": 20_000}) == "yes"
    assert said(leaf("rd_ratio", "ge", 5), {"rd_ratio": 4.99}) == "no"


# 7 -------------------------------------------------------------------------------------------


def test_7_an_industry_is_its_code_and_never_its_name() -> None:
    makers = {
        "all": [leaf("industry", "prefix", ["C"]), {"not": leaf("industry", "prefix", ["16"])}]
    }
    name = {"entity_name": "样例制造有限公司"}

    assert said(makers, {**name, "industry": "3491"}) == "yes"
    assert said(makers, {**name, "industry": "1620"}) == "no"
    assert said(makers, {**name, "industry": "6510"}) == "no"
    assert said(makers, name) == "unknown"


# 8 -------------------------------------------------------------------------------------------


def test_8_places_of_household_home_registration_tax_and_statistics_are_five_facts() -> None:
    places = ("household_area", "residence_area", "registered_area", "tax_area", "statistics_area")

    for place in places:
        elsewhere = {other: "370102" for other in places if other != place}
        assert said(leaf(place, "within", ["370104"]), {**elsewhere, place: "370104003"}) == "yes"
        assert said(leaf(place, "within", ["370104"]), {**elsewhere}) == "unknown"


# 9 -------------------------------------------------------------------------------------------


def test_9_a_qualification_counts_by_batch_term_and_first_award_in_one_record() -> None:
    newly = leaf(
        "qualifications",
        "has",
        {"all": [
            asked("code", "eq", "high_tech"), asked("batch_year", "ge", 2026),
            asked("review", "eq", "new"), asked("valid_to", "on_or_after_as_of"),
        ]},
    )  # fmt: skip
    good = {"code": "high_tech", "batch_year": 2026, "review": "new", "valid_to": "2029-11-01"}

    assert said(newly, {"qualifications": [good]}) == "yes"
    for change in ({"review": "renewed"}, {"batch_year": 2023}, {"valid_to": "2026-11-22"}):
        other = {**good, "code": "srdi"}
        assert said(newly, {"qualifications": [{**good, **change}, other]}) == "no"


# 10 ------------------------------------------------------------------------------------------


def test_10_a_person_hears_once_of_each_version(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        person = old(session, office)
        first = make_confirmed(session, office)
        assert (told(session, first, person) or NOBODY).way.telling == "push"
        run = latest_run(session, first)
        assert run is not None
        draft(session, first, run)

        again = told(session, first, person)
        assert again is not None
        assert (again.way.telling, again.way.because) == ("withhold", "told_before")
        first.state = PolicyState.SUPERSEDED
        second = make_confirmed(session, office, family_id=first.family_id, version=2)
        assert (told(session, second, person) or NOBODY).way.telling == "push"


# 11 ------------------------------------------------------------------------------------------


def test_11_to_follow_a_subject_is_not_to_be_eligible(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        young = make_person(session, office, born=date(1990, 1, 1), facts=HERE, phone="19900000002")
        follow(session, young, "M02", source="样例", now=NOW)
        way = told(session, make_confirmed(session, office), young)

        assert way is not None
        assert (way.way.telling, way.way.because) == ("digest_only", "not")


def test_11_of_a_draft_only_who_follows_drafts_hears(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        one, two = old(session, office), old(session, office, phone="19900000002")
        follow(session, one, "L08", source="样例", now=NOW)
        follow(session, two, "M02", source="样例", now=NOW)
        policy = make_confirmed(session, office, registered=Registered.DRAFT, tags=["M02", "L08"])

        tellings = [(told(session, policy, person) or NOBODY).way.telling for person in (one, two)]
        assert tellings == ["digest_only", "withhold"]


# 12 ------------------------------------------------------------------------------------------


def test_12_no_way_to_write_is_no_reason_not_to_match(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        way = told(session, make_confirmed(session, office), old(session, office, phone=None))

        assert way is not None
        assert (way.way.telling, way.way.because) == ("offline_list", Refusal.NO_ADDRESS)
        assert way.channel is None


# 13 ------------------------------------------------------------------------------------------


def test_13_what_is_not_known_is_asked_for_and_not_denied(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        person = make_person(session, office, born=date(1940, 1, 1), phone="19900000001")
        way = told(session, make_confirmed(session, office), person)

        assert way is not None
        assert (way.way.telling, way.way.because) == ("digest_only", "possible")


# who is told ---------------------------------------------------------------------------------


def test_a_child_is_told_through_a_guardian_who_agreed_and_never_itself(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        infants = {"all": [LOCAL, leaf("birth_date", "age_lt", 3)]}
        policy = make_confirmed(session, office, rule=infants, subject="self_or_ward")
        mother = make_person(session, office, born=date(1990, 1, 1), phone="19900000003")
        child = make_person(
            session, office, born=date(2025, 1, 1), facts=HERE, phone="19900000004", agreed=False
        )

        alone = told(session, policy, child)
        link(session, child, mother, kind=GuardianKind.GUARDIAN, relation="母亲", until_on=None)
        unasked = told(session, policy, child)
        agree(session, child, ConsentScope.MINOR, given_by=mother)
        agreed = told(session, policy, child)

        assert [(way or NOBODY).way.telling for way in (alone, unasked, agreed)] == [
            "withhold", "offline_list", "push",
        ]  # fmt: skip


def test_a_firm_that_follows_is_told_and_a_silent_one_is_not(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        rule = leaf("registration_status", "eq", "active")
        policy = make_confirmed(session, office, rule=rule, audience="enterprise")
        firm = make_firm(session, office, registration_status="active")

        before = told(session, policy, firm)
        follow(session, firm, "M02", source="样例", now=NOW)
        after = told(session, policy, firm)

        assert (before or NOBODY).way.because == Refusal.NO_CONSENT
        assert (after or NOBODY).way.because == Refusal.NO_ADDRESS


NOBODY = Told(*[None] * 5)  # type: ignore[arg-type]
"""Stands where somebody should have been found: asking it anything fails."""


def test_every_sensitive_fact_is_marked_in_the_vocabulary() -> None:
    sensitive = {code for code, fact in vocabulary().items() if fact.sensitive}

    assert {"disability", "welfare_status", "wards", "acts_for", "ability_level"} <= sensitive
