"""Guardians and their wards: what a text asks of a child of whoever applies.

有未满18周岁子女的家庭 asks nothing of the applicant's own age. Where a text asks something of the
guardian as well (居住证 of a parent, 户籍 of a grandparent), what it asks of the child is a record of
`wards`; where it asks of the child alone, the child is the subject and its facts stand as they are.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from profiles.facts import vocabulary
from pusher.reading.counting import read_count
from pusher.reading.grammar.findings import Finding, field, has
from pusher.reading.grammar.joining import Node, all_of, any_of, bare, is_place, leaves_of
from pusher.reading.grammar.phrases.days import find_days

_CHILD = r"(?:子女|孩子|儿童|婴幼儿|幼儿|婴儿|新生儿|未成年人|学生|[二三多]孩)"
_GUARDIAN = r"(?:父母|父亲|母亲|监护人|家长|祖父母|外祖父母|照护人|抚养人)"
# 父母双方外出务工的儿童: said of the child
_NO_STATE = r"(?!双方|均|都|一方(?!或|、|和|作为)|任一方)"
# whom a text pays or takes applications from: guardians
_PAID = re.compile(
    rf"(?:对象|申请人|申领人|申报人|领取人|受益人|申请主体)(?:应当?|须|必须)?(?:为|是|系|：)[^。；：，]{{0,24}}{_GUARDIAN}{_NO_STATE}"
    rf"|(?:补贴|补助|津贴|资金|生活费|保障金|费用|款)[^。；：，]{{0,10}}(?:发给|发放给|发放至|支付给)[^。；：，]{{0,24}}{_GUARDIAN}{_NO_STATE}|由(?:其)?{_GUARDIAN}[^。；，]{{0,12}}(?:作为|担任|为)申请人"
    rf"|^[^。；：，]{{0,12}}{_GUARDIAN}(?:可以?|均可)(?:申请|申领|享受)"
)
# somebody has a child: 抚养有就读本科院校的子女, 家有3岁以下婴幼儿
_HAS_CHILD = re.compile(
    rf"(?:(?<![患持具享没所含设专拥])有|(?<!无人)(?<!受委托)抚养(?!儿童|人|的儿童)|养育|育有|监护(?!人|能力)|生育)(?!能力|义务|责任)[^。；]{{0,40}}?{_CHILD}"
)
_HIS_CHILD = re.compile(
    r"^(?:且|并且|其中)?(?:申请人|职工|本人)?(?:的|其|该|所监护的?|被照护的?)?(?:适龄|未成年|随迁|符合条件的|在读)*(?:子女|孩子)(?!均|都)|^(?:且)?其中至少[一1]名"
)
_HIS_CHILDREN = re.compile(
    r"(?:^|[，。；：\n）])(?:其|申请人(?:的)?)(?:适龄|未成年|随迁)?(?:子女|孩子)(?!均|都)"
)
_NAMED = re.compile(
    rf"(?P<guardian>{_CHILD}的(?:法定)?{_GUARDIAN}|{_GUARDIAN}|申请人|申领人|申报人|本人|夫妻|家庭(?!成员)|职工)|(?P<child>{_CHILD})"
)
_AT_LAST = re.compile(rf"的(?:适龄)?(?P<child>{_CHILD})$")
"""Whom a sentence names at its end alone: 不具有本市户籍、随父母居住的儿童."""
_EITHER = re.compile(
    rf"{_CHILD}(?:本人)?(?:或者?|、|和)(?:其)?(?:{_GUARDIAN}|申请人|申领人)|(?:{_GUARDIAN}|申请人|申领人)(?:一方|双方)?(?:或者?|、|和)(?:其)?{_CHILD}"
)
_OF_PARENTS = frozenset(
    {"father_state", "father_state_since", "mother_state", "mother_state_since"}
)
_CHILDRENS = _OF_PARENTS | {
    "school_stage", "school_full_time", "school_area", "school_kind", "child_category"
}  # fmt: skip
_OLDEST = 18
_YOUNG = re.compile(
    r"(?:(?<![患持具享没所含设专拥])有|抚养|养育)[^，。；]{0,8}?(?P<who>未成年(?:子女|孩子))"
)
_FIRST_BIRTH = "2005-01-01"
_ORDER = re.compile(
    r"第?(?P<count>[二三四2-4])(?:个|胎)?(?:孩|胎|个子女)(?P<more>(?:及|或)?以上)?(?!每|[^，。；]{0,8}\d)"
    r"|(?P<many>[两2二三3])个(?P<up>及?以上)(?:的)?(?:未成年)?(?:子女|孩子)"
)


def fields_of_wards() -> frozenset[str]:
    """Return the codes that a ward's record keeps."""
    return frozenset(one.code for one in vocabulary()["wards"].fields)


