"""Yes, no and not known, and how they combine (Kleene's strong logic)."""

from collections.abc import Iterable
from enum import IntEnum


class Truth(IntEnum):
    """What a condition says of someone; ordered so that and is min, or is max."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    @property
    def word(self) -> str:
        """``no``, ``unknown`` or ``yes``, as the command line prints it."""
        return self.name.lower()


def both(truths: Iterable[Truth]) -> Truth:
    """All of them; YES of none. Stops at the first NO."""
    result = Truth.YES
    for truth in truths:
        if truth is Truth.NO:
            return truth
        result = min(result, truth)
    return result


def either(truths: Iterable[Truth]) -> Truth:
    """Any of them; NO of none. Stops at the first YES."""
    result = Truth.NO
    for truth in truths:
        if truth is Truth.YES:
            return truth
        result = max(result, truth)
    return result


def negated(truth: Truth) -> Truth:
    """YES for NO, NO for YES; what is not known stays not known."""
    return Truth(2 - truth)


def known(yes: bool) -> Truth:
    """YES or NO."""
    return Truth.YES if yes else Truth.NO
