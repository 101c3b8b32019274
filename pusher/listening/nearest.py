"""Which live policy a question is about: the one whose words cover most of what was asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from statistics import median
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from pusher.model.policy import Genre, Openness, Policy, PolicyState, PolicyTag
from pusher.words.rows import Terms, Weighing, learn
from pusher.words.tokens import fast, rarity, terms

AT_LEAST: Final = 0.15
"""Share of a question below which its words speak for no policy; measured in
``tests/listening/test_hotline_measure.py``."""
_BODY, _TAGS = 0.6, 0.5
"""What a word counts that only the text holds, or only the keywords of the tags."""
_MOST_WORDS: Final = 6
Keywords = Mapping[str, Sequence[str]]
"""Code of a tag → words that speak for it: what people call what a policy calls otherwise."""


@dataclass(frozen=True, slots=True)
class Near:
    """One policy, how much of a question it covers, and the words it covers, heaviest first."""

    policy_id: UUID
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    policy_id: UUID
    weights: Mapping[str, float]
    """Word → what it counts, at most 1: a word of the title."""


class Nearest:
    """The live policies of an office, ready to be asked many times."""

    def __init__(self, known: Sequence[_Known], idf: Mapping[str, float], words_of: Terms) -> None:
        """Hold what was learned; made by `of`."""
        self._known, self._idf, self._words_of = known, idf, words_of
        self._unseen = max(idf.values(), default=1.0)

    @classmethod
    def of(cls, session: Session, office_id: UUID, keywords: Keywords) -> "Nearest":
        """Read the confirmed policies of an office that the public may hear of."""
        policies = session.exec(
            select(Policy)
            .where(
                Policy.office_id == office_id,
                Policy.state == PolicyState.CONFIRMED,
                Policy.openness == Openness.OPEN,
                Policy.genre != Genre.INTERPRETATION,
            )
            .order_by(col(Policy.id))
        ).all()
        words_of = words_with(keywords)
        texts = ["\n".join((one.title, one.short_title, *one.body)) for one in policies]
        if not any(map(words_of, texts)):
            return cls((), {}, words_of)
        known = [
            _Known(one.id, _weights(one, _meant(session, one, keywords), words_of))
            for one in policies
        ]
        return cls(known, _idf(learn(texts, words_of)), words_of)

    def to(self, text: str, *, at_least: float = AT_LEAST) -> Near | None:
        """The policy nearest to a question; None where none covers *at_least* of it."""
        heavy = {word: self._weight(word) for word in self._words_of(text)}
        whole = sum(heavy.values())
        found = [self._near(one, heavy, whole) for one in self._known] if whole else []
        best = max(found, key=lambda near: near.score, default=None)
        return best if best and best.score >= at_least else None

    def _near(self, one: _Known, heavy: Mapping[str, float], whole: float) -> Near:
        parts = {w: heavy[w] * one.weights[w] for w in heavy if w in one.weights}
        words = sorted(parts, key=lambda word: (-parts[word], word))[:_MOST_WORDS]
        return Near(one.policy_id, sum(parts.values()) / whole, tuple(words))

    def _weight(self, word: str) -> float:
        return self._idf.get(word, self._unseen) * at_large(word)


def words_with(keywords: Keywords) -> Terms:
    """Cut a text into its words, *keywords* whole and in their parts, without what all say."""
    return _words_with(tuple(sorted({word for words in keywords.values() for word in words})))


@cache
def _filler() -> frozenset[str]:
    """What every worksheet says, whatever it is about."""
    return frozenset(files("pusher.listening").joinpath("filler.txt").read_text("utf-8").split())


@cache
def _words_with(whole: tuple[str, ...]) -> Terms:
    plain, kept = fast(), fast(whole)

    def words_of(text: str) -> list[str]:
        # 高龄津贴 is a keyword; a policy may say 高龄老年人津贴
        found = dict.fromkeys([*terms(kept(text)), *terms(plain(text))])
        return [word for word in found if word not in _filler()]

    return words_of


def at_large(word: str) -> float:
    """How rare a word is in Chinese: a dozen policies cannot tell that 申请 says little."""
    known, usual = _rarity()
    return known.get(word, usual)


@cache
def _rarity() -> tuple[Mapping[str, float], float]:
    known = rarity()
    return known, median(known.values())


def _idf(weighing: Weighing) -> dict[str, float]:
    return dict(zip(weighing.terms, weighing.idf.tolist(), strict=True))


def _meant(session: Session, policy: Policy, keywords: Keywords) -> Iterable[str]:
    tags = session.exec(select(PolicyTag).where(PolicyTag.policy_id == policy.id))
    return [word for tag in tags for word in (tag.name, *keywords.get(tag.tag_code, ()))]


def _weights(policy: Policy, meant: Iterable[str], words_of: Terms) -> dict[str, float]:
    weights = dict.fromkeys(words_of(" ".join(meant)), _TAGS)
    weights |= dict.fromkeys(words_of("\n".join(policy.body)), _BODY)
    return weights | dict.fromkeys(words_of(f"{policy.title} {policy.short_title}"), 1.0)
