"""A document becomes a draft rule: its sentences by role, its lists, its ways in, its exclusions."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pusher.reading.grammar.ages import ages_below, months_counted
from pusher.reading.grammar.audience import audience_of, of_its_kind, subject_of
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
from pusher.reading.grammar.outline import Item, outline
from pusher.reading.grammar.roles import cues, has_role
from pusher.reading.grammar.sentence import LONGEST, Reading, read_sentence
from pusher.reading.grammar.smoothing import Smooth, smooth
from pusher.reading.grammar.tidying import merged, needed, widened
from pusher.reading.grammar.words import OwnPhrase, Words, definitions, inline

AudienceKind = Literal["resident", "enterprise", "both", "none"]
Subject = Literal["self", "ward", "self_or_ward"]

_LIST_LEAD = re.compile(r"(?:下列|以下|如下)[^。；]{0,30}(?:[:：]|$)|[:：]\s*$|之一")
_SENTENCE = re.compile(r"[^。\n]+")
# Up to here a granting sentence says for whom, behind it what is given.
_GIVES = re.compile(
    r"(?:(?<=的)[，,]?|[，,])(?:分别|一次性|可|由[^，。；]{2,12}|自[^，。；]{2,20}起)?(?:按|给予|予以|发放|奖励|补助|补贴|减半|减征|免征|返还|支持|资助|享受|每[人月年孩户次亩餐件床张家])"
    r"|(?<=机构)按|(?<=企业)按|(?<=单位)按|(?:给予|予以|发放|奖励|补助(?!对象)|减半征收|减征|免征|返还(?!条件)|实施奖励)"
)
_WAY_IN = re.compile(
    r"直接(?:调整|发放|享受)|无需(?:重新)?申请|可[^，。；均]{0,24}提出[^，。；]{0,8}申请"
)
# 困难残疾人生活补贴对象为…；重度残疾人护理补贴对象为…: each benefit has people of its own.
_NAMED = re.compile(
    r"(?:^|[。；：:\n）、])(?P<name>[^，。；：:\n）、]{2,16}(?:补贴|津贴|补助|奖励|待遇|救助|供养|服务))的?(?:发放)?对象(?:为|是|包括|：)"
)
_NAMES_GRANT = re.compile(r"给予|奖励|补助|补贴|对象|条件")
# 申请材料：户口簿；未满18周岁的…: papers, part by part.
_LABEL = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]\s*)?(?:申请|申报|申领|办理|所需|受理|报名|提交)?(?:的)?"
    r"(?:材料|资料|流程|程序|方式|渠道|地点|电话|时限|要件)(?:清单)?\s*："
)
_SHUT_HEADING = re.compile(
    r"(?:不予|不适用|不纳入|不重复|不享受|不得|负面|除外)[^。：]{0,16}(?:情形|清单|情况|人员|对象|企业)"
)
# 有下列情形之一的，不纳入项目：甲；乙
_SHUT_LIST = re.compile(r"[^：]{0,40}(?:下列|以下)[^：]{0,30}：")
_TIERS = re.compile(
    r"(?:规模|认定|准入|界定|升规|纳统|入库)[^，。；]{0,6}标准\s*(?:为|如下)?[:：]?\s*$"
)
# Several grants in one sentence: 对甲奖励…，对乙奖励…; 上市的奖励…，挂牌的奖励…
_GRANTS_APART = re.compile(
    r"；|，(?=对(?!象|应))|(?<=元)，(?=[^，。；]{2,30}的(?:给予|奖励|补助|补贴))"
)
_OFFERS = re.compile(
    r"[，,]每[人亩户孩月年次餐床张][^，。；]{0,10}(?:补贴|补助|奖励|发放|给予|\d)|(?:均)?可(?:以)?(?:按规定)?(?:享受|领取|获得)(?![^，。；]*(?:对象|范围))"
)
_MONEY = re.compile(r"\d(?:万|亿)?元|给予|补贴标准|奖励标准")
# facts that a mere mention of a noun would state
_NAMES = frozenset(
    {"industry", "entity_type", "size_class", "business_types", "qualifications", "welfare_status",
     "child_category", "preferential_status", "disability", "benefits_received",
     "housing_support", "school_stage", "employment_status", "hard_to_employ", "sex",
     "veteran_type", "statistics_inclusion", "ability_level", "care_setting",
     "living_arrangement", "family_planning_status", "ownership", "export_insurance_premium",
     "serious_illness", "zero_employment_family", "converted_from_individual_on", None}
)  # fmt: skip
_PREDICATE = re.compile(r"在|具有|具备|符合|近|上年|未|无|依法|应|须|成立|注册|纳税|信用|经营")
_NAMES_WHO = ("对象为", "对象是", "对象", "对象包括", "对象如下")
_OPEN_TO_ALL = re.compile(
    r"不限户籍|全体|所有(?:居民|市民|企业|人员)|广大|消费者|任何(?:人|单位)|均可"
)
# nouns that say for whom where something is granted beside them
_NAMES_OF_FIRMS = frozenset({"qualifications", "business_types", "statistics_inclusion"})
_TITLE = re.compile(
    r"^关于|(?:通知|办法|公告|细则|方案|意见|规定|措施|指南|须知|明白纸)(?:（[^）]*）)?$"
)
_SHORTEST_TOLD = 6
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


@dataclass(slots=True)
class _Desk:
    """What has been read of a document so far."""

    scope: Scope
    words: Words
    reading: Reading = field(default_factory=Reading)
    ways: list[Reading] = field(default_factory=list)
    likewise: list[Node] = field(default_factory=list)
    several: bool = False
    """Whether the text tells for each of several benefits whom it is for."""


def draft(paragraphs: Sequence[str], *, area_code: str, own: Sequence[OwnPhrase] = ()) -> Draft:
    """Draft the rule of whom *paragraphs* are for.

    Args:
        paragraphs: the body of a policy.
        area_code: the six digits of the district whose office reads; what 本区 means.
        own: phrases of the office; they win over the grammar's.
    """
    even = smooth("\n".join(paragraphs))
    scope = Scope(whole=even.text, area_code=area_code, below=ages_below(even.text))
    desk = _Desk(scope, Words(own=tuple(own)))
    desk.several = len({mark["name"] for mark in _NAMED.finditer(even.text)}) > 1
    tree = outline(even.text.split("\n"))
    defining = list(_define(tree, desk))
    for item, inside in _spoken(tree, inside=False):
        _read_item(item, desk, inside=inside)
    _ask_unused(defining, desk)
    _take_ways(desk)
    desk.reading.asked = [widened(node, desk.likewise) for node in desk.reading.asked]
    return _finished(desk, even)


def _finished(desk: _Desk, even: Smooth) -> Draft:
    rule = _in_month(_rule(desk.reading), months_counted(desk.scope.whole))
    audience = audience_of(rule, desk.scope.whole)
    rule = of_its_kind(rule, audience)
    if not leaves_of(rule) and not desk.reading.unread:
        desk.reading.unread += _nothing_read(desk.scope.whole)
    unread = dict.fromkeys(q for q in desk.reading.unread if q)
    checks = dict.fromkeys(q for q in desk.reading.checks if q and q not in unread)
    return Draft(
        audience,
        subject_of(rule, desk.scope.whole),
        _exact(rule, even),
        tuple(even.exact(quote) for quote in unread),
        tuple(even.exact(quote) for quote in checks),
    )


def _exact(node: Node, even: Smooth) -> Node:
    """Return *node* with its quotes as the original writes them."""
    if "not" in node:
        return {"not": _exact(node["not"], even)}
    for join in ("all", "any"):
        if join in node and "op" not in node:
            return {join: [_exact(part, even) for part in node[join]]}
    return {**node, "quote": even.exact(node["quote"])} if node.get("quote") else node


def _nothing_read(whole: str) -> list[str]:
    """Give a person the sentence that should have said for whom, unless all may come."""
    sentences = [mark.group(0).strip() for mark in _SENTENCE.finditer(whole)]
    speak = [
        s for s in sentences if has_role(s[:LONGEST], "asks") or has_role(s[:LONGEST], "grants")
    ]
    told = speak or [s for s in sentences if len(s) > _SHORTEST_TOLD]
    return [] if _OPEN_TO_ALL.search(whole) else [max(told[:3], key=len)[:LONGEST]] if told else []


def _define(tree: Item, desk: _Desk) -> Iterator[tuple[str, str, Reading]]:
    """Learn the words that the document defines; give each with its sentence and its reading."""
    for item in tree.walk():
        for mark in _SENTENCE.finditer(f"{item.text}\n{item.after}"):
            told = mark.group(0)[:LONGEST]
            beside = inline(told)
            for one in [beside] if beside else definitions(told):
                reading = read_sentence(one.what, desk.scope, desk.words, term=one.term)
                if reading.asked:
                    desk.words.defined[one.term] = (all_of(alternatives(reading.asked)), one.quote)
                yield one.term, mark.group(0), reading


def _ask_unused(defining: list[tuple[str, str, Reading]], desk: _Desk) -> None:
    """Ask what a definition says whose term stands in no condition: it says whom all is about."""
    for term, sentence, reading in defining:
        if term not in desk.words.used and "所称" in sentence:
            desk.reading.add(reading)


def _spoken(item: Item, *, inside: bool) -> Iterator[tuple[Item, bool]]:
    """Give the items that may speak of whom the policy is for; a list stays with its lead.

    With each goes whether its heading says that it does.
    """
    first = re.split(r"[。\n：]", item.text[:LONGEST].strip(), maxsplit=1)[0]
    if item.level >= 0 and len(first) <= _LONGEST_HEADING:
        if has_role(first, "audience heading"):
            inside = True
        elif has_role(first, "procedure heading") and not has_role(first, "grants"):
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
    first = re.split(r"[。\n：]", item.text[:LONGEST].strip(), maxsplit=1)[0]
    heads = item.level >= 0 and 0 < len(first) <= _LONGEST_HEADING and bool(item.items)
    return heads and bool(_SHUT_HEADING.search(first))


def _lead(item: Item) -> str:
    """Return the last sentence before a list, if it leads into the list."""
    last = re.split(r"[。\n]", item.text.strip())[-1]
    last = last[-LONGEST:]
    return last if _LIST_LEAD.search(last) or _TIERS.search(last) else ""


def _read_item(item: Item, desk: _Desk, *, inside: bool) -> None:
    leads = bool(item.items) and _leads(item)
    lead = (item.text.strip() if _shuts_out(item) else _lead(item)) if leads else ""
    for mark in _SENTENCE.finditer(f"{item.text}\n{item.after}"):
        sentence = mark.group(0).strip()
        if sentence and sentence != lead.strip():
            _read_parts(sentence, desk, inside=inside)
    if leads:
        if not _TIERS.search(lead) and not has_role(lead, "excludes") and not _shuts_out(item):
            desk.reading.add(read_sentence(_cut(lead, _OFFERS), desk.scope, desk.words))
        _read_list(item, lead, desk, desk.reading)


def _read_parts(sentence: str, desk: _Desk, *, inside: bool) -> None:
    """Read a sentence part by part; a part that begins nothing new goes with the one before."""
    if len(sentence) > LONGEST:
        desk.reading.unread.append(sentence[:LONGEST])
        return
    if _LABEL.match(sentence):
        return
    beside = inline(sentence)
    if beside:
        sentence = sentence[: sentence.find(beside.quote)].rstrip("，；")
    elif any(True for _ in definitions(sentence)):
        return
    shut = _SHUT_LIST.match(sentence)
    if shut and has_role(shut.group(0), "excludes"):
        rest = sentence[shut.end() :]
        desk.reading.add(read_sentence(rest, desk.scope, desk.words, shuts=True))
        return
    together: list[str] = []
    for part in re.split(r"[；;]", sentence):
        begins = any(has_role(part, role) for role in ("grants", "never", "likewise"))
        plain = begins or bool(_WAY_IN.search(part))
        if together and not plain and _goes_on(part, together[-1]):
            together[-1] = f"{together[-1]}；{part}"
        elif part.strip():
            together.append(part)
    for part in together:
        told = _without_tail(part.strip())
        if told:
            _read_in_role(told, desk, inside=inside)


def _without_tail(part: str) -> str:
    """Drop the clauses from the first one on that speaks of something else."""
    kept = []
    for clause in part.split("，"):
        if has_role(clause, "tail"):
            break
        kept.append(clause)
    return "，".join(kept)


def _goes_on(part: str, before: str) -> bool:
    """Whether *part* is an exception to an exclusion before it, or goes on with conditions."""
    if has_role(before, "excludes"):
        return has_role(part, "excludes") or "限制" in part
    return has_role(before, "asks") and not has_role(part, "aside")


def _read_in_role(sentence: str, desk: _Desk, *, inside: bool) -> None:
    """Read a sentence for what it does; what speaks of something else is passed over."""
    excludes, asks = has_role(sentence, "excludes"), has_role(sentence, "asks")
    way_in = _WAY_IN.search(sentence)
    resolves = has_role(sentence, "resolves") and not _NAMES_GRANT.search(sentence)
    if has_role(sentence, "never") or resolves:
        return
    if has_role(sentence, "likewise"):
        found = read_sentence(sentence, desk.scope, desk.words)
        desk.likewise += [leaf for node in found.asked for leaf in leaves_of(node)]
        return
    if way_in and not excludes:
        told = sentence[: way_in.start()]
        desk.ways.append(read_sentence(told, desk.scope, desk.words))
    elif has_role(sentence, "aside") and not excludes and not _names_audience(sentence):
        if asks:
            _read_beside_papers(sentence, desk)
    elif desk.several and _NAMED.search(sentence):
        desk.ways.append(read_sentence(sentence, desk.scope, desk.words))
    elif has_role(sentence, "grants"):
        _read_grant(sentence, desk)
    elif excludes:
        desk.reading.add(_unit(read_sentence(sentence, desk.scope, desk.words)))
    elif asks or inside:
        told = _cut(sentence, _OFFERS)
        desk.reading.add(_unit(read_sentence(told, desk.scope, desk.words)))
    else:
        _read_uncued(sentence, desk)


def _read_uncued(sentence: str, desk: _Desk) -> None:
    """Read a sentence without a cue, if it states conditions: 非济南市户籍，在本市无自有住房。"""
    if _TITLE.search(sentence):
        return
    gives = _GIVES.search(sentence) if _MONEY.search(sentence) else None
    told = sentence[: gives.start()] if gives else sentence
    if _MONEY.search(told):
        return
    found = read_sentence(told, desk.scope, desk.words)
    facts = {leaf["fact"] for node in found.asked for leaf in leaves_of(node)}
    if gives and (facts - _NAMES or facts & _NAMES_OF_FIRMS):
        desk.ways.append(found)
    elif not gives and facts - _NAMES:
        desk.reading.add(_unit(found))


def _unit(found: Reading) -> Reading:
    """Keep what one sentence asks together: another sentence may state a second way in."""
    if found.asked:
        found.asked = [all_of(found.asked)]
    return found


def _cut(sentence: str, at: re.Pattern[str]) -> str:
    """Keep what stands before what is offered, unless the sentence begins with the offer."""
    mark = at.search(sentence)
    return sentence[: mark.start()] if mark and mark.start() > _SHORTEST_TOLD else sentence


def _read_beside_papers(sentence: str, desk: _Desk) -> None:
    """Read 申请人须年满18周岁，并提交身份证: what it asks counts, what it says of papers does not."""
    found = read_sentence(_cut(sentence, _OFFERS), desk.scope, desk.words)
    facts = {leaf["fact"] for node in found.asked for leaf in leaves_of(node)}
    if facts - _NAMES:
        desk.reading.add(_unit(Reading(found.asked, found.excluded)))


def _names_audience(sentence: str) -> bool:
    return bool(cues("asks")[0].search(sentence))


def _read_grant(sentence: str, desk: _Desk) -> None:
    """Read each 对…的，给予…: a way in; what is given behind it asks nothing."""
    for part in _GRANTS_APART.split(sentence):
        gives = _GIVES.search(part)
        told = part[: gives.start()] if gives else part
        if not gives and has_role(part, "excludes"):
            desk.reading.add(read_sentence(part, desk.scope, desk.words))
        elif told.strip():
            found = read_sentence(told, desk.scope, desk.words)
            if found.asked or found.excluded or found.unread:
                desk.ways.append(found)


def _take_ways(desk: _Desk) -> None:
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


def _is_place(node: Node) -> bool:
    return all(str(leaf.get("fact")).endswith("_area") for leaf in leaves_of(node))


def _read_list(item: Item, lead: str, desk: _Desk, into: Reading) -> None:
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


def _read_whole(item: Item, desk: _Desk, *, shuts: bool = False) -> Reading:
    """Read every sentence of an item of a list; each of them counts."""
    reading = Reading()
    for mark in _SENTENCE.finditer(f"{item.text}\n{item.after}"):
        sentence = mark.group(0).strip()
        if not sentence:
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
    asked = merged(asked)
    shut = needed(_distinct(reading.excluded), asked)
    joined = [*asked, *({"not": node} for node in _most(shut, reading))]
    rule = all_of(joined) if joined else {"all": []}
    return rule if set(rule) == {"all"} else {"all": [rule]}


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
        return {"any": [rule, {**rule, "op": "age_ge_in_month"}]}
    if "not" in rule:
        return rule
    return {join: [_in_month(part, said) for part in parts] for join, parts in rule.items()}
