"""What befell a child's parents is read whoever is named, and in whatever order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.reading.grammar.findings import Scope, spell
from pusher.reading.grammar.records.parents import read_parents


def _read(text: str, whole: str = "") -> list[str]:
    return [spell(one.node) for one in read_parents(text, Scope(whole or text, "370104"))]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("父母双亡的", "(father_state in dead & mother_state in dead)"),
        ("父母均已去世", "(father_state in dead & mother_state in dead)"),
        (
            "父母双方均符合重残、重病情形之一的",
            "(father_state in severely_disabled,seriously_ill"
            " & mother_state in severely_disabled,seriously_ill)",
        ),
        (
            "父母一方死亡或失踪，另一方服刑的",
            "((father_state in dead,missing & mother_state in imprisoned)"
            " | (mother_state in dead,missing & father_state in imprisoned))",
        ),
        (
            "父亲服刑、母亲失联满6个月的儿童",
            "(father_state in imprisoned"
            " & (mother_state eq lost_contact & mother_state_since months_ge 6))",
        ),
        ("父母任一方有抚养能力的", "(father_state eq capable | mother_state eq capable)"),
        ("父亲或者母亲失踪的", "(father_state in missing | mother_state in missing)"),
    ],
)
def test_the_states_of_parents_are_read(text: str, meant: str) -> None:
    assert _read(text) == [meant]


def test_months_count_where_they_are_told() -> None:
    text = "父母双方均外出务工6个月以上，或者一方外出务工、另一方重病的"

    both, one = _read(text)

    assert both.count("months_ge 6") == 2
    assert "months_ge" not in one


def test_the_states_told_of_both_are_those_above() -> None:
    text = "父母双方均服刑的，或者父母一方死亡、另一方符合上述情形之一的"

    assert _read(text)[1] == (
        "((father_state in dead & mother_state in imprisoned)"
        " | (mother_state in dead & father_state in imprisoned))"
    )


@pytest.mark.parametrize(
    "text",
    [
        "父母双方或一方须具有济南市户籍",
        "父母一方死亡、另一方符合第三条规定",
        "父母没有监护能力",
        "父母一方离异的",
    ],
)
def test_half_of_what_is_asked_is_nothing(text: str) -> None:
    assert _read(text) == []


_WORDS = ["父母", "双方", "均", "一方", "另一方", "父亲", "母亲", "死亡", "失联", "6个月以上", "、",
          "，", "或者", "的", "儿童", "有抚养能力", "上述情形"]  # fmt: skip


@given(st.lists(st.sampled_from(_WORDS), max_size=14).map("".join))
def test_what_is_read_of_parents_stands_in_the_text(text: str) -> None:
    for one in read_parents(text, Scope(text, "370104")):
        assert 0 <= one.start < one.end <= len(text)
