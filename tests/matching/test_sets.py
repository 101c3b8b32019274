"""Whole tables against the judge of one, and against a second judge that shares nothing."""

from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pusher.matching.columns import Document, Table, joined, table_of
from pusher.matching.decisions import ELIGIBLE, POSSIBLE, Crowd, decide_all
from pusher.matching.truths import Sight, judged, missing
from pusher.rules.judge import decide, judge
from pusher.rules.language import parse
from pusher.rules.nodes import Node
from pusher.rules.truth import Truth
from tests.rules.naive import naive
from tests.rules.strategies import AS_OF, crowd, rules

PEOPLE = 50
PAIRS = 10_000
"""Rules by documents in one run."""
LONG = settings(
    max_examples=PAIRS // PEOPLE,
    deadline=None,
    # a town is a seed: there is nothing to make smaller, and looking for it takes minutes
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SHORT = settings(LONG, max_examples=40)
NODES = rules().map(parse)


SEEDS = st.integers(0, 2**32)


def people_of(seed: int) -> list[dict[str, object]]:
    """A small town; of everybody we know whether they have wards."""
    return [{"wards": [], **facts} for facts in crowd(Random(seed), PEOPLE)]


def laid_out(facts: list[dict[str, object]]) -> Table:
    return table_of([Document(one) for one in facts])


@LONG
@given(NODES, SEEDS, AS_OF)
def test_sets_the_judge_of_one_and_a_second_judge_agree(rule: Node, seed: int, as_of: date) -> None:
    people = people_of(seed)
    truths = judged(rule, Sight(laid_out(people), as_of)).truths

    by_sets = [Truth(truth).word for truth in truths]
    one_by_one = [judge(rule, facts, as_of).value.word for facts in people]
    assert by_sets == one_by_one
    assert by_sets == [naive(rule, facts, as_of) for facts in people]


@SHORT
@given(NODES, SEEDS, AS_OF)
def test_sets_miss_the_same_facts(rule, seed, as_of) -> None:
    people = people_of(seed)
    sight = Sight(laid_out(people), as_of)
    found = missing(judged(rule, sight), sight, np.ones(PEOPLE, np.bool_))

    for row, facts in enumerate(people):
        by_sets = {code for code, lack in found.items() if lack[row]}
        assert by_sets == set(judge(rule, facts, as_of).missing)


@SHORT
@given(
    NODES,
    SEEDS,
    AS_OF,
    st.sampled_from(["resident", "enterprise", "both", "none"]),
    st.sampled_from(["self", "ward", "self_or_ward"]),
)
def test_sets_decide_as_for_one(rule, seed, as_of, audience, subject) -> None:
    people = people_of(seed)
    firms = np.arange(PEOPLE) % 3 == 0
    crowd = Crowd(laid_out(people), firms, np.zeros(PEOPLE, np.bool_))

    decided = decide_all(rule, crowd, as_of, audience_kind=audience, subject=subject)

    lacking = decided.missing()
    for row, facts in enumerate(people):
        kind = "enterprise" if firms[row] else "resident"
        one = decide(rule, kind, facts, as_of, audience_kind=audience, subject=subject)
        assert WORDS[decided.answers[row]] == one.answer.value
        assert {c for c, lack in lacking.items() if lack[row]} == set(one.verdict.missing)


WORDS = {0: "not", int(POSSIBLE): "possible", int(ELIGIBLE): "eligible"}


@SHORT
@given(NODES, SEEDS, AS_OF, st.integers(0, PEOPLE))
def test_a_table_joined_from_two_says_the_same(rule, seed, as_of, cut) -> None:
    people = people_of(seed)
    whole = judged(rule, Sight(laid_out(people), as_of)).truths
    parts = joined(laid_out(people[:cut]), laid_out(people[cut:]))

    assert judged(rule, Sight(parts, as_of)).truths.tolist() == whole.tolist()


@pytest.mark.parametrize(("day", "answer"), [(date(2026, 11, 25), 2), (date(2026, 11, 26), 1)])
def test_a_fact_past_its_day_is_unknown(day, answer) -> None:
    rule = parse({"fact": "size_class", "op": "eq", "value": "micro"})
    firm = {"industry": "3491", "employees": 3, "revenue": 10}
    table = table_of([Document(firm, {"employees": date(2026, 11, 25)}), Document(firm)])

    truths = judged(rule, Sight(table, day)).truths

    # without its staff the factory's revenue alone still makes it micro
    assert truths.tolist() == [2, 2]
    rule = parse({"fact": "employees", "op": "le", "value": 10})
    assert judged(rule, Sight(table, day)).truths.tolist() == [answer, 2]
