"""What one sentence asks and whom it shuts out: findings joined by commas, 或, 且, 不 and 除外."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from pusher.reading.grammar.findings import Finding, Scope
from pusher.reading.grammar.joining import (
    Node,
    all_of,
    any_of,
    leaves_of,
    one_record,
    quoted,
    rival,
)
from pusher.reading.grammar.sentences.clauses import Clause, clauses_of
from pusher.reading.grammar.sentences.roles import has_role
from pusher.reading.grammar.sentences.runs import runs_of
from pusher.reading.grammar.sentences.shutting import (
    EXCEPTS,
    STARTS_WITH_OR,
    Reading,
    excepts,
    exclude,
    is_withheld,
    judge_left,
    take_back,
)
from pusher.reading.grammar.sentences.ways import (
    either_day,
    is_told_apart,
    join_to_last,
    offer,
    one_more,
    relax,
    restated_since,
)
from pusher.reading.grammar.words import Words

LONGEST = 1200
"""Characters of a sentence; one without an end in sight is left to a person."""
_WHAT_FOLLOWS = re.compile(r"不包括|不包含|不含(?!税)")
_NOT = re.compile(
    r"(?:未(?!成年|来|婚|就业)|没有|尚未|从未)(?:曾)?(?:被)?(?:享受|领取|入住|列入|纳入|获得|参加|申请|取得|办理|就业|实现|承租|购买|欠缴|拖欠)?|不属于|无(?=\||[^，。；]{0,10}(?:记录|行为|失信|处罚|欠|逾期|违法|违规|事故|住房|房产|贷款|名单))|不符合(?=[^，。；]{0,4}[|])|不存在|不得(?:有|存在|为|正在|(?=\|))|不(?=\|)|不处于|非(?!法|常|遗|公|物)|不是"
)
# 未裁员或者裁员率不高于5.5%: what is denied ends before 或者
_OR_ELSE = re.compile(r"^[^，。；、的]{2,6}(?:或者|或)")
_DENIED = re.compile(r"未|无|没有|不存在|不得")
_LISTED = re.compile(r"(?:、|和|或者?|及|以及)(?:被|有|存在)?")
_BRACKET = re.compile(r"[（(]([^（）()]{1,80})[）)]")
# 其中低保老年人由政府全额补助: how much, not for whom
_TIER = re.compile(r"^其中[^，。；]{2,30}(?:由政府|由财政|全额|按\d|每[人餐月年]|提高到|补助|减免)")
_MANUAL: Node = {"fact": None, "op": "manual", "value": None}
# 单身申请人应年满30周岁: nothing is asked of couples
_OF_THE_SINGLE = re.compile(
    r"(?:单身|未婚|离异|离婚|丧偶)(?:的)?(?:申请人|居民|人员|人士|职工)?[应须需]"
)
# 单身居民独立申请的，还应年满30周岁: asked of the single alone
_SINGLE_APPLIES = re.compile(
    r"(?:单身|未婚|离异|离婚|丧偶)(?:的)?(?:申请人|居民|人员|人士|职工)?(?:单独|独立|个人)?申请的$"
)
_SHORTEST_QUOTE = 4
_NAMES_WHO = re.compile(r"(?:的|[人户者]|人员|企业|单位|机构|主体|家庭|对象|儿童|学生|青年|职工)$")
_WHO_THEY_ARE = frozenset(
    {"qualifications", "business_types", "ownership", "entity_type", "size_class", "industry"}
)
_EASIER = re.compile(
    r"放宽|(?:降低?|下调|调低|(?:要求|门槛|标准|条件|下限)(?:相应)?调整)(?:至|到|为)"
)
_TWICE = re.compile(r"不(?:予|再|得|能|可)?(?:再次|重复)")
# 除残疾军人外，年龄不超过80周岁: of whom the next clause asks nothing
_EXCEPT_FOR = re.compile(
    r"(?:[^，。；：]{2,8}：)?除(?!了|上述|前述|前款|符合|满足|此|提交|应)[^，。；]{2,40}(?:[以之]外|外)$"
)
_BARELY = re.compile(
    r"(?:一律|均|将|应|则|原则上|暂|可|都|也|视为|期间)?(?:不|暂停|暂缓|停止|终止|停发|取消|谢绝|请勿|禁止|限制申|无法|丧失|除外|予以剔除|予以排除|无权|应予退出|应当退出)|.{0,10}不受"
)


def read_sentence(
    sentence: str, scope: Scope, words: Words, *, term: str | None = None, shuts: bool = False
) -> Reading:
    """Read the conditions of one sentence, part by part between semicolons.

    Args:
        term: a word that the sentence defines, which therefore means nothing in it yet.
        shuts: whether whoever the sentence names is shut out, as in a list of exclusions.
    """
    reading = Reading()
    for part in re.split(r"[；;]", sentence):
        if len(part) > LONGEST:
            reading.unread.append(part[:LONGEST])
        elif part.strip():
            asked, reading.asked = reading.asked, []
            _read_part(part.strip(), scope, words, reading, term=term, shuts=shuts)
            reading.asked = _ways_or_all(asked, reading.asked)
    return reading


def _ways_or_all(before: list[Node], here: list[Node]) -> list[Node]:
    """Join two parts: both are asked, unless they state one figure differently (…；30人以下的…)."""
    if before and here and rival(all_of(before), all_of(here)):
        return [any_of([all_of(before), all_of(here)])]
    return [*before, *here]


def _read_part(
    part: str, scope: Scope, words: Words, into: Reading, *, term: str | None, shuts: bool
) -> None:
    open_clauses: list[Clause] = []
    for clause in clauses_of(part, scope, words, term=term):
        if shuts and not into.excluded and EXCEPTS.search(clause.text):
            _shut(open_clauses, into)
            open_clauses = []
        if EXCEPTS.search(clause.text) and excepts(clause, open_clauses, into):
            open_clauses = []
            continue
        if not (has_role(clause.text, "excludes") or _gives_no_more(part, clause)):
            open_clauses.append(clause)
            continue
        listed = clause.text.startswith("以及")
        while open_clauses and (
            _listed_with(part, open_clauses[-1])
            or (listed and _NAMES_WHO.search(open_clauses[-1].text))
        ):
            # 项目未备案的、发生过事故的企业不予奖励: each of them is shut out
            beside = open_clauses.pop()
            exclude(beside, beside.found, into)
            judge_left(beside, into)
        inside, outside = _parted(clause)
        if not outside and all(is_withheld(clause, one) for one in inside):
            take_back(open_clauses, into, all_of_it=bool(_BARELY.match(clause.text)))
        exclude(clause, inside, into)
        judge_left(clause, into)
        if outside:
            open_clauses.append(replace(clause, found=outside))
    if shuts:
        _shut(open_clauses, into)
    else:
        _ask(part, open_clauses, into)


def _shut(clauses: Sequence[Clause], into: Reading) -> None:
    """Shut out whoever each of *clauses* names."""
    for clause in clauses:
        exclude(clause, clause.found, into)
        judge_left(clause, into)


def _gives_no_more(part: str, clause: Clause) -> bool:
    """Whether a clause says that nothing is given twice to those before it who have had it."""
    end = clause.start + len(clause.text)
    return bool(_TWICE.search(clause.text)) and has_role(part[:end], "excludes")


def _listed_with(part: str, clause: Clause) -> bool:
    """Whether what follows *clause* is one more of those whom it names: 央企及其分公司，国企不享受."""
    if clause.text.endswith(("及其分公司", "及其分支机构")):
        return True
    end = clause.start + len(clause.text)
    return clause.text.endswith("的") and part[end : end + 1] == "、"


def _parted(clause: Clause) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Part what an excluding clause excludes from what it still asks.

    小微企业（不包括个体工商户）asks the first and excludes what follows 不包括.
    """
    bracket = next(
        (m for m in _BRACKET.finditer(clause.text) if has_role(m.group(1), "excludes")), None
    )
    if bracket and not has_role(_BRACKET.sub("", clause.text), "excludes"):
        inside = tuple(
            f for f in clause.found if bracket.start() <= f.start - clause.start < bracket.end()
        )
        return inside, tuple(f for f in clause.found if f not in inside)
    mark = _WHAT_FOLLOWS.search(clause.text)
    if not mark:
        return clause.found, ()
    inside = clause.behind(mark.end())
    outside = tuple(f for f in clause.before(mark.start()) if not f.only_negated)
    return (inside, outside) if inside else (clause.found, ())


