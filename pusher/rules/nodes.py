"""A parsed rule: a tree of groups over conditions, and what one condition consists of."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from profiles.facts import Fact, Kind, is_sensitive
from pusher.rules.truth import Truth


@dataclass(frozen=True, slots=True)
class Scene:
    """What a condition is judged against: a document of facts, or one record in it."""

    facts: Mapping[str, object]
    as_of: date
    outer: "Scene | None" = None
    """For a record: whose it is."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another fact, or field of the same record, that a condition compares with."""

    code: str
    label: str
    up: int
    """0: beside the one asked; 1: of the person or firm whose record it is, and so on."""

    def known_in(self, scene: Scene) -> Mapping[str, object]:
        """The facts or the record in which to look for it."""
        for _ in range(self.up):
            scene = scene.outer or scene
        return scene.facts


class Unfit(ValueError):
    """The value of a condition does not suit its operator; Chinese, without the place."""


Scope = Callable[[str], tuple[Fact, int] | None]
"""Finds the fact, or field of the same record, that a value names, and how far up it is."""


Shape = Callable[[Fact | None, object, Scope], object]
Judge = Callable[[Fact, object, object, Scene], Truth]
Say = Callable[[Fact, object], str]


@dataclass(frozen=True, slots=True)
class Operator:
    """One word of the language: what it applies to, takes, means and reads like."""

    name: str
    kinds: frozenset[Kind]
    """Empty: it asks no fact at all (never, manual)."""
    shape: Shape
    """The JSON value made immutable; raises `Unfit`. A rule over a record's fields is
    parsed by `language` instead, see `inner`."""
    judge: Judge
    """(fact, what is known, what is asked, scene); what is known is never None."""
    say: Say
    when_none: Truth = Truth.NO
    """The answer where the fact is known to be none."""
    none_is_zero: bool = False
    """Judge none as 0 of a quantity, as 否 of a yes-or-no, if the fact has such a zero."""
    inner: bool = False
    """Its value is a rule over the fields of one and the same record."""
    say_bare: str = ""
    """How a word reads that asks no fact."""
    ordered: bool = False
    """Of the enums it applies only to those whose choices have an order."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition, with the words of the policy it was read from."""

    fact: str | None
    """Code of a fact; inside a record rule, of a field. None for never and manual."""
    op: str
    value: object
    """Immutable: tuples for lists, a `Node` for has and none."""
    quote: str | None
    id: str
    about: Fact | None = field(default=None, compare=False, repr=False)
    how: Operator | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class All:
    """Every child holds; without children, everybody."""

    children: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Any:
    """At least one child holds; without children, nobody."""

    children: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The child does not hold."""

    child: "Node"


Node = All | Any | Not | Leaf


def leaves(node: Node) -> Iterator[Leaf]:
    """The conditions in reading order; what has and none ask of a record stays inside them."""
    match node:
        case Leaf():
            yield node
        case Not(child):
            yield from leaves(child)
        case All(children) | Any(children):
            for child in children:
                yield from leaves(child)


def facts_used(node: Node) -> frozenset[str]:
    """Codes of all facts a rule asks, the sources of computed ones and compared ones included."""
    return frozenset(code for leaf in leaves(node) for code in asked(leaf))


def asks_sensitive(node: Node) -> bool:
    """Whether a rule asks any fact that needs a consent of its own."""
    return any(is_sensitive(code) for code in facts_used(node))


def asked(leaf: Leaf) -> tuple[str, ...]:
    """Codes of the facts one condition needs; empty for never and manual."""
    if leaf.fact is None or leaf.about is None:
        return ()
    match leaf.value:
        case Other(code, _, up) | (Other(code, _, up), _) if up == 0:
            return leaf.fact, code
    return leaf.about.derived or (leaf.fact,)
