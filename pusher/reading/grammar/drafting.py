"""A document becomes a draft rule: its sentences by role, its lists, its ways in, its exclusions."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pusher.reading.grammar.documents.audience import (
    audience_of,
    not_kept_of,
    of_its_kind,
    subject_of,
)
from pusher.reading.grammar.documents.barring import barred, refused, tells_how
from pusher.reading.grammar.documents.defining import ask_unused, define
from pusher.reading.grammar.documents.desk import Desk
from pusher.reading.grammar.documents.ending import endings
from pusher.reading.grammar.documents.fallback import nothing_read, read_bare_names
from pusher.reading.grammar.documents.headings import scopes
from pusher.reading.grammar.documents.listing import lists_conditions, manual, read_item
from pusher.reading.grammar.documents.narrowing import without_parts
from pusher.reading.grammar.documents.outline import Item, outline
from pusher.reading.grammar.documents.smoothing import Smooth, smooth
from pusher.reading.grammar.documents.telling import NAMED
from pusher.reading.grammar.documents.tidying import (
    gathered,
    given_away,
    merged,
    needed,
    waived,
    widened,
    without_implied,
)
from pusher.reading.grammar.findings import Scope
from pusher.reading.grammar.joining import (
    Node,
    all_of,
    alternatives,
    any_of,
    bare,
    is_place,
    leaves_of,
)
from pusher.reading.grammar.phrases.ages import ages_below, months_counted
from pusher.reading.grammar.records.wards import of_wards
from pusher.reading.grammar.sentences.residue import Left, left_of
from pusher.reading.grammar.sentences.roles import has_role
from pusher.reading.grammar.sentences.shutting import Reading
from pusher.reading.grammar.words import OwnPhrase, Words

AudienceKind = Literal["resident", "enterprise", "both", "none"]
Subject = Literal["self", "ward", "self_or_ward"]
_SETTLED = re.compile(
    r"(?:下列|以下)[^，。；]{0,12}的，(?:可)?(?:认定|视)为(?P<term>[^，。；：]{3,14})"
)
_LONGEST_HEADING = 24
_MOST_CONDITIONS = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft of whom a policy is for.

    Attributes:
        rule: a RULE of the contract; ``{"all": []}`` asks nothing of the audience.
        needs_person: clauses that ask something and were not understood.
        manual_checks: clauses that no register can answer; staff or the office check them.
    """

    audience_kind: AudienceKind
    subject: Subject
    rule: dict[str, Any]
    needs_person: tuple[str, ...]
    manual_checks: tuple[str, ...]


def draft(paragraphs: Sequence[str], *, area_code: str, own: Sequence[OwnPhrase] = ()) -> Draft:
    """Draft the rule of whom *paragraphs* are for.

    Args:
        paragraphs: the body of a policy.
        area_code: the six digits of the district whose office reads; what 本区 means.
        own: phrases of the office; they win over the grammar's.
    """
    spelled = {phrase.words: phrase.reads for phrase in own if phrase.reads}
    even = smooth("\n".join(paragraphs), spelled)
    scope = Scope(whole=even.text, area_code=area_code, below=ages_below(even.text))
    desk = Desk(scope, Words(own=tuple(own)))
    desk.several = len({mark["name"] for mark in NAMED.finditer(even.text)}) > 1
    tree = outline(even.text.split("\n"))
    defining = list(define(tree, desk))
    desk.scopes = scopes(tree, scope)
    opening = 0
    for item, inside in _spoken(tree, inside=False):
        read_item(item, desk, inside=inside)
        opening = len(desk.reading.asked) if item is tree else opening
    _without_opening(desk, opening)
    ask_unused(defining, desk)
    for shut in (endings(scope, desk.words), barred(tree, scope, desk.words),
                 refused(tree, scope, desk.words)):  # fmt: skip
        desk.reading.excluded += shut
    _take_ways(desk)
    if not (desk.reading.asked or desk.reading.unread):
        read_bare_names(tree, desk)
    facts = {x["fact"] for node in desk.reading.asked for x in leaves_of(node)}
    desk.reading.asked += [who for fact, who in desk.waived if fact not in facts]
    desk.reading.asked = [
        waived(widened(node, desk.likewise), desk.waived) for node in desk.reading.asked
    ]
    return _finished(desk, even)


def _finished(desk: Desk, even: Smooth) -> Draft:
    rule = _in_month(_rule(desk.reading), months_counted(desk.scope.whole))
    audience = audience_of(rule, desk.scope.whole)
    desk.reading.checks += not_kept_of(rule, audience)
    rule = of_wards(of_its_kind(rule, audience), desk.scope.whole)
    rule = without_parts(rule, desk.scope.whole)
    rule = gathered(rule, desk.scope.whole)
    if not leaves_of(rule) and not desk.reading.unread:
        desk.reading.unread += nothing_read(desk.scope.whole)
    terms = _told_by_lists(desk.scope.whole)
    unread = dict.fromkeys(q for q in desk.reading.unread if q and _asks_beside(q, terms))
    checks = dict.fromkeys(q for q in desk.reading.checks if q and q not in unread)
    return Draft(
        audience,
        subject_of(rule, desk.scope.whole),
        _exact(rule, even),
        tuple(even.exact(quote) for quote in unread),
        tuple(even.exact(quote) for quote in checks),
    )