@dataclass(slots=True)
class _Asked:
    """What the clauses of a sentence ask so far, clause by clause.

    Attributes:
        runs: conditions that must all hold, each a run of alternatives.
        begun: where in *runs* the last clause begins; begins: where each clause does.
        last, this: the words of the clause before, and of this one.
        free: those whom 除…外 lets pass; bound: those of whom alone something is asked.
    """

    runs: list[list[Node]] = field(default_factory=list)
    begun: int = 0
    begins: list[int] = field(default_factory=list)
    last: str = ""
    this: str = ""
    free: list[Node] = field(default_factory=list)
    bound: list[Node] = field(default_factory=list)


def _ask(part: str, opened: list[Clause], into: Reading) -> None:
    """Ask what the open clauses say; 以及 and 或者 join a clause to the last words before it."""
    so_far = _Asked()
    for clause in _listed_industries(part, opened):
        so_far.last, so_far.this = so_far.this, clause.text
        judge_left(clause, into)
        clause, mine = _own(clause, into)
        held = _of_whom(clause, mine, so_far)
        if held is not None:
            _join(clause, held, so_far, into)
    into.asked += [any_of(one_record(run)) for run in either_day(so_far.runs)]


def _own(clause: Clause, into: Reading) -> tuple[Clause, list[list[Node]]]:
    """Shut out whom a clause bars; return it with what it asks by itself."""
    clause, entries = _apart(clause)
    asked, barred = _denied(clause)
    barred = (*barred, *entries)
    asked, barred = _as_false(asked, barred)
    if barred:
        exclude(clause, barred, into, denied=True)
    mine = [
        [quoted(n, _quote(clause, n, asked, alone=len(run) == 1)) for n in run]
        for run in runs_of(clause, asked)
    ]
    if _OF_THE_SINGLE.match(clause.text) and len(mine) > 1:
        mine = [[{"not": any_of(mine[0])}, all_of([any_of(run) for run in mine[1:]])]]
    return clause, mine


