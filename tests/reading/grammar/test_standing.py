"""Lists that firms stand on, and what befell them: each field in whatever words and order."""

import re

import pytest

from pusher.reading.grammar.findings import Scope, spell, without_overlaps
from pusher.reading.grammar.phrases.standing import family
from pusher.reading.grammar.records import events, lists
from pusher.reading.grammar.records.events import find_events
from pusher.reading.grammar.records.lists import find_lists

_OF_EVENTS = [tuple(one.split(" → ")) for one in events.examples()]
_OF_LISTS = [tuple(one.split(" → ")) for one in lists.examples()]


@pytest.mark.parametrize(("text", "meant"), _OF_EVENTS)
def test_each_kind_of_event_reads_its_examples(text: str, meant: str) -> None:
    assert _read_events(text) == [meant]


@pytest.mark.parametrize(("text", "meant"), _OF_LISTS)
def test_each_list_reads_its_examples(text: str, meant: str) -> None:
    assert _read_lists(text) == [meant]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("近三年无重大安全、质量事故", ["safety,quality & severity in major,severe & 3"]),
        ("近三年无较大以上的食品安全、消防事故",
         ["food,safety & severity in larger,major,severe & 3"]),
        ("近三年无食品安全事故和重大质量事故",
         ["food & 3", "quality & severity in major,severe & 3"]),
        ("一年内发生环保事件，或者受过生产安全较大以上事故处罚的",
         ["environment & 1", "safety & severity in larger,major,severe & 1"]),
        ("两年内发生环境事件且程度在一般以上的",
         ["environment & severity in general,larger,major,severe & 2"]),
        ("因环境违法受到重大以上处罚的", ["environment & severity in major,severe"]),
        ("因偷税、骗取财政资金受到处罚未满三年", ["tax,fraud_subsidy & 3"]),
        ("因刷单被查处不满一年，或者两年内发生食品安全事故的", ["brushing & 1", "food & 2"]),
        ("因环境违法被处罚，自处罚之日起两年内不得申报", ["environment & 2"]),
        ("一年内有环境违法记录的，不予受理，但情节轻微的除外",
         ["environment & severity ne minor & 1"]),
        ("上年度营业收入不低于200万元，未发生安全事故", ["safety"]),
        ("近三年营业收入平均增长10%，未发生安全事故", ["safety"]),
        ("未拖欠农民工工资，近两年无质量问题", ["wage_arrears", "quality & 2"]),
    ],
)  # fmt: skip
def test_severity_and_term_go_to_the_events_that_they_are_said_of(
    text: str, meant: list[str]
) -> None:
    told = [re.sub("kind in |occurred_on years_lt ", "", one) for one in _read_events(text)]
    assert told == [f"adverse_events none ({one})" for one in meant]


@pytest.mark.parametrize(
    "text",
    [
        "食品安全管理制度健全且无违法记录",
        "购买安全生产责任保险",
        "通过环境管理体系认证",
        "营商环境问题",
        "提升产品质量",
    ],
)
def test_words_of_an_event_without_a_blow_tell_none(text: str) -> None:
    assert _read_events(text) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("企业有尚未移出的严重违法失信记录", ["serious_illegal & removed_on null None"]),
        ("申报时仍处于经营异常名录或者严重违法失信名单的",
         ["abnormal,serious_illegal & removed_on null None"]),
        ("列入失信被执行人名单的，但已移出的不受影响",
         ["judgment_defaulter & removed_on null None"]),
        ("三年内曾经列入严重违法失信名单的，无论是否移出",
         ["serious_illegal & listed_on years_lt 3"]),
        ("一年内被列入经营异常名录且至今未移出的",
         ["abnormal & listed_on years_lt 1 & removed_on null None"]),
        ("近两年无严重失信情况（严重违法失信、失信被执行）",
         ["serious_illegal,judgment_defaulter & (listed_on years_lt 2 | removed_on null None)"]),
        ("近三年因环境违法被处罚，或者被列入经营异常名录的", ["abnormal & removed_on null None"]),
        ("被移出经营异常名录未满一年的",
         ["abnormal & (removed_on years_lt 1 | removed_on null None)"]),
        ("列入经营异常名录、严重违法失信名单等失信名单的",
         ["abnormal,serious_illegal & removed_on null None"]),
        ("列入严重违法失信名单且未完成信用修复的", ["serious_illegal & repaired is False"]),
    ],
)  # fmt: skip
def test_an_entry_counts_as_long_as_the_text_says(text: str, meant: list[str]) -> None:
    assert _read_lists(text) == [f"credit_records none (list in {one})" for one in meant]


@pytest.mark.parametrize(
    "text",
    [
        "拒不退回的，依法列入严重违法失信名单",
        "移出失信名单满一年的企业可以申报",
        "列入经营异常名录后已移出的，不受影响",
        "无科研失信行为",
    ],
)
def test_who_left_a_list_or_is_yet_to_be_listed_is_not_shut_out(text: str) -> None:
    assert _read_lists(text) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("上年度纳税信用评价结果为A级、B级或者M级", "tax_credit_grade ge M"),
        ("纳税信用级别不低于B级", "tax_credit_grade ge B"),
        ("纳税信用等级为A级的纳税人", "tax_credit_grade eq A"),
        ("纳税信用评价非C级、D级", "not tax_credit_grade in C,D"),
        ("纳税信用被评为D级的企业", "tax_credit_grade eq D"),
        ("处于歇业、吊销状态的", "registration_status in suspended,revoked"),
        ("已注销或者被吊销营业执照的单位", "registration_status in cancelled,revoked"),
        ("登记状态为存续", "registration_status eq active"),
        ("依法缴纳社会保险费且无欠缴", "social_insurance_arrears is False"),
        ("当前欠缴社会保险费的", "social_insurance_arrears is True"),
    ],
)
def test_grades_states_and_dues_are_read_in_any_wording(text: str, meant: str) -> None:
    found = without_overlaps(family().find(text, Scope(text, "370104")))
    assert [spell(one.node) for one in found] == [meant]


@pytest.mark.parametrize(
    "text", ["所办主体处于正常经营状态", "转企前已注销营业执照重新设立的", "注销旧车登记"]
)
def test_how_another_thing_stands_says_nothing_of_the_firm(text: str) -> None:
    assert not list(family().find(text, Scope(text, "370104")))


def _read_events(text: str) -> list[str]:
    return [spell(one.node) for one in find_events(text)]


def _read_lists(text: str) -> list[str]:
    return [spell(one.node) for one in find_lists(text)]
