"""A batch and the list of batches in figures, counted from the rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from pusher.model.batch import Batch, BatchState
from pusher.model.match import Decision, Match
from pusher.model.notice import Notice, NoticeState
from pusher.model.policy import Policy
from pusher.model.staff import AuditEntry
from pusher.web.paging import PAGE, Listing, listing
from pusher.web.session import SignedIn


@dataclass(frozen=True, slots=True)
class Line:
    """One batch of the list."""

    batch: Batch
    title: str
    states: Mapping[str, int]
    planned: int
    withheld: int


@dataclass(frozen=True, slots=True)
class Counted:
    """The large figures of one batch.

    Attributes:
        going: notices that are not withheld.
        possible_left_out: whom the run found possible, where the batch leaves them out.
        started: something was handed over already.
        percent: of those going, how many are dealt with.
    """

    going: int
    withheld: int
    possible_left_out: int
    started: bool
    percent: int


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a list of bars; *percent* of the longest."""

    word: str
    number: int
    percent: int


COURSE = ("起草", "审核", "批准", "发送", "完成")
_PLACES = {
    BatchState.DRAFT: 0,
    BatchState.IN_REVIEW: 1,
    BatchState.APPROVED: 2,
    BatchState.SENDING: 3,
    BatchState.PAUSED: 3,
    BatchState.FINISHED: 4,
}


def course(batch: Batch) -> list[tuple[str, str]]:
    """The steps of a batch's route, each past, now or to come; empty where it was broken off."""
    if batch.state not in _PLACES:
        return []
    here = _PLACES[batch.state]
    return [
        (step, "past" if n < here else "now" if n == here else "to_come")
        for n, step in enumerate(COURSE)
    ]


def lines(session: Session, who: SignedIn, state: str, page: int) -> Listing[Line]:
    """One page of the list, the newest batch first; *state* empty or unknown: all."""
    query = (
        select(Batch, Policy.short_title)
        .join(Policy, col(Policy.id) == col(Batch.policy_id))
        .where(col(Batch.office_id) == who.office_id)
    )
    if state in list(BatchState):
        query = query.where(col(Batch.state) == BatchState(state))
    total = session.exec(
        select(func.count()).select_from(query.with_only_columns(col(Batch.id)).subquery())
    ).one()
    batches = session.exec(
        query.order_by(col(Batch.drafted_at).desc(), col(Batch.id).desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    states = _states(session, [batch for batch, _ in batches])
    rows = [_line(batch, title, states.get(batch.id, {})) for batch, title in batches]
    return listing(rows, total, page=page, path="/batches", asked={"state": state})


def counted(session: Session, batch: Batch) -> Counted:
    """The large figures of *batch*."""
    states = _states(session, [batch]).get(batch.id, {})
    withheld = states.get(NoticeState.WITHHELD.value, 0)
    waiting = states.get(NoticeState.DRAFTED.value, 0) + states.get(NoticeState.HANDING.value, 0)
    going = sum(states.values()) - withheld
    done = going - waiting
    started = done > 0 or batch.state is BatchState.SENDING
    percent = 100 * done // max(1, going)
    return Counted(going, withheld, _possible_left_out(session, batch), started, percent)


def shares(counts: Mapping[str, int]) -> list[Share]:
    """*counts*, the largest first, each with its length beside the largest."""
    longest = max(counts.values(), default=1)
    ranked = sorted(counts.items(), key=lambda one: -one[1])
    return [Share(word, number, 100 * number // max(1, longest)) for word, number in ranked]


def share(part: int, whole: int) -> int | None:
    """Percent, rounded down; None of nothing."""
    return 100 * part // whole if whole else None


def trail(session: Session, batch: Batch) -> list[AuditEntry]:
    """What was done to the batch, the first act first."""
    return list(
        session.exec(
            select(AuditEntry)
            .where(col(AuditEntry.about) == f"batch:{batch.id}")
            .order_by(col(AuditEntry.number))
        )
    )


def _line(batch: Batch, title: str, states: Mapping[str, int]) -> Line:
    withheld = states.get(NoticeState.WITHHELD.value, 0)
    return Line(batch, title, states, sum(states.values()) - withheld, withheld)


def _states(session: Session, batches: list[Batch]) -> dict[UUID, dict[str, int]]:
    rows = session.exec(
        select(Notice.batch_id, Notice.state, func.count())
        .where(col(Notice.batch_id).in_([batch.id for batch in batches]))
        .group_by(col(Notice.batch_id), col(Notice.state))
    ).all()
    states: dict[UUID, dict[str, int]] = {}
    for batch_id, state, number in rows:
        states.setdefault(batch_id, {})[str(state)] = number
    return states


def _possible_left_out(session: Session, batch: Batch) -> int:
    if Decision.POSSIBLE in batch.include:
        return 0
    return session.exec(
        select(func.count()).where(
            col(Match.run_id) == batch.run_id, col(Match.decision) == Decision.POSSIBLE
        )
    ).one()
