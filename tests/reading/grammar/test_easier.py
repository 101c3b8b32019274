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


def test_who_owes_a_loan_is_shut_out_where_a_part_on_terms_says_so() -> None:
    text = "二、额度期限：最高400万元。此前所借创业担保贷款尚未结清的，不得重复申请。"

    assert "not loans has (kind eq startup_guarantee & settled is False)" in _asked(FIRMS + text)


def test_a_day_told_behind_a_list_of_awards_holds_for_each() -> None:
    text = "对认定为全国首店或者山东首店，认定时间在2026年1月1日至6月30日之间的，给予奖励。"

    assert _asked(FIRMS + text) == [
        "qualifications has (code eq first_store & level in nation,province"
        " & granted_on between_dates 2026-01-01,2026-06-30)"
    ]


def test_a_share_of_before_may_be_lower_for_some() -> None:
    text = "研发费用占比应不低于5%；营业收入2亿元以上的企业，该比例达到3%以上即可。"

    assert _asked(FIRMS + text) == ["(rd_ratio ge 5 | (revenue ge 20000 & rd_ratio ge 3))"]


def test_what_a_grant_asks_behind_what_it_gives_is_asked_too() -> None:
    text = "设备投资300万元以上的，按投资额的5%给予奖励，上年末资产总额应在1亿元以上。"

    assert _asked(FIRMS + text) == ["equipment_investment ge 300", "total_assets ge 10000"]


def test_for_how_long_a_firm_is_spared_a_tax_is_no_term_of_its_hires() -> None:
    text = "招用脱贫人口，与其签订1年以上劳动合同的，自签订合同并缴费当月起3年内按7800元扣减。"

    assert _asked(FIRMS + text) == [
        "new_hires has (category any_of poverty & contract_months ge 12)"
    ]


def test_how_long_somebody_is_insured_is_no_length_of_a_contract() -> None:
    text = "签订1年以上劳动合同并参加社会保险满3个月的，每人奖励1000元。"

    assert "contract_months ge 3" not in _asked(FIRMS + text)