@lru_cache(maxsize=4)  # asked once for each sentence of a document
def is_of_guardians(whole: str) -> bool:
    """Whether a document pays guardians, or whoever has a child."""
    return any(one.search(whole) for one in (_PAID, _HAS_CHILD, _HIS_CHILDREN))


def is_of_child(leaf: Node) -> bool:
    """Whether a condition can be one of a child alone: its school, its parents, a young age."""
    return leaf.get("fact") in _CHILDRENS or _is_young(leaf)


def read_orders(text: str) -> Iterable[Finding]:
    """Find which child of a family a sentence speaks of: 第二孩, 三孩及以上, 未成年子女."""
    found = list(_ORDER.finditer(text))
    counts = sorted({read_count(mark["count"] or mark["many"]) or 0 for mark in found} - {0})
    if counts:
        more = any(mark["more"] or mark["up"] for mark in found)
        value: Any = counts[0] if more or len(counts) == 1 else counts
        op = "ge" if more else "eq" if len(counts) == 1 else "in"
        told = [field("birth_order", op, value), *_born(text, found[0].start())]
        yield Finding(found[0].start(), found[-1].end(), has("wards", *told), "ward")
    for mark in _YOUNG.finditer(text):
        yield Finding(
            mark.start("who"),
            mark.end(),
            has("wards", field("birth_date", "age_lt", _OLDEST)),
            "ward",
        )


def _born(text: str, at: int) -> list[dict[str, Any]]:
    """Return the day since which a child was born: 2025年1月1日以后生育二孩."""
    before = re.split("[，。；]", text[:at])[-1]
    days = [one for one in find_days(before) if one.kind == "date"]
    if not days or not re.search("生育|出生", before[days[-1].end :]):
        return []
    return [field("birth_date", days[-1].op, days[-1].value)]


def of_wards(rule: Node, whole: str) -> Node:
    """Ask of a guardian's ward what a text asks of children and not of who applies."""
    if not is_of_guardians(whole):
        return rule
    who = _Whose(whole, bool(_PAID.search(whole)))
    told = [leaf for leaf in leaves_of(rule) if leaf.get("fact")]
    also = any(not who.is_childs(one) for one in told if one["op"] != "manual")
    has_one = any(one["fact"] == "wards" or who.has_child(one) for one in told)
    return _without_outgrown(_asked(rule, who)) if also or has_one else rule


def _without_outgrown(rule: Node) -> Node:
    """Leave out that a child outgrows a benefit where its age is asked: 已满三周岁的，停发.

    Of who applies it would be true of everybody.
    """
    fields = [
        part
        for leaf in leaves_of(rule)
        if (leaf.get("fact"), leaf.get("op")) == ("wards", "has")
        for part in leaf["value"].get("all", ())
    ]
    tops = [p["value"] for p in fields if p.get("op") in ("age_lt", "age_le")]
    gone = [{"fact": "birth_date", "op": "age_ge", "value": age} for age in tops]
    kept = [part for part in rule.get("all", ()) if bare(part.get("not", {})) not in gone]
    return {"all": kept} if "all" in rule else rule


@dataclass(frozen=True, slots=True)
class _Whose:
    """Whose a condition is, by its fact and by whom its clause names.

    Attributes:
        whole: the text of the document.
        paid: whether the document pays guardians, so that what is told of children is of wards.
    """

    whole: str
    paid: bool

    def is_childs(self, leaf: Node) -> bool:
        """Whether a condition is one of a child."""
        fact, quote = leaf.get("fact"), leaf.get("quote", "")
        if fact == "wards":
            return True
        if fact not in fields_of_wards() or _EITHER.search(quote):
            return False
        if is_of_child(leaf):
            return self.paid or self.has_child(leaf)
        clause = self._clause(quote)
        if fact == "birth_date":
            return False
        if _HIS_CHILD.search(clause):
            return True
        return self.paid and self._names_a_child(clause)

    def has_child(self, leaf: Node) -> bool:
        """Whether a young age or a school stands where somebody is said to have a child."""
        clause = self._clause(leaf.get("quote", ""))
        return is_of_child(leaf) and bool(_HAS_CHILD.search(clause) or _HIS_CHILD.search(clause))

    def _clause(self, quote: str) -> str:
        """Return *quote* with its clause before it, whose subject it shares."""
        at = self.whole.find(quote) if quote else -1
        begin = max(
            (m.end() for m in re.finditer("[，。；：\n]", self.whole[: max(at, 0)])), default=0
        )
        return self.whole[begin : at + len(quote)] if at >= 0 else quote

    def _names_a_child(self, clause: str) -> bool:
        """Whether a clause, or the one before it where it names nobody, is of a child."""
        at = self.whole.find(clause)
        begin = max((m.end() for m in re.finditer("[。；\n]", self.whole[: max(at, 0)])), default=0)
        behind = re.split("[。；\n]", self.whole[max(at, 0) :], maxsplit=1)[0]
        named = (
            list(_NAMED.finditer(clause))
            or list(_NAMED.finditer(self.whole[begin : max(at, 0)]))[-1:]
            or list(_AT_LAST.finditer(behind))
        )
        return bool(named) and named[0].lastgroup == "child"


