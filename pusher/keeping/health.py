"""How the office is, from rows alone: does a clockwork live, is sending held, what is paused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, func, select

from pusher.hold import standing
from pusher.model.clockwork import Heartbeat, HoldCause, Pause

STALE: Final = timedelta(seconds=60)
"""A clockwork that has not given a sign of life for so long counts as stopped."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the rows say at one moment.

    Attributes:
        beat_ago: since the last sign of life of any clockwork; None if none ever ran.
        holds: causes for which all sending is held.
        paused: gateway → why, in the words of who paused it.
    """

    beat_ago: timedelta | None
    holds: Sequence[HoldCause]
    paused: Mapping[str, str]

    @property
    def is_beating(self) -> bool:
        """Whether a clockwork lives."""
        return self.beat_ago is not None and self.beat_ago <= STALE


def look_at_health(session: Session, *, now: datetime) -> Health:
    """Read it.

    Args:
        now: the moment on the office clock, on which the heartbeats are written.
    """
    newest = session.exec(select(func.max(col(Heartbeat.at)))).one()
    return Health(
        beat_ago=None if newest is None else max(now - newest, timedelta()),
        holds=[hold.cause for hold in standing(session)],
        paused=dict(session.exec(select(Pause.gateway, Pause.because)).all()),
    )
