"""A model of any label set: three views of a text, one line of weights for each label.

Stored as npz and JSON, without pickle; predicting needs NumPy alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from pusher.reading.wordbook import taxonomy_words
from pusher.words.rows import Floats, Row, Terms, Weighing
from pusher.words.tokens import Cut, characters, fast

_SHOWN_WORDS = 5
_FORMAT = 1


@cache
def _cutter() -> Cut:
    return fast(taxonomy_words())


def _words(text: str) -> list[str]:
    return [piece for piece in _cutter()(text) if piece.strip()]


def _title(row: Mapping[str, Any]) -> str:
    return str(row.get("title") or "")


def _whole(row: Mapping[str, Any]) -> str:
    return f"{_title(row)} {row.get('text') or ''}"


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a row: which of its texts, cut how."""

    name: str
    text: Any
    terms: Terms


# Words can be shown to people; characters know words that no dictionary has; a title says most.
VIEWS = (
    View("words", _whole, _words),
    View("characters", _whole, characters),
    View("title", _title, characters),
)


class BadModel(ValueError):
    """The folder holds no model that this version can read; the text is Chinese."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A trained model.

    Attributes:
        labels: in the order of the lines of weights.
        many: rows may carry several labels.
        weighings: one for each of `VIEWS`.
        weights: shape ``(n_labels, n_features)``, the views' columns side by side.
        offsets: shape ``(n_labels,)``.
        slope, shift: turn margins into scores: softmax of ``slope * margin`` for one label a row,
            the logistic of ``slope * margin + shift`` for many.
    """

    labels: tuple[str, ...]
    many: bool
    weighings: tuple[Weighing, ...]
    weights: Floats
    offsets: Floats
    slope: float
    shift: float

    def rows(self, row: Mapping[str, Any], places: Sequence[dict[str, int]]) -> list[Row]:
        """Compute the row of each view."""
        return view_rows(self.weighings, places, row)

    def places(self) -> list[dict[str, int]]:
        """Return term → column of each view; keep it while many rows are judged."""
        return [weighing.places() for weighing in self.weighings]

    def margins(self, rows: Sequence[Row]) -> Floats:
        """Return how far each label is from being drawn: shape ``(n_labels,)``."""
        total: Floats = self.offsets.astype(np.float64)
        for start, row in zip(self._starts(), rows, strict=True):
            total += np.asarray(self.weights[:, start + row.columns] @ row.weights)
        return total

    def scores(self, margins: Floats) -> Floats:
        """Turn margins into scores in [0, 1] that say how often such a label is right."""
        scaled = self.slope * margins
        if self.many:
            apart: Floats = 1.0 / (1.0 + np.exp(-(scaled + self.shift)))
            return apart
        raised: Floats = np.exp(scaled - scaled.max())
        raised /= float(raised.sum())
        return raised

    def speaking(self, label: int, rows: Sequence[Row]) -> list[tuple[str, float]]:
        """Return the words of this text that speak most for a label, with what each adds."""
        words = rows[0]
        parts = self.weights[label, words.columns] * words.weights
        order = np.argsort(-parts, kind="stable")[:_SHOWN_WORDS].tolist()
        terms = self.weighings[0].terms
        return [
            (terms[int(words.columns[place])], float(parts[place]))
            for place in order
            if parts[place] > 0
        ]

    def _starts(self) -> list[int]:
        sizes = [len(weighing.terms) for weighing in self.weighings]
        return [sum(sizes[:place]) for place in range(len(sizes))]

    def save(self, folder: Path) -> None:
        """Write the model to *folder*, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        for view, weighing in zip(VIEWS, self.weighings, strict=True):
            weighing.save(folder / f"{view.name}.npz")
        np.savez_compressed(folder / "weights.npz", weights=self.weights, offsets=self.offsets)
        told = {
            "format": _FORMAT,
            "labels": list(self.labels),
            "many": self.many,
            "slope": self.slope,
            "shift": self.shift,
        }
        (folder / "model.json").write_text(
            json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8"
        )

    @classmethod
    def load(cls, folder: Path) -> "Linear":
        """Read what `save` wrote.

        Raises:
            BadModel: there is no model, or one of another version.
        """
        try:
            told = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            with np.load(folder / "weights.npz", allow_pickle=False) as stored:
                weights, offsets = stored["weights"], stored["offsets"]
            weighings = tuple(Weighing.load(folder / f"{view.name}.npz") for view in VIEWS)
        except (OSError, KeyError, ValueError, EOFError, BadZipFile):
            raise BadModel(f"{folder} 里没有完整的模型，请先训练") from None
        if told["format"] != _FORMAT:
            raise BadModel(f"{folder} 里的模型版本不同，请重新训练")
        return cls(
            tuple(told["labels"]),
            bool(told["many"]),
            weighings,
            weights,
            offsets,
            float(told["slope"]),
            float(told["shift"]),
        )


def view_rows(
    weighings: Sequence[Weighing], places: Sequence[dict[str, int]], row: Mapping[str, Any]
) -> list[Row]:
    """Compute the row of each view of one row of the data."""
    return [
        weighing.row(view.terms(view.text(row)), place)
        for view, weighing, place in zip(VIEWS, weighings, places, strict=True)
    ]