def _of_whom(clause: Clause, mine: list[list[Node]], so_far: _Asked) -> list[list[Node]] | None:
    """Ask *mine* of those alone whom a clause before names; None where this one names them."""
    if _SINGLE_APPLIES.match(clause.text) and len(mine) == 1:
        so_far.bound = [{"not": any_of(mine[0])}]
        return None
    if so_far.bound and mine:
        mine = [[*so_far.bound, all_of([any_of(run) for run in mine])]]
        so_far.bound = []
    if _EXCEPT_FOR.match(clause.text):
        so_far.free = [all_of([any_of(run) for run in mine])] if mine else []
        return None
    if so_far.free and mine and not clause.text.startswith(("还", "也", "另", "均")):
        mine = [[*so_far.free, all_of([any_of(run) for run in mine])]]
    so_far.free = []
    return mine


def _join(clause: Clause, mine: list[list[Node]], so_far: _Asked, into: Reading) -> None:
    """Join what a clause asks to what was asked before: one way more, or one thing more."""
    runs = so_far.runs
    apart = is_told_apart(clause, mine, runs)
    if runs and _TIER.search(clause.text) and "放宽" not in clause.text and not apart:
        return
    if mine and runs and (_EASIER.search(clause.text) or apart):
        mine += _taken_for(clause, so_far.last, runs, so_far.begins)
        unread = into.unread[-1:] == [clause.text] and [{**_MANUAL, "quote": clause.text}]
        relax(runs, all_of([*(any_of(run) for run in mine), *(unread or [])]))
    elif mine and runs and STARTS_WITH_OR.match(clause.text) and not one_more(clause, so_far.last):
        join_to_last(runs, mine, either=clause.text.startswith("或"), since=so_far.begun)
    elif (since := restated_since(runs, so_far.begins, mine)) is not None:
        offer(runs, mine, since=since)
        so_far.begins = [b for b in so_far.begins if b <= since]
    else:
        so_far.begun = len(runs)
        so_far.begins.append(so_far.begun)
        runs += mine


def _taken_for(
    clause: Clause, last: str, runs: list[list[Node]], begins: list[int]
) -> list[list[Node]]:
    """Take back the clause that says for whom a bound is easier: 属于民营控股的，增速放宽至8%."""
    figures = all(one.group == "figure" for one in clause.found)
    if not figures or len(begins) < 2:
        return []
    who = runs[begins[-1] :]
    facts = {leaf["fact"] for run in who for node in run for leaf in leaves_of(node)}
    if not facts or not (_NAMES_WHO.search(last) or facts <= _WHO_THEY_ARE):
        return []
    del runs[begins.pop() :]
    return [one_record(run) for run in who]


