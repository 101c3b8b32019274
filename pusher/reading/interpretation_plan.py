"""The plan of an interpretation: what is usual, what staff set, or why none is needed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from pusher.audit import note
from pusher.model.errors import Unwilling
from pusher.model.interpretation import Form, InterpretationPlan, Stage
from pusher.model.policy import Genre, Policy, PolicyState
from pusher.reading.interpretations import interpretations_of
from pusher.working_days import Calendar


class BadPlan(Unwilling):
    """One field of a plan cannot be that.

    Attributes:
        field: department, due_on or waived_because.
    """

    code = "bad_plan"

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, slots=True)
class Planned:
    """What staff say of an interpretation to come.

    Attributes:
        waived_because: why none is needed; None: one is.
    """

    stage: Stage
    form: Form
    department: str
    due_on: date
    waived_because: str | None = None


def proposed_plan(
    policy: Policy, *, office_name: str, days: int, calendar: Calendar, today: date
) -> Planned:
    """What is usual: with the publication, by the first that issued the policy.

    Args:
        office_name: who does it where the policy names nobody.
        days: working days after the publication, or after *today* where that is later: what came
            out long ago was not late before anybody asked for it.
    """
    began = max(policy.published_on or policy.written_on or today, today)
    department = policy.elements.get("department")
    named = department if isinstance(department, str) and department.strip() else policy.issuer
    first = re.split("[、，,;； ]", (named or "").strip(), maxsplit=1)[0] or office_name
    return Planned(Stage.AT, Form.TEXT, first[:60], calendar.after(began, days))


def set_plan(
    session: Session, policy: Policy, said: Planned, *, by: str, now: datetime
) -> InterpretationPlan:
    """Write down the plan of *policy*; again and again if need be. The caller commits.

    Raises:
        BadPlan: a field cannot be that, or an interpretation itself needs none.
    """
    if policy.genre is Genre.INTERPRETATION:
        raise BadPlan("department", "这份文件本身是解读，不用定解读方案")
    department = said.department.strip()
    if not 0 < len(department) <= 60:
        raise BadPlan("department", "请填写由哪个单位解读，不超过60字")
    waived = (said.waived_because or "").strip() or None
    if waived and len(waived) > 200:
        raise BadPlan("waived_because", "原因不能超过200字")
    plan = session.exec(
        select(InterpretationPlan).where(InterpretationPlan.policy_id == policy.id)
    ).first() or InterpretationPlan(
        office_id=policy.office_id, policy_id=policy.id, stage=said.stage, form=said.form,
        department=department, due_on=said.due_on, by=by, at=now,
    )  # fmt: skip
    plan.stage, plan.form, plan.department = said.stage, said.form, department
    plan.due_on, plan.waived_because, plan.by, plan.at = said.due_on, waived, by, now
    session.add(plan)
    session.flush()
    note(
        session, "interpretation.plan", about=("policy", policy.id), by=by, now=now,
        form=plan.form.value, due=plan.due_on.isoformat(), reason=waived or "",
    )  # fmt: skip
    return plan


def plan_of(session: Session, policy: Policy) -> InterpretationPlan | None:
    """The plan of *policy*, or else of the version before it."""
    return session.exec(
        select(InterpretationPlan)
        .join(Policy, col(Policy.id) == col(InterpretationPlan.policy_id))
        .where(Policy.family_id == policy.family_id, col(Policy.version) <= policy.version)
        .order_by(col(Policy.version).desc())
        .limit(1)
    ).first()


def plan_shape(plan: InterpretationPlan | None) -> dict[str, Any] | None:
    """A plan as programs see it."""
    if plan is None:
        return None
    return {
        "stage": plan.stage.value,
        "form": plan.form.value,
        "department": plan.department,
        "due_on": plan.due_on.isoformat(),
        "waived_because": plan.waived_because,
    }


def is_fulfilled(session: Session, policy: Policy) -> bool:
    """Whether there is an interpretation that staff looked at."""
    return any(one.checked_at is not None for one in interpretations_of(session, policy))


def outstanding(session: Session, office_id: object) -> Sequence[tuple[InterpretationPlan, Policy]]:
    """Plans of confirmed policies that nothing came of yet, the most urgent first."""
    rows = session.exec(
        select(InterpretationPlan, Policy)
        .join(Policy, col(Policy.id) == col(InterpretationPlan.policy_id))
        .where(
            InterpretationPlan.office_id == office_id,
            Policy.state == PolicyState.CONFIRMED,
            col(InterpretationPlan.waived_because).is_(None),
        )
        .order_by(col(InterpretationPlan.due_on), col(InterpretationPlan.id))
    ).all()
    return [(plan, policy) for plan, policy in rows if not is_fulfilled(session, policy)]
