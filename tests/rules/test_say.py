"""Rules in Chinese, and doubts about rules that cannot hold."""

import pytest

from pusher.rules.check import doubts
from pusher.rules.language import leaves, parse
from pusher.rules.say import say, say_leaf
from tests.rules.makers import asked, leaf

LOCAL = leaf("household_area", "within", ["370104"])


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (LOCAL, "户籍地在槐荫区"),
        (leaf("birth_date", "age_ge", 80), "年满80周岁"),
        (leaf("birth_date", "age_lt", 3), "未满3周岁"),
        (leaf("birth_date", "age_le", 35), "不超过35周岁（含35周岁全年）"),
        (
            leaf("birth_date", "age_ge_on", {"age": 6, "on": "2027-08-31"}),
            "截至2027年8月31日年满6周岁",
        ),
        (leaf("established_on", "years_lt", 3), "自成立之日起不满3年"),
        (leaf("discharged_on", "years_le", 5), "自退役之日起5年以内（含满5年当日）"),
        (leaf("revenue", "ge", 2000), "营业收入不少于2000万元"),
        (leaf("revenue", "lt", 200000), "营业收入不足20亿元"),
        (leaf("household_income_month", "lt", 0.115), "家庭人均月收入不足1150元/月"),
        (leaf("layoff_rate", "le", 5.5), "上年度裁员率不超过5.5%"),
        (leaf("ability_level", "ge", "moderate"), "老年人能力等级为中度失能及以上"),
        (leaf("service_disability_grade", "le", 6), "伤残军人等级为6级或更重"),
        (leaf("sex", "in", ["female", "male"]), "性别为女、男之一"),
        (leaf("care_need", "is", True), "需要长期照护"),
        (leaf("loan_overdue", "is", False), "“当前逾期”为否"),
        (
            leaf("industry", "prefix", ["C", "65"]),
            "国民经济行业属于“制造业”（C）、代码65开头的行业之一",
        ),
        (leaf("moved_in_from", "within", ["000000"]), "有迁入前注册地"),
        (leaf("deceased_on", "null"), "无死亡日期"),
        (leaf("disability", "none"), "没有残疾情况"),
        (
            leaf(
                "credit_records",
                "none",
                {"all": [asked("list", "in", ["serious_illegal"]), asked("removed_on", "null")]},
            ),
            "失信名单记录中没有一条同时符合：名单为严重违法失信名单，且无移出日期",
        ),
        (leaf("bond_issued", "gt", 0), "债券发行规模大于零"),
        (leaf("industry", "prefix", ["6513"]), "国民经济行业属于代码6513的行业"),
        (
            leaf("insured_employees", "ratio_ge", {"fact": "employees", "ratio": 0.3}),
            "参保职工人数不低于从业人员的30%",
        ),
        (
            leaf("homes_owned", "has", asked("disposed_on", "after_fact", "registered_on")),
            "本人名下住房中至少有一条符合：转让日期晚于登记日期",
        ),
        (leaf(None, "manual", quote="信用良好"), "须由经办人核实：信用良好"),
        (leaf(None, "never"), "本文件不产生资格"),
    ],
)
def test_a_condition_reads_as_a_clerk_would_write_it(condition, words) -> None:
    (condition,) = leaves(parse(condition))

    assert say_leaf(condition) == words


def test_groups_are_said_line_by_line() -> None:
    rule = parse(
        {
            "all": [
                LOCAL,
                {"any": [
                    leaf("birth_date", "age_ge", 80),
                    {"all": [leaf("birth_date", "age_ge", 60), leaf("care_need", "is", True)]},
                ]},
                {"not": leaf("care_setting", "eq", "institution")},
                {"not": {"any": [
                    leaf("disability", "has", {"any": [
                        {"all": [asked("grade", "le", 2), asked("type", "eq", "mental")]},
                        {"not": asked("cert_valid_to", "on_or_after_as_of")},
                    ]}),
                    leaf("loan_overdue", "is", True),
                ]}},
            ]
        }
    )  # fmt: skip

    assert say(rule) == [
        "1. 户籍地在槐荫区",
        "2. 符合以下任一情形：",
        "　（1）年满80周岁",
        "　（2）同时符合以下各项：",
        "　　①年满60周岁",
        "　　②需要长期照护",
        "3. 不包括：照护场所为养老机构的",
        "4. 不包括以下任一情形：",
        "　（1）残疾情况中至少有一条符合：（残疾等级为2级或更重，且残疾类别为精神），"
        "或者并非残疾人证在有效期内",
        "　（2）当前逾期",
    ]


