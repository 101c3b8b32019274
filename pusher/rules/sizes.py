"""Large, medium, small or micro: computed from industry, staff, revenue and assets."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """One industry of the standard: its codes and the lower limits of each class."""

    prefixes: tuple[str, ...]
    at_least: Mapping[str, tuple[float, ...]]
    """Metric to the limits of large, medium, small; people or 万元; all must be met."""


UNSIZED = None
"""Stands for an industry the standard does not size (finance, education, railways…)."""


def possible_sizes(facts: Mapping[str, object]) -> frozenset[str | None]:
    """The size classes a firm may have, given what is known of it.

    Args:
        facts: a document of facts; a declared ``size_class`` in it is not looked at.

    Returns:
        One code when the facts settle it. More when a figure is missing or the industry
        is known only roughly; `UNSIZED` among them where the standard may not apply.

    Source:
        工信部联企业〔2011〕300号: limits include the number itself; where two figures are
        asked both must be met, else the firm falls into the next class.
    """
    found: set[str | None] = set()
    for row in _possible_rows(facts.get("industry")):
        found.update(_classes_in(row, facts) if row else {UNSIZED})
    return frozenset(found)


def _classes_in(row: _Row, facts: Mapping[str, object]) -> set[str]:
    """The lowest class any figure allows bounds it; an unknown figure may pull it lower."""
    classes, _ = _table()
    ranks = [
        _rank(facts[metric], row.at_least[metric]) for metric in row.at_least if metric in facts
    ]
    certain = [rank for rank in ranks if rank is not None]
    highest = min(certain, default=len(classes) - 1)
    lowest = highest if len(certain) == len(row.at_least) else 0
    return set(classes[lowest : highest + 1])


def _rank(figure: object, limits: Iterable[float]) -> int | None:
    number = 0 if figure is None else figure
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return sum(number >= limit for limit in limits)


def _possible_rows(industry: object) -> set[_Row | None]:
    """The row of the longest known prefix, and those of finer codes still open."""
    _, rows = _table()
    if not isinstance(industry, str) or not industry.isdigit():
        return {*rows.values(), None}
    fitting = [p for p in rows if industry.startswith(p)]
    finer = {rows[p] for p in rows if p.startswith(industry) and p != industry}
    return {rows[max(fitting, key=len)] if fitting else None, *finer}


@cache
def _table() -> tuple[tuple[str, ...], Mapping[str, _Row]]:
    text = files("pusher.rules").joinpath("size_classes.json").read_text(encoding="utf-8")
    document = json.loads(text)
    rows = {}
    for line in document["rows"]:
        limits = {metric: tuple(numbers) for metric, numbers in line["at_least"].items()}
        row = _Row(tuple(line["prefixes"]), limits)
        rows.update(dict.fromkeys(row.prefixes, row))
    return tuple(document["classes"]), rows
