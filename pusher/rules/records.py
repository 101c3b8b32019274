"""Records: one and the same record meets an inner rule. And the words that ask no register."""

from collections.abc import Mapping

from profiles.facts import Fact, Kind
from pusher.rules import shapes
from pusher.rules.evaluate import holds
from pusher.rules.nodes import All, Any, Leaf, Node, Not, Operator, Scene
from pusher.rules.truth import Truth, either, negated


def _has(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    if not isinstance(have, list) or not isinstance(want, Leaf | All | Any | Not):
        return Truth.UNKNOWN
    return either(_meets(row, want, scene) for row in have)


def _meets(row: object, want: Node, scene: Scene) -> Truth:
    if not isinstance(row, Mapping):
        return Truth.UNKNOWN
    return holds(want, Scene(row, scene.as_of, outer=scene))


def _none(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return negated(_has(about, have, want, scene))


def _never_reached(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    """For words that ask no fact: `evaluate` answers with `when_none`."""
    return Truth.UNKNOWN


def _is_null(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    return Truth.NO


def _unsaid(about: Fact, want: object) -> str:
    return about.label


_RECORDS = frozenset({Kind.RECORDS})

# How has and none read is told by `say`, which knows how to say the inner rule.
OPERATORS = (
    Operator("has", _RECORDS, shapes.nothing, _has, lambda f, v: f"有{f.label}", inner=True),
    Operator(
        "none",
        _RECORDS,
        shapes.nothing,
        _none,
        lambda f, v: f"没有{f.label}",
        when_none=Truth.YES,
        inner=True,
    ),
    Operator(
        "null",
        frozenset(Kind),
        shapes.nothing,
        _is_null,
        lambda f, v: f"无{f.label}",
        when_none=Truth.YES,
    ),
    Operator(
        "never",
        frozenset(),
        shapes.nothing,
        _never_reached,
        _unsaid,
        when_none=Truth.NO,
        say_bare="本文件不产生资格",
    ),
    Operator(
        "manual",
        frozenset(),
        shapes.nothing,
        _never_reached,
        _unsaid,
        when_none=Truth.UNKNOWN,
        say_bare="须由经办人核实",
    ),
)
