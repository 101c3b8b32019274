"""Tags for a policy: how near its words are to a subject's, with the words that speak for it.

A score is a cosine, and a cosine of two rows is a sum over their common words: the words shown
with a tag are the score itself, not a story told about it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from pusher.reading.taxonomy import TagMeaning, taxonomy
from pusher.reading.wordbook import taxonomy_words
from pusher.words.rows import Floats, Weighing, learn
from pusher.words.tokens import Cut, fast, rarity, terms

# Tuned on the starter subjects against 59 policies tagged by hand: precision 0.73, recall 0.71.
AT_LEAST = 0.18
MOST_TAGS = 6
_SHOWN_WORDS = 5
# What a policy is about stands in its title and its first page.
_TITLE_COUNTS = 3
_LONGEST_TITLE = 150
_READ_CHARACTERS = 3000
# A definition counts as much as this many confirmed examples.
_DEFINITION_COUNTS = 2

_ROWS, _TAGS = "rows.npz", "tags.json"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tag for a text.

    Attributes:
        code, name: of the tag.
        score: cosine in [0, 1].
        words: up to five words in falling order of weight and, if there are more, one entry
            其余 N 个词; the weights add up to the score.
    """

    code: str
    name: str
    score: float
    words: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A confirmed policy: its text, title first, and the codes of its tags."""

    text: str
    codes: tuple[str, ...]


class Tagger:
    """Suggests tags by TF-IDF rows of the subjects' definitions, keywords and examples."""

    def __init__(
        self, tags: Sequence[tuple[str, str]], weighing: Weighing, profiles: Floats
    ) -> None:
        """Hold what was learned; made by `learn` and `load`.

        Args:
            tags: (code, name) of each tag.
            weighing: terms and their rarity.
            profiles: a row of length 1 for each tag, shape ``(n_tags, n_terms)``.
        """
        self._tags = tuple(tags)
        self._weighing = weighing
        self._places = weighing.places()
        self._profiles = profiles

    @classmethod
    def learn(cls, tags: Iterable[TagMeaning], examples: Sequence[Example] = ()) -> "Tagger":
        """Learn from what *tags* mean and from *examples* that staff confirmed.

        Raises:
            ValueError: there is no tag.
        """
        meant = list(tags)
        texts = [_meaning(tag) for tag in meant]
        weighing = _rarer(learn([*texts, *(_read(one.text) for one in examples)], _terms))
        places = weighing.places()

        def row(text: str) -> Floats:
            return weighing.dense(weighing.row(_terms(text), places))

        profiles = np.stack([row(text) for text in texts]) * _DEFINITION_COUNTS
        position = {tag.code: place for place, tag in enumerate(meant)}
        for one in examples:
            for code in one.codes:
                if code in position:
                    profiles[position[code]] += row(_read(one.text))
        lengths = np.linalg.norm(profiles, axis=1, keepdims=True)
        return cls(
            [(tag.code, tag.name) for tag in meant],
            weighing,
            profiles / np.where(lengths > 0, lengths, 1.0),
        )

    def suggest(self, text: str, *, at_least: float = AT_LEAST) -> list[Suggestion]:
        """Suggest tags for a policy, best first.

        Args:
            text: the policy, its title as the first line, without markup.
            at_least: cosine in [0, 1] below which a tag is left out.

        Returns:
            At most six suggestions; none if no tag comes near enough.
        """
        row = self._weighing.row(_terms(_read(text)), self._places)
        parts = self._profiles[:, row.columns] * row.weights
        scores = parts.sum(axis=1)
        order = np.argsort(-scores, kind="stable")[:MOST_TAGS]
        terms_here = [self._weighing.terms[column] for column in row.columns.tolist()]
        return [
            self._suggestion(place, float(scores[place]), _words(terms_here, parts[place]))
            for place in order.tolist()
            if scores[place] >= at_least and scores[place] > 0
        ]

    def _suggestion(
        self, place: int, score: float, words: tuple[tuple[str, float], ...]
    ) -> Suggestion:
        code, name = self._tags[place]
        return Suggestion(code, name, score, words)

    def save(self, folder: Path) -> None:
        """Write the tagger to *folder* as JSON and npz, without pickle."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            folder / _ROWS,
            terms=np.array(self._weighing.terms, dtype=np.str_),
            idf=self._weighing.idf,
            profiles=self._profiles,
        )
        (folder / _TAGS).write_text(
            json.dumps([{"code": code, "name": name} for code, name in self._tags]),
            encoding="utf-8",
        )

    @classmethod
    def load(cls, folder: Path) -> "Tagger":
        """Read what `save` wrote.

        Raises:
            FileNotFoundError: nothing was saved there.
        """
        tags = json.loads((folder / _TAGS).read_text(encoding="utf-8"))
        with np.load(folder / _ROWS, allow_pickle=False) as stored:
            weighing = Weighing(tuple(stored["terms"].tolist()), stored["idf"])
            profiles = stored["profiles"]
        return cls([(tag["code"], tag["name"]) for tag in tags], weighing, profiles)


@cache
def starter() -> Tagger:
    """Return the tagger that knows the starter subjects and no example; learned once."""
    return Tagger.learn(taxonomy().values())


@cache
def _cutter() -> Cut:
    return fast(taxonomy_words())


def _terms(text: str) -> list[str]:
    return terms(_cutter()(text))


def _meaning(tag: TagMeaning) -> str:
    named = (tag.name, *tag.keywords)
    return " ".join([*named, tag.definition, *named])


def _read(text: str) -> str:
    """Return what of a policy is weighed: the title thrice, and the first page."""
    title, _, body = text.partition("\n")
    if len(title) > _LONGEST_TITLE:
        return text[:_READ_CHARACTERS]
    return "\n".join([title] * _TITLE_COUNTS + [body[:_READ_CHARACTERS]])


def _rarer(weighing: Weighing) -> Weighing:
    """Weigh also by how rare a word is in Chinese at large.

    Fifty definitions cannot tell that 申请 or 认定 say little.
    """
    known = rarity()
    usual = float(np.median(list(known.values())))
    at_large = np.array([known.get(term, usual) for term in weighing.terms])
    return Weighing(weighing.terms, weighing.idf * at_large)


def _words(names: list[str], parts: Floats) -> tuple[tuple[str, float], ...]:
    """Return the five strongest words, and what the others add together."""
    order = [place for place in np.argsort(-parts, kind="stable").tolist() if parts[place] > 0]
    shown = [(names[place], float(parts[place])) for place in order[:_SHOWN_WORDS]]
    others = order[_SHOWN_WORDS:]
    if others:
        shown.append((f"其余 {len(others)} 个词", float(parts[others].sum())))
    return tuple(shown)
