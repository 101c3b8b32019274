"""The language a second time, by other means: nothing below the parsed rule is shared.

Ages and terms are counted as full years and months, areas by walking up the table of
administrative levels, sizes by trying figures, unknown values by three plain words.
"""

import json
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from importlib.resources import files
from itertools import product

from pusher.rules.nodes import All, Any, Leaf, Node, Not, Other

Y, N, U = "yes", "no", "unknown"
SECTIONS = json.loads(files("profiles").joinpath("facts.json").read_text("utf-8"))[
    "industry_sections"
]
SIZES = json.loads(files("pusher.rules").joinpath("size_classes.json").read_text("utf-8"))


def naive(
    node: Node,
    facts: Mapping[str, object],
    as_of: date,
    above: tuple[Mapping[str, object], ...] = (),
) -> str:
    """yes, no or unknown; *above* has the facts of whose record this is, the nearest first."""
    if isinstance(node, Leaf):
        return naive_leaf(node, facts, as_of, above)
    if isinstance(node, Not):
        return {Y: N, N: Y, U: U}[naive(node.child, facts, as_of, above)]
    said = [naive(child, facts, as_of, above) for child in node.children]
    strong, weak = (N, Y) if isinstance(node, All) else (Y, N)
    return strong if strong in said else U if U in said else weak


def naive_leaf(
    leaf: Leaf,
    facts: Mapping[str, object],
    as_of: date,
    above: tuple[Mapping[str, object], ...] = (),
) -> str:
    if leaf.op in ("never", "manual"):
        return N if leaf.op == "never" else U
    if leaf.fact == "size_class":
        answers = {
            U if size is None else naive_value(leaf, size, facts, as_of) for size in sizes(facts)
        }
        return answers.pop() if len(answers) == 1 else U
    if leaf.fact is None or leaf.fact not in facts:
        return U
    if leaf.op in ("has", "none"):
        assert isinstance(leaf.value, All | Any | Not | Leaf)
        known = facts[leaf.fact]
        rows = known if isinstance(known, list) else []
        return records(leaf.op, leaf.value, rows, as_of, (facts, *above))
    if leaf.op in ("after_fact", "ratio_ge"):
        return beside(leaf, facts[leaf.fact], (facts, *above))
    return naive_value(leaf, facts[leaf.fact], facts, as_of)


def naive_value(leaf: Leaf, known: object, facts: Mapping[str, object], as_of: date) -> str:
    op, value, about = leaf.op, leaf.value, leaf.about
    assert about is not None
    nothing = known is None or known == []
    if op == "null":
        return word(nothing)
    if op == "prefix":
        return N if nothing else industry(str(known), value)
    if op == "within":
        return N if nothing else area(str(known), value)
    if op in ("any_of", "none_of"):
        common = set(known if isinstance(known, list) else []) & set(many(value))
        return word(bool(common) is (op == "any_of"))
    if about.kind == "date":
        return N if nothing else word(dated(op, date.fromisoformat(str(known)), value, as_of))
    if nothing:
        if about.kind == "bool":
            known = False
        elif about.unit and about.unit not in ("%", "级", "孩"):
            known = 0
        else:
            return word(op in ("ne", "not_in"))
    order = [choice.code for choice in about.values] if about.kind == "enum" else None
    return word(compared(op, known, value, order))


def word(yes: bool) -> str:
    return Y if yes else N


def many(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def beside(leaf: Leaf, known: object, levels: tuple[Mapping[str, object], ...]) -> str:
    """Later than another day, or at least a share of another figure."""
    other, share = leaf.value if isinstance(leaf.value, tuple) else (leaf.value, 1)
    assert isinstance(other, Other)
    assert leaf.about is not None
    if known is None:
        if leaf.op == "after_fact" or not leaf.about.unit or leaf.about.unit in ("%", "级", "孩"):
            return N
        known = 0
    if other.code not in levels[other.up]:
        return U
    theirs = levels[other.up][other.code]
    if leaf.op == "after_fact":
        return word(theirs is not None and str(known) > str(theirs))
    return word(Fraction(str(known)) >= Fraction(str(theirs or 0)) * Fraction(str(share)))


def records(
    op: str,
    rule: Node,
    rows: list[object],
    as_of: date,
    above: tuple[Mapping[str, object], ...],
) -> str:
    said = {naive(rule, row, as_of, above) for row in rows if isinstance(row, dict)}
    found = Y if Y in said else U if U in said else N
    return found if op == "has" else {Y: N, N: Y, U: U}[found]


def compared(op: str, known: object, value: object, order: list[str] | None) -> bool:
    if op in ("is", "eq"):
        return known == value
    if op == "ne":
        return known != value
    if op in ("in", "not_in"):
        return (known in many(value)) is (op == "in")
    place = (lambda v: order.index(v)) if order else (lambda v: v)
    mine, asked = place(known), [place(v) for v in many(value)]
    return {
        "ge": lambda: mine >= asked[0],
        "gt": lambda: mine > asked[0],
        "le": lambda: mine <= asked[0],
        "lt": lambda: mine < asked[0],
        "between": lambda: asked[0] <= mine <= asked[1],
    }[op]()


def full_years(start: date, day: date) -> int:
    """Whole years gone by; 29 February is not reached by 28."""
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))


