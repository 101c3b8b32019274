"""What differs between two rules, condition by condition: between versions, and after mending."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Rule = Mapping[str, Any]
Leaf = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        before, after: a leaf of the RULE, under ``not`` where it shuts out; None where the
            condition was added or removed.
    """

    before: Rule | None
    after: Rule | None

    @property
    def quote(self) -> str:
        """The clause it was read from, of the newer side where there is one."""
        return _leaf(self.after or self.before or {}).get("quote") or ""

    @property
    def fact(self) -> str | None:
        """The fact it asks; None for what a person must look into."""
        return _leaf(self.after or self.before or {}).get("fact")


def changes(before: Rule | None, after: Rule | None) -> list[Change]:
    """Tell what was removed, changed and added from *before* to *after*, in their order.

    Conditions are told apart by what they ask, not by where they stand: the same condition in
    another group is no change. What asks the same fact otherwise is one change.
    """
    old, new = list(_conditions(before)), list(_conditions(after))
    gone = [one for one in old if _key(one) not in {_key(other) for other in new}]
    come = [one for one in new if _key(one) not in {_key(other) for other in old}]
    found: list[Change] = []
    for one in gone:
        other = next((c for c in come if _asks(c) == _asks(one)), None)
        if other is not None:
            come.remove(other)
        found.append(Change(one, other))
    return [*found, *(Change(None, one) for one in come)]


def has_condition(rule: Rule | None, condition: Rule) -> bool:
    """Whether *rule* asks *condition*, a leaf or one under ``not``, wherever it stands."""
    return _key(dict(condition)) in {_key(one) for one in _conditions(rule)}


def regrouped(before: Rule | None, after: Rule | None) -> bool:
    """Whether the conditions that both rules have are combined otherwise in *after*."""
    both = {_key(one) for one in _conditions(before)} & {_key(one) for one in _conditions(after)}
    return _skeleton(before, both) != _skeleton(after, both)


def _skeleton(rule: Rule | None, wanted: Collection[str], *, shuts: bool = False) -> object:
    """How the *wanted* conditions are combined; None where none is in it.

    What shuts out is written as what it means (不得 A 或 B: neither A nor B), and a group of one,
    or within a group of its own kind, is none.
    """
    if not rule:
        return None
    if "op" in rule:
        key = _key({"not": dict(rule)} if shuts else dict(rule))
        return key if key in wanted else None
    if "not" in rule:
        return _skeleton(rule["not"], wanted, shuts=not shuts)
    together = ("all" in rule) is not shuts
    parts: set[object] = set()
    for child in rule.get("all", rule.get("any", ())):
        part = _skeleton(child, wanted, shuts=shuts)
        alike = isinstance(part, tuple) and part[0] is together
        parts |= part[1] if alike and isinstance(part, tuple) else {part}
    parts.discard(None)
    return next(iter(parts)) if len(parts) == 1 else (together, frozenset(parts)) if parts else None


def _conditions(rule: Rule | None, *, shuts: bool = False) -> Iterator[Leaf]:
    """Give each leaf once, under ``not`` where an odd number of them stands around it."""
    if not rule:
        return
    if "op" in rule:
        yield {"not": dict(rule)} if shuts else dict(rule)
    elif "not" in rule:
        yield from _conditions(rule["not"], shuts=not shuts)
    else:
        for part in rule.get("all", rule.get("any", ())):
            yield from _conditions(part, shuts=shuts)


def _leaf(node: Rule) -> Rule:
    inner: Rule = node.get("not", node)
    return inner


def _asks(node: Leaf) -> tuple[object, ...]:
    """What makes two conditions one that was changed: the fact, and whether it shuts out."""
    leaf = _leaf(node)
    if leaf.get("fact") is None:
        return ("quote", leaf.get("quote"), "not" in node)
    return ("fact", leaf["fact"], "not" in node)


def _key(node: Leaf) -> str:
    leaf = _leaf(node)
    asked = _plain(leaf)
    if leaf.get("fact") is None:
        asked = [*asked, leaf.get("quote")]
    return json.dumps([asked, "not" in node], sort_keys=True, ensure_ascii=False)


_ONE_OF = {"in": "eq", "not_in": "ne"}


def _plain(node: Rule) -> list[Any]:
    """A rule without quotes, so written that what asks the same is the same.

    One of one is that one, 为 is 是, and neither lists nor groups have an order.
    """
    if "not" in node:
        return ["not", _plain(node["not"])]
    if "op" not in node:
        name = "all" if "all" in node else "any"
        parts = sorted((_plain(part) for part in node.get(name, ())), key=repr)
        return parts[0] if len(parts) == 1 else [name, parts]
    op, value = node["op"], node.get("value")
    if isinstance(value, Mapping) and not value.keys().isdisjoint(("all", "any", "not", "op")):
        value = _plain(value)
    elif isinstance(value, list):
        value = sorted(value, key=str)
        if op in _ONE_OF and len(value) == 1:
            op, value = _ONE_OF[op], value[0]
    return [node.get("fact") or node.get("field"), "eq" if op == "is" else op, value]
