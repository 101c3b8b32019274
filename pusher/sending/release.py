"""When a batch begins, ends or lapses: what the clockwork does with batches as a whole."""

from collections import Counter
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, or_, select, update

from profiles.turns import join_the_claims
from pusher.audit import note
from pusher.hold import is_held
from pusher.model.batch import Batch, BatchState
from pusher.model.notice import Notice, NoticeState, Reason
from pusher.sending.anew import take_back

_LEFT_OVER: Final = {BatchState.LAPSED: Reason.LAPSED, BatchState.CANCELLED: Reason.CANCELLED}


def release(session: Session, *, now: datetime) -> Counter[str]:
    """Let batches begin whose hour has come, and let those lapse whose last hour has passed.

    Nothing moves while all sending is held.

    Returns:
        How many batches were released, lapsed or finished, how many notices were withheld.
    """
    join_the_claims(session)
    if is_held(session):
        return Counter()
    counts: Counter[str] = lapse(session, now=now)
    due = session.exec(
        select(Batch.id).where(
            Batch.state == BatchState.APPROVED,
            col(Batch.send_after) <= now,
            col(Batch.latest_at) > now,
        )
    ).all()
    for batch_id in due:
        moved = session.exec(
            update(Batch)
            .where(col(Batch.id) == batch_id, col(Batch.state) == BatchState.APPROVED)
            .values(state=BatchState.SENDING)
        )
        if moved.rowcount == 1:
            note(session, "batch.release", about=("batch", batch_id), by="clockwork", now=now)
            counts["released"] += 1
    return counts


def lapse(session: Session, *, now: datetime) -> Counter[str]:
    """Close released batches past their latest hour; what they had left is withheld.

    One that had nothing left to hand over is finished instead.

    Returns:
        How many batches lapsed or finished, how many notices were withheld.
    """
    counts: Counter[str] = Counter(finished=finish(session, now=now))
    open_states = (BatchState.APPROVED, BatchState.SENDING, BatchState.PAUSED)
    late = session.exec(
        select(Batch.id).where(col(Batch.state).in_(open_states), col(Batch.latest_at) <= now)
    ).all()
    for batch_id in late:
        moved = session.exec(
            update(Batch)
            .where(col(Batch.id) == batch_id, col(Batch.state).in_(open_states))
            .values(state=BatchState.LAPSED)
        )
        if moved.rowcount == 1:
            note(session, "batch.lapse", about=("batch", batch_id), by="clockwork", now=now)
            counts["lapsed"] += 1
    counts["withheld"] += _withhold_left_over(session)
    for batch_id in late:
        take_back(session, batch_id)
    return +counts


def finish(session: Session, *, now: datetime) -> int:
    """Close batches being sent that have nothing left to hand over; return how many.

    An unsure notice that may yet be handed over again keeps its batch open until it is cleared
    up or left to staff; past the batch's latest hour nothing is handed over again.
    """
    still_open = (
        select(Notice.id)
        .where(
            Notice.batch_id == Batch.id,
            or_(
                col(Notice.state).in_((NoticeState.DRAFTED, NoticeState.HANDING)),
                (col(Notice.state) == NoticeState.UNSURE)
                & col(Notice.left_to_staff_at).is_(None)
                & (col(Batch.latest_at) > now),
            ),
        )
        .exists()
    )
    ready = (col(Batch.state) == BatchState.SENDING) & ~still_open
    # locked first and judged again: a notice may come back to drafted meanwhile
    done = session.exec(select(Batch.id).where(ready).with_for_update()).all()
    finished = 0
    for batch_id in done:
        moved = session.exec(
            update(Batch)
            .where(col(Batch.id) == batch_id, ready)
            .values(state=BatchState.FINISHED)
            .execution_options(synchronize_session=False)
        )
        if moved.rowcount == 1:
            note(session, "batch.finish", about=("batch", batch_id), by="clockwork", now=now)
            finished += 1
    return finished


def _withhold_left_over(session: Session) -> int:
    """Withhold drafted notices of closed batches, also those that came back from a call since."""
    withheld = 0
    for state, reason in _LEFT_OVER.items():
        closed = select(Batch.id).where(Batch.state == state)
        taken = session.exec(
            update(Notice)
            .where(col(Notice.batch_id).in_(closed), col(Notice.state) == NoticeState.DRAFTED)
            .values(state=NoticeState.WITHHELD, reason=reason, not_before=None)
            .execution_options(synchronize_session=False)
        )
        withheld += taken.rowcount
    return withheld
