"""Verdicts with their reasons, and decisions over everybody a profile stands for."""

from collections.abc import Mapping
from datetime import date

import pytest

from pusher.rules.judge import Answer, Bar, Decision, Whose, decide, judge
from pusher.rules.language import parse
from pusher.rules.nodes import Node
from tests.rules.makers import TODAY, asked, leaf

LOCAL = leaf("household_area", "within", ["370104"])
INFANT = parse({"all": [LOCAL, leaf("birth_date", "age_lt", 3)]})
OLD = parse({"all": [LOCAL, leaf("birth_date", "age_ge", 80)]})
BABY = {"birth_date": "2025-05-01", "household_area": "370104"}
GRANDMOTHER = {"birth_date": "1940-05-01", "household_area": "370104", "deceased_on": None}


def decided(
    rule: Node, facts: Mapping[str, object], subject: str = "self", as_of: date = TODAY
) -> Decision:
    return decide(rule, "resident", facts, as_of, audience_kind="resident", subject=subject)


def test_every_condition_is_told_with_its_result() -> None:
    rule = parse(
        {
            "all": [
                {**LOCAL, "quote": "本区户籍"},
                leaf("birth_date", "age_ge", 80),
                {"not": leaf("care_setting", "eq", "institution")},
            ]
        }
    )

    verdict = judge(rule, {"household_area": "370105", "birth_date": "1940-01-01"}, TODAY)

    told = [(r.id, r.result.word, r.reached, r.excludes) for r in verdict.leaves]
    assert told == [
        ("c1", "no", True, False),
        ("c2", "yes", False, False),
        ("c3", "unknown", False, True),
    ]
    assert verdict.leaves[0].quote == "本区户籍"


def test_only_facts_that_left_it_unknown_are_missing() -> None:
    rule = parse(
        {
            "all": [
                LOCAL,
                {"any": [leaf("sex", "eq", "male"), leaf("birth_date", "age_ge", 60)]},
                {"any": [leaf("care_need", "is", True), leaf("birth_date", "age_ge", 80)]},
            ]
        }
    )

    verdict = judge(rule, {"household_area": "370100", "birth_date": "1960-01-01"}, TODAY)

    assert verdict.missing == ("household_area", "care_need")


def test_a_settled_rule_misses_nothing() -> None:
    rule = parse({"all": [leaf("sex", "eq", "male"), LOCAL]})

    assert judge(rule, {"sex": "female"}, TODAY).missing == ()


def test_a_half_known_record_names_its_list_and_a_judgement_names_nothing() -> None:
    rule = parse(
        {"all": [leaf("disability", "has", asked("grade", "le", 2)), leaf(None, "manual")]}
    )

    assert judge(rule, {"disability": [{"type": "visual"}]}, TODAY).missing == ("disability",)


def test_one_may_be_told_for_somebody_one_acts_for() -> None:
    decision = decided(OLD, {"birth_date": "1970-01-01", "acts_for": [
        {"authorized": False, **GRANDMOTHER},
        {"authorized": True, **GRANDMOTHER},
    ]})  # fmt: skip

    assert (decision.answer, decision.whose) == (Answer.ELIGIBLE, Whose("acts_for", 1))


@pytest.mark.parametrize(
    ("leave", "answer"),
    [
        ({"authorized": True}, "eligible"),
        ({}, "possible"),
        ({"authorized": None}, "not"),
        ({"authorized": False}, "not"),
        ({"authorized": True, "deceased_on": "2026-11-23"}, "not"),
    ],
)
def test_acting_for_somebody_needs_a_leave_and_somebody_alive(leave, answer) -> None:
    facts = {"birth_date": "1970-01-01", "acts_for": [{**GRANDMOTHER, **leave}]}

    assert decided(OLD, facts).answer == answer


@pytest.mark.parametrize(
    ("subject", "facts", "answer", "whose"),
    [
        ("ward", {"wards": [BABY]}, "eligible", Whose("wards", 0)),
        ("self", {"wards": [BABY], "birth_date": "1990-01-01"}, "not", Whose("self")),
        ("self_or_ward", {"wards": [BABY], **GRANDMOTHER}, "eligible", Whose("wards", 0)),
        ("ward", {"wards": [GRANDMOTHER, {**BABY, "household_area": "370100"}]}, "possible",
         Whose("wards", 1)),
        ("ward", {"wards": [GRANDMOTHER, BABY]}, "eligible", Whose("wards", 1)),
        ("ward", {"wards": None}, "not", Whose("self")),
        ("ward", {}, "possible", Whose("wards")),
        ("self_or_ward", GRANDMOTHER, "not", Whose("self")),
    ],
)  # fmt: skip
def test_the_best_answer_over_oneself_and_ones_wards_wins(subject, facts, answer, whose) -> None:
    decision = decided(INFANT, facts, subject)

    assert (decision.answer, decision.whose) == (answer, whose)


def test_where_wards_are_not_known_wards_are_what_is_missing() -> None:
    assert decided(INFANT, {}, "ward").verdict.missing == ("wards",)
    assert decided(parse(leaf(None, "never")), {}, "ward").answer is Answer.NOT


@pytest.mark.parametrize(
    ("kind", "facts", "audience", "bar"),
    [
        ("resident", {"deceased_on": "2026-11-23"}, "resident", Bar.DECEASED),
        ("resident", {"deceased_on": "2026-11-24"}, "resident", None),
        ("enterprise", {"registration_status": "cancelled"}, "both", Bar.DEREGISTERED),
        ("enterprise", {"registration_status": "revoked"}, "enterprise", Bar.DEREGISTERED),
        ("enterprise", {"registration_status": "suspended"}, "enterprise", None),
        ("enterprise", {}, "resident", Bar.AUDIENCE),
        ("resident", {}, "enterprise", Bar.AUDIENCE),
        ("resident", {}, "none", Bar.AUDIENCE),
        ("resident", {}, "both", None),
    ],
)
def test_guards_come_before_any_condition(kind, facts, audience, bar) -> None:
    everybody = parse({"all": []})

    decision = decide(everybody, kind, facts, TODAY, audience_kind=audience, subject="self")

    assert decision.barred is bar
    assert decision.answer is (Answer.NOT if bar else Answer.ELIGIBLE)


def test_a_guardian_who_died_is_told_nothing_of_the_ward() -> None:
    facts: dict[str, object] = {"deceased_on": "2020-01-01", "wards": [BABY]}

    assert decided(INFANT, facts, "ward").barred is Bar.DECEASED


def test_an_unknown_subject_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="subject"):
        decided(INFANT, {}, "anybody")
