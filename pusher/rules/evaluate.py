"""Whether a rule holds in a scene: the one place where conditions meet facts."""

import math
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from profiles.facts import Fact, Kind
from pusher.rules.nodes import All, Any, Leaf, Node, Not, Scene
from pusher.rules.sizes import possible_sizes
from pusher.rules.truth import Truth, both, either, negated


def holds(node: Node, scene: Scene) -> Truth:
    """Judge a rule, stopping as soon as the answer is settled."""
    match node:
        case Leaf():
            return holds_leaf(node, scene)
        case Not(child):
            return negated(holds(child, scene))
        case All(children):
            return both(holds(child, scene) for child in children)
        case Any(children):
            return either(holds(child, scene) for child in children)


def holds_leaf(leaf: Leaf, scene: Scene) -> Truth:
    """Judge one condition. A missing or malformed fact is unknown; none is an answer."""
    how, about = leaf.how, leaf.about
    if how is None:
        raise ValueError("a condition is judged only after language.parse")
    if about is None:
        return how.when_none
    if about.derived and scene.outer is None:
        return _holds_derived(leaf, about, scene)
    if about.code not in scene.facts:
        return Truth.UNKNOWN
    raw = scene.facts[about.code]
    if raw is None or raw == []:
        zero = _zero(about) if how.none_is_zero else None
        return how.when_none if zero is None else how.judge(about, zero, leaf.value, scene)
    have = _READERS[about.kind](raw)
    return Truth.UNKNOWN if have is None else how.judge(about, have, leaf.value, scene)


def _holds_derived(leaf: Leaf, about: Fact, scene: Scene) -> Truth:
    return holds_over(leaf, computed(about, scene.facts), scene)


def holds_over(leaf: Leaf, values: frozenset[str | None], scene: Scene) -> Truth:
    """Agree over every value a computed fact may have; what is declared of it is not asked."""
    how, about = leaf.how, leaf.about
    if how is None or about is None:
        return Truth.UNKNOWN
    truths = {
        Truth.UNKNOWN if value is None else how.judge(about, value, leaf.value, scene)
        for value in values
    }
    return truths.pop() if len(truths) == 1 else Truth.UNKNOWN


def computed(about: Fact, facts: Mapping[str, object]) -> frozenset[str | None]:
    """The values that a computed fact may have, given what is known; None stands for neither."""
    return _COMPUTED[about.code](facts)


_COMPUTED: Mapping[str, Callable[[Mapping[str, object]], frozenset[str | None]]] = {
    "size_class": possible_sizes
}


def is_quantity(fact: Fact) -> bool:
    """Whether none of it is zero of it: money, people, metres; not rates, grades, years."""
    return fact.kind in (Kind.INTEGER, Kind.NUMBER) and fact.unit not in (None, "%", "级", "孩")


def _zero(fact: Fact) -> object:
    if fact.kind is Kind.BOOL:
        return False
    return 0 if is_quantity(fact) else None


@lru_cache(maxsize=65_536)
def day(text: str) -> date | None:
    """A stored day, or None where the text is none."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def number(raw: object) -> int | float | None:
    """A stored figure, or None where it is no finite number."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        return None
    return raw


def _set(raw: object) -> frozenset[object] | None:
    return frozenset(c for c in raw if isinstance(c, str)) if isinstance(raw, list) else None


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) and raw else None


# What is stored, as the operators take it; None: malformed, hence unknown.
_READERS: Mapping[Kind, Callable[[object], object]] = {
    Kind.DATE: lambda raw: day(raw) if isinstance(raw, str) else None,
    Kind.ENUM: _text,
    Kind.SET: _set,
    Kind.BOOL: lambda raw: raw if isinstance(raw, bool) else None,
    Kind.INTEGER: number,
    Kind.NUMBER: number,
    Kind.AREA: _text,
    Kind.INDUSTRY: _text,
    Kind.TEXT: _text,
    Kind.RECORDS: lambda raw: raw if isinstance(raw, list) else None,
}
