"""Random facts and random rules, close enough to one another to meet at the edges."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from random import Random

from hypothesis import strategies as st

from profiles.facts import Fact, Kind, areas, industry_divisions, vocabulary

AS_OF = st.dates(date(2024, 1, 1), date(2028, 12, 31))
AREAS = [code for code in areas() if code.startswith("37")] + ["110105", "420100"]
INDUSTRIES = ["13", "16", "1630", "52", "5292", "5263", "65", "6513", "59", "591", "5930", "70"]
INDUSTRIES += ["7010", "7020", "7040", "66", "83", "0111", "4700", "53"]
PREFIXES = [*industry_divisions(), *INDUSTRIES]
NUMBERS = [0, 1, 2, 3, 4, 5, 10, 19, 20, 50, 99.99, 100, 300, 500, 1000, 2000, 5000, 80000]

# One fact or more of every kind, the computed one with its sources, and three record lists.
CODES = (
    *("birth_date", "deceased_on", "sex", "ability_level", "education_level", "hard_to_employ"),
    *("welfare_status", "household_area", "household_vehicles", "service_disability_grade"),
    *("household_income_month", "layoff_rate", "disability", "loans", "credit_records"),
    *("homes_owned", "size_class", "industry", "employees", "revenue", "total_assets"),
    "entity_name", "wards", "acts_for", "graduated_on", "registration_status",
)  # fmt: skip


@st.composite
def days(draw: st.DrawFn) -> str:
    """A day near an anniversary of another, 29 February among them."""
    start = draw(st.sampled_from([date(2020, 2, 29), date(2023, 8, 31), date(2026, 11, 23)]))
    moved = start.replace(year=start.year - draw(st.integers(0, 20)) * 4)
    return (moved + timedelta(days=draw(st.integers(-2, 2)))).isoformat()


def values(fact: Fact) -> st.SearchStrategy[object]:
    """What may be known of a fact, none included."""
    codes = [choice.code for choice in fact.values]
    known: dict[Kind, st.SearchStrategy[object]] = {
        Kind.DATE: days(),
        Kind.ENUM: st.sampled_from(codes or [""]),
        Kind.SET: st.lists(st.sampled_from(codes or [""]), max_size=3, unique=True),
        Kind.BOOL: st.booleans(),
        Kind.INTEGER: st.sampled_from(
            [int(n) for n in NUMBERS if n == int(n) and fact.least <= n <= fact.most] or [2025]
        ),
        Kind.NUMBER: st.sampled_from(NUMBERS),
        Kind.AREA: st.sampled_from(AREAS),
        Kind.INDUSTRY: st.sampled_from(INDUSTRIES),
        Kind.TEXT: st.sampled_from(["A小区", "B小区"]),
    }
    if fact.kind is Kind.RECORDS:
        rows = st.fixed_dictionaries({}, optional={f.code: values(f) for f in fact.fields})
        return st.none() | st.lists(rows, max_size=3)
    return st.none() | known[fact.kind]


def documents() -> st.SearchStrategy[dict[str, object]]:
    """A document of facts; any of them may be missing."""
    stored = [vocabulary()[code] for code in CODES if not vocabulary()[code].derived]
    return st.fixed_dictionaries({}, optional={fact.code: values(fact) for fact in stored})


_COUNTS = st.sampled_from([0, 1, 3, 6, 12, 18, 35, 60, 80])
_ONE_DAY = ["before", "after", "on_or_before", "on_or_after"]
_COUNTED = [f"age_{end}" for end in ("ge", "lt", "le", "ge_in_month")]
_COUNTED += [f"{unit}_{end}" for unit in ("years", "months") for end in ("ge", "lt", "le")]


def conditions(
    fact: Fact, *, key: str = "fact", beside: Sequence[Fact] = ()
) -> st.SearchStrategy[dict[str, object]]:
    """A well-formed condition on a fact, or on a field of a record beside other fields."""
    pairs = st.one_of(_pairs(fact, beside), st.tuples(st.just("null"), st.none()))
    return pairs.map(lambda pair: {key: fact.code, "op": pair[0], "value": pair[1]})


def _pairs(fact: Fact, beside: Sequence[Fact]) -> st.SearchStrategy[tuple[str, object]]:
    """(operator, value)"""
    some = values(fact).filter(lambda value: value is not None)
    match fact.kind:
        case Kind.BOOL:
            return st.tuples(st.just("is"), st.booleans())
        case Kind.SET:
            return st.tuples(st.sampled_from(["any_of", "none_of"]), some)
        case Kind.AREA:
            codes = st.lists(st.sampled_from([*AREAS, "000000"]), min_size=1, max_size=3)
            return st.tuples(st.just("within"), codes)
        case Kind.INDUSTRY:
            codes = st.lists(st.sampled_from(PREFIXES), min_size=1, max_size=3)
            return st.tuples(st.just("prefix"), codes)
        case Kind.DATE:
            return _date_pairs() | st.tuples(st.just("after_fact"), _another(fact, beside))
        case Kind.RECORDS:
            return st.tuples(st.sampled_from(["has", "none"]), inner_rules(fact))
    plain = st.tuples(st.sampled_from(["eq", "ne"]), some)
    listed = st.tuples(st.sampled_from(["in", "not_in"]), st.lists(some, max_size=3))
    if fact.kind is Kind.TEXT or (fact.kind is Kind.ENUM and not fact.ordered):
        return plain | listed
    ranked = st.tuples(st.sampled_from(["ge", "gt", "le", "lt"]), some)
    span = st.tuples(st.just("between"), st.tuples(some, some).map(list))
    if fact.kind is Kind.ENUM:
        return plain | listed | ranked | span
    share = st.fixed_dictionaries(
        {"fact": _another(fact, beside), "ratio": st.sampled_from([0.03, 0.3, 1, 2])}
    )
    return plain | listed | ranked | span | st.tuples(st.just("ratio_ge"), share)


def _another(fact: Fact, beside: Sequence[Fact]) -> st.SearchStrategy[str]:
    """A fact of the same kind: beside this one, or of whose record it is."""
    figures = (Kind.INTEGER, Kind.NUMBER)
    kinds = figures if fact.kind in figures else (fact.kind,)
    top = [vocabulary()[code] for code in CODES]
    return st.sampled_from([f.code for f in (*beside, *top) if f.kind in kinds])


def _date_pairs() -> st.SearchStrategy[tuple[str, object]]:
    on = st.fixed_dictionaries({"age": _COUNTS, "on": days()})
    return st.one_of(
        st.tuples(st.sampled_from(_COUNTED), _COUNTS),
        st.tuples(st.sampled_from(_ONE_DAY), days()),
        st.tuples(st.just("between_dates"), st.tuples(days(), days()).map(list)),
        st.tuples(st.sampled_from(["on_or_after_as_of", "before_as_of"]), st.none()),
        st.tuples(st.just("age_ge_on"), on),
    )


def _trees(
    leaves: st.SearchStrategy[dict[str, object]], most: int
) -> st.SearchStrategy[dict[str, object]]:
    return st.recursive(
        leaves,
        lambda inside: st.one_of(
            st.lists(inside, max_size=4).map(lambda parts: {"all": parts}),
            st.lists(inside, max_size=4).map(lambda parts: {"any": parts}),
            inside.map(lambda part: {"not": part}),
        ),
        max_leaves=most,
    )


def inner_rules(fact: Fact) -> st.SearchStrategy[dict[str, object]]:
    """A rule over the fields of a record list."""
    return _trees(
        st.one_of([conditions(f, key="field", beside=fact.fields) for f in fact.fields]), 4
    )


@cache
def rules() -> st.SearchStrategy[dict[str, object]]:
    """A RULE document."""
    fixed = st.sampled_from(["never", "manual"]).map(lambda op: {"fact": None, "op": op})
    return _trees(st.one_of(fixed, *(conditions(vocabulary()[code]) for code in CODES)), 12)


def crowd(random: Random, size: int) -> list[dict[str, object]]:
    """Documents of facts by the dozen, as `documents` makes them one by one and slower."""
    stored = [vocabulary()[code] for code in CODES if not vocabulary()[code].derived]
    return [
        {fact.code: _value(fact, random) for fact in stored if random.random() < 0.6}
        for _ in range(size)
    ]


def _value(fact: Fact, random: Random) -> object:
    if random.random() < 0.12:
        return random.choice([None, []]) if fact.kind in (Kind.SET, Kind.RECORDS) else None
    codes = [choice.code for choice in fact.values]
    match fact.kind:
        case Kind.DATE:
            start = random.choice([date(2020, 2, 29), date(2023, 8, 31), date(2026, 11, 23)])
            moved = start.replace(year=start.year - random.randrange(21) * 4)
            return (moved + timedelta(days=random.randrange(-2, 3))).isoformat()
        case Kind.RECORDS:
            return [
                {f.code: _value(f, random) for f in fact.fields if random.random() < 0.7}
                for _ in range(random.randrange(1, 4))
            ]
        case Kind.SET:
            return random.sample(codes, random.randrange(1, min(4, len(codes) + 1)))
        case Kind.ENUM:
            return random.choice(codes)
        case Kind.BOOL:
            return random.random() < 0.5
        case Kind.AREA:
            return random.choice(AREAS)
        case Kind.INDUSTRY:
            return random.choice(INDUSTRIES)
        case Kind.TEXT:
            return random.choice(["A小区", "B小区"])
    fitting = [n for n in NUMBERS if fact.least <= n <= fact.most]
    whole = [int(n) for n in fitting if n == int(n)] or [2025]
    return random.choice(whole if fact.kind is Kind.INTEGER else fitting)
