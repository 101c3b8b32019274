"""A heading says what stands under it, whether it is a number, a bracket or a question."""

import pytest

from pusher.reading.grammar.documents.outline import outline
from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.findings import spell


def _asked(text: str) -> list[str]:
    return [spell(node) for node in draft(["标题", text], area_code="370104").rule["all"]]


AREA = "registered_area within 370104"
STAFF = "employees ge 20"
LISTED = "not credit_records has (list in abnormal & removed_on null None)"


@pytest.mark.parametrize(
    "text",
    [
        "问：哪些企业可以申报？答：在槐荫区注册的企业。问：还有哪些要求？答：从业人员不少于20人。"
        "问：哪些情形不给？答：列入经营异常名录的。",
        "【支持谁】在槐荫区注册的企业，从业人员不少于20人。【什么情况不给】列入经营异常名录的；骗"
        "取资金的。",
        "【申报条件】1.在槐荫区注册的企业；2.从业人员不少于20人。【限制情形】列入经营异常名录。",
        "一、哪些企业能享受？在槐荫区注册的企业。二、人员要求：从业人员不少于20人。三、什么情形不"
        "补？列入经营异常名录的。",
    ],
)
def test_questions_and_brackets_are_headings(text: str) -> None:
    asked = _asked(text)

    assert {AREA, STAFF, LISTED} <= set(asked)


def test_a_question_states_nothing() -> None:
    asked = _asked("问：小微企业怎么申请？答：登录平台。问：谁可以申请？答：槐荫区注册的企业。")

    assert not any("size_class" in one for one in asked)


def test_whoever_is_off_the_list_is_not_shut_out_by_it() -> None:
    asked = _asked(
        "支持对象为在槐荫区注册的企业。不予支持情形：列入经营异常名录的，但已移出的不受影响。"
    )

    assert LISTED in asked


def test_an_item_knows_its_heading_and_what_stands_under_it() -> None:
    tree = outline(["【限制情形】甲。乙。一、补给谁？丙。二、对象：丁。"])

    assert [(one.heading, one.body) for one in tree.walk()][1:] == [
        ("限制情形", "甲。乙。"),
        ("补给谁", "丙。"),
        ("对象", "丁。"),
    ]


@pytest.mark.parametrize(
    "ending",
    ["不得再次申领", "不予重复发放", "不予支出型救助", "不再列入本批次", "不安排参加", "应予剔除"],
)
def test_a_benefit_that_was_had_shuts_out_whatever_is_not_given(ending: str) -> None:
    asked = _asked(f"补贴对象为本区户籍老年人。已领取过适老化改造补贴的，{ending}。")

    assert any(one.startswith("not benefits_received") for one in asked)
