"""RULE documents (JSON) and their parsed form; every operator in one table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from profiles.facts import Fact, vocabulary
from pusher.rules import compare, contain, dates, records
from pusher.rules.nodes import (
    All,
    Any,
    Leaf,
    Node,
    Not,
    Operator,
    Other,
    Scope,
    Unfit,
    asked,
    facts_used,
    leaves,
)

__all__ = [
    "OPERATORS",
    "All",
    "Any",
    "BadRule",
    "Leaf",
    "Node",
    "Not",
    "asked",
    "dump",
    "facts_used",
    "leaves",
    "parse",
]

DEEPEST = 50
"""Groups inside groups; what no policy needs and a recursive reader must not meet."""
MOST_LEAVES = 2_000
LONGEST_QUOTE = 4_000
LONGEST_ID = 200

OPERATORS: Mapping[str, Operator] = {
    operator.name: operator
    for family in (compare, dates, contain, records)
    for operator in family.OPERATORS
}


class BadRule(ValueError):
    """A rule document is wrong. The text is Chinese and names the place.

    Attributes:
        place: the path from the top, as ``all[1].any[0]``; empty for the rule itself.
    """

    def __init__(self, place: str, text: str) -> None:
        super().__init__(f"规则{place}：{text}" if place else f"规则：{text}")
        self.place = place


def parse(rule: object) -> Node:
    """Read a RULE document.

    Args:
        rule: nested ``{"all": […]}``, ``{"any": […]}``, ``{"not": …}`` over leaves
            ``{"fact", "op", "value", "quote", "id"}``; the rule of has and none is made
            alike, with ``field`` in place of ``fact``.

    Returns:
        The rule; leaves without an id are named c1, c2… in reading order.

    Raises:
        BadRule: at the first thing that is wrong: an unknown fact, field, operator or key,
            a value of the wrong kind, more than `DEEPEST` levels or `MOST_LEAVES` leaves.
    """
    reader = _Reader(frozenset(_given_ids(rule)))
    return reader.node(rule, place="", depth=1, level=_Level(vocabulary()))


def dump(node: Node) -> dict[str, object]:
    """The RULE document of a parsed rule; `parse` of it gives the same rule again."""
    return _dump(node, code="fact")


@dataclass(frozen=True, slots=True)
class _Level:
    """The facts, or the fields of a record list, that leaves at one level may name."""

    known: Mapping[str, Fact]
    above: "_Level | None" = None
    ids: str = ""

    def find(self, code: str) -> tuple[Fact, int] | None:
        """The fact a value compares with: beside it, else of whose record it is."""
        if code in self.known:
            return self.known[code], 0
        found = self.above.find(code) if self.above else None
        return (found[0], found[1] + 1) if found else None


_KEYS = frozenset({"fact", "field", "op", "value", "quote", "id"})


@dataclass(slots=True)
class _Reader:
    """One reading: counts the leaves and hands out their ids."""

    given: frozenset[str]
    taken: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    counted: int = 0

    def node(self, rule: object, *, place: str, depth: int, level: _Level) -> Node:
        if depth > DEEPEST:
            raise BadRule(place, f"嵌套超过{DEEPEST}层")
        if not isinstance(rule, dict) or not rule:
            raise BadRule(place, "应为 all、any、not 或一条条件")
        if "op" in rule:
            return self.leaf(rule, place=place, depth=depth, level=level)
        name = next(iter(rule))
        if len(rule) != 1 or name not in ("all", "any", "not"):
            raise BadRule(place, "应为 all、any、not 三者之一，或带 op 的条件")
        inside = f"{place}.{name}" if place else name
        if name == "not":
            return Not(self.node(rule[name], place=inside, depth=depth + 1, level=level))
        if not isinstance(rule[name], list):
            raise BadRule(inside, "应为列表")
        children = tuple(
            self.node(child, place=f"{inside}[{n}]", depth=depth + 1, level=level)
            for n, child in enumerate(rule[name])
        )
        return All(children) if name == "all" else Any(children)

    def leaf(self, rule: Mapping[str, object], *, place: str, depth: int, level: _Level) -> Leaf:
        self.counted += 1
        if self.counted > MOST_LEAVES:
            raise BadRule(place, f"条件超过{MOST_LEAVES}条")
        if strange := sorted(set(map(str, rule)) - _KEYS):
            raise BadRule(place, f"不认识的键：{'、'.join(strange)[:60]}")
        how = _operator(rule["op"], place)
        about = _about(rule, how, place, level)
        named = self.name(rule.get("id"), place, level)
        value = rule.get("value")
        if how.inner and about is not None:
            fields = _Level({f.code: f for f in about.fields}, above=level, ids=f"{named}.")
            asked_of = value if value is not None else {"all": []}
            inside = f"{place}.value" if place else "value"
            shaped: object = self.node(asked_of, place=inside, depth=depth + 1, level=fields)
        else:
            shaped = _shape(how, about, value, level.find, place)
        code = about.code if about else None
        return Leaf(code, how.name, shaped, _quote(rule, place), named, about, how)

    def name(self, given: object, place: str, level: _Level) -> str:
        """The id given, or the next number of this level that nobody was given."""
        if given is None:
            return self.next_name(level.ids)
        if not isinstance(given, str) or not 0 < len(given) <= LONGEST_ID:
            raise BadRule(place, f"id 应为{LONGEST_ID}字以内的文字")
        if given in self.taken:
            raise BadRule(place, "id 与另一条条件重复")
        self.taken.add(given)
        return given

    def next_name(self, prefix: str) -> str:
        name = None
        while name is None or name in self.given:
            self.numbers[prefix] = self.numbers.get(prefix, 0) + 1
            name = f"{prefix}c{self.numbers[prefix]}"
        return name


def _given_ids(rule: object) -> Iterator[str]:
    """Every id in the document, without recursion: depth is not yet known to be sane."""
    waiting = [rule]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if isinstance(part.get("id"), str):
                yield part["id"]
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _operator(name: object, place: str) -> Operator:
    how = OPERATORS.get(name) if isinstance(name, str) else None
    if how is None:
        raise BadRule(place, f"不认识的运算 {str(name)[:20]}，可用：{'、'.join(OPERATORS)}")
    return how


def _about(rule: Mapping[str, object], how: Operator, place: str, level: _Level) -> Fact | None:
    code = rule.get("field", rule.get("fact")) if level.above else rule.get("fact")
    if not how.kinds:
        return None
    about = level.known.get(code) if isinstance(code, str) else None
    if about is None:
        what = "字段" if level.above else "事实"
        raise BadRule(place, f"不认识的{what} {str(code)[:40]}")
    if about.kind not in how.kinds:
        raise BadRule(place, f"运算 {how.name} 不能用于“{about.label}”（{about.kind}）")
    if how.ordered and about.kind == "enum" and not about.ordered:
        raise BadRule(place, f"“{about.label}”的取值没有高低次序，不能用 {how.name}")
    return about


def _shape(how: Operator, about: Fact | None, value: object, find: Scope, place: str) -> object:
    try:
        return how.shape(about, value, find)
    except Unfit as wrong:
        raise BadRule(place, f"{how.name}：{wrong}") from None


def _quote(rule: Mapping[str, object], place: str) -> str | None:
    quote = rule.get("quote")
    if quote is not None and (not isinstance(quote, str) or len(quote) > LONGEST_QUOTE):
        raise BadRule(place, f"quote 应为{LONGEST_QUOTE}字以内的原文")
    return quote


def _dump(node: Node, *, code: str) -> dict[str, object]:
    match node:
        case Not(child):
            return {"not": _dump(child, code=code)}
        case All(children):
            return {"all": [_dump(child, code=code) for child in children]}
        case Any(children):
            return {"any": [_dump(child, code=code) for child in children]}
        case Leaf():
            value = _plain(node)
            return {
                code: node.fact,
                "op": node.op,
                "value": value,
                "quote": node.quote,
                "id": node.id,
            }


def _plain(leaf: Leaf) -> object:
    match leaf.value:
        case All() | Any() | Not() | Leaf():
            return _dump(leaf.value, code="field")
        case Other(code):
            return code
        case (Other(code), ratio):
            return {"fact": code, "ratio": ratio}
        case (age, on) if leaf.op == "age_ge_on":
            return {"age": age, "on": on}
        case tuple():
            return list(leaf.value)
    return leaf.value
