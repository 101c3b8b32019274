"""Awards in any order of words: what stands before or behind, and what is told once for several."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.families import find_all
from pusher.reading.grammar.findings import Scope, spell
from tests.reading.gold.invented import evened


def _awards(text: str) -> set[str]:
    found = find_all(text, Scope(whole=text, area_code="370104"))
    said = evened(spell(one.node) for one in found if one.node.get("fact") == "qualifications")
    return {one.removeprefix("qualifications has ") for one in said}


@pytest.mark.parametrize(
    ("text", "awards"),
    [
        ("2025年新认定的省级瞪羚企业、单项冠军企业",
         {"batch_year is 2025 & code is gazelle & level is province & review is new",
          "batch_year is 2025 & code is single_champion & level is province & review is new"}),
        ("创新型中小企业、省级专精特新中小企业",
         {"code is innovative_sme & valid_to on_or_after_as_of None",
          "code is srdi & level is province & valid_to on_or_after_as_of None"}),
        ("绿色食品认证或者有机产品认证且证书在有效期内",
         {"code is green_food & valid_to on_or_after_as_of None",
          "code is organic & valid_to on_or_after_as_of None"}),
        ("2025年度首次通过认定的：省级绿色工厂奖励5万元，市级绿色工厂奖励3万元",
         {"batch_year is 2025 & code is green_factory & level is province & review is new",
          "batch_year is 2025 & code is green_factory & level is city & review is new"}),
        ("首次获评国家级绿色工厂的奖励5万元。2024年、2025年获评的企业均可申报",
         {"batch_year is 2024,2025 & code is green_factory & level is nation & review is new"}),
    ],
)  # fmt: skip
def test_a_list_tells_once_what_holds_for_all_its_awards(text: str, awards: set[str]) -> None:
    assert _awards(text) == awards


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("2026年首次认定的高新技术企业，奖励5万元；对重新认定的，奖励2万元",
         "code is high_tech & review is renewed"),
        ("应为四星级以上旅游民宿，或者2026年度刚刚评为三星级",
         "batch_year is 2026 & code is homestay_star & grade is 3"),
        ("首次通过CMMI三级评估的奖励5万元，五级证书到期后重新通过评估的奖励3万元",
         "code is cmmi & grade is 5 & review is renewed"),
        ("首次入选国家级绿色工厂的奖励50万元，省级的奖励20万元",
         "code is green_factory & level is province & review is new"),
    ],
)  # fmt: skip
def test_a_grant_that_leaves_out_its_award_means_the_one_before(text: str, again: str) -> None:
    assert again in _awards(text)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("支持高新技术企业", True),
        ("获评国家级单项冠军企业的", False),
        ("2026年认定的高新技术企业", False),
        ("绿色工厂", False),
        ("2025年新认定的绿色工厂。申报企业称号须在有效期内", True),
        ("绿色工厂须在公布名单有效期内", True),
        ("山东老字号，未过有效期的", True),
    ],
)
def test_an_award_must_be_in_force_where_it_lapses_or_the_text_asks(
    text: str, stands: bool
) -> None:
    assert all(("valid_to" in one) is stands for one in _awards(text)) and _awards(text)


@pytest.mark.parametrize(
    "text",
    [
        "专精特新发展道路",
        "首店经济",
        "高新技术企业培育库",
        "年接待1万人次以上的民宿",
        "重点养老机构",
    ],
)
def test_words_that_only_look_like_an_award_name_none(text: str) -> None:
    assert _awards(text) == set()


def test_a_place_between_the_year_and_the_award_is_read_too() -> None:
    text = "2026年在本区新认定的瞪羚企业"

    found = find_all(text, Scope(whole=text, area_code="370104"))

    assert {one.group for one in found} >= {"qualification"}
    assert _awards(text) == {"batch_year is 2026 & code is gazelle & review is new"}


def _rule(text: str) -> str:
    return spell(draft(["标题", text], area_code="370104").rule)


@pytest.mark.parametrize(
    ("text", "shut"),
    [
        ("2024年以来获得过单笔超过80万元区级奖补的企业，不予支持",
         "awards_received has (level eq district & year ge 2024 & amount gt 80)"),
        ("同一项目已享受中央财政资金支持的，不再奖补", "awards_received has (level eq nation)"),
        ("企业已领取市级“设备更新”奖励的，不再支持",
         "awards_received has (item in 设备更新 & level eq city)"),
    ],
)  # fmt: skip
def test_a_grant_that_a_firm_has_had_shuts_it_out(text: str, shut: str) -> None:
    assert f"not {shut}" in _rule(f"奖励对象为注册在本区的企业。{text}。")


def test_a_grant_that_a_firm_has_had_is_asked_of_nobody() -> None:
    text = "已获得省级奖补资金的企业给予奖励。申报企业应在本区注册。"

    assert "awards_received" not in _rule(text)


def test_what_a_resident_has_had_is_a_benefit() -> None:
    assert "awards_received" not in _rule("本区户籍居民可以申请。已领取过购房补贴的，不再享受。")


def test_a_level_that_gets_nothing_shuts_out_nobody_of_another_level() -> None:
    rule = _rule("获得省级科技计划立项的企业给予配套10万元。区级立项的项目不予配套。")

    assert "project_approvals has (level eq province)" in rule
    assert "district" not in rule


def test_awards_of_one_list_are_one_condition() -> None:
    rule = _rule("奖励对象为有效期内的高新技术企业、瞪羚企业。")

    assert "code in high_tech,gazelle & valid_to on_or_after_as_of None" in rule


@pytest.mark.parametrize(
    ("text", "award"),
    [
        ("旅行社须有经营许可，且等级在3A级以上", "code is travel_agency_rating & grade ge 3"),
        ("旅游民宿被评定为甲级、乙级旅游民宿的", "code is homestay_star & grade ge 4"),
        ("注册在本区、省级瞪羚企业",
         "code is gazelle & level is province & valid_to on_or_after_as_of None"),
        ("2023年至2025年获评省级绿色工厂",
         "batch_year is 2023,2024,2025 & code is green_factory & level is province"),
    ],
)  # fmt: skip
def test_a_rating_and_a_level_are_those_of_their_own_noun(text: str, award: str) -> None:
    assert award in _awards(text)


def test_the_grade_of_something_else_is_no_rating() -> None:
    assert _awards("纳税信用等级为3A级的") == set()
