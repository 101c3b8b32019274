"""Whom a policy speaks to: people or firms, themselves or their wards."""

import re
from typing import Literal

from profiles.facts import vocabulary
from pusher.reading.grammar.joining import Node, all_of, leaves_of

_WARD = re.compile(r"婴幼儿|新生儿|随迁子女|适龄儿童")
_CHILD = re.compile(r"儿童|未成年人|孤儿|学生|子女")
_GUARDIAN = re.compile(r"监护人|父母")
_FIRM = re.compile(
    r"企业|个体工商户|合作社|家庭农场|经营主体|纳税人|用人单位|机构(?:给予|为)|民办非企业|法人|公司"
)
_ALSO_PEOPLE = re.compile(r"农户|自然人|个人(?!所得|独资)|种粮大户")
_PERSON = re.compile(
    r"居民|老年人|老人|儿童|人员|户籍|残疾人|个人|毕业生|家庭|农户|消费者|申请人|职工|退役|学生|婴幼儿|所有权人|青年"
)


def audience_of(rule: Node, text: str) -> Literal["resident", "enterprise", "both"]:
    """Tell people from firms: by whose facts the rule asks, else by who is named more often."""
    if any(_ALSO_PEOPLE.search(leaf.get("quote", "")) for leaf in _entities(rule)):
        return "both"
    if any(leaf.get("fact") == "new_hires" for leaf in _positive(rule)):
        return "enterprise"
    if _is_of_owners(rule):
        return "resident"
    kinds = {kind for leaf in _positive(rule) if (kind := _kind(leaf)) != "both"}
    if len(kinds) == 1:
        return "enterprise" if kinds == {"enterprise"} else "resident"
    if kinds and min(len(told) for told in _facts_by_kind(rule).values()) > 1:
        return "both"
    firms, persons = len(_FIRM.findall(text)), len(_PERSON.findall(text))
    if kinds and min(firms, persons) * 3 > max(firms, persons) * 2:
        return "both"
    return "enterprise" if firms > persons else "resident"


def _is_of_owners(rule: Node) -> bool:
    """Whether a rule asks for a person's own firm, and of firms only what such a firm may be."""
    asked = {leaf.get("fact") for leaf in _positive(rule)}
    firms = {leaf.get("fact") for leaf in _positive(rule) if _kind(leaf) == "enterprise"}
    return "businesses" in asked and firms <= {*_OF_THE_FIRM, "registration_status"}


def of_its_kind(rule: Node, audience: str) -> Node:
    """Drop exclusions of the other kind: 企业、单位采购不适用 shuts no resident out."""
    if audience not in ("resident", "enterprise"):
        return rule
    kept = [part for part in rule["all"] if not _is_of_the_other(part, audience)]
    if audience == "enterprise":
        kept = _of_the_hired(kept)
    if audience == "resident":
        kept = _of_the_owned(kept)
    return {"all": [_answerable(part, audience) for part in kept]}


def not_kept_of(rule: Node, audience: str) -> list[str]:
    """Return the clauses that shut out by what is kept of the other kind alone: staff see them.

    因骗取财政资金受过处罚的 is kept of firms; said of people, no register answers it.
    """
    if audience not in ("resident", "enterprise"):
        return []
    left_out = [part for part in rule["all"] if _is_of_the_other(part, audience)]
    told = [leaf for part in left_out for leaf in leaves_of(part)]
    return [leaf["quote"] for leaf in told if leaf.get("fact") in _DEEDS and leaf.get("quote")]


def _is_of_the_other(part: Node, audience: str) -> bool:
    """Whether *part* shuts out by facts of the other kind alone."""
    if "not" not in part:
        return False
    return not any(_kind(x) in (audience, "both") for x in leaves_of(part["not"]))


_DEEDS = frozenset({"adverse_events", "credit_records", "social_insurance_arrears"})
# What a text asks of the people whom a firm takes on, as fields of their record.
_HIRED = {
    "contract_months": "contract_months",
    "pension_months_continuous": "insured_months",
    "pension_months": "insured_months",
    "education_level": "education_level",
    "birth_date": "birth_date",
}


def _of_the_hired(parts: list[Node]) -> list[Node]:
    """Ask of the hired what stands beside 招用…: 签订1年以上劳动合同, 参保满6个月."""
    parts = [_within(part) for part in parts]
    told = [part for part in parts if _is_of_the_hired(part)]
    rest = [part for part in parts if part not in told]
    if not told or not any(_names_hired(part) for part in rest):
        return parts
    more = [field for part in told for field in _as_fields(part)]
    return [_with_fields(part, more) for part in rest]


def _within(node: Node) -> Node:
    """Ask of the hired what stands beside them in one way in."""
    if set(node) == {"any"}:
        return {"any": [_within(way) for way in node["any"]]}
    if set(node) == {"all"}:
        return all_of(_of_the_hired(node["all"]))
    return node


def _is_of_the_hired(part: Node) -> bool:
    """Whether a condition says no more than what those who are hired must be."""
    if part.get("fact") == "new_hires" and part.get("op") == "has":
        return "category" not in str(part["value"])
    return part.get("fact") in _HIRED


def _names_hired(node: Node) -> bool:
    return any(leaf.get("fact") == "new_hires" for leaf in _positive(node))


