"""A draft made short: records that are one record, exclusions that what is asked rules out."""

import re
from collections.abc import Sequence
from typing import Any

from profiles.facts import Kind, vocabulary
from pusher.reading.grammar.joining import Node, all_of, bare, leaves_of

_KIND = ("entity_type", "in")
_ONE_OF_ALL = frozenset({"businesses", "loans"})
_SETS = frozenset({"in", "any_of", "prefix", "within"})


def merged(asked: Sequence[Node]) -> list[Node]:
    """Make one of conditions over the same kind of record that different clauses state.

    首次升规纳统 here and 2026年内新入库 there speak of one entry.
    """
    kept: list[Node] = []
    for node in asked:
        place = next((n for n, one in enumerate(kept) if _same_record(one, node)), None)
        if place is None:
            kept.append(node)
        else:
            where = {str(part): part for part in (*_where(kept[place]), *_where(node))}
            kept[place] = {**kept[place], "value": {"all": list(where.values())}}
    return [one for n, one in enumerate(kept) if not _told_inside(one, kept, n)]


def _told_inside(node: Node, kept: list[Node], place: int) -> bool:
    """Take the fields of a loan into the one loan that a way in asks: 贷款发放日期应在2026年."""
    if node.get("fact") not in _ONE_OF_ALL or node.get("op") != "has":
        return False
    others = [leaf for n, one in enumerate(kept) if n != place for leaf in leaves_of(one)]
    same = [leaf for leaf in others if leaf["fact"] == node["fact"]]
    if len(same) != 1 or not _same_record(same[0], node):
        return False
    known = [bare(part) for part in _where(same[0])]
    more = [part for part in _where(node) if bare(part) not in known]
    same[0]["value"] = {"all": [*_where(same[0]), *more]}
    return True


def without_implied(asked: Sequence[Node]) -> list[Node]:
    """Leave out what another condition says already: 首店 beside 2025年10月以后认定的首店.

    So is one of several kinds beside some of them: 退役军人, 安置方式为自主就业.
    """
    records = [n for n in asked if (n.get("fact"), n.get("op")) == ("qualifications", "has")]
    kept = [node for node in asked if not any(_implies(one, node) for one in records)]
    kept = [node for node in kept if not any(_is_younger(one, node) for one in kept)]
    if sum(one.get("fact") == "disability" for one in kept) > 1:
        kept = [node for node in kept if not _is_any_disability(node)] or kept
    return [node for node in kept if not any(_narrows(one, node) for one in kept)]


def _is_younger(one: Node, node: Node) -> bool:
    """Whether *node* says no more than 未成年人 and *one* asks to be younger: 12周岁以下."""
    if not (one.get("fact") == node.get("fact") == "birth_date"):
        return False
    minor = (node["op"], node["value"]) == ("age_lt", 18)
    return minor and one["op"] in ("age_lt", "age_le") and one["value"] < 18


def _is_any_disability(node: Node) -> bool:
    """Whether *node* asks for no more than some disability: 残疾人 beside 肢体残疾."""
    every = {"all": [{"field": "grade", "op": "le", "value": 4}]}
    return (node.get("fact"), node.get("op"), node.get("value")) == ("disability", "has", every)


def _narrows(one: Node, node: Node) -> bool:
    """Whether *one* asks for fewer values of the same fact than *node*."""
    if one.get("fact") is None or one.get("fact") != node.get("fact"):
        return False
    if one["op"] not in ("in", "eq") or node["op"] != "in":
        return False
    told = one["value"] if isinstance(one["value"], list) else [one["value"]]
    return set(told) < set(node["value"])


def _implies(record: Node, node: Node) -> bool:
    if set(node) == {"any"}:
        return any(_implies(record, way) for way in node["any"])
    if node is record or (node.get("fact"), node.get("op")) != (record["fact"], "has"):
        return False
    if any(set(one["value"]) != {"all"} for one in (node, record)):
        return False
    parts, more = ([bare(part) for part in _where(one)] for one in (node, record))
    return len(parts) < len(more) and all(part in more for part in parts)


