"""A rule as the rows of a form, and the rows as a rule.

The form knows this shape: conditions that must hold; groups of which one branch is enough;
excluded cases, each a branch. A branch is one condition or several that hold together, each
perhaps turned round. What does not fit (deeper nesting, a list that cannot be typed) is one row
in words that can be kept or dropped, so that no rule is changed by being looked at.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from profiles.facts import Fact, Kind, vocabulary
from pusher.rules.language import BadRule, parse
from pusher.rules.say import say as say_rule
from pusher.web import rule_values
from pusher.web.rule_values import Unreadable

MUST = "must"
MOST_ROWS = 300
PLACE = re.compile(r"must|(?:any[1-9]|except)\.(?:[1-9]\d?)")
"""What `Row.place` may be."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one field of a record is asked; without operator it is not asked."""

    code: str
    op: str = ""
    value: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One condition of the form.

    Attributes:
        kind: ``leaf``, ``records``, ``manual`` or ``whole`` (shown in words only).
        place: ``must``; ``any1.2``: second branch of the first group; ``except.1``.
        turned: the condition must not hold.
        fact: code; empty for ``manual`` and ``whole``.
        op: name of the operator.
        value: as typed.
        quote: the clause it was read from; for ``manual`` also what is to be checked.
        parts: of ``records``, one for each field.
        raw: of ``whole``, the RULE document.
        error: what is wrong with it.
    """

    kind: str
    place: str = MUST
    turned: bool = False
    fact: str = ""
    op: str = ""
    value: str = ""
    quote: str = ""
    parts: tuple[Part, ...] = ()
    raw: str = ""
    error: str = ""

    @property
    def about(self) -> Fact | None:
        """The fact it asks."""
        return vocabulary().get(self.fact)

    @property
    def in_words(self) -> list[str]:
        """A ``whole`` row as the rule says it."""
        try:
            return say_rule(parse(json.loads(self.raw)))
        except (ValueError, RecursionError):
            return ["（无法识别）"]


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one place, each with its number in the form.

    Attributes:
        kind: ``must``, ``any`` or ``except``.
    """

    place: str
    kind: str
    rows: tuple[tuple[int, Row], ...]


@dataclass(slots=True)
class Counter:
    """Numbers groups and branches while a rule is laid out."""

    groups: int = 0
    cases: int = 0
    rows: list[Row] = field(default_factory=list)


def rows_of(rule: Mapping[str, Any] | None) -> list[Row]:
    """Lay a RULE document out as rows.

    Args:
        rule: one that `parse` takes; None has no rows.
    """
    if rule is None:
        return []
    laid = Counter()
    for part in _children(rule, "all"):
        _lay_out(part, laid)
    # an empty group means everybody, or nobody: that is not the same as no rule
    return laid.rows if 0 < len(laid.rows) <= MOST_ROWS else [_whole(rule)]


def rule_of(rows: Sequence[Row]) -> tuple[dict[str, Any] | None, list[Row]]:
    """Make the RULE document of the rows.

    Returns:
        The rule, None if there are no rows or one has an error; and the rows with their errors.
    """
    checked = [_checked(row) for row in rows]
    if not rows or any(_has_error(row) for row in checked):
        return None, checked
    whole = [_document(row) for row in rows if row.place == MUST]
    for group in sorted({r.place.split(".")[0] for r in rows if r.place.startswith("any")}):
        whole.append({"any": list(_branches(rows, group))})
    cases = list(_branches(rows, "except"))
    if cases:
        whole.append({"not": cases[0] if len(cases) == 1 else {"any": cases}})
    rule = whole[0] if len(whole) == 1 else {"all": whole}
    return rule, checked


def new_row(fact: str, place: str) -> Row | None:
    """An empty row about a fact; None if there is no such fact."""
    about = vocabulary().get(fact)
    if about is None or not PLACE.fullmatch(place):
        return None
    if about.kind is Kind.RECORDS:
        return Row("records", place, fact=fact, op="has", parts=empty_parts(about))
    return Row("leaf", place, fact=fact, op=rule_values.operators_for(about)[0])


