"""What was read in part goes to a person: records, and what is said of others."""

import pytest

from profiles.facts import vocabulary
from pusher.reading.grammar.documents.narrowing import Qualifier, qualifiers, without_parts
from pusher.reading.grammar.drafting import Draft, draft
from pusher.reading.grammar.findings import field, has, spell

QUALIFIERS = qualifiers()


def _draft(text: str) -> Draft:
    return draft(["标题", text], area_code="370104")


def _said(text: str) -> str:
    return spell(_draft(text).rule)


@pytest.mark.parametrize("one", QUALIFIERS, ids=lambda one: one.examples[0][:14])
def test_a_record_that_says_less_than_its_clause_goes_to_a_person(one: Qualifier) -> None:
    assert len(one.examples) >= 2
    for words in one.examples:
        for fact in one.of:
            rule = {"all": [{**has(fact, field("kind", "eq", "any")), "quote": words}]}

            left = without_parts(rule, f"前一句。{words}。后一句。")

            assert left == {"all": [{"fact": None, "op": "manual", "value": None, "quote": words}]}


@pytest.mark.parametrize("one", QUALIFIERS, ids=lambda one: one.examples[0][:14])
def test_a_record_that_says_what_narrows_it_is_kept(one: Qualifier) -> None:
    known = vocabulary()
    for fact in one.of:
        fields = {part.code for part in known[fact].fields} & one.needs
        assert fields, (fact, "has none of the fields that would say it")
        others = [q for q in QUALIFIERS if fact in q.of]
        told = [field(code, "eq", 1) for q in others for code in q.needs]
        rule = {"all": [{**has(fact, *told), "quote": words} for words in one.examples]}

        assert without_parts(rule, "。".join(one.examples)) == rule


def test_what_narrows_a_record_is_looked_for_in_its_own_sentence() -> None:
    text = "在本区注册的企业，从银行获得流动资金贷款的，给予贴息。2026年单户贴息最高5万元。"

    assert "loans has (kind eq working_capital & lender eq bank)" in _said(text)


def test_a_loan_of_one_year_alone_is_not_taken_for_any_loan() -> None:
    text = "在本区注册的企业，2025年向金融机构申请的经营性贷款且单笔金额不超过50万元的，给予贴息。"

    said = _said(text)

    assert "loans has" not in said or ("drawn_on" in said and "amount le 50" in said)


def test_an_accident_within_a_term_is_not_taken_for_any_accident() -> None:
    text = "补助对象为本区注册的企业。两年内受到证券监管处罚，或发生重大环保事故的，不予补助。"

    said = _said(text)

    assert "occurred_on" in said or "adverse_events" not in said


@pytest.mark.parametrize(
    "text",
    [
        "对在本区注册、每引进1家高新技术企业的孵化器，给予3万元奖励。",
        "对为小微企业提供担保的融资担保公司，注册在本区的给予补助。",
    ],
)
def test_whom_an_applicant_brings_in_or_serves_is_no_fact_of_its_own(text: str) -> None:
    said = _said(text)

    assert "high_tech" not in said
    assert "size_class" not in said


@pytest.mark.parametrize("parent", ["父母一方为一级、二级残疾人", "父母双方均为一级残疾人"])
def test_what_is_said_of_a_parent_is_no_fact_of_the_child(parent: str) -> None:
    found = _draft(f"资助对象为本区户籍学生，以及低保家庭中{parent}的学生。")

    assert "disability" not in spell(found.rule)
    assert any("父母" in quote for quote in found.needs_person)


def test_a_sentence_goes_on_about_whom_an_applicant_trains() -> None:
    text = "申请企业须在我区注册。培训对象为签订1年以上劳动合同的人员，年龄不超过50周岁。"

    found = _draft(text)

    assert "birth_date" not in spell(found.rule)
    assert "contract_months" not in spell(found.rule)
    assert any("劳动合同" in quote for quote in found.needs_person)


def test_whom_a_grantee_serves_is_told_from_the_grantee() -> None:
    text = "资助对象为本区登记的社会团体。服务对象应为本区户籍的低保对象、残疾人。"
    alone = "服务对象为本区户籍的低保对象、残疾人。"

    assert "disability" not in _said(text)
    assert "disability" in _said(alone)


