"""A rule as the lines of an outline, and the lines as a rule.

What stands deeper belongs to the group, or to the records, above it. Every rule can be laid out;
a value that cannot be typed stays as a line in words that can be kept or dropped, so that no rule
is changed by being looked at.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from profiles.facts import Fact, Kind, vocabulary
from pusher.rules.language import All, BadRule, Leaf, parse
from pusher.rules.say import say as say_rule
from pusher.rules.say import say_leaf
from pusher.web import rule_values
from pusher.web.rule_values import Unreadable

MOST_LINES = 300
DEEPEST = 10
GROUPS = ("all", "any", "not-all", "not-any")
RECORDS = ("has", "none", "not-has", "not-none")
OPEN = ("group", "records")
"""Kinds that hold what stands deeper below them."""
KINDS = (*OPEN, "leaf", "manual", "whole")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the outline.

    Attributes:
        kind: one of `KINDS`; ``whole`` is shown in words only.
        depth: how far it stands to the right, 0 for the outermost.
        word: of a group one of `GROUPS`, of records one of `RECORDS`.
        turned: of the other kinds: it must not hold.
        fact: code of a fact, or of a field where it stands below records.
        op: name of the operator.
        value: as typed.
        quote: the clause it was read from; for ``manual`` also what is to be checked.
        raw: of ``whole``, the RULE document.
        seen: staff accepted it as it stands.
        struck: staff struck it, with what it holds; it stays in view so that it can come back.
        error: what is wrong with it.
    """

    kind: str
    depth: int = 0
    word: str = ""
    turned: bool = False
    fact: str = ""
    op: str = ""
    value: str = ""
    quote: str = ""
    raw: str = ""
    seen: bool = False
    struck: bool = False
    error: str = ""

    @property
    def in_words(self) -> list[str]:
        """A ``whole`` line as the rule says it."""
        try:
            return say_rule(parse(json.loads(self.raw)))
        except (ValueError, RecursionError):
            return ["（记录里的一项，无法逐项填写）"]


Scope = tuple[Fact, ...]
"""The records a line stands in, the outermost first; empty for the person or firm itself."""


def lines_of(rule: Mapping[str, Any] | None) -> list[Line]:
    """Lay a RULE document out.

    Args:
        rule: one that `parse` takes; None has no lines.
    """
    if rule is None:
        return []
    parts = rule["all"] if rule.get("all") else [rule]
    lines = [line for part in parts for line in _laid_out(part, 0, ())]
    return lines if len(lines) <= MOST_LINES else [_whole(rule, 0)]


def rule_of(lines: Sequence[Line]) -> tuple[dict[str, Any] | None, list[Line]]:
    """Make the RULE document of the lines.

    Returns:
        The rule, None if no line stands or one has an error; and the lines with their errors.
    """
    standing = stand(lines)
    kept = [line for line, stands in zip(lines, standing, strict=True) if stands]
    scopes = scopes_of(lines)
    checked = [
        _checked(line, scope) if stands else replace(line, error="")
        for line, scope, stands in zip(lines, scopes, standing, strict=True)
    ]
    for number, line in enumerate(lines):
        # alone it means everybody; among others it was only forgotten
        if line.kind == "group" and len(kept) > 1 and end_of(lines, number) == number + 1:
            error = "这一组还没有条件，请加上或去掉这一组" if standing[number] else ""
            checked[number] = replace(line, error=error)
    if not kept or any(line.error for line in checked):
        return None, checked
    parts = [_document(kept, start, ()) for start in _children(kept, 0, len(kept), 0)]
    return parts[0] if len(parts) == 1 else {"all": parts}, checked


def stand(lines: Sequence[Line]) -> list[bool]:
    """Which lines count: not struck, nor below what is; a group whose lines are all struck goes
    with them."""
    found: list[bool] = []
    cut: int | None = None
    for line in lines:
        if cut is not None and line.depth <= cut:
            cut = None
        if cut is None and line.struck:
            cut = line.depth
        found.append(cut is None)
    for number in range(len(lines) - 1, -1, -1):
        inside = found[number + 1 : end_of(lines, number)]
        if lines[number].kind == "group" and inside and not any(inside):
            found[number] = False
    return found


