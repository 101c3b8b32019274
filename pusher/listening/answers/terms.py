"""The index: for each policy that was ever confirmed its terms and their weights, as one row."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, select

from pusher.model.policy import Genre, Openness, Policy, PolicyTag
from pusher.model.terms import PolicyTerms
from pusher.words.search import nearest, packed
from pusher.words.tokens import characters, fast, normal, terms

_MAKING: Final = "1"
"""Raised when rows are to be made anew by a newer programme."""
_TITLE: Final = 5
"""How often a word of the title counts."""
_ANSWERS: Final = (Genre.POLICY, Genre.NOTICE, Genre.GUIDE, Genre.DRAFT)
AT_ONCE: Final = 200
"""Rows made in one go by whoever asks; more are left to the clockwork."""


def refresh(session: Session, office_id: UUID, *, at_most: int = AT_ONCE) -> int:
    """Make the rows that are missing or older than their policy; return how many were made."""
    stale = _stale(session, office_id)[:at_most]
    for policy_id, stamp in stale:
        session.merge(_row(session, session.get_one(Policy, policy_id), stamp))
    session.flush()
    return len(stale)


def is_fresh(session: Session, office_id: UUID) -> bool:
    """Whether no policy lacks a row; one that is older than its policy is seen to by `refresh`."""
    lacking = (
        select(Policy.id)
        .outerjoin(PolicyTerms, col(PolicyTerms.policy_id) == Policy.id)
        .where(*_answerable(office_id), col(PolicyTerms.policy_id).is_(None))
    )
    return session.exec(lacking.limit(1)).first() is None


def _stale(session: Session, office_id: UUID) -> list[tuple[UUID, str]]:
    """Policies whose row is missing or older than they are, and the stamp it should have."""
    made = dict(
        session.exec(
            select(PolicyTerms.policy_id, PolicyTerms.stamp)
            .join(Policy, col(Policy.id) == PolicyTerms.policy_id)
            .where(Policy.office_id == office_id)
        ).all()
    )
    known = session.exec(
        select(
            Policy.id, Policy.sha256, col(Policy.title) + "\n" + col(Policy.short_title),
            Policy.confirmed_at,
        ).where(*_answerable(office_id))
    )  # fmt: skip
    return [(row[0], stamp) for row in known if made.get(row[0]) != (stamp := _stamp(*row[1:]))]


def candidates(
    session: Session, office_id: UUID, words: Iterable[str], *, most: int
) -> list[tuple[UUID, float]]:
    """The policies nearest to *words*, nearest first, each with its cosine."""
    rows = session.exec(
        select(PolicyTerms.policy_id, PolicyTerms.packed)
        .join(Policy, col(Policy.id) == PolicyTerms.policy_id)
        .where(*_answerable(office_id))
    ).all()
    asked = Counter(term for word in words for term in _terms(word))
    found = nearest([row[1] for row in rows], asked, most=most)
    return [(rows[place][0], score) for place, score in found]


def _answerable(office_id: UUID) -> tuple[Any, ...]:
    """Once confirmed by staff, open to the public, and a document that decides something."""
    return (
        Policy.office_id == office_id,
        col(Policy.confirmed_at).is_not(None),
        Policy.openness == Openness.OPEN,
        col(Policy.genre).in_(_ANSWERS),
    )


def _stamp(*parts: object) -> str:
    told = "\0".join([_MAKING, *(str(part) for part in parts)])
    return hashlib.sha256(told.encode()).hexdigest()


def _row(session: Session, policy: Policy, stamp: str) -> PolicyTerms:
    tags = session.exec(select(PolicyTag.name).where(PolicyTag.policy_id == policy.id)).all()
    counts: Counter[str] = Counter()
    for text, times in (
        (policy.title, _TITLE), (policy.short_title, _TITLE),
        *((name, 2) for name in tags), *((paragraph, 1) for paragraph in policy.body),
    ):  # fmt: skip
        for term in _terms(text):
            counts[term] += times
    return PolicyTerms(policy_id=policy.id, stamp=stamp, packed=packed(counts))


def _terms(text: str) -> list[str]:
    """Words, and pairs of characters for what no dictionary knows."""
    pairs = [run for run in characters(text, longest=2) if len(run) == 2 and run.isalnum()]
    return [*terms(_cutter()(text)), *pairs]


@cache
def _cutter() -> Any:
    return fast()


def subject_of(policy: Policy, tags: Sequence[str]) -> str:
    """What a policy is about, in normal form: title, short title, tags, the line of its benefit."""
    told: Mapping[str, Any] = policy.elements
    line = told.get("benefit_line") or ""
    return normal("\n".join([policy.title, policy.short_title, *tags, line]))
