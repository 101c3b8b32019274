"""Records that a text tells piece by piece: below a lead, under a heading, across a list."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.findings import spell
from pusher.reading.grammar.joining import leaves_of
from tests.reading.gold.invented import evened


def leaves(*lines: str) -> list[str]:
    return [spell(leaf) for leaf in leaves_of(draft(lines, area_code="370104").rule)]


def test_entries_below_a_lead_tell_one_loan_that_none_of_them_names() -> None:
    told = leaves(
        "三、申报的贷款应当同时满足：",
        "（一）为企业的首笔借款；",
        "（二）用途为流动资金；",
        "（三）2026年由银行发放，合同金额不超过500万元。",
    )

    assert [one for one in told if one.startswith("loans")] == [
        "loans has (first_ever is True & kind eq working_capital & lender eq bank"
        " & drawn_on between_dates 2026-01-01,2026-12-31 & amount le 500)"
    ]


def test_what_does_not_count_is_no_field_of_the_loan() -> None:
    told = leaves("申报的贷款须满足：由银行发放，小额贷款公司发放的不算，2026年放款。")

    assert "lender eq bank" in told[0]
    assert "microloan" not in str(told)


def test_a_heading_tells_what_is_entered() -> None:
    told = leaves(
        "一、奖励对象",
        "（一）资质建筑业企业。2026年内新入库，统计关系在槐荫区的，可申请奖励。",
    )

    entry = "kind eq construction & entered_on between_dates 2026-01-01,2026-12-31"
    assert evened([f"statistics_inclusion has ({entry} & left_on null None)"]) <= evened(told)


def test_the_day_and_the_boards_of_a_lead_hold_for_each_stage_below_it() -> None:
    told = leaves(
        "第二条 2025年1月1日以来有下列进展之一的，可以申请奖励：",
        "（一）拟在科创板上市，完成辅导备案的，奖励50万元；",
        "（二）在新三板挂牌的，奖励60万元。",
    )

    since = "on on_or_after 2025-01-01"
    assert f"listing has (board eq star & stage eq tutoring & {since})" in told
    assert f"listing has (board eq neeq & stage eq listed & {since})" in told


def test_two_stages_of_a_listing_are_never_both_asked() -> None:
    rule = draft(
        ["申请企业应当已完成辅导备案。", "申请企业应当已在北交所上市。"], area_code="370104"
    ).rule

    assert "any" in str(rule)


@pytest.mark.parametrize("who", ["规上工业、限上批零企业", "规模以上工业企业和限额以上零售企业"])
def test_a_list_of_entries_is_one_entry_of_several_kinds(who: str) -> None:
    told = leaves(f"支持对象为在槐荫区注册的{who}。")

    assert "statistics_inclusion has (kind in industry,trade & left_on null None)" in told


def test_a_car_given_away_before_a_day_is_not_the_car_that_is_asked() -> None:
    told = leaves(
        "申请人名下旧车应于2025年1月8日前登记。",
        "2026年1月1日前已过户的旧车，不得申请补贴。",
    )

    kept = "(transferred_on null None | transferred_on on_or_after 2026-01-01)"
    assert told == [f"vehicles has (registered_on on_or_before 2025-01-08 & {kept})"]


@pytest.mark.parametrize("late", ["逾期不予受理", "逾期视为放弃"])
def test_who_is_late_with_papers_owes_no_bank(late: str) -> None:
    assert not any("overdue" in one for one in leaves(f"申请人应在槐荫区注册，{late}。"))


def test_a_bracket_that_explains_a_noun_does_not_hide_its_figure() -> None:
    told = leaves("申报企业的设备（含配套软件，不含税）投资额应达到500万元。")

    assert told == ["equipment_investment ge 500"]
