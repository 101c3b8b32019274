"""What a text says once for several: a year, a code, a term; and words close together."""

import pytest

from pusher.reading.grammar.drafting import Draft, draft
from pusher.reading.grammar.findings import spell
from pusher.reading.grammar.joining import leaves_of


def read(text: str) -> Draft:
    return draft([text], area_code="370104")


def leaves(text: str) -> list[str]:
    return [spell(leaf) for leaf in leaves_of(read(text).rule)]


@pytest.mark.parametrize("verb", ["评为", "获批"])
def test_the_year_of_an_award_holds_for_the_award_named_next(verb: str) -> None:
    told = leaves(
        f"对2025年首次{verb}市级绿色工厂的企业奖励10万元，对首次{verb}国家级绿色工厂的企业奖励30万元。"
    )

    for level in ("city", "nation"):
        award = f"code eq green_factory & level eq {level} & batch_year eq 2025 & review eq new"
        assert f"qualifications has ({award})" in told


@pytest.mark.parametrize(
    ("out", "codes"),
    [
        ("不包括信息技术咨询服务（行业小类6560）和呼叫中心（6591）", {"6560", "6591"}),
        ("不包括数字内容服务（行业中类657）、集成电路设计（6520）", {"657", "6520"}),
    ],
)
def test_a_code_counts_for_a_name_that_no_list_has(out: str, codes: set[str]) -> None:
    told = read(f"本区软件和信息技术服务业（行业大类65）企业可申请补助，{out}。").rule

    assert codes in [set(leaf["value"]) for leaf in leaves_of(told) if leaf["fact"] == "industry"]


@pytest.mark.parametrize(
    "who",
    [
        "父母双方均外出务工连续6个月以上",
        "父母一方外出务工满6个月、另一方服刑在押",
    ],
)
def test_a_parent_who_works_away_has_done_so_for_months(who: str) -> None:
    told = leaves(f"本办法所称关爱对象，是指{who}的儿童。关爱对象可以申请补贴。")

    assert "father_state eq working_away" in told
    assert "father_state_since months_ge 6" in told


@pytest.mark.parametrize(
    ("loan", "wanted"),
    [
        ("取得银行固定资产贷款的", "kind eq fixed_asset & lender eq bank"),
        (
            "首次获得银行机构流动资金贷款的",
            "kind eq working_capital & lender eq bank & first_ever is True",
        ),
    ],
)
def test_a_loan_of_a_bank_is_no_loan_of_another(loan: str, wanted: str) -> None:
    assert f"loans has ({wanted})" in leaves(f"本区企业{loan}，按贷款额的1%给予补助。")


@pytest.mark.parametrize("who", ["小型、微型建筑业企业", "小微餐饮业企业"])
def test_a_size_stands_before_an_industry(who: str) -> None:
    told = leaves(f"补贴对象为在本区注册的{who}。已达到中型及以上规模的企业不适用。")

    assert "size_class in micro,small" in told
    assert not any("medium" in leaf for leaf in told)


@pytest.mark.parametrize(
    ("home", "code"), [("托育机构", "childcare_filing"), ("养老机构", "elderly_care_filing")]
)
def test_a_filing_within_its_term_is_in_force(home: str, code: str) -> None:
    told = read(f"支持对象：在本区登记、2026年处于备案有效期内的{home}。")

    filing = f"qualifications has (code eq {code} & valid_to on_or_after_as_of None)"
    assert filing in [spell(leaf) for leaf in leaves_of(told.rule)]
    assert told.needs_person == ()


@pytest.mark.parametrize(
    ("grade", "level"), [("高级工及以上", "ge level3"), ("技师及以上", "ge level2")]
)
def test_the_paper_that_proves_a_grade_asks_nothing_more(grade: str, level: str) -> None:
    told = read(f"申请人应当取得{grade}职业技能等级证书，可申请津贴。")

    assert f"skill_level {level}" in [spell(leaf) for leaf in leaves_of(told.rule)]
    assert told.needs_person == ()


def test_the_year_of_a_listing_holds_for_the_next_one_in_its_sentence() -> None:
    told = leaves(
        "对2025年在新三板挂牌的企业奖励30万元，对在北交所上市的企业奖励200万元；"
        "对在境外上市的企业奖励100万元。"
    )

    year = "on between_dates 2025-01-01,2025-12-31"
    assert f"listing has (board eq neeq & stage eq listed & {year})" in told
    assert f"listing has (board eq bse & stage eq listed & {year})" in told
    assert "listing has (board eq overseas & stage eq listed)" in told


@pytest.mark.parametrize(
    "out",
    [
        "仅完成辅导备案、尚未挂牌的企业不在本次奖励范围。",
        "只取得受理但未上市的企业不予奖励。",
    ],
)
def test_who_has_come_only_part_of_the_way_is_not_shut_out_by_having_come_it(out: str) -> None:
    told = read(f"对在北交所上市的本区企业奖励200万元。{out}").rule

    assert not any(leaf.get("value") == "tutoring" for leaf in leaves_of(told))
    assert "not" not in str(told)


