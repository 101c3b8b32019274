"""Conditions joined: all of them, any of them, without repeating and without contradiction."""

from collections.abc import Collection, Iterable
from typing import Any

from profiles.facts import Kind, vocabulary

Node = dict[str, Any]
"""A RULE of the contract, or a part of one."""

_UNITED = frozenset({"any_of", "in", "prefix"})


_STAGED = ("listing",)
"""Facts whose stages are one way in, however many clauses name them."""


def any_of(nodes: list[Node]) -> Node:
    """Join alternatives; leaves over the same set of values become one leaf."""
    nodes = _least(_once(united(one_record(nodes, of=_STAGED))))
    return nodes[0] if len(nodes) == 1 else {"any": nodes}


def all_of(nodes: list[Node]) -> Node:
    """Join what must all hold, without repeating a condition."""
    kept = _once(part for node in nodes for part in _flat(node))
    return kept[0] if len(kept) == 1 else {"all": kept}


def united(nodes: list[Node]) -> list[Node]:
    """Merge leaves of one fact and one quote whose values are a set."""
    kept: list[Node] = []
    for node in nodes:
        same = next((k for k in kept if _unites(k, node)), None)
        if same is None:
            kept.append(dict(node))
        else:
            same["value"] = list(dict.fromkeys([*same["value"], *node["value"]]))
    return kept


def _least(nodes: list[Node]) -> list[Node]:
    """Keep the least that is enough: 中度、重度失能或者完全失能 asks 中度 and above."""
    kept: list[Node] = []
    for node in nodes:
        place = next((n for n, one in enumerate(kept) if _on_one_ladder(one, node)), None)
        if place is None:
            kept.append(node)
        else:
            low, high = sorted((kept[place], node), key=_rung)
            kept[place] = {**low, "op": "ge"} if _reaches(low, high) else kept[place]
            if not _reaches(low, high):
                kept.append(node)
    return kept


def _on_one_ladder(one: Node, other: Node) -> bool:
    same = one.get("fact") is not None and one.get("fact") == other.get("fact")
    return same and all(n.get("op") in ("ge", "eq") and _rung(n) >= 0 for n in (one, other))


def _reaches(low: Node, high: Node) -> bool:
    """Whether all from *low* on are named: 中度 and 重度及以上, not 中度 and 完全失能."""
    if low["op"] == "ge":
        return True
    return high["op"] == "ge" and _rung(high) - _rung(low) <= 1


def _rung(node: Node) -> int:
    """Return the place of a value among the ordered values of its fact; -1 where it has none."""
    fact = vocabulary().get(node["fact"])
    order = [one.code for one in fact.values] if fact and fact.ordered else []
    return order.index(node["value"]) if node["value"] in order else -1


_UNITED_BY = {
    "listing": ("stage",),
    "adverse_events": ("kind",),
    "hardship_events": ("kind",),
    "qualifications": ("level", "code"),
}
"""Fields of a record whose values a list unites: 国家级、省级绿色工厂, 食品安全事故、欺老虐老."""


def one_record(nodes: list[Node], *, of: Collection[str] = frozenset(_UNITED_BY)) -> list[Node]:
    """Make one of records of the facts *of* that differ in one field alone, which a list names."""
    kept: list[Node] = []
    for node in nodes:
        alike = ((k, _apart_in(k, node)) for k in kept if k.get("fact") in of)
        same, name = next(((k, name) for k, name in alike if name), (None, None))
        if same is None or name is None:
            kept.append({**node} if "op" in node else node)
            continue
        told = {**_named(same, name), "op": "in", "value": _values(same, node, name)}
        parts = [told if p.get("field") == name else p for p in same["value"]["all"]]
        same["value"] = {"all": parts}
    return kept


def _apart_in(one: Node, other: Node) -> str | None:
    """Return the field in which alone two records differ, if a list unites its values."""
    if one["fact"] != other.get("fact") or any(n.get("op") != "has" for n in (one, other)):
        return None
    for name in _UNITED_BY.get(one["fact"], ()):
        rest = [[p for p in n["value"]["all"] if p.get("field") != name] for n in (one, other)]
        if rest[0] == rest[1] and _named(one, name) and _named(other, name):
            return name
    return None


def _named(node: Node, name: str) -> Node:
    return next((p for p in node["value"]["all"] if p.get("field") == name), {})


def _values(one: Node, other: Node, name: str) -> list[Any]:
    told = [_named(n, name)["value"] for n in (one, other)]
    return list(dict.fromkeys(v for t in told for v in (t if isinstance(t, list) else [t])))


def _unites(one: Node, other: Node) -> bool:
    return (
        one.get("op") in _UNITED
        and (one.get("fact"), one["op"]) == (other.get("fact"), other.get("op"))
        and one.get("quote") == other.get("quote")
    )


def bare(node: Node) -> Node:
    """Return *node* without its quotes, to compare what it asks."""
    if "not" in node:
        return {"not": bare(node["not"])}
    for join in ("all", "any"):
        if join in node and "op" not in node:
            return {join: [bare(part) for part in node[join]]}
    return {key: value for key, value in node.items() if key != "quote"}


def quoted(node: Node, quote: str) -> Node:
    """Return *node* with *quote* on each of its leaves that has none yet."""
    if "not" in node:
        return {"not": quoted(node["not"], quote)}
    for join in ("all", "any"):
        if join in node and "op" not in node:
            return {join: [quoted(part, quote) for part in node[join]]}
    return node if node.get("quote") else {**node, "quote": quote}


