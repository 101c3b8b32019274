"""Whom a policy is for, among 100,000: columns beside PostgreSQL; and one person against many."""

import time
from collections import Counter
from random import Random

import numpy as np
import psycopg

from bench.measure import Comparison, compare
from bench.postgres import postgres
from bench.town import POLICIES, STREETS, TODAY, leaf, segment_of, town
from pusher.matching.circuit import Circuit, Rule
from pusher.matching.segment import ELIGIBLE, POSSIBLE, Question, ask
from pusher.rules.language import parse
from pusher.rules.sizes import possible_sizes

PEOPLE = 100_000


def preview() -> Comparison:
    """Count whom each of six policies finds: eligible and possible by street, what is missing."""
    people = town(PEOPLE)
    part = segment_of(people)
    questions = [
        Question(parse(rule), audience, "self", TODAY) for audience, rule in POLICIES.values()
    ]

    def ours() -> list[tuple[int, int]]:
        counted = []
        for question in questions:
            found = ask(part, question, ())
            found.missing()
            counted.append((found.by_street(ELIGIBLE).total(), found.by_street(POSSIBLE).total()))
        return counted

    with postgres() as connection:
        _store_town(connection, people)

        def theirs() -> list[tuple[int, int]]:
            counted: list[tuple[int, int]] = []
            for rule in _SQL:
                rows = connection.execute(
                    f"SELECT {rule} AS said, street, count(*) FROM town GROUP BY 1, 2".encode()
                ).fetchall()
                said: Counter[object] = Counter()
                for answer, _, number in rows:
                    said[answer] += int(str(number))
                counted.append((said[True], said[None]))
            return counted

        assert ours() == theirs(), (ours(), theirs())
        return compare(
            "六份政策预览 10 万份档案", ours, "PostgreSQL", theirs, clock=time.perf_counter
        )


def recall() -> Comparison:
    """Ask of one changed profile which of 100,000 rules it now fits; eight profiles in turn."""
    random = Random(7)
    rules = [_a_rule(random) for _ in range(PEOPLE)]
    circuit = Circuit([Rule(parse(_said(rule)), "resident", "self") for rule in rules])
    people = [facts for firm, facts in town(200) if not firm and "household_area" in facts][:8]

    def ours() -> list[int]:
        return [
            int(np.count_nonzero(circuit.answers("resident", one, TODAY, is_ward=False) == 2))
            for one in people
        ]

    with postgres() as connection:
        _store_rules(connection, rules)

        def theirs() -> list[int]:
            return [len(connection.execute(_FITTING, _asked(one)).fetchall()) for one in people]

        assert ours() == theirs(), (ours(), theirs())
        return compare(
            "8 人对 10 万条规则", ours, "PostgreSQL", theirs, times=5, clock=time.perf_counter
        )


_SQL = (
    "CASE WHEN firm THEN false ELSE household LIKE '370104%' AND born <= '1946-11-25' END",
    "CASE WHEN firm THEN false ELSE household LIKE '370104%' AND ("
    "born <= '1966-11-25' AND welfare && ARRAY['dibao', 'tekun'] AND ability >= 2"
    " OR born <= '1946-11-25' AND living IN ('alone', 'empty_nest'))"
    " AND NOT employment = 'employed' END",
    "CASE WHEN firm THEN false ELSE severe END",
    "CASE WHEN NOT firm THEN false ELSE household LIKE '370104%'"
    " AND size IN ('micro', 'small') AND NOT grade = 'D' END",
    "CASE WHEN NOT firm THEN false ELSE (substr(industry, 1, 2) BETWEEN '13' AND '43'"
    " OR substr(industry, 1, 2) BETWEEN '63' AND '65') AND rd >= 5"
    " AND born > '2021-11-25' END",
    "true",
)
"""The six policies of `POLICIES` in SQL's own three values; born of a firm is its founding."""

