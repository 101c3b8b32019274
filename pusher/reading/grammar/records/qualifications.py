"""What a text says of awards beside their names: whether they stand, of which batch, the same again.

The names and fields of qualifications are read by the frame `nouns/records/qualifications.toml`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from pusher.reading.grammar.findings import Finding, Scope, field
from pusher.reading.grammar.records.frame import Frame, RecordKind, frames
from pusher.reading.grammar.records.heads import heads_of
from pusher.reading.grammar.records.slots import Told

_FACT = "qualifications"
_WHEN = frozenset({"batch_year", "granted_on"})
_EVENT = _WHEN | {"review"}
_TERMED = frozenset(
    {"high_tech", "tech_sme", "innovative_sme", "srdi", "little_giant", "single_champion",
     "gazelle", "green_food", "organic"}
)  # fmt: skip
"""Kinds that lapse by themselves after one to five years."""
_IN_FORCE = field("valid_to", "on_or_after_as_of", None)
_STANDS = re.compile(
    r"(?:认定|称号|资质|资格|证书|名单|备案)[^，。；]{0,6}(?:有效期(?:限)?内|仍?有效(?!期))"
)
_RATING = re.compile("(?:等级|星级)(?:评定)?(?:证书|称号)?")
_AWARDED = re.compile(r"(?:获评|评为|评定为|认定为|入选|列入|获批|晋升为|授予)[^，。；：]{0,40}$")
_OF_ALL = re.compile(
    r"的(?:企业|单位|主体|机构)?均?可(?:以)?(?:申报|申请)|(?:奖励|支持|奖补|补助|申报|认定)(?:范围|期间|时限)(?:为|是|限于)|仅限|限于|(?:认证|认定|评定|证书|称号)(?:取得|颁发)?(?:时间|日期)?(?:须|应当?|需)(?:为|在|于)"
)
_AWARDING = re.compile(r"新|首次|认定|获评|评为|获批|评定|通过|取得|列入|入选|纳入|公布|备案")
_ALL = "*"
_SENTENCE = re.compile(r"[^。；\n]+")
_BRACKET = re.compile(r"[（(][^（）()]{0,80}[）)]")
_NEAR = 200
"""Characters before an elliptic grant in which its award is looked for."""


def finished(found: Sequence[Finding], text: str, scope: Scope) -> list[Finding]:
    """Tell the awards of *found* what the text says once for several, and whether they stand."""
    kept: list[Finding] = []
    for one in found:
        if one.node.get("fact") == _FACT and one.node.get("op") == "has":
            one = _told(_of_its_trade(one, text, scope), _of_batch(one, text, scope))
            if _must_stand(one, text, scope):
                one = _told(one, [_IN_FORCE])
        kept.append(one)
    return kept


_RATED = {"养老": "care_rating", "民宿": "homestay_star", "旅行社": "travel_agency_rating"}


def _of_its_trade(one: Finding, text: str, scope: Scope) -> Finding:
    """Take 等级评定达到三级 for the rating of the trade that the text spoke of last."""
    said = text[one.start : one.end]
    if _code(one) not in _RATED.values() or any(trade in said for trade in _RATED):
        return one
    before = scope.whole[: max(scope.whole.find(text), 0) + one.start]
    last = max(_RATED, key=before.rfind)
    if last not in before:
        return one
    where = [{**p, "value": _RATED[last]} if p["field"] == "code" else p for p in _where(one)]
    return replace(one, node={**one.node, "value": {"all": where}})


def _must_stand(one: Finding, text: str, scope: Scope) -> bool:
    """Whether an award must be in force today.

    It must where the text says so, of itself or in a sentence of its own for all. Else a kind that
    lapses must where it is what an applicant is (高新技术企业), and need not where being given it
    is what counts: its year, its day, the first time, 获评, 入选.
    """
    told = _fields(one)
    if "valid_to" in told:
        return False
    codes = _standing(scope.whole)
    if _ALL in codes or _code(one) in codes:
        return True
    awarded = _AWARDED.search(text[: one.end])
    return _code(one) in _TERMED and not told & _EVENT and not awarded


@cache
def _standing(whole: str) -> frozenset[object]:
    """Return the codes of awards of which a text says apart that they must be in force.

    Of the award that the clause names; where it names none, of those of its sentence; where that
    names none either, of all of them (申报企业…在认定有效期内).
    """
    codes: set[object] = set()
    for said in _sentences(whole):
        for mark in _STANDS.finditer(said):
            clause = re.split(r"[，：]|外还|(?=还[应须需])", said[: mark.end()])[-1]
            named = heads_of(_frame(), said)
            here = heads_of(_frame(), clause) if "是指" not in said else []
            codes |= {head.kind.where[0]["value"] for head in here or named if head.kind}
            if not named:
                codes |= set(_RATED.values()) if _RATING.search(clause) else {_ALL}
    return frozenset(codes)


def _of_batch(one: Finding, text: str, scope: Scope) -> list[dict[str, Any]]:
    """Return the batch of an award that the text tells elsewhere.

    In a heading (2025年度首次认定的：…), of the award before it (对2025年新认定的…，对新认定的…), or of all
    (2024年、2025年获评的企业均可申报).
    """
    told = _fields(one)
    place = max(scope.whole.find(text), 0)
    headed = _heading(text[: one.end], scope.whole[:place])
    more = [part for part in headed if part["field"] not in told]
    if told & _WHEN or more:
        return [part for part in more if not (told & _WHEN and part["field"] in _WHEN)]
    kind = next(k for k in _frame().kinds if k.where[0]["value"] == _code(one))
    sentence = re.split(r"[。\n]", scope.whole[: place + one.start])[-1]
    named = heads_of(_frame(), sentence)
    tiers = named and named[-1].kind is kind and "review" not in told
    if tiers or field("review", "eq", "new") in _where(one):
        last = _last_batch(sentence, kind)
        if last:
            return last
    return [part for part in _of_all(scope.whole) if part["field"] not in told | kind.lacks]


def _last_batch(sentence: str, kind: RecordKind) -> list[dict[str, Any]]:
    """Read of what batch the award before was: 对2025年新认定的…，奖励20万元，对新认定的…."""
    clauses = [c for c in re.split(r"[，；]", sentence) if _AWARDING.search(c)]
    told = (_read(clause, kind) for clause in reversed(clauses))
    return next((when for read in told if (when := [p for p in read if p["field"] in _WHEN])), [])


def _heading(here: str, above: str) -> list[dict[str, Any]]:
    """Read the batch in the words before a colon that name no award themselves."""
    lead = re.split(r"[。；\n]", f"{above[-_NEAR:]}{here}"[-_NEAR:])[-1].rpartition("：")[0]
    clause = re.split(r"[，：]", lead)[-1]
    if not clause or heads_of(_frame(), lead):
        return []
    return [p for p in _read(clause, None) if p["field"] in _EVENT]


@cache
def _of_all(whole: str) -> list[dict[str, Any]]:
    """Read the batch in a sentence for all awards: 2024年、2025年获评的企业均可申报, 奖励范围为2025年取得的."""
    for said in _sentences(whole):
        if not heads_of(_frame(), said):
            for clause in re.split("[，；]", said):
                told = _read(clause, None) if _OF_ALL.search(clause) else []
                if _WHEN & {part["field"] for part in told}:
                    return [part for part in told if part["field"] in _EVENT]
    return []


_LEADS = re.compile(r"^(?:对于?|或者?|以及|属于|[（(][一二三四五六七八九十\d]{1,3}[）)]){0,2}")
_GIVEN = re.compile(r"(?:分别|一次性|再)?(?:给予|奖励|奖补|补助|资助|补贴)|[\d.]{1,8}万?元")
_FILLS = re.compile(
    r"(?:的|企业|单位|机构|主体|为|被|获|经|评|新|定|评定|认定|评估|评价|通过|取得|获得|列入|入选|称号|名单|认证|证书|到期后|期满后|备案|等级|级别|仅限|　){0,12}"
)
_SAYS = frozenset({"level", "grade", "review", "granted_on"})


def of_the_same(text: str, scope: Scope, found: Sequence[Finding]) -> list[Finding]:
    """Find grants that leave out the award named before: …奖励15万元；对重新认定的，奖励5万元."""
    place = max(scope.whole.find(text), 0)
    above = scope.whole[max(place - _NEAR, 0) : place]
    new = []
    for start, end in _clauses(text, found):
        named, clause = _last_named(f"{above}{text[:start]}")
        behind = text[end : end + 12] or scope.whole[place + end : place + end + 12]
        told = _elliptic(text[start:end], behind, named) if named else []
        if named and told:
            # 首次获评国家级单项冠军的…，省级的…: it is the first time of both
            again = {condition["field"] for condition in told} & _EVENT
            more = [] if again else [p for p in _read(clause, named) if p["field"] in _EVENT]
            node = {"fact": _FACT, "op": "has", "value": {"all": [*named.where, *told, *more]}}
            new.append(_told(Finding(start, end, node, named.group), []))
    return new


def _elliptic(clause: str, behind: str, kind: RecordKind | None) -> list[dict[str, Any]]:
    """Read a clause that is nothing but the fields of an award: 五级证书到期后重新通过评估的."""
    even = _BRACKET.sub(lambda m: "　" * len(m[0]), clause)
    told = [(slot, part) for slot, part in _slots(even, kind)]
    if not {slot.field for slot, _ in told} & _SAYS:
        return []
    rest = list(even)
    for _, part in told:
        for a, b in part.spans:
            rest[a:b] = "　" * (b - a)
    granted = even.endswith("的") and _GIVEN.match(behind.lstrip("，"))
    verb = re.search(r"(?:评|认定)为|通过|备案$", even)
    left = _LEADS.sub("", "".join(rest).strip("　"))
    if not (granted or verb) or not _FILLS.fullmatch(left):
        return []
    return [condition for _, part in told for condition in part.conditions]


def _clauses(text: str, found: Sequence[Finding]) -> Iterator[tuple[int, int]]:
    """Give the clauses of *text* in which nothing was found, up to what is given."""
    for mark in re.finditer(r"[^，。；;：\n]{2,60}", text):
        gives = _GIVEN.search(mark[0])
        end = mark.start() + gives.start() if gives else mark.end()
        filed = re.match(r"[^、]{4,24}备案(?=、)", mark[0])
        end = mark.start() + filed.end() if filed else end
        start = mark.start()
        if end > start and all(f.end <= start or end <= f.start for f in found):
            yield start, end


def _last_named(before: str) -> tuple[RecordKind | None, str]:
    """Return the award that was named last, with its clause."""
    named = heads_of(_frame(), before)
    if not named:
        return None, ""
    clause = re.split(r"[，。；：\n]", before[: named[-1].end])[-1]
    return named[-1].kind, clause


def _read(clause: str, kind: RecordKind | None) -> list[dict[str, Any]]:
    return [condition for _, part in _slots(clause, kind) for condition in part.conditions]


def _slots(clause: str, kind: RecordKind | None) -> Iterator[tuple[Any, Told]]:
    told: set[str | None] = set()
    for slot in _frame().slots:
        if slot.unless in told or (kind and slot.field in kind.lacks):
            continue
        part = slot.read(clause, "")
        if part:
            told.add(slot.field)
            yield slot, part


@cache
def _frame() -> Frame:
    return next(frame for frame in frames() if frame.fact == _FACT)


@cache
def _sentences(whole: str) -> tuple[str, ...]:
    return tuple(mark[0] for mark in _SENTENCE.finditer(whole))


def _told(one: Finding, more: Sequence[dict[str, Any]]) -> Finding:
    order = ["code", *(slot.field for slot in _frame().slots)]
    where = sorted([*_where(one), *more], key=lambda part: order.index(part["field"]))
    return replace(one, node={**one.node, "value": {"all": where}})


def _where(one: Finding) -> list[dict[str, Any]]:
    where: list[dict[str, Any]] = one.node["value"].get("all", [])
    return where


def _fields(one: Finding) -> set[str]:
    return {part["field"] for part in _where(one) if "field" in part}


def _code(one: Finding) -> object:
    return next((part["value"] for part in _where(one) if part.get("field") == "code"), None)
