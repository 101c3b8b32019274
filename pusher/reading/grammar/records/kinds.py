"""Records of several kinds that one verb lists: 招用A，或者招用B，签订…合同，参保….

Each kind of a list tells some fields by itself (登记失业半年以上人员, 大专以上毕业生); what stands
before the verb and behind the list is told of them all.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

from pusher.reading.grammar.findings import Finding, Scope, has
from pusher.reading.grammar.records.people import age, degree, plainly
from pusher.reading.grammar.records.reach import GIVES, SENTENCE_ENDS
from pusher.reading.grammar.records.slots import Slot, Told, examples_of, slot_of

_MARK = re.compile(r"，?(?:或者|以及|或|及|和|与|、)|，")
# what stands between two kinds of a list is no clause of its own
_ENDS = re.compile(
    r"[。；;\n：:]|签订|订立|缴纳|支付|参保|合同|给予|补贴|奖励|工资|，(?!或|以及|及|和|与|招用|吸纳|录用)"
)
_TAIL = re.compile(
    r"(?!并|且|与[其之])[^，。；、：:（）()]{0,14}?(?:人员|员工|职工|青年|就业|见习|毕业生|人口)(?!补贴|岗位)"
)
_CLAUSE_END = re.compile(r"[，。；\n]")
_LEADS = re.compile(
    r"(?:见习|招用|吸纳|录用|引进)(?:的)?(?:人员|对象)?[^。；，：:]{0,10}(?:下列|以下|如下)[^。；：:]{0,16}[：:]"
)
_NUMBERED = re.compile(r"(?:[（(]?[一二三四五六七八九十\d①②③④⑤⑥⑦⑧]{1,2}[）)、.．]?\s*)?")
# 为鼓励企业引进人才，现就…: why, not who
_IS_PURPOSE = re.compile(
    r"(?:^|[。；\n：])(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．])?(?:第[一二三四五六七八九十]{1,3}条)?\s*为(?:了)?(?:进一步)?(?:积极|切实|有效)?(?:鼓励|支持|引导|促进|推动|加快|做好|落实|规范)[^，。；]{0,60}$"
)
# 招用人员应具有大专以上学历: of whom another sentence names
_THEIRS = re.compile(
    r"(?:招用|吸纳|录用|聘用|见习|引进)(?:的)?(?:人员|人才|对象|员工|职工|毕业生|学员)(?![^，。；]{0,4}(?:为|是)下列)|上述人员|前款(?:所列)?人员|以上人员"
)
# 新引进硕士以上人才: a firm's record only where the firm is paid, not who was brought in
_BRINGS = re.compile(r"(?:新|全职|自主|成功|柔性)引进")
_PAYS_FIRMS = re.compile(
    r"引才(?:奖|补)|申报(?:主体|单位|企业)|给予(?:用人单位|企业|单位|机构)|(?:用人单位|企业)(?:可)?(?:申报|申请)"
)
_PAYS_PEOPLE = re.compile(r"购房|租房|安居|生活补贴|申请人|申领人|本人")
# 新招用人员: of no kind
_ANYBODY = re.compile(r"(?:的)?(?:人员|员工|职工|劳动者)")
# 本人与用人单位签订1年以上劳动合同 is said of who applies
_OF_APPLICANTS = re.compile(r"本人|申请人|申领人|与用人单位|在用人单位|离职")
_FAR = 40
"""Characters between a verb and its first kind, or between two kinds."""


class _Kind(NamedTuple):
    """One kind of a list: its codes, its piece of the text, and where its words stand."""

    codes: list[str]
    start: int
    end: int
    words: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """How a record is told whose kinds a verb lists.

    Attributes:
        fact: the record list.
        group: see `Finding`.
        heads: the verbs.
        kinds: the field whose words are the kinds.
        slots: the fields.
        each: the fields that each kind tells by itself.
        beside: words in the clause of a list, the field that they tell of everybody, its codes.
    """

    fact: str
    group: str
    heads: re.Pattern[str]
    kinds: str
    slots: tuple[Slot, ...]
    each: frozenset[str]
    beside: tuple[re.Pattern[str], str, tuple[str, ...]]


@cache
def hired() -> Listed:
    """Return how those are told whom a firm has taken on, from `nouns/new_hires.toml`."""
    text = (files("pusher.reading.grammar") / "nouns" / "new_hires.toml").read_text("utf-8")
    table = tomllib.loads(text)
    beside = table["beside"]
    return Listed(
        table["fact"], table["group"], re.compile("|".join(table["heads"])), table["kinds"],
        tuple(_slot(row) for row in table["slot"]), frozenset(table["each"]),
        (re.compile(beside["says"]), beside["field"], tuple(beside["value"])),
    )  # fmt: skip


def _slot(row: Mapping[str, Any]) -> Slot:
    reads: Mapping[str, Callable[[str, str, str], Told | None]] = {"degree": degree, "age": age}
    if row.get("read") in reads:
        read = partial(reads[row["read"]], row["field"])
        return Slot(row["field"], read, own=True, enough=None, examples=examples_of(row))
    slot = slot_of(row)
    if "plain" in row:
        plain = re.compile(row["plain"])
        return replace(slot, read=partial(plainly, slot.field, slot.read, plain, row["least"]))
    return slot


def read_listed(text: str, scope: Scope) -> list[Finding]:
    """Find the records of kinds that *text* lists; they win over what they span."""
    return list(read_kinds(hired(), text, scope))


def read_kinds(frame: Listed, text: str, scope: Scope) -> Iterator[Finding]:
    """Find the records of *frame* in *text*, one for each kind that tells a field by itself."""
    done = 0
    for head in frame.heads.finditer(text):
        if head.start() < done or _IS_PURPOSE.search(text, 0, head.start()):
            continue
        if _BRINGS.match(head.group(0)) and not _of_employers(scope.whole):
            continue
        marks = _marks(frame, text, scope, head.span())
        end = _tail(text, marks[-1][1]) if marks else head.end()
        record = _record(frame, text, scope, (head.start(), head.end(), end), marks)
        if record:
            done = end
            yield record
    yield from _alone(frame, text, scope, done)


def _marks(
    frame: Listed, text: str, scope: Scope, head: tuple[int, int]
) -> list[tuple[int, int, list[str]]]:
    """Return the words of kinds that follow *head*, up to the first that is not listed with them."""
    slot = next(one for one in frame.slots if one.field == frame.kinds)
    told = slot.read(text[head[0] :], scope.area_code)
    marks: list[tuple[int, int, list[str]]] = []
    for a, b in sorted(told.spans) if told else ():
        start, end = a + head[0], b + head[0]
        last = marks[-1][1] if marks else head[1]
        if end <= head[1]:
            continue
        if start - last > _FAR or _ENDS.search(text, last, start):
            break
        one = slot.read(text[start:end], scope.area_code)
        value = one.conditions[0]["value"] if one else []
        marks.append((start, end, value if isinstance(value, list) else [value]))
    return marks


def _tail(text: str, end: int) -> int:
    tail = _TAIL.match(text, end)
    return tail.end() if tail else end


def _record(
    frame: Listed, text: str, scope: Scope, head: tuple[int, int, int],
    marks: Sequence[tuple[int, int, list[str]]],
) -> Finding | None:  # fmt: skip
    start, begin, end = head
    shared = list(_shared(frame, text, scope, head))
    kinds = list(_parted(text, begin, end, marks))
    told = any(slot is not None and slot.own and one.conditions for slot, one in shared)
    if not kinds and not (told and _ANYBODY.match(text, begin)):
        return None
    own = [_own(frame, text, scope, kind) for kind in kinds]
    if kinds:
        shared += _behind(frame, text, scope, end, each=True)
    shared += _beside(frame, text, (start, end))
    every = [condition for _, told in shared for condition in told.conditions]
    spans = [span for _, told in shared for span in told.spans]
    records = _records(frame, kinds, own, every)
    node = records[0] if len(records) == 1 else {"any": records}
    parts = tuple(sorted({(a, b) for a, b in spans if b <= start or a >= end}))
    return Finding(start, end, node, frame.group, parts=parts)


def _records(
    frame: Listed, kinds: Sequence[_Kind], own: Sequence[list[dict[str, Any]]],
    every: list[dict[str, Any]],
) -> list[dict[str, Any]]:  # fmt: skip
    """Make one record of the kinds that tell the same by themselves."""
    if not kinds:
        return [has(frame.fact, *every)]
    groups: dict[str, tuple[list[str], list[dict[str, Any]]]] = {}
    for kind, told in zip(kinds, own, strict=True):
        codes, _ = groups.setdefault(str(told), ([], told))
        codes += [code for code in kind.codes if code not in codes]
    records = []
    for codes, told in groups.values():
        known = {one["field"] for one in told}
        more = [one for one in every if one["field"] not in known and one["value"] != codes]
        named = {"field": frame.kinds, "op": "any_of", "value": codes}
        records.append(has(frame.fact, named, *told, *more))
    return records


def _parted(
    text: str, begin: int, end: int, marks: Sequence[tuple[int, int, list[str]]]
) -> Iterator[_Kind]:
    """Part a list at the marks between its kinds; kinds that no mark parts are one."""
    cuts = [begin]
    for (_, last, _), (start, _, _) in pairwise(marks):
        cut = None
        for mark in _MARK.finditer(text, last, start):
            cut = mark.end() if cut is None else cut
        cuts.append(cut if cut is not None else -1)
    codes: list[str] = []
    words: list[tuple[int, int]] = []
    for place, (a, b, told) in enumerate(marks):
        codes += told
        words.append((a, b))
        following = cuts[place + 1] if place + 1 < len(marks) else end
        if following >= 0:
            first = max(cut for cut in cuts[: place + 1] if cut >= 0)
            yield _Kind(list(dict.fromkeys(codes)), first, following, tuple(words))
            codes, words = [], []


def _own(frame: Listed, text: str, scope: Scope, kind: _Kind) -> list[dict[str, Any]]:
    piece = text[kind.start : kind.end]
    for a, b in kind.words:  # 16至24岁登记失业青年 names the kind and tells no age
        if any(sign.isdigit() for sign in text[a:b]):
            piece = piece[: a - kind.start] + "|" * (b - a) + piece[b - kind.start :]
    told = (slot.read(piece, scope.area_code) for slot in frame.slots if slot.field in frame.each)
    return [condition for one in told if one for condition in one.conditions]


def _shared(
    frame: Listed, text: str, scope: Scope, head: tuple[int, int, int]
) -> Iterator[tuple[Slot | None, Told]]:
    start, begin, end = head
    first = max((m.end() for m in re.finditer(r"[。；;\n]", text[:start])), default=0)
    for slot in frame.slots:
        if slot.field in frame.each or slot.field == frame.kinds:
            continue
        told = slot.read(text[first:begin], scope.area_code)
        if told and told.conditions:
            yield slot, _moved(told, first)
        else:
            yield from _behind(frame, text, scope, end, only=slot.field)


def _of_employers(whole: str) -> bool:
    """Whether *whole* pays firms for whom they bring in."""
    return bool(_PAYS_FIRMS.search(whole)) and not _PAYS_PEOPLE.search(whole)


def _beside(frame: Listed, text: str, span: tuple[int, int]) -> Iterator[tuple[Slot | None, Told]]:
    """Tell what everybody is beside the kinds that are listed: 吸纳…参加见习."""
    says, name, codes = frame.beside
    start = max(text.rfind(sign, 0, span[0]) for sign in "，。；\n") + 1
    stop = _CLAUSE_END.search(text, span[1])
    clause = text[start : stop.start() if stop else len(text)]
    if says.search(clause):
        value = {"field": name, "op": "any_of", "value": list(codes)}
        yield None, Told([value], [])


def _behind(
    frame: Listed, text: str, scope: Scope, end: int, *, each: bool = False, only: str = ""
) -> Iterator[tuple[Slot | None, Told]]:
    """Read what stands behind the list, up to what is given."""
    last = _sentence_end(text, end)
    for slot in frame.slots:
        if (slot.field == only or (each and slot.field in frame.each)) and slot.own:
            told = slot.read(text[end:last], scope.area_code)
            if told:
                yield slot, _moved(told, end)


def _alone(frame: Listed, text: str, scope: Scope, done: int) -> Iterator[Finding]:
    """Find what a sentence without the verb tells of those whom another one names."""
    below = None if done else _below(frame, text, scope)
    if below:
        yield below
        return
    if done or _OF_APPLICANTS.search(text):
        return
    if not _names_kinds(frame, scope.whole):
        return
    theirs = _THEIRS.search(text)
    for slot in frame.slots:
        if not slot.own or (slot.field in frame.each and not theirs):
            continue
        told = slot.read(text, scope.area_code)
        if told and told.conditions:
            start, end = min(a for a, _ in told.spans), max(b for _, b in told.spans)
            yield Finding(start, end, has(frame.fact, *told.conditions), slot.field)


def _below(frame: Listed, text: str, scope: Scope) -> Finding | None:
    """Read an entry of a list of kinds: 招用下列人员之一：（一）…；（二）…."""
    place = scope.whole.find(text)
    lead = next((m for m in _LEADS.finditer(scope.whole) if m.end() <= place), None)
    if lead is None or "。" in scope.whole[lead.end() : place]:
        return None
    begin = _NUMBERED.match(text).end()  # type: ignore[union-attr]  # matches the empty text
    marks = _marks(frame, text, scope, (begin, begin))
    end = _tail(text, marks[-1][1]) if marks else begin
    record = _record(frame, text, scope, (begin, begin, end), marks) if marks else None
    says, name, codes = frame.beside
    if record is None or not says.search(lead.group(0)) or codes[0] in str(record.node):
        return record
    also = {"field": name, "op": "any_of", "value": list(codes)}
    return replace(record, node=_with(record.node, also))


def _with(node: dict[str, Any], also: dict[str, Any]) -> dict[str, Any]:
    """Ask *also* of each record of *node*."""
    if "any" in node:
        return {"any": [_with(one, also) for one in node["any"]]}
    return {**node, "value": {"all": [*node["value"]["all"], also]}}


@lru_cache(maxsize=64)
def _names_kinds(frame: Listed, whole: str) -> bool:
    """Whether *whole* names kinds of records behind their verb."""
    slot = next(one for one in frame.slots if one.field == frame.kinds)
    return any(
        slot.read(re.split("[。；，\n]", whole[head.end() :], maxsplit=1)[0], "")
        for head in frame.heads.finditer(whole)
    )


def _sentence_end(text: str, at: int) -> int:
    """Return where the sentence ends behind *at*, or where it begins to tell what is given."""
    marks = (GIVES.search(text, at), SENTENCE_ENDS.search(text, at))
    return min((mark.start() for mark in marks if mark), default=len(text))


def _moved(told: Told, by: int) -> Told:
    return Told(told.conditions, [(a + by, b + by) for a, b in told.spans])
