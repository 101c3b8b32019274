"""What shuts out or limits is read, or put before a person; it is never lost without a word."""

import pytest

from pusher.reading.grammar.drafting import Draft, draft
from pusher.reading.grammar.findings import spell
from pusher.reading.grammar.joining import Node


def drafted(text: str) -> Draft:
    return draft(text.split("\n"), area_code="370104")


def shut_out(found: Draft) -> list[str]:
    """The conditions of a draft that shut people out."""
    denied: list[Node] = [part["not"] for part in found.rule["all"] if "not" in part]
    return [spell({key: node[key] for key in ("fact", "op", "value")}) for node in denied]


LISTED = "credit_records has (list in abnormal & removed_on null None)"


@pytest.mark.parametrize(
    "ending",
    [
        "，不再受理", "，停止拨付", "，暂缓受理", "，谢绝申报", "请勿申报", "，实行申报禁入",
        "一律排除在外", "不享有申报资格", "，丧失申报资格", "，视为不符合条件", "，取消申报",
        "，退出支持范围", "，不符合申报要求", "不再纳入支持范围", "不能获得支持", "限制申报",
    ],
)  # fmt: skip
def test_a_firm_on_a_list_is_shut_out_whatever_verb_says_so(ending: str) -> None:
    found = drafted(f"在本区注册的企业可申请补贴。列入经营异常名录的企业{ending}。")

    assert shut_out(found) == [LISTED]


@pytest.mark.parametrize(
    "told",
    [
        "已享受特困供养的，停止受理", "凡已享受特困供养者，一概不发", "享受特困供养的，不得兼领",
        "特困供养人员不再另行发放",
    ],
)  # fmt: skip
def test_a_person_who_is_helped_already_is_shut_out(told: str) -> None:
    found = drafted(f"本区户籍老年人可申请津贴。{told}。")

    assert shut_out(found) == ["welfare_status any_of tekun"]


@pytest.mark.parametrize(
    "told", ["申报截止后不再受理", "额满为止，不再受理", "逾期系统自动关闭，不再受理"]
)
def test_the_end_of_a_window_shuts_nobody_out(told: str) -> None:
    found = drafted(f"补贴对象为本区户籍、年满80周岁的老年人。{told}。")

    assert shut_out(found) == []
    assert found.needs_person == ()
    assert len(found.rule["all"]) == 2


def test_money_is_shut_out_with_houses() -> None:
    found = drafted("在本区注册的企业可申请补贴。金融、房地产企业不适用本办法。")

    assert shut_out(found) == ["industry prefix J,K"]


@pytest.mark.parametrize(
    "told",
    [
        "注册资本5000万美元以上的外商投资企业，给予奖励10万元",
        "限上餐饮企业达到500万元以上的，奖励3万元",
    ],
)
def test_a_figure_that_no_noun_explains_is_put_before_a_person(told: str) -> None:
    found = drafted(f"{told}。")

    assert found.needs_person
    assert found.needs_person[0] in told


def test_one_more_figure_is_asked_beside_the_first() -> None:
    found = drafted("申报条件：在本区注册、成立满2年，以及上年度营业收入500万元以上。")

    assert [spell(node) for node in found.rule["all"]] == [
        "registered_area within 370104", "established_on years_ge 2", "revenue ge 500",
    ]  # fmt: skip


def test_a_question_may_be_the_heading_of_who_is_shut_out() -> None:
    found = drafted(
        "一、谁可以申请：居住在本区的低保户。\n"
        "二、谁不能申请：在养老机构集中供养的；机关公务员；名下有两套及以上住房的家庭。"
    )

    assert shut_out(found) == [
        "care_setting in institution", "employer_type in government",
    ]  # fmt: skip
    assert found.needs_person == ("名下有两套及以上住房的家庭",)


def test_each_deed_of_a_list_is_read_beside_a_list_of_the_register() -> None:
    found = drafted("在本区注册的企业可申请。存在拖欠职工工资或者被列入经营异常名录的，不得享受。")

    assert shut_out(found) == ["adverse_events has (kind in wage_arrears)", LISTED]


