"""Whether people may be told of a policy at all, and who of those that were matched."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session, col, or_, select

from pusher.model.batch import BatchKind
from pusher.model.errors import Unwilling
from pusher.model.interpretation import Interpretation
from pusher.model.match import Decision, MatchRun
from pusher.model.policy import AudienceRule, Genre, Openness, Policy, PolicyState
from pusher.model.standing import Standing, standing


class NotTellable(Unwilling):
    """Nobody, or not these people, may be told of this policy now."""

    code = "not_tellable"


WHY_NOT = {
    Standing.INTERNAL: "该政策不是主动公开的，不能推送",
    Standing.REPEALED: "该政策已废止或被新版替代，不能推送",
    Standing.EXHAUSTED: "该政策名额或资金已用完，不能推送",
    Standing.EXPIRED: "该政策已过有效期，不能推送",
    Standing.CLOSED: "该政策的申请已经截止，不能推送",
}
"""Standings under which nobody hears of a policy, and what staff are told then."""


def refuse_unless_tellable(
    session: Session,
    policy: Policy,
    run: MatchRun,
    *,
    kind: BatchKind,
    decisions: Collection[Decision],
    as_of: date,
) -> AudienceRule:
    """Check that a batch about *policy* may exist on *as_of*.

    Returns:
        The rule that the run judged by; it still is the one that staff confirmed last.

    Raises:
        NotTellable: an interpretation, not confirmed, not open to the public, over, matched by an
            older rule, a draft for comment for others than subscribers, a reminder of no
            deadline, or news of an interpretation that nobody can read.
    """
    stands = standing(policy, as_of)
    if policy.genre is Genre.INTERPRETATION:
        raise NotTellable("这是解读，不作为政策推送；请在它解读的政策下起草“解读”批次")
    if policy.openness is not Openness.OPEN:
        raise NotTellable(WHY_NOT[Standing.INTERNAL])
    # who was told must hear that it changed, most of all when it no longer stands
    corrects = kind is BatchKind.CORRECTION
    # who got it, or was too late for it, goes on asking
    explains = kind is BatchKind.INTERPRETATION and stands in (Standing.CLOSED, Standing.EXHAUSTED)
    if stands in WHY_NOT and not corrects and not explains:
        raise NotTellable(WHY_NOT[stands])
    if policy.state is PolicyState.READ or (
        policy.state is not PolicyState.CONFIRMED and not corrects
    ):
        raise NotTellable("该政策尚未确认，请先确认标签和条件")
    if not decisions:
        raise NotTellable("请选择要通知哪些人：符合、可能符合或订阅")
    if stands is Standing.DRAFT and set(decisions) != {Decision.SUBSCRIBED}:
        raise NotTellable("征求意见稿只能发给订阅的人，请只选“订阅”")
    if kind is BatchKind.INTERPRETATION and not _is_explained(session, policy):
        raise NotTellable("还没有核对过的解读可看；请先登记一份解读，或核对读到的解读")
    if kind is BatchKind.REMINDER and policy.apply_until is None:
        raise NotTellable("该政策没有截止日期，无从提醒；如有截止日期，请先在政策里补上")
    return _rule_of(session, policy, run)


def _is_explained(session: Session, policy: Policy) -> bool:
    """Whether there is an interpretation that staff looked at and people can read."""
    family = select(Policy.id).where(Policy.family_id == policy.family_id)
    return (
        session.exec(
            select(Interpretation.id)
            .where(
                col(Interpretation.policy_id).in_(family),
                col(Interpretation.checked_at).is_not(None),
                col(Interpretation.ended_at).is_(None),
                or_(
                    col(Interpretation.address).is_not(None),
                    col(Interpretation.document_id).is_not(None),
                ),
            )
            .limit(1)
        ).first()
        is not None
    )


def _rule_of(session: Session, policy: Policy, run: MatchRun) -> AudienceRule:
    rule = session.exec(
        select(AudienceRule)
        .where(AudienceRule.policy_id == policy.id)
        .order_by(col(AudienceRule.number).desc())
        .limit(1)
    ).first()
    if run.policy_id != policy.id or rule is None or rule.id != run.rule_id:
        raise NotTellable("政策的条件在匹配之后改过，请重新匹配后再起草")
    return rule
