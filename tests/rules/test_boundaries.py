"""Every operator at its very edge: one line, one claim."""

from datetime import date

import pytest

from pusher.rules.language import OPERATORS
from tests.rules.makers import TODAY, asked, leaf, said

BORN_29_FEB = "2004-02-29"

# fact, operator, value, what is known, as_of, answer
DATES = [
    ("birth_date", "age_ge", 80, "1946-11-23", TODAY, "yes"),  # birthday today
    ("birth_date", "age_ge", 80, "1946-11-24", TODAY, "no"),
    ("birth_date", "age_ge", 80, None, TODAY, "no"),
    ("birth_date", "age_ge", 18, BORN_29_FEB, date(2022, 2, 28), "no"),
    ("birth_date", "age_ge", 18, BORN_29_FEB, date(2022, 3, 1), "yes"),
    ("birth_date", "age_ge", 20, BORN_29_FEB, date(2024, 2, 29), "yes"),
    ("birth_date", "age_ge", 150, "9999-12-31", TODAY, "no"),
    ("birth_date", "age_lt", 3, "2023-11-24", TODAY, "yes"),
    ("birth_date", "age_lt", 3, "2023-11-23", TODAY, "no"),
    ("birth_date", "age_lt", 3, "2026-11-24", TODAY, "no"),  # not yet born
    ("birth_date", "age_lt", 3, "2026-11-23", TODAY, "yes"),
    ("birth_date", "age_le", 35, "1990-11-24", TODAY, "yes"),  # 35 for one more day
    ("birth_date", "age_le", 35, "1990-11-23", TODAY, "no"),
    ("birth_date", "age_ge_in_month", 80, "1946-11-30", TODAY, "yes"),
    ("birth_date", "age_ge_in_month", 80, "1946-12-01", TODAY, "no"),
    ("birth_date", "age_ge_in_month", 80, "1946-01-01", TODAY, "yes"),
    ("birth_date", "age_ge_in_month", 18, BORN_29_FEB, date(2022, 2, 1), "no"),
    ("birth_date", "age_ge_in_month", 18, BORN_29_FEB, date(2022, 3, 1), "yes"),
    ("birth_date", "age_ge_on", {"age": 6, "on": "2027-08-31"}, "2021-08-31", TODAY, "yes"),
    ("birth_date", "age_ge_on", {"age": 6, "on": "2027-08-31"}, "2021-09-01", TODAY, "no"),
    ("established_on", "years_ge", 1, "2025-11-23", TODAY, "yes"),
    ("established_on", "years_ge", 1, "2025-11-24", TODAY, "no"),
    ("established_on", "years_lt", 3, "2023-11-24", TODAY, "yes"),
    ("established_on", "years_lt", 3, "2023-11-23", TODAY, "no"),
    ("established_on", "years_lt", 3, "2026-11-24", TODAY, "no"),  # not yet begun
    ("discharged_on", "years_le", 5, "2021-11-23", TODAY, "yes"),  # the last day counts
    ("discharged_on", "years_le", 5, "2021-11-22", TODAY, "no"),
    ("disabled_since", "months_ge", 6, "2026-05-23", TODAY, "yes"),
    ("disabled_since", "months_ge", 6, "2026-05-24", TODAY, "no"),
    ("disabled_since", "months_ge", 6, "2025-08-31", date(2026, 2, 27), "no"),
    ("disabled_since", "months_ge", 6, "2025-08-31", date(2026, 2, 28), "yes"),
    ("disabled_since", "months_lt", 12, "2025-11-24", TODAY, "yes"),
    ("disabled_since", "months_lt", 12, "2025-11-23", TODAY, "no"),
    ("disabled_since", "months_le", 12, "2025-11-23", TODAY, "yes"),
    ("disabled_since", "months_le", 12, "2025-11-22", TODAY, "no"),
    ("graduated_on", "before", "2026-01-01", "2025-12-31", TODAY, "yes"),
    ("graduated_on", "before", "2026-01-01", "2026-01-01", TODAY, "no"),
    ("graduated_on", "after", "2026-01-01", "2026-01-02", TODAY, "yes"),
    ("graduated_on", "after", "2026-01-01", "2026-01-01", TODAY, "no"),
    ("graduated_on", "on_or_before", "2026-01-01", "2026-01-01", TODAY, "yes"),
    ("graduated_on", "on_or_before", "2026-01-01", "2026-01-02", TODAY, "no"),
    ("graduated_on", "on_or_after", "2026-01-01", "2026-01-01", TODAY, "yes"),
    ("graduated_on", "on_or_after", "2026-01-01", "2025-12-31", TODAY, "no"),
    ("graduated_on", "on_or_after", "2026-01-01", None, TODAY, "no"),
    ("graduated_on", "between_dates", ["2025-01-01", "2026-12-31"], "2025-01-01", TODAY, "yes"),
    ("graduated_on", "between_dates", ["2025-01-01", "2026-12-31"], "2026-12-31", TODAY, "yes"),
    ("graduated_on", "between_dates", ["2025-01-01", "2026-12-31"], "2027-01-01", TODAY, "no"),
    ("graduated_on", "on_or_after_as_of", None, "2026-11-23", TODAY, "yes"),
    ("graduated_on", "on_or_after_as_of", None, "2026-11-22", TODAY, "no"),
    ("deceased_on", "before_as_of", None, "2026-11-22", TODAY, "yes"),
    ("deceased_on", "before_as_of", None, "2026-11-23", TODAY, "no"),
    ("deceased_on", "before_as_of", None, None, TODAY, "no"),
]

