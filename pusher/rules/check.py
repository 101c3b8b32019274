"""Rules that can never hold, or only seem to say something: told before staff confirm them.

A doubt is found by trying: for each fact, values around every limit the rule names are
judged by the very operators of the language. A contradiction across two facts is not found.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from profiles.facts import Fact, Kind
from pusher.rules.contain import divisions
from pusher.rules.dates import months_after, years_after
from pusher.rules.evaluate import holds_leaf
from pusher.rules.nodes import All, Any, Leaf, Node, Not, Other, Scene
from pusher.rules.say import say_leaf
from pusher.rules.truth import Truth

MOST_TRIES = 50_000
"""Pairs of conditions looked at for one rule, about a second; the rest goes unchecked."""


@dataclass(frozen=True, slots=True)
class _Demand:
    """A condition and what it must come to for the rule to hold."""

    leaf: Leaf
    wanted: Truth


def doubts(node: Node) -> list[str]:
    """What staff should look at again, in Chinese; empty where nothing was found.

    Found are: conditions on one fact that exclude one another (60周岁以上 and 未满18周岁,
    two different values of one choice), empty lists, intervals the wrong way round, groups
    without a way in, and one and the same condition both asked and excluded. Limits by age
    and limits by calendar day on one date are not held against each other.
    """
    search = _Search()
    found = [*_empty_lists(node), *search.contradictions(node, wanted=True, given=())]
    for leaf in _everywhere(node):
        if isinstance(leaf.value, Leaf | All | Any | Not):
            found.extend(search.contradictions(leaf.value, wanted=True, given=()))
    return list(dict.fromkeys(found))


def _empty_lists(node: Node) -> Iterator[str]:
    for leaf in _everywhere(node):
        if leaf.value == () and leaf.about is not None:
            yield f"“{leaf.about.label}”的名单是空的，这一条没有意义"


def _everywhere(node: Node) -> Iterator[Leaf]:
    """Every leaf, those inside the rules over records included."""
    match node:
        case Leaf():
            yield node
            if isinstance(node.value, Leaf | All | Any | Not):
                yield from _everywhere(node.value)
        case Not(child):
            yield from _everywhere(child)
        case All(children) | Any(children):
            for child in children:
                yield from _everywhere(child)


_Options = tuple[tuple[Node, bool], ...]


def _demands(node: Node, *, wanted: bool) -> tuple[list[_Demand], list[_Options]]:
    """What must all hold for a node, and the groups of which one way in is enough."""
    match node:
        case Leaf():
            return [_Demand(node, Truth.YES if wanted else Truth.NO)], []
        case Not(child):
            return _demands(child, wanted=not wanted)
        case All(children) | Any(children):
            if isinstance(node, All) is not wanted:
                return [], [tuple((child, wanted) for child in children)]
            parts = [_demands(child, wanted=wanted) for child in children]
            return [d for part in parts for d in part[0]], [o for part in parts for o in part[1]]


@dataclass(slots=True)
class _Search:
    """One look through a rule, within `MOST_TRIES`."""

    left: int = MOST_TRIES

    def contradictions(
        self, node: Node, *, wanted: bool, given: tuple[_Demand, ...]
    ) -> Iterator[str]:
        """Where a node, or one way into it, cannot come to *wanted* beside what is *given*."""
        demands, choices = _demands(node, wanted=wanted)
        held = given + tuple(demands)
        if clash := self.clash(held):
            yield clash
            return
        for options in choices:
            if not options:
                yield "有一组条件没有列出任何情形，任何人都不符合"
            for part, want in options:
                yield from self.contradictions(part, wanted=want, given=held)

    def clash(self, demands: Iterable[_Demand]) -> str | None:
        """Why these demands exclude one another, fact by fact, or None."""
        by_fact: dict[str, list[_Demand]] = {}
        for demand in demands:
            by_fact.setdefault(demand.leaf.fact or "", []).append(demand)
        # never asks no fact and is said of internal documents on purpose: no clash.
        by_fact.pop("", None)
        for same in by_fact.values():
            if not self.satisfiable(same):
                pairs = (pair for pair in combinations(same, 2) if not self.satisfiable(pair))
                pair = next(pairs, tuple(same))
                said = "；".join(_say(demand) for demand in pair)
                return f"{'这些条件不可能同时' if len(pair) > 1 else '这个条件不可能'}成立：{said}"
        return None

    def satisfiable(self, demands: Sequence[_Demand]) -> bool:
        """Whether some value of the fact gives every demand what it wants."""
        self.left -= len(demands) ** 2
        return self.left < 0 or _satisfiable(demands)


def _say(demand: _Demand) -> str:
    said = say_leaf(demand.leaf)
    return said if demand.wanted is Truth.YES else f"不包括：{said}"


def _satisfiable(listed: Sequence[_Demand]) -> bool:
    """By trying; conditions without a fact, and whole records, are taken to be."""
    if any(_opposed(one, two) for one, two in combinations(listed, 2)):
        return False
    about = listed[0].leaf.about
    if about is None or about.kind is Kind.RECORDS:
        return True
    if about.derived:
        return _some_choice(about, listed)
    tried = _trials(listed)
    return tried is None or any(
        all(_comes_to(demand, value) for demand in listed) for value in tried
    )


def _opposed(one: _Demand, two: _Demand) -> bool:
    """The same condition asked and excluded; has and none of the same."""
    same_value = one.leaf.value == two.leaf.value
    if same_value and one.leaf.op == two.leaf.op:
        return one.wanted is not two.wanted
    opposites = {one.leaf.op, two.leaf.op} == {"has", "none"}
    return same_value and opposites and one.wanted is two.wanted


def _comes_to(demand: _Demand, value: object) -> bool:
    fact = demand.leaf.fact or ""
    return holds_leaf(demand.leaf, Scene({fact: value}, _TODAY)) is demand.wanted


def _some_choice(about: Fact, demands: Sequence[_Demand]) -> bool:
    """For a computed choice: judged on its values, not on the facts it comes from."""
    scene = Scene({}, _TODAY)
    return any(
        all(
            d.leaf.how and d.leaf.how.judge(about, c.code, d.leaf.value, scene) is d.wanted
            for d in demands
        )
        for c in about.values
    )


# Ages and terms are tried as seen from one plain day; days of the calendar do not need it.
_TODAY = date(2025, 6, 16)
_BY_AGE = ("age_", "years_", "months_", "on_or_after_as_of", "before_as_of")


def _trials(demands: Sequence[_Demand]) -> list[object] | None:
    """Values worth trying, None among them; None altogether where trying proves nothing."""
    leaves = [d.leaf for d in demands]
    about = leaves[0].about
    if about is None or any(_compares(leaf) for leaf in leaves):
        return None
    values = [value for leaf in leaves for value in _flat(leaf.value)]
    match about.kind:
        case Kind.BOOL:
            return [True, False, None]
        case Kind.ENUM:
            return [None, *(choice.code for choice in about.values)]
        case Kind.SET:
            return _sets([choice.code for choice in about.values], values)
        case Kind.INTEGER | Kind.NUMBER:
            return [None, 0, *_around(values)]
        case Kind.DATE:
            return _days(leaves)
        case Kind.AREA:
            return [None, "820000", *values]
        case Kind.INDUSTRY:
            codes = [code for value in values for code in divisions(str(value))]
            return [None, "9700", *(code.ljust(4, "9") for code in codes), *codes]
        case _:
            return [None, "（其他）", *values]


def _compares(leaf: Leaf) -> bool:
    return any(isinstance(value, Other) for value in _flat(leaf.value))


def _flat(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _sets(codes: list[str], values: list[object]) -> list[object]:
    named = list(dict.fromkeys([*map(str, values), *codes]))
    pairs = [list(pair) for pair in combinations(named[:60], 2)]
    return [None, *([code] for code in named), *pairs, named]


def _around(values: list[object]) -> list[int | float]:
    limits = [value for value in values if isinstance(value, int | float)]
    return [limit + step for limit in limits for step in (-1, -0.001, 0, 0.001, 1)]


def _days(leaves: list[Leaf]) -> list[object] | None:
    ages = [x for x in leaves if x.op.startswith(_BY_AGE) and x.op != "age_ge_on"]
    if len(ages) not in (0, len([leaf for leaf in leaves if leaf.op != "null"])):
        return None
    limits = [day for leaf in leaves for day in _limits(leaf)]
    near = [limit.toordinal() + step for limit in limits for step in (-40, -1, 0, 1, 40)]
    latest = date.max.toordinal()
    return [
        None,
        _TODAY.isoformat(),
        *(date.fromordinal(min(day, latest)).isoformat() for day in near),
    ]


def _limits(leaf: Leaf) -> Iterator[date]:
    """The days at which a condition over a date turns, as seen from `_TODAY`."""
    yield _TODAY
    if leaf.op == "age_ge_on" and isinstance(leaf.value, tuple):
        age, on = leaf.value
        yield years_after(date.fromisoformat(on), -age)
        return
    for value in _flat(leaf.value):
        if isinstance(value, str):
            yield date.fromisoformat(value)
        elif isinstance(value, int) and leaf.op.startswith("months"):
            yield months_after(_TODAY, -value)
        elif isinstance(value, int):
            yield years_after(_TODAY, -value)
            yield years_after(_TODAY, -value - 1)
