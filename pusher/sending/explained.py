"""Whether a policy is explained, or somebody has said who will: asked before a first batch."""

from sqlmodel import Session, col, exists, or_, select

from pusher.model.batch import Batch, BatchKind
from pusher.model.errors import Unwilling
from pusher.model.interpretation import Interpretation, InterpretationPlan
from pusher.model.policy import Policy

LACKING = (
    "这份政策没有解读，也没有解读方案：请在政策页定下谁来解读、什么形式、哪天以前，或写明不用解读"
)


class NotExplained(Unwilling):
    """The office demands a plan of interpretation, and there is none (无解读方案不得排程)."""

    code = "no_interpretation_plan"


def lacks_plan(session: Session, batch: Batch) -> bool:
    """Whether *batch* tells of a policy for the first time, and nobody explains that."""
    if batch.kind is not BatchKind.FIRST:
        return False
    policy = session.get_one(Policy, batch.policy_id)
    family = select(Policy.id).where(Policy.family_id == policy.family_id)
    planned = exists().where(col(InterpretationPlan.policy_id).in_(family))
    explained = exists().where(
        col(Interpretation.policy_id).in_(family),
        col(Interpretation.checked_at).is_not(None),
        col(Interpretation.ended_at).is_(None),
    )
    return not session.exec(select(or_(planned, explained))).one()


def refuse_unless_planned(session: Session, batch: Batch, *, needed: str) -> None:
    """Refuse a batch that the office's rule forbids.

    Args:
        needed: ``interpretation_needed`` of the settings.

    Raises:
        NotExplained: it is ``required``, and the policy has neither.
    """
    if needed == "required" and lacks_plan(session, batch):
        raise NotExplained(LACKING)