VALUES = [
    ("hard_to_employ", "is", True, True, "yes"),
    ("hard_to_employ", "is", True, False, "no"),
    ("hard_to_employ", "is", True, None, "no"),
    ("hard_to_employ", "is", False, None, "yes"),
    ("hard_to_employ", "is", True, "true", "unknown"),  # malformed: never guessed
    ("sex", "eq", "female", "female", "yes"),
    ("sex", "ne", "female", "male", "yes"),
    ("veteran_type", "eq", "retired", None, "no"),
    ("veteran_type", "ne", "retired", None, "yes"),
    ("sex", "in", ["female"], "female", "yes"),
    ("sex", "not_in", ["female"], "female", "no"),
    ("veteran_type", "not_in", ["retired"], None, "yes"),
    ("entity_name", "in", ["样例（济南）公司"], "样例(济南)公司", "yes"),
    ("equipment_investment", "ge", 500, 500, "yes"),
    ("equipment_investment", "ge", 500, 499.99, "no"),
    ("equipment_investment", "gt", 500, 500, "no"),
    ("equipment_investment", "le", 500, 500, "yes"),
    ("equipment_investment", "lt", 500, 500, "no"),
    ("equipment_investment", "ge", 500, float("nan"), "unknown"),
    ("rd_ratio", "lt", 5, 4.99, "yes"),
    ("ability_level", "ge", "moderate", "moderate", "yes"),
    ("ability_level", "ge", "moderate", "mild", "no"),
    ("ability_level", "ge", "moderate", "severe", "yes"),
    ("ability_level", "gt", "moderate", "moderate", "no"),
    ("education_level", "le", "college", "college", "yes"),
    ("education_level", "lt", "college", "college", "no"),
    ("tax_credit_grade", "ge", "B", "M", "no"),  # M stands below B
    ("tax_credit_grade", "ge", "B", "A", "yes"),
    ("skill_level", "between", ["level4", "level2"], "level3", "yes"),
    ("ability_level", "ge", "mild", None, "no"),
    ("service_disability_grade", "le", 6, 6, "yes"),  # 1 is the worst
    ("service_disability_grade", "le", 6, 7, "no"),
    ("service_disability_grade", "le", 6, None, "no"),  # no grade is not grade zero
    ("guest_rooms", "between", [5, 14], 5, "yes"),
    ("guest_rooms", "between", [5, 14], 14, "yes"),
    ("guest_rooms", "between", [5, 14], 15, "no"),
    ("software_revenue_prior_max", "lt", 500, None, "yes"),  # none of money is zero of it
    ("household_vehicles", "eq", 0, None, "yes"),
    ("layoff_rate", "le", 5.5, None, "no"),  # a rate that is none is no rate
    ("bond_issued", "gt", 0, None, "no"),
    ("welfare_status", "any_of", ["dibao", "tekun"], ["tekun"], "yes"),
    ("welfare_status", "any_of", ["dibao"], ["tekun"], "no"),
    ("welfare_status", "any_of", ["dibao"], [], "no"),
    ("welfare_status", "none_of", ["dibao"], [], "yes"),
    ("welfare_status", "none_of", ["dibao"], None, "yes"),
    ("welfare_status", "none_of", ["dibao"], ["dibao", "tekun"], "no"),
    ("household_area", "within", ["370104"], "370104013", "yes"),
    ("household_area", "within", ["370104"], "370104", "yes"),
    ("household_area", "within", ["370104"], "370100", "unknown"),
    ("household_area", "within", ["370104"], "370000", "unknown"),
    ("household_area", "within", ["370104"], "370105", "no"),
    ("household_area", "within", ["370104"], "371400", "no"),
    ("household_area", "within", ["370100"], "370105", "yes"),
    ("household_area", "within", ["370104013", "370104006"], "370104006", "yes"),
    ("household_area", "within", ["370104013"], "370104", "unknown"),
    ("household_area", "within", ["370104"], None, "no"),
    ("moved_in_from", "within", ["000000"], "370112", "yes"),
    ("moved_in_from", "within", ["000000"], None, "no"),
    ("industry", "prefix", ["65"], "6513", "yes"),
    ("industry", "prefix", ["65"], "6429", "no"),
    ("industry", "prefix", ["C"], "13", "yes"),
    ("industry", "prefix", ["C"], "4390", "yes"),
    ("industry", "prefix", ["C"], "44", "no"),
    ("industry", "prefix", ["5292"], "52", "unknown"),
    ("industry", "prefix", ["5292"], "51", "no"),
    ("industry", "prefix", ["K", "J"], "7010", "yes"),
    ("disability", "null", None, None, "yes"),
    ("disability", "null", None, [], "yes"),
    ("disability", "null", None, [{"grade": 1}], "no"),
    ("deceased_on", "null", None, "2026-01-01", "no"),
]

