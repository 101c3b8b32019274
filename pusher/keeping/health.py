"""How the office is, from rows alone: does a clockwork live, is sending held, what is paused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from pusher.clockwork import clockwork_state
from pusher.model.clockwork import HoldCause, Pause


@dataclass(frozen=True, slots=True)
class Health:
    """What the rows say at one moment.

    Attributes:
        is_beating: whether a clockwork lives.
        beat_ago: since the last sign of life of any clockwork; None if none ever ran.
        failing: jobs whose newest run failed.
        holds: causes for which all sending is held.
        paused: gateway → why, in the words of who paused it.
    """

    is_beating: bool
    beat_ago: timedelta | None
    failing: Sequence[str]
    holds: Sequence[HoldCause]
    paused: Mapping[str, str]


def look_at_health(session: Session, *, now: datetime) -> Health:
    """Read it.

    Args:
        now: the moment on the office clock, on which the heartbeats are written.
    """
    clockwork = clockwork_state(session, now)
    newest = clockwork.beat_at
    return Health(
        is_beating=clockwork.alive,
        beat_ago=None if newest is None else max(now - newest, timedelta()),
        failing=sorted(clockwork.failing),
        holds=[hold.cause for hold in clockwork.holds],
        paused=dict(session.exec(select(Pause.gateway, Pause.because)).all()),
    )
