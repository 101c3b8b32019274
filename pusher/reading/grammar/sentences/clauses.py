"""A sentence cut into clauses, each with what was found in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pusher.reading.grammar.families import find_all
from pusher.reading.grammar.findings import Finding, Scope
from pusher.reading.grammar.joining import leaves_of
from pusher.reading.grammar.records.wards import is_of_guardians
from pusher.reading.grammar.sentences.others import (
    is_of_others,
    of_an_employer,
    tells_whom_it_serves,
)
from pusher.reading.grammar.words import Words

_INCLUDES = re.compile(r"[（(](?:含|包括|包含|统称|以下简称)[^（）()]*[）)]")
_SERVES = re.compile(
    r"收托|收住|收养|接收|(?<!用人单位)(?<!被)招用|吸纳|录用|聘用(?!合同|期)|(?:机构|企业|单位|主体)[^，。；]{0,8}(?:服务|照护|培训)"
)
_OF_PEOPLE = frozenset(
    {"status", "work", "insurance", "age", "sexed age", "study", "degree", "veteran", "graduated",
     "stage", "skill", "ability", "medical"}
)  # fmt: skip
# 残疾人子女 are not disabled: what is said of a parent is no fact of the child.
_OF_PARENTS = re.compile(r"(?:家庭)?(?:的)?(?:子女|配偶|父母|家属)")
# 子女均不在本市居住: said of kin
_KIN = re.compile(r"(?<![及和与、随同])(?:子女|赡养人|父母|配偶)(?:均|都|须|应)?(?:不)?$")
_OF_ONESELF = frozenset(
    {
        "disability",
        "veteran_type",
        "employment_status",
        "hard_to_employ",
        "serious_illness",
        "ability_level",
    }
)
_STATUSES = frozenset(
    {"welfare_status", "child_category", "housing_support", "benefits_received",
     "hard_to_employ", "preferential_status", "family_planning_status"}
)  # fmt: skip
_GIVEN = re.compile(
    r"(?:应当?|可以?|依法|不再|按规定|及时|同步)纳入$|视(?:同|为)$|(?<![被经])(?:认定|确认)为$|申请(?:认定|确认|纳入)?(?:为)?$"
)
# 正在领取失业保险金的人员由经办机构直接补发: who has it is who is meant
_HOLDERS = re.compile(
    r"(?<![未不没])(?:正在|现|目前|已在|已经?)(?:领取|享受)[^，。；]{2,40}?的(?:人员|对象|老年?人|残疾人|居民|家庭|儿童)"
    r"|(?<![未不没])(?:正在|目前)(?:领取|享受)[^，。；]{2,24}"
    r"|(?<![未不没可再能得])(?:领取|享受)[^，。；、]{2,20}?的[^，。；、]{0,6}?(?:人员|老年?人|残疾人|居民|家庭|儿童)"
)
_PARENT = re.compile(
    r"(?:其|且|儿童|婴幼儿|学生|随迁子女)?(?:父母|父亲|母亲)(?:任意?一方|一方|双方)?(?!双亡|均符合)|(?:其)?(?:子女|赡养人)(?:均|都|应)"
)
# what a child has itself: said of a parent it is no fact of the child
_OF_A_CHILD = frozenset(
    {"birth_date", "household_area", "residence_area", "disability", "welfare_status",
     "serious_illness", "sex", "marital_status"}
)  # fmt: skip
# Who comes first among those who qualify is no condition.
_PREFERS = re.compile(r"优先(?!股|发展)")
_FIRST = re.compile(
    r"(?:可以?|应当?|(?:在)?同等条件下)?(?:予以)?优先(?!股|发展|给予|享受|发放|补|[^，。；]{0,10}元)"
)
# 在个体工商户经营期间受到处罚的: when it was, not who applies
_MEANWHILE = re.compile(r"在[^，。；、]{2,8}(?:经营|存续|运营)期间")
# 在社会组织、养老机构从事社会工作: where somebody works, not who applies
_AT_WORK = re.compile(r"在[^，。；]{2,36}?(?:从事[^，。；、]{2,8}?工作|在岗工作)")
# 除低保对象外的困难家庭: those alone who are not
_BUT_FOR = re.compile(r"除[^，。；]{2,30}?(?:以)?外的")
# 不超过35周岁（博士放宽至40周岁）: a bound of some alone
_EASED = re.compile(
    r"[（(][^（）()，；]{1,24}(?:放宽|延长|提高|降低)(?:至|到|为)[^（）()，；]{1,16}[）)]"
)
_OF_FIRMS = frozenset({"entity", "type", "qualification", "size"})


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a sentence between commas, with what was found in it.

    Attributes:
        also: places in the sentence whose words belong to what another clause says.
    """

    text: str
    start: int
    found: tuple[Finding, ...]
    also: tuple[tuple[int, int], ...] = ()

    def between(self, one: Finding, other: Finding) -> str:
        """Return what stands between two findings of the clause."""
        return self.text[one.end - self.start : other.start - self.start]

    def before(self, place: int) -> tuple[Finding, ...]:
        """Return what was found before *place*, counted in the clause."""
        return tuple(one for one in self.found if one.end - self.start <= place)

    def behind(self, place: int) -> tuple[Finding, ...]:
        """Return what was found at *place* or later, counted in the clause."""
        return tuple(one for one in self.found if one.start - self.start >= place)


