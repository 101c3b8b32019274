"""What befell firms, and what they were punished for: 近三年未发生较大以上安全、环境事故.

Kinds that are listed share one blow (安全、质量事故) and what is said of it; kinds with a blow of
their own have a severity of their own, too. One term holds for all that are listed behind it.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from pusher.reading.grammar.findings import Finding, field, has, none
from pusher.reading.grammar.records.terms import Since, since_before, since_behind, since_within

_FACT = "adverse_events"
_RANKS = ("minor", "general", "larger", "major", "severe")
_GRADE = r"(?:特别(?:重大|严重)|特大|重特大|重大|较大|一般|(?:情节)?严重|恶性)"
_SEVERITY = re.compile(
    rf"(?P<words>{_GRADE}(?:(?:、|和|或者?|及){_GRADE}){{0,3}})(?!数额|金额|影响|范围)(?:等级|级别|级)?(?:（含）|（及）)?(?P<up>(?:及其?|或者?)?以上)?(?:（含）)?(?:等级|级别)?"
)
_FROM = {"特": "severe", "重": "major", "严": "major", "情": "major", "恶": "major",
         "较": "larger", "一": "general"}  # fmt: skip
_LISTED = re.compile(
    r"(?:责任|方面|领域|类)?(?:、|和|或者?|及|与|以及){1,2}(?:因|被|有|存在|发生|出现|涉及)?(?:的)?(?:突发|责任)?"
)
# 环境保护、劳动用工、税务等违法行为: a kind that the vocabulary does not hold
_OTHER = r"(?:(?:、|和|及|与)(?:(?![受发存有被无未年因])[^，。；、的（）\n]){2,6})"
_UNKNOWN = re.compile(rf"{_OTHER}{{1,2}}(?:、|和|或者?|及|与|以及)")
_BETWEEN = r"(?:(?![且并无未或和及与、，。；：（）\n]|制度|许可|认证|标准|责任险|体系|评估|审批|手续|设施|改造|合格(?<!不合格))[^\d]){0,12}?"
_FIELDS = (
    r"(?:等)?(?:方面|领域)[^，。；：（）\n]{0,12}?(?:未|无|没有|不存在)[^，。；：（）\n]{0,10}?"
)
_VERB = re.compile(
    r"(?:(?:均|都|应|须)?(?:未曾|从未|不曾|未|无|没有|不存在|不得有|没|不得)?(?:曾经|曾)?(?:因|由于)?(?:发生|出现|存在|受到|遭受|有|被|出|涉及|存有|受|违反)?(?:过|了)?(?:任何|其他|相关)?(?:因)?)$"
)
_DENIED = re.compile(r"未|无|没|不")
_BREACHED = re.compile(r"违反[^，。；、]{0,6}$")
_LAWS = re.compile(
    r"(?:管理|保护|生产|监督)?(?:方面|领域)?(?:的)?(?:有关|相关)?(?:法律、?法规|法规|法|规定|条例)"
)
# 情节轻微的除外, 属于轻微违法的不计
_BUT_MINOR = re.compile(
    r"(?:但|其中)?(?:[^，。；、（）]{0,10})(?:轻微|较轻)[^，。；（）]{0,14}?(?:除外|不计|不受|不在此|不作|不视|不影响|不包括|不属)|(?:除|不含|不包括)[^，。；、]{0,6}(?:轻微|较轻)[^，。；、（）]{0,8}"
)
# 受到重大以上处罚, 且情节严重的: a severity that is said behind
_GRADED = re.compile(r"(?:情节|程度|等级|属于|达到|受到?过?|被处以?|为|在|（)$")
_PASS = re.compile(r"(?:责任|安全|性){0,3}事故[^，。；（）]{0,4}除外")
_BLOWN = re.compile(r"行为|记录|情形|情况|事件|处罚|查处|立案|负有|属实|查实|次")
_AFTER_STOP = re.compile(
    r"[。；\n]|，(?!且|并|情节|程度|等级|自|从|[一二两三四五\d]{1,2}年(?:之|以)?内)"
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of event where it is named; *strong*: its words name the deed by themselves."""

    start: int
    end: int
    code: str
    strong: bool


