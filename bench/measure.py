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
        ours: seconds of CPU time, median.
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
) -> Comparison:
    """Measure both ways *times* times, interleaved, so that a busy machine slows both alike."""
    ours(), theirs()  # warm: imports, caches, page faults
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for way, seconds in zip((ours, theirs), spent, strict=True):
            gc.collect()
            start = time.process_time()
            way()
            seconds.append(time.process_time() - start)
    return Comparison(job, statistics.median(spent[0]), other, statistics.median(spent[1]))
