"""What the families of phrases hand over, and what a rule of the grammar is."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Leaf = dict[str, Any]
"""``{"fact", "op", "value"}`` of the contract's RULE; the quote is added where it is built in."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One condition read from a piece of text.

    Attributes:
        start, end: where in the text the words stand.
        node: a leaf, or a small tree of leaves (all/any/not) where the words say several things.
        group: findings of one group, listed with 、 or 或, are alternatives.
        only_negated: counts only inside an exclusion (已享受…, 不适用…).
        quote: the words of a definition elsewhere that the condition was taken from.
        parts: where further words of the condition stand, apart from it.
    """

    start: int
    end: int
    node: dict[str, Any]
    group: str
    only_negated: bool = False
    quote: str | None = None
    parts: tuple[tuple[int, int], ...] = ()

    def pieces(self) -> tuple[tuple[int, int], ...]:
        """Return where all the words of the condition stand."""
        return ((self.start, self.end), *self.parts)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a phrase must know of the document around it.

    Attributes:
        whole: the text of the document.
        area_code: six digits of the district whose office reads.
        below: ages N of which the document says 未满N周岁; there N周岁以下 means the same.
        heading: the heading above the sentence that is read.
        lead: the sentence that leads into the list that it stands in.
        about: the records of which its heading or its lead says that it speaks.
    """

    whole: str
    area_code: str
    below: frozenset[int] = frozenset()
    heading: str = ""
    lead: str = ""
    about: frozenset[str] = frozenset()


Make = Callable[[re.Match[str], Scope], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the grammar: a pattern, what it means, and two examples that are its tests.

    Attributes:
        pattern: linear, no quantifier inside a quantifier.
        make: the condition of a match; None where the words only look like one.
        group: see `Finding`.
        examples: (words, the condition as `spell` writes it).
        needs: what must stand somewhere in a text for the rule to be worth trying.
    """

    pattern: re.Pattern[str]
    make: Make
    group: str
    examples: tuple[tuple[str, str], tuple[str, str]]
    only_negated: bool = False
    needs: re.Pattern[str] | None = None

    def find(self, text: str, scope: Scope) -> Iterator[Finding]:
        """Find every place of *text* that the rule reads."""
        if self.needs and not self.needs.search(text):
            return
        for mark in self.pattern.finditer(text):
            node = self.make(mark, scope)
            if node is not None:
                yield Finding(mark.start(), mark.end(), node, self.group, self.only_negated)


@dataclass(frozen=True, slots=True)
class Family:
    """Rules about one subject.

    Attributes:
        name, label: for programs and for staff.
        anchors: words of which a text must hold one before the rules are tried.
        rules: tried one by one; longer findings win over shorter ones that they overlap.
    """

    name: str
    label: str
    anchors: tuple[str, ...]
    rules: tuple[Rule, ...]

    def find(self, text: str, scope: Scope) -> Iterator[Finding]:
        """Find what this family reads in *text*."""
        if any(anchor in text for anchor in self.anchors):
            for rule in self.rules:
                yield from rule.find(text, scope)


OVERLAYS = frozenset(
    {"insured area", "school area", "employer area", "register area",
     "settled", "resided", "certified", "registered as unemployed", "employer"}
)  # fmt: skip
"""Groups whose words also say something else: 参加我市职工医保 says a place and an insurance."""


def leaf(fact: str, op: str, value: object) -> Leaf:
    """Make a leaf of the audience language."""
    return {"fact": fact, "op": op, "value": value}


def field(code: str, op: str, value: object) -> dict[str, Any]:
    """Make a condition over a field of a record."""
    return {"field": code, "op": op, "value": value}


def has(fact: str, *where: dict[str, Any]) -> Leaf:
    """Make: there is a record of *fact* of which all of *where* hold."""
    return leaf(fact, "has", {"all": list(where)})


def none(fact: str, *where: dict[str, Any]) -> Leaf:
    """Make: there is no record of *fact* of which all of *where* hold."""
    return leaf(fact, "none", {"all": list(where)})


def all_or_one(nodes: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Join *nodes* with all; None of none."""
    parts = list(nodes)
    return None if not parts else parts[0] if len(parts) == 1 else {"all": parts}


def without_overlaps(found: Iterable[Finding]) -> list[Finding]:
    """Keep the longest of findings that share words, in the order of the text."""
    kept: list[Finding] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if all(_apart(one, other) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)


def without_told(found: Sequence[Finding]) -> list[Finding]:
    """Leave out what a record further on tells: 签订1年以上劳动合同 of those whom a firm hires."""
    told = [(part, one) for one in found for part in one.parts]
    return [
        one
        for one in found
        if _is_record(one.node)
        or all(one is record or one.end <= part[0] or part[1] <= one.start for part, record in told)
    ]


def _is_record(node: dict[str, Any]) -> bool:
    parts = node.get("any") or node.get("all") or [node]
    return all(part.get("op") in ("has", "none") for part in parts)


def without_any(found: Sequence[Finding]) -> list[Finding]:
    """Leave out that there is any of what a bound is told of: 发行债券, 发行规模1000万元以上."""
    facts = [one.node.get("fact") for one in found]
    return [
        one
        for one in found
        if (one.node.get("op"), one.node.get("value")) != ("gt", 0)
        or one.group == "figure"
        or facts.count(one.node["fact"]) == 1
    ]


def _apart(one: Finding, other: Finding) -> bool:
    """Whether two findings share no words, or may share them."""
    groups = {one.group, other.group}
    # 在本区登记注册满两年, 在本区依法登记并已备案的养老机构
    if groups in ({"established", "area"}, {"filing", "area"}):
        return True
    apart = groups == {"employer", "entity"} or "hires" in groups
    if len(groups) > 1 and OVERLAYS & groups and not apart:
        return True
    return one.end <= other.start or other.end <= one.start


def spell(node: dict[str, Any]) -> str:
    """Write a condition on one line: ``birth_date age_ge 80``, ``(a & b)``, ``not a``."""
    for join, sign in (("all", " & "), ("any", " | ")):
        if join in node:
            return f"({sign.join(spell(part) for part in node[join])})"
    if "not" in node:
        return f"not {spell(node['not'])}"
    value = node["value"]
    if node["op"] in ("has", "none"):
        said = spell(value)
    elif isinstance(value, list):
        said = ",".join(map(str, value))
    else:
        said = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return f"{node.get('field') or node.get('fact')} {node['op']} {said}"


def fields_of(where: Any) -> Iterator[str]:
    """Give the fields that a condition over a record asks."""
    if "field" in where:
        yield where["field"]
    for join in ("all", "any"):
        for part in where.get(join, ()):
            yield from fields_of(part)
    if "not" in where:
        yield from fields_of(where["not"])