def leaves_of(node: Node) -> list[Node]:
    """Return the leaves of a rule, in order."""
    for join in ("all", "any"):
        if join in node and "fact" not in node:
            return [leaf for part in node[join] for leaf in leaves_of(part)]
    if "not" in node:
        return leaves_of(node["not"])
    return [node]


def alternatives(asked: list[Node]) -> list[Node]:
    """Join leaves of one fact that different clauses state differently: each is one way in.

    80周岁 here and 60周岁 there cannot both be asked of everybody.
    """
    kept: list[Node] = []
    for node in asked:
        rivals = [other for other in kept if rival(node, other)]
        if not rivals:
            kept.append(node)
            continue
        if any(_is_tier(node, part) for other in rivals for part in _flat(other)):
            continue
        ways = [way for other in rivals for way in _ways(other)]
        known = [bare(way) for way in ways]
        ways = ways if bare(node) in known else [*ways, node]
        places, ways = _without_places(ways)
        place = kept.index(rivals[0])
        kept = [other for other in kept if other not in rivals]
        kept[place:place] = [*places, *([_one_leaf(ways)] if ways else [])]
    return _once(part for node in kept for part in _flat(node))


def _is_tier(node: Node, asked: Node) -> bool:
    """Whether *node* asks more of one fact than is asked: 80周岁以上每餐加1元 is a tier, no way in."""
    same = (node.get("fact"), node.get("op")) == (asked.get("fact"), asked.get("op"))
    return same and node.get("op") in _REACHED and node["value"] > asked["value"]


def is_place(node: Node) -> bool:
    """Whether a condition speaks of places alone."""
    return all(str(leaf.get("fact")).endswith("_area") for leaf in leaves_of(node))


def _without_places(ways: list[Node]) -> tuple[list[Node], list[Node]]:
    """Take the places out of ways in: they are asked of all."""
    places = [part for way in ways for part in _flat(way) if is_place(part)]
    denied = any("not" in place for place in places)
    if not places or denied or all(set(way) != {"all"} for way in ways):
        return [], ways
    rest = [[part for part in _flat(way) if not is_place(part)] for way in ways]
    return _once(places), [all_of(parts) for parts in rest if parts]


def _flat(node: Node) -> list[Node]:
    parts: list[Node] = node["all"] if set(node) == {"all"} else [node]
    return parts


def _once(nodes: Iterable[Node]) -> list[Node]:
    kept: dict[str, Node] = {}
    for node in nodes:
        kept.setdefault(str(bare(node)), node)
    return list(kept.values())


def _one_leaf(ways: list[Node]) -> Node:
    """Join alternatives; sets of values of one fact are one set, whichever clause named them."""
    first = ways[0]
    if first.get("op") in _UNITED and all(
        (way.get("fact"), way.get("op")) == (first["fact"], first["op"]) for way in ways
    ):
        values = [value for way in ways for value in way["value"]]
        return {**first, "value": list(dict.fromkeys(values))}
    kept = one_record(ways, of=_STAGED)
    return kept[0] if len(kept) == 1 else {"any": kept}


def _ways(node: Node) -> list[Node]:
    ways: list[Node] = node["any"] if set(node) == {"any"} else [node]
    return ways


def rival(one: Node, other: Node) -> bool:
    """Whether two conditions cannot both be asked of the same person."""
    return any(
        _differ(mine, its, alone=mine is one and its is way)
        for way in _ways(other)
        for mine in _parts(one)
        for its in _parts(way)
    ) or _contradict(one, other)


def _contradict(one: Node, other: Node) -> bool:
    """Whether one asks just what the other denies: 本区户籍的… and 非本区户籍的…."""
    mine, its = ([bare(part) for part in _flat(node)] for node in (one, other))
    return any({"not": part} in its for part in mine) or any({"not": part} in mine for part in its)


def _parts(node: Node) -> list[Node]:
    parts: list[Node] = node["all"] if set(node) == {"all"} else [node]
    return [part for part in parts if part.get("fact")]


_REACHED = frozenset({"age_ge", "ge", "gt", "years_ge", "months_ge"})
_BOUNDS = frozenset({"ge", "gt", "le", "lt"})


_APART = {"listing": ("stage", "board"), "statistics_inclusion": ("kind",)}
"""Fields of which one record has one value: two of them are two ways in, never both asked."""


def _disjoint(one: Node, way: Node, name: str) -> bool:
    told = [_named(node, name) for node in (one, way)]
    return all(told) and len(_values(one, way, name)) == sum(
        len(t["value"]) if isinstance(t["value"], list) else 1 for t in told
    )


def _differ(one: Node, way: Node, *, alone: bool) -> bool:
    """Whether two leaves of one fact differ; inside a longer condition, whether figures clash."""
    if one["fact"] != way["fact"]:
        return False
    if one["op"] == way["op"] == "has" and one["fact"] in _APART:
        return any(_disjoint(one, way, name) for name in _APART[one["fact"]])
    if one["op"] == way["op"] and (alone or one["op"] in _BOUNDS):
        return bool(one["value"] != way["value"]) and one["op"] not in ("has", "none")
    if _apart(one, way):
        return True
    ages = {one["op"]: one["value"], way["op"]: way["value"]}
    below = ages.get("age_lt", ages.get("age_le"))
    above = ages.get("age_ge")
    return below is not None and above is not None and bool(above >= below)


def _apart(one: Node, other: Node) -> bool:
    """Whether two sets of kinds of which everybody is one have none in common."""
    fact = vocabulary().get(one["fact"])
    if fact is None or fact.kind is not Kind.ENUM or not {one["op"], other["op"]} <= {"eq", "in"}:
        return False
    mine, its = (v if isinstance(v, list) else [v] for v in (one["value"], other["value"]))
    return not set(mine) & set(its)
