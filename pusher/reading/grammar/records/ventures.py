"""A person's own firm: 在本区首次创办小微企业或者个体工商户，担任法定代表人，正常经营满1年.

What tells such a record is what somebody does to a firm (创办, 登记有, 名下有) or is in it (个体工商户
经营者); what it is, where, since when and whether it runs may stand anywhere in the sentence.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from pusher.reading.grammar.findings import Finding, Scope, field, has, none
from pusher.reading.grammar.phrases.places import find_names
from pusher.reading.grammar.records.reach import GIVES, SENTENCE_ENDS
from pusher.reading.grammar.records.slots import Slot, Told, slot_of

_KINDS = ("entity_type", "size_class")
_CLAUSE = re.compile(r"[，。；;\n]")
_GOES_ON = re.compile(r"，(?=或者?|以及|及|和)")
# 企业及其法定代表人, 法定代表人被列入…: said of whoever heads the firm that applies
_OF_A_FIRM = re.compile(r"(?:及其?|和|或其?|、|，)$")
_BEFALLS = re.compile(
    r"(?:、|及|和|或者?)?[^，。；、]{0,6}(?:被|存在|有(?!限)|列入|未|因|身份证|签|承诺)"
)
_PERSONS = re.compile(r"本人|申请人|申报人|申领人|申领者|贴息对象|借款人|创业者|居住证|其父|父亲")
_MAYBE = re.compile(r"毕业生|退役军人|退役士兵|失业人员|残疾人|返乡|农民工|就业困难人员|创业人员")
_PLAIN = ["llc", "joint_stock", "sole_prop", "partnership"]
_REGISTERED = re.compile(
    r"(?:市|区|街道)?(?:行政区域|辖区|范围|区域)*(?:范围)?内?(?:均)?(?:依法|合法|首次|初次|自主|新|合伙|已|办理)*(?:工商)?(?:登记|注册|创办|领办|开办|兴办|创立|设立|成立|经营|从事|领取|开设|创业)"
)
_IN = re.compile(r"(?:[在于]|(?:注册|登记)(?:地址?)?[在为]?(?:位于)?)(?:济南市)?$")
_DENIED = re.compile(
    r"(?:均)?(?:无|没有|未(?:登记|注册|办理|持有|开办|拥有)?(?:有|过)?|不(?:得)?(?:有|拥有))"
)
_EXISTS = re.compile(
    r"[^，。；]{0,4}(?:有|拥有|持有|开办|办有|存在(?:正常|在营|登记|其他|企业|个体))"
)
# 毕业5年内的毕业生, 自办理失业登记之日起12个月内: days of the person
_OF_PERSONS = re.compile(
    r"(?:毕业|退役|离校|失业登记|登记失业|落户|户籍|居住|退伍|出狱|释放)[^，。；、]{0,10}?[一二两三五六十半\d]{1,3}个?[年月](?:以?内|之内|以上)?|[一二两三五六十半\d]{1,3}个?[年月](?:以?内|之内)?(?:的)?(?:毕业|退役|离校)"
)
_SUBJECTS = re.compile(r"主体|企业|个体|创办|所办|开办|实体|农场|合作社")
_FAR = 26


class _Kind(NamedTuple):
    """A kind of firm that is named, and the roles that stand behind its name."""

    told: dict[str, Any]
    start: int
    end: int
    roles: Told | None


def read_ventures(text: str, scope: Scope) -> list[Finding]:
    """Find the firms of persons that *text*, a sentence or a part of it, tells."""
    found: list[Finding] = []
    for start, end in _marks(text, scope):
        if all(end <= one.start or one.end <= start for one in found):
            one = _record(text, scope, start, end)
            if one and not (found and found[-1].node == one.node):
                found.append(one)
                break  # what follows in the sentence is of the same firm
    return found or list(_running(text, scope))


def _running(text: str, scope: Scope) -> Iterator[Finding]:
    """Find whether the firm runs, where another sentence says whose it is."""
    told = slots()["operating"].read(text, scope.area_code)
    if not told or not _SUBJECTS.search(text) or not _tells_owner(scope):
        return
    since = slots()["established_on"].read(text, scope.area_code)
    conditions = [*told.conditions, *(since.conditions if since else ())]
    spans = [*told.spans, *(since.spans if since else ())]
    start, end = min(a for a, _ in spans), max(b for _, b in spans)
    yield Finding(start, end, has("businesses", *conditions), "operating")


@lru_cache(maxsize=64)
def _tells_owner(scope: Scope) -> bool:
    parts = re.split("[。；\\n]", scope.whole)
    return any(next(_marks(part, scope), None) for part in parts)


@cache
def slots() -> Mapping[str, Slot]:
    """Return the fields of a person's own firm, from `nouns/businesses.toml`."""
    return {row["field"]: slot_of(row) for row in _table()["slot"]}


