"""Each sentence of a document read for what it does: it asks, grants, shuts out, or passes."""

import re

from pusher.reading.grammar.documents.desk import (
    OFFERS,
    WAY_IN,
    Desk,
    cut,
)
from pusher.reading.grammar.documents.grants import (
    EASIER,
    GIVES,
    with_easier,
)
from pusher.reading.grammar.documents.telling import read_in_role
from pusher.reading.grammar.documents.trimming import without_tail
from pusher.reading.grammar.joining import Node, all_of, any_of
from pusher.reading.grammar.sentences.roles import has_role
from pusher.reading.grammar.sentences.sentence import LONGEST, read_sentence
from pusher.reading.grammar.words import definitions, inline

# 申请材料：户口簿；未满18周岁的…: papers, part by part.
_LABEL = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]\s*)?(?:申请|申报|申领|办理|所需|受理|报名|提交)?(?:的)?"
    r"(?:材料|资料|流程|程序|方式|渠道|地点|电话|时限|要件)(?:清单)?\s*："
)
_ONE_OF = re.compile(
    r"(?P<lead>[^：；]{0,160}(?:(?:之一|任一|任意一项)(?:的|者)?[^：；]{0,20}|(?:属于|为|是)(?:下列|以下|如下)[^：；，条]{0,10}))：(?P<ways>[^：]+)$"
)
# 有下列情形之一的，不纳入项目：甲；乙
_SHUT_LIST = re.compile(
    r"[^：]{0,40}(?:下列|以下)[^：]{0,30}：|[^：，。]{0,6}(?:不予|不得|不可|除外|排除)[^：，。]{0,10}："
)
_PAID = r"(?:分别|一次性)?(?:按|给予|补贴|补助|奖励|发放|返还|每)[^，。；]{0,24}\d[^，。；]{0,12}"
# 中小微企业奖励3000元，大型企业2000元: of every size, something
_EACH_PAID = re.compile(
    rf"^(?:[^，。；：]{{0,12}}标准[：:])?对?(?:[^，。；：、在自\d]{{2,14}}?{_PAID}[，；](?:对)?其他[^，。；、的]{{2,6}}?{_PAID}$"
    rf"|中小微企业{_PAID}[，；](?:对)?大型企业{_PAID}$|大型企业{_PAID}[，；](?:对)?中小微企业{_PAID}$)"
)
_MAY_STILL = re.compile(
    r"[^；]{0,4}(?:曾经?|已经?|现已|此前)[^；]{2,40}的，(?:仍|方|也)?可(?:以)?(?:继续)?(?:申请|申报|享受)"
)


def read_parts(sentence: str, desk: Desk, *, inside: bool) -> None:
    """Read a sentence part by part; a part that begins nothing new goes with the one before."""
    if len(sentence) > LONGEST:
        desk.reading.unread.append(sentence[:LONGEST])
        return
    if _LABEL.match(sentence) or "→" in sentence:  # papers, or a chain of steps
        return
    beside = inline(sentence)
    if beside:
        sentence = sentence[: sentence.find(beside.quote)].rstrip("，；")
    elif any(True for _ in definitions(sentence)):
        return
    if _EACH_PAID.match(sentence) and not has_role(sentence, "excludes"):
        return
    shut = _SHUT_LIST.match(sentence)
    if shut and has_role(shut.group(0), "excludes"):
        rest = sentence[shut.end() :]
        desk.reading.add(read_sentence(rest, desk.scope, desk.words, shuts=True))
        return
    one_of = _ONE_OF.match(sentence)
    if one_of and "；" in one_of["ways"]:
        _read_ways(one_of["lead"], one_of["ways"].split("；"), desk)
        return
    together: list[str] = []
    for part in re.split(r"[；;]", sentence):
        begins = any(has_role(part, role) for role in ("grants", "never", "likewise"))
        plain = begins or bool(WAY_IN.search(part))
        if together and not begins and EASIER.match(part) and GIVES.search(together[-1]):
            together[-1] = with_easier(together[-1], part)
        elif together and not plain and _goes_on(part, together[-1]):
            together[-1] = f"{together[-1]}；{part}"
        elif part.strip() and not (together and _stays_in(part, together[-1])):
            together.append(part)
    for part in together:
        told = without_tail(part.strip())
        if told:
            read_in_role(told, desk, inside=inside)


def _stays_in(part: str, before: str) -> bool:
    """Whether *part* says whom the exclusion before it leaves in: 曾经取得、现已还清的，可以申请."""
    return has_role(before, "excludes") and bool(_MAY_STILL.match(part))


def _read_ways(lead: str, ways: list[str], desk: Desk) -> None:
    """Read a list within one sentence of which one is enough: 符合下列条件之一：甲；乙；丙。"""
    desk.reading.add(read_sentence(cut(lead, OFFERS), desk.scope, desk.words))
    options: list[Node] = []
    for way in ways:
        found = read_sentence(way, desk.scope, desk.words)
        desk.reading.checks += found.checks
        denied = [{"not": node} for node in found.excluded]
        unread: list[Node] = [
            {"fact": None, "op": "manual", "value": None, "quote": quote} for quote in found.unread
        ]
        if found.asked or denied or unread:
            options.append(all_of([*found.asked, *denied, *unread]))
    if options:
        desk.reading.asked.append(any_of(options))


def _goes_on(part: str, before: str) -> bool:
    """Whether *part* is an exception to an exclusion before it, or goes on with conditions."""
    if has_role(before, "excludes"):
        return has_role(part, "excludes") or "限制" in part
    return has_role(before, "asks") and not (has_role(part, "aside") or has_role(part, "passes"))
