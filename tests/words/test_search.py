"""Packed rows find what a few words are about, as the same weights in the open do."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.words.search import nearest, packed

WORDS = st.sampled_from(["高龄", "津贴", "社区", "申请", "企业", "研发"])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=12), min_size=1, max_size=6)


def in_the_open(texts: list[Counter[str]], asked: Counter[str]) -> list[float]:
    """lnc.ltc, term by term."""
    rarity = {
        term: math.log((1 + len(texts)) / (1 + sum(term in text for text in texts))) + 1
        for term in asked
    }
    query = {term: (1 + math.log(times)) * rarity[term] for term, times in asked.items()}
    whole = math.sqrt(sum(weight * weight for weight in query.values()))
    scores = []
    for text in texts:
        row = {term: 1 + math.log(times) for term, times in text.items()}
        length = math.sqrt(sum(weight * weight for weight in row.values()))
        found = sum(weight * row.get(term, 0.0) for term, weight in query.items())
        scores.append(found / length / whole)
    return scores


@given(TEXTS, st.lists(WORDS, min_size=1, max_size=5))
def test_it_scores_as_the_formula_says(texts: list[list[str]], asked: list[str]) -> None:
    counts, query = [Counter(text) for text in texts], Counter(asked)

    found = dict(nearest([packed(one) for one in counts], query, most=10))

    wanted = in_the_open(counts, query)
    assert found == pytest.approx({n: score for n, score in enumerate(wanted) if score}, abs=1e-6)


def test_nothing_is_near_to_nothing() -> None:
    rows = [packed({"高龄": 1}), packed({})]

    assert nearest(rows, {"研发": 1}, most=5) == []
    assert nearest([], {"研发": 1}, most=5) == []
    assert nearest(rows, {}, most=5) == []
