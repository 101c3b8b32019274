"""A town of invented people and firms, its shares as in a district, the same at every run."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

import numpy as np

from pusher.matching.columns import Document, table_of
from pusher.matching.segment import Part, Segment

TODAY = date(2026, 11, 25)
STREETS = [f"370104{n:03}" for n in range(1, 17)]
INDUSTRIES = ["1391", "3491", "5211", "5263", "6110", "6210", "6510", "6513", "7010", "7299"]


def town(size: int) -> list[tuple[bool, dict[str, object]]]:
    """*size* profiles: whether it is a firm, and its facts."""
    random = Random(20261125)
    return [_firm(random) if random.random() < 0.2 else _person(random) for _ in range(size)]


def segment_of(people: list[tuple[bool, dict[str, object]]]) -> Part:
    """The town as columns."""
    streets = [
        str(facts.get("residence_area") or facts.get("registered_area")) for _, facts in people
    ]
    segment = Segment(
        table_of([Document(facts) for _, facts in people]),
        [UUID(int=n) for n in range(len(people))],
        [b""] * len(people),
        np.asarray([firm for firm, _ in people], np.bool_),
        np.asarray([STREETS.index(street) for street in streets], np.int32),
        STREETS,
    )
    return Part(segment, np.ones(len(people), np.bool_))


def _person(random: Random) -> tuple[bool, dict[str, object]]:
    born = TODAY - timedelta(days=random.randrange(36_500))
    street = random.choice(STREETS)
    facts: dict[str, object] = {
        "birth_date": born.isoformat(),
        "residence_area": street,
        "deceased_on": None,
        "sex": random.choice(["female", "male"]),
        "welfare_status": random.choice([["dibao"], ["tekun"]]) if random.random() < 0.04 else [],
        "employment_status": random.choice(["employed", "unemployed", "retired", "student"]),
    }
    if random.random() < 0.9:
        facts["household_area"] = street if random.random() < 0.8 else "370102"
    if born.year < 1966:
        facts["ability_level"] = random.choice(["intact", "mild", "moderate", "severe"])
        facts["living_arrangement"] = random.choice(["alone", "empty_nest", "with_children"])
    if random.random() < 0.3:
        facts["disability"] = (
            [{"type": random.choice(["visual", "physical"]), "grade": random.randrange(1, 5)}]
            if random.random() < 0.2
            else None
        )
    return False, facts


def _firm(random: Random) -> tuple[bool, dict[str, object]]:
    founded = TODAY - timedelta(days=random.randrange(9_000))
    facts: dict[str, object] = {
        "registration_status": "active",
        "registered_area": random.choice(STREETS),
        "industry": random.choice(INDUSTRIES),
        "established_on": founded.isoformat(),
        "employees": int(random.paretovariate(0.8) * 4) % 5_000,
        "revenue": round(random.paretovariate(0.7) * 80, 2),
        "total_assets": round(random.paretovariate(0.7) * 60, 2),
        "tax_credit_grade": random.choice("DCMBA"),
    }
    if random.random() < 0.7:
        facts["rd_ratio"] = round(random.random() * 12, 2)
    return True, facts


def leaf(fact: str, op: str, value: object) -> dict[str, object]:
    """A condition of a rule."""
    return {"fact": fact, "op": op, "value": value}


HERE = leaf("household_area", "within", ["370104"])
POLICIES: dict[str, tuple[str, dict[str, object]]] = {
    "高龄津贴": ("resident", {"all": [HERE, leaf("birth_date", "age_ge", 80)]}),
    "养老助餐": (
        "resident",
        {"all": [HERE, {"any": [
            {"all": [leaf("birth_date", "age_ge", 60),
                     leaf("welfare_status", "any_of", ["dibao", "tekun"]),
                     leaf("ability_level", "ge", "moderate")]},
            {"all": [leaf("birth_date", "age_ge", 80),
                     leaf("living_arrangement", "in", ["alone", "empty_nest"])]},
        ]}, {"not": leaf("employment_status", "eq", "employed")}]},
    ),
    "重残护理": (
        "resident",
        leaf("disability", "has", {"all": [{"field": "grade", "op": "le", "value": 2}]}),
    ),
    "小微纾困": (
        "enterprise",
        {"all": [leaf("registered_area", "within", ["370104"]),
                 leaf("size_class", "in", ["micro", "small"]),
                 {"not": leaf("tax_credit_grade", "eq", "D")}]},
    ),
    "研发补助": (
        "enterprise",
        {"all": [leaf("industry", "prefix", ["I", "C"]), leaf("rd_ratio", "ge", 5),
                 leaf("established_on", "years_lt", 5)]},
    ),
    "全区告知": ("both", {"all": []}),
}  # fmt: skip
"""Audience and rule of policies as offices write them."""
