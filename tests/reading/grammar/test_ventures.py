"""A person's own firm is one record, wherever its kind, place, role and days stand."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.families import find_all
from pusher.reading.grammar.findings import Scope, spell
from pusher.reading.grammar.records.ventures import slots
from tests.reading.gold.invented import evened

_SLOTS = [
    pytest.param(text, meant, id=f"{name}-{n}")
    for name, slot in slots().items()
    for n, (text, meant) in enumerate(slot.examples)
]


def read(text: str) -> list[str]:
    found = find_all(text, Scope(whole=text, area_code="370104"))
    return [spell(one.node) for one in found if one.group == "venture"]


@pytest.mark.parametrize(("text", "meant"), _SLOTS)
def test_each_field_reads_its_examples(text: str, meant: str) -> None:
    assert evened(read(text)) == evened([meant])


def test_each_kind_may_have_a_role_of_its_own() -> None:
    (told,) = read("本人为在本区登记的个体工商户经营者，或者小型、微型企业的合伙人")

    assert told == (
        "businesses has (registered_area within 370104 & "
        "((entity_type eq individual_business & role eq operator)"
        " | (size_class in micro,small & role eq partner)))"
    )


def test_what_one_has_in_ones_name_is_told_from_what_befalls_a_firm() -> None:
    assert read("名下无企业、个体工商户等经营主体") == ["businesses none (operating is True)"]
    assert read("名下另有大型企业的") == ["businesses has (size_class eq large)"]
    assert read("名下企业被列入经营异常名录的") == []
    assert read("企业及其法定代表人被列入失信名单的") == []


def test_a_term_of_the_person_is_no_term_of_the_firm() -> None:
    (told,) = read("毕业5年内的高校毕业生在本区首次创办小微企业，正常经营满6个月")

    assert "established_on months_ge 6" in told
    assert "years_le 5" not in told


@pytest.mark.parametrize("more", ["所办企业正常经营满1年。", "经营主体处于存续状态，成立满1年。"])
def test_later_sentences_tell_more_of_the_firm(more: str) -> None:
    text = f"申请人应在本区创办小微企业，本人为法定代表人。{more}"
    told = spell(draft(["标题", text], area_code="370104").rule)

    assert "established_on years_ge 1" in told
    assert "operating is True" in told
    assert "size_class in micro,small" in told


def test_who_runs_a_firm_may_be_one_word() -> None:
    (told,) = read("个体经营者、家庭农场主可申请")

    assert "entity_type eq individual_business & role eq operator" in told
    assert "entity_type eq family_farm & role eq operator" in told
