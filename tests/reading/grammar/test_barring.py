"""Whom a text shuts out is read wherever it says so: under procedure, in an answer, in any verb."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.findings import spell

_WHO = "一、申报主体。在槐荫区注册的制造业企业。"
_LISTED = "not credit_records has (list in serious_illegal & removed_on null None)"


def _rule(text: str) -> list[str]:
    found = draft(["关于某项奖励的通知", _WHO, text], area_code="370104")
    return [spell(node) for node in found.rule["all"]][2:]


@pytest.mark.parametrize(
    "text",
    [
        "四、监督管理。列入严重违法失信名单的企业，取消申报资格，并追回已拨付资金。",
        "四、有关要求。申报单位列入严重违法失信名单的，不得申报。",
        "四、附则。被列入严重违法失信名单的，停止兑现。",
        "问：被列入严重违法失信名单的企业能申报吗？答：不能。",
        "四、企业存在以下情况暂不兑现：1.列入严重违法失信名单；2.未按期开工。",
        "四、除列入严重违法失信名单的企业外，均可申报。",
        "四、列入严重违法失信名单的企业移出名单后可申报。",
    ],
)
def test_who_stands_on_a_list_is_shut_out_wherever_it_is_said(text: str) -> None:
    assert _rule(text) == [_LISTED]


@pytest.mark.parametrize(
    "text",
    [
        "四、申报材料：营业执照、未被列入严重违法失信名单的承诺书。",
        "四、监督管理。骗取资金的，取消资格。",
        "四、监督管理。评定后发生安全事故的，撤销称号。",
        "四、监督管理。拒不退回的，依法列入严重违法失信名单。",
    ],
)
def test_papers_and_what_comes_after_an_award_shut_nobody_out(text: str) -> None:
    assert _rule(text) == []


def test_an_answer_of_no_shuts_out_whom_its_question_names() -> None:
    assert _rule("问：分公司能申报吗？答：不能，由总公司申报。") == ["not entity_type in branch"]


@pytest.mark.parametrize(
    "verb",
    ["暂停申请", "不作安排", "不参与评选", "撤销申报资格", "予以否决", "不给", "暂缓支持"],
)
def test_every_verb_that_refuses_shuts_out(verb: str) -> None:
    assert _rule(f"四、两年内骗取财政资金的，{verb}。") == [
        "not adverse_events has (kind in fraud_subsidy & occurred_on years_lt 2)"
    ]


def test_who_holds_the_title_already_takes_part_no_more() -> None:
    rule = draft(
        ["本市合作社可以申报，已获评省级及以上示范社且称号仍有效的不再参评。"], area_code="370104"
    ).rule

    assert [node["not"]["fact"] for node in rule["all"] if "not" in node] == ["qualifications"]


def test_another_legal_form_is_only_told_apart_from_the_one_that_is_asked() -> None:
    text = "在区域性股权市场挂牌的股份有限公司，奖励5万元；有限责任公司挂牌的不予奖励。"
    rule = draft([text], area_code="370104").rule

    assert not [node for node in rule["all"] if "not" in node]