@pytest.mark.parametrize(
    "penalty", ["近两年未因欠薪受到行政处罚", "近两年无重大安全事故、未因欠薪受到行政处罚"]
)
def test_a_firm_was_not_fined_for_unpaid_wages_within_its_term(penalty: str) -> None:
    told = leaves(f"申报企业须在本区注册，{penalty}。")

    assert "adverse_events none (kind in wage_arrears & occurred_on years_lt 2)" in told


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        ("视力、听力残疾", "disability has (type in visual,hearing)"),
        (
            "智力残疾且残疾等级为一级至三级",
            "disability has (grade in 1,2,3 & type in intellectual)",
        ),
    ],
)
def test_a_kind_of_disability_needs_no_person_behind_it(who: str, wanted: str) -> None:
    told = read(f"救助对象为本区户籍、经评定为{who}的儿童。")

    assert wanted in [spell(leaf) for leaf in leaves_of(told.rule)]
    assert told.needs_person == ()


@pytest.mark.parametrize("form", ["股份有限公司", "有限责任公司"])
def test_a_single_legal_form_is_read_and_the_name_of_a_bank_is_not(form: str) -> None:
    kinds = {"股份有限公司": "joint_stock", "有限责任公司": "llc"}

    assert f"entity_type in {kinds[form]}" in leaves(f"申报企业须为本区注册的{form}。")
    assert not any(
        "entity_type" in leaf for leaf in leaves(f"本区小微企业可申请，资金由某某银行{form}发放。")
    )


def test_whom_a_base_takes_in_stands_beside_what_it_is() -> None:
    told = leaves("对接收离校2年内未就业高校毕业生参加就业见习的市级就业见习基地给予补贴。")

    assert "new_hires has (category any_of graduate_2y & category any_of intern)" in told
    assert "qualifications has (code eq internship_base & level eq city)" in told


@pytest.mark.parametrize(
    "when", ["2025年1月1日以后新增的经营性贷款", "2025年1月1日之后新发放的经营性贷款"]
)
def test_a_loan_counts_from_its_day(when: str) -> None:
    told = leaves(f"对本区企业{when}，按担保费的50%给予补助。")

    assert "loans has (kind eq operating & drawn_on on_or_after 2025-01-01)" in told


@pytest.mark.parametrize(
    ("out", "shut"),
    [
        ("处于歇业状态或者纳税信用为D级的不予奖励。", "registration_status in suspended"),
        ("已歇业或被列入经营异常名录的不予奖励。", "registration_status in suspended"),
    ],
)
def test_the_first_of_two_reasons_counts_as_the_second(out: str, shut: str) -> None:
    rule = read(f"申报企业须在本区登记注册。{out}").rule

    assert f"not {shut}" in [spell(node) for node in rule["all"]]


@pytest.mark.parametrize("none", ["名下无企业、个体工商户等经营主体", "名下没有正常经营的企业"])
def test_who_must_run_no_firm_is_asked_to_run_none(none: str) -> None:
    told = leaves(f"申请人应为本区户籍、登记失业的居民，且{none}。")

    assert "businesses none (operating is True)" in told


@pytest.mark.parametrize("out", ["入住养老机构或者住院的", "入住养老机构、住院的"])
def test_who_lies_in_a_hospital_is_named_beside_who_lives_in_a_home(out: str) -> None:
    rule = read(f"补助对象为本区户籍、年满70周岁的老年人。{out}，不予补助。").rule

    cared = [leaf["value"] for leaf in leaves_of(rule) if leaf["fact"] == "care_setting"]
    assert {one for values in cared for one in values} == {"institution", "hospital"}


@pytest.mark.parametrize("or_", ["或者", "或"])
def test_a_field_of_work_before_or_is_of_firms_too(or_: str) -> None:
    told = read(f"对本区注册的零售{or_}餐饮企业，经营面积300平方米以上的，给予20万元补助。")

    assert {"52", "62"} == {
        code
        for leaf in leaves_of(told.rule)
        if leaf["fact"] == "industry"
        for code in leaf["value"]
    }


@pytest.mark.parametrize("and_", ["和", "及"])
def test_how_grave_the_second_accident_must_be_says_nothing_of_the_first(and_: str) -> None:
    told = leaves(f"本区企业上年度营业收入200万元以上，近三年无食品安全事故{and_}重大质量事故。")

    assert "adverse_events none (kind in food & occurred_on years_lt 3)" in told
    grave = "kind in quality & severity in major,severe & occurred_on years_lt 3"
    assert f"adverse_events none ({grave})" in told


def test_the_figure_behind_two_bounds_belongs_to_the_last() -> None:
    told = leaves("上年度出口额大于零且不超过3000万元的企业可申请补助。")

    assert {"export_value gt 0", "export_value le 3000"} <= set(told)


def test_a_second_bound_may_name_who_set_it() -> None:
    told = leaves("安排残疾人就业比例达到1%以上、但未达到本省规定的1.5%的单位，减半征收保障金。")

    assert {"disabled_ratio ge 1", "disabled_ratio lt 1.5"} <= set(told)


