"""Texts as TF-IDF rows, as scikit-learn computes them, with NumPy alone.

Loading scikit-learn takes a second, and whoever reads one policy waits for it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Terms = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One text: the columns of its terms, ascending, and their weights; of length 1 or empty."""

    columns: Integers
    weights: Floats


@dataclass(frozen=True, slots=True)
class Weighing:
    """What was learned of a collection of texts: its terms and how rare each is.

    Attributes:
        terms: in order of their columns, shape ``(n_terms,)``.
        idf: shape ``(n_terms,)``, at least 1.

    Source:
        TfidfVectorizer(sublinear_tf=True, smooth_idf=True, norm="l2") of scikit-learn.
    """

    terms: tuple[str, ...]
    idf: Floats

    def places(self) -> dict[str, int]:
        """Return term → column; keep it when many rows are computed."""
        return {term: column for column, term in enumerate(self.terms)}

    def row(self, words: Sequence[str], places: dict[str, int]) -> Row:
        """Compute the row of one text; terms never learned are left out."""
        counts = Counter(places[word] for word in words if word in places)
        columns = np.array(sorted(counts), dtype=np.int64)
        often = np.array([counts[column] for column in columns.tolist()], dtype=np.float64)
        weights = (1.0 + np.log(often)) * self.idf[columns]
        length = float(np.sqrt(weights @ weights))
        return Row(columns, weights / length if length else weights)

    def dense(self, row: Row) -> Floats:
        """Return *row* as a vector of shape ``(n_terms,)``."""
        vector = np.zeros(len(self.terms))
        vector[row.columns] = row.weights
        return vector

    def save(self, path: Path) -> None:
        """Write terms and weights to *path* (npz, no pickle)."""
        np.savez_compressed(path, terms=np.array(self.terms, dtype=np.str_), idf=self.idf)

    @classmethod
    def load(cls, path: Path) -> "Weighing":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(tuple(stored["terms"].tolist()), stored["idf"])


def learn(texts: Sequence[str], terms: Terms, *, at_least_in: int = 1) -> Weighing:
    """Learn terms and their rarity from *texts*: to the bit what scikit-learn would.

    Args:
        texts: at least one that has a term.
        terms: cuts a text into terms.
        at_least_in: how many texts a term must occur in to be kept.

    Raises:
        ValueError: no term is left.
    """
    within = Counter(term for text in texts for term in set(terms(text)))
    kept = sorted(term for term, number in within.items() if number >= at_least_in)
    if not kept:
        raise ValueError("no term is left")
    often = np.array([within[term] for term in kept], dtype=np.float64)
    return Weighing(tuple(kept), np.log((len(texts) + 1.0) / (often + 1.0)) + 1.0)