@dataclass(frozen=True, slots=True)
class _Event:
    """An event as it is told: of which kinds, how grave, since when.

    Attributes:
        start, end: where its words stand.
        blow: whether a blow is named (事故, 处罚) or the deed alone (拖欠工资).
    """

    start: int
    end: int
    kinds: tuple[str, ...]
    blow: bool
    severity: tuple[str, ...] = ()
    since: Since | None = None
    but_minor: bool = False
    parts: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Deeds:
    kinds: tuple[tuple[re.Pattern[str], str, bool], ...]
    blow: re.Pattern[str]
    denied: re.Pattern[str]
    more: re.Pattern[str]
    examples: tuple[str, ...]


@cache
def _deeds() -> _Deeds:
    text = (files("pusher.reading.grammar") / "nouns" / "deeds.toml").read_text("utf-8")
    table = tomllib.loads(text)
    kinds = tuple(
        (re.compile(row[how]), row["code"], how == "deeds")
        for row in table["kind"]
        for how in ("deeds", "about")
        if how in row
    )
    blow = re.compile(rf"{_OTHER}{{0,2}}{_BETWEEN}(?:{table['blows']})")
    denied = re.compile(rf"{_FIELDS}(?:{table['blows']})")  # 在安全、环保等方面近三年无违法行为
    examples = tuple(one for row in table["kind"] for one in row["examples"])
    return _Deeds(kinds, blow, denied, re.compile(rf"{table['more']}{{0,12}}"), examples)


def examples() -> tuple[str, ...]:
    """Return (text → record) of each kind, from `nouns/deeds.toml`; they are its tests."""
    return _deeds().examples


def find_events(text: str) -> list[Finding]:
    """Find the events that *text*, a sentence, speaks of; each is shut out, however it is said."""
    kinds = _kinds(text)
    if not kinds:
        return []
    told = [one for group in _groups(text, kinds) for one in _events(text, group)]
    told = _without_minor(text, told)
    whole = [_told(text, told, place) for place in range(len(told))]
    return [_finding(text, one) for one in _merged(text, _shared_since(text, whole))]


