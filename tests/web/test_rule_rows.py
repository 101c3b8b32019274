"""A rule laid out as a form and read back is the same rule."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData, UploadFile

from pusher.rules.evaluate import holds
from pusher.rules.language import parse
from pusher.rules.nodes import Scene
from pusher.web.rule_fields import rows_from
from pusher.web.rule_rows import (
    MUST,
    Row,
    blocks_of,
    manual_row,
    new_row,
    places_for,
    rows_of,
    rule_of,
)
from tests.makers import AGED, NOW

LEAVES: list[dict[str, Any]] = [
    {"fact": "household_area", "op": "within", "value": ["370104"], "quote": "本区户籍"},
    {"fact": "birth_date", "op": "age_ge", "value": 60, "quote": "年满60周岁"},
    {"fact": "welfare_status", "op": "any_of", "value": ["dibao"]},
    {"fact": "care_need", "op": "is", "value": True},
    {
        "fact": "disability",
        "op": "has",
        "value": {"field": "grade", "op": "le", "value": 2},
    },
    {"op": "manual", "quote": "由社区核实"},
]
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "household_area": st.sampled_from(["370104", "370102"]),
        "birth_date": st.sampled_from(["1950-01-01", "2000-01-01"]),
        "welfare_status": st.sampled_from([[], ["dibao"], ["tekun"]]),
        "care_need": st.booleans(),
        "disability": st.sampled_from([[], [{"grade": 1}], [{"grade": 4}], [{}]]),
    },
)
RULES = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=12,
)


def form_of(rows: list[Row]) -> FormData:
    """The rows as a browser would send them."""
    fields: list[tuple[str, str | UploadFile]] = [("rows", str(len(rows)))]
    for n, row in enumerate(rows):
        fields += [
            (f"row-{n}-kind", row.kind),
            (f"row-{n}-keep", "1"),
            (f"row-{n}-place", row.place),
            (f"row-{n}-fact", row.fact),
            (f"row-{n}-op", row.op),
            (f"row-{n}-value", row.value),
            (f"row-{n}-quote", row.quote),
            (f"row-{n}-raw", row.raw),
        ]
        fields += [(f"row-{n}-turned", "1")] if row.turned else []
        for part in row.parts:
            fields.append((f"row-{n}-{part.code}-op", part.op))
            fields.append((f"row-{n}-{part.code}-value", part.value))
    return FormData(fields)


def through_the_form(rule: dict[str, Any]) -> dict[str, Any]:
    made, rows = rule_of(rows_from(form_of(rows_of(rule))))
    assert made is not None, rows
    return made


@given(RULES, FACTS)
def test_no_rule_is_changed_by_being_looked_at(rule: dict[str, Any], facts: Any) -> None:
    scene = Scene(facts, NOW.date())

    made = through_the_form(rule)

    assert holds(parse(made), scene) is holds(parse(rule), scene)


def test_the_quotes_stay_with_their_conditions() -> None:
    assert through_the_form(AGED) == {
        "all": [
            {
                "fact": "household_area",
                "op": "within",
                "quote": "具有槐荫区户籍",
                "value": ["370104"],
            },
            {"fact": "birth_date", "op": "age_ge", "quote": "年满80周岁的老年人", "value": 80},
        ]
    }


def test_the_rules_of_the_district_come_through_unchanged_in_meaning() -> None:
    folder = Path(__file__).parents[2] / "pusher" / "demo" / "district" / "rules"
    for file in sorted(folder.glob("*.json")):
        rule = json.loads(file.read_text("utf-8"))["rule"]
        if rule is None:
            continue
        made = through_the_form(rule)
        for facts in ({}, {"household_area": "370104", "birth_date": "1940-01-01"}):
            scene = Scene(facts, NOW.date())
            assert holds(parse(made), scene) is holds(parse(rule), scene), file.name


def test_branches_and_exclusions_have_places_of_their_own() -> None:
    house, age, poor, care, *_ = LEAVES
    rule = {
        "all": [
            house,
            {"any": [{"all": [age, poor]}, care]},
            {"not": {"any": [poor, {"all": [care, {"not": age}]}]}},
        ]
    }

    rows = rows_of(rule)

    assert [(row.place, row.turned) for row in rows] == [
        ("must", False),
        ("any1.1", False),
        ("any1.1", False),
        ("any1.2", False),
        ("except.1", False),
        ("except.2", False),
        ("except.2", True),
    ]
    assert [block.place for block in blocks_of(rows)] == [
        "must",
        "any1.1",
        "any1.2",
        "except.1",
        "except.2",
    ]
    assert rule_of(rows)[0] == through_the_form(rule)


def test_a_record_list_is_asked_field_by_field() -> None:
    (row,) = rows_of(LEAVES[4])

    assert row.kind == "records"
    assert [(part.code, part.op, part.value) for part in row.parts if part.op] == [
        ("grade", "le", "2级")
    ]


def test_what_does_not_fit_is_kept_whole_and_said_in_words() -> None:
    deep = {"any": [{"all": [LEAVES[0], {"any": [LEAVES[1], LEAVES[2]]}]}, LEAVES[3]]}

    rows = rows_of(deep)

    assert [row.kind for row in rows] == ["leaf", "whole", "leaf"]
    assert any("年满60周岁" in line for line in rows[1].in_words)


def test_a_row_that_is_not_kept_is_gone() -> None:
    rows = rows_of(AGED)
    form = form_of(rows)
    dropped = FormData([(k, v) for k, v in form.multi_items() if k != "row-0-keep"])

    left = rows_from(dropped)

    assert [row.fact for row in left] == ["birth_date"]


def test_a_new_row_starts_empty_and_says_so() -> None:
    row = new_row("birth_date", MUST)
    assert row is not None

    rule, (checked,) = rule_of([row])

    assert rule is None
    assert "请填写" in checked.error


def test_a_row_needs_a_fact_and_a_place() -> None:
    assert new_row("no_such_fact", MUST) is None
    assert new_row("birth_date", "nowhere") is None


@pytest.mark.parametrize(
    "name",
    ["rows", "row-0-op", "row-0-value", "row-0-place", "row-0-kind", "row-0-raw", "row-0-fact"],
)
@given(st.text(max_size=30))
def test_a_forged_field_makes_an_error_not_a_crash(name: str, forged: str) -> None:
    fields = dict(form_of(rows_of(AGED)).multi_items()) | {name: forged}

    rule, rows = rule_of(rows_from(FormData(list(fields.items()))))

    assert rule is None or parse(rule)
    assert len(rows) <= 2


def test_there_is_always_room_for_one_more() -> None:
    assert places_for([]) == ["must", "any1.1", "except.1"]
    rows = [manual_row("甲", "any1.1"), manual_row("乙", "except.1")]
    assert places_for(rows) == ["must", "any1.1", "any1.2", "any2.1", "except.1", "except.2"]


def test_a_manual_condition_needs_its_words() -> None:
    rule, (row,) = rule_of([manual_row("  ")])

    assert rule is None
    assert "核实" in row.error
