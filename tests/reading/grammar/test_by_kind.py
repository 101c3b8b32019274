"""A figure may have a bound for each kind of firm; one of them is enough."""

import pytest

from pusher.reading.grammar.drafting import draft
from pusher.reading.grammar.findings import spell


def _said(text: str) -> str:
    return spell(draft([text], area_code="370104").rule)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (
            "年营业收入工业企业不低于2000万元、服务业企业不低于500万元的，给予奖励10万元。",
            "((industry prefix B,C,D & revenue ge 2000)"
            " | (industry prefix F,G,H,I,J,K,L,M,N,O,P,Q,R & revenue ge 500))",
        ),
        (
            "申报条件：门店经营面积零售类不少于100平方米、餐饮类不少于150平方米。",
            "((industry prefix 52 & premises_area ge 100)"
            " | (industry prefix 62 & premises_area ge 150))",
        ),
        (
            "申报条件：上年度营业收入，工业企业不低于2000万元，批发企业不低于5000万元。",
            "((industry prefix B,C,D & revenue ge 2000) | (industry prefix 51 & revenue ge 5000))",
        ),
        (
            "申报条件：制造业企业营业收入不低于2000万元、建筑业企业不低于5000万元。",
            "((industry prefix C & revenue ge 2000) | (industry prefix E & revenue ge 5000))",
        ),
    ],
)
def test_each_kind_has_its_own_bound(text: str, meant: str) -> None:
    assert meant in _said(text)


@pytest.mark.parametrize(
    "text",
    [
        "申报条件：设备投资额不低于300万元（专精特新企业不低于100万元）。",
        "申报条件：设备投资额不低于300万元，其中专精特新企业放宽至100万元。",
    ],
)
def test_a_lower_bound_for_some_is_a_second_way(text: str) -> None:
    assert "equipment_investment ge 300 | (" in _said(text)
    assert "code eq srdi & valid_to on_or_after_as_of None) & equipment_investment ge 100" in _said(
        text
    )


def test_a_higher_bound_for_some_is_no_second_way() -> None:
    said = _said("申报条件：设备投资额不低于100万元（专精特新企业不低于300万元）。")

    assert "equipment_investment ge 100 |" not in said
