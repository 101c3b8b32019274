"""Texts as packed rows of terms, and those nearest to a few words: TF-IDF without a model file.

Source:
    Manning, Raghavan, Schütze, Introduction to Information Retrieval, 6.4.3: documents as lnc
    (logarithmic counts, length one), the query as ltc (with inverse document frequency).
"""

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_TERM = np.dtype([("term", "<u4"), ("weight", "<f4")])


def packed(counts: Mapping[str, float]) -> bytes:
    """One text's terms and weights, of length one: eight bytes a term.

    Args:
        counts: term → how often it occurs, weighted or not; all positive.
    """
    row = np.zeros(len(counts), _TERM)
    row["term"] = [_mark(term) for term in counts]
    row["weight"] = 1.0 + np.log(np.array(list(counts.values()), dtype=np.float64))
    length = float(np.linalg.norm(row["weight"]))
    row["weight"] /= length or 1.0
    return row.tobytes()


def nearest(
    rows: Sequence[bytes], asked: Mapping[str, float], *, most: int
) -> list[tuple[int, float]]:
    """The rows nearest to a query, nearest first.

    Args:
        rows: of `packed`.
        asked: term → how often it was asked for.
        most: how many are returned at most; rows without any of the terms never are.

    Returns:
        (place among *rows*, cosine in (0, 1]).
    """
    if not rows or not asked:
        return []
    whole = np.frombuffer(b"".join(rows), _TERM)
    sizes = np.array([len(row) // _TERM.itemsize for row in rows])
    owner = np.repeat(np.arange(len(rows)), sizes)
    # side by side in memory: comparing is what takes the time
    marks = np.ascontiguousarray(whole["term"])
    scores, square = np.zeros(len(rows)), 0.0
    for term, times in asked.items():
        found = np.flatnonzero(marks == _mark(term))
        rarity = float(np.log((1 + len(rows)) / (1 + len(found)))) + 1.0
        weight = (1.0 + float(np.log(times))) * rarity
        square += weight * weight
        scores[owner[found]] += weight * whole["weight"][found]
    return _best(scores / np.sqrt(square), most)


def _best(scores: NDArray[np.float64], most: int) -> list[tuple[int, float]]:
    order = np.argsort(-scores, kind="stable")[:most]
    return [(int(place), float(scores[place])) for place in order if scores[place] > 0]


def _mark(term: str) -> int:
    return zlib.crc32(term.encode())
