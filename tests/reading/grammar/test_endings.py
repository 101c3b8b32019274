"""When a benefit ends: with its holder, or with what its holder comes to have."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.findings import spell

_WHOM = "发放对象为具有本区户籍、年满65周岁的老年人。"


def asked(text: str) -> list[str]:
    return [spell(node) for node in draft([_WHOM, text], area_code="370104").rule["all"]]


@pytest.mark.parametrize(
    ("ends", "shut"),
    [
        ("入住养老机构的，自入住次月起停发。", "not care_setting in institution"),
        (
            "领取工伤保险生活护理费的，从领取当月起停止发放；",
            "not benefits_received any_of injury_care",
        ),
    ],
)
def test_who_comes_to_have_something_is_paid_no_longer(ends: str, shut: str) -> None:
    assert shut in asked(f"津贴自批准当月起计发；{ends}")


@pytest.mark.parametrize("ends", ["去世次月起停发。", "老年人去世的，自去世次月起停发。"])
def test_a_benefit_ends_with_its_holder(ends: str) -> None:
    assert "not deceased_on before_as_of None" in asked(ends)


@pytest.mark.parametrize(
    "ends", ["户籍迁出本区的，自迁出次月起停发。", "收入超过规定标准的，自次月起停发。"]
)
def test_a_move_or_what_was_not_read_whole_shuts_out_nobody_more(ends: str) -> None:
    assert asked(ends) == asked("")
