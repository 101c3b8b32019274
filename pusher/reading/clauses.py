"""Conditions in one clause or sentence: what is asked, what is excluded, what nobody could read."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from pusher.reading.ages import ages_below, find_ages
from pusher.reading.areas import find_areas, find_firms_of
from pusher.reading.findings import Finding, without_overlaps
from pusher.reading.joining import Node, all_of, any_of, quoted, united
from pusher.reading.traits import find_figures, find_industries, find_traits

Said = tuple[str, list[Finding]]

_EXCLUDES = re.compile(
    r"不适用|不纳入|不予(?:支持|返还|受理|安排|认定|补贴|补助|发放|享受|兑现|奖励|资助|办理|批准|考虑)"
    r"|不(?:再|能|得|可)?(?:同时|重复)?享受|不(?:再)?(?:作为|列为|属于)[^，。；]{0,10}(?:对象|范围)|除外|不包括|不包含|不含"
    r"|不在[^，。；]{0,12}范围|暂停享受|暂停发放|不视为|不得(?:申请|申报|申领)"
)
_EXCLUDES_WHAT_FOLLOWS = re.compile(r"不包括|不包含|不含")
_HAS_NOT = re.compile(
    r"(?:且|并)?(?:未|没有|无|尚未)(?:曾)?(?:被)?(?:享受|领取|入住|列入|纳入)|不属于|无[^，。；]{0,6}(?:记录|失信)"
)
_CLAUSE = re.compile(r"(?:[^，,；;。\n、]|(?<!的)、)+")
_BRACKET = re.compile(r"[（(]([^（）()]{1,80})[）)]")

_MORE_ASKED = re.compile(
    r"首次|近[一二三四五两\d]{1,2}(?:年|个月)|连续|满[一二三四五六两\d]{1,2}个?(?:月|年)|新(?:入库|增|招用)|在库"
    r"|收入(?:低于|不超过|高于)|之后|以后|期间"
)
_LONGEST_SENTENCE = 1200
_TOGETHER = re.compile(r"且|同时(?!享受)|并(?!列)")

# Between two statuses: read as a list of alternatives.
_OR = re.compile(
    r"(?:[、和或及与“”\"\s]|或者|以及|成员|家庭|对象|人员|老年人|之一|企业|单位|儿童|的|人)*"
)
_ALTERNATIVE_GROUPS = frozenset(
    {"status", "entity", "sexed age", "industry", "degree", "size", "benefit"}
)
# Preferred, but not asked; and people whom a firm takes on, not those who apply.
_PREFERS = re.compile(r"优先")
_HIRES = re.compile(r"招用|吸纳|新招|聘用|雇用|安排[^，。；]{0,8}就业")
_INCLUDES = re.compile(r"[（(]含[^（）()]*[）)]")
_MANUAL: Node = {"fact": None, "op": "manual", "value": None}
_ALSO_PEOPLE = re.compile(r"农户|自然人|个人(?!所得|独资)")
_NOUNS_OF_FIRMS = frozenset({"tax", "entity", "size", "type"})
_LISTED = re.compile(r"、[^，。；、的]{2,12}(?:、|和|或|及|以及|或者)")
# 具有本市户籍或者持有居住证: two things of different kinds, either of which will do.
_EITHER = re.compile(r"[^，。；]{0,3}(?:或者|或)[^，。；]{0,3}")
_STARTS_WITH_OR = re.compile(r"(?:以及|或者?|和)")


@dataclass(slots=True)
class Reading:
    """What a piece of text asks and excludes.

    Attributes:
        asked: conditions that must hold.
        excluded: conditions that must not.
        unread: pieces that may ask something and were not understood.
        barred: pieces that certainly do: what an exclusion names, what a condition adds.
    """

    asked: list[Node] = field(default_factory=list)
    excluded: list[Node] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)

    def add(self, other: "Reading") -> None:
        """Take over everything that *other* read."""
        self.asked += other.asked
        self.excluded += other.excluded
        self.unread += other.unread
        self.barred += other.barred


@dataclass(frozen=True)
class Where:
    """What the reader of a sentence must know of the document around it."""

    whole: str
    area_code: str

    @cached_property
    def below(self) -> frozenset[int]:
        """The ages N of which the document says 未满N周岁: there N周岁以下 means the same."""
        return ages_below(self.whole)


def read_sentence(sentence: str, where: Where) -> Reading:
    """Read the conditions of one sentence; one without an end in sight is left to a person."""
    if len(sentence) > _LONGEST_SENTENCE:
        return Reading(barred=[sentence[:_LONGEST_SENTENCE]])
    reading = Reading()
    open_clauses: list[Said] = []
    for clause in _clauses(sentence):
        found = _find(clause, where)
        if not _EXCLUDES.search(clause):
            open_clauses.append((clause, found))
            continue
        inside, outside = _parted(clause, found)
        if not inside and not outside:
            _take_back(open_clauses, reading)
        _exclude(clause, inside, reading)
        if outside:
            open_clauses.append((clause, outside))
    for clause, node in _either(
        [(clause, _joined(clause, found)) for clause, found in open_clauses]
    ):
        _ask(clause, node, reading)
    reading.barred += [clause for clause, found in open_clauses if _says_more(clause, found)]
    return reading


def _says_more(clause: str, found: list[Finding]) -> bool:
    """Whether a clause that was read asks more than was read: 首次纳入, 近三年, 收入低于."""
    rest = list(clause)
    for one in found:
        rest[one.start : one.end] = " " * (one.end - one.start)
    return bool(found) and bool(_MORE_ASKED.search("".join(rest)))


def _either(clauses: list[tuple[str, Node | None]]) -> list[tuple[str, Node | None]]:
    """Join a clause that begins with 以及 or 或者 to the one before: either will do."""
    joined: list[tuple[str, Node | None]] = []
    for clause, node in clauses:
        before = joined[-1] if joined else ("", None)
        if node and before[1] and _STARTS_WITH_OR.match(clause):
            ways = any_of([quoted(before[1], before[0]), quoted(node, clause)])
            joined[-1] = (before[0], ways)
        else:
            joined.append((clause, node))
    return joined


def _clauses(sentence: str) -> list[str]:
    """Cut at commas outside brackets."""
    shielded = _BRACKET.sub(lambda mark: mark.group(0).replace("，", "\x00"), sentence)
    return [mark.group(0).replace("\x00", "，").strip() for mark in _CLAUSE.finditer(shielded)]


def _find(clause: str, where: Where) -> list[Finding]:
    found = [
        *find_ages(clause, below=where.below),
        *find_areas(clause, area_code=where.area_code),
        *find_traits(clause),
        *find_figures(clause),
        *find_industries(clause),
    ]
    if _PREFERS.search(clause):
        return []
    if not any(one.group == "area" for one in found):
        found += find_firms_of(clause, area_code=where.area_code)
    if _HIRES.search(clause):
        found = [one for one in found if one.group not in _OF_PEOPLE]
    included = [mark.span() for mark in _INCLUDES.finditer(clause)]
    return without_overlaps(
        [one for one in found if not any(a <= one.start < b for a, b in included)]
    )


_OF_PEOPLE = frozenset({"status", "work", "insurance", "age", "sexed age", "study", "degree"})


def _parted(clause: str, found: list[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Part what an excluding clause excludes from what it still asks.

    小微企业（不包括个体工商户）asks the first and excludes what follows 不包括.
    """
    bracket = next(
        (mark for mark in _BRACKET.finditer(clause) if _EXCLUDES.search(mark.group(1))), None
    )
    if bracket and not _EXCLUDES.search(_BRACKET.sub("", clause)):
        inside = [one for one in found if bracket.start() <= one.start < bracket.end()]
        return inside, [one for one in found if one not in inside]
    mark = _EXCLUDES_WHAT_FOLLOWS.search(clause)
    if not mark:
        return found, []
    inside = [one for one in found if one.start >= mark.end()]
    outside = [one for one in found if one.end <= mark.start() and not one.only_negated]
    # 零售业不包括互联网零售: the first is asked elsewhere, here it only names what is cut.
    return (inside, outside) if inside else (found, [])