def test_a_level_named_for_the_same_project_is_another_way_in() -> None:
    told = leaves("2025年1月1日以来获得立项的国家级科技计划项目，或者省级科技计划项目，给予配套。")

    for level in ("nation", "province"):
        approval = f"level eq {level} & granted_on on_or_after 2025-01-01"
        assert f"project_approvals has ({approval})" in told


def test_a_term_of_what_befell_a_firm_is_not_of_the_list_it_still_stands_on() -> None:
    told = leaves("企业近三年没有环境违法问题，没有被列入经营异常名录且未移出的情况。")

    assert "credit_records has (list in abnormal & removed_on null None)" in told


def test_a_home_is_rented_and_premises_are_not() -> None:
    told = leaves("利用租赁场所举办托育点，已取得托育机构备案的，给予补助。")

    assert "qualifications has (code eq childcare_filing)" in told
    assert not [one for one in told if one.startswith("rented_homes")]


def test_who_pays_a_levy_by_steps_is_asked_for_its_step() -> None:
    told = read("在本市缴纳税费的单位，安排残疾人就业比例达到1%以上的，按应缴费额的50%缴纳。")

    assert "disabled_ratio ge 1" in [spell(leaf) for leaf in leaves_of(told.rule)]
    assert not told.needs_person


def test_how_many_are_counted_asks_nothing_of_who_applies() -> None:
    text = (
        "本区企业可以申请。招用残疾人的，计入所安排的人数；依法签订一年以上劳动合同的，方可计入。"
    )

    assert not [one for one in leaves(text) if one.startswith("new_hires")]


def test_the_standards_of_an_application_are_its_conditions() -> None:
    text = (
        "二、申报标准。1.质量：产品取得绿色食品认证，证书在有效期内。2.规模：登记成员不少于80户。"
    )
    stands = "code eq green_food & valid_to on_or_after_as_of None"

    assert leaves(text) == [f"qualifications has ({stands})", "coop_members ge 80"]


def test_whose_stamp_is_needed_is_not_who_applies() -> None:
    assert not [
        one for one in leaves("旅行社可以申请，人数须经住宿企业盖章确认。") if "industry" in one
    ]


def test_each_size_of_exporter_is_a_way_in_of_its_own() -> None:
    text = (
        "一、统一投保。对上年度出口额不超过3000万元的企业，由区商务局统一投保。"
        "二、自主投保。上年度出口额超过3000万元的企业自行投保短期出口信用保险，实缴保费2万元以上的，给予补助。"
    )
    found = read(text)
    bigger = "(export_value gt 3000 & export_insurance_premium ge 2)"

    assert [spell(node) for node in found.rule["all"]] == [f"(export_value le 3000 | {bigger})"]
    assert not found.needs_person


@pytest.mark.parametrize(
    ("text", "eased"),
    [
        ("登记成员不少于90户，从事特色种养的可放宽到40户。", "coop_members ge 40"),
        ("从业人员不超过300人，劳动密集型企业放宽到500人。", "employees le 500"),
    ],
)
def test_an_eased_bound_is_on_the_side_of_the_one_it_eases(text: str, eased: str) -> None:
    assert eased in leaves(f"申报条件：{text}")


def test_what_must_stand_is_the_award_that_is_named_with_it() -> None:
    told = leaves(
        "托育机构已完成备案的，给予建设补助；托育机构除完成备案外还应当经认定为普惠托育机构并在认定有效期内，给予运营补助。"
    )

    assert "qualifications has (code eq childcare_filing)" in told
    assert (
        "qualifications has (code eq inclusive_childcare & valid_to on_or_after_as_of None)" in told
    )


def test_a_rating_by_its_step_is_of_the_trade_that_the_text_speaks_of() -> None:
    told = leaves("本细则适用于养老机构。申报机构经评定取得三级以上等级的，给予奖励。")

    assert "qualifications has (code eq care_rating & grade ge 3)" in told


def test_a_trade_told_of_the_last_of_a_list_is_asked_of_that_one_alone() -> None:
    text = "在本区登记的家庭农场、农民专业合作社和从事畜禽养殖的企业，给予补贴。"
    firms = "(entity_type in llc,joint_stock,sole_prop,partnership & industry prefix 03)"
    found = read(text)

    told = [spell(node) for node in found.rule["all"]]
    assert f"(entity_type in family_farm,cooperative | {firms})" in told
    assert not found.needs_person


def test_travel_agencies_and_their_branches_are_kinds_of_entities() -> None:
    told = leaves("本细则适用于本市登记的旅行社，包括独立法人旅行社及其分社。")

    assert "entity_type in llc,joint_stock,branch" in told


def test_what_an_opening_says_roughly_is_no_second_way() -> None:
    text = (
        "根据部署，面向失能老年人发放电子券。\n"
        "一、发放范围：60周岁以上，经评估为中度、重度或者完全失能等级的老年人。"
    )

    said = spell(draft(text.split("\n"), area_code="370104").rule)

    assert "ability_level ge moderate" in said
    assert "ability_level ge mild" not in said
