"""The figures a monitor watches: counts of rows at one moment, never of anybody in particular."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlmodel import Session, col, func, or_, select

from pusher.model.batch import Batch, BatchState
from pusher.model.clockwork import Slot
from pusher.model.notice import Notice, NoticeState, Outcome, Reason
from pusher.model.word import Inbox

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts in one snapshot: the states sum up to all that was ever planned.

    Attributes:
        outcomes: of accepted notices.
        waiting: drafted notices of released batches that may leave now.
        oldest: since when the oldest of them could have left; None if none waits.
        unfolded: bodies from vendors not yet looked into.
        failed_jobs: job → runs that failed in the last day.
    """

    states: Mapping[NoticeState, int]
    outcomes: Mapping[Outcome, int]
    reasons: Mapping[Reason, int]
    left_to_staff: int
    waiting: int
    oldest: timedelta | None
    unfolded: int
    failed_jobs: Mapping[str, int]


def count_up(session: Session, *, now: datetime) -> Figures:
    """Count; every state, outcome and reason is there, with 0 where there is none."""
    states = session.exec(select(Notice.state, func.count()).group_by(Notice.state)).all()
    waiting, since = _waiting(session, now)
    return Figures(
        states=_all_of(NoticeState, states),
        outcomes=_outcomes(session),
        reasons=_reasons(session),
        left_to_staff=session.exec(
            select(func.count())
            .select_from(Notice)
            .where(Notice.state == NoticeState.UNSURE, col(Notice.left_to_staff_at).is_not(None))
        ).one(),
        waiting=waiting,
        oldest=None if since is None else max(now - since, timedelta()),
        unfolded=session.exec(
            select(func.count()).select_from(Inbox).where(col(Inbox.folded_at).is_(None))
        ).one(),
        failed_jobs=dict(
            session.exec(
                select(Slot.job, func.count())
                .where(col(Slot.failed).is_not(None), Slot.started_at > now - timedelta(days=1))
                .group_by(Slot.job)
            ).all()
        ),
    )


def _outcomes(session: Session) -> dict[Outcome, int]:
    accepted = (
        select(Notice.outcome, func.count())
        .where(Notice.state == NoticeState.ACCEPTED)
        .group_by(Notice.outcome)
    )
    return _all_of(Outcome, session.exec(accepted).all())


def _reasons(session: Session) -> dict[Reason, int]:
    withheld = (
        select(Notice.reason, func.count())
        .where(col(Notice.reason).is_not(None))
        .group_by(col(Notice.reason))
    )
    return _all_of(Reason, session.exec(withheld).all())


def _all_of(words: type[Word], counted: Iterable[tuple[object, int]]) -> dict[Word, int]:
    found = dict(counted)
    return {word: found.get(word, 0) for word in words}


def _waiting(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """How many may leave, and since when the first could have."""
    ready = (
        select(func.count(), func.min(func.coalesce(Notice.not_before, Batch.send_after)))
        .join(Batch, col(Batch.id) == Notice.batch_id)
        .where(
            Notice.state == NoticeState.DRAFTED,
            col(Batch.state).in_((BatchState.APPROVED, BatchState.SENDING)),
            Batch.send_after <= now,
            or_(col(Notice.not_before).is_(None), col(Notice.not_before) <= now),
        )
    )
    number, since = session.exec(ready).one()
    return number, since
