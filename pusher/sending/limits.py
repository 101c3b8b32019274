"""How much one reader hears of us, and what a month may cost: what the office has set, and kept."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from profiles.rows import in_chunks
from pusher.clock import OFFICE_ZONE
from pusher.model.batch import Batch, BatchKind, BatchState
from pusher.model.errors import Unwilling
from pusher.model.notice import Notice, NoticeState
from pusher.settings import Settings

_RELEASED = (BatchState.APPROVED, BatchState.SENDING, BatchState.PAUSED, BatchState.FINISHED)
_LEFT = (NoticeState.HANDING, NoticeState.ACCEPTED, NoticeState.UNSURE)


class OverBudget(Unwilling):
    """The month's budget does not cover it."""

    code = "over_budget"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the office has set.

    Attributes:
        per_reader: notices that one reader may get `within` so long; 0: any number.
        per_month: yuan that the released batches of one month may cost; 0: any sum.
    """

    per_reader: int = 0
    within: timedelta = timedelta(days=7)
    per_month: Decimal = Decimal(0)

    def is_enough(self, heard: int) -> bool:
        """Whether a reader who heard so often may not be written to now."""
        return 0 < self.per_reader <= heard


def limits_of(settings: Settings) -> Limits:
    """The limits that the settings name."""
    return Limits(
        settings.cap_per_reader, timedelta(days=settings.cap_days), settings.budget_per_month
    )


def heard_of_late(
    session: Session, readers: Collection[UUID], limits: Limits, *, now: datetime
) -> Counter[UUID]:
    """How many notices each of *readers* got of late, corrections apart; empty without a cap.

    A notice counts from the hour of its batch on, once it was handed over.
    """
    heard: Counter[UUID] = Counter()
    for chunk in in_chunks(readers) if limits.per_reader else ():
        asked = (
            select(Notice.profile_id, func.count())
            .join(Batch, col(Batch.id) == Notice.batch_id)
            .where(
                col(Notice.profile_id).in_(chunk),
                col(Notice.state).in_(_LEFT),
                Notice.kind != BatchKind.CORRECTION,
                col(Batch.send_after) > now - limits.within,
            )
            .group_by(col(Notice.profile_id))
        )
        heard.update(dict(session.exec(asked).all()))
    return heard


def refuse_over_budget(session: Session, batch: Batch, limits: Limits) -> None:
    """Refuse to release what the month cannot pay; two drafts may each have fitted alone.

    Raises:
        OverBudget: with what is left and what it would cost.
    """
    left = left_of_the_budget(session, batch.office_id, limits, at=batch.send_after)
    if left is None:
        return
    costs = _sum_of(session, Notice.batch_id == batch.id, Notice.state == NoticeState.DRAFTED)
    if costs > left:
        raise OverBudget(f"本月预算还剩 {left} 元，这个批次要 {costs} 元；请减少对象或调整预算")


def left_of_the_budget(
    session: Session, office_id: UUID, limits: Limits, *, at: datetime
) -> Decimal | None:
    """Yuan that the month of *at* has left, released batches taken off; None: no budget is set.

    Args:
        at: the hour at which a batch shall begin.
    """
    if not limits.per_month:
        return None
    here = at.astimezone(OFFICE_ZONE)
    first = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = _sum_of(
        session,
        Batch.office_id == office_id,
        col(Batch.state).in_(_RELEASED),
        col(Batch.send_after) >= first,
        col(Batch.send_after) < _next_month(first),
        col(Notice.state).in_((*_LEFT, NoticeState.DRAFTED)),
    )
    return max(limits.per_month - spent, Decimal(0))


def _sum_of(session: Session, *which: Any) -> Decimal:
    """Yuan; money is kept as text, exactly, so few prices are read, each with how often."""
    paid = session.exec(
        select(col(Notice.price), func.count())
        .join(Batch, col(Batch.id) == Notice.batch_id)
        .where(*which)
        .group_by(col(Notice.price))
    )
    return sum((price * count for price, count in paid), Decimal(0))


def _next_month(first: datetime) -> datetime:
    return (first + timedelta(days=32)).replace(day=1)
