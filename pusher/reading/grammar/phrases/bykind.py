"""Figures that differ by kind: 工业企业不低于2000万元、服务业企业不低于500万元; 专精特新企业不低于100万元.

The figure is named once; each kind of firm has its own bound. One of the pairs is enough. A bound
of some alone behind a bound of all (设备投资额300万元以上，其中专精特新企业100万元以上) is a second way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pusher.reading.grammar.findings import Finding, Scope, leaf
from pusher.reading.grammar.phrases.amounts import NUMBER, SIDE, UNITS, WORD, Bound, bound_of
from pusher.reading.grammar.phrases.figures import named_figures
from pusher.reading.grammar.phrases.industries import industries_in

_KINDS = frozenset({"industry", "size", "entity", "qualification", "statistics"})
_BOUND = re.compile(
    rf"(?P<eased>放宽(?:至|到|为)|降(?:低)?(?:至|到|为)|下调(?:至|到|为)|提高(?:至|到|为)|为)?(?P<word>{WORD})?\s*(?P<number>{NUMBER})\s*(?P<unit>{UNITS})\s*(?P<side>{SIDE})"
)
# between a kind and its bound stand words that ask nothing and perhaps the figure
_PLAIN = re.compile(
    r"(?:法人|类|企业|单位|机构|主体|门店|项目|行业|业|的|上?年度?|全年|本年|实现|应当?|须|需|可|要|标准|条件|要求|适当|投入|门槛|则|分别|在){0,6}"
)
_LINKS = re.compile(
    r"(?:以上|的)?[）)]?[、，；（(]?(?:以及|或者?|和|及|且|其中|其中对|对|而|但)?(?:对|新认定的)?"
)
# what is given to one of them stands before the next: 2000万元的奖励5万元、服务业…
_GIVEN = re.compile(
    r"的?，?(?:一次性)?(?:给予|奖励|补助|补贴|奖补|资助)[^，。；、]{0,16}[、，；]对?"
)
_ENDS = re.compile(r"[。\n]")
_NEAR = 3
_GENERAL = 30
"""Characters between the name of a figure and the bound of all."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A kind of firm with the bound that holds for it."""

    start: int
    end: int
    kind: dict[str, Any]
    figure: Mapping[str, Any]
    bound: Bound
    named: tuple[int, int]


def by_kind(
    text: str, scope: Scope, kept: Sequence[Finding], raw: Iterable[Finding]
) -> list[Finding]:
    """Read the bounds of *text* that hold for kinds of firms; what they tell is told no more.

    Args:
        kept: what was found in *text*.
        raw: what the families read, also what gave way to longer findings.
    """
    kinds = [f for f in (*kept, *raw) if f.group in _KINDS]
    found = list(_joined(list(_pairs(text, scope, kinds)), text))
    rest = [k for k in kept if all(k.end <= f.start or f.end <= k.start for f in found)]
    return sorted([*rest, *found], key=lambda f: f.start)


def _pairs(text: str, scope: Scope, kinds: list[Finding]) -> Iterator[_Pair]:
    spans = {(k.start, k.end): k.node for k in kinds}
    for start, end, codes in industries_in(text):
        if all(end <= a or b <= start for a, b in spans):
            spans[start, end] = leaf("industry", "prefix", codes)
    names = list(named_figures(text))
    for mark in _BOUND.finditer(text):
        before = [(span, node) for span, node in spans.items() if span[1] <= mark.start()]
        if not before:
            continue
        (start, end), node = max(before, key=lambda one: (one[0][1], -one[0][0]))
        inside = [n for n in names if end <= n[0] and n[1] <= mark.start()]
        filled = text[end : mark.start()]
        for one in inside:
            filled = filled.replace(text[one[0] : one[1]], "")
        known = [n for n in names if n[1] <= start and not _ENDS.search(text[n[1] : start])]
        named = (inside or known)[-1:]
        if not named or not _PLAIN.fullmatch(filled):
            continue
        bound = _bound(mark, named[0][2])
        if bound:
            yield _Pair(start, mark.end(), node, named[0][2], bound, named[0][:2])


def _bound(mark: re.Match[str], figure: Mapping[str, Any]) -> Bound | None:
    told = mark.groupdict()
    if not told["word"] and not re.search("[上下内]", told["side"] or ""):
        told["word"] = "达到" if told["eased"] or figure["kind"] == "money" else None
    return bound_of(told, figure["kind"])


def _joined(pairs: list[_Pair], text: str) -> Iterator[Finding]:
    """Join the pairs that a text lists, and the bound of all before a pair that is alone."""
    while pairs:
        chain = [pairs.pop(0)]
        while pairs and pairs[0].figure is chain[0].figure and _links(text, chain[-1], pairs[0]):
            chain.append(pairs.pop(0))
        general = _general(text, chain[0])
        if len(chain) == 1 and general is None:
            continue
        ways = [
            {"all": [pair.kind, leaf(pair.figure["fact"], pair.bound.op, pair.bound.value)]}
            for pair in chain
        ]
        start = chain[0].start
        if general:
            start, bound = general
            ways.insert(0, leaf(chain[0].figure["fact"], bound.op, bound.value))
        name = chain[0].named
        start = name[0] if name[1] <= start <= name[1] + _NEAR else start
        apart = () if start <= name[0] else (name,)
        yield Finding(start, chain[-1].end, {"any": ways}, "figure", parts=apart)


def _links(text: str, one: _Pair, other: _Pair) -> bool:
    between = text[one.end : other.start]
    return bool(_LINKS.fullmatch(between) or _GIVEN.fullmatch(between))


def _general(text: str, pair: _Pair) -> tuple[int, Bound] | None:
    """Find the bound of all, right before a pair: 不低于300万元（专精特新企业不低于100万元）."""
    begin = max((m.end() for m in re.finditer(r"[。；\n]", text[: pair.start])), default=0)
    names = [n for n in named_figures(text[: pair.start]) if n[2] is pair.figure and n[0] >= begin]
    marks = [
        m for m in _BOUND.finditer(text, begin, pair.start) if names and m.start() >= names[-1][1]
    ]
    if not marks or not _LINKS.fullmatch(text[marks[-1].end() : pair.start]):
        return None
    mark, name = marks[-1], names[-1]
    bound = _bound(mark, pair.figure) if mark.start() - name[1] <= _GENERAL else None
    if bound is None or bound.op[0] != pair.bound.op[0]:
        return None
    eased = pair.bound.value < bound.value if bound.op[0] == "g" else pair.bound.value > bound.value
    return (name[0], bound) if eased else None
