"""Records read slot by slot: a noun names the record, and what stands around it fills its fields.

银行 2026年 发放的 首笔 经营性 贷款 tells five fields of a loan in any order. A frame
(`nouns/records/*.toml`) lists the nouns of a record and the words of each of its fields. What the
fields say is looked for in the clause of the noun; words that name the record by themselves
(劳动合同 of somebody hired, 单笔 of a loan) also in the other clauses of the sentence.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from pusher.reading.grammar.findings import Finding, Scope, field
from pusher.reading.grammar.slots import Slot, Told, slot_of

_STOPS = re.compile(r"[，,；;：:。\n（）()]")
_GIVES = re.compile(
    r"(?:^|[，、]|(?<=的))(?:分别|一次性|再|可|均)?(?:按|给予|予以|奖励|补助|补贴|发放|享受|每[人户家年月])"
)
_DENIES = re.compile(
    r"(?:未(?:曾)?(?:发生|出现|存在|受到|被|有|因)?(?:过)?|无|没有|不存在|不得有|从未)$"
)
_LISTED = re.compile(r"[、，,；;：:。\n]|和|或|及|与|以及")
_GAP = 6
"""Characters between two pieces of a record that still make one piece of text."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How a record is told.

    Attributes:
        fact: the record list.
        group: see `Finding`.
        heads: the nouns that name a record.
        slots: its fields.
        always: conditions that hold for every record that is asked, unless its field was read.
        fewest: how many fields must be told beside the noun.
    """

    fact: str
    group: str
    heads: re.Pattern[str]
    slots: tuple[Slot, ...]
    always: tuple[Mapping[str, Any], ...]
    fewest: int


@cache
def frames() -> tuple[Frame, ...]:
    """Return the frames of `nouns/records/*.toml`."""
    folder = files("pusher.reading.grammar") / "nouns" / "records"
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=str)
    return tuple(_frame(tomllib.loads(one.read_text(encoding="utf-8"))) for one in found)


def _frame(table: Mapping[str, Any]) -> Frame:
    always = tuple(
        field(one["field"], one["op"], one.get("value")) for one in table.get("always", ())
    )
    return Frame(
        table["fact"], table["group"], re.compile(table["heads"]),
        tuple(slot_of(row) for row in table["slot"]), always, table.get("fewest", 1),
    )  # fmt: skip


def read_records(text: str, scope: Scope, found: Sequence[Finding]) -> list[Finding]:
    """Fill the records of *found* with what their fields say, and add records not found yet."""
    kept = list(found)
    for frame in frames():
        if frame.heads.search(text):
            kept = [_filled(one, frame, text, scope) for one in kept]
            kept += _new(frame, text, scope, kept)
    return kept


def _new(frame: Frame, text: str, scope: Scope, found: Sequence[Finding]) -> Iterator[Finding]:
    heads = _heads(frame, text)
    for place, head in enumerate(heads):
        if any(one.start < head[1] and head[0] < one.end for one in found):
            continue
        before = heads[place - 1][1] if place else 0
        after = heads[place + 1][0] if place + 1 < len(heads) else len(text)
        told = _read(frame.slots, text, scope, head, (before, after))
        if len(told) >= frame.fewest or any(slot.enough for slot, _ in told):
            yield _finding(frame, text, head, [one for _, one in told])


def _heads(frame: Frame, text: str) -> list[tuple[int, int]]:
    """Return where *text* names records; two nouns of one clause that are not listed name one.

    首次升规纳统的规模以上服务业企业 names one entry, 专精特新企业、瞪羚企业 two awards.
    """
    heads: list[tuple[int, int]] = []
    for mark in frame.heads.finditer(text):
        if heads and not _LISTED.search(text, heads[-1][1], mark.start()):
            heads[-1] = (heads[-1][0], mark.end())
        else:
            heads.append(mark.span())
    return heads


def _filled(one: Finding, frame: Frame, text: str, scope: Scope) -> Finding:
    """Add to a record what its fields say around it and it does not tell yet."""
    if one.node.get("fact") != frame.fact or one.node.get("op") not in ("has", "none"):
        return one
    where = one.node["value"]
    if set(where) != {"all"}:
        return one
    known = frozenset(_fields(where))
    heads = _heads(frame, text)
    before = max((end for _, end in heads if end <= one.start), default=0)
    after = min((start for start, _ in heads if start >= one.end), default=len(text))
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
    start, end = _clause(text, head, within)
    far = _sentence(text, head, within)
    told = []
    for slot in slots:
        one = _placed(slot, text, scope, (start, end))
        if one is None and slot.own:
            one = _placed(slot, text, scope, far)
        if one is not None:
            told.append((slot, one))
    return told


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
    gives = _GIVES.search(text, head[1], end)
    return max(begin, within[0]), min(end, within[1], gives.start() if gives else end)


def _sentence(text: str, head: tuple[int, int], within: tuple[int, int]) -> tuple[int, int]:
    gives = _GIVES.search(text, head[1])
    stop = re.compile(r"[。；;\n]").search(text, head[1])
    ends = [within[1], *(mark.start() for mark in (gives, stop) if mark)]
    begin = max((m.end() for m in re.finditer(r"[。；;\n]", text[: head[0]])), default=0)
    return max(begin, within[0]), min(ends)


def _finding(frame: Frame, text: str, head: tuple[int, int], told: list[Told]) -> Finding:
    conditions = [condition for part in told for condition in part.conditions]
    named = {condition["field"] for condition in conditions}
    fixed = [dict(one) for one in frame.always if one["field"] not in named]
    pieces = sorted({head, *(span for part in told for span in part.spans)})
    start, end = head
    for a, b in reversed([p for p in pieces if p[0] <= head[0]]):
        start = min(start, a) if a >= start - _GAP - (b - a) and start - b <= _GAP else start
    for a, b in (p for p in pieces if p[1] >= head[1]):
        end = max(end, b) if a - end <= _GAP else end
    parts = tuple(p for p in pieces if not (start <= p[0] and p[1] <= end))
    denied = _denied(text, start, head, pieces)
    node = {"fact": frame.fact, "op": "none" if denied else "has",
            "value": {"all": [*conditions, *fixed]}}  # fmt: skip
    return Finding(start, end, node, frame.group, parts=parts)


def _denied(text: str, start: int, head: tuple[int, int], pieces: list[tuple[int, int]]) -> bool:
    """Whether what is told is denied between its words: 近三年 无 重大事故."""
    return any(
        one[1] <= other[0] <= head[0]
        and one[0] >= start
        and _DENIES.search(text[one[1] : other[0]])
        for one, other in pairwise(pieces)
    )


def _fields(where: Any) -> Iterator[str]:
    if "field" in where:
        yield where["field"]
    for join in ("all", "any"):
        for part in where.get(join, ()):
            yield from _fields(part)
    if "not" in where:
        yield from _fields(where["not"])
