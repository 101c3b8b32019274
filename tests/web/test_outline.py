"""A rule laid out as an outline and read back says the same, whatever the buttons did before."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.datastructures import FormData, UploadFile

from profiles.facts import Fact, vocabulary
from pusher.matching.columns import Document, table_of
from pusher.matching.truths import Sight, judged
from pusher.rules.language import dump, parse
from pusher.rules.say import say
from pusher.web import rule_values, value_fields
from pusher.web.outline import GROUPS, Line, fact_of, lines_of, rule_of, scopes_of, settled
from pusher.web.outline_form import lines_from
from pusher.web.outline_moves import MOVES, NotFound, added, find_fact, steps
from tests.makers import AGED, NOW
from tests.rules.gold import gold_elements, gold_rule
from tests.rules.strategies import crowd, rules

TOWN = table_of([Document(facts) for facts in crowd(Random(7), 150)])
SLOW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large,
                           HealthCheck.filter_too_much],
)  # fmt: skip


def said(rule: dict[str, Any]) -> list[int]:
    """What a rule says of a town."""
    truths = judged(parse(rule), Sight(TOWN, NOW.date())).truths
    return [int(truth) for truth in truths]


def is_filled(rule: Any) -> bool:
    """No group without anything in it."""
    if isinstance(rule, dict):
        groups = [rule[name] for name in ("all", "any") if name in rule]
        return all(groups) and all(map(is_filled, rule.values()))
    return all(map(is_filled, rule)) if isinstance(rule, list) else True


def sent(lines: list[Line]) -> FormData:
    """The form a browser would send."""
    form: list[tuple[str, str | UploadFile]] = [("lines", str(len(lines)))]
    for n, line in enumerate(lines):
        parts = ("kind", "depth", "word", "fact", "op", "value", "quote", "raw")
        form += [(f"line-{n}-{part}", str(getattr(line, part))) for part in parts]
        form += [(f"line-{n}-turned", "1")] if line.turned else []
    return FormData(form)


@SLOW
@given(rules().filter(is_filled))
def test_a_rule_laid_out_and_read_back_says_the_same(rule) -> None:
    again, lines = rule_of(lines_from(sent(lines_of(rule))))

    assert again is not None, [line.error for line in lines if line.error]
    assert said(again) == said(rule)


@SLOW
@given(
    rules().filter(is_filled),
    st.lists(st.tuples(st.sampled_from(list(MOVES)), st.integers(0, 40)), max_size=6),
)
def test_no_button_breaks_the_outline(rule, pressed) -> None:
    lines = lines_of(rule)
    for name, number in pressed:
        if number < len(lines):
            lines = MOVES[name](lines, number)

    assert settled(lines) == lines
    rule_of(lines)
    shown = [step.number for step in steps(lines) if step.line]
    assert shown == list(range(len(lines)))


def test_every_measured_rule_can_be_filled_in_line_by_line(shared) -> None:
    for element in gold_elements(shared).values():
        rule = dump(gold_rule(element))
        lines = lines_of(rule)
        again, _ = rule_of(lines)

        unfilled = [line for line in lines if line.kind == "whole"]
        assert all('"never"' in line.raw for line in unfilled)
        assert again is not None
        if not unfilled:
            assert say(parse(again)) == say(parse(rule))


def test_an_exception_to_an_exception_and_one_record_are_built_by_buttons() -> None:
    lines: list[Line] = []
    lines = added(lines, "root", "condition", "注册地")
    lines = added(lines, "root", "not-all", "")
    lines = added(lines, "1", "condition", "特定业态")
    lines = added(lines, "1", "condition", "特定业态")
    lines = added(lines, "root", "condition", "资质荣誉")
    lines = added(lines, "4", "condition", "级别")
    lines = added(lines, "4", "condition", "批次年度")

    assert [(line.kind, line.depth, line.fact) for line in lines] == [
        ("leaf", 0, "registered_area"),
        ("group", 0, ""),
        ("leaf", 1, "business_types"),
        ("leaf", 1, "business_types"),
        ("records", 0, "qualifications"),
        ("leaf", 1, "level"),
        ("leaf", 1, "batch_year"),
    ]
    typed = ["槐荫区", "", "小额贷款公司", "政府性融资担保机构", "", "省级", "2026"]
    lines = [replace(line, value=value) for line, value in zip(lines, typed, strict=True)]
    lines[3] = replace(lines[3], turned=True)
    lines[6] = replace(lines[6], op="eq")
    rule, _ = rule_of(lines)

    assert rule is not None
    assert say(parse(rule)) == [
        "1. 注册地在槐荫区",
        "2. 不包括同时符合以下各项的情形：",
        "　（1）特定业态包括小额贷款公司",
        "　（2）不包括：特定业态包括政府性融资担保机构的",
        "3. 资质荣誉中至少有一条同时符合：级别为省级，且批次年度为2026",
    ]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("户籍地", "household_area"),
        ("年龄", "birth_date"),
        ("低保", "welfare_status"),
        ("birth_date", "birth_date"),
        ("企业规模", "size_class"),
    ],
)
def test_a_fact_is_found_by_what_people_call_it(typed, code) -> None:
    assert find_fact(typed, list(vocabulary().values())).code == code


@pytest.mark.parametrize(
    ("typed", "words"), [("", "请先写下"), ("星座", "没有叫"), ("收入", "有几项")]
)
def test_what_cannot_be_found_is_told(typed, words) -> None:
    with pytest.raises(NotFound, match=words):
        find_fact(typed, list(vocabulary().values()))


def test_a_field_moved_out_of_its_records_is_told_where_it_belongs() -> None:
    lines = [Line("records", 0, word="has", fact="disability"),
             Line("leaf", 1, fact="grade", op="le", value="2")]  # fmt: skip
    assert rule_of(lines)[0] is not None

    rule, moved = rule_of(MOVES["out"](lines, 1))

    assert rule is None
    assert "请移到它下面" in moved[1].error


def test_an_empty_group_is_told_and_a_rule_for_everybody_is_not() -> None:
    everybody = lines_of({"all": []})

    assert rule_of(everybody)[0] == {"all": []}
    rule, lines = rule_of([*lines_of(AGED), Line("group", 0, word="any")])
    assert rule is None
    assert "还没有条件" in lines[-1].error


def test_scopes_follow_the_indentation() -> None:
    lines = [Line("records", 0, word="has", fact="wards"),
             Line("records", 1, word="has", fact="disability"),
             Line("leaf", 2, fact="grade"), Line("leaf", 1, fact="birth_date"),
             Line("leaf", 0, fact="sex")]  # fmt: skip

    assert [[f.code for f in scope] for scope in scopes_of(lines)] == [
        [], ["wards"], ["wards", "disability"], ["wards"], [],
    ]  # fmt: skip


def test_a_form_of_nonsense_has_no_lines() -> None:
    assert lines_from(FormData([("lines", "9" * 30)])) == []
    odd = FormData([("lines", "1"), ("line-0-kind", "group"), ("line-0-word", "xor"),
                    ("line-0-depth", "-4")])  # fmt: skip
    assert lines_from(odd) == [Line("group", 0, word=GROUPS[0])]


def test_every_measured_value_comes_back_from_its_fields(shared) -> None:
    for element in gold_elements(shared).values():
        fields_hold(lines_of(dump(gold_rule(element))))


@SLOW
@given(rules().filter(is_filled))
def test_any_value_comes_back_from_its_fields(rule) -> None:
    fields_hold(lines_of(rule))


def fields_hold(lines: list[Line]) -> None:
    for line, scope in zip(lines, scopes_of(lines), strict=True):
        about = fact_of(line, scope)
        if line.kind == "leaf" and about is not None:
            beside = [field for owner in reversed(scope) for field in owner.fields]
            again = rule_values.read(about, line.op, in_fields(about, line), beside=beside)
            asked = rule_values.read(about, line.op, line.value, beside=beside)
            assert sorted_parts(again) == sorted_parts(asked), (about.code, line.op, line.value)


def in_fields(about: Fact, line: Line) -> str:
    """The value as the fields of its operator hold it and send it back."""
    kind = value_fields.field_of(about, line.op)
    boxes = {
        "choices": lambda: value_fields.choices(about, line.value),
        "areas": lambda: value_fields.near_areas("370104", line.value),
        "industries": lambda: value_fields.sections(line.value),
    }
    if kind in boxes:
        shown = boxes[kind]()
        parts = [box.word for box in shown if box.chosen]
        return value_fields.joined(kind, [*parts, value_fields.others(shown, about, line.value)])
    if kind in ("range", "days"):
        return value_fields.joined(kind, value_fields.ends(line.value))
    if kind == "choice":
        chosen = [box.word for box in value_fields.choices(about, line.value) if box.chosen]
        return chosen[0] if chosen else line.value
    return line.value


def sorted_parts(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, list) else value
