"""What one clause says: neighbours of a list are alternatives, all else must all hold."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pusher.reading.grammar.findings import Finding
from pusher.reading.grammar.joining import Node, all_of, any_of, is_place, leaves_of
from pusher.reading.grammar.sentences.clauses import Clause

# 毕业5年内 is said of graduates alone, unlike an age or a place, which may be said of all
_OWN_TERMS = frozenset({"graduated_on", "unemployment_registered_on", "discharged_on"})
_OF_OWN_TERMS = _OWN_TERMS | {"employment_status", "veteran_type", "education_level"}
_FEWEST_KINDS = 3
_NEXT_PEOPLE = re.compile(
    r"(?:人员|毕业生|军人|士兵|居民|青年|对象|家庭|残疾人)(?:、|和|或者|或|以及|及)"
)
_OR = re.compile(
    r"(?:[、，和或及与“”\"\s]|或者|以及|成员|家庭|对象|人员|老年人|老人|之一|企业|单位|儿童|的|人|等|居民|群体)*"
)
_LISTS = re.compile(r"[、和或及与]")
_LISTED_THEN = re.compile(r"(?:以及|或者|和)[^，。；、]{1,14}的$")
_NAMED_EACH = re.compile(r"的[^，。；、]{1,7}(?:或者|或)")
_AGED_NOUN = re.compile(
    r"(?:以上)?(?:[）)]|(?:的)?(?:老年人|老人|居民|儿童|人员|学生|青年))(?:、|和|或|及|以及|或者)+(?:其他)?"
)
_EITHER = re.compile(r"[^，。；、]{0,8}(?:或者|或)[^，。；、]{0,4}")
_JOINS = ("和", "或", "或者", "以及", "及", "、", "，")
# Findings of one such group side by side are alternatives; so are nouns of one kind in a list.
_ALTERNATIVES = frozenset(
    {"status", "entity", "sexed age", "industry", "degree", "size", "benefit", "qualification",
     "type", "tax", "stage", "care", "parents", "veteran", "marriage", "supporters", "listing", "statistics", "work",
     "graduated"}
)  # fmt: skip
_FIRMS = frozenset({"tax", "entity", "size", "type", "qualification", "status", "ownership"})
_PEOPLE = frozenset(
    {
        "status",
        "veteran",
        "work",
        "stage",
        "ability",
        "order",
        "medical",
        "registered as unemployed",
    }
)
_MANUAL: Node = {"fact": None, "op": "manual", "value": None}
_ALSO_PEOPLE = re.compile(r"农户|自然人|个人(?!所得|独资)|种粮大户")
_UNTOLD = re.compile(r"、[^，。；、的（）]{2,12}(?:、|和|或|及|以及|或者)")


def joined(clause: Clause) -> Node | None:
    """Join all that a clause says into one condition; None where it says nothing."""
    runs = runs_of(clause, [f for f in clause.found if not f.only_negated])
    return all_of([any_of(run) for run in runs]) if runs else None


def runs_of(clause: Clause, kept: Sequence[Finding]) -> list[list[Node]]:
    """Join what one clause says: neighbours of a list are alternatives, all else must all hold."""
    if not kept:
        return []
    kinds = _kinds_of_people(clause, kept)
    kinds = kinds if len(kinds) > 1 else _listed_people(clause, kept)
    if len(kinds) > 1:
        return _each_kind(clause, kinds)
    runs: list[list[Node]] = [[kept[0].node]]
    each_named = False
    for last, one in pairwise(kept):
        between = clause.between(last, one)
        if between == "的" and each_named:
            # 毕业5年内的毕业生或者退役5年内的退役军人: the last words belong to the second
            runs[-1][-1] = all_of([runs[-1][-1], one.node])
            continue
        if between in ("中的", "中") and _of_one_fact(last, one):
            # 优抚对象中的烈士遗属: those alone of the wider kind
            runs[-1][-1] = one.node
            continue
        each_named = bool(_NAMED_EACH.match(between)) or (each_named and between == "的")
        if _alternative(last, one, between) and one.node.get("op") != "none":
            runs[-1].append(one.node)
        elif _same_kind(last, one) and _UNTOLD.fullmatch(between):
            # 小规模纳税人、某某企业和个体工商户: who was not understood is still one way in.
            runs[-1] += [{**_MANUAL, "quote": clause.text}, one.node]
        else:
            runs.append([one.node])
    if _ALSO_PEOPLE.search(clause.text):
        # 种粮农户、家庭农场和企业: people are one way in, and are no kind of entity.
        runs = [[*run, dict(_MANUAL)] if "entity_type" in str(run) else run for run in runs]
    return runs


def _of_one_fact(one: Finding, other: Finding) -> bool:
    facts = [{leaf.get("fact") for leaf in leaves_of(f.node)} for f in (one, other)]
    return facts[0] == facts[1] and len(facts[0]) == 1


def _kinds_of_people(clause: Clause, kept: Sequence[Finding]) -> list[list[Finding]]:
    """Part 70周岁以上独居老人、80周岁以上空巢老人 into its kinds: each begins with an age."""
    kinds: list[list[Finding]] = [[kept[0]]]
    for last, one in pairwise(kept):
        begins = one.group in ("age", "degree") and any(f.group == one.group for f in kinds[-1])
        if one.group == "degree":  # 本科不超过30周岁、硕士不超过35周岁
            begins = begins and any(f.group == "age" for f in kinds[-1])
        elif kept[0].group == "degree":
            begins = False
        if begins and _LISTS.search(clause.between(last, one)):
            kinds.append([])
        kinds[-1].append(one)
    return kinds


def _listed_people(clause: Clause, kept: Sequence[Finding]) -> list[list[Finding]]:
    """Part 毕业5年内的毕业生、登记失业半年以上人员、退役军人 at its marks: each term is of one kind."""
    marks = [mark.end() + clause.start for mark in _NEXT_PEOPLE.finditer(clause.text)]
    by_mark: dict[int, list[Finding]] = {}
    for one in kept:
        by_mark.setdefault(sum(mark <= one.start for mark in marks), []).append(one)
    kinds = list(by_mark.values())
    facts = [{leaf.get("fact") for f in kind for leaf in leaves_of(f.node)} for kind in kinds]
    termed = any(of & _OWN_TERMS and of <= _OF_OWN_TERMS for of in facts)
    ends = len(facts[-1]) == 1 or facts[-1] <= _OF_OWN_TERMS  # nothing more is said of them all
    return kinds if termed and ends and len(kinds) >= _FEWEST_KINDS else [list(kept)]


def _each_kind(clause: Clause, kinds: Sequence[Sequence[Finding]]) -> list[list[Node]]:
    places = [f.node for kind in kinds for f in kind if is_place(f.node)]
    rest = [[f for f in kind if not is_place(f.node)] for kind in kinds]
    ways = [all_of([any_of(run) for run in runs_of(clause, kind)]) for kind in rest if kind]
    return [*([place] for place in places), ways]


def _person_of_an_age(last: Finding, one: Finding, between: str) -> bool:
    """Whether a list begins with people of an age: 65周岁以上老年人、残疾人、退役军人."""
    aged = last.group in ("age", "sexed age") and one.group in _PEOPLE
    return aged and bool(_AGED_NOUN.fullmatch(between))


def _same_kind(last: Finding, one: Finding) -> bool:
    pair = {last.group, one.group}
    return pair <= _FIRMS or pair <= _PEOPLE


def _alternative(last: Finding, one: Finding, between: str) -> bool:
    listed = bool(_OR.fullmatch(between) and _LISTS.search(between))
    if last.group == one.group and one.group in _ALTERNATIVES:
        # 低保家庭的残疾人 is both, 低保家庭、残疾人 is either
        side_by_side = not between and one.group != "entity"
        if listed or side_by_side or between.endswith(_JOINS):
            return True
    if _person_of_an_age(last, one, between):
        return True
    if _same_kind(last, one) and _LISTED_THEN.search(between):
        return True
    return (listed and _same_kind(last, one)) or bool(_EITHER.fullmatch(between))
