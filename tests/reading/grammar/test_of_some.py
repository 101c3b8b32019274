"""What a text says of some, as a duty, a limit or a way to apply, is asked of nobody."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.findings import spell

FIRMS = "补贴对象为在槐荫区注册的企业。"
PEOPLE = "补贴对象为本区户籍居民。"


def _asked(text: str) -> list[str]:
    return [spell(node) for node in draft(["标题", text], area_code="370104").rule["all"]]


@pytest.mark.parametrize(
    "beside",
    [
        "从业人员不足10人的单位，同期申报人数不得超过3人。",
        "劳务派遣单位应当出具资金分配承诺。",
        "托育机构应公示收费标准。",
        "用人单位应于每年8月31日前向残联申报安排残疾人情况。",
        "小微企业补贴期限最长3年。",
        "有限责任公司每户奖励6万元，个体工商户每户奖励3万元。",
        "原“从业人员20人以下的免征”的规定不再执行。",
        "注册满3年的企业，按实际月份折算。",
        "达到规模以上，或者获得省级专精特新称号的，贴息比例提高到50%。",
    ],
)
def test_a_duty_or_a_limit_of_some_firms_is_asked_of_none(beside: str) -> None:
    assert _asked(FIRMS + beside) == _asked(FIRMS)


@pytest.mark.parametrize(
    "beside",
    [
        "未婚人员可单独申请。",
        "家庭成员中有60周岁以上老年人的，商户应当优先上门。",
        "就业困难人员补贴期限最长3年。",
    ],
)
def test_a_way_to_apply_is_asked_of_nobody(beside: str) -> None:
    assert _asked(PEOPLE + beside) == _asked(PEOPLE)


def test_whom_two_clauses_name_together_is_shut_out_by_both() -> None:
    asked = _asked(PEOPLE + "年满80周岁的老年人，入住养老机构的，不予发放。")

    assert "not (birth_date age_ge 80 & care_setting in institution)" in asked[1]


def test_whom_a_text_treats_likewise_is_one_way_in() -> None:
    asked = _asked("补贴对象应具有本区户籍；户籍不在本区但在本区居住的，同样纳入。")

    assert asked == ["(household_area within 370104 | residence_area within 370104)"]


def test_a_figure_is_named_once_for_several_kinds_of_firms() -> None:
    asked = _asked(FIRMS + "其中批发业年营业收入须达到2000万元，零售业须达到500万元。")

    assert asked[1:] == [
        "((industry prefix 51 & revenue ge 2000) | (industry prefix 52 & revenue ge 500))"
    ]


@pytest.mark.parametrize(
    "beside",
    [
        "为鼓励企业引进高技能人才，制定本办法。",
        "现将有关政策公告如下：一、一个家庭只能申请一次，未婚人员可单独申请。",
        "特困人员、低保对象在定点机构直接结算。",
        "低保对象无力自建的，由村集体统一代建。",
    ],
)
def test_a_purpose_or_a_procedure_is_asked_of_nobody(beside: str) -> None:
    assert _asked(f"{PEOPLE}\n{beside}") == _asked(PEOPLE)


def test_what_is_asked_of_a_persons_own_firm_is_a_record_of_the_person() -> None:
    asked = _asked(
        "补贴对象为本区户籍、年满18周岁的退役军人。申请人所办小微企业注册在槐荫区，正常经营，本人担任法定代表人。"
    )

    assert (
        "businesses has (registered_area within 370104 & role eq legal_rep & operating is True"
        " & size_class in micro,small)" in asked
    )
    assert not any(one.startswith(("registered_area", "size_class")) for one in asked)


def test_a_firm_is_asked_itself_where_no_person_applies() -> None:
    asked = _asked(FIRMS + "法定代表人无失信记录，企业正常经营。")

    assert "registered_area within 370104" in asked


def test_whom_a_bound_leaves_out_need_not_keep_it() -> None:
    asked = _asked(PEOPLE + "申请条件：除低保对象外，年龄不得超过80周岁。")

    assert asked[1:] == ["(welfare_status any_of dibao | birth_date age_le 80)"]


def test_people_listed_in_one_sentence_are_ways_in() -> None:
    asked = _asked("申请人应为下列对象：低保对象；未满18周岁的孤儿；特困人员。")

    assert len(asked) == 1
    assert asked[0].count(" | ") == 2


def test_an_employer_is_no_firm_that_applies() -> None:
    asked = _asked(PEOPLE + "申请条件：就业单位为注册在本区的事业单位或者个体工商户。")

    assert asked[1:] == [
        "employer_area within 370104",
        "employer_type in institution,individual_business",
    ]


@pytest.mark.parametrize(
    "beside", ["由区财政局委托国有企业运营。", "服务机构面向中小微企业提供融资服务。"]
)
def test_who_acts_or_is_served_is_not_asked_of_the_applicant(beside: str) -> None:
    assert _asked(FIRMS + "申请条件：" + beside) == _asked(FIRMS)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("从业人员不得少于5人", "employees ge 5"),
        ("从业人员不得超过50人", "employees le 50"),
    ],
)
def test_what_must_not_be_less_or_more_is_a_bound(told: str, read: str) -> None:
    assert read in _asked(f"{FIRMS}申请条件：{told}。")


@pytest.mark.parametrize(
    "beside",
    [
        "承租公租房的，应当腾退后方可申请。",
        "承租公租房的，不予援助。",
        "承租公租房的，不按本办法补贴。",
    ],
)
def test_who_must_first_give_up_another_benefit_is_shut_out(beside: str) -> None:
    assert _asked(PEOPLE + beside)[1:] == ["not housing_support any_of public_rental"]


def test_the_dead_are_told_nothing_whatever_ends() -> None:
    assert _asked(PEOPLE + "补贴对象死亡的，终止发放。")[1:] == [
        "not deceased_on before_as_of None"
    ]


@pytest.mark.parametrize(
    "beside",
    [
        "计入人数的残疾职工应当持有有效残疾人证。",
        "与安置的每位残疾人签订一年以上劳动合同。",
        "纳税信用A级的纳税人，或者省级以上示范家庭农场，贴息比例提高到50%。",
        "按照市内企业迁移的有关规定办理。",
    ],
)
def test_what_is_asked_of_staff_or_gives_more_is_not_asked_of_all_firms(beside: str) -> None:
    assert _asked(FIRMS + "申报企业应正常经营。" + beside) == _asked(FIRMS + "申报企业应正常经营。")


def test_who_has_paid_back_is_left_in() -> None:
    shut = "创业担保贷款尚未还清的，不得申请"

    asked = _asked(f"{PEOPLE}{shut}；曾经取得创业担保贷款、现已全部还清的，可以申请。")

    assert asked == _asked(f"{PEOPLE}{shut}。")
