"""How fast and how much a gateway is handed: what its table allows, counted in rows.

Rows, not counters in a process: clockwork and workers on any number of machines share one
allowance, and one that starts anew knows what was used.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, func, or_, select

from profiles.ages import day_of, start_of
from profiles.turns import claim_alone
from pusher.model.notice import Attempt, AttemptResult
from pusher.settings import Settings

_SECOND: Final = timedelta(seconds=1)
_TURN: Final = timedelta(minutes=1)
"""No claim waits longer for its turn; what is later was left by a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a gateway's table allows; 0: any number.

    Attributes:
        per_second: calls begun in any one second, ``per_second``.
        per_day: calls that may have been taken in one day of the office, ``daily_limit``.
    """

    per_second: int = 0
    per_day: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """What a gateway may be handed now.

    Attributes:
        calls: so many; None: any number.
        wait: until there is room again; zero where there is some.
    """

    calls: int | None = None
    wait: timedelta = timedelta()


def pace_of(settings: Settings, name: str) -> Pace:
    """The pace of the gateway *name*; the registry has checked the table."""
    table = settings.gateways.get(name, {})
    return Pace(int(table.get("per_second", 0)), int(table.get("daily_limit", 0)))


def room_now(session: Session, name: str, pace: Pace, *, now: datetime) -> Room:
    """What may be handed to *name* at *now*, the calls of all processes counted.

    Claims that count go one after another until they are committed; what is slow, the hand-over,
    goes on side by side.

    Args:
        session: of the transaction that will claim; it has joined the claims.
    """
    if not pace.per_second:
        return Room()
    claim_alone(session)
    begun = session.exec(
        select(Attempt.at)
        .where(
            Attempt.gateway == name,
            col(Attempt.at) > now - _SECOND,
            # those that went first while we waited may be later than our *now*
            col(Attempt.at) < now + _TURN,
        )
        .order_by(col(Attempt.at).desc())
        .limit(pace.per_second)
    ).all()
    left = pace.per_second - len(begun)
    return Room(left, timedelta()) if left else Room(0, begun[-1] + _SECOND - now)


def left_today(session: Session, name: str, pace: Pace, *, now: datetime) -> int | None:
    """How many calls *name* may still be handed today; None: any number.

    What was surely not sent is not counted.
    """
    if not pace.per_day:
        return None
    claim_alone(session)
    used = session.exec(
        select(func.count())
        .select_from(Attempt)
        .where(
            Attempt.gateway == name,
            col(Attempt.at) >= start_of(day_of(now)),
            or_(col(Attempt.result).is_(None), col(Attempt.result) != AttemptResult.NOT_SENT),
        )
    ).one()
    return max(pace.per_day - used, 0)
