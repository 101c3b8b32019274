"""What a question tells of who asks, as facts of the vocabulary; used for the answer, kept nowhere.

Delicate facts are never asked for on a page that nobody signed in to (个人信息保护法 art. 28), but
who tells one by themselves is answered by it.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, Final

from profiles.identity import without_numbers
from pusher.words.tokens import normal

_GROWN: Final = 18
_APART: Final = 6
"""Characters between a parent and what became of them."""


def told_in(question: str) -> dict[str, object]:
    """The facts that a question tells, without its age; empty where it tells none."""
    even = normal(without_numbers(question))
    facts: dict[str, object] = {}
    for word, told in _told():
        place = even.find(word)
        if place < 0 or even[:place].endswith(_denied()):
            continue
        # what a longer word told is not told again by a word inside of it
        even = even.replace(word, " " * len(word))
        facts |= {code: value for code, value in told.items() if code not in facts}
    return facts | dict(_parents(normal(question)))


def of_child(question: str, age: int | None) -> bool:
    """Whether somebody asks for a child: the facts are the child's."""
    named = any(word in normal(question) for word in _words()["child"]["words"])
    return named if age is None else age < _GROWN


def _parents(even: str) -> Iterator[tuple[str, object]]:
    """What became of father and mother, where a child is asked for or both are named."""
    both = _fate(even, "both")
    for code, who in (("father_state", "father"), ("mother_state", "mother")):
        fate = both or (_fate(even, who) if of_child(even, None) else None)
        if fate is not None:
            yield code, fate


def _fate(even: str, who: str) -> str | None:
    parents = _words()["parents"]
    for state, said in parents["states"].items():
        for name, word in product(parents[who], said):
            if re.search(f"{name}[^，。；？]{{0,{_APART}}}{word}", even):
                return str(state)
    return None


@cache
def _told() -> tuple[tuple[str, Mapping[str, object]], ...]:
    """Word → facts, the longest first."""
    pairs = [(normal(word), one["facts"]) for one in _words()["told"] for word in one["words"]]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def _denied() -> tuple[str, ...]:
    return tuple(_words()["denied"]["words"])


@cache
def _words() -> Mapping[str, Any]:
    text = files("pusher.listening.answers").joinpath("told.toml").read_text("utf-8")
    return tomllib.loads(text)
