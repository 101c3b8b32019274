"""Conditions in one clause or sentence: what is asked, what is excluded, what nobody could read."""

import re
from dataclasses import dataclass, field
from typing import Any

from pusher.reading.ages import find_ages
from pusher.reading.areas import find_areas, find_firms_of
from pusher.reading.findings import Finding, without_overlaps
from pusher.reading.traits import find_figures, find_industries, find_traits

Node = dict[str, Any]

_EXCLUDES = re.compile(
    r"不适用|不纳入|不予(?:支持|返还|受理|安排|认定|补贴|补助|发放|享受|兑现|奖励|资助|办理|批准|考虑)"
    r"|不(?:再|能|得|可)?(?:同时|重复)?享受|不(?:再)?(?:作为|列为|属于)[^，。；]{0,10}(?:对象|范围)|除外|不包括|不包含|不含"
    r"|不在[^，。；]{0,12}范围|暂停享受|暂停发放|不视为|不得(?:申请|申报|申领)"
)
_EXCLUDES_WHAT_FOLLOWS = re.compile(r"不包括|不包含|不含")
_HAS_NOT = re.compile(r"(?:且|并)?(?:未|没有|无|尚未)(?:曾)?(?:享受|领取|入住|列入|被列入|纳入)")
_CLAUSE = re.compile(r"(?:[^，,；;。\n、]|(?<!的)、)+")
_BRACKET = re.compile(r"[（(]([^（）()]{1,80})[）)]")

_TOGETHER = re.compile(r"且|同时(?!享受)|并(?!列)")

# Between two statuses: read as a list of alternatives.
_OR = re.compile(
    r"(?:[、和或及与“”\"\s]|或者|以及|成员|家庭|对象|人员|老年人|之一|企业|单位|儿童|的|人)*"
)
_ALTERNATIVE_GROUPS = frozenset({"status", "entity", "sexed age", "industry", "degree", "size"})
_UNITED = frozenset({"any_of", "in", "prefix"})


@dataclass(slots=True)
class Reading:
    """What a piece of text asks and excludes.

    Attributes:
        asked: conditions that must hold.
        excluded: conditions that must not.
        unread: pieces that ask something and were not understood.
    """

    asked: list[Node] = field(default_factory=list)
    excluded: list[Node] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def add(self, other: "Reading") -> None:
        """Take over everything that *other* read."""
        self.asked += other.asked
        self.excluded += other.excluded
        self.unread += other.unread


@dataclass(frozen=True, slots=True)
class Where:
    """What the reader of a sentence must know of the document around it."""

    whole: str
    area_code: str


def read_sentence(sentence: str, where: Where) -> Reading:
    """Read the conditions of one sentence."""
    reading = Reading()
    open_clauses: list[tuple[str, Node | None]] = []
    for clause in _clauses(sentence):
        found = _find(clause, where)
        if not _EXCLUDES.search(clause):
            open_clauses.append((clause, _joined(clause, found)))
            continue
        inside, outside = _parted(clause, found)
        if not inside:
            _take_back(open_clauses, reading)
        _exclude(clause, inside, reading)
        if outside:
            open_clauses.append((clause, _joined(clause, outside)))
    for clause, node in open_clauses:
        _ask(clause, node, reading)
    return reading


def _clauses(sentence: str) -> list[str]:
    """Cut at commas outside brackets."""
    shielded = _BRACKET.sub(lambda mark: mark.group(0).replace("，", "\x00"), sentence)
    return [
        mark.group(0).replace("\x00", "，").strip() for mark in _CLAUSE.finditer(shielded)
    ]


def _find(clause: str, where: Where) -> list[Finding]:
    found = [
        *find_ages(clause, whole=where.whole),
        *find_areas(clause, area_code=where.area_code),
        *find_traits(clause),
        *find_figures(clause),
        *find_industries(clause),
    ]
    if not any(one.group == "area" for one in found):
        found += find_firms_of(clause, area_code=where.area_code)
    return without_overlaps(found)