def manual_row(quote: str, place: str = MUST) -> Row:
    """A condition that no register answers and staff must look into."""
    return Row("manual", place if PLACE.fullmatch(place) else MUST, op="manual", quote=quote)


def blocks_of(rows: Sequence[Row]) -> list[Block]:
    """The rows by place: what must hold, the groups, the exclusions."""
    numbered = list(enumerate(rows))
    return [
        Block(place, _kind(place), tuple((n, row) for n, row in numbered if row.place == place))
        for place in sorted({row.place for row in rows}, key=_order)
    ]


def places_for(rows: Sequence[Row]) -> list[str]:
    """Where a row may stand: every place in use, and the next new branch or group of each."""
    groups = sorted({row.place.split(".")[0] for row in rows if row.place.startswith("any")})
    fresh = f"any{len(groups) + 1}"
    names = [*groups, *([fresh] if fresh not in groups and len(groups) < 9 else []), "except"]
    places = [MUST]
    for name in names:
        used = [int(r.place.split(".")[1]) for r in rows if r.place.startswith(name + ".")]
        places += [f"{name}.{n}" for n in range(1, min(max(used, default=0) + 1, 99) + 1)]
    return places


def _kind(place: str) -> str:
    return "any" if place.startswith("any") else place.partition(".")[0]


def _order(place: str) -> tuple[int, str, int]:
    name, _, number = place.partition(".")
    return ("must", "any", "except").index(_kind(place)), name, int(number or 0)


def _lay_out(part: Mapping[str, Any], laid: Counter) -> None:
    if part.get("all"):
        for child in part["all"]:
            _lay_out(child, laid)
        return
    if "any" in part:
        branches = [_branch(child) for child in part["any"]]
        if branches and all(b is not None for b in branches) and laid.groups < 9:
            laid.groups += 1
            _place(laid, f"any{laid.groups}", branches)
            return
    elif "not" in part:
        inside = part["not"]
        branches = [_branch(c) for c in inside.get("any", [inside])]
        if branches and all(b is not None for b in branches):
            _place(laid, "except", branches, after=laid.cases)
            laid.cases += len(branches)
            return
    else:
        alone = _simple(part)
        if alone is not None:
            laid.rows.append(alone)
            return
    laid.rows.append(_whole(part))


def _place(
    laid: Counter, name: str, branches: Sequence[list[Row] | None], *, after: int = 0
) -> None:
    for number, branch in enumerate(branches, start=after + 1):
        laid.rows += [replace(row, place=f"{name}.{number}") for row in branch or []]


def _branch(rule: Mapping[str, Any]) -> list[Row] | None:
    """The rows of one branch: conditions that hold together; None if there are none."""
    rows = [_simple(child) or _whole(child) for child in _children(rule, "all")]
    return rows or None


def _simple(rule: Mapping[str, Any]) -> Row | None:
    """A leaf, perhaps turned round, whose value can be typed; None for anything else."""
    if "not" in rule:
        inside = _simple(rule["not"]) if "not" not in rule["not"] else None
        return replace(inside, turned=True) if inside else None
    if "op" not in rule:
        return None
    quote = rule.get("quote") or ""
    if rule["op"] == "manual":
        return Row("manual", op="manual", quote=quote)
    about = vocabulary().get(str(rule.get("fact")))
    if about is None:
        return None
    if rule["op"] in ("has", "none"):
        parts = _parts_of(about, rule.get("value"))
        return (
            Row("records", fact=about.code, op=rule["op"], quote=quote, parts=parts)
            if parts
            else None
        )
    value = _typed(about, rule["op"], rule.get("value"), beside=())
    if value is None:
        return None
    return Row("leaf", fact=about.code, op=rule["op"], value=value, quote=quote)