def spelt(text: str) -> list[str]:
    return [spell(node) for node in drafted(text).rule["all"]]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (
            "补贴对象为户籍或居住地在本区、年满18周岁的居民。",
            ["(household_area within 370104 | residence_area within 370104)",
             "birth_date age_ge 18"],
        ),
        (
            "报名对象为在本区工作或者居住的年满18周岁的居民。",
            ["(employer_area within 370104 | residence_area within 370104)",
             "birth_date age_ge 18"],
        ),
        (
            "第三条 下列学员免收学费：（一）年满75周岁的；（二）低保对象；（三）一级残疾人。",
            ["(birth_date age_ge 75 | welfare_status any_of dibao | disability has (grade in 1))"],
        ),
        (
            "对象为本区户籍老年人。年满80周岁可享受，低保对象年满70周岁可享受。",
            ["household_area within 370104",
             "(birth_date age_ge 80 | (welfare_status any_of dibao & birth_date age_ge 70))"],
        ),
    ],
)  # fmt: skip
def test_each_way_in_is_read(text: str, asked: list[str]) -> None:
    assert spelt(text) == asked


def test_what_is_asked_of_the_single_is_not_asked_of_couples() -> None:
    asked = spelt("申请条件：（一）本市户籍；（二）单身申请人应年满30周岁。")

    assert asked == [
        "household_area within 370100", "(not marital_status in single | birth_date age_ge 30)",
    ]  # fmt: skip


def test_what_is_asked_of_one_item_of_a_list_goes_to_a_person() -> None:
    more = "符合第三条第（二）项规定的人员，还应当年满16周岁"
    found = drafted(
        f"第三条 补贴对象：\n（一）本区户籍孤儿；\n（二）本区户籍残疾人。\n第四条 {more}。"
    )

    assert found.needs_person == (more,)
    assert "birth_date" not in str(found.rule)


def test_where_somebody_works_says_nothing_of_who_applies() -> None:
    found = drafted("对在本区社区、社会组织、养老机构从事社会工作满1年的人员给予一次性奖励。")

    assert found.audience_kind == "resident"
    assert "entity_type" not in str(found.rule)


def test_each_of_a_list_of_people_has_its_own_term() -> None:
    asked = spelt("补贴对象：毕业5年内的高校毕业生、登记失业半年以上人员、退役军人。")

    assert asked == [
        "(graduated_on years_le 5 | (unemployment_registered_on months_ge 6"
        " & employment_status eq unemployed) | veteran_type in "
        "self_employed,gov_assigned,transferred,demobilized,monthly_pension,self_career,retired,supported"
        ")"
    ]


def test_a_list_that_shuts_out_does_so_by_any_verb() -> None:
    found = drafted(
        "对本区户籍居民配发设备。有下列情形之一的，不予安置：已入住养老机构的；享受特困供养的。"
    )

    assert shut_out(found) == ["care_setting in institution", "welfare_status any_of tekun"]


@pytest.mark.parametrize(
    "heading",
    [
        "二、不予补贴的情形：",
        "二、不享受对象：",
        "二、谁不能领？",
        "【不予补贴】",
        "二、负面清单：",
    ],
)
def test_who_has_had_a_benefit_is_shut_out_below_a_heading_that_shuts_out(heading: str) -> None:
    text = f"一、补贴对象为重度失能老年人。{heading}已享受高龄津贴的；已入住养老机构的。"

    asked = spelt(text.replace("一、", "【补贴对象】") if "【" in heading else text)

    assert "not benefits_received any_of elderly_allowance" in asked
    assert "not care_setting in institution" in asked


def test_a_deed_kept_of_firms_alone_is_checked_by_staff_where_people_apply() -> None:
    found = drafted(
        "支持对象为具有本区户籍的创业人员。近两年内因骗取财政资金受过处罚的，不予支持。"
    )

    assert shut_out(found) == []
    assert any("骗取财政资金" in quote for quote in found.manual_checks)


def test_who_comes_first_among_those_who_qualify_is_no_condition() -> None:
    text = "支持对象为具有本区户籍的青年。本人在本区无自有住房的，可优先入驻。"

    assert "homes_owned" not in spell(drafted(text).rule)
    assert "household_area" in spell(drafted(text).rule)


@pytest.mark.parametrize(
    "sentence",
    [
        "年满18周岁的由本人提出。",
        "处理未满14周岁儿童信息的，应当取得监护人同意。",
        "未成年人申请的，由监护人代办。",
    ],
)
def test_who_signs_is_not_who_qualifies(sentence: str) -> None:
    rule = spell(drafted(f"补贴对象为具有本区户籍的居民。{sentence}").rule)

    assert rule == "(household_area within 370104)"
