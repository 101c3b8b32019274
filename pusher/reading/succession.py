"""A new version of a document beside the one before it: what its conditions say otherwise."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from pusher.model.policy import Policy
from pusher.reading.changes import Change, changes
from pusher.reading.ingest import policy_shape


def version_before(session: Session, policy: Policy) -> Policy | None:
    """Return the version before *policy*, None for a first one."""
    return session.exec(
        select(Policy)
        .where(Policy.family_id == policy.family_id, col(Policy.version) < policy.version)
        .order_by(col(Policy.version).desc())
        .limit(1)
    ).first()


def changed_since(session: Session, policy: Policy, before: Policy) -> Sequence[Change]:
    """Tell which conditions were removed, changed and added since *before*.

    Each version counts as it was confirmed, or as it was drafted while nobody confirmed it.
    """
    old, new = policy_shape(session, before), policy_shape(session, policy)
    return changes(old["rule"], new["rule"])
