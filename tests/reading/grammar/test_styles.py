"""One rule, drafted in many styles: lists, articles, brackets, headings, questions."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.findings import spell

OF_FIRMS = [
    (
        "一、支持对象\n在槐荫区注册的高新技术企业。\n二、不予支持的情形\n列入严重违法失信名"
        "单的企业。"
    ),
    (
        "第二条 申报企业应当具备下列条件：（一）注册地在槐荫区；（二）为高新技术企业；（三）未列"
        "入严重违法失信名单。"
    ),
    ("申报条件：1.在槐荫区注册；2.高新技术企业；3.不属于严重违法失信企业。"),
    ("（一）申报主体：槐荫区注册的高新技术企业。（二）排除情形：严重违法失信企业。"),
    ("支持对象为注册在槐荫区的高新技术企业，但列入严重违法失信名单的除外。"),
    ("注册在槐荫区的高新技术企业（列入严重违法失信名单的除外），给予10万元补助。"),
    ("补助范围：凡工商注册地址在槐荫区的高新技术企业均可申报，严重违法失信企业不在此列。"),
    ("申报企业须为槐荫区内高新技术企业且无严重违法失信记录。列入严重违法失信名单的一票否决。"),
    (
        "符合以下全部条件的企业可以申报——（1）在槐荫区登记注册；（2）拥有高新技术企业资格；（"
        "3）未被列入严重违法失信名单。"
    ),
    (
        "一、申报范围 槐荫区注册企业。二、申报条件 具有高新技术企业证书。三、负面清单 被列入严"
        "重违法失信名单。"
    ),
    ("谁可以申请？在槐荫区注册的高新技术企业。谁不能申请？列入严重违法失信名单的企业。"),
    (
        "本办法适用于在槐荫区注册的高新技术企业。有下列情形之一的，不予支持：（一）列入严重违法失"
        "信名单；（二）骗取财政资金的。"
    ),
]
OF_PEOPLE = [
    ("发放对象：槐荫区户籍、60周岁以上的低保老年人。入住养老机构的不予发放。"),
    (
        "一、补贴对象。（一）具有槐荫区户籍；（二）年满60周岁；（三）属于低保家庭。二、入住养老"
        "机构期间停发。"
    ),
    (
        "凡户籍在槐荫区、年龄60周岁及以上、享受最低生活保障的老人，可向社区申请。已入住养老机构"
        "的除外。"
    ),
    ("申请人应符合：1.槐荫区户籍；2.60岁以上；3.低保对象。以下人员不享受：入住养老机构的老年人。"),
    ("低保家庭中年满60周岁、具有我区户籍的老年人为补贴对象，入住养老机构者不在补贴范围。"),
    ("补贴范围为我区户籍60周岁（含）以上低保老年人（入住养老机构的除外）。"),
    (
        "第三条 具有槐荫区户籍的下列老年人，可申请补贴：（一）60周岁以上的低保对象；（二）80"
        "周岁以上的独居老年人。第四条 入住养老机构的，不纳入补贴范围。"
    ),
    (
        "享受补贴人员须同时满足户籍在槐荫区、年满60周岁、低保家庭三个条件。入住养老机构的人员不"
        "得申领。"
    ),
    ("对象：本区户籍老年人，年满60周岁，低保。不含：入住养老机构人员。"),
    (
        "问：哪些人可以领？答：具有槐荫区户籍、年满60周岁的低保老年人。问：哪些人不能领？答：入"
        "住养老机构的老年人。"
    ),
]
SHUTS = [
    "不得纳入",
    "予以剔除",
    "不计入补贴范围",
    "不在支持之列",
    "不作为申报主体",
    "不具备申报资格",
    "不列入奖励名单",
    "予以排除",
    "不予核拨",
    "无权申请",
    "不予兑现",
    "停止享受",
    "一律不予补贴",
    "取消申报资格",
    "除外",
]


def _rule(text: str) -> str:
    found = draft(["关于某项补贴的通知", *text.split("\n")], area_code="370104")
    return " ; ".join(spell(node) for node in found.rule["all"])


@pytest.mark.parametrize("text", OF_FIRMS, ids=lambda text: text[:12])
def test_whom_a_text_takes_and_shuts_out_is_read_in_any_style(text: str) -> None:
    rule = _rule(text)

    assert "registered_area within 370104" in rule
    assert "qualifications has (code eq high_tech" in rule
    assert "not credit_records has (list in serious_illegal" in rule


@pytest.mark.parametrize("text", OF_PEOPLE, ids=lambda text: text[:12])
def test_so_it_is_of_people(text: str) -> None:
    rule = _rule(text)

    for asked in ("household_area within 370104", "birth_date age_ge 60", "any_of dibao"):
        assert asked in rule
    assert "not care_setting in institution" in rule


@pytest.mark.parametrize("words", SHUTS)
def test_every_word_that_shuts_out_does(words: str) -> None:
    rule = _rule(f"补贴对象为在本区注册的企业。被列入经营异常名录的企业，{words}。")

    assert "not credit_records has (list in abnormal" in rule
