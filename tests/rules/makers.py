"""Short ways to write rules and judge them."""

from collections.abc import Mapping
from datetime import date

from pusher.rules.judge import judge
from pusher.rules.language import parse
from pusher.rules.nodes import Node

TODAY = date(2026, 11, 23)


def leaf(fact: str | None, op: str, value: object = None, **more: object) -> dict[str, object]:
    """A condition as the RULE document has it."""
    return {"fact": fact, "op": op, "value": value, **more}


def asked(field: str, op: str, value: object = None) -> dict[str, object]:
    """A condition on a field of a record."""
    return {"field": field, "op": op, "value": value}


def rule_from(tree: Mapping[str, object], conditions: Mapping[str, Mapping[str, object]]) -> Node:
    """A rule from a tree of ``{"c": id}`` and the conditions it names."""
    return parse(_filled(tree, conditions))


def said(rule: object, facts: Mapping[str, object], as_of: date = TODAY) -> str:
    """yes, no or unknown."""
    return judge(parse(rule), facts, as_of).value.word


def _filled(
    tree: Mapping[str, object], conditions: Mapping[str, Mapping[str, object]]
) -> dict[str, object]:
    if "c" in tree:
        condition = conditions[str(tree["c"])]
        return {key: condition[key] for key in ("id", "quote", "fact", "op", "value")}
    ((name, inside),) = tree.items()
    if isinstance(inside, list):
        return {name: [_filled(part, conditions) for part in inside]}
    assert isinstance(inside, dict)
    return {name: _filled(inside, conditions)}