def full_months(start: date, day: date) -> int:
    """Whole months gone by; the month's last day stands in for a day it lacks."""
    reached = day.day >= min(start.day, monthrange(day.year, day.month)[1])
    return (day.year - start.year) * 12 + day.month - start.month - (not reached)


def dated(op: str, known: date, value: object, as_of: date) -> bool:
    begun = known <= as_of
    if op == "age_ge_on":
        age, on = many(value)
        return full_years(known, date.fromisoformat(str(on))) >= int(str(age))
    if op == "age_ge_in_month":
        last = date(as_of.year, as_of.month, monthrange(as_of.year, as_of.month)[1])
        return full_years(known, last) >= int(str(value))
    if isinstance(value, int):
        count = full_months if op.startswith("months") else full_years
        now, before = count(known, as_of), count(known, as_of - timedelta(days=1))
        return {
            "ge": lambda: now >= value,
            "lt": lambda: begun and now < value,
            "le": lambda: begun and (now <= value if op == "age_le" else before < value),
        }[op[-2:]]()
    days = [date.fromisoformat(str(v)) for v in many(value)] if value else [as_of]
    return {
        "before": lambda: known < days[0],
        "before_as_of": lambda: known < days[0],
        "after": lambda: known > days[0],
        "on_or_before": lambda: known <= days[0],
        "on_or_after": lambda: known >= days[0],
        "on_or_after_as_of": lambda: known >= days[0],
        "between_dates": lambda: days[0] <= known <= days[1],
    }[op]()


def ancestors(code: str) -> list[str]:
    """The code and everything it lies in, the whole country last."""
    district = code[:6]
    return [code, district, district[:4] + "00", district[:2] + "0000", "000000"]


def area(known: str, value: object) -> str:
    wanted = [str(code) for code in many(value)]
    if any(code in ancestors(known) for code in wanted):
        return Y
    return word(False) if not any(known in ancestors(code) for code in wanted) else U


def industry(known: str, value: object) -> str:
    wanted: list[str] = []
    for prefix in map(str, many(value)):
        section = next((s for s in SECTIONS if s["code"] == prefix), None)
        if section is None:
            wanted.append(prefix)
            continue
        first, _, last = section["divisions"].partition("-")
        wanted += [f"{n:02d}" for n in range(int(first), int(last or first) + 1)]
    if any(known[: len(code)] == code for code in wanted):
        return Y
    return U if any(code[: len(known)] == known for code in wanted) else N


def sizes(facts: Mapping[str, object]) -> set[str | None]:
    """Every class some completion of the facts leads to; None where none can be told."""
    code = facts.get("industry")
    codes = [str(code)] if isinstance(code, str) else [""]
    if len(codes[0]) < 3:
        # Any class of four digits that begins so, by trying them all.
        codes = [f"{n:04d}" for n in range(10000) if f"{n:04d}".startswith(codes[0])]
    return {size for c in codes for size in sizes_in(row_of(c), facts)}


def row_of(code: str) -> Mapping[str, Mapping[str, list[float]]] | None:
    best = None
    for row in SIZES["rows"]:
        for prefix in row["prefixes"]:
            if code.startswith(prefix) and (best is None or len(prefix) > len(best[0])):
                best = (prefix, row)
    return best[1] if best else None


def sizes_in(row: Mapping[str, Mapping[str, list[float]]] | None, facts) -> Iterable[str | None]:
    if row is None:
        return {None}
    figures = [
        [facts[metric] or 0] if metric in facts else [0, *limits]
        for metric, limits in row["at_least"].items()
    ]
    limits = list(row["at_least"].values())
    found = set()
    for tried in product(*figures):
        for place, name in enumerate(("large", "medium", "small")):
            if all(f >= limit[place] for f, limit in zip(tried, limits, strict=True)):
                found.add(name)
                break
        else:
            found.add("micro")
    return found