WORST = {"all": [asked("type", "eq", "physical"), asked("grade", "in", [1, 2])]}
RECORDS = [
    ("disability", "has", WORST, [{"type": "physical", "grade": 2}], "yes"),
    # One record must meet all of it: two halves of two records do not.
    (
        "disability",
        "has",
        WORST,
        [{"type": "physical", "grade": 4}, {"type": "visual", "grade": 1}],
        "no",
    ),
    ("disability", "has", WORST, [{"type": "physical"}], "unknown"),
    ("disability", "has", WORST, [{"type": "visual"}], "no"),
    ("disability", "has", WORST, [{"type": "physical"}, {"type": "physical", "grade": 1}], "yes"),
    ("disability", "has", WORST, None, "no"),
    ("disability", "has", WORST, [], "no"),
    ("disability", "has", None, [{"grade": 4}], "yes"),
    ("disability", "none", WORST, None, "yes"),
    ("disability", "none", WORST, [{"type": "physical", "grade": 1}], "no"),
    ("disability", "none", WORST, [{"type": "physical"}], "unknown"),
    ("credit_records", "has", asked("removed_on", "null"), [{"removed_on": None}], "yes"),
    ("credit_records", "has", asked("removed_on", "null"), [{"list": "abnormal"}], "unknown"),
    (
        "wards",
        "has",
        {"all": [asked("disability", "has", asked("grade", "le", 2))]},
        [{"disability": [{"grade": 1}]}],
        "yes",
    ),
]


