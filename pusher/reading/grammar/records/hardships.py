"""What befell a household: kinds of events of one list, and when they happened.

6个月内因火灾、交通事故或者突患重大疾病 is one record; a day of its own makes the next word another.
Source: 国发〔2014〕47号, 民发〔2018〕23号 (临时救助).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pusher.reading.grammar.findings import Finding, has
from pusher.reading.grammar.findings import field as asks
from pusher.reading.grammar.phrases.days import Days, find_days

_GROWS = (
    r"[^，。；、]{0,6}?(?:突然|急剧|大幅|明显)*(?:骤增|激增|剧增|陡增|过大|增加|增大|负担过?重)"
)
_KINDS = {
    "fire": r"火灾|失火",
    "traffic": r"(?:道路)?交通(?:意外)?事故|车祸",
    "accident": r"(?:意外(?:事件|事故|伤害|伤亡|情况)|突发事故)|意外(?=[、，或等])|爆炸|溺水|人身伤害|触电|高空坠落",
    "sudden_illness": r"(?:突发|突患|突然患|急性|罹患|身患|患有?|突发性)?(?:重特?大(?:急性)?疾病|重病|危重疾病|急重病)|突发疾病",
    "education": rf"(?:子女)?(?:接受)?(?:教育|就学|上学|求学)[^，。；、]{{0,4}}(?:支出|费用|开支){_GROWS}",
    "medical_cost": rf"(?:医疗|医药|治病)(?:支出|费用|开支){_GROWS}",
    "disaster": r"自然灾害|地震|洪涝|洪水|台风|风雹|泥石流|山体滑坡|水灾|旱灾|暴雨|雷击|冰雹",
    "unemployment": r"(?:突然|突发|意外)失业",
}
_KIND = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _KINDS.items()))
_NONE = re.compile(
    r"(?:(?:商业|综合|补充|团体){0,2}保险|险(?!情)|隐患|预防|防治|防范|责任|救助(?:制度|金|政策)|应急|预案|监测|预警|重建|保障|附加)"
)
_BEFELL = re.compile(
    r"因|遭|突发|突患|突然|罹患|发生|遇(?!有)|受(?!理|助|托|益)|由于|骤增|激增|剧增|过大|意外"
)
# being ill, or paying for it, is no event unless it came of a sudden or stands among such
_SLOW = frozenset({"sudden_illness", "medical_cost"})
_LONG_AGO = re.compile(r"往年|此前|以前|以往|曾因")
_SUDDEN = re.compile(r"突|急|罹患|[骤激剧陡]增|过大")
# 急难情形应当发生在申请前3个月内: the day of what was told before
_WHEN = re.compile(
    r"(?:情形|困难|事件|事故|情况|灾害)(?:应当?|须|均|必须){0,2}发生(?:时间)?(?:在|于|为){0,2}(?:申请|提出申请)?(?:之日)?(?:前)?(?:近|最近)?$"
)
_APART = re.compile(r"[。；;：\n（）()]|的，|的$")
_FAR = 26
_LONGEST = 200
"""Characters behind an event in which its day may be told."""
_LEADS = re.compile(r"(?:由于|因|遭遇|遭受|遭到|遇到|发生)(?:家庭|主要|成员|本人|其)*$")
_TAIL = re.compile(
    r"(?:等)?(?:意外|突发|急难)*(?:事件|事故|灾害|情形|原因)*"
    r"(?:(?:造成|导致|致使)(?:家庭|基本)*(?:生活)?(?:暂时)?(?:出现|陷入|发生)?(?:严重|特别|较大)?(?:困难|困境))?"
)


@dataclass(slots=True)
class _Blows:
    """Events of one list."""

    kinds: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    days: Days | None = None
    sudden: bool = False


def read_hardships(text: str, whole: str = "") -> Iterator[Finding]:
    """Find what events *text* asks to have befallen somebody.

    Args:
        whole: the document; a later part of the sentence may tell the day.
    """
    for one in _blows(text):
        one.days = one.days or _day_told_after(text[one.spans[-1][1] :], whole)
        before = text[max(_clause_start(text, one.spans[0][0]), one.spans[0][0] - _FAR) :]
        said = before[: one.spans[-1][1] - (len(text) - len(before))]
        if _BEFELL.search(said) and not _LONG_AGO.search(said) and one.sudden:
            yield _finding(one, text)


def _day_told_after(rest: str, whole: str) -> Days | None:
    """Return the day on which a sentence says, behind its events, that they must have happened."""
    at = whole.find(rest) if rest else -1
    told = re.split("[。\n]", whole[at : at + _LONGEST])[0] if at >= 0 else rest
    days = (one for one in find_days(told) if one.kind in ("recent", "date", "year"))
    return next((one for one in days if _WHEN.search(told[: one.start])), None)


def _blows(text: str) -> Iterator[_Blows]:
    days = [one for one in find_days(text) if one.kind in ("recent", "date", "year")]
    one, end = _Blows(), 0
    for mark in _KIND.finditer(text):
        if _NONE.match(text, mark.end()):
            continue
        gap = text[end : mark.start()]
        told = [d for d in days if end <= d.start and d.end <= mark.start()]
        told = [d for d in told if not _APART.search(text[d.end : mark.start()])]
        if one.spans and (told or _APART.search(gap) or len(gap) > _FAR):
            yield one
            one = _Blows()
        if not one.spans and told:
            one.days = told[-1]
        one.kinds.append(str(mark.lastgroup))
        one.spans.append(mark.span())
        one.sudden |= mark.lastgroup not in _SLOW or bool(
            _SUDDEN.search(text[max(mark.start() - 4, 0) : mark.end()])
        )
        end = mark.end()
    if one.spans:
        yield one


def _clause_start(text: str, at: int) -> int:
    return max((m.end() for m in re.finditer(r"[。；;：\n，]", text[:at])), default=0)


def _finding(one: _Blows, text: str) -> Finding:
    where: list[dict[str, Any]] = [asks("kind", "in", list(dict.fromkeys(one.kinds)))]
    start, end = one.spans[0][0], one.spans[-1][1]
    parts: tuple[tuple[int, int], ...] = ()
    if one.days:
        near = text.startswith(("近", "最近", "过去"), one.days.start)
        op = (
            one.days.op if near else one.days.op.replace("_lt", "_le")
        )  # 6个月内 holds its last day
        where.append(asks("occurred_on", op, one.days.value))
        parts = ((one.days.start, one.days.end),)
    leads = _LEADS.search(text[:start])
    tail = _TAIL.match(text, end)
    start = leads.start() if leads else start
    end = tail.end() if tail else end
    return Finding(start, end, has("hardship_events", *where), "hardship", parts=parts)
