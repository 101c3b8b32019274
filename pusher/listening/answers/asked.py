"""A question understood: what it is about, what it wants to know, and what it may not be told."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

from profiles.facts import areas
from profiles.identity import without_numbers
from pusher.words.tokens import fast, normal

LONGEST: Final = 200
"""Characters of a question that are looked at."""
_BROAD: Final = 0.25
"""What a word such as 补贴 weighs beside one that names a subject."""
_LONG: Final = 1.3
"""What a word of three characters or more weighs."""
_AGE: Final = re.compile(r"(?<!\d)(\d{1,3}) ?(?:周岁|岁|了)(?!以)")
_HIDDEN: Final = re.compile(r"(?:身份证|电话|手机|号码|号|是|：|:| ){0,4}\*{4}")
"""A number that was typed, with what introduces it."""


class Want(StrEnum):
    """What a question wants to know of a policy."""

    AMOUNT = "amount"
    UNTIL = "until"
    MATERIALS = "materials"
    PHONE = "phone"
    WHO = "who"
    HOW = "how"


class Broad(StrEnum):
    """What a word tells that many policies share."""

    BENEFIT = "benefits"
    """What one gets: 补贴."""
    AUDIENCE = "audience"
    """Who gets it: 老人, 企业."""


class Refused(StrEnum):
    """Why a question is not for us, before any policy is looked at."""

    EMPTY = "empty"
    """It names nothing."""
    ELSEWHERE = "elsewhere"
    """About another place."""
    PRIVATE = "private"
    """About somebody, or about a file."""
    PLAY = "play"
    """No question at all: an order to the machine, a joke."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question is about.

    Attributes:
        words: the word that was used, and all that documents call it.
        weight: how much it tells; above 0.
        broad: a policy is not found by it alone; None: it names a subject.
    """

    words: frozenset[str]
    weight: float
    broad: Broad | None = None

    def stands_in(self, text: str) -> bool:
        """Whether *text*, in normal form, names it."""
        return any(word in text for word in self.words)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was understood; of numbers of people nothing is left.

    Attributes:
        wants: what it asks for outright; empty where it asks in general.
        lists: it asks for all there is on something.
        hints: what it may be after: 能领吗, 申请.
        age: in years, where it tells one.
        refused: None where policies are to be looked at.
        elsewhere: the place it is about, where that is not ours.
    """

    text: str
    concepts: tuple[Concept, ...]
    wants: tuple[Want, ...]
    hints: tuple[Want, ...] = ()
    lists: bool = False
    age: int | None = None
    refused: Refused | None = None
    elsewhere: str = ""


def understand(text: str, *, area_code: str) -> Asked:
    """Say what a question is about.

    Args:
        text: as it was typed.
        area_code: of the office's district; other districts are elsewhere.
    """
    clean = without_numbers(text).strip()[:LONGEST]
    even = _HIDDEN.sub(" ", normal(clean))
    lists = _any_in(even, _words()["listing"]["words"])
    found = tuple(_concepts(even))
    # who asks for all there is does not care what it is called
    subjects = tuple(one for one in found if one.broad is not Broad.BENEFIT)
    concepts = subjects if lists and subjects else found
    place = _elsewhere(even, area_code)
    return Asked(
        clean,
        concepts,
        _wanted(even, "wants"),
        _wanted(even, "hints"),
        lists,
        _age(even),
        _refused(even, concepts, place),
        place,
    )


def _wanted(even: str, table: str) -> tuple[Want, ...]:
    words = _words()[table]
    return tuple(want for want in Want if _any_in(even, words.get(want.value, [])))


def _refused(even: str, concepts: tuple[Concept, ...], place: str) -> Refused | None:
    if _any_in(even, _words()["play"]["words"]):
        return Refused.PLAY
    if _any_in(even, _words()["private"]["words"]):
        return Refused.PRIVATE
    if place:
        return Refused.ELSEWHERE
    return None if any(not one.broad for one in concepts) or len(concepts) > 1 else Refused.EMPTY


def _concepts(even: str) -> Iterator[Concept]:
    """What the words of a question stand for, each once."""
    seen: set[str] = set()
    empty = _empty()
    for word in _cut_up(even):
        if word in empty or word in seen or word.isdigit():
            continue
        also = _same().get(word, frozenset())
        known = bool(also) and also <= seen
        seen |= also | {word}
        if known:
            continue
        broad = _broad().get(word)
        weight = _BROAD if broad else _LONG if len(word) > 2 else 1.0
        yield Concept(frozenset({word}) | also, weight, broad)


def _cut_up(even: str) -> Iterator[str]:
    """Words of two characters and more; single characters in a row are taken for one word."""
    run = ""
    for piece in [*_cutter()(even), ""]:
        lone = len(piece) == 1 and piece.isalnum() and piece not in _words()["empty"]["singles"]
        if lone and piece not in _same():
            run += piece
            continue
        if len(run) > 1:
            yield run
        run = ""
        if piece in _same() or (len(piece) > 1 and piece.strip().isalnum()):
            yield piece


def _age(even: str) -> int | None:
    found = _AGE.search(even)
    return int(found[1]) if found and 0 < int(found[1]) < 130 else None


def _elsewhere(even: str, area_code: str) -> str:
    return next((place for place in _far_places(area_code) if place in even), "")


@cache
def _far_places(area_code: str) -> tuple[str, ...]:
    """Names of places that the office does not lie in, without their endings."""
    near = {area_code[:2] + "0000", area_code[:4] + "00", area_code}
    names = [
        label.rstrip("省市区县")
        for code, label in areas().items()
        if len(code) == 6 and code not in near and len(label.rstrip("省市区县")) > 1
    ]
    ours = {areas().get(code, "").rstrip("省市区县") for code in near}
    return tuple(
        n for n in dict.fromkeys([*names, *_words()["elsewhere"]["words"]]) if n not in ours
    )


def _any_in(even: str, words: list[str]) -> bool:
    return any(word in even for word in words)


@cache
def _words() -> Mapping[str, Any]:
    text = files("pusher.listening.answers").joinpath("colloquial.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _same() -> Mapping[str, frozenset[str]]:
    """Word → what documents call it."""
    return {
        normal(word): frozenset(normal(meant) for meant in group["means"])
        for group in _words()["same"]
        for word in [*group["words"], *group["means"]]
    }


@cache
def _empty() -> frozenset[str]:
    return frozenset(_words()["empty"]["words"])


@cache
def _broad() -> Mapping[str, Broad]:
    return {word: kind for kind in Broad for word in _words()["broad"][kind.value]}


@cache
def _cutter() -> Any:
    return fast([*_same(), *_empty(), *_broad()])
