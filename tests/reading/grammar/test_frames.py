"""Records are read slot by slot: in whatever order, every field that is told counts."""

import pytest

from pusher.reading.grammar.families import find_all
from pusher.reading.grammar.findings import Scope, spell
from pusher.reading.grammar.phrases.days import find_days
from pusher.reading.grammar.records.frame import frames
from pusher.reading.grammar.records.slots import slot_of
from tests.reading.gold.invented import evened

_SLOTS = [
    pytest.param(frame.fact, text, meant, id=f"{frame.fact}.{name}-{n}")
    for frame in frames()
    for name, examples in [
        *((slot.field, slot.examples) for slot in frame.slots),
        *((str(kind.where[0]["value"]), kind.examples) for kind in frame.kinds),
    ]
    for n, (text, meant) in enumerate(examples)
]


@pytest.mark.parametrize(("fact", "text", "meant"), _SLOTS)
def test_each_slot_reads_its_examples(fact: str, text: str, meant: str) -> None:
    found = find_all(text, Scope(whole=text, area_code="370104"))
    records = [spell(one.node) for one in found if one.node.get("fact") == fact]
    assert evened([meant]) <= evened(records)
    assert len(evened(records)) == 1 or "、" in text


def test_every_slot_has_two_examples() -> None:
    assert all(len(slot.examples) == 2 for frame in frames() for slot in frame.slots)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026年新增的", ("between_dates", ["2026-01-01", "2026-12-31"])),
        ("2024—2026年度", ("between_dates", ["2024-01-01", "2026-12-31"])),
        ("2025年7月1日至2026年6月30日期间", ("between_dates", ["2025-07-01", "2026-06-30"])),
        ("2026年1月1日至6月30日", ("between_dates", ["2026-01-01", "2026-06-30"])),
        ("2025年12月至2026年11月", ("between_dates", ["2025-12-01", "2026-11-30"])),
        ("2026年上半年", ("between_dates", ["2026-01-01", "2026-06-30"])),
        ("2026年1月1日（含）以后", ("on_or_after", "2026-01-01")),
        ("2025年以来", ("on_or_after", "2025-01-01")),
        ("2012年6月30日前注册", ("on_or_before", "2012-06-30")),
        ("2024年底前", ("on_or_before", "2024-12-31")),
        ("近三年内", ("years_lt", 3)),
        ("近6个月内", ("months_lt", 6)),
        ("登记满1年", ("years_ge", 1)),
        ("未满两年", ("years_lt", 2)),
        ("12个月以上", ("months_ge", 12)),
        ("半年以上", ("months_ge", 6)),
    ],
)
def test_a_day_a_window_or_a_term_is_read_wherever_it_stands(
    text: str, told: tuple[str, object]
) -> None:
    assert [(days.op, days.value) for days in find_days(text)] == [told]


@pytest.mark.parametrize("text", ["2024年前", "2026年2月30日以后", "第2026号", "3年", "每年6月"])
def test_what_tells_no_certain_day_is_left_alone(text: str) -> None:
    assert find_days(text) == []


@pytest.mark.parametrize(
    ("row", "text", "told"),
    [
        ({"read": "grade"}, "评定为四星级", [("in", 4)]),
        ({"read": "grade"}, "达到三级", [("ge", 3)]),
        ({"read": "grade"}, "丙级、乙级、甲级", [("ge", 3)]),
        ({"read": "grade"}, "二、三级", [("in", [2, 3])]),
        ({"read": "grade"}, "AAAA级", [("in", 4)]),
        ({"read": "grade"}, "二级及以下", [("le", 2)]),
        ({"read": "level"}, "国家级、省级", [("in", ["nation", "province"])]),
        ({"read": "level"}, "市级（含）以上", [("in", ["city", "province", "nation"])]),
        ({"read": "level"}, "国家、省节能专项", [("in", ["nation", "province"])]),
        ({"read": "level"}, "国家有关规定", None),
        ({"read": "level", "named": {"山东": "province"}}, "山东老字号", [("in", "province")]),
        ({"read": "level", "named": {"济南": "city"}}, "济南首店及以上级别",
         [("in", ["city", "province", "nation"])]),
        ({"read": "year"}, "2024年度、2025年度", [("in", [2024, 2025])]),
        ({"read": "year"}, "2024年以后", [("ge", 2024)]),
        ({"read": "year"}, "2024年1月1日以后", None),
        ({"read": "stands", "says": "有效期内"}, "在有效期内的", [("on_or_after_as_of", None)]),
    ],
)  # fmt: skip
def test_a_slot_reads_what_its_words_say(
    row: dict[str, object], text: str, told: list[tuple[str, object]] | None
) -> None:
    read = slot_of({"field": "one", "examples": [], **row}).read(text, "370104")

    said = [(one["op"], one["value"]) for one in read.conditions] if read else None
    meant = told and [("eq" if op == "in" and not isinstance(v, list) else op, v) for op, v in told]
    assert said == meant


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("2025年1月8日（不含当日）之前登记", "before"),
        ("2025年1月8日（含当日）以前登记", "on_or_before"),
        ("2025年1月8日（不含）以后登记", "after"),
    ],
)
def test_a_bracket_tells_whether_the_day_itself_counts(text: str, op: str) -> None:
    assert [one.op for one in find_days(text)] == [op]
