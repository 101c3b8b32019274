"""Run two ways of one job in turns, in one process, and compare the medians of their CPU time."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """One job done in two ways.

    Attributes:
        job: what is done, in words.
        ours: seconds, median: of CPU time, or of a clock where another process does the work.
        other: what one would pick instead, in words.
        theirs: its seconds, median.
    """

    job: str
    ours: float
    other: str
    theirs: float

    @property
    def ratio(self) -> float:
        """How many times faster ours is; below 1 it is slower."""
        return self.theirs / self.ours if self.ours else float("inf")


def compare(
    job: str,
    ours: Callable[[], object],
    other: str,
    theirs: Callable[[], object],
    *,
    times: int = 7,
    clock: Callable[[], float] = time.process_time,
) -> Comparison:
    """Measure both ways *times* times, interleaved, so that a busy machine slows both alike.

    Args:
        clock: in seconds; a wall clock where either way is done by another process.
    """
    ours(), theirs()  # warm: imports, caches, page faults
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for way, seconds in zip((ours, theirs), spent, strict=True):
            gc.collect()
            start = clock()
            way()
            seconds.append(clock() - start)
    return Comparison(job, statistics.median(spent[0]), other, statistics.median(spent[1]))