def _as_false(
    asked: tuple[Finding, ...], barred: tuple[Finding, ...]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Ask for no what is denied and is yes or no: 无当前逾期 asks that nothing is overdue."""
    plain = tuple(f for f in barred if (f.node.get("op"), f.node.get("value")) == ("is", True))
    said = tuple(replace(f, node={**f.node, "value": False}, only_negated=False) for f in plain)
    return (*asked, *said), tuple(f for f in barred if f not in plain)


def _listed_industries(part: str, opened: list[Clause]) -> list[Clause]:
    """Take clauses that only name industries for one: commas part names of several words."""
    taken: list[Clause] = []
    for clause in opened:
        before = taken[-1] if taken else None
        if before and _all_industries(before) and clause.found[:1] and _all_industries(clause):
            text = part[before.start : clause.start + len(clause.text)]
            taken[-1] = Clause(text, before.start, (*before.found, *clause.found))
        else:
            taken.append(clause)
    return taken


def _all_industries(clause: Clause) -> bool:
    return bool(clause.found) and all(one.group == "industry" for one in clause.found)


def _quote(clause: Clause, node: Node, asked: Sequence[Finding], *, alone: bool) -> str:
    """Return the words that say *node*: of a definition, of its piece of a list, of its clause."""
    found = next((f for f in asked if f.node == node), None)
    if found is None or not alone:
        return found.quote if found and found.quote else clause.text
    return found.quote or _piece(clause.text, found.start - clause.start, found.end - clause.start)


def _piece(text: str, start: int, end: int) -> str:
    """Return what stands between the 、 around a place, the whole where brackets would break."""
    right = text.find("、", end)
    piece = text[text.rfind("、", 0, start) + 1 : right if right >= 0 else len(text)].strip()
    whole = piece.count("（") == piece.count("）")
    return piece if whole and len(piece) >= _SHORTEST_QUOTE else text


def _is_said(mark: re.Match[str], clause: Clause) -> bool:
    """Whether the finding behind a negation says it itself: 非济南市户籍."""
    behind = (f for f in clause.found if f.start - clause.start == mark.end())
    return any("not" in one.node for one in behind)


def _apart(clause: Clause) -> tuple[Clause, tuple[Finding, ...]]:
    """Take out of a clause what nobody is asked to be: on a list, or what is denied with an event.

    无欠薪行为、欠缴社会保险费 denies both.
    """
    entries = [f for f in clause.found if f.group == "record" and f.node["op"] == "none"]
    for last, one in pairwise(clause.found):
        denied = last.group == "event" and _DENIED.match(clause.text, last.start - clause.start)
        if one.only_negated and denied and _LISTED.fullmatch(clause.between(last, one)):
            entries.append(one)
    kept = tuple(f for f in clause.found if f not in entries)
    return replace(clause, found=kept), tuple(entries)


def _denied(clause: Clause) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Part what a clause asks from what it denies: 未享受…, 不属于…, 无…记录."""
    rest = list(clause.text)
    for one in clause.found:
        start, end = one.start - clause.start, one.end - clause.start
        closes = rest[end - 1 : end] == ["的"]  # 未列入失信名单的|旅行社
        rest[start:end] = "|" * (end - start - closes) + "的" * closes
    mark = next((m for m in _NOT.finditer("".join(rest)) if not _is_said(m, clause)), None)
    if not mark:
        return tuple(f for f in clause.found if not f.only_negated), ()
    first = next((f for f in clause.found if f.start - clause.start >= mark.end()), None)
    if first and _OR_ELSE.search(clause.text[mark.end() : first.start - clause.start]):
        return tuple(f for f in clause.found if not f.only_negated), ()
    before = tuple(f for f in clause.before(mark.start()) if not f.only_negated)
    behind = clause.behind(mark.start())
    # 未享受补贴的小微企业: what stands behind 的 is who they are
    ends = "".join(rest).find("的", mark.end())
    noun = clause.behind(ends) if ends >= 0 else ()
    denied = tuple(
        f for f in behind if f.node.get("op") != "none" and "not" not in f.node and f not in noun
    )
    return (*before, *(f for f in behind if f not in denied)), denied
