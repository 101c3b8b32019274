"""Ages are read one by one and joined: a range, two sexes, a day that says the same."""

import pytest

from pusher.reading.grammar.families import find_all
from pusher.reading.grammar.findings import Scope, spell

_BOTH = "((sex eq male & birth_date age_ge 60) | (sex eq female & birth_date age_ge 55))"


def _read(text: str) -> list[str]:
    return [spell(one.node) for one in find_all(text, Scope(text, "370104"))]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("18周岁以上、60周岁以下", ["(birth_date age_ge 18 & birth_date age_le 60)"]),
        ("年满16周岁且不满60周岁", ["(birth_date age_ge 16 & birth_date age_lt 60)"]),
        ("在16至59周岁之间", ["(birth_date age_ge 16 & birth_date age_le 59)"]),
        ("0—6周岁", ["birth_date age_le 6"]),
        ("不得超过45周岁", ["birth_date age_le 45"]),
        ("不低于18周岁", ["birth_date age_ge 18"]),
        ("60岁以上（含60岁）", ["birth_date age_ge 60"]),
        ("男60周岁、女55周岁以上", _BOTH.strip("()").split(" | ")),
        ("年满60周岁（女性年满55周岁）", [_BOTH]),
        ("45周岁以下（1981年1月1日以后出生）", ["birth_date on_or_after 1981-01-01"]),
        ("60周岁以上老年人和6周岁以下儿童", ["birth_date age_ge 60", "birth_date age_le 6"]),
    ],
)
def test_ages_are_joined_as_they_belong(text: str, meant: list[str]) -> None:
    assert [one.strip("()") for one in _read(text)] == [one.strip("()") for one in meant]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("人均月收入低于低保标准1.5倍（1725元）", "household_income_month lt 0.1725"),
        ("人均月收入不高于低保标准（每人每月1150元）的2倍", "household_income_month le 0.23"),
        ("月收入不超过当地最低生活保障标准1150元", "household_income_month le 0.115"),
        ("家庭人均收入在4000元/月以下", "household_income_month le 0.4"),
    ],
)
def test_incomes_are_read_by_the_standard_that_is_told(text: str, meant: str) -> None:
    assert _read(text) == [meant]


def test_an_income_of_a_year_is_not_taken_for_one_of_a_month() -> None:
    assert _read("上年度人均可支配收入低于5.2万元") == []