def _kinds(text: str) -> list[_Kind]:
    found = [
        _Kind(*mark.span(), code, strong)
        for pattern, code, strong in _deeds().kinds
        for mark in pattern.finditer(text)
    ]
    kept: list[_Kind] = []
    for one in sorted(found, key=lambda k: (k.start - k.end, k.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda k: k.start)


def _groups(text: str, kinds: Sequence[_Kind]) -> Iterator[list[_Kind]]:
    """Part kinds into lists that share what stands behind them: 安全、质量|事故."""
    group = [kinds[0]]
    for one in kinds[1:]:
        between = _SEVERITY.sub("", text[group[-1].end : one.start])
        if between and (_LISTED.fullmatch(between) or _UNKNOWN.fullmatch(between)):
            group.append(one)
        else:
            yield group
            group = [one]
    yield group


def _events(text: str, group: Sequence[_Kind]) -> Iterator[_Event]:
    """Read a list of kinds: those that stand behind one severity are one event."""
    end = _blow(text, group)
    named = group if end else [one for one in group if one.strong]
    runs: list[list[_Kind]] = []
    for place, one in enumerate(named):
        graver = place and _SEVERITY.search(text, named[place - 1].end, one.start)
        if not runs or graver:
            runs.append([one])
        else:
            runs[-1].append(one)
    for place, run in enumerate(runs):
        last = end if end and place == len(runs) - 1 else run[-1].end
        more = _deeds().more.match(text, last)
        start, severity = _before(text, run[0].start)
        codes = tuple(dict.fromkeys(one.code for one in run))
        stop = more.end() if more else last
        blow = bool(end) or bool(_BLOWN.search(text, last, stop))
        yield _Event(start, stop, codes, blow, severity)


def _blow(text: str, group: Sequence[_Kind]) -> int | None:
    """Return where the blow ends that a list of kinds names: 安全、质量方面的行政处罚."""
    end = group[-1].end
    mark = _deeds().blow.match(text, end) or _deeds().denied.match(text, end)
    if mark:
        return mark.end()
    laws = _LAWS.match(text, end)
    return laws.end() if laws and _BREACHED.search(text[: group[0].start]) else None


def _before(text: str, start: int) -> tuple[int, tuple[str, ...]]:
    """Return where an event begins, with its verb, and how grave it is: 未发生过|较大以上|安全事故."""
    severity: tuple[str, ...] = ()
    near = text[max(start - 16, 0) : start]
    marks = list(_SEVERITY.finditer(near))
    if marks and re.fullmatch(r"(?:的)?(?:突发|责任|责任性)?", near[marks[-1].end() :]):
        severity = _ranks(marks[-1])
        start -= len(near) - marks[-1].start()
    verb = _VERB.search(text[max(start - 16, 0) : start])
    return start - len(verb.group(0)) if verb else start, severity


def _ranks(mark: re.Match[str]) -> tuple[str, ...]:
    words = re.findall(_GRADE, mark["words"].replace("重特大", "重大"))
    return _RANKS[min(_RANKS.index(_FROM[word[0]]) for word in words) :]


def _told(text: str, events: Sequence[_Event], place: int) -> _Event:
    """Add to an event what stands inside and behind it, up to the next one, and its term."""
    one = events[place]
    stop = events[place + 1].start if place + 1 < len(events) else len(text)
    mark = _AFTER_STOP.search(text, one.end, stop)
    stop = mark.start() if mark else stop
    since = since_behind(text, one.end, stop) or since_within(text, one.start, one.end)
    since = since or since_before(text, one.start)
    parts = [*one.parts, *([since.span] if since else [])]
    inside = list(_SEVERITY.finditer(text, one.start, one.end))
    behind = [
        m for m in _SEVERITY.finditer(text, one.end, stop) if _GRADED.search(text[: m.start()])
    ]
    severity = one.severity
    if behind:
        severity = _ranks(behind[-1])
        if _PASS.match(text, behind[-1].end()):  # （一般事故除外）
            severity = severity[1:]
        parts.append(_bracketed(text, behind[-1].span()))
    elif inside:
        severity = _ranks(inside[-1])
    return replace(one, since=since, severity=severity, parts=tuple(parts))


def _bracketed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Take the brackets and the words that lead to a severity with it: （较大及以上）, 且程度在…."""
    start, end = span
    lead = re.search(r"(?:，?(?:且|并)?(?:情节|程度|等级)(?:为|在|达到?)?|（)$", text[:start])
    return lead.start() if lead else start, end + text[end : end + 1].count("）")


def _without_minor(text: str, events: list[_Event]) -> list[_Event]:
    """Let slight ones pass: 有环境违法行为的不予支持，情节轻微的除外."""
    mark = _BUT_MINOR.search(text)
    before = [one for one in events if mark and one.end <= mark.end() and one.start < mark.start()]
    if not mark or not before:
        return events
    kept = [one for one in events if one.end <= mark.start() or one.start >= mark.end()]
    last = before[-1]
    told = replace(last, but_minor=True, parts=(*last.parts, mark.span()))
    return [told if one is last else one for one in kept]


def _shared_since(text: str, events: Sequence[_Event]) -> list[_Event]:
    """Let a term behind the last of a list hold for all of it: 食品安全事故、刷单被查处未满两年."""
    kept = list(events)
    for place in range(len(kept) - 2, -1, -1):
        one, after = kept[place], kept[place + 1]
        behind = after.since and after.since.span[0] >= after.end
        if one.since is None and behind and _listed(text, one, after):
            kept[place] = replace(one, since=after.since)
    return kept


def _listed(text: str, one: _Event, after: _Event) -> bool:
    between = text[one.end : after.start]
    return bool(re.fullmatch(r"(?:、|和|或者?|及|以及){0,2}", between))


def _merged(text: str, events: Sequence[_Event]) -> Iterator[_Event]:
    """Make one of events of one clause that differ in kind alone."""
    last: _Event | None = None
    for one in events:
        if last and _same(last, one) and "，" not in text[last.end : one.start]:
            kinds = tuple(dict.fromkeys([*last.kinds, *one.kinds]))
            last = replace(last, end=one.end, kinds=kinds, parts=(*last.parts, *one.parts))
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _same(one: _Event, other: _Event) -> bool:
    whens = [(e.since.op, e.since.value) if e.since else None for e in (one, other)]
    return (one.severity, one.but_minor, one.blow) == (
        other.severity, other.but_minor, other.blow,
    ) and whens[0] == whens[1]  # fmt: skip


def _finding(text: str, one: _Event) -> Finding:
    where: list[dict[str, Any]] = [field("kind", "in", list(one.kinds))]
    if one.severity:
        where.append(field("severity", "in", list(one.severity)))
    elif one.but_minor:
        where.append(field("severity", "ne", "minor"))
    if one.since:
        where.append(one.since.of("occurred_on"))
    denied = one.blow or bool(_DENIED.search(text[one.start : one.start + 3]))
    node = (none if denied else has)(_FACT, *where)
    return Finding(one.start, one.end, node, "event", not denied, parts=one.parts)
