"""How good guesses are: accuracy, macro-F1, each label, and whether scores can be believed."""

from collections.abc import Sequence
from typing import Any

Guess = Sequence[tuple[str, float]]
_BINS = 10


def measure(wanted: Sequence[Sequence[str]], guessed: Sequence[Guess]) -> dict[str, Any]:
    """Measure *guessed* against *wanted*.

    Args:
        wanted: the labels of each row, at least one.
        guessed: (label, score) of each row, best first, at least one.

    Returns:
        ``n``, ``n_single`` (rows that carry one label); over the latter ``accuracy`` and
        ``macro_f1`` of the best guess (mean over labels wanted or guessed) and ``labels``
        (precision, recall, f1, support); over all rows ``hit`` (the best guess is one of the
        labels), ``micro_f1`` of all guesses, and ``reliability`` of the best guess: bins of
        score with count, mean score and share that was right, and their weighted gap ``ece``.
    """
    singles = [
        (labels[0], guess[0][0])
        for labels, guess in zip(wanted, guessed, strict=True)
        if len(labels) == 1
    ]
    hits = [guess[0][0] in labels for labels, guess in zip(wanted, guessed, strict=True)]
    names = sorted({name for pair in singles for name in pair})
    labels = {name: _of_label(name, singles) for name in names}
    return {
        "n": len(wanted),
        "n_single": len(singles),
        "accuracy": _mean([want == guess for want, guess in singles]),
        "macro_f1": _mean([label["f1"] for label in labels.values()]),
        "hit": _mean(hits),
        "micro_f1": _micro(wanted, guessed),
        "labels": labels,
        **_reliability([guess[0][1] for guess in guessed], hits),
    }


def _of_label(name: str, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    right = sum(want == guess == name for want, guess in pairs)
    support = sum(want == name for want, _ in pairs)
    called = sum(guess == name for _, guess in pairs)
    return {
        "precision": right / called if called else 0.0,
        "recall": right / support if support else 0.0,
        "f1": 2 * right / (support + called) if support + called else 0.0,
        "support": support,
    }


def _micro(wanted: Sequence[Sequence[str]], guessed: Sequence[Guess]) -> float:
    pairs = [
        (set(labels), {name for name, _ in guess})
        for labels, guess in zip(wanted, guessed, strict=True)
    ]
    both = sum(len(labels & names) for labels, names in pairs)
    total = sum(len(labels) + len(names) for labels, names in pairs)
    return 2 * both / total if total else 0.0


def _reliability(scores: Sequence[float], hits: Sequence[bool]) -> dict[str, Any]:
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for score, hit in zip(scores, hits, strict=True):
        bins[min(int(score * _BINS), _BINS - 1)].append((score, hit))
    told = [
        {
            "from": place / _BINS,
            "to": (place + 1) / _BINS,
            "count": len(inside),
            "score": _mean([score for score, _ in inside]),
            "right": _mean([hit for _, hit in inside]),
        }
        for place, inside in enumerate(bins)
        if inside
    ]
    gaps = [abs(one["score"] - one["right"]) * one["count"] for one in told]
    return {"reliability": told, "ece": sum(gaps) / len(scores) if scores else 0.0}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