def _told_by_lists(whole: str) -> tuple[str, ...]:
    """Return the words that the document itself settles: 符合下列条件之一的，认定为…."""
    return tuple(mark["term"] for mark in _SETTLED.finditer(whole))


def _asks_beside(quote: str, terms: tuple[str, ...]) -> bool:
    """Whether *quote* asks anything beside words that a list of the document settles."""
    rest = quote
    for term in terms:
        rest = rest.replace(term, "").replace(f"{term[:-2]}的{term[-2:]}", "")
    return rest == quote or left_of(rest, ()) is Left.UNREAD


def _exact(node: Node, even: Smooth) -> Node:
    """Return *node* with its quotes as the original writes them."""
    if "not" in node:
        return {"not": _exact(node["not"], even)}
    for join in ("all", "any"):
        if join in node and "op" not in node:
            return {join: [_exact(part, even) for part in node[join]]}
    return {**node, "quote": even.exact(node["quote"])} if node.get("quote") else node


def _spoken(item: Item, *, inside: bool) -> Iterator[tuple[Item, bool]]:
    """Give the items that may speak of whom the policy is for; a list stays with its lead.

    With each goes whether its heading says that it does.
    """
    if item.heading:
        if has_role(item.heading, "audience heading"):
            inside = True
        elif tells_how(item.heading):
            return
    yield item, inside
    if not (item.items and lists_conditions(item)):
        for part in item.items:
            yield from _spoken(part, inside=inside)


def _without_opening(desk: Desk, opening: int) -> None:
    """Leave out what the opening says roughly and an article in full: 面向失能老年人发放."""
    full = [
        {part.get("fact") for part in node["all"]}
        for node in desk.reading.asked[opening:]
        if set(node) == {"all"}
    ]
    told = [
        node
        for node in desk.reading.asked[:opening]
        if not any({leaf["fact"] for leaf in leaves_of(node)} < facts for facts in full)
    ]
    desk.reading.asked[:opening] = told


def _take_ways(desk: Desk) -> None:
    """Join the ways in: one is enough; a place is asked of all, and so is a single way."""
    options: list[Node] = []
    several = sum(bool(way.asked or way.unread) for way in desk.ways) > 1
    for way in desk.ways:
        place = [node for node in way.asked if is_place(node)] if several else []
        rest = [node for node in way.asked if node not in place]
        desk.reading.add(Reading(place, way.excluded, [], way.checks if rest else []))
        if not several:
            desk.reading.add(Reading(rest, [], way.unread))
        elif rest or way.unread:
            unread = [manual(quote) for quote in way.unread]
            options.append(all_of([*rest, *unread]))
    if options:
        desk.reading.asked.append(any_of(_distinct(options)))


def _rule(reading: Reading) -> Node:
    asked = alternatives(_most(_distinct(reading.asked), reading))
    asked = without_implied(merged(asked))
    shut = needed(given_away(_distinct(reading.excluded), asked), asked)
    joined = [*asked, *map(_denied, _most(shut, reading))]
    rule = all_of(joined) if joined else {"all": []}
    return rule if set(rule) == {"all"} else {"all": [rule]}


def _denied(node: Node) -> Node:
    """Deny *node*; 未参保的不享受 asks that somebody be insured."""
    inner: Node = node["not"] if set(node) == {"not"} else {"not": node}
    return inner


def _distinct(nodes: Sequence[Node]) -> list[Node]:
    kept: dict[str, Node] = {}
    for node in nodes:
        kept.setdefault(json.dumps(bare(node), sort_keys=True), node)
    return list(kept.values())


def _most(nodes: list[Node], reading: Reading) -> list[Node]:
    """Keep an honest number of conditions; what is beyond goes to a person."""
    for node in nodes[_MOST_CONDITIONS:]:
        reading.unread += [leaf["quote"] for leaf in leaves_of(node) if leaf.get("quote")]
    return nodes[:_MOST_CONDITIONS]


def _in_month(rule: Node, said: frozenset[int]) -> Node:
    """Count the whole month of a birthday at the ages *said*."""
    if "op" in rule:
        if rule["fact"] != "birth_date" or rule["op"] != "age_ge" or rule["value"] not in said:
            return rule
        return {**rule, "op": "age_ge_in_month"}
    if "not" in rule:
        return rule
    return {join: [_in_month(part, said) for part in parts] for join, parts in rule.items()}