def _parts_of(about: Fact, inner: Mapping[str, Any] | None) -> tuple[Part, ...] | None:
    """The inner rule of a record list, field by field; None if it is more than that."""
    asked = {}
    for leaf in _children(inner, "all") if inner else ():
        code = str(leaf.get("field", leaf.get("fact")))
        about_field = about.field(code)
        if "op" not in leaf or about_field is None or code in asked or leaf.get("quote"):
            return None
        value = _typed(about_field, leaf["op"], leaf.get("value"), beside=about.fields)
        if value is None or about_field.kind is Kind.RECORDS:
            return None
        asked[code] = Part(code, leaf["op"], value)
    return tuple(asked.get(part.code, part) for part in empty_parts(about))


def empty_parts(about: Fact) -> tuple[Part, ...]:
    """A part for each field of a record list that can be asked; none is asked yet."""
    return tuple(Part(f.code) for f in about.fields if f.kind is not Kind.RECORDS)


def _typed(about: Fact, op: str, value: object, *, beside: Sequence[Fact]) -> str | None:
    """How a value is typed; None if reading that would not give it back."""
    if op not in rule_values.operators_for(about):
        return None
    text = rule_values.say(about, op, value, beside=beside)
    try:
        again = rule_values.read(about, op, text, beside=beside)
    except Unreadable:
        return None
    return text if again == value else None


def _whole(rule: Mapping[str, Any]) -> Row:
    return Row("whole", raw=json.dumps(rule, ensure_ascii=False))


def _children(rule: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The children of a group of this name, or the rule itself as the only one."""
    return list(rule[name]) if name in rule else [rule]


def _branches(rows: Sequence[Row], group: str) -> Iterator[dict[str, Any]]:
    numbers = {int(r.place.split(".")[1]) for r in rows if r.place.startswith(group + ".")}
    for number in sorted(numbers):
        together = [_document(row) for row in rows if row.place == f"{group}.{number}"]
        yield together[0] if len(together) == 1 else {"all": together}


def _document(row: Row) -> dict[str, Any]:
    """The RULE document of a sound row."""
    document = json.loads(row.raw) if row.kind == "whole" else _leaf(row)
    return {"not": document} if row.turned else document


def _leaf(row: Row) -> dict[str, Any]:
    quote = row.quote or None
    if row.kind == "manual":
        return {"op": "manual", "quote": quote}
    about = vocabulary()[row.fact]
    leaf: dict[str, Any] = {"fact": row.fact, "op": row.op, "quote": quote}
    if row.kind == "records":
        leaf["value"] = {"all": [_inner(about, part) for part in row.parts if part.op]}
    else:
        leaf["value"] = rule_values.read(about, row.op, row.value)
    return leaf


def _inner(about: Fact, part: Part) -> dict[str, Any]:
    asked = about.field(part.code)
    if asked is None:
        raise KeyError(part.code)
    value = rule_values.read(asked, part.op, part.value, beside=about.fields)
    return {"field": part.code, "op": part.op, "value": value}


def _checked(row: Row) -> Row:
    """The row with what is wrong with it."""
    if row.kind == "records":
        return replace(row, parts=tuple(_checked_part(row, part) for part in row.parts))
    if row.kind == "manual" and not row.quote.strip():
        return replace(row, error="请写明要核实什么")
    try:
        parse(_document(row))
    except Unreadable as wrong:
        return replace(row, error=str(wrong))
    except (BadRule, ValueError, RecursionError, KeyError) as wrong:
        return replace(row, error=f"这一条不能使用：{wrong}")
    return replace(row, error="")


def _checked_part(row: Row, part: Part) -> Part:
    about = vocabulary().get(row.fact)
    if not part.op or about is None:
        return replace(part, error="")
    try:
        alone = {"fact": row.fact, "op": row.op, "value": {"all": [_inner(about, part)]}}
        parse(alone)
    except (Unreadable, BadRule) as wrong:
        return replace(part, error=str(wrong))
    return replace(part, error="")


def _has_error(row: Row) -> bool:
    return bool(row.error) or any(part.error for part in row.parts)