def _as_fields(part: Node) -> list[Node]:
    if part["fact"] == "new_hires":
        return list(part["value"]["all"])
    return [{"field": _HIRED[part["fact"]], "op": part["op"], "value": part["value"]}]


def _with_fields(node: Node, more: list[Node]) -> Node:
    """Ask *more* of every record of the hired that does not tell the field itself."""
    if "not" in node:
        return node
    for join in ("all", "any"):
        if join in node and "op" not in node:
            return {join: [_with_fields(part, more) for part in node[join]]}
    if (node.get("fact"), node.get("op")) != ("new_hires", "has"):
        return node
    asked = node["value"]["all"]
    known = {part.get("field") for part in asked}
    fields = [one for one in more if one["field"] not in known]
    return {**node, "value": {"all": [*asked, *fields]}}


_OF_THE_FIRM = {
    "established_on": "established_on",
    "size_class": "size_class",
    "registered_area": "registered_area",
    "business_area": "registered_area",
    "entity_type": "entity_type",
    "employees": "employees",
}
_KINDS = ("entity_type", "size_class")
_ACTIVE: Node = {"field": "operating", "op": "is", "value": True}


def _of_the_owned(parts: list[Node]) -> list[Node]:
    """Ask of a person's own firm what a text asks of a firm beside: 企业正常经营1年以上."""
    owned = [p for p in parts if (p.get("fact"), p.get("op")) == ("businesses", "has")]
    if not owned:
        return parts
    whole = next((p for p in owned if any(kind in str(p["value"]) for kind in _KINDS)), owned[0])
    theirs = [p for p in owned if p is not whole and not _tells_kind(p)]
    closed = [p for p in parts if _is_closed(p)]
    beside = [p for p in parts if p.get("fact") in _OF_THE_FIRM or _is_active(p)]
    more = [one for p in theirs for one in p["value"]["all"]]
    more += [_as_field(p) for p in beside] + [dict(_ACTIVE)] * bool(closed)
    known = {part.get("field") for part in whole["value"]["all"]}
    told = _tells_kind(whole)
    kept = [
        one
        for n, one in enumerate(more)
        if one not in more[:n]
        and (one.get("field") not in known or one.get("field") == "established_on")
        and not (told and one.get("field") in _KINDS)
        and one not in whole["value"]["all"]
    ]
    asked = {**whole, "value": {"all": [*whole["value"]["all"], *kept]}}
    return [asked if p is whole else p for p in parts if p not in (*theirs, *beside, *closed)]


def _tells_kind(record: Node) -> bool:
    return any(kind in str(record["value"]) for kind in _KINDS)


def _is_closed(part: Node) -> bool:
    """Whether a firm that no longer runs is shut out: 主体已停止经营的，不予扶持."""
    shut = part.get("not", {})
    asked = shut.get("value", {}).get("all") if shut.get("fact") == "businesses" else None
    return asked == [{**_ACTIVE, "value": False}]


def _is_active(part: Node) -> bool:
    return (part.get("fact"), part.get("value")) == ("registration_status", "active")


def _as_field(part: Node) -> Node:
    if _is_active(part):
        return dict(_ACTIVE)
    return {"field": _OF_THE_FIRM[part["fact"]], "op": part["op"], "value": part["value"]}


def _answerable(node: Node, audience: str) -> Node:
    """Leave to a person what is asked of the other kind: a firm's facts of a resident."""
    if "not" in node:
        return node
    for join in ("all", "any"):
        if join in node and "op" not in node:
            return {join: [_answerable(part, audience) for part in node[join]]}
    if _kind(node) in (audience, "both"):
        return node
    return {"fact": None, "op": "manual", "value": None, "quote": node.get("quote", "")}


def subject_of(rule: Node, text: str) -> Literal["self", "ward", "self_or_ward"]:
    """Tell whether a policy looks at its applicants or at their wards.

    Who is asked for a ward of some kind is the guardian.
    """
    if any(leaf.get("fact") == "wards" for leaf in leaves_of(rule)):
        return "self"
    if _WARD.search(text) and _GUARDIAN.search(text):
        return "ward"
    facts = {leaf.get("fact") for leaf in leaves_of(rule)}
    if (_CHILD.search(text) or "disability" in facts) and _GUARDIAN.search(text):
        return "self_or_ward"
    return "self"


def _facts_by_kind(rule: Node) -> dict[str, set[str]]:
    """Return the facts that are asked of people and of firms."""
    told: dict[str, set[str]] = {"resident": set(), "enterprise": set()}
    for one in _positive(rule):
        if _kind(one) in told:
            told[_kind(one)].add(one["fact"])
    return told


def _entities(rule: Node) -> list[Node]:
    return [leaf for leaf in _positive(rule) if leaf.get("fact") == "entity_type"]


def _kind(leaf: Node) -> str:
    fact = vocabulary().get(leaf.get("fact") or "")
    return fact.applies_to if fact else "both"


def _positive(node: Node) -> list[Node]:
    """Return the leaves that are asked, not those that shut out."""
    if "not" in node:
        return []
    for join in ("all", "any"):
        if join in node:
            return [leaf for part in node[join] for leaf in _positive(part)]
    return [node]
