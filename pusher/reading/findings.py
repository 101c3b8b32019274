"""What the families of phrases hand over: a condition and the piece of text that says it."""

from dataclasses import dataclass
from typing import Any

Leaf = dict[str, Any]
"""``{"fact", "op", "value"}`` of the contract's RULE; the quote is added where it is built in."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One condition read from a piece of text.

    Attributes:
        start, end: where in the text the words stand.
        node: a leaf, or a small tree of leaves (all/any) where the words say several things.
        group: findings of one group, listed with 、 or 或, are alternatives.
        only_negated: counts only inside an exclusion (已享受…, 不适用…).
    """

    start: int
    end: int
    node: dict[str, Any]
    group: str
    only_negated: bool = False


def leaf(fact: str, op: str, value: object) -> Leaf:
    """Make a leaf of the audience language."""
    return {"fact": fact, "op": op, "value": value}


def without_overlaps(found: list[Finding]) -> list[Finding]:
    """Keep the longest of findings that share words, in the order of the text."""
    kept: list[Finding] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)
