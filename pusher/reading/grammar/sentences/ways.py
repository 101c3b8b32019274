"""How what one clause says joins what the clauses before it said: ways in, one more of a list."""

import re
from typing import Any

from pusher.reading.grammar.joining import (
    Node,
    all_of,
    any_of,
    is_place,
    leaves_of,
)
from pusher.reading.grammar.sentences.clauses import Clause

_FIGURES = frozenset(
    {"ge", "gt", "le", "lt", "between", "years_ge", "months_ge", "age_ge", "ratio_ge"}
)
_BOUNDS = frozenset({"ge", "gt", "le", "lt"})
_NAMES_WHO = re.compile(r"(?:的|[人户者]|人员|企业|单位|机构|主体|家庭|对象|儿童|学生|青年|职工)$")


def restated_since(runs: list[list[Node]], begins: list[int], mine: list[list[Node]]) -> int | None:
    """Find the clause from which on *mine* states everything anew, for another kind of firm.

    批发业年营业收入须达到2000万元，零售业须达到500万元: each of them is one way in.
    """
    here = [x for run in mine for n in run for x in leaves_of(n)]
    told = {(x.get("fact"), x["op"]): x["value"] for x in here if x["op"] in _BOUNDS}
    facts = {x.get("fact") for x in here}
    since, anew = None, False
    for begin in reversed(begins):
        before = [x for run in runs[begin:since] for n in run for x in leaves_of(n)]
        if not before or not {x.get("fact") for x in before} <= facts:
            break
        since = begin
        anew = anew or any(
            told.get((x.get("fact"), x["op"]), x["value"]) != x["value"] for x in before
        )
    return since if anew else None


def offer(runs: list[list[Node]], mine: list[list[Node]], *, since: int) -> None:
    """Offer *mine* in place of what stands in *runs* from *since* on."""
    way = all_of([any_of(run) for run in mine])
    told = runs[since:]
    ways = told[0] if len(told) == 1 and len(told[0]) > 1 else [all_of([any_of(r) for r in told])]
    runs[since:] = [[*ways, way]]


def one_more(clause: Clause, before: str) -> bool:
    """Whether 以及 adds a figure to a figure (成立满2年，以及营业收入500万元以上), not people to people."""
    figures = all(x.get("op") in _FIGURES for one in clause.found for x in leaves_of(one.node))
    return clause.text.startswith("以及") and figures and not _NAMES_WHO.search(before)


def is_told_apart(clause: Clause, mine: list[list[Node]], runs: list[list[Node]]) -> bool:
    """Whether a clause states a figure anew for some: 其中生物医药企业成立不超过7年."""
    if not clause.text.startswith("其中"):
        return False
    here, before = ([x for run in part for n in run for x in leaves_of(n)] for part in (mine, runs))
    known = {(x.get("fact"), x.get("op")) for x in before}
    return all((x.get("fact"), x.get("op")) in known for x in here)


def relax(runs: list[list[Node]], way: Node) -> None:
    """Join 高新技术企业放宽至200万元 to the figure that it relaxes; its other bound stands."""
    facts = {leaf.get("fact") for leaf in leaves_of(way)}
    same = [run for run in runs if facts & {x.get("fact") for n in run for x in leaves_of(n)}]
    run = (same or runs)[-1]
    sides = {_side(leaf) for leaf in leaves_of(way)}
    pairs = [node["all"] for node in run if set(node) == {"all"}]
    kept = [
        leaf
        for pair in pairs
        if len({part.get("fact") for part in pair}) == 1
        for leaf in pair
        if leaf.get("fact") in facts and _side(leaf) not in sides
    ]
    run.append(all_of([*kept, way]))


def _side(leaf: Node) -> tuple[Any, str]:
    """Return the fact of a bound and on which side it lies: g or l, at the end of its operator."""
    return leaf.get("fact"), str(leaf.get("op"))[:-1]


def join_to_last(
    runs: list[list[Node]], mine: list[list[Node]], *, either: bool, since: int
) -> None:
    """Join a clause that begins with 或 or 以及 to what stands before it.

    或 offers a whole clause instead of the one before; 以及 lists one more kind of people.
    """
    way = all_of([any_of(run) for run in mine])
    before = [run for run in runs[since:] if not all(is_place(node) for node in run)]
    if not either or not before:
        runs[-1] += mine[0] if len(mine) == 1 else [way]
        return
    kept = [run for run in runs[since:] if run not in before]
    runs[since:] = [*kept, [all_of([any_of(run) for run in before]), way]]


def either_day(runs: list[list[Node]]) -> list[list[Node]]:
    """Take 毕业3年内的和2026届毕业生 for two ways of one fact: nobody must be of both."""
    kept: list[list[Node]] = []
    for run in runs:
        same = next((k for k in kept if _dates_of_one_fact(k, run)), None)
        if same is None:
            kept.append(run)
        else:
            same += run
    return kept


def _dates_of_one_fact(one: list[Node], other: list[Node]) -> bool:
    facts = {node.get("fact") for node in (*one, *other)}
    if facts == {"hardship_events"}:  # 因火灾，家庭成员突发重大疾病，或者…: one of them befell
        return True
    if facts == {"disability"}:  # 一级肢体残疾人，一级视力残疾人: of one kind or of the other
        kinds = [{str(kind) for node in run for kind in _kinds_told(node)} for run in (one, other)]
        return all(kinds) and not kinds[0] & kinds[1]
    ops = [{node.get("op") for node in run} for run in (one, other)]
    return facts == {"graduated_on"} and ops[0] != ops[1]


def _kinds_told(node: Node) -> list[Any]:
    """Return the kinds of disability that a condition names."""
    parts = node["value"].get("all", ()) if node.get("op") == "has" else ()
    return [kind for part in parts if part.get("field") == "type" for kind in part["value"]]