def _parted(clause: str, found: list[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Part what an excluding clause excludes from what it still asks.

    小微企业（不包括个体工商户）asks the first and excludes what follows 不包括.
    """
    mark = _EXCLUDES_WHAT_FOLLOWS.search(clause)
    if not mark:
        return found, []
    inside = [one for one in found if one.start >= mark.end()]
    outside = [one for one in found if one.end <= mark.start() and not one.only_negated]
    # 零售业不包括互联网零售: the first is asked elsewhere, here it only names what is cut.
    return (inside, outside) if inside else (found, [])


def _take_back(open_clauses: list[tuple[str, Node | None]], reading: Reading) -> None:
    """Turn the clauses that an exclusion closes (…的，不予支持) into exclusions."""
    first = True
    while open_clauses and (first or open_clauses[-1][0].endswith("的")):
        clause, node = open_clauses.pop()
        if not first and not clause.endswith("的"):
            break
        first = False
        if node:
            reading.excluded += [quoted(part, clause) for part in _each(node, clause)]
        else:
            reading.unread.append(clause)


def _each(node: Node, clause: str) -> list[Node]:
    """Part what an exclusion lists: each shuts out by itself, unless 且 joins them."""
    return node["all"] if set(node) == {"all"} and not _TOGETHER.search(clause) else [node]


def _exclude(clause: str, found: list[Finding], reading: Reading) -> None:
    for one in found:
        reading.excluded.append(quoted(one.node, clause))
    reading.excluded[:] = _united(reading.excluded)


def _ask(clause: str, node: Node | None, reading: Reading) -> None:
    if node is None:
        reading.unread.append(clause)
    elif _HAS_NOT.search(clause):
        reading.excluded += [quoted(part, clause) for part in _each(node, clause)]
    else:
        reading.asked.append(quoted(node, clause))


def _joined(clause: str, found: list[Finding]) -> Node | None:
    """Join what one clause says: neighbours of a list are alternatives, all else must all hold."""
    kept = [one for one in found if not one.only_negated or _HAS_NOT.search(clause)]
    if not kept:
        return None
    runs: list[list[Finding]] = [[kept[0]]]
    for one in kept[1:]:
        last = runs[-1][-1]
        listed = one.group == last.group and one.group in _ALTERNATIVE_GROUPS
        if listed and _OR.fullmatch(clause[last.end : one.start]):
            runs[-1].append(one)
        else:
            runs.append([one])
    return all_of([any_of([one.node for one in run]) for run in runs])


def any_of(nodes: list[Node]) -> Node:
    """Join alternatives; leaves over the same set of values become one leaf."""
    nodes = _united(nodes)
    return nodes[0] if len(nodes) == 1 else {"any": nodes}


def all_of(nodes: list[Node]) -> Node:
    """Join what must all hold, without repeating a condition."""
    flat = [part for node in nodes for part in (node["all"] if set(node) == {"all"} else [node])]
    kept: list[Node] = []
    for node in flat:
        if all(_bare(node) != _bare(other) for other in kept):
            kept.append(node)
    return kept[0] if len(kept) == 1 else {"all": kept}


def _united(nodes: list[Node]) -> list[Node]:
    kept: list[Node] = []
    for node in nodes:
        same = next((k for k in kept if _unites(k, node)), None)
        if same is None:
            kept.append(dict(node))
        else:
            same["value"] = list(dict.fromkeys([*same["value"], *node["value"]]))
    return kept


def _unites(one: Node, other: Node) -> bool:
    return (
        one.get("op") in _UNITED
        and (one.get("fact"), one["op"]) == (other.get("fact"), other.get("op"))
        and one.get("quote") == other.get("quote")
    )


def _bare(node: Node) -> Node:
    """Return *node* without its quotes, to compare what it asks."""
    return {
        key: [_bare(part) for part in value] if key in ("all", "any") else value
        for key, value in node.items()
        if key != "quote"
    }


def quoted(node: Node, quote: str) -> Node:
    """Return *node* with *quote* on each of its leaves."""
    for join in ("all", "any"):
        if join in node and "fact" not in node:
            return {join: [quoted(part, quote) for part in node[join]]}
    return {**node, "quote": quote}