def widened(node: Node, likewise: Sequence[Node]) -> Node:
    """Take in whom a text treats likewise (社会团体参照执行): one more kind among those asked."""
    for join in ("all", "any"):
        if join in node and "op" not in node:
            return {join: [widened(part, likewise) for part in node[join]]}
    values = [
        value
        for leaf in likewise
        if (leaf.get("fact"), leaf.get("op")) == (node.get("fact"), node.get("op")) == _KIND
        for value in leaf["value"]
    ]
    return {**node, "value": list(dict.fromkeys([*node["value"], *values]))} if values else node


def gathered(node: Node, whole: str) -> Node:
    """Make one set of neighbours that name values of one fact: （一）低保对象；（二）特困人员。

    Args:
        whole: the text of the document; the set is quoted from its first word to its last.
    """
    if "not" in node:
        return {"not": gathered(node["not"], whole)}
    if set(node) == {"all"}:
        return {"all": _shut_as_one([gathered(part, whole) for part in node["all"]], whole)}
    if set(node) != {"any"}:
        return node
    ways = [gathered(part, whole) for part in node["any"]]
    kept: list[Node] = []
    for way in (_without_others(way, ways) for way in ways):
        if kept and _one_set(kept[-1], way):
            kept[-1] = _with_values(kept[-1], way, whole)
        else:
            kept.append(way)
    return kept[0] if len(kept) == 1 else {"any": kept}


def _shut_as_one(parts: list[Node], whole: str) -> list[Node]:
    """Make one set of values of one fact that a sentence shuts out: 甲类，以及乙类，不适用."""
    kept: list[Node] = []
    for part in parts:
        same = next((k for k in kept if _in_one_sentence(k, part, whole)), None)
        if same is None:
            kept.append(dict(part))
        else:
            same["not"] = _with_values(same["not"], part["not"], whole)
    return kept


def _in_one_sentence(one: Node, other: Node, whole: str) -> bool:
    if not (set(one) == set(other) == {"not"} and _one_set(one["not"], other["not"])):
        return False
    places = sorted(whole.find(n["not"].get("quote", "")) for n in (one, other))
    return places[0] >= 0 and not re.search(r"[。；;\n]", whole[places[0] : places[1]])


def _without_others(way: Node, ways: Sequence[Node]) -> Node:
    """Leave out of a way in that it is not another one: 本区户籍，或者虽无本区户籍但持居住证的."""
    if set(way) != {"all"}:
        return way
    others = [{"not": bare(one)} for one in ways if one is not way]
    return all_of([part for part in way["all"] if bare(part) not in others] or [way])


_CHOSEN = {"eq": "in", "in": "in", "any_of": "any_of", "prefix": "prefix"}
_LONGEST_SPAN = 160


def _one_set(one: Node, other: Node) -> bool:
    if one.get("fact") is None or one.get("fact") != other.get("fact"):
        return False
    ops = {_CHOSEN.get(one["op"]), _CHOSEN.get(other["op"])}
    return len(ops) == 1 and None not in ops


