"""Lists of a document: entries that are ways in, conditions that must all hold, or who is shut out."""

import re

from pusher.reading.grammar.documents.desk import OFFERS, Desk, cut
from pusher.reading.grammar.documents.outline import Item
from pusher.reading.grammar.documents.speaking import read_parts
from pusher.reading.grammar.joining import (
    Node,
    all_of,
    alternatives,
    any_of,
)
from pusher.reading.grammar.sentences.roles import has_role
from pusher.reading.grammar.sentences.sentence import LONGEST, read_sentence
from pusher.reading.grammar.sentences.shutting import EXCEPTS, Reading

_LIST_LEAD = re.compile(r"(?:下列|以下|如下)[^。；]{0,30}(?:[:：]|$)|[:：]\s*$|之一")
# 现将有关政策公告如下: what follows is the document, no list of conditions
_ANNOUNCES = re.compile(
    r"(?:通知|公告|通告|公布|发布|公开|告知|说明|明确|规定|安排|印发|实施|事项|措施|意见|解读|介绍)如下[^，。；：]{0,6}[:：]?\s*$"
)
_SENTENCE = re.compile(r"[^。\n]+")


_SHUT_HEADING = re.compile(
    r"(?:谁|哪些|什么|何种)[^。：，]{0,8}不(?:能|可以?|得|予|享受|给|补|贴|奖|支持|受理|纳入|适用|符合|算|在)[^。：，]{0,8}"
    r"|(?:不予|不适用|不纳入|不列入|不安排|不重复|不享受|不得|不能|不可|不支持|不受理|负面|除外|排除|限制|禁止|否决|退出)[^。：]{0,16}?(?:情形|清单|情况|人员|对象|企业|事项)"
    r"|(?:一律)?不(?:予|得|能|再)?(?:受理|支持|补贴|补助|奖励|救助|资助|贴息|享受|发放|扶持|申报|申请|返还)$"
)
# 已享受高龄津贴的 names who is shut out, and asks nobody to have it
_HAD = re.compile(
    r"(?:已|曾|正在|正|仍在|现|此前|以往|同时|重复|按规定)(?:经|已|按规定|依法){0,3}(?:享受|领取|获得|申领|申请|办理|享有)(?:过|了)?|(?:享受|领取)(?=[^，。；可须应]{2,24}的(?:$|，|、))"
)
_TIERS = re.compile(
    r"(?:规模|限额|限上|增长|成长|达标|认定|准入|界定|升规|纳统|入库)[^，。；]{0,6}标准\s*(?:为|如下)?[:：]?\s*$"
)
_PREDICATE = re.compile(r"在|具有|具备|符合|近|上年|未|无|依法|应|须|成立|注册|纳税|信用|经营")


_NAMES_WHO = ("对象为", "对象是", "对象", "对象包括", "对象如下")
_SHORTEST_LEAD = 20
"""Characters of a lead that tells for whom, beside what is given."""
# 享受下列优待：免费乘车；免费体检: a list of what is given
_OFFERED = re.compile(
    r"(?:可)?(?:享受|给予|提供)(?:以下|下列|如下)[^，。；]{0,12}(?:优待|待遇|服务|优惠|政策|支持|扶持|补贴|奖励|照顾)\s*[:：]?$"
)
_LONGEST_QUOTE = 1000


def lists_conditions(item: Item) -> bool:
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


def read_item(item: Item, desk: Desk, *, inside: bool) -> None:
    desk.scope = desk.scopes[id(item)]
    if not item.items and _read_shut(item, desk):
        return
    leads = bool(item.items) and lists_conditions(item)
    lead = (item.text.strip() if _shuts_out(item) else _lead(item)) if leads else ""
    for sentence in item.sentences():
        if sentence != lead.strip():
            read_parts(sentence, desk, inside=inside)
    if leads and _OFFERED.search(lead) and len(lead) > _SHORTEST_LEAD:
        desk.reading.add(read_sentence(cut(lead, _OFFERED), desk.scope, desk.words))
        for below in item.items:
            if has_role(below.text, "grants"):
                read_item(below, desk, inside=False)
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
            options.append(_option(part) or manual(below.text))
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
    unread = [manual(quote) for quote in part.unread]
    return all_of([*part.asked, *negated, *unread]) if part.asked or negated else None


def manual(text: str) -> Node:
    """A branch that no register answers: unknown for everybody, so that nobody is shut out."""
    return {"fact": None, "op": "manual", "value": None, "quote": text.strip()[:_LONGEST_QUOTE]}
