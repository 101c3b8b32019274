"""Bounds that are easier for some, words for a crowd, and what some get from another office."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.findings import spell

FIRMS = "申报企业应在槐荫区注册登记。"


def _asked(text: str) -> list[str]:
    """Return what *text* asks beside the place that its first sentence asks."""
    found = draft(["关于某项补贴的通知", text], area_code="370104")
    return [spell(node) for node in found.rule["all"]][1:]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "年营业收入2000万元以上的，奖励10万元；属于民营企业的，放宽至1000万元以上。",
            "(revenue ge 2000 | (revenue ge 1000 & ownership eq private))",
        ),
        (
            "营业收入增速不低于10%的，奖励5万元；属于民营控股的，增速要求调整为不低于8%。",
            "(revenue_growth ge 10 | (revenue_growth ge 8 & ownership eq private))",
        ),
        (
            "接待游客1000人次以上的，奖励5万元；国有控股企业，起算线降为500人次。",
            "(tourists_received ge 1000 | (tourists_received ge 500 & ownership eq state))",
        ),
    ],
)
def test_a_bound_told_behind_a_grant_is_easier_for_some(text: str, asked: str) -> None:
    assert _asked(FIRMS + text) == [asked]


def test_a_higher_grant_for_some_asks_nothing() -> None:
    text = "年营业收入2000万元以上的，奖励10万元；属于民营企业的，奖励标准调整为12万元。"

    assert _asked(FIRMS + text) == ["revenue ge 2000"]


def test_a_crowd_is_explained_and_a_firm_is_not_asked_to_be_of_it() -> None:
    text = "新招用重点群体人员占在职职工的比例达到10%以上。重点群体包括登记失业人员、退役军人等。"

    assert _asked(FIRMS + text) == ["focus_hire_ratio ge 10"]


@pytest.mark.parametrize(
    "text",
    [
        "外地企业在本区设立分公司的，由其总部所在地奖励。",
        "已获评高新技术企业的，继续享受服务，不影响本办法的适用。",
    ],
)
def test_what_some_get_elsewhere_asks_nothing(text: str) -> None:
    assert _asked(FIRMS + text) == []


def test_who_owes_a_loan_of_before_may_not_ask_again() -> None:
    asked = _asked(FIRMS + "此前所借创业担保贷款尚未结清的，不得重复申请。")

    assert asked == ["not loans has (kind eq startup_guarantee & settled is False)"]
