"""What a dead worker or a lost answer left: ended leases, and notices that may have been taken.

Never sends on a guess. A gateway that drops repeats is handed the same reference again inside its
window (`repeat`); one that answers queries is asked after the settle time, and believed when it
denies twice (`ask`); all the rest goes to staff. Commits by itself, like `deliver`, and for the
same reason.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, func, or_, select, update

from pusher.failpoint import reach
from pusher.gateways.base import Gateway
from pusher.model.notice import Attempt, AttemptResult, Notice, NoticeState
from pusher.sending.ask import ask
from pusher.sending.record import Jitter
from pusher.sending.repeat import repeat
from pusher.settings import Settings
from pusher.store import Store

NO_WORD: Final = "no_word"
"""Code of an attempt whose process died, or never came back, before it wrote down the answer."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """What one `rescue` came to, in notices.

    Attributes:
        expired: whose lease had ended; now unsure.
        repeated: handed over again under the same reference.
        found: known to the gateway after all, by a query or a repeat; now accepted.
        absent: denied by the gateway this time.
        unclear: asked about without a usable answer.
        again: denied twice; to be handed over once more.
        left: left to staff.
    """

    expired: int = 0
    repeated: int = 0
    found: int = 0
    absent: int = 0
    unclear: int = 0
    again: int = 0
    left: int = 0


def rescue(
    store: Store,
    gateways: Mapping[str, Gateway],
    *,
    settings: Settings,
    now: datetime,
    stop: Callable[[], bool] = lambda: False,
    jitter: Jitter = random.random,
) -> Rescued:
    """Clear up what can be cleared up; leave the rest to staff, visibly.

    Args:
        gateways: by name.
        now: the moment of the start on the office clock.
        stop: asked before each question to a gateway.
        jitter: see `record.Jitter`.
    """
    with store.writing() as session:
        counts: Counter[str] = Counter(expired=expire(session, now=now))
        counts["left"] += _leave_to_staff(session, gateways, settings=settings, now=now)
    for name, gateway in gateways.items():
        if gateway.unknown == "idempotent":
            counts += repeat(store, gateways, name, settings=settings, now=now, jitter=jitter)
        elif gateway.unknown == "queryable":
            counts += ask(store, name, gateway, settings=settings, now=now, stop=stop)
    return Rescued(**+counts)


def expire(session: Session, *, now: datetime) -> int:
    """Make notices unsure whose lease has ended; return how many.

    Their call may have been made and taken: never back to drafted.
    """
    ended = session.exec(
        select(Notice.id)
        .where(Notice.state == NoticeState.HANDING, col(Notice.lease_until) < now)
        .with_for_update(skip_locked=True)
    ).all()
    for start in range(0, len(ended), 1000):
        some = ended[start : start + 1000]
        session.exec(
            update(Notice)
            .where(col(Notice.id).in_(some), col(Notice.state) == NoticeState.HANDING)
            .values(
                state=NoticeState.UNSURE,
                unsure_since=now,
                lease_until=None,
                not_before=None,
                negatives=0,
            )
            .execution_options(synchronize_session=False)
        )
        session.exec(
            update(Attempt)
            .where(col(Attempt.notice_id).in_(some), col(Attempt.result).is_(None))
            .values(result=AttemptResult.UNSURE, ended_at=now, code=NO_WORD)
            .execution_options(synchronize_session=False)
        )
        reach("K13")
    return len(ended)


def _leave_to_staff(
    session: Session, gateways: Mapping[str, Gateway], *, settings: Settings, now: datetime
) -> int:
    """Give up on what no gateway can clear up: it stays unsure and is shown to staff."""
    term = timedelta(seconds=settings.receipt_term_s)
    # also a gateway that is gone from the settings, or that gives no usable answer for days
    first_call = (
        select(func.min(Attempt.at))
        .where(Attempt.notice_id == Notice.id, Attempt.result == AttemptResult.UNSURE)
        .scalar_subquery()
    )
    hopeless = [col(Notice.unsure_since) <= now - term]
    for name, gateway in gateways.items():
        if gateway.unknown == "never":
            hopeless.append(col(Notice.gateway) == name)
        elif gateway.unknown == "idempotent":
            window = gateway.repeat_window or timedelta()
            hopeless.append((col(Notice.gateway) == name) & (first_call <= now - window))
    left = session.exec(
        update(Notice)
        .where(
            col(Notice.state) == NoticeState.UNSURE,
            col(Notice.left_to_staff_at).is_(None),
            or_(*hopeless),
        )
        .values(left_to_staff_at=now, not_before=None)
        .execution_options(synchronize_session=False)
    )
    return left.rowcount