@cache
def _table() -> Mapping[str, Any]:
    text = (files("pusher.reading.grammar") / "nouns" / "businesses.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(_table()[name])


def _marks(text: str, scope: Scope) -> Iterator[tuple[int, int]]:
    """Give where *text* says that somebody has, founds or heads a firm, in its order."""
    marks = sorted({*_founded(text), *_run(text, scope), *_held(text), *_headed(text)})
    yield from marks


def _founded(text: str) -> Iterator[tuple[int, int]]:
    for mark in _pattern("founds").finditer(text):
        behind = _clause_from(text, mark.end())
        own = mark.group(0).startswith(("所", "本人", "其"))
        if behind.startswith("的") and not own:
            continue  # 科研人员创办的企业 is what applies itself
        if _named(behind[:_FAR]) or re.match(r"[^，。；]{0,12}(?:企业|主体|实体|公司)", behind):
            yield mark.span()
    for mark in _pattern("trades").finditer(text):
        yield mark.span()


def _run(text: str, scope: Scope) -> Iterator[tuple[int, int]]:
    """Give 登记有个体工商户: of a person alone, since 登记注册企业 may be said of any applicant."""
    sure = _PERSONS.search(scope.whole)
    if not sure and not _MAYBE.search(text):
        return
    for mark in _pattern("runs").finditer(text):
        kinds = _kinds(text, mark.end(), min(mark.end() + _FAR, len(text)))
        if not kinds or kinds[0].start != mark.end():
            continue
        if sure or kinds[0].told["value"] != _PLAIN:  # 注册企业 is said of firms too
            yield mark.span()


def _held(text: str) -> Iterator[tuple[int, int]]:
    for mark in _pattern("has").finditer(text):
        behind = _clause_from(text, mark.end())
        if re.search(r"企业|个体|主体|公司|营业执照|合作社", behind[:_FAR]) and (
            _EXISTS.match(behind) or _DENIED.match(behind)
        ):
            yield mark.span()


def _headed(text: str) -> Iterator[tuple[int, int]]:
    """Give 个体工商户经营者 and 本人为法定代表人, not 企业及其法定代表人."""
    for mark in _pattern("is").finditer(text):
        role = _pattern("roles").search(_clause_from(text, mark.end())[:_FAR])
        if role:
            yield mark.span()
    for kind in _kinds(text, 0, len(text)):
        if kind.roles and not _BEFALLS.match(text, kind.end):
            yield kind.start, kind.end


def _clause_from(text: str, at: int) -> str:
    stop = _CLAUSE.search(text, at)
    return text[at : stop.start() if stop else len(text)]


def _named(piece: str) -> bool:
    return any(slots()[name].read(piece, "") for name in _KINDS)


def _kinds(text: str, start: int, end: int) -> list[_Kind]:
    """Return the kinds of firms named in a stretch of *text*, each with the roles behind it."""
    piece, found = text[start:end], []
    for name in _KINDS:
        told = slots()[name].read(piece, "")
        for a, b in told.spans if told else ():
            one = slots()[name].read(piece[a:b], "") or slots()[name].read(piece[:b], "")
            if one:
                found.append((a + start, b + start, one.conditions[0]))
    found.sort(key=lambda one: one[0])
    kinds: list[_Kind] = []
    for a, b, told_of in found:
        if kinds and a < kinds[-1].end:
            continue
        roles = _roles_behind(text, b)
        kinds.append(
            _Kind(told_of, a, max([b, *(y for _, y in roles.spans)] if roles else [b]), roles)
        )
    return kinds


def _roles_behind(text: str, at: int) -> Told | None:
    mark = re.compile(
        rf"(?:企业)?的?(?:{_table()['roles']})(?:(?:、|和|或者?|及)(?:{_table()['roles']})){{0,3}}"
    ).match(text, at)
    told = slots()["role"].read(text[: mark.end()], "") if mark else None
    if not mark or not told:
        return None
    spans = [(a, b) for a, b in told.spans if a >= at]
    one = slots()["role"].read(mark.group(0), "") or told
    return Told(one.conditions, spans or [mark.span()])


def _record(text: str, scope: Scope, start: int, end: int) -> Finding | None:
    begin = max((m.end() for m in SENTENCE_ENDS.finditer(text, 0, start)), default=0)
    stop = _end(text, end)
    held = bool(_pattern("has").match(text, start))
    kinds = [] if held else _kinds(text, *_stretch(text, start, end, stop))
    told = list(_fields(text, scope, begin, stop, kinds))
    conditions = [one for part in told for one in part.conditions]
    spans = [span for part in told for span in part.spans]
    if held:
        return _in_ones_name(text, start, end, conditions, spans)
    what = _what(kinds)
    if what is None and not conditions:
        return None
    spans += [(kind.start, kind.end) for kind in kinds]
    end = max([end, *(kind.end for kind in kinds)])
    start = min([start, *(kind.start for kind in kinds)])
    first = min([start, *(a for a, _ in spans if start - a <= 8 and a <= start)])
    parts = tuple(sorted({(a, b) for a, b in spans if a < first or b > end}))
    node = has("businesses", *conditions, *([what] if what else []))
    return Finding(first, end, node, "venture", parts=parts)


def _in_ones_name(
    text: str, start: int, end: int, conditions: list[dict[str, Any]],
    spans: Sequence[tuple[int, int]],
) -> Finding:  # fmt: skip
    """Read 名下有正常经营的企业, 名下无企业、个体工商户, 名下另有大型企业."""
    behind = _clause_from(text, end)
    size = slots()["size_class"].read(behind, "")
    if size:
        asked = [size.conditions[0]]
    else:
        asked = [one for one in conditions if one["field"] == "is_first"]
        asked += [field("operating", "is", True)]
    denied = bool(_DENIED.match(behind))
    make = none if denied else has
    last = end + len(behind.rstrip("的"))
    return Finding(start, last, make("businesses", *asked), "venture", only_negated=not denied)


def _end(text: str, at: int) -> int:
    marks = (SENTENCE_ENDS.search(text, at), GIVES.search(text, at))
    return min((mark.start() for mark in marks if mark), default=len(text))


def _stretch(text: str, start: int, end: int, stop: int) -> tuple[int, int]:
    """Return the clause of a mark, with the clauses that go on with its list."""
    begin = max((m.end() for m in _CLAUSE.finditer(text, 0, start)), default=0)
    last = end
    for mark in _CLAUSE.finditer(text, end, stop):
        last = mark.start()
        if not _GOES_ON.match(text, mark.start()):
            return begin, last
    return begin, stop


def _fields(
    text: str, scope: Scope, begin: int, stop: int, kinds: Sequence[_Kind]
) -> Iterator[Told]:
    place = _place(text, scope, begin, stop)
    if place:
        yield place
    for name, slot in slots().items():
        if name in _KINDS or (name == "role" and _is_paired(kinds)):
            continue
        piece = text[begin:stop]
        if name == "established_on":
            piece = _OF_PERSONS.sub(lambda mark: "|" * len(mark.group(0)), piece)
        told = slot.read(piece, scope.area_code)
        if told and told.conditions:
            yield Told(told.conditions, [(a + begin, b + begin) for a, b in told.spans])


def _is_paired(kinds: Sequence[_Kind]) -> bool:
    """Whether each kind has roles of its own: 个体工商户经营者，或者小微企业法定代表人."""
    return len(kinds) > 1 and all(kind.roles for kind in kinds)


def _what(kinds: Sequence[_Kind]) -> dict[str, Any] | None:
    """Return what the firm is: of one kind, of one of several, each perhaps with its own role."""
    if _is_paired(kinds):
        pairs = [{"all": [kind.told, *kind.roles.conditions]} for kind in kinds if kind.roles]
        return {"any": pairs}
    codes: dict[str, list[str]] = {name: [] for name in _KINDS}
    for kind in kinds:
        value = kind.told["value"]
        codes[kind.told["field"]] += value if isinstance(value, list) else [value]
    if codes["entity_type"] == _PLAIN:  # 创办企业 tells no kind
        codes["entity_type"] = []
    ways = [_one_of(name, list(dict.fromkeys(told))) for name, told in codes.items() if told]
    return None if not ways else ways[0] if len(ways) == 1 else {"any": ways}


def _one_of(name: str, codes: list[str]) -> dict[str, Any]:
    return field(name, "eq", codes[0]) if len(codes) == 1 else field(name, "in", codes)


def _place(text: str, scope: Scope, begin: int, stop: int) -> Told | None:
    for start, end, codes in find_names(text[:stop], scope.area_code):
        if start < begin:
            continue
        before = _IN.search(text[begin:start])
        behind = _REGISTERED.match(text, end)
        told = before and before.group(0)[0] in "注登"
        if told or (behind and (before or text[start:end].endswith("内"))):
            last = behind.end() if behind else end
            first = begin + before.start() if before else start
            return Told([field("registered_area", "within", codes)], [(first, last)])
    return None