def _with_values(one: Node, other: Node, whole: str) -> Node:
    values = [v for n in (one, other) for v in _listed(n["value"])]
    quotes = [n.get("quote", "") for n in (one, other)]
    return {
        **one,
        "op": _CHOSEN[one["op"]],
        "value": list(dict.fromkeys(values)),
        "quote": _from_to(quotes[0], quotes[1], whole),
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _from_to(first: str, last: str, whole: str) -> str:
    """Return the text from *first* to *last*; *first* alone where they stand far apart."""
    start = whole.find(first)
    end = whole.find(last, start + len(first)) + len(last) if start >= 0 else -1
    return whole[start:end] if len(first) < end - start <= _LONGEST_SPAN else first


def taken_in(asked: list[Node], found: Sequence[Node]) -> bool:
    """Put a second way beside what it lacks: 户口不在本区但在本区居住的，同样纳入.

    Returns:
        False where *found* lacks nothing that is asked; then *asked* is as it was.
    """
    lacks = [bare(node["not"]) for node in found if "not" in node]
    way = [node for node in found if "not" not in node]
    for place, node in enumerate(asked):
        parts = node["all"] if set(node) == {"all"} else [node]
        if way and any(bare(part) in lacks for part in parts):
            told = [{"any": [p, all_of(way)]} if bare(p) in lacks else p for p in parts]
            asked[place] = all_of(told)
            return True
    return False


def waived(node: Node, waivers: Sequence[tuple[str, Node]]) -> Node:
    """Let pass those of whom a condition is not asked: 低保对象不受收入限制."""
    for join in ("all", "any"):
        if join in node and "op" not in node:
            return {join: [waived(part, waivers) for part in node[join]]}
    free = [who for fact, who in waivers if node.get("fact") == fact]
    return {"any": [node, *free]} if free else node


def _where(node: Node) -> list[Node]:
    parts: list[Node] = node["value"]["all"]
    return parts


def _same_record(one: Node, other: Node) -> bool:
    """Whether two conditions of one record fact agree in every field that both ask."""
    if not (one.get("op") == other.get("op") == "has" and one["fact"] == other["fact"]):
        return False
    fields = [{part.get("field"): part for part in _where(node)} for node in (one, other)]
    shared = fields[0].keys() & fields[1].keys() - {None}
    agree = all(fields[0][name] == fields[1][name] for name in shared)
    # somebody's own firm, the loan that is subsidised: one record, wherever it is told
    one_of_all = one["fact"] in _ONE_OF_ALL
    return agree and (one_of_all or bool(shared & {"code", "left_on", "category"}))


def given_away(shut: list[Node], asked: Sequence[Node]) -> list[Node]:
    """Ask of the car that it was not given away before a day that a text shuts out.

    2026年1月1日前已过户的旧车，不得用于申请 is said of the car that is asked, not of every car.
    """
    cars = [one for node in asked for one in leaves_of(node)
            if one["fact"] == "vehicles" and one["op"] == "has"]  # fmt: skip
    gone = [node for node in shut if _is_gone(node)]
    if len(cars) != 1 or len(gone) != 1:
        return shut
    since = {"before": "on_or_after", "on_or_before": "after"}
    last = _where(gone[0])[0]
    own: Node = {"field": "transferred_on", "op": "null", "value": None}
    later: Node = {**last, "op": since[last["op"]]}
    cars[0]["value"] = {"all": [*_where(cars[0]), {"any": [own, later]}]}
    return [node for node in shut if node is not gone[0]]


def _is_gone(node: Node) -> bool:
    where = _where(node) if node.get("fact") == "vehicles" and node.get("op") == "has" else []
    return (
        len(where) == 1 and where[0].get("field") == "transferred_on" and where[0]["op"] != "null"
    )


def needed(shut: Sequence[Node], asked: Sequence[Node]) -> list[Node]:
    """Keep the exclusions that shut somebody out whom the conditions let in."""
    flat = [leaf for node in asked for leaf in (node["all"] if set(node) == {"all"} else [node])]
    kept: list[Node] = []
    every = [bare(leaf) for node in asked for leaf in leaves_of(node)]
    of_all = [bare(leaf) for leaf in flat]
    of_all += [leaf for leaf in every if leaf["op"] == "has"]
    shut = [_without_asked(node, of_all) for node in shut]
    for node in shut:
        if bare(node) in every or any(_ruled_out(node, one) for one in flat):
            continue
        if any(_is_another(node, one) for one in every):
            continue
        if any(_is_another_way(node, one) for one in (*asked, {"all": flat})):
            continue
        if any(_within(node, other) for other in shut if other is not node):
            continue
        kept.append(node)
    return kept


def _is_another(shut: Node, asked: Node) -> bool:
    """Whether a record that is shut out is only told apart from the one that is asked.

    区级首店不予奖励 beside 市级以上首店, 区级立项的不予配套 beside 省级立项: who has both is not shut out.
    """
    if not (shut.get("op") == asked.get("op") == "has" and shut["fact"] == asked["fact"]):
        return False
    mine, its = ({p["field"]: _told(p) for p in _where(n) if "field" in p} for n in (shut, asked))
    if not mine.keys() <= its.keys() or not mine.keys() & _NAMED:
        return False
    apart = [name for name in mine if not mine[name] & its[name]]
    return bool(apart) or mine.keys() == {"code"}


def _is_another_way(shut: Node, asked: Node) -> bool:
    """Whether those shut out are only told apart from the ones of a way in.

    有限责任公司挂牌的不予补助 beside 股份有限公司挂牌的: the way asks already that it be another kind.
    """
    ways = asked.get("any") or asked.get("all") or []
    if any(_is_another_way(shut, way) for way in ways):
        return True
    if not (set(shut) == set(asked) == {"all"}):
        return False
    facts = {part.get("fact") for part in asked["all"]}
    told = all(part.get("fact") in facts for part in shut["all"])
    return told and any(_apart(one, other) for one in shut["all"] for other in asked["all"])


def _apart(one: Node, other: Node) -> bool:
    """Whether two leaves name different kinds of one fact."""
    if (one.get("fact"), other.get("fact")) != ("entity_type", "entity_type"):
        return False
    kinds = [_choices(vocabulary()["entity_type"], leaf) for leaf in (one, other)]
    return all(kinds) and not kinds[0] & kinds[1]


_NAMED = frozenset({"code", "level"})


def _told(part: Node) -> set[str]:
    value = part["value"]
    return set(map(str, value)) if isinstance(value, list) else {str(value)}


def _without_asked(shut: Node, asked: Sequence[Node]) -> Node:
    """Leave out of an exclusion what is asked of everybody anyway: 残疾人 among 残疾人."""
    if set(shut) != {"all"}:
        return shut
    parts = [part for part in shut["all"] if bare(part) not in asked]
    return shut if not parts else parts[0] if len(parts) == 1 else {"all": parts}


def _ruled_out(shut: Node, asked: Node) -> bool:
    """Whether nobody of whom *asked* holds is shut out by *shut*, both leaves of one fact."""
    if shut.get("fact") is None or shut.get("fact") != asked.get("fact"):
        return False
    fact = vocabulary().get(shut["fact"])
    if fact is None:
        return False
    if fact.kind is Kind.ENUM:
        mine, theirs = _choices(fact, shut), _choices(fact, asked)
        apart = bool(mine and theirs) and not mine & theirs
        # 非全日制 beside 全日制 says nothing new; 转业安置的不适用 beside 自主就业 names somebody
        return apart and (fact.ordered or mine | theirs == {one.code for one in fact.values})
    if fact.kind in (Kind.INTEGER, Kind.NUMBER):
        low, high = _range(shut)
        least, most = _range(asked)
        return low >= most or high <= least
    return False


def _choices(fact: Any, leaf: Node) -> set[str]:
    order = [choice.code for choice in fact.values]
    op, value = leaf["op"], leaf["value"]
    if op == "eq":
        return {value}
    if op == "in":
        return set(value)
    if op in ("ge", "le") and value in order:
        place = order.index(value)
        return set(order[place:] if op == "ge" else order[: place + 1])
    return set()


def _range(leaf: Node) -> tuple[float, float]:
    """The figures of which a leaf holds; the ends are close enough for opposite bounds."""
    op, value = leaf["op"], leaf["value"]
    if op == "between":
        return float(value[0]), float(value[1])
    if op in ("ge", "gt"):
        return float(value), float("inf")
    if op in ("le", "lt"):
        return float("-inf"), float(value)
    return float("-inf"), float("inf")


def _within(node: Node, other: Node) -> bool:
    """Whether *other* shuts out everybody whom *node* shuts out, and more."""
    if node.get("op") not in _SETS or (node.get("fact"), node["op"]) != (
        other.get("fact"),
        other.get("op"),
    ):
        return False
    return set(node["value"]) < set(other["value"])
