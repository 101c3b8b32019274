"""No text makes one of our regular expressions look at it for much longer than it is long."""

import re
import time
from itertools import pairwise

import pytest

from pusher.reading.lines import squeeze
from tests.hostile.patterns import Found, all_patterns, hostile_texts

SIZES = (125, 1_000, 8_000)
"""Eight times as long must cost about eight times as much: a square would cost 64 times."""
MOST_TIMES = 24.0
LEAST_S = 0.0005
"""Less cannot be told from nothing on a busy machine."""


def cost(one: Found, text: str, tries: int = 1) -> float:
    """Seconds of this thread's own work, whatever else the machine does."""
    spent = []
    for _ in range(tries):
        begun = time.thread_time()
        if one.from_the_start:
            one.pattern.match(text), one.pattern.fullmatch(text)
        else:
            for _ in one.pattern.finditer(text):
                pass
        spent.append(time.thread_time() - begun)
    return min(spent)


def grows(one: Found) -> str | None:
    """The text by which a pattern's cost grows faster than the text; None: by none."""
    for small, large in pairwise(SIZES):
        pairs = zip(
            hostile_texts(one.pattern, small), hostile_texts(one.pattern, large), strict=True
        )
        for short, long in pairs:
            if one.of_documents:
                short, long = squeeze(short), squeeze(long)
            if all(
                cost(one, long, tries) > MOST_TIMES * LEAST_S
                and cost(one, long, tries) > MOST_TIMES * cost(one, short, tries)
                for tries in (1, 3, 3)
            ):
                return short[:40]
    return None


def test_the_cost_of_every_pattern_grows_as_its_text_does() -> None:
    """Where it does not: give the repeat that the text repeats an end, ``{0,60}`` for ``*``."""
    found = all_patterns()
    assert len(found) > 500

    wrong = {one.at: text for one in found if (text := grows(one)) is not None}

    assert wrong == {}


@pytest.mark.parametrize("pattern", [r"\d+x", r"\(.*?\)", r"a[^。]*b[^。]*c"])
def test_a_pattern_that_tries_again_and_again_is_found_out(pattern: str) -> None:
    assert grows(Found("here", re.compile(pattern)))
