"""Whom a clause shuts out: …的不予支持, 不属于…, …除外 and those whom an exception lets pass."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pusher.reading.grammar.findings import Finding
from pusher.reading.grammar.joining import (
    Node,
    all_of,
    any_of,
    is_place,
    leaves_of,
    one_record,
    quoted,
    united,
)
from pusher.reading.grammar.sentences.clauses import Clause
from pusher.reading.grammar.sentences.residue import Left, left_of
from pusher.reading.grammar.sentences.roles import has_role
from pusher.reading.grammar.sentences.runs import joined

_KINDS_OF_FIRMS = frozenset({"type", "entity", "size", "qualification", "ownership"})
_PEOPLE_NAMED = frozenset(
    {"status", "work", "veteran", "stage", "employer", "industry", *_KINDS_OF_FIRMS}
)
_DONE_TO = re.compile(r"(?:，)?(?:已|未|曾|因|被|由|有(?!限)|没有|无|(?:企业)?(?:贷款|资金)用于)")
_SHORTEST_DEED = 5
_UNMET = re.compile(
    r"(?:未|没有|尚未|不具[备有]|不符合)(?:按规定|依法)?(?:取得|获得|参加|办理|签订|完成|领取|享受)?$"
)
_SAID_OF = re.compile(
    r"(?:存在|发生|出现|有(?!限)|被|因|近|上年|曾|未|违反|拖欠|欠缴|弄虚|骗取|挂牌|上市)"
)
_RESULT = re.compile(
    r"(?:应当?|须|可)?(?:依法|先行?|按规定|及时)?(?:补缴|补齐|整改|纳入|按照?|享受|执行|由|每[人户份家次]|自愿)"
)
EXCEPTS = re.compile(
    r"的?除外|不受(?:前述|上述|前款|前列|本条|此)[^，。；]{0,10}限制|不受(?:此|其)?影响"
)
_TOGETHER = re.compile(r"且|同时(?!享受)|并(?!列)")
_OF_BOTH = re.compile(r"^(?:(?!以及|或|、|和).)*的$")
_WITHHELD = re.compile(
    r"不(?:再|得|能)?(?:同时|重复)?享受|不予(?:发放|享受|补贴|补助)|不(?:得)?重复|暂停(?:享受|发放)|不(?:再)?发放|不适用"
)
_HAD = re.compile(r"(?:已|正在|曾|已经)(?:经)?(?:享受|领取|获得|纳入|享有)(?!研发)")
"""What somebody has had already is kept in registers, whatever it is called."""
_CLOSES = re.compile(
    r"的(?:单位|企业|主体|机构|人员|个人|家庭|申请人|居民|老年人|经营者|学生|职工|法人|商户|商家|项目){0,2}$|者$"
)
"""How a clause ends that names somebody: …的，不予支持; …的单位，取消资格."""
# 仅完成备案、尚未挂牌的企业: who has less than is asked is not shut out by having it
_NO_FURTHER = re.compile(r"^(?:仅|只)[^，。；]{2,20}(?:、|且|但|而)?(?:尚未|并非|没有|还未|未)")
STARTS_WITH_OR = re.compile(r"(?:以及|或者?|和|也可(?:以)?[是为])")


@dataclass(slots=True)
class Reading:
    """What a piece of text asks and excludes.

    Attributes:
        asked: conditions that must hold.
        excluded: conditions that must not.
        unread: clauses that ask something that was not read.
        checks: clauses that no register answers; they decide nothing.
    """

    asked: list[Node] = field(default_factory=list)
    excluded: list[Node] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)

    def add(self, other: "Reading") -> None:
        """Take over everything that *other* read."""
        self.asked += other.asked
        self.excluded += other.excluded
        self.unread += other.unread
        self.checks += other.checks


def excepts(clause: Clause, opened: list[Clause], into: Reading) -> bool:
    """Leave the last exclusions open for whom the clause lets pass: 已移出名单的除外.

    Returns:
        False where nothing was shut out before: then the clause itself shuts out.
    """
    lets_pass = "限制" in (EXCEPTS.search(clause.text) or [""])[0]
    if not into.excluded:
        return False
    passing = [*opened, clause]
    nodes = [joined(one) for one in passing if one.found]
    kept = [quoted(node, one.text) for one, node in zip(
        [p for p in passing if p.found], nodes, strict=True) if node]  # fmt: skip
    for one in passing:
        judge_left(one, into)
    shut = {leaf.get("fact") for node in into.excluded for leaf in leaves_of(node)}
    kept = [_beside(node, shut) for node in kept]
    if kept:
        passed: Node = {"not": all_of(kept)}
        into.excluded[:] = [{"all": [node, passed]} for node in into.excluded]
    return bool(kept) or lets_pass or bool(opened or not clause.found)


def _beside(node: Node, shut: set[object]) -> Node:
    """Leave out of an exception what the exclusion says already: 金融业中的担保机构."""
    parts = node["all"] if set(node) == {"all"} else [node]
    rest = [part for part in parts if part.get("fact") not in shut]
    return all_of(rest) if rest else node


def take_back(opened: list[Clause], into: Reading, *, all_of_it: bool) -> None:
    """Turn the clauses that an exclusion closes (…的，不予支持) into exclusions."""
    goes_on = all_of_it
    while len(opened) > 1 and not opened[-1].found and _RESULT.match(opened[-1].text):
        opened.pop()  # 未满16周岁的，纳入孤儿保障，不再纳入特困供养
    while opened and (goes_on or _CLOSES.search(opened[-1].text)):
        clause = opened.pop()
        goes_on = bool(STARTS_WITH_OR.match(clause.text))
        about = [clause]
        while opened and not goes_on and _says_of_whom(opened[-1], clause):
            about.insert(0, opened.pop())
        _exclude_both(about, into)


_FAULTS = frozenset(
    {"credit_records", "adverse_events", "social_insurance_arrears", "loan_overdue",
     "registration_status"}
)  # fmt: skip


def _says_of_whom(before: Clause, clause: Clause) -> bool:
    """Whether *before* names those of whom *clause* goes on: 80周岁以上的老人，与子女同住的，不予…"""
    facts = [
        {leaf["fact"] for f in c.found for leaf in leaves_of(f.node)} for c in (before, clause)
    ]
    if (
        not facts[0]
        or all(is_place(f.node) for f in before.found)
        or before.text.endswith(("的", "者"))
    ):
        return False
    listed = all(of and of <= _FAULTS for of in facts)
    return clause.text.endswith("的") and not listed and not has_role(before.text, "asks")


def _exclude_both(clauses: Sequence[Clause], into: Reading) -> None:
    """Shut out those of whom all of *clauses* hold."""
    told: list[Node] = []
    for clause in clauses:
        part = Reading()
        exclude(clause, clause.found, part)
        judge_left(clause, part)
        into.unread += part.unread
        into.checks += part.checks
        if len(clauses) == 1:
            into.excluded += part.excluded
        elif part.excluded:
            told.append(any_of(part.excluded))
        elif part.unread:
            told.append({"fact": None, "op": "manual", "value": None, "quote": clause.text})
    if told:
        into.excluded.append(all_of(told))


def exclude(
    clause: Clause, found: Sequence[Finding], into: Reading, *, denied: bool = False
) -> None:
    """Shut out whoever one finding names; whoever all of them name where 且 joins them.

    Args:
        denied: whether the clause asks that it be not so (未入住养老机构的老年人); a 未 before a
            finding is then read already.
    """
    if _NO_FURTHER.match(clause.text):
        return
    named = [one for one in found if not is_withheld(clause, one)]
    if len(named) == 1 and _is_said_unread(clause, named[0]):
        manual = {"fact": None, "op": "manual", "value": None}
        into.excluded.append(quoted(all_of([_positive(named[0].node), manual]), clause.text))
        return
    nodes = [_positive(one.node) if denied else _met(clause, one) for one in named]
    if _is_subject(clause, named):
        first, *nodes = nodes
        if named[0].group != "type":  # 托育机构 is whom all of the text is about
            pairs = [all_of([first, node]) for node in nodes]
            into.excluded += [quoted(pair, clause.text) for pair in pairs]
            return
    if len(named) > 1 and clause.between(*named[:2]).startswith("中"):
        # 商务服务业中的小额贷款公司: those alone of the whole industry
        nodes = [all_of([nodes[0], node]) for node in nodes[1:]]
    elif nodes and _TOGETHER.search(clause.text):
        nodes = [all_of(united(nodes))]
    elif len(named) > 1 and _OF_BOTH.search(clause.between(*named[-2:])):
        # 享受孤儿保障的残疾儿童不享受: the children who are both
        nodes = [all_of([node, nodes[-1]]) for node in nodes[:-1]]
    parts = [part for node in nodes for part in _each(node, clause.text)]
    into.excluded += one_record(united([quoted(part, clause.text) for part in parts]))


def _met(clause: Clause, one: Finding) -> Node:
    """Turn 未参加医保的，不予… around: who is shut out is who does not."""
    before = clause.text[: max(one.start - clause.start, 0)]
    node = _positive(one.node)
    unmet = _UNMET.search(before) and node is one.node and not one.only_negated
    return {"not": node} if unmet and "not" not in node else node


def _is_said_unread(clause: Clause, one: Finding) -> bool:
    """Whether a clause says something unread of whom it names: 退休人员已由原单位补助的."""
    rest = clause.text[one.end - clause.start :]
    told = one.group in _PEOPLE_NAMED and bool(_DONE_TO.match(rest))
    unread = left_of(clause.text, [one], at=clause.start) is Left.UNREAD
    return told and (unread or (one.group in ("status", "industry") and len(rest) > _SHORTEST_DEED))


def _is_subject(clause: Clause, named: Sequence[Finding]) -> bool:
    """Whether a clause begins with those of whom it says something: 托育机构存在事故的."""
    first = named[0] if named else None
    if first is None or first.group not in _KINDS_OF_FIRMS or first.start != clause.start:
        return False
    return bool(_SAID_OF.match(clause.text, first.end - clause.start))


def is_withheld(clause: Clause, one: Finding) -> bool:
    """Whether a clause says that just this is withheld: 不享受长期护理保险待遇."""
    mark = _WITHHELD.search(clause.text)
    if mark is None or not one.only_negated:
        return False
    return one.start - clause.start >= mark.start()


def _positive(node: Node) -> Node:
    """Turn 近三年无… inside an exclusion into what it shuts out."""
    return {**node, "op": "has"} if node.get("op") == "none" else node


def _each(node: Node, clause: str) -> list[Node]:
    listed = set(node) == {"all"} and not _TOGETHER.search(clause) and "的" not in clause[:-1]
    return node["all"] if listed else [node]


def judge_left(clause: Clause, into: Reading) -> None:
    withheld = _WITHHELD.search(clause.text)
    text = clause.text[: withheld.start()] if withheld else clause.text
    left = left_of(text, clause.found, at=clause.start, also=clause.also)
    if left is not Left.UNREAD and not (clause.found or clause.also) and _HAD.search(text):
        left = Left.UNREAD
    if left is Left.UNREAD:
        into.unread.append(clause.text)
    elif left is Left.ACT and len(clause.text) > 4:
        into.checks.append(clause.text)
