"""A new version of a document beside the one before it: what its conditions say otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, exists, select

from pusher.model.learning import Correction, Mending
from pusher.model.policy import AudienceRule, Policy
from pusher.reading.changes import Change, changes, regrouped
from pusher.reading.ingest import policy_shape


@dataclass(frozen=True, slots=True)
class Difference:
    """What the conditions of a version say otherwise than those of the one before.

    Attributes:
        changes: conditions removed, changed and added.
        regrouped: those that stayed are combined otherwise: 同时 became 任一, for instance.
    """

    changes: tuple[Change, ...]
    regrouped: bool


def version_before(session: Session, policy: Policy) -> Policy | None:
    """Return the version before *policy* that stood: the last one that staff confirmed.

    Where none of the earlier ones was, it is the last that was read; None for a first one.
    """
    confirmed = exists().where(col(AudienceRule.policy_id) == col(Policy.id))
    return session.exec(
        select(Policy)
        .where(Policy.family_id == policy.family_id, col(Policy.version) < policy.version)
        .order_by(confirmed.desc(), col(Policy.version).desc())
        .limit(1)
    ).first()


def difference(session: Session, policy: Policy, before: Policy) -> Difference:
    """Tell what the conditions of *policy* say otherwise than those of *before*.

    Each version counts as it was confirmed, or as it was drafted while nobody confirmed it.
    """
    old, new = (policy_shape(session, one)["rule"] for one in (before, policy))
    return Difference(tuple(changes(old, new)), regrouped(old, new))


def decided_before(session: Session, policy: Policy) -> Mapping[str, str]:
    """Clause that nobody could read → what staff made of the same words in an earlier version.

    Returns:
        By quote: condition, check or none.
    """
    rows = session.exec(
        select(Correction)
        .join(Policy, col(Policy.id) == Correction.policy_id)
        .where(
            Policy.family_id == policy.family_id,
            col(Policy.version) < policy.version,
            col(Correction.mending) == Mending.DECIDED,
        )
        .order_by(col(Policy.version), col(Correction.made_at))
    )
    return {one.quote: str((one.after or {}).get("as", "")) for one in rows}
