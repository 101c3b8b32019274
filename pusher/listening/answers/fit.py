"""Which policy a question is about: candidates of the index, weighed by what of it they name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from pusher.listening.answers.asked import Asked, Broad, Concept
from pusher.listening.answers.terms import candidates, subject_of
from pusher.model.policy import Policy, PolicyState, PolicyTag
from pusher.model.source import PolicyCitation, Relation
from pusher.model.standing import Standing, standing
from pusher.words.tokens import normal

LOOKED_AT: Final = 20
"""Candidates that are read in full."""
SURE: Final = 0.6
"""Share of a question that a policy has to name before we stand by an answer."""
SURER: Final = 0.85
"""The same where its subject names only whom it is for, as 老人."""
_OVER: Final = 0.85
"""What a policy counts that is no longer, or not yet, to be applied under."""
_NAMED: Final = 2.0
"""What a word of the subject counts beside one of the text."""
STANDS: Final = frozenset({Standing.OPEN, Standing.UPCOMING})


@dataclass(frozen=True, slots=True)
class Fit:
    """A policy beside a question.

    Attributes:
        share: of the question's words, by weight, those that the policy names, in [0, 1].
        told: whether its subject names one of them that is not broad.
        meant: whether its subject names whom the question is about, as 老人.
        older: versions and documents that it took the place of.
    """

    policy: Policy
    stands: Standing
    tags: tuple[str, ...]
    score: float
    share: float
    told: bool
    meant: bool
    older: tuple[Policy, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether it is what the question is about."""
        return self.share >= SURE if self.told else self.meant and self.share >= SURER


def fits(
    session: Session, asked: Asked, office_id: UUID, *, as_of: date, about: UUID | None = None
) -> list[Fit]:
    """The policies a question may be about, best first; of a document only the version in force.

    Args:
        about: the policy on whose page it was asked; it is looked at whatever its words.
    """
    words = [word for one in asked.concepts for word in sorted(one.words)]
    found = dict(candidates(session, office_id, words, most=LOOKED_AT))
    if about is not None:
        found.setdefault(about, 0.0)
    policies = session.exec(select(Policy).where(col(Policy.id).in_(found))).all()
    newest: dict[UUID, Policy] = {}
    for policy in policies:
        newest.setdefault(policy.family_id, _in_force(session, policy))
    judged = [
        _fit(session, policy, asked.concepts, as_of, found.get(policy.id, 0.0))
        for policy in newest.values()
    ]
    judged.sort(key=lambda fit: (fit.policy.id == about and fit.share > 0, fit.score), reverse=True)
    return judged


def with_older(session: Session, fit: Fit) -> Fit:
    """*fit* with what its policy took the place of."""
    policy = fit.policy
    earlier = select(Policy).where(
        Policy.family_id == policy.family_id,
        col(Policy.version) < policy.version,
        col(Policy.confirmed_at).is_not(None),
    )
    numbers = select(PolicyCitation.document_number).where(
        PolicyCitation.policy_id == policy.id,
        PolicyCitation.relation == Relation.REPEALS,
        col(PolicyCitation.document_number).is_not(None),
    )
    ended = select(Policy).where(
        Policy.office_id == policy.office_id, col(Policy.document_number).in_(numbers)
    )
    older = {p.id: p for asked in (earlier, ended) for p in session.exec(asked) if p is not policy}
    return replace(fit, older=tuple(older.values()))


def successor(session: Session, policy: Policy) -> Policy | None:
    """The confirmed document that says that it repeals *policy*."""
    if not policy.document_number:
        return None
    return session.exec(
        select(Policy)
        .join(PolicyCitation, col(PolicyCitation.policy_id) == Policy.id)
        .where(
            PolicyCitation.relation == Relation.REPEALS,
            PolicyCitation.document_number == policy.document_number,
            Policy.office_id == policy.office_id,
            Policy.state == PolicyState.CONFIRMED,
        )
    ).first()


def _in_force(session: Session, policy: Policy) -> Policy:
    if policy.state is PolicyState.CONFIRMED:
        return policy
    newer = select(Policy).where(
        Policy.family_id == policy.family_id, Policy.state == PolicyState.CONFIRMED
    )
    found = session.exec(newer.order_by(col(Policy.version).desc())).first()
    return found or successor(session, policy) or policy


def _fit(
    session: Session, policy: Policy, concepts: Sequence[Concept], as_of: date, cosine: float
) -> Fit:
    tags = tuple(session.exec(select(PolicyTag.name).where(PolicyTag.policy_id == policy.id)))
    subject, text = subject_of(policy, tags), normal("\n".join(policy.body))
    named = [one for one in concepts if one.stands_in(subject)]
    there = [one for one in concepts if one in named or one.stands_in(text)]
    whole = weight_of(concepts) or 1.0
    score = (_NAMED * weight_of(named) + weight_of(there)) / whole + cosine
    stands = standing(policy, as_of)
    return Fit(
        policy,
        stands,
        tags,
        score if stands in STANDS else score * _OVER,
        weight_of(there) / whole,
        any(one.broad is None for one in named),
        any(one.broad is Broad.AUDIENCE for one in named),
    )


def weight_of(concepts: Iterable[Concept]) -> float:
    """What some concepts weigh together."""
    return sum(one.weight for one in concepts)