def _asked(node: Node, who: _Whose) -> Node:
    if "not" in node and not _is_elsewhere(node):
        return {"not": _asked(node["not"], who)}
    if _is_pure(node, who):
        return _ward(node)
    if "any" in node and "op" not in node:
        return any_of([_asked(part, who) for part in node["any"]])
    if "all" in node and "op" not in node:
        return {"all": _each(node["all"], who)}
    if _EITHER.search(node.get("quote", "")) and node.get("fact") in fields_of_wards():
        return any_of([_ward(node), node])
    return node


def _each(parts: list[Node], who: _Whose) -> list[Node]:
    """Ask what all of *parts* ask of a child of one child; of each way in where there are several.

    具有本区户籍的儿童: 留守儿童, 即…; 重点困境儿童, 即… asks for a ward of the first or of the second kind.
    """
    theirs = [
        part for part in parts if ("not" not in part or _is_elsewhere(part)) and _is_pure(part, who)
    ]
    rest = [part for part in parts if part not in theirs]
    ways = [part for part in (*theirs, *rest) if _is_rich(part, who)]
    if len(ways) == 1:
        shared = [part for part in theirs if part is not ways[0]]
        options = [_with(shared, way, who) for way in ways[0]["any"]]
        return [any_of(options), *(_asked(part, who) for part in rest if part is not ways[0])]
    ward = [_ward(all_of(theirs))] if theirs else []
    return [*ward, *(_asked(part, who) for part in rest)]


def _is_elsewhere(node: Node) -> bool:
    """Whether a child is asked to be of another place: 不具有济南市户籍的儿童; no exclusion of it."""
    return "not" in node and is_place(node["not"])


def _is_rich(node: Node, who: _Whose) -> bool:
    """Whether a condition offers several ways in, each of them of a child."""
    if "any" not in node or "op" in node:
        return False
    ways = [way["all"] if "all" in way and "op" not in way else [way] for way in node["any"]]
    told = [any(_is_pure(part, who) for part in way) for way in ways]
    return all(told) and any(_facts(way) - _OF_PARENTS for way in ways if len(way) > 1)


def _facts(parts: list[Node]) -> set[Any]:
    return {leaf.get("fact") for part in parts for leaf in leaves_of(part)}


def _with(shared: list[Node], way: Node, who: _Whose) -> Node:
    parts = way["all"] if "all" in way and "op" not in way else [way]
    theirs = [part for part in parts if "not" not in part and _is_pure(part, who)]
    rest = [_asked(part, who) for part in parts if part not in theirs]
    ward = _ward(all_of([*shared, *theirs]))
    return {"all": [ward, *rest]} if rest else ward


def _is_pure(node: Node, who: _Whose) -> bool:
    told = leaves_of(node)
    return bool(told) and all(who.is_childs(leaf) for leaf in told)


def _is_young(leaf: Node) -> bool:
    """Whether a birthday is a child's: 未满3周岁, 2020年8月31日以前出生."""
    if leaf["fact"] != "birth_date":
        return False
    value = leaf["value"]
    if isinstance(value, dict):
        value = value.get("age")
    if isinstance(value, list):
        value = value[0]
    if isinstance(value, str):
        return value >= _FIRST_BIRTH
    below = leaf["op"] in ("age_lt", "age_le")
    return isinstance(value, int) and (value <= _OLDEST if below else value < _OLDEST - 2)


def _ward(node: Node) -> Node:
    """Make a record of a ward of conditions over one."""
    quote = next((leaf.get("quote", "") for leaf in leaves_of(node)), "")
    told = list({str(part): part for part in _where(node)}.values())
    return {**has("wards", *told), "quote": quote}


def _where(node: Node) -> list[dict[str, Any]]:
    if "op" not in node and "all" in node:
        return [part for one in node["all"] for part in _where(one)]
    if "op" not in node and "any" in node:
        return [{"any": [_joined(_where(one)) for one in node["any"]]}]
    if "not" in node:
        return [{"not": _joined(_where(node["not"]))}]
    if node["fact"] == "wards":
        parts: list[dict[str, Any]] = node["value"]["all"]
        return parts
    return [field(node["fact"], node["op"], node["value"])]


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return parts[0] if len(parts) == 1 else {"all": parts}