def sayings(lines: Sequence[Line]) -> list[str]:
    """What each line asks, in words; empty for one that cannot be read."""
    return [_said(line, scope) for line, scope in zip(lines, scopes_of(lines), strict=True)]


def settled(lines: Sequence[Line]) -> list[Line]:
    """The lines, none standing deeper than something above it holds."""
    found: list[Line] = []
    for line in lines[:MOST_LINES]:
        last = found[-1] if found else None
        most = 0 if last is None else last.depth + (last.kind in OPEN)
        found.append(replace(line, depth=max(0, min(line.depth, most, DEEPEST))))
    return found


def scopes_of(lines: Sequence[Line]) -> list[Scope]:
    """The records each line stands in."""
    found: list[Scope] = []
    above: list[tuple[int, Fact]] = []
    for line in lines:
        above = [(depth, about) for depth, about in above if depth < line.depth]
        scope = tuple(about for _, about in above)
        found.append(scope)
        about = fact_of(line, scope)
        if line.kind == "records" and about is not None:
            above.append((line.depth, about))
    return found


def fact_of(line: Line, scope: Scope) -> Fact | None:
    """What a line asks: a fact, or a field of the records it stands in."""
    return scope[-1].field(line.fact) if scope else vocabulary().get(line.fact)


def end_of(lines: Sequence[Line], start: int) -> int:
    """The place behind a line and everything it holds."""
    end = start + 1
    while end < len(lines) and lines[end].depth > lines[start].depth:
        end += 1
    return end


def new_line(about: Fact, depth: int) -> Line:
    """An empty line about a fact or field."""
    if about.kind is Kind.RECORDS:
        return Line("records", depth, word="has", fact=about.code)
    return Line("leaf", depth, fact=about.code, op=rule_values.operators_for(about)[0])


def manual_line(quote: str, depth: int = 0) -> Line:
    """A condition that no register answers and staff must look into."""
    return Line("manual", depth, op="manual", quote=quote)


def _laid_out(part: Mapping[str, Any], depth: int, scope: Scope) -> Iterator[Line]:
    turned = "not" in part
    inside = part["not"] if turned else part
    if depth >= DEEPEST or ("not" in inside and depth + 1 >= DEEPEST):
        yield _whole(part, depth)
    elif "not" in inside:
        yield Line("group", depth, word="not-all" if turned else "all")
        yield from _laid_out(inside, depth + 1, scope)
    elif "all" in inside or "any" in inside:
        name = "all" if "all" in inside else "any"
        yield Line("group", depth, word=f"not-{name}" if turned else name)
        for child in inside[name]:
            yield from _laid_out(child, depth + 1, scope)
    elif inside["op"] in ("has", "none"):
        yield from _records(inside, depth, scope, turned=turned)
    else:
        yield _leaf_line(inside, depth, scope, turned=turned) or _whole(part, depth)


def _records(leaf: Mapping[str, Any], depth: int, scope: Scope, *, turned: bool) -> Iterator[Line]:
    code = leaf.get("field") or leaf.get("fact") or ""
    line = Line(
        "records",
        depth,
        word=f"not-{leaf['op']}" if turned else leaf["op"],
        fact=str(code),
        quote=leaf.get("quote") or "",
    )
    about = fact_of(line, scope)
    if about is None:
        yield _whole({"not": leaf} if turned else leaf, depth)
        return
    yield line
    inner = leaf.get("value") or {"all": []}
    for child in inner.get("all", [inner]):
        yield from _laid_out(child, depth + 1, (*scope, about))


def _leaf_line(leaf: Mapping[str, Any], depth: int, scope: Scope, *, turned: bool) -> Line | None:
    op, quote = leaf["op"], leaf.get("quote") or ""
    if op == "manual":
        return Line("manual", depth, turned=turned, op=op, quote=quote) if quote else None
    line = Line("leaf", depth, turned=turned, op=op, quote=quote,
                fact=str(leaf.get("field") or leaf.get("fact") or ""))  # fmt: skip
    about = fact_of(line, scope)
    if about is None or op not in rule_values.operators_for(about):
        return None
    beside = _beside(scope)
    text = rule_values.say(about, op, leaf.get("value"), beside=beside)
    try:
        again = rule_values.read(about, op, text, beside=beside)
    except Unreadable:
        return None
    return replace(line, value=text) if again == leaf.get("value") else None