def clauses_of(part: str, scope: Scope, words: Words, *, term: str | None = None) -> list[Clause]:
    """Cut *part* at commas outside brackets and outside what one finding holds together."""
    found = find_all(part, scope, first=words.find(part, beside=term))
    found = _of_who_applies(found, part, scope)
    told = _without_who_comes_first(part, _cuts(part, found))
    clauses = [_clause(part, a, b, found) for a, b in told]
    served = next(
        (n for n, one in enumerate(clauses) if tells_whom_it_serves(one.text, scope)), None
    )
    applicants = [_of_applicants(one, scope) for one in clauses[:served]]
    return [*applicants, *(replace(one, found=()) for one in clauses[len(applicants) :])]


def _of_who_applies(found: Sequence[Finding], part: str, scope: Scope) -> list[Finding]:
    """Leave out what *part* says of anything but who applies."""
    included = [mark.span() for mark in _INCLUDES.finditer(part)]
    at_work = [mark.span() for mark in _AT_WORK.finditer(part)]
    while_run = [mark.span() for mark in _MEANWHILE.finditer(part)]
    found = [f for f in found if not any(a <= f.start < b for a, b in included)]
    found = [f for f in found if f.group != "entity" or not _within_any(f, while_run)]
    found = [f for f in found if f.group not in _OF_FIRMS or not _within_any(f, at_work)]
    found = [f for f in found if not _is_of_a_parent(f, part, scope) and not _is_given(f, part)]
    found = [f for f in found if not is_of_others(f, part)]
    employers = [f for f in found if f.node.get("fact") == "employer_area"]
    found = [
        f
        for f in found
        if f.node.get("fact") != "registered_area"
        or not any(e.start <= f.start and f.end <= e.end for e in employers)
    ]
    held = [mark.span() for mark in _HOLDERS.finditer(part)]
    found = [
        replace(f, only_negated=False) if f.group == "benefit" and _within_any(f, held) else f
        for f in found
    ]
    spared = [mark.span() for mark in _BUT_FOR.finditer(part)]
    return [
        replace(f, node={"not": f.node}, group="spared") if _within_any(f, spared) else f
        for f in found
    ]


def _without_who_comes_first(part: str, told: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out who comes first: one piece, or all before …的，可优先入驻."""
    if told and part[: told[-1][0] - 1].endswith("的") and _FIRST.match(part, told[-1][0]):
        return []
    return [(a, b) for a, b in told if not _comes_first(part, a, b)]


def _cuts(part: str, found: Sequence[Finding]) -> list[tuple[int, int]]:
    """Return where the clauses of *part* stand; a bracket that eases a bound is one of them."""
    eased = {place for mark in _EASED.finditer(part) for place in (mark.start(), mark.end() - 1)}
    cuts, depth, start = [], 0, 0
    for place, sign in enumerate(part):
        depth += (sign in "（(") - (sign in "）)")
        ends = sign in "，,\n" or (sign == "、" and part[place - 1 : place] == "的")
        cut = place in eased or (ends and depth <= 0)
        if cut and not any(f.start <= place < f.end for f in found):
            cuts.append((start, place))
            start = place + 1
    cuts.append((start, len(part)))
    return [(a, b) for a, b in cuts if part[a:b].strip()]


def _comes_first(part: str, start: int, end: int) -> bool:
    """Whether a piece says who comes first, or for whom the next one says so: 无住房的，优先配租."""
    told = part[start:end]
    return bool(_PREFERS.search(told)) or (told.endswith("的") and part.startswith("优先", end + 1))


def _within_any(one: Finding, spans: Sequence[tuple[int, int]]) -> bool:
    return any(a <= one.start < b for a, b in spans)


def _is_of_a_parent(one: Finding, part: str, scope: Scope) -> bool:
    before = part[max(one.start - 6, 0) : one.start]
    kin = _KIN.search(before) if _facts(one) & _OF_A_CHILD else None
    if kin and not ("子女" in kin[0] and is_of_guardians(scope.whole)):
        return True
    return _facts(one) <= _OF_ONESELF and bool(_OF_PARENTS.match(part, one.end))


def _is_given(one: Finding, part: str) -> bool:
    """Whether a status is what is granted, not what is asked: 应当依法纳入特困人员供养范围."""
    if not _facts(one) <= _STATUSES:
        return False
    before = part[max(one.start - 8, 0) : one.start]
    inside = part[one.start : one.end].startswith("纳入")
    return bool(_GIVEN.search(f"{before}纳入" if inside else before))


def _facts(one: Finding) -> set[Any]:
    return {leaf.get("fact") for leaf in leaves_of(one.node)}


def _of_applicants(clause: Clause, scope: Scope) -> Clause:
    """Leave out what is said of a parent, and people whom a firm serves."""
    clause = replace(clause, found=of_an_employer(clause.text, clause.found))
    parent = _PARENT.match(clause.text)
    if parent and not ("子女" in parent[0] and is_of_guardians(scope.whole)):
        kept = tuple(f for f in clause.found if not _facts(f) & _OF_A_CHILD)
        return replace(clause, found=kept)
    if _SERVES.search(clause.text):
        kept = tuple(
            one
            for one in clause.found
            if one.group not in _OF_PEOPLE and not _facts(one) <= _OF_A_CHILD
        )
        return replace(clause, found=kept)
    return clause


def _clause(part: str, start: int, end: int, found: Sequence[Finding]) -> Clause:
    text = part[start:end]
    begin = start + len(text) - len(text.lstrip())
    mine = tuple(_grouped(f) for f in found if begin <= f.start < end)
    also = tuple(part for f in found for part in f.parts if begin <= part[0] < end)
    return Clause(text.strip(), begin, mine, also)


def _grouped(one: Finding) -> Finding:
    sexed = one.group == "age" and "'sex'" in str(one.node)
    return replace(one, group="sexed age") if sexed else one