@pytest.mark.parametrize(("fact", "op", "value", "known", "as_of", "answer"), DATES)
def test_dates_turn_on_the_right_day(fact, op, value, known, as_of, answer) -> None:
    assert said(leaf(fact, op, value), {fact: known}, as_of) == answer


@pytest.mark.parametrize(("fact", "op", "value", "known", "answer"), VALUES)
def test_values_are_held_against_their_limit(fact, op, value, known, answer) -> None:
    assert said(leaf(fact, op, value), {fact: known}) == answer


@pytest.mark.parametrize(("fact", "op", "value", "known", "answer"), RECORDS)
def test_one_record_must_meet_the_whole_inner_rule(fact, op, value, known, answer) -> None:
    assert said(leaf(fact, op, value), {fact: known}) == answer


@pytest.mark.parametrize(
    ("known", "answer"),
    [
        ({"insured_employees": 30, "insured_employees_prev": 100}, "yes"),
        ({"insured_employees": 29, "insured_employees_prev": 100}, "no"),
        ({"insured_employees": 0.9, "insured_employees_prev": 3}, "yes"),  # decimal, not binary
        ({"insured_employees": 5, "insured_employees_prev": None}, "yes"),
        ({"insured_employees": 5}, "unknown"),
    ],
)
def test_a_share_is_counted_in_decimals(known, answer) -> None:
    rule = leaf("insured_employees", "ratio_ge", {"fact": "insured_employees_prev", "ratio": 0.3})

    assert said(rule, known) == answer


@pytest.mark.parametrize(
    ("known", "answer"),
    [
        ({"job_started_on": "2026-07-02", "graduated_on": "2026-07-01"}, "yes"),
        ({"job_started_on": "2026-07-01", "graduated_on": "2026-07-01"}, "no"),
        ({"job_started_on": "2026-07-01"}, "unknown"),
        ({"job_started_on": "2026-07-01", "graduated_on": None}, "no"),
    ],
)
def test_after_another_fact_means_a_later_day(known, answer) -> None:
    assert said(leaf("job_started_on", "after_fact", "graduated_on"), known) == answer


def test_inside_a_record_the_compared_day_is_the_records_own_before_the_persons() -> None:
    own = leaf("homes_owned", "has", asked("disposed_on", "after_fact", "registered_on"))
    persons = leaf("homes_owned", "has", asked("registered_on", "after_fact", "household_since"))
    home = {"registered_on": "2020-01-01", "disposed_on": "2021-01-01"}

    assert said(own, {"homes_owned": [home]}) == "yes"
    assert said(own, {"homes_owned": [{"disposed_on": "2021-01-01"}]}) == "unknown"
    assert said(persons, {"homes_owned": [home], "household_since": "2019-12-31"}) == "yes"
    assert said(persons, {"homes_owned": [home], "household_since": "2020-01-01"}) == "no"


def test_never_is_no_and_manual_is_unknown() -> None:
    assert said(leaf(None, "never"), {}) == "no"
    assert said(leaf(None, "manual"), {}) == "unknown"


def test_a_missing_fact_is_unknown_to_every_operator_that_asks_one() -> None:
    asking = [leaf(str(row[0]), str(row[1]), row[2]) for row in (*DATES, *VALUES, *RECORDS)]

    assert {said(rule, {}) for rule in asking} == {"unknown"}


def test_every_operator_is_held_at_its_edge() -> None:
    tested = {row[1] for row in (*DATES, *VALUES, *RECORDS)}

    assert set(OPERATORS) - tested == {"ratio_ge", "after_fact", "never", "manual"}