_LEVELS = {"intact": 0, "mild": 1, "moderate": 2, "severe": 3}


def _store_town(
    connection: psycopg.Connection[tuple[object, ...]], people: list[tuple[bool, dict[str, object]]]
) -> None:
    connection.execute(
        "CREATE TABLE town (firm bool, street text, born date, household text, welfare text[],"
        " ability int, living text, employment text, severe bool, size text, grade text,"
        " industry text, rd numeric)"
    )
    with connection.cursor().copy("COPY town FROM STDIN") as copy:
        for firm, facts in people:
            copy.write_row(_row(firm, facts))
    connection.execute("ANALYZE town")


def _row(firm: bool, facts: dict[str, object]) -> tuple[object, ...]:
    sizes = possible_sizes(facts) if firm else frozenset()
    return (
        firm,
        facts.get("residence_area") or facts.get("registered_area"),
        facts.get("birth_date") or facts.get("established_on"),
        facts.get("household_area") or facts.get("registered_area"),
        facts.get("welfare_status"),
        _LEVELS.get(str(facts.get("ability_level"))),
        facts.get("living_arrangement"),
        facts.get("employment_status"),
        _severe(facts),
        next(iter(sizes)) if len(sizes) == 1 else None,
        facts.get("tax_credit_grade"),
        facts.get("industry"),
        facts.get("rd_ratio"),
    )


def _severe(facts: dict[str, object]) -> bool | None:
    records = facts.get("disability", "?")
    if isinstance(records, list):
        return any(record["grade"] <= 2 for record in records)
    return None if records == "?" else False


_Asked = dict[str, object]


def _a_rule(random: Random) -> _Asked:
    """Limits of a policy: two to four of them are set."""
    rule: _Asked = {
        "area": random.choice(STREETS) if random.random() < 0.5 else "370104",
        "least": random.randrange(1, 95),
    }
    if random.random() < 0.6:
        rule["below"] = random.randrange(20, 100)
    if random.random() < 0.3:
        rule["sex"] = random.choice(["female", "male"])
    if random.random() < 0.3:
        rule["work"] = random.choice(["unemployed", "retired", "student"])
    return rule


def _said(rule: _Asked) -> dict[str, object]:
    parts = [
        leaf("household_area", "within", [rule["area"]]),
        leaf("birth_date", "age_ge", rule["least"]),
    ]
    for name, fact, op in (
        ("below", "birth_date", "age_lt"),
        ("sex", "sex", "eq"),
        ("work", "employment_status", "eq"),
    ):
        if name in rule:
            parts.append(leaf(fact, op, rule[name]))
    return {"all": parts}


def _store_rules(connection: psycopg.Connection[tuple[object, ...]], rules: list[_Asked]) -> None:
    connection.execute(
        "CREATE TABLE rule (id int, area text, born_by date, born_after date, sex text, work text)"
    )
    with connection.cursor().copy("COPY rule FROM STDIN") as copy:
        for number, rule in enumerate(rules):
            copy.write_row(
                (
                    number,
                    rule["area"],
                    _years_ago(rule["least"]),
                    _years_ago(rule["below"]) if "below" in rule else None,
                    rule.get("sex"),
                    rule.get("work"),
                )
            )
    connection.execute("ANALYZE rule")


def _years_ago(years: object) -> str:
    assert isinstance(years, int)
    return TODAY.replace(year=TODAY.year - years).isoformat()


_FITTING = (
    "SELECT id FROM rule WHERE %(area)s LIKE area || '%%' AND born_by >= %(born)s"
    " AND (born_after IS NULL OR born_after < %(born)s) AND (sex IS NULL OR sex = %(sex)s)"
    " AND (work IS NULL OR work = %(work)s)"
)


def _asked(facts: dict[str, object]) -> dict[str, object]:
    return {
        "area": facts["household_area"],
        "born": facts["birth_date"],
        "sex": facts["sex"],
        "work": facts["employment_status"],
    }
