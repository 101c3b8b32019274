"""Records read in part: a word that narrows one and is told by no field of it is not left out.

近三年… beside an accident without a day, 首次 beside a loan of any time: such a condition would
hold of more people than the text names, or shut out more. It goes to a person with its clause.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from pusher.reading.grammar.findings import fields_of
from pusher.reading.grammar.joining import Node, leaves_of

_ENDS = re.compile(r"[。；\n]")
_GIVEN = re.compile(
    r"(?:[，、]|(?<=的))(?:分别|一次性|可)?(?:按|给予|奖励|补助|补贴|发放|每[人户家])"
)
_RECORDS = ("has", "none")


@dataclass(frozen=True, slots=True)
class Qualifier:
    """Words that narrow a record.

    Attributes:
        says: the words.
        of: the facts whose records they narrow.
        needs: the fields of which one must be told beside them.
        where: how far from the record they may stand.
        beside: whether they may narrow another record of the same clause.
        examples: pieces of text that they narrow a record in; they are the tests.
    """

    says: re.Pattern[str]
    of: frozenset[str]
    needs: frozenset[str]
    where: Literal["clause", "before", "sentence"]
    examples: tuple[str, ...]
    beside: bool = False


@cache
def qualifiers() -> tuple[Qualifier, ...]:
    """Return the words that narrow records, from `nouns/qualifiers.toml`."""
    text = (files("pusher.reading.grammar") / "nouns" / "qualifiers.toml").read_text("utf-8")
    return tuple(
        Qualifier(
            re.compile(row["says"]), frozenset(row["of"]), frozenset(row["needs"]), row["where"],
            tuple(row["examples"]), row.get("beside", False),
        )
        for row in tomllib.loads(text)["qualifier"]
    )  # fmt: skip


def without_parts(rule: Node, whole: str) -> Node:
    """Leave to a person each record of *rule* that was read in part.

    Args:
        whole: the text of the document, from which the quotes were cut.
    """
    if "all" in rule:
        asked = [part for part in rule["all"] if part.get("op") == "has"]
        rule = {"all": [_not_of_all(part, asked) for part in rule["all"]]}
    return _without(rule, whole, [leaf for leaf in leaves_of(rule) if leaf["op"] in _RECORDS])


def _not_of_all(part: Node, asked: list[Node]) -> Node:
    """Leave to a person whom an exclusion means that would shut out all who are asked.

    名下有其他企业的不予受理, where everybody is asked for a firm: 其他 was not read.
    """
    denied = part.get("not", {})
    if denied.get("op") != "has":
        return part
    shuts = [one for one in asked if one["fact"] == denied["fact"]]
    if not any(_tells_as_much(one["value"], denied["value"]) for one in shuts):
        return part
    return {"not": {"fact": None, "op": "manual", "value": None, "quote": denied.get("quote", "")}}


def _tells_as_much(where: Node, denied: Node) -> bool:
    """Whether whatever meets *where* meets *denied*."""
    told = where.get("all", [where])
    return all(one in told for one in denied.get("all", [denied]))


def _without(node: Node, whole: str, records: list[Node]) -> Node:
    if "not" in node:
        return {"not": _without(node["not"], whole, records)}
    for join in ("all", "any"):
        if join in node and "op" not in node:
            return {join: [_without(part, whole, records) for part in node[join]]}
    if node["op"] in _RECORDS and _in_part(node, whole, records):
        return {"fact": None, "op": "manual", "value": None, "quote": node.get("quote", "")}
    return node


def _in_part(node: Node, whole: str, records: list[Node]) -> bool:
    quote, told = node.get("quote", ""), set(fields_of(node["value"]))
    near = [one for one in records if one.get("quote") == quote]
    around = {field for one in near for field in fields_of(one["value"])}
    places = _places(whole, quote)
    return any(
        node["fact"] in one.of
        and bool(one.says.search(places[one.where]))
        and not one.needs & (around if one.beside else told)
        for one in qualifiers()
    )


def _places(whole: str, quote: str) -> dict[str, str]:
    """Return the clause of a record, its sentence up to there, and up to what is given."""
    start = whole.find(quote) if quote else -1
    if start < 0:
        return dict.fromkeys(("clause", "before", "sentence"), quote)
    begin = max((m.end() for m in _ENDS.finditer(whole, 0, start)), default=0)
    end = start + len(quote)
    close = _ENDS.search(whole, end)
    rest = whole[end : close.start() if close else len(whole)]
    given = _GIVEN.search(rest)
    asked = rest[: given.start()] if given else rest
    return {"clause": quote, "before": whole[begin:end], "sentence": whole[begin:end] + asked}
