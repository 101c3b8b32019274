"""Reading RULE documents: what is taken, what is refused, and where."""

import pytest

from pusher.rules.language import DEEPEST, MOST_LEAVES, BadRule, dump, facts_used, leaves, parse
from tests.rules.makers import asked, leaf

EIGHTY = leaf("birth_date", "age_ge", 80, quote="年满80周岁")


def nested(levels: int) -> object:
    rule: object = EIGHTY
    for _ in range(levels - 1):
        rule = {"all": [rule]}
    return rule


def test_leaves_are_named_in_reading_order_around_the_ids_given() -> None:
    rule = parse(
        {"all": [EIGHTY, {"any": [{**EIGHTY, "id": "c1"}, EIGHTY]}, {"not": leaf(None, "never")}]}
    )

    assert [condition.id for condition in leaves(rule)] == ["c2", "c1", "c3", "c4"]


def test_conditions_on_a_record_are_named_after_their_leaf() -> None:
    rule = leaf("disability", "has", {"all": [asked("grade", "le", 2), asked("type", "null")]})

    document = dump(parse(rule))

    inner = document["value"]
    assert isinstance(inner, dict)
    assert [part["id"] for part in inner["all"]] == ["c1.c1", "c1.c2"]


def test_quotes_are_kept() -> None:
    (condition,) = leaves(parse(EIGHTY))

    assert condition.quote == "年满80周岁"


def test_a_rule_tells_every_fact_it_asks() -> None:
    rule = parse(
        {
            "all": [
                EIGHTY,
                leaf("size_class", "in", ["micro"]),
                leaf("job_started_on", "after_fact", "graduated_on"),
                leaf("wards", "has", asked("birth_date", "age_lt", 3)),
                leaf(None, "manual", quote="信用良好"),
            ]
        }
    )

    sized_by = {"industry", "employees", "revenue", "total_assets"}
    others = {"birth_date", "job_started_on", "graduated_on", "wards"}
    assert facts_used(rule) == sized_by | others


@pytest.mark.parametrize(
    ("rule", "place", "words"),
    [
        ([], "", "应为 all、any、not"),
        ({}, "", "应为 all、any、not"),
        ({"all": [], "any": []}, "", "三者之一"),
        ({"all": {}}, "all", "应为列表"),
        ({"not": []}, "not", "应为 all、any、not"),
        ({"all": [EIGHTY, {"any": [leaf("shoe_size", "eq", 1)]}]}, "all[1].any[0]", "不认识的事实"),
        ({"all": [leaf("birth_date", "older_than", 1)]}, "all[0]", "不认识的运算"),
        (leaf("birth_date", ["age_ge"], 1), "", "不认识的运算"),  # type: ignore[arg-type]
        (leaf("birth_date", "age_ge", "80"), "", "整数"),
        (leaf("birth_date", "age_ge", True), "", "整数"),
        (leaf("birth_date", "age_ge", -1), "", "整数"),
        (leaf("birth_date", "age_ge", 151), "", "0至150"),
        (leaf("birth_date", "ge", 80), "", "不能用于“出生日期”"),
        (leaf("sex", "eq", "男"), "", "没有这个取值"),
        (leaf("sex", "ge", "male"), "", "没有高低次序"),
        (leaf("revenue", "ge", float("inf")), "", "数字"),
        (leaf("revenue", "between", [1]), "", "两个值"),
        (leaf("hard_to_employ", "is", "是"), "", "true 或 false"),
        (leaf("welfare_status", "any_of", ["rich"]), "", "没有这个取值"),
        (leaf("household_area", "within", ["腊山"]), "", "区划代码"),
        (leaf("household_area", "within", ["370104099"]), "", "区划代码"),
        (leaf("industry", "prefix", ["Z"]), "", "门类字母"),
        (leaf("graduated_on", "before", "2026-02-30"), "", "日期"),
        (leaf("graduated_on", "before", "20260201"), "", "日期"),
        (leaf("graduated_on", "between_dates", ["2026-02-01"]), "", "两个日期"),
        (leaf("birth_date", "age_ge_on", 6), "", "周岁"),
        (leaf("deceased_on", "null", 1), "", "不带值"),
        (leaf("job_started_on", "after_fact", "sex"), "", "另一项事实"),
        (leaf("revenue", "ratio_ge", {"fact": "revenue"}), "", "倍数"),
        (leaf("disability", "has", asked("colour", "eq", 1)), "value", "不认识的字段 colour"),
        (
            leaf("disability", "has", {"all": [asked("grade", "le", "2")]}),
            "value.all[0]",
            "数字",
        ),
        ({**EIGHTY, "vaule": 3}, "", "不认识的键：vaule"),
        ({**EIGHTY, "id": 7}, "", "id 应为"),
        ({"all": [{**EIGHTY, "id": "x"}, {**EIGHTY, "id": "x"}]}, "all[1]", "重复"),
        ({**EIGHTY, "quote": 7}, "", "quote"),
        (nested(DEEPEST + 1), ".".join(["all[0]"] * DEEPEST), "嵌套超过50层"),
        ({"all": [EIGHTY] * (MOST_LEAVES + 1)}, f"all[{MOST_LEAVES}]", "条件超过2000条"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(rule, place, words) -> None:
    with pytest.raises(BadRule, match=words.replace("[", r"\[")) as refused:
        parse(rule)

    assert refused.value.place == place
    assert place in str(refused.value)


def test_the_deepest_and_the_longest_rule_are_read() -> None:
    assert parse(nested(DEEPEST))
    assert len(list(leaves(parse({"all": [EIGHTY] * MOST_LEAVES})))) == MOST_LEAVES


def test_a_single_code_stands_for_a_list_of_one() -> None:
    rule = parse(leaf("household_area", "within", "370104"))

    assert dump(rule)["value"] == ["370104"]
