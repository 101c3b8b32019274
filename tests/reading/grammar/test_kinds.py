"""Those whom a firm takes on are read kind by kind, with what is said of them all."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.families import find_all
from pusher.reading.grammar.findings import Scope, spell
from pusher.reading.grammar.records.kinds import hired
from tests.reading.gold.invented import evened

_SLOTS = [
    pytest.param(text, meant, id=f"{slot.field}-{n}")
    for slot in hired().slots
    for n, (text, meant) in enumerate(slot.examples)
]


def read(text: str) -> list[str]:
    found = find_all(text, Scope(whole=text, area_code="370104"))
    return [spell(one.node) for one in found if one.group in ("hires", "wage_ok")]


def rule(text: str) -> str:
    return spell(draft(["标题", text], area_code="370104").rule)


@pytest.mark.parametrize(("text", "meant"), _SLOTS)
def test_each_field_reads_its_examples(text: str, meant: str) -> None:
    assert evened(read(text)) == evened([meant])


def test_every_field_has_two_examples() -> None:
    assert all(len(slot.examples) == 2 for slot in hired().slots)


def test_a_kind_that_tells_a_field_by_itself_is_a_record_of_its_own() -> None:
    (told,) = read("招用登记失业半年以上人员、残疾人或者脱贫人口，签订1年以上劳动合同")

    assert told == (
        "(new_hires has (category any_of unemployed & unemployed_months ge 6"
        " & contract_months ge 12)"
        " | new_hires has (category any_of disabled,poverty & contract_months ge 12))"
    )


def test_what_stands_before_and_behind_the_list_is_told_of_all() -> None:
    (told,) = read(
        "2026年3月1日以后招用退役军人，或者招用大专以上学历的毕业年度高校毕业生，参保满3个月"
    )

    assert told.count("hired_on on_or_after 2026-03-01") == 2
    assert told.count("insured_months ge 3") == 2


def test_whom_a_firm_takes_on_for_a_trial_is_an_intern_too() -> None:
    assert read("吸纳登记失业青年参加就业见习") == [
        "new_hires has (category any_of youth_16_24 & category any_of intern)"
    ]


def test_a_later_sentence_tells_more_of_them() -> None:
    told = rule(
        "对招用就业困难人员的企业给予补贴。企业应与其签订1年以上劳动合同，工资不低于最低工资标准。"
    )

    assert "new_hires has (category any_of hard_to_employ & " in told
    assert "contract_months ge 12" in told
    assert "wage_ok is True" in told


@pytest.mark.parametrize(
    "text",
    [
        "由用人单位招用并缴费的就业困难人员",
        "为支持企业招用高校毕业生，制定本办法",
        "属于引进人才的申请人",
    ],
)
def test_who_was_taken_on_or_why_is_no_record_of_a_firm(text: str) -> None:
    assert read(text) == []


def test_who_is_brought_in_is_a_record_where_firms_are_paid_alone() -> None:
    firms = "对2026年新引进博士研究生、签订3年以上劳动（聘用）合同的用人单位，给予引才补贴。"
    people = "新引进博士研究生在本区购房的，申请人可享受购房补贴。"

    assert "category any_of talent & education_level ge doctor" in rule(firms)
    assert "new_hires" not in rule(people)


def test_entries_below_a_lead_are_kinds_of_one_list() -> None:
    told = rule("见习人员为下列人员之一：（一）离校两年内未就业毕业生；（二）登记失业青年。")

    assert "category any_of graduate_2y & category any_of intern" in told
    assert "category any_of youth_16_24 & category any_of intern" in told
