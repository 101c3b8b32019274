"""The first page: what waits for me, what leaves, what ends soon, whether the clockwork lives."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from profiles.model import Profile
from pusher.clockwork import clockwork_state
from pusher.listening.visits import RELEASED
from pusher.matching.match import latest_run
from pusher.model.batch import Batch, BatchState
from pusher.model.clockwork import Pause
from pusher.model.match import Decision, Match
from pusher.model.notice import Notice, NoticeState, Outcome
from pusher.model.policy import Policy, PolicyState
from pusher.model.staff import Role
from pusher.model.standing import Standing, standing
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Anyone
from pusher.web.layout import go, show
from pusher.web.session import SignedIn
from pusher.web.waiting import waiting

router = APIRouter()

SOON = timedelta(days=30)
"""How far ahead a deadline is shown."""
_LIVE = (BatchState.APPROVED, BatchState.SENDING, BatchState.PAUSED)
_NEWEST = 5


@dataclass(frozen=True, slots=True)
class Sending:
    """A released batch and how far it is.

    Attributes:
        arrived: of those handed over, how many are known to have come.
    """

    batch: Batch
    title: str
    done: int
    left: int
    arrived: int
    percent: int


@dataclass(frozen=True, slots=True)
class Due:
    """A policy that can be applied for, but not for long.

    Attributes:
        days: until the last day; 0 is today.
        eligible: of the newest run; None where nobody computed it yet.
        told: whether a batch of it was released.
    """

    policy: Policy
    days: int
    eligible: int | None
    told: bool


@router.get("/")
def overview(request: Request, desk: DeskHere, who: Anyone) -> Response:
    """The overview; an admin or auditor sees no policy and no batch."""
    if who.role is Role.COMMUNITY:
        return go("/visits", desk=desk)
    return show_overview(request, desk, who, fields=Fields.empty())


def show_overview(
    request: Request,
    desk: Desk,
    who: SignedIn,
    *,
    fields: Fields,
    erring: str = "",
    status: int = 200,
) -> Response:
    """Show the overview; also where a form on it comes back with errors.

    Args:
        erring: which form came back: ``all``, a gateway's name, or the cause of a hold.
    """
    now = desk.now()
    with desk.store.reading() as session:
        kinds = waiting(session, who, today=now.date())
        shown: dict[str, Any] = {
            "waiting": [kind for kind in kinds if kind.count],
            "resting": [kind for kind in kinds if not kind.count],
            "sending": _sending(session, who),
            "due": _due(session, who, now.date()),
            "beginning": _beginning(session, who),
            "clockwork": clockwork_state(session, now),
            "pauses": {pause.gateway: pause for pause in session.exec(select(Pause))},
        }
    return show(
        request,
        desk,
        who,
        "overview.html",
        status=status,
        fields=fields,
        erring=erring,
        works=bool(kinds),
        looks=who.role in (Role.VIEWER, Role.CLERK, Role.REVIEWER),
        total=sum(kind.count for kind in kinds),
        may_stop=who.role in (Role.CLERK, Role.REVIEWER),
        may_lift=who.role is Role.REVIEWER,
        gateways=sorted(desk.gateways.values(), key=lambda gateway: gateway.name),
        **shown,
    )


def _sending(session: Session, who: SignedIn) -> list[Sending]:
    """What is on its way, then what finished last."""
    ours = (
        select(Batch, Policy.short_title)
        .join(Policy, col(Policy.id) == col(Batch.policy_id))
        .where(col(Batch.office_id) == who.office_id)
    )
    live = session.exec(ours.where(col(Batch.state).in_(_LIVE)).order_by(col(Batch.send_after)))
    over = session.exec(
        ours.where(col(Batch.state) == BatchState.FINISHED)
        .order_by(col(Batch.send_after).desc(), col(Batch.id).desc())
        .limit(_NEWEST)
    )
    batches = [*live, *over]
    counted = _counts(session, [batch for batch, _ in batches])
    return [_progress(batch, title, counted.get(str(batch.id), {})) for batch, title in batches]


def _counts(
    session: Session, batches: list[Batch]
) -> dict[str, dict[tuple[NoticeState, Outcome], int]]:
    rows = session.exec(
        select(Notice.batch_id, Notice.state, Notice.outcome, func.count())
        .where(col(Notice.batch_id).in_([batch.id for batch in batches]))
        .group_by(col(Notice.batch_id), col(Notice.state), col(Notice.outcome))
    ).all()
    found: dict[str, dict[tuple[NoticeState, Outcome], int]] = {}
    for batch, state, outcome, count in rows:
        found.setdefault(str(batch), {})[(NoticeState(state), Outcome(outcome))] = count
    return found


def _progress(batch: Batch, title: str, counted: dict[tuple[NoticeState, Outcome], int]) -> Sending:
    waits = (NoticeState.DRAFTED, NoticeState.HANDING)
    left = sum(n for (state, _), n in counted.items() if state in waits)
    done = sum(
        n for (state, _), n in counted.items() if state not in (*waits, NoticeState.WITHHELD)
    )
    came = (Outcome.DELIVERED, Outcome.READ)
    arrived = sum(n for (_, outcome), n in counted.items() if outcome in came)
    return Sending(batch, title, done, left, arrived, 100 * done // max(1, done + left))


def _due(session: Session, who: SignedIn, today: date) -> list[Due]:
    """Open policies whose last day is near, the nearest first."""
    policies = session.exec(
        select(Policy)
        .where(
            col(Policy.office_id) == who.office_id,
            col(Policy.state) == PolicyState.CONFIRMED,
            col(Policy.apply_until).between(today, today + SOON),
        )
        .order_by(col(Policy.apply_until), col(Policy.id))
    ).all()
    opened = [policy for policy in policies if standing(policy, today) is Standing.OPEN]
    return [_one_due(session, policy, today) for policy in opened[:_NEWEST]]


def _one_due(session: Session, policy: Policy, today: date) -> Due:
    run = latest_run(session, policy)
    told = session.exec(
        select(func.count())
        .select_from(Batch)
        .where(col(Batch.policy_id) == policy.id, col(Batch.state).in_(RELEASED))
    ).one()
    eligible = None
    if run is not None:
        eligible = session.exec(
            select(func.count())
            .select_from(Match)
            .where(col(Match.run_id) == run.id, col(Match.decision) == Decision.ELIGIBLE)
        ).one()
    days = (policy.apply_until - today).days if policy.apply_until else 0
    return Due(policy, days, eligible, told > 0)


def _beginning(session: Session, who: SignedIn) -> dict[str, bool]:
    """The first steps of a new office, each with whether it was done."""
    return {
        name: session.exec(select(table.id).where(table.office_id == who.office_id)).first()
        is not None
        for name, table in (("profiles", Profile), ("policies", Policy), ("batches", Batch))
    }
