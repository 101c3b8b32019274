"""The families of phrases that are tables: `phrases/*.toml`, one file a family.

A row says words and the condition they mean; five lines add one::

    [[phrase]]
    says = '低保边缘家庭(?:成员)?'
    value = ["dibao_margin"]
    examples = ["属于低保边缘家庭成员", "低保边缘家庭"]

`fact`, `op`, `group` and `only` stand at the head of the file and may be set anew in a row.
``op = "some"`` means: the fact is known and is not none. ``only = "not"``: the words count only
where they shut out.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pusher.reading.grammar.findings import Family, Make, Rule, leaf, spell


@cache
def tables() -> tuple[Family, ...]:
    """Return every family that is a table."""
    folder = files("pusher.reading.grammar") / "phrases"
    found = [one for one in folder.iterdir() if one.name.endswith(".toml")]
    return tuple(
        _family(tomllib.loads(one.read_text(encoding="utf-8")))
        for one in sorted(found, key=lambda one: one.name)
    )


def _family(table: Mapping[str, Any]) -> Family:
    head = {key: table[key] for key in ("fact", "op", "group", "only") if key in table}
    rules = tuple(_rule({**head, **row}) for row in table["phrase"])
    return Family(table["family"], table["label"], tuple(table["anchors"]), rules)


def _rule(row: Mapping[str, Any]) -> Rule:
    node = _node(row)
    one, other = row["examples"]
    return Rule(
        re.compile(row["says"]),
        _always(node),
        row["group"],
        ((one, spell(node)), (other, spell(node))),
        only_negated=row.get("only") == "not",
    )


def _node(row: Mapping[str, Any]) -> dict[str, Any]:
    if row["op"] == "some":
        return {"not": leaf(row["fact"], "null", None)}
    return leaf(row["fact"], row["op"], row["value"])


def _always(node: dict[str, Any]) -> Make:
    def make(mark: re.Match[str], scope: object) -> dict[str, Any]:
        return dict(node)

    return make
