"""Records read slot by slot: a noun names the record, and what stands around it fills its fields.

银行 2026年 发放的 首笔 经营性 贷款 tells five fields of a loan in any order. A frame
(`nouns/records/*.toml`) lists the nouns of a record and the words of each of its fields. What the
fields say is looked for in the clause of the noun; words that name the record by themselves
(劳动合同 of somebody hired, 单笔 of a loan) also in the other clauses of the sentence.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pusher.reading.grammar.findings import Finding, Scope, fields_of
from pusher.reading.grammar.phrases.days import find_days
from pusher.reading.grammar.records.frame import Frame, frames
from pusher.reading.grammar.records.heads import LISTED, Head, heads_of
from pusher.reading.grammar.records.owners import owned_by
from pusher.reading.grammar.records.reach import GIVES, SENTENCE_ENDS
from pusher.reading.grammar.records.slots import Slot, Told

_STOPS = re.compile(r"[，,；;：:。\n（）()]")
_DENIES = re.compile(
    r"(?:未(?:曾)?(?:发生|出现|存在|受到|被|有|因)?(?:过)?|无|没有|不存在|不得有|从未)$"
)
_BESIDE = re.compile(
    r"(?:企业|称号|资质|认定|认证|评定)?[、和或及与“”\"]{0,3}(?:以及|或者)?[、]?(?:经认定的|获得|取得)?"
)
# 四星级民宿，或者2026年评为三星级的: what follows is said of another record
_OTHERWISE = re.compile(r"[。；;\n]|[，,](?=或|其中|对|以及)")
_BRACKET = re.compile(r"[（(](?!含|包括)[^（）()]{0,80}[）)]")
_PAID = re.compile(r"(?:奖励?|补助?|补贴|贴息)[^，。；]{0,8}\d[^，；]{0,12}$|[，；]$")
_OF_LIST = re.compile(r"[^，。；：\d]{0,12}(?:下列|以下|如下)")
_SHUTS = re.compile(
    r"所称|为准|不予|不在|不算|不计入|不列入|不纳入|不得|不适用|不享受|不(?:予)?支持|不包括|不含|除外|不受"
)
_GAP = 6
"""Characters between two pieces of a record that still make one piece of text."""


def read_records(text: str, scope: Scope, found: Sequence[Finding]) -> list[Finding]:
    """Fill the records of *found* with what their fields say, and add records not found yet."""
    kept = list(found)
    for frame in frames():
        if frame.fact in scope.about or (frame.about and frame.about.search(text)):
            kept += _told_at_large(frame, text, scope, kept)
        elif frame.heads.search(text):
            kept = [_filled(one, frame, text, scope) for one in kept]
            # of two findings of the same words the record wins: 普惠托育机构 is an award
            kept = [*_joined(_new(frame, text, scope, kept), text, frame), *kept]
    return kept


def _new(frame: Frame, text: str, scope: Scope, found: Sequence[Finding]) -> Iterator[Finding]:
    heads = [head for head in heads_of(frame, text) if not _names_none(frame, text, head)]
    cuts = [_parted(text, *pair) for pair in pairwise(heads)]
    records: list[Record] = []
    for place, head in enumerate(heads):
        if any(_takes(one, head, frame) for one in found):
            continue
        before = cuts[place - 1][1] if place else 0
        after = cuts[place][0] if place < len(cuts) else len(text)
        slots = [slot for slot in frame.slots if slot.field not in head.lacks]
        span = (head.start, head.end)
        records.append((head, _read(slots, text, scope, span, (before, after))))
    for head, told in _sharing(frame, text, records):
        strong = sum(not slot.weak for slot, _ in told)
        if strong >= frame.fewest or _enough(told, text, head):
            carried = _carried(frame, text, scope, head, told)
            yield _finding(frame, text, head, [*(one for _, one in told), *carried], found)


def _enough(told: list[tuple[Slot, Told]], text: str, head: "Head") -> bool:
    start, end = _clause(text, (head.start, head.end), (0, len(text)))
    return any(slot.enough and slot.enough.search(text, start, end) for slot, _ in told)


def _parted(text: str, one: "Head", other: "Head") -> tuple[int, int]:
    """Return up to where words may be of the first of two records, and from where of the second.

    At the mark of a list within one clause (辅导备案、在北交所上市), of one of several kinds at the last
    comma between (取得备案，且备案满半年，2025年认定为…).
    """
    between = text[one.end : other.start]
    stops = list(_STOPS.finditer(between))
    mark = None if stops else LISTED.search(between)
    mark = stops[-1] if stops and one.kind else mark
    return (one.end + mark.start(), one.end + mark.end()) if mark else (other.start, one.end)


def _takes(one: Finding, head: "Head", frame: Frame) -> bool:
    """Whether what was found takes words of *head* and is no part of it: 工业 of 规模以上工业企业."""
    inside = head.start <= one.start and one.end <= head.end
    if frame.only_negated:  # a benefit of that name is what was had: 已领取购房补贴的
        inside = inside and not one.only_negated
    if (one.start, one.end) == head[:2]:  # 普惠托育机构 is an award, beside a kind of firm
        inside = bool(frame.kinds) and one.node.get("fact") != frame.fact
    return one.start < head.end and head.start < one.end and (not inside or one.group == "status")


def _names_none(frame: Frame, text: str, head: "Head") -> bool:
    start, end = _clause(text, (head.start, head.end), (0, len(text)))
    return bool(frame.unless and frame.unless.search(text[start:end]))


def _joined(found: Iterable[Finding], text: str, frame: Frame) -> list[Finding]:
    """Make one record of two of one sentence of which each tells what the other does not.

    首次纳统、正常经营的规模以上服务业企业 is of one entry, 规上工业企业、首次纳统的企业 of two.
    """
    fixed = {condition["field"] for condition in frame.always}
    kept: list[Finding] = []
    for one in found:
        last = kept[-1] if kept else None
        if last and _are_one(last, one, text, fixed):
            more = [c for c in one.node["value"]["all"] if c not in last.node["value"]["all"]]
            node = {**last.node, "value": {"all": [*last.node["value"]["all"], *more]}}
            kept[-1] = replace(last, node=node, parts=(*last.parts, *one.pieces()))
        else:
            kept.append(one)
    return kept


def _are_one(last: Finding, one: Finding, text: str, fixed: set[str]) -> bool:
    between = text[last.end : one.start]
    if not fixed or last.node["op"] != one.node["op"] or "；" in between or "对" in between:
        return False
    known = [c for c in last.node["value"]["all"] if c.get("field") not in fixed]
    more = [c for c in one.node["value"]["all"] if c.get("field") not in fixed and c not in known]
    told = {c.get("field") for c in known} & {c.get("field") for c in more}
    firm = text[: last.end].endswith(("企业", "单位")) and between.startswith(("、", "和", "或"))
    return not told and not firm


def _carried(
    frame: Frame, text: str, scope: Scope, head: "Head", told: list[tuple[Slot, Told]]
) -> Iterator[Told]:
    """Give what is told once for several: 对2025年…的奖励5万元，对在北交所上市的奖励10万元."""
    begin = max((m.end() for m in _STOPS.finditer(text, 0, head.start)), default=0)
    known = {slot.field for slot, _ in told}
    slots = [s for s in frame.slots if s.carried and not {s.field, s.unless} & known]
    place = max(scope.whole.find(text), 0)
    before = re.split(r"[。\n]", scope.whole[:place])[-1] + text[:begin]
    part = re.split("；", before)[-1]
    near = text.startswith("对", begin) or bool(_PAID.search(part))
    for last in reversed(heads_of(frame, before) if slots else []):
        inside = near and last.start >= len(before) - len(part)
        meant = _names_none(frame, before, last)  # 拟在科创板上市，完成辅导备案的；获受理的
        open_slots = [s for s in slots if inside or (s.carried == "list" and meant)]
        said = _read(open_slots, before, scope, (last.start, last.end), (0, len(before)))
        if said:
            yield from (Told(one.conditions, []) for _, one in said)
            known |= {slot.field for slot, _ in said}
            slots = [slot for slot in slots if slot.field not in known]
    yield from _of_lead(frame, slots, scope)


def _of_lead(frame: Frame, slots: Sequence[Slot], scope: Scope) -> Iterator[Told]:
    """Give the day that a lead tells for its list: 2025年以来有下列进展之一的：（一）…."""
    days = find_days(scope.lead) if slots else []
    told = next((d for d in days if _OF_LIST.match(scope.lead, d.end)), None)
    if told is None and len(days) == 1 and frame.heads.search(scope.lead, days[0].end):
        told = days[0]  # 对2026年完成上市各阶段工作的企业，分别奖励：
    if told:
        text = scope.lead[told.start : told.end]
        for slot in slots:
            one = slot.read(text, scope.area_code)
            if one:
                yield Told(one.conditions, [])


def _told_at_large(
    frame: Frame, text: str, scope: Scope, found: Sequence[Finding]
) -> Iterator[Finding]:
    """Read a record out of a whole sentence that speaks of nothing else, whatever it names."""
    open_text = _without_shut(text)
    told: list[tuple[Slot, Told]] = []
    for slot in frame.slots:
        one = slot.read(open_text, scope.area_code)
        if one and all(slot.field != other.field for other, _ in told):
            told.append((slot, one))
    named = any(slot.names and slot.names.search(open_text) for slot, _ in told)
    if named or len(told) > 1 or any(slot.enough for slot, _ in told):
        heads = heads_of(frame, open_text) or [Head(*min(one.spans[0] for _, one in told))]
        if not any(_takes(one, heads[0], frame) for one in found):
            yield _finding(frame, open_text, heads[0], [one for _, one in told], found)


def _without_shut(text: str) -> str:
    """Blank the clauses of *text* that say what does not count: 小额贷款公司发放的不算."""
    clauses = re.split(r"(?<=[，；。])", text)
    return "".join("；" * len(one) if _SHUTS.search(one) else one for one in clauses)


Record = tuple[Head, list[tuple[Slot, Told]]]


def _sharing(frame: Frame, text: str, records: list[Record]) -> list[Record]:
    """Tell the records of a list what is said once for all: before the first or behind the last."""
    listed = [(one, other) for one, other in pairwise(records) if _are_listed(text, one, other)]
    for (last, before), (head, told) in listed:
        said = [one for one in before if all(b <= last.end for _, b in one[1].spans)]
        told += _missing(frame, head, told, said)
    for (head, told), (after, behind) in reversed(listed):
        said = [one for one in behind if all(a >= after.end for a, _ in one[1].spans)]
        told += _missing(frame, head, told, said)
    return records


def _are_listed(text: str, one: Record, other: Record) -> bool:
    (last, _), (head, told) = one, other
    starts = [a for _, part in told for a, _ in part.spans if a >= last.end]
    return bool(_BESIDE.fullmatch(text[last.end : min([head.start, *starts])]))


def _missing(
    frame: Frame, head: Head, told: list[tuple[Slot, Told]], said: list[tuple[Slot, Told]]
) -> list[tuple[Slot, Told]]:
    known = {code for slot, _ in told for code in (slot.field, slot.unless)} - {None}
    return [(slot, Told(part.conditions, [])) for slot, part in said
            if slot.field in frame.shared and slot.field not in head.lacks
            and not {slot.field, slot.unless} & known]  # fmt: skip


def _filled(one: Finding, frame: Frame, text: str, scope: Scope) -> Finding:
    """Add to a record what its fields say around it and it does not tell yet."""
    if one.node.get("fact") != frame.fact or one.node.get("op") not in ("has", "none"):
        return one
    where = one.node["value"]
    if set(where) != {"all"}:
        return one
    known = frozenset(fields_of(where))
    heads = heads_of(frame, text)
    before = max((head.end for head in heads if head.end <= one.start), default=0)
    after = min((head.start for head in heads if head.start >= one.end), default=len(text))
    own = next((head for head in heads if head.start < one.end and one.start < head.end), None)
    if frame.kinds and own is None:
        return one
    known |= own.lacks if own else frozenset()
    slots = [slot for slot in frame.slots if slot.field not in known]
    told = _read(slots, text, scope, (one.start, one.end), (before, after))
    if not told:
        return one
    more = [condition for _, part in told for condition in part.conditions]
    spans = [span for _, part in told for span in part.spans]
    node = {**one.node, "value": {"all": [*where["all"], *more]}}
    return replace(one, node=node, parts=(*one.parts, *spans))


def _read(
    slots: Iterable[Slot], text: str, scope: Scope, head: tuple[int, int],
    within: tuple[int, int],
) -> list[tuple[Slot, Told]]:  # fmt: skip
    """Read each slot in the clause of *head*; its own words also further on in the sentence."""
    even = _BRACKET.sub(lambda m: m[0] if _holds(m, head) else "　" * len(m[0]), text)
    near, far = _clause(even, head, within), _sentence(even, head, within)
    told: list[tuple[Slot, Told]] = []
    for slot in slots:
        if slot.large or {slot.unless, slot.field} & {done.field for done, _ in told}:
            continue
        where = head if slot.inside else near
        one = _placed(slot, even, scope, where) or _placed(slot, text, scope, where)
        if one is None and slot.own:
            one = _placed(slot, text, scope, far)
        if one is None and slot.heading and scope.heading:
            above = slot.read(scope.heading, scope.area_code)
            one = Told(above.conditions, []) if above else None
        if one is not None:
            told.append((slot, one))
    return told


def _holds(bracket: re.Match[str], head: tuple[int, int]) -> bool:
    return bracket.start() < head[0] < bracket.end()


def _placed(slot: Slot, text: str, scope: Scope, span: tuple[int, int]) -> Told | None:
    told = slot.read(text[span[0] : span[1]], scope.area_code)
    if told is None:
        return None
    return Told(told.conditions, [(a + span[0], b + span[0]) for a, b in told.spans])


def _clause(text: str, head: tuple[int, int], within: tuple[int, int]) -> tuple[int, int]:
    """Return the clause of *head*, up to what is given and to the next record of the kind."""
    begin = max((m.end() for m in _STOPS.finditer(text, 0, head[0])), default=0)
    stop = _STOPS.search(text, head[1])
    end = stop.start() if stop else len(text)
    gives = GIVES.search(text, head[1], end)
    return max(begin, within[0]), min(end, within[1], gives.start() if gives else end)


def _sentence(text: str, head: tuple[int, int], within: tuple[int, int]) -> tuple[int, int]:
    gives = GIVES.search(text, head[1])
    stop = _OTHERWISE.search(text, head[1])
    ends = [within[1], *(mark.start() for mark in (gives, stop) if mark)]
    begin = max((m.end() for m in SENTENCE_ENDS.finditer(text, 0, head[0])), default=0)
    return max(begin, within[0]), min(ends)


def _finding(
    frame: Frame, text: str, noun: Head, told: list[Told], found: Sequence[Finding]
) -> Finding:
    head, kind = (noun.start, noun.end), noun.kind
    conditions = [dict(one) for one in (kind.where if kind else ())]
    conditions += [condition for part in told for condition in part.conditions]
    named = {condition["field"] for condition in conditions}
    fixed = [dict(one) for one in frame.always if one["field"] not in named]
    pieces = sorted({head, *(span for part in told for span in part.spans)})
    start, end = head
    for a, b in reversed([p for p in pieces if p[0] <= head[0]]):
        joins = a >= start - _GAP - (b - a) and _beside(text, found, b, start)
        start = min(start, a) if joins else start
    for a, b in (p for p in pieces if p[1] >= head[1]):
        end = max(end, b) if _beside(text, found, end, a) else end
    start, end = _filled_out(frame, text, start, end)
    parts = tuple(p for p in pieces if not (start <= p[0] and p[1] <= end))
    denied = _denied(frame, text, start, head, pieces)
    other = _other(frame, text, head, denied=denied)
    node = owned_by(frame.fact, other, {"all": [*conditions, *fixed]}, denied=denied)
    group = kind.group if kind else frame.group
    return Finding(start, end, node, group, frame.only_negated, parts=parts)


def _other(frame: Frame, text: str, head: tuple[int, int], *, denied: bool) -> str | None:
    """Return the fact of whom the words speak too: 本人及配偶."""
    spans = _clause(text, head, (0, len(text))), _sentence(text, head, (0, len(text)))
    meant = frame.other and frame.other.is_meant(text, *spans, denied=denied)
    return frame.other.fact if frame.other and meant else None


def _beside(text: str, found: Sequence[Finding], start: int, end: int) -> bool:
    """Whether two pieces are one piece of text: no other condition between (2026年|在本区|认定的)."""
    other = any(start <= one.start and one.end <= end for one in found)
    return end - start <= _GAP and "：" not in text[start:end] and not other


def _filled_out(frame: Frame, text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the words beside a record that say no field of it: 入选…名录."""
    if frame.fills is None:
        return start, end
    words = frame.fills.finditer(text, max(start - 12, 0), start)
    before = next((mark for mark in words if mark.end() == start), None)
    behind = frame.fills.match(text, end)
    return before.start() if before else start, behind.end() if behind else end


def _denied(
    frame: Frame, text: str, start: int, head: tuple[int, int], pieces: list[tuple[int, int]]
) -> bool:
    """Whether what is told is denied, in its noun or between its words: 近三年 无 重大事故."""
    if frame.denies and frame.denies.search(text[head[0] : head[1]]):
        return True
    return any(
        one[1] <= other[0] <= head[0]
        and one[0] >= start
        and _DENIES.search(text[one[1] : other[0]])
        for one, other in pairwise(pieces)
    )