def _whole(rule: Mapping[str, Any], depth: int) -> Line:
    return Line("whole", depth, raw=json.dumps(rule, ensure_ascii=False))


def _beside(scope: Scope) -> Sequence[Fact]:
    return [field for about in reversed(scope) for field in about.fields]


def _said(line: Line, scope: Scope) -> str:
    if line.kind == "manual":
        return line.quote
    if line.kind == "records":
        about = fact_of(line, scope)
        return about.label if about else ""
    if line.kind != "leaf":
        return ""
    try:
        node = parse(_in_scope(_leaf(replace(line, depth=0), scope), scope))
    except (Unreadable, BadRule, ValueError, KeyError):
        return ""
    while isinstance(node, Leaf) and isinstance(node.value, All):
        node = node.value.children[0]
    return say_leaf(node) if isinstance(node, Leaf) else ""


def _children(lines: Sequence[Line], start: int, end: int, depth: int) -> Iterator[int]:
    return (n for n in range(start, end) if lines[n].depth == depth)


def _document(lines: Sequence[Line], start: int, scope: Scope) -> dict[str, Any]:
    """The RULE document of a sound line and what it holds."""
    line = lines[start]
    if line.kind not in OPEN:
        alone = json.loads(line.raw) if line.kind == "whole" else _leaf(line, scope)
        return {"not": alone} if line.turned else alone
    about = fact_of(line, scope)
    inside = (*scope, about) if line.kind == "records" and about else scope
    held = [
        _document(lines, n, inside)
        for n in _children(lines, start + 1, end_of(lines, start), line.depth + 1)
    ]
    word = line.word.removeprefix("not-")
    document: dict[str, Any] = {word: held}
    if line.kind == "records":
        document = {
            "field" if scope else "fact": line.fact,
            "op": word,
            "value": {"all": held},
            "quote": line.quote or None,
        }
    return {"not": document} if line.word.startswith("not-") else document


def _leaf(line: Line, scope: Scope) -> dict[str, Any]:
    quote = line.quote or None
    if line.kind == "manual":
        return {"op": "manual", "quote": quote}
    about = fact_of(line, scope)
    if about is None:
        raise Unreadable(_misplaced(line, scope))
    value = rule_values.read(about, line.op, line.value, beside=_beside(scope))
    return {"field" if scope else "fact": line.fact, "op": line.op, "quote": quote, "value": value}


def _checked(line: Line, scope: Scope) -> Line:
    """The line with what is wrong with it alone."""
    try:
        if line.kind == "manual" and not line.quote.strip():
            raise Unreadable("请写明要核实什么")
        if line.kind == "records" and fact_of(line, scope) is None:
            raise Unreadable(_misplaced(line, scope))
        if line.kind in ("leaf", "whole"):
            parse(_in_scope(_document([replace(line, depth=0)], 0, scope), scope))
    except Unreadable as wrong:
        return replace(line, error=str(wrong))
    except (BadRule, ValueError, RecursionError, KeyError) as wrong:
        return replace(line, error=f"这一条不能使用：{wrong}")
    return replace(line, error="")


def _in_scope(document: dict[str, Any], scope: Scope) -> dict[str, Any]:
    """A condition on a field within the records it is a field of, so that it can be read."""
    for n, about in reversed(list(enumerate(scope))):
        key = "field" if n else "fact"
        document = {key: about.code, "op": "has", "value": {"all": [document]}}
    return document


def _misplaced(line: Line, scope: Scope) -> str:
    if scope and (about := vocabulary().get(line.fact)):
        return f"“{about.label}”不是“{scope[-1].label}”里的一项，请移到它外面"
    owner = next((f.label for f in vocabulary().values() if f.field(line.fact)), "某种记录")
    return f"这一项只在“{owner}”里有，请移到它下面"
