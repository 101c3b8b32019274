"""A few of many, drawn so that every kind of them is looked at; the same again by the same seed."""

from collections.abc import Callable, Hashable, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def stratified(
    rows: Sequence[T], stratum: Callable[[T], Hashable], *, seed: int, size: int = 10
) -> list[T]:
    """Draw *size* rows, one from each stratum before a second from any.

    Args:
        rows: in an order that is the same whenever they are the same.
        stratum: what rows of a kind have in common.
        seed: the same seed draws the same rows.

    Returns:
        At most *size*, in the order of *rows*.
    """
    random = Random(seed)
    strata: dict[Hashable, list[int]] = {}
    for place, row in enumerate(rows):
        strata.setdefault(stratum(row), []).append(place)
    groups = list(strata.values())
    random.shuffle(groups)
    for group in groups:
        random.shuffle(group)
    drawn: list[int] = []
    while len(drawn) < min(size, len(rows)):
        for group in groups:
            if group and len(drawn) < size:
                drawn.append(group.pop())
    return [rows[place] for place in sorted(drawn)]
