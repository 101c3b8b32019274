"""What is given to each of several kinds, who holds a benefit, lists of grades and of states."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.findings import spell

PEOPLE = "申请人应具有槐荫区户籍。"
FIRMS = "申报企业应在槐荫区注册登记。"


def _asked(text: str) -> list[str]:
    """Return what *text* asks beside the place that its first sentence asks."""
    found = draft(["关于某项补贴的通知", text], area_code="370104")
    return [spell(node) for node in found.rule["all"]][1:]


@pytest.mark.parametrize(
    "text",
    [
        PEOPLE + "低保对象每人每月补贴300元，其他人员每人每月补贴200元。",
        FIRMS + "小微企业一次性奖励5万元；其他企业奖励3万元。",
        FIRMS + "中小微企业每安排1人奖励3000元，大型企业奖励2000元。",
        FIRMS + "奖励标准：大型企业每户奖励2万元，中小微企业每户奖励3万元。",
    ],
)
def test_nobody_is_shut_out_where_everybody_is_paid_something(text: str) -> None:
    assert _asked(text) == []


@pytest.mark.parametrize("sign", "，；")
def test_each_size_that_is_paid_is_a_way_in(sign: str) -> None:
    asked = _asked(f"{FIRMS}小微企业给予5万元补贴{sign}中型企业给予3万元补贴。")

    assert asked == ["size_class in micro,small,medium"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("正在领取失业保险金的人员由经办机构直接补发。", "unemployment_benefit"),
        ("目前享受高龄津贴的老人由街道直接发放，不必另行申请。", "elderly_allowance"),
    ],
)
def test_who_holds_a_benefit_may_be_whom_it_is_for(text: str, asked: str) -> None:
    assert _asked(PEOPLE + text) == [f"benefits_received any_of {asked}"]


@pytest.mark.parametrize("who", ["正在领取高龄津贴的老年人", "已享受高龄津贴的"])
def test_who_holds_a_benefit_is_shut_out_where_the_text_says_so(who: str) -> None:
    assert _asked(f"{PEOPLE}{who}，不予发放。") == [
        "not benefits_received any_of elderly_allowance"
    ]


@pytest.mark.parametrize(
    ("states", "codes"),
    [
        ("处于歇业、注销状态的", "suspended,cancelled"),
        ("已注销、吊销的", "cancelled,revoked"),
        ("处于歇业、吊销状态的", "suspended,revoked"),
        ("处于歇业、注销、吊销状态的", "suspended,cancelled,revoked"),
        ("已办理注销登记的", "cancelled"),
    ],
)
def test_states_are_shut_out_in_any_list(states: str, codes: str) -> None:
    assert _asked(f"{FIRMS}{states}，不予奖励。") == [f"not registration_status in {codes}"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("二级、三级养老机构", "care_rating & grade in 2,3"),
        ("三级、四级、五级的养老机构", "care_rating & grade ge 3"),
        ("三星、四星级旅游民宿", "homestay_star & grade in 3,4"),
        ("丙级、乙级、甲级旅游民宿", "homestay_star & grade ge 3"),
    ],
)
def test_a_list_of_grades_asks_for_these_grades(kind: str, said: str) -> None:
    assert f"qualifications has (code eq {said})" in _asked(f"{FIRMS}对评定为{kind}的，给予奖励。")


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("因患重大疾病且自付费用较高的，给予救助。", "serious_illness is True"),
        ("家庭成员突发重大疾病的，给予救助。", "hardship_events has (kind in sudden_illness)"),
    ],
)
def test_an_illness_is_a_blow_only_where_it_comes_suddenly(text: str, fact: str) -> None:
    assert fact in _asked(PEOPLE + text)


@pytest.mark.parametrize(
    ("founded", "types"),
    [
        ("登记个体工商户或者领办农民专业合作社", "in individual_business,cooperative"),
        ("创办家庭农场", "eq family_farm"),
    ],
)
def test_what_somebody_founded_is_told_by_its_kind(founded: str, types: str) -> None:
    asked = _asked(f"{PEOPLE}首次{founded}的，给予一次性补贴。")

    assert asked == [f"businesses has (is_first is True & entity_type {types})"]


def test_who_was_taken_on_by_an_office_is_shut_out() -> None:
    asked = _asked(f"{PEOPLE}已被机关、事业单位录用的，不适用本办法。")

    assert asked == ["not employer_type in institution,government"]


@pytest.mark.parametrize(
    "text",
    [
        "种植面积超过800亩的，按大户补贴管理，不适用本指南。",
        "种植面积800亩以上的，纳入规模补贴管理，不再享受。",
    ],
)
def test_who_is_sent_to_another_grant_is_shut_out(text: str) -> None:
    (asked,) = _asked(FIRMS + text)

    assert asked.startswith("not farm_area_mu g")


@pytest.mark.parametrize("insured", ["城乡居民养老保险", "城镇职工基本养老保险"])
def test_a_pension_is_no_insurance_of_health(insured: str) -> None:
    asked = _asked(f"{PEOPLE}年满60周岁、参加我市{insured}的居民给予补贴。")

    assert "birth_date age_ge 60" in asked
    assert not [one for one in asked if "medical" in one]


@pytest.mark.parametrize(
    ("founded", "roles"),
    [("担任经营者", "operator"), ("担任法定代表人", "legal_rep")],
)
def test_who_runs_what_was_founded_has_just_the_role_told(founded: str, roles: str) -> None:
    (asked,) = _asked(f"{PEOPLE}首次登记个体工商户，{founded}并正常经营1年以上的，给予补贴。")

    assert f"role eq {roles} &" in asked


@pytest.mark.parametrize("kind", ["外贸", "科技"])
def test_a_small_firm_of_a_trade_is_small(kind: str) -> None:
    assert "size_class in micro,small" in _asked(f"{FIRMS}对小微{kind}企业给予补助。")


def test_who_has_retired_or_goes_to_school_is_shut_out() -> None:
    asked = _asked(f"{PEOPLE}已退休、在校学习的，不适用本办法。")

    assert " ".join(asked).count("not employment_status") == len(asked) > 0


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("2025年7月1日至2026年6月30日期间", "2025-07-01,2026-06-30"),
        ("2026年内", "2026-01-01,2026-12-31"),
    ],
)
def test_when_a_firm_was_first_counted_is_told_by_a_later_clause(days: str, said: str) -> None:
    (asked, *_) = _asked(
        f"{FIRMS}对首次升限纳统的限额以上零售业企业给予奖励。奖励对象限于统计在槐荫区的企业，{days}新入库。"
    )[1:]

    assert "first is True" in asked and f"entered_on between_dates {said}" in asked


def test_one_of_several_blows_is_enough() -> None:
    asked = _asked(f"{PEOPLE}因突发重大疾病或者意外事件造成生活困难的，给予救助。")

    assert asked == ["hardship_events has (kind in sudden_illness,accident)"]


@pytest.mark.parametrize(
    "text",
    ["由外区迁入的企业，按迁入企业适用。", "成立不满1年的，按新设企业对待。"],
)
def test_how_some_are_treated_asks_nothing_of_all(text: str) -> None:
    assert _asked(FIRMS + text) == []


def test_who_is_ill_oneself_is_seriously_ill() -> None:
    asked = _asked(f"{PEOPLE}因本人患重大疾病造成生活困难的，给予救助。")

    assert asked == ["serious_illness is True"]


def test_two_kinds_who_are_given_more_are_not_asked_for() -> None:
    text = "按投资额的10%补助；纳税信用A级的纳税人，或者示范家庭农场，补助比例提高到15%。"

    assert _asked(FIRMS + text) == []
