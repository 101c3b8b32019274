"""The gold rules of measured policies against the gold decisions."""

import re
from itertools import pairwise
from typing import Any

import pytest

from profiles.facts import vocabulary
from pusher.commands.cases import judge_case
from pusher.rules.check import doubts
from pusher.rules.language import OPERATORS, dump, leaves, parse
from pusher.rules.nodes import Leaf
from pusher.rules.say import say, say_leaf
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


def test_gold_rules_are_written_and_read_again_and_free_of_doubt(elements) -> None:
    for element in elements.values():
        rule = gold_rule(element)

        assert parse(dump(rule)) == rule
        assert doubts(rule) == []


def test_every_sentence_of_the_gold_rules_is_one_a_clerk_would_sign(elements) -> None:
    """Each condition is a sentence of its own: it names its fact, in Chinese, without our codes."""
    codes = set(OPERATORS) | set(vocabulary())
    for element in elements.values():
        for condition in leaves(gold_rule(element)):
            sentence = say_leaf(condition)

            assert names_its_fact(condition, sentence), sentence
            assert not codes & set(re.findall(r"[a-z_]{3,}", sentence)), sentence
            assert not re.search(r"None|True|False|\[|\{|，，|：：|的的|为为", sentence), sentence
            assert sentence == sentence.strip("，；。 ")


def test_gold_rules_are_said_line_by_line_without_losing_a_condition(elements) -> None:
    for element in elements.values():
        rule = gold_rule(element)
        lines = say(rule)

        told = "\n".join(lines)
        assert all(say_leaf(condition) in told for condition in leaves(rule))
        depths = [len(line) - len(line.lstrip("　")) for line in lines]
        assert all(after <= before + 1 for before, after in pairwise(depths))
        deeper = [line for line, before, after in zip(lines, depths, depths[1:], strict=False)
                  if after > before]  # fmt: skip
        assert all(line.endswith("：") for line in deeper)


def names_its_fact(condition: Leaf, sentence: str) -> bool:
    if condition.about is None:
        return bool(condition.quote) and str(condition.quote) in sentence
    label = condition.about.label
    bare = label.removesuffix("日期").removesuffix("有效期至")
    return bare in sentence or "周岁" in sentence