def test_a_rule_for_everybody_says_so() -> None:
    assert say(parse({"all": []})) == ["不设条件"]


NEVER = [
    {"all": [leaf("birth_date", "age_ge", 60), leaf("birth_date", "age_lt", 18)]},
    {"all": [leaf("sex", "eq", "male"), leaf("sex", "eq", "female")]},
    {"all": [leaf("sex", "eq", "male"), {"not": leaf("sex", "in", ["male", "female"])}]},
    {"all": [LOCAL, {"not": leaf("household_area", "within", ["370100"])}]},
    {"all": [leaf("revenue", "ge", 100), leaf("revenue", "lt", 100)]},
    {"all": [leaf("welfare_status", "any_of", ["tekun"]),
             leaf("welfare_status", "none_of", ["dibao", "tekun"])]},
    {"all": [leaf("size_class", "eq", "micro"), leaf("size_class", "ge", "medium")]},
    {"all": [leaf("industry", "prefix", ["65"]), {"not": leaf("industry", "prefix", ["I"])}]},
    {"all": [leaf("disability", "has"), leaf("disability", "none")]},
    {"all": [leaf("graduated_on", "after", "2026-01-01"),
             leaf("graduated_on", "before", "2026-01-02")]},
    {"all": [leaf("birth_date", "age_ge_on", {"age": 6, "on": "2027-08-31"}),
             leaf("birth_date", "after", "2021-08-31")]},
    {"not": {"any": [leaf("care_need", "is", True), {"not": leaf("care_need", "is", True)}]}},
    {"all": [leaf("birth_date", "age_ge", 60),
             {"any": [leaf("birth_date", "age_lt", 3), leaf("sex", "eq", "male")]}]},
    leaf("disability", "has", {"all": [asked("grade", "eq", 1), asked("grade", "eq", 2)]}),
    leaf("guest_rooms", "between", [14, 5]),
    leaf("sex", "in", []),
    {"any": []},
]  # fmt: skip


@pytest.mark.parametrize("rule", NEVER)
def test_what_can_never_hold_is_doubted(rule) -> None:
    assert doubts(parse(rule)) != []


@pytest.mark.parametrize(
    "rule",
    [
        {"all": [leaf("birth_date", "age_ge", 18), leaf("birth_date", "age_le", 18)]},
        {"all": [leaf("birth_date", "age_ge_in_month", 80), leaf("birth_date", "age_lt", 80)]},
        {"any": [leaf("sex", "eq", "male"), leaf("sex", "eq", "female")]},
        {"all": [leaf("revenue", "ge", 100), leaf("revenue", "le", 100)]},
        {"all": [leaf("industry", "prefix", ["C"]), {"not": leaf("industry", "prefix", ["16"])}]},
        {"all": [leaf("established_on", "years_ge", 1), leaf("established_on", "years_lt", 3)]},
        {"all": [leaf("graduated_on", "after", "2020-01-01"), leaf("graduated_on", "years_ge", 5)]},
        {"all": [leaf("welfare_status", "any_of", ["dibao"]),
                 leaf("welfare_status", "any_of", ["tekun"])]},
        leaf(None, "never"),
        {"all": []},
    ],
)  # fmt: skip
def test_what_somebody_may_meet_is_not_doubted(rule) -> None:
    assert doubts(parse(rule)) == []


def test_a_doubt_names_the_two_conditions() -> None:
    assert doubts(parse(NEVER[0])) == ["这些条件不可能同时成立：年满60周岁；未满18周岁"]


def test_a_rule_of_two_thousand_conditions_is_checked_within_its_tries() -> None:
    ages = [leaf("birth_date", "age_ge", n) for n in range(60)]
    young = [leaf("birth_date", "age_lt", n % 150) for n in range(1900)]

    assert doubts(parse({"all": [*ages, {"any": young}]}))
