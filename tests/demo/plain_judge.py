"""A second, small reading of the rules, to hold the demo's pairs (and the matcher) against."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from tests.demo.plain_reading import AS_OF, Facts, Row, facts_of, vocabulary

Truth = bool | None
"""None: unknown."""

ORDERS = {
    fact["code"]: [choice["code"] for choice in fact["values"]]
    for fact in vocabulary()["facts"]
    if fact.get("ordered")
}
SIZES = ("micro", "small", "medium", "large")
# 工信部联企业〔2011〕300号, the industries of p11: lower bounds of small, medium, large.
EMPLOYEES = {"C": (20, 300, 1000), "51": (5, 20, 200), "52": (10, 50, 300), "H": (10, 100, 300)}
REVENUE = {
    "C": (300, 2000, 40000),
    "51": (1000, 5000, 40000),
    "52": (100, 500, 20000),
    "H": (100, 2000, 10000),
}
SECTIONS = {
    "C": (13, 43),
    "F": (51, 52),
    "H": (61, 62),
    "J": (66, 69),
    "K": (70, 70),
    "O": (80, 82),
}


def answer(row: Row, policy: dict[str, Any]) -> str:
    """eligible, possible or not, by the row's own facts."""
    facts = facts_of(row)
    kind = "resident" if "证件号码" in row else "enterprise"
    ended = facts.get("deceased_on") or facts.get("registration_status") in ("cancelled", "revoked")
    is_ward = row.get("监护类型") == "监护人"
    if policy["audience_kind"] not in ("both", kind) or ended:
        return "not"
    if policy["subject"] == "ward" and not is_ward:
        return "not"
    return {True: "eligible", None: "possible", False: "not"}[holds(policy["rule"], facts)]


def holds(node: dict[str, Any], facts: Facts) -> Truth:
    """Kleene's three values over all, any, not and the leaves."""
    if "not" in node:
        inner = holds(node["not"], facts)
        return None if inner is None else not inner
    for group, settling in (("all", False), ("any", True)):
        if group in node:
            found = [holds(child, facts) for child in node[group]]
            return settling if settling in found else None if None in found else not settling
    return _leaf(node, facts)


def _leaf(leaf: dict[str, Any], facts: Facts) -> Truth:
    op, wanted, code = leaf["op"], leaf["value"], leaf.get("fact") or leaf.get("field")
    if op in ("never", "manual"):
        return False if op == "never" else None
    if code == "size_class":
        inside = {size in wanted for size in _sizes(facts)}
        return inside.pop() if len(inside) == 1 else None
    if code not in facts:
        return None
    value = facts[code]
    if op == "null":
        return value is None
    if op in ("has", "none"):
        found = _best(holds(wanted, record) for record in value or ())
        return found if op == "has" or found is None else not found
    if value is None:
        return False
    return _compare(op, code, value, wanted)


def _compare(op: str, code: str, value: Any, wanted: Any) -> Truth:
    if op == "within":
        return _best(_within(value, area) for area in wanted)
    if op == "prefix":
        return _best(_prefix(value, industry) for industry in wanted)
    if op in ("eq", "is"):
        return bool(value == wanted)
    if op == "in":
        return value in wanted
    if op == "any_of":
        return bool(set(value) & set(wanted))
    if op == "ge":
        order = ORDERS.get(code)
        return bool(order.index(value) >= order.index(wanted) if order else value >= wanted)
    return _by_date(op, value, wanted)


def _by_date(op: str, day: date, wanted: Any) -> bool:
    if op == "on_or_after_as_of":
        return day >= AS_OF
    if op == "on_or_after":
        return day >= date.fromisoformat(wanted)
    if op == "between_dates":
        return date.fromisoformat(wanted[0]) <= day <= date.fromisoformat(wanted[1])
    if op == "months_ge":
        return _later(day, wanted) <= AS_OF
    if op == "age_ge_in_month":
        return _later(day, 12 * wanted).replace(day=1) <= AS_OF
    years = {"age_ge": 12 * wanted, "age_lt": 12 * wanted, "years_lt": 12 * wanted}
    years["age_le"] = 12 * (wanted + 1)  # 不超过35周岁: the whole of the 35th year
    reached = _later(day, years[op]) <= AS_OF
    return reached if op == "age_ge" else not reached


def _later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def _best(found: Iterable[Truth]) -> Truth:
    truths = list(found)
    return True if True in truths else None if None in truths else False


def _within(value: str, area: str) -> Truth:
    """Known only to a coarser area than the one asked for: unknown."""
    fact, asked = _bare(value), _bare(area)
    return True if fact.startswith(asked) else None if asked.startswith(fact) else False


def _bare(code: str) -> str:
    return code if len(code) == 9 else code.removesuffix("00").removesuffix("00")


def _prefix(value: str, industry: str) -> Truth:
    if industry in SECTIONS:
        low, high = SECTIONS[industry]
        return low <= int(value[:2]) <= high
    return True if value.startswith(industry) else None if industry.startswith(value) else False


def _sizes(facts: Facts) -> set[str]:
    """Every size a firm may have, as far as its staff and turnover are known."""
    industry = facts["industry"]
    group = next((g for g in ("51", "52") if industry.startswith(g)), None)
    group = group or next((g for g in ("C", "H") if _prefix(industry, g)), None)
    if group is None:  # 居民服务 and other trades: staff alone
        return {SIZES[tier] for tier in _tiers(facts.get("employees"), (10, 100, 300))}
    staff = _tiers(facts.get("employees"), EMPLOYEES[group])
    turnover = _tiers(facts.get("revenue"), REVENUE[group])
    return {SIZES[min(a, b)] for a in staff for b in turnover}


def _tiers(value: float | None, bounds: tuple[int, ...]) -> range:
    if value is None:
        return range(4)
    tier = sum(value >= bound for bound in bounds)
    return range(tier, tier + 1)
