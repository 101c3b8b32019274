"""Which questions ask alike: by the words they share, and by the side of the matter they ask of.

Pure and without anything learned: what a question is like never depends on others that came, so
a topic that stands never changes its mind.
"""

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from math import sqrt
from typing import Final, TypeVar

from pusher.listening.nearest import at_large
from pusher.words.rows import Terms

ALIKE: Final = 0.25
"""Cosine from which a question belongs to a group; measured in
``tests/listening/test_hotline_measure.py``."""
_SIDES: Final = 0.7
"""What the sides of the matter count beside the words."""
_MOST_WORDS: Final = 6
Vector = Mapping[str, float]
"""Word, or side of the matter → weight; words together are of length 1, sides of `_SIDES`."""
Key = TypeVar("Key")


@dataclass(slots=True)
class Group:
    """Questions that ask alike.

    Attributes:
        weights: the sum of their vectors.
        within: in how many questions each word occurs.
    """

    weights: Counter[str] = field(default_factory=Counter)
    within: Counter[str] = field(default_factory=Counter)

    def add(self, vector: Vector) -> None:
        """Take one more question in."""
        for word, weight in vector.items():
            self.weights[word] += weight  # type: ignore[assignment]
            self.within[word] += 1

    def words(self, *, title: Collection[str] = ()) -> list[str]:
        """What at least two of them share, heaviest first: each word once, whole.

        Args:
            title: words of the name of their policy, which tell nothing of what is asked; they
                stand only where there is no other.
        """
        shared = sorted(
            (word for word, number in self.within.items() if number > 1),
            key=lambda word: (-self.weights[word], word),
        )
        telling = [word for word in shared if not _is_of(word, title)] or shared
        whole = [w for w in telling if not any(w != other and w in other for other in telling)]
        return whole[:_MOST_WORDS]


def vector_of(text: str, words_of: Terms) -> Vector:
    """A question as a vector; empty where it has no word that says anything."""
    heavy = {word: at_large(word) for word in words_of(text)}
    length = sqrt(sum(weight * weight for weight in heavy.values())) or 1.0
    sides = [side for side, words in _sides().items() if any(word in text for word in words)]
    return {
        **{word: weight / length for word, weight in heavy.items()},
        **{side: _SIDES / sqrt(len(sides)) for side in sides},
    }


def nearest_group(vector: Vector, groups: Mapping[Key, Group]) -> Key | None:
    """The group that a question belongs to; None: it begins one. The first of several as near."""
    found = [(cosine(vector, group.weights), key) for key, group in groups.items()]
    best = max(found, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= ALIKE else None


def shared_words(vector: Vector, group: Group) -> list[str]:
    """What a question shares with a group, heaviest first: why it belongs to it."""
    parts = {word: vector[word] * group.weights[word] for word in vector if group.within[word]}
    return sorted(parts, key=lambda word: (-parts[word], word))[:_MOST_WORDS]


def cosine(one: Vector, other: Vector) -> float:
    """In [0, 1]; 0 where either is empty."""
    lengths = _length(one.values()) * _length(other.values())
    return sum(one[w] * other.get(w, 0.0) for w in one) / lengths if lengths else 0.0


def _is_of(word: str, title: Collection[str]) -> bool:
    return any(word in one or one in word for one in title)


def _length(weights: Iterable[float]) -> float:
    return sqrt(sum(weight * weight for weight in weights))


@cache
def _sides() -> Mapping[str, Sequence[str]]:
    text = files("pusher.listening").joinpath("aspects.toml").read_text("utf-8")
    sides: Mapping[str, Sequence[str]] = tomllib.loads(text)
    return sides
