"""The gold rules of measured policies against the gold decisions."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pusher.rules.check import doubts
from pusher.rules.judge import decide
from pusher.rules.language import dump, parse
from pusher.rules.nodes import Node
from pusher.rules.say import say
from tests.rules.makers import rule_from


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def gold_rule(element: Mapping[str, Any]) -> Node:
    return rule_from(element["rule"], {c["id"]: c for c in element["conditions"]})


@pytest.fixture(scope="module")
def elements(shared: Path) -> dict[str, dict[str, Any]]:
    rows = lines_of(shared / "domain/elements_public.jsonl")
    return {row["policy_id"]: row for row in rows}


def test_gold_rules_lead_to_the_gold_decisions(shared, elements) -> None:
    cases = lines_of(shared / "domain/cases_public.jsonl")

    wrong = [case["case_id"] for case in cases if answer(case, elements) != expected(case)]

    assert len(cases) > 100
    assert len(wrong) <= 0.02 * len(cases), wrong


def test_gold_rules_are_written_said_and_free_of_doubt(elements) -> None:
    for element in elements.values():
        rule = gold_rule(element)

        assert parse(dump(rule)) == rule
        assert all(say(rule))
        assert doubts(rule) == []


def answer(case: Mapping[str, Any], elements: Mapping[str, Mapping[str, Any]]) -> str:
    element = elements[case["policy_id"]]
    profile = case["profile"]
    return decide(
        gold_rule(element),
        profile["kind"],
        profile["facts"],
        date.fromisoformat(case["as_of"]),
        audience_kind=element["audience_kind"],
        subject=element["subject"],
    ).answer


def expected(case: Mapping[str, Any]) -> str:
    decision: str = case["expected"]["decision"]
    return decision
