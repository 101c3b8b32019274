"""A document becomes a draft rule: its sentences by role, its lists, its ways in, its exclusions."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pusher.reading.grammar.documents.audience import audience_of, of_its_kind, subject_of
from pusher.reading.grammar.documents.barring import barred, refused, tells_how
from pusher.reading.grammar.documents.ending import endings
from pusher.reading.grammar.documents.fallback import nothing_read, read_bare_names
from pusher.reading.grammar.documents.headings import scopes
from pusher.reading.grammar.documents.narrowing import without_parts
from pusher.reading.grammar.documents.outline import Item, outline
from pusher.reading.grammar.documents.smoothing import Smooth, smooth
from pusher.reading.grammar.documents.speaking import NAMED, OFFERS, Desk, cut, read_parts
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
from pusher.reading.grammar.sentences.sentence import LONGEST, read_sentence
from pusher.reading.grammar.sentences.shutting import EXCEPTS, Reading
from pusher.reading.grammar.words import OwnPhrase, Words, definitions, inline

AudienceKind = Literal["resident", "enterprise", "both", "none"]
Subject = Literal["self", "ward", "self_or_ward"]
_LIST_LEAD = re.compile(r"(?:下列|以下|如下)[^。；]{0,30}(?:[:：]|$)|[:：]\s*$|之一")
# 现将有关政策公告如下: what follows is the document, no list of conditions
_ANNOUNCES = re.compile(
    r"(?:通知|公告|通告|公布|发布|公开|告知|说明|明确|规定|安排|印发|实施|事项|措施|意见|解读|介绍)如下[^，。；：]{0,6}[:：]?\s*$"
)
_LEAVES_OUT = re.compile(r"不包括|不包含|不含(?!税)|除外")
_SENTENCE = re.compile(r"[^。\n]+")
_SHUT_HEADING = re.compile(
    r"(?:谁|哪些|什么|何种)[^。：，]{0,8}不(?:能|可以?|得|予|享受|给|补|贴|奖|支持|受理|纳入|适用|符合|算|在)[^。：，]{0,8}"
    r"|(?:不予|不适用|不纳入|不列入|不安排|不重复|不享受|不得|不能|不可|不支持|不受理|负面|除外|排除|限制|禁止|否决|退出)[^。：]{0,16}?(?:情形|清单|情况|人员|对象|企业|事项)"
    r"|(?:一律)?不(?:予|得|能|再)?(?:受理|支持|补贴|补助|奖励|救助|资助|贴息|享受|发放|扶持|申报|申请|返还)$"
)
# 已享受高龄津贴的 names who is shut out, and asks nobody to have it
_HAD = re.compile(
    r"(?:已|曾|正在|正|仍在|现|此前|以往|同时|重复|按规定)(?:经|已|按规定|依法)*(?:享受|领取|获得|申领|申请|办理|享有)(?:过|了)?|(?:享受|领取)(?=[^，。；可须应]{2,24}的(?:$|，|、))"
)
# 所称重度，是指一级、二级: a word that means nothing by itself
_DEGREES = frozenset({"重度", "中度", "轻度"})
_TIERS = re.compile(
    r"(?:规模|限额|限上|增长|成长|达标|认定|准入|界定|升规|纳统|入库)[^，。；]{0,6}标准\s*(?:为|如下)?[:：]?\s*$"
)
_PREDICATE = re.compile(r"在|具有|具备|符合|近|上年|未|无|依法|应|须|成立|注册|纳税|信用|经营")
_NAMES_WHO = ("对象为", "对象是", "对象", "对象包括", "对象如下")
_SETTLED = re.compile(
    r"(?:下列|以下)[^，。；]{0,12}的，(?:可)?(?:认定|视)为(?P<term>[^，。；：]{3,14})"
)
_SHORTEST_LEAD = 20
"""Characters of a lead that tells for whom, beside what is given."""
# 享受下列优待：免费乘车；免费体检: a list of what is given
_OFFERED = re.compile(
    r"(?:可)?(?:享受|给予|提供)(?:以下|下列|如下)[^，。；]{0,12}(?:优待|待遇|服务|优惠|政策|支持|扶持|补贴|奖励|照顾)\s*[:：]?$"
)
_PLACES = frozenset({"household_area", "residence_area", "registered_area", "business_area"})
_LONGEST_HEADING = 24
_LONGEST_QUOTE = 1000
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
    defining = list(_define(tree, desk))
    desk.scopes = scopes(tree, scope)
    for item, inside in _spoken(tree, inside=False):
        _read_item(item, desk, inside=inside)
    _ask_unused(defining, desk)
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


def _define(tree: Item, desk: Desk) -> Iterator[tuple[str, str, Reading]]:
    """Learn the words that the document defines; give each with its sentence and its reading."""
    for item in tree.walk():
        for sentence in item.sentences():
            told = sentence[:LONGEST]
            beside = inline(told)
            told_of = [beside] if beside else definitions(told)
            for one in (one for one in told_of if one.term not in _DEGREES):
                reading = read_sentence(one.what, desk.scope, desk.words, term=one.term)
                if _LEAVES_OUT.search(one.what):
                    desk.reading.excluded += reading.excluded
                if reading.asked and _is_award(one.term, desk):
                    desk.reading.asked += [n for n in reading.asked if is_place(n)]
                elif reading.asked:
                    meant = [*alternatives(reading.asked), *_named_by(one.term, reading, desk)]
                    desk.words.defined[one.term] = (all_of(meant), one.quote)
                yield one.term, sentence, reading


def _is_award(term: str, desk: Desk) -> bool:
    """Whether a defined term is an award that each sentence tells in its own way: 首次认定的高企."""
    own = read_sentence(term, desk.scope, Words(own=desk.words.own))
    return any(leaf["fact"] == "qualifications" for n in own.asked for leaf in leaves_of(n))


def _named_by(term: str, reading: Reading, desk: Desk) -> list[Node]:
    """Return what *term* itself says and its definition does not: 现役军人家属，是指户籍在本区的…"""
    defined = {leaf["fact"] for node in reading.asked for leaf in leaves_of(node)}
    if defined - _PLACES:
        return []
    own = read_sentence(term, desk.scope, Words(own=desk.words.own))
    return [node for node in own.asked if not defined & {x["fact"] for x in leaves_of(node)}]


def _ask_unused(defining: list[tuple[str, str, Reading]], desk: Desk) -> None:
    """Ask what a definition says whose term stands in no condition: it says whom all is about."""
    for term, sentence, reading in defining:
        if term not in desk.words.used and "所称" in sentence:
            desk.reading.add(reading)


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
    if not (item.items and _leads(item)):
        for part in item.items:
            yield from _spoken(part, inside=inside)


def _leads(item: Item) -> bool:
    """Whether the list below *item* is a list of conditions."""
    lead = _lead(item)
    if _shuts_out(item):
        return True
    roles = ("asks", "any of", "all of", "excludes")
    asks = bool(lead) and any(has_role(lead, role) for role in roles)
    return asks or bool(_TIERS.search(item.text[-LONGEST:].strip()))


def _shuts_out(item: Item) -> bool:
    """Whether the heading of *item* says that its list names who is shut out: 不予支持的情形."""
    return bool(item.items) and bool(_SHUT_HEADING.search(item.heading))


def _lead(item: Item) -> str:
    """Return the last sentence before a list, if it leads into the list."""
    last = re.split(r"[。\n]", item.text.strip())[-1]
    last = last[-LONGEST:]
    if _ANNOUNCES.search(last):
        return ""
    return last if _LIST_LEAD.search(last) or _TIERS.search(last) else ""


def _read_item(item: Item, desk: Desk, *, inside: bool) -> None:
    desk.scope = desk.scopes[id(item)]
    if not item.items and _read_shut(item, desk):
        return
    leads = bool(item.items) and _leads(item)
    lead = (item.text.strip() if _shuts_out(item) else _lead(item)) if leads else ""
    for sentence in item.sentences():
        if sentence != lead.strip():
            read_parts(sentence, desk, inside=inside)
    if leads and _OFFERED.search(lead) and len(lead) > _SHORTEST_LEAD:
        desk.reading.add(read_sentence(cut(lead, _OFFERED), desk.scope, desk.words))
        for below in item.items:
            if has_role(below.text, "grants"):
                _read_item(below, desk, inside=False)
    elif leads:
        if not _TIERS.search(lead) and not has_role(lead, "excludes") and not _shuts_out(item):
            desk.reading.add(read_sentence(cut(lead, OFFERS), desk.scope, desk.words))
        _read_list(item, lead, desk, desk.reading)


def _read_shut(item: Item, desk: Desk) -> bool:
    """Read what stands under a heading that shuts out: 不予支持的情形：列入失信名单的企业。"""
    heading = _SHUT_HEADING.match(item.heading)
    if heading is None:
        return False
    for mark in _SENTENCE.finditer(item.body or item.heading[heading.end() :]):
        for told in re.split(r"[；;]", mark.group(0)):
            bare = _HAD.sub("", told)
            if EXCEPTS.search(told) or not any(has_role(bare, r) for r in ("excludes", "asks")):
                desk.reading.add(read_sentence(told, desk.scope, desk.words, shuts=True))
            else:
                read_parts(told, desk, inside=False)
    return True


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
            unread = [_manual(quote) for quote in way.unread]
            options.append(all_of([*rest, *unread]))
    if options:
        desk.reading.asked.append(any_of(_distinct(options)))


def _read_list(item: Item, lead: str, desk: Desk, into: Reading) -> None:
    """Read the items of a list as alternatives or as conditions that must all hold."""
    shuts = has_role(lead, "excludes") or _shuts_out(item)
    parts = [(below, _read_whole(below, desk, shuts=shuts)) for below in item.items]
    if shuts:
        for _, part in parts:
            into.add(Reading([], [*part.asked, *part.excluded], part.unread, part.checks))
    elif _one_is_enough(lead) and not (
        lead.rstrip("：:").endswith(_NAMES_WHO) and _are_predicates(item)
    ):
        options = []
        for below, part in parts:
            into.checks += part.checks
            options.append(_option(part) or _manual(below.text))
        into.asked.append(any_of(options))
    else:
        for _, part in parts:
            into.add(part)


def _one_is_enough(lead: str) -> bool:
    if _TIERS.search(lead) or "之一" in lead or "任一" in lead:
        return True
    return has_role(lead, "any of") and not has_role(lead, "all of")


def _are_predicates(item: Item) -> bool:
    """Whether most entries of a list say what somebody must be or do, not who somebody is."""
    starts = sum(bool(_PREDICATE.match(below.text.strip())) for below in item.items)
    return starts * 2 > len(item.items)


def _read_whole(item: Item, desk: Desk, *, shuts: bool = False) -> Reading:
    """Read every sentence of an item of a list; each of them counts."""
    reading = Reading()
    desk.scope = desk.scopes[id(item)]
    for sentence in item.sentences():
        if has_role(sentence[:LONGEST], "passes") and not has_role(sentence, "excludes"):
            continue
        found = read_sentence(sentence, desk.scope, desk.words, shuts=shuts)
        # an entry may speak of papers alone; one that states a condition counts, whatever else
        if found.asked or found.excluded or not has_role(sentence[:LONGEST], "aside"):
            reading.add(found)
    reading.asked = alternatives(reading.asked)
    if item.items:
        _read_list(item, _lead(item) or item.text, desk, reading)
    return reading


def _option(part: Reading) -> Node | None:
    negated = [{"not": node} for node in part.excluded]
    unread = [_manual(quote) for quote in part.unread]
    return all_of([*part.asked, *negated, *unread]) if part.asked or negated else None


def _manual(text: str) -> Node:
    """A branch that no register answers: unknown for everybody, so that nobody is shut out."""
    return {"fact": None, "op": "manual", "value": None, "quote": text.strip()[:_LONGEST_QUOTE]}


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
