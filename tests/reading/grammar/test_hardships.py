"""What befell a household is one record with its kinds and its day."""

import pytest

from pusher.reading.grammar.findings import spell
from pusher.reading.grammar.records.hardships import read_hardships


def _read(text: str) -> list[str]:
    return [spell(one.node).removeprefix("hardship_events has ") for one in read_hardships(text)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("遭遇自然灾害", ["(kind in disaster)"]),
        ("因火灾、交通事故等意外事件", ["(kind in fire,traffic,accident)"]),
        ("子女教育支出过大", ["(kind in education)"]),
        ("教育费用骤增或者医疗费用骤增", ["(kind in education,medical_cost)"]),
        (
            "6个月内因火灾或者突患重大疾病",
            ["(kind in fire,sudden_illness & occurred_on months_le 6)"],
        ),
        ("近一年内遭遇车祸、溺水的", ["(kind in traffic,accident & occurred_on years_lt 1)"]),
        (
            "2025年度遭受洪涝，或者2025年下半年突然失业",
            [
                "(kind in disaster & occurred_on between_dates 2025-01-01,2025-12-31)",
                "(kind in unemployment & occurred_on between_dates 2025-07-01,2025-12-31)",
            ],
        ),
    ],
)
def test_an_event_is_read_with_its_day(text: str, meant: list[str]) -> None:
    assert _read(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "患有重大疾病的",
        "购买意外伤害保险",
        "消除火灾隐患",
        "往年因交通事故获得救助的",
        "因患重大疾病造成困难",
    ],
)
def test_what_befell_nobody_is_no_event(text: str) -> None:
    assert _read(text) == []


def test_a_later_part_of_the_sentence_tells_the_day() -> None:
    text = "因火灾、交通事故导致基本生活困难的家庭；急难情形应当发生在申请前3个月内。"

    assert _read(text) == ["(kind in fire,traffic & occurred_on months_le 3)"]
