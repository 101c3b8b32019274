"""The gold rules of measured policies against the gold decisions."""

from typing import Any

import pytest

from pusher.commands.cases import judge_case
from pusher.rules.check import doubts
from pusher.rules.language import dump, parse
from pusher.rules.say import say
from tests.rules.gold import gold_cases, gold_elements, gold_reading, gold_rule


@pytest.fixture(scope="module")
def elements(shared) -> dict[str, dict[str, Any]]:
    return gold_elements(shared)


@pytest.mark.parametrize(
    ("answer", "at_least"), [("decision", 0.98), ("push", 0.95), ("doc_state", 1)]
)
def test_gold_rules_lead_to_the_gold_answers(shared, elements, answer, at_least) -> None:
    cases = gold_cases(shared)

    wrong = [
        case["case_id"]
        for case in cases
        if judge_case(case, gold_reading(elements[case["policy_id"]]))[answer]
        != case["expected"][answer]
    ]

    assert len(cases) > 100
    assert len(wrong) <= (1 - at_least) * len(cases), wrong


def test_gold_rules_are_written_said_and_free_of_doubt(elements) -> None:
    for element in elements.values():
        rule = gold_rule(element)

        assert parse(dump(rule)) == rule
        assert all(say(rule))
        assert doubts(rule) == []