@pytest.mark.parametrize(
    "who", ["年龄不满40周岁的返乡青年创办的家庭农场", "退役军人创办的家庭农场"]
)
def test_for_whom_a_grant_is_raised_is_asked_of_nobody(who: str) -> None:
    text = f"补助对象为本区注册的农民专业合作社。{who}，补助标准上浮20%。"

    said = _said(text)

    assert "birth_date" not in said
    assert "veteran" not in said
    assert "family_farm" not in said


@pytest.mark.parametrize("where", ["考入全日制普通高等学校本科", "被全日制本科高校录取"])
def test_where_somebody_will_study_is_no_schooling_they_have(where: str) -> None:
    assert "education_mode" not in _said(f"资助对象为{where}的本区户籍学生。")


@pytest.mark.parametrize(
    "who", ["居家生活，未入住养老机构的老年人", "居家生活且未入住敬老院的老年人"]
)
def test_who_must_not_live_in_a_home_is_not_asked_to_live_in_one(who: str) -> None:
    said = _said(f"补贴对象为本区户籍、{who}。")

    assert "not care_setting in institution" in said
    assert "not not" not in said


@pytest.mark.parametrize("home", ["家庭在本区无其他住房", "申请人名下没有其他住房"])
def test_another_home_is_no_help_with_housing(home: str) -> None:
    assert "housing_support" not in _said(f"申请家庭应具有本市户籍，{home}。")


@pytest.mark.parametrize("where", ["具有本市户籍且居住在本区", "本市户籍且常住在本区"])
def test_each_place_belongs_to_its_own_word(where: str) -> None:
    said = _said(f"补贴对象为{where}的老年人。")

    assert "household_area within 370100" in said
    assert "household_area within 370104" not in said


@pytest.mark.parametrize(
    "thing", ["2018年6月30日前注册登记的柴油货车的所有人", "车辆登记地在济南市的所有人"]
)
def test_where_and_when_a_thing_was_registered_is_no_fact_of_a_firm(thing: str) -> None:
    said = _said(f"补贴对象为{thing}。")

    assert "established_on" not in said
    assert "registered_area" not in said


@pytest.mark.parametrize("first", ["无自有住房的，优先配租", "登记失业的，优先录用"])
def test_who_comes_first_is_no_condition(first: str) -> None:
    said = _said(f"补贴对象为本区户籍的低保对象。{first}。")

    assert "homes_owned" not in said
    assert "employment_status" not in said


@pytest.mark.parametrize("school", ["就读全日制大专以上学校的", "考入全日制本科以上院校的"])
def test_the_rank_of_a_school_is_no_degree(school: str) -> None:
    said = _said(f"资助对象为本区户籍、{school}孤儿。")

    assert "education" not in said


@pytest.mark.parametrize("who", ["所有人为个体工商户或者企业", "运营单位包含企业、民办非企业单位"])
def test_firms_named_last_or_behind_a_word_that_lists_are_read(who: str) -> None:
    assert "llc" in _said(f"补贴对象为在本区注册的经营主体，{who}。")


@pytest.mark.parametrize(
    "who", ["未列入旅游市场严重失信名单的旅行社", "未列入经营异常名录的旅行社"]
)
def test_whom_a_clause_names_behind_what_it_denies_is_asked_for(who: str) -> None:
    said = _said(f"奖励对象为注册在济南市、{who}。")

    assert "business_types any_of travel_agency" in said
    assert "not business_types" not in said


@pytest.mark.parametrize("rest", ["其他家庭每平方米12元", "其他居民10元"])
def test_where_all_others_are_given_something_nobody_is_asked(rest: str) -> None:
    text = "申请家庭应具有本市户籍。低保家庭、特困人员补贴标准为每平方米18元，"

    assert "welfare_status" not in _said(f"{text}{rest}。")


def test_an_exclusion_that_would_shut_out_all_who_are_asked_is_left_to_a_person() -> None:
    text = (
        "支持对象为在本区首次创办小微企业并正常经营的本市户籍人员。"
        "名下有其他正常经营企业的，不予支持。"
    )

    said = _said(text)

    assert "businesses has" in said
    assert "not businesses has" not in said
    assert "not None manual None" in said