def _take_back(open_clauses: list[Said], reading: Reading) -> None:
    """Turn the clauses that an exclusion closes (…的，不予支持) into exclusions."""
    first = True
    while open_clauses and (first or open_clauses[-1][0].endswith("的")):
        clause, found = open_clauses.pop()
        first = False
        _exclude(clause, found, reading)
        if not found:
            reading.barred.append(clause)


def _each(node: Node, clause: str) -> list[Node]:
    """Part what an exclusion lists: each shuts out by itself, unless 且 joins them."""
    return node["all"] if set(node) == {"all"} and not _TOGETHER.search(clause) else [node]


def _exclude(clause: str, found: list[Finding], reading: Reading) -> None:
    nodes = [one.node for one in found]
    if nodes and _TOGETHER.search(clause):
        nodes = [all_of(nodes)]
    reading.excluded += united([quoted(node, clause) for node in nodes])


def _ask(clause: str, node: Node | None, reading: Reading) -> None:
    if node is None:
        reading.unread.append(clause)
    elif _HAS_NOT.search(clause) and "quote" not in str(node.get("any", "")):
        reading.excluded += [quoted(part, clause) for part in _each(node, clause)]
    else:
        reading.asked.append(quoted(node, clause))


def _joined(clause: str, found: list[Finding]) -> Node | None:
    """Join what one clause says: neighbours of a list are alternatives, all else must all hold."""
    kept = [one for one in found if not one.only_negated or _HAS_NOT.search(clause)]
    if not kept:
        return None
    runs: list[list[Node]] = [[kept[0].node]]
    for last, one in pairwise(kept):
        between = clause[last.end : one.start]
        same = one.group == last.group and one.group in _ALTERNATIVE_GROUPS
        if (same and _OR.fullmatch(between)) or _EITHER.fullmatch(between):
            runs[-1].append(one.node)
        elif {one.group, last.group} <= _NOUNS_OF_FIRMS and _LISTED.fullmatch(between):
            # 小规模纳税人、小型微利企业和个体工商户: who was not understood is still one way in.
            runs[-1] += [_MANUAL, one.node]
        else:
            runs.append([one.node])
    if _ALSO_PEOPLE.search(clause):
        # 种粮农户、家庭农场和企业: people are one way in, and are no kind of entity.
        runs = [[*run, _MANUAL] if "entity_type" in str(run) else run for run in runs]
    return all_of([any_of(run) for run in runs])
