"""What the clockwork's rows tell: whether one lives, and whether its clocks can be trusted.

That it lives is a row that grows old, never a flag in a process. Two clocks are read together: the
wall clock, which may be set, and the boot clock, which only runs. Where they part by more than
`LEAP`, nobody knows what hour it is, and all sending is held.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, and_, col, delete, or_, select

from pusher import hold
from pusher.model.clockwork import Heartbeat, Hold, HoldCause, Slot

ALIVE: Final = timedelta(seconds=60)
"""Without a sign of life for longer, a clockwork counts as stopped."""
LEAP: Final = timedelta(seconds=60)
"""The two clocks may part by so much: a slow clock that is put right, not one that jumps."""
KEPT: Final = timedelta(days=1)
"""For how long slots that went well, and heartbeats, are kept."""
BY: Final = "clockwork"
"""Who it was, where no member of staff did it."""
_AGREE: Final = 2
"""So many readings in a row must agree before a jump counts as undone."""


@dataclass(frozen=True, slots=True)
class ClockworkState:
    """How the clockwork is, from its rows alone.

    Attributes:
        alive: one gave a sign of life within `ALIVE`.
        beat_at: the newest sign of life; None: none ever ran.
        failing: job → class of the error, where its newest finished run failed.
        holds: what holds all sending.
    """

    alive: bool
    beat_at: datetime | None
    failing: Mapping[str, str]
    holds: list[Hold] = field(default_factory=list)


def clockwork_state(session: Session, now: datetime) -> ClockworkState:
    """Read how the clockwork is at *now*, on the office clock."""
    beats = session.exec(select(Heartbeat.at).order_by(col(Heartbeat.at).desc())).all()
    # a sign of life from the future, left by a clock that was wrong, is none
    alive = any(abs(now - beat) <= ALIVE for beat in beats)
    past = [beat for beat in beats if beat <= now + ALIVE]
    return ClockworkState(
        alive=alive,
        beat_at=max(past or beats, default=None),
        failing=_failing(session, since=now - KEPT),
        holds=list(hold.standing(session)),
    )


def _failing(session: Session, *, since: datetime) -> dict[str, str]:
    ended = (col(Slot.ended_at).is_not(None), col(Slot.slot) >= since)
    failed = select(Slot.job).where(*ended, col(Slot.failed).is_not(None)).distinct()
    newest = {
        job: session.exec(
            select(Slot.failed)
            .where(*ended, Slot.job == job)
            .order_by(col(Slot.slot).desc())
            .limit(1)
        ).first()
        for job in session.exec(failed)
    }
    return {job: error for job, error in newest.items() if error}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the two clocks showed at one moment.

    Attributes:
        machine_at: the machine's wall clock, aware.
        boot_id: which start of the machine it was.
        boot_s: seconds since then, sleep included.
    """

    machine_at: datetime
    boot_id: str
    boot_s: float

    def agrees_with(self, earlier: "Reading") -> bool:
        """Whether the wall clock went on from *earlier* as the boot clock did.

        After another start of the machine only one thing is known: time does not go back.
        """
        by_wall = self.machine_at - earlier.machine_at
        if self.boot_id != earlier.boot_id:
            return by_wall >= -LEAP
        return abs(by_wall - timedelta(seconds=self.boot_s - earlier.boot_s)) <= LEAP


class Watch:
    """Holds each reading of the clocks against the last that could be trusted.

    Attributes:
        trusted: None before the first.
        waits: all that goes by the time of day must wait.
    """

    def __init__(self, read: Callable[[], Reading]) -> None:
        self.trusted: Reading | None = None
        self.waits = False
        self._read = read
        self._in_a_row = 0

    def look(self, session: Session, *, now: datetime) -> bool:
        """Place the hold when the clocks part; lift it when two readings in a row agree again.

        To agree again is to be back where the boot clock says: a clock that runs steadily at a
        wrong hour stays held until a member of staff has looked at it.

        Args:
            session: of a writing store; the caller commits.
            now: on the office clock.

        Returns:
            Whether a wait has just ended: the hour is another than it was.
        """
        waited = self.waits
        reading = self._read()
        self.trusted = self.trusted or _last_trusted(session, reading)
        agrees = self.trusted is None or reading.agrees_with(self.trusted)
        if session.get(Hold, HoldCause.CLOCK_JUMP) is None:
            if agrees or self.waits:  # or: a member of staff has confirmed the new hour
                self._trust(reading)
                return waited
            hold.place(session, HoldCause.CLOCK_JUMP, because=_BECAUSE, by=BY, now=now)
        self.waits = True
        self._in_a_row = self._in_a_row + 1 if agrees and self.trusted else 0
        if self._in_a_row >= _AGREE:
            hold.lift(session, HoldCause.CLOCK_JUMP, remark=_BACK, by=BY, now=now)
            self._trust(reading)
        return waited and not self.waits

    def _trust(self, reading: Reading) -> None:
        self.trusted, self.waits, self._in_a_row = reading, False, 0


def beat(session: Session, owner: str, *, trusted: Reading | None, now: datetime) -> bool:
    """Give a sign of life.

    Args:
        owner: which clockwork it is.
        trusted: the last reading of the clocks that could be trusted.
        now: on the office clock.

    Returns:
        Whether it was the first of its owner, or of its hour.
    """
    pulse = session.get(Heartbeat, owner)
    first = pulse is None or _hour(pulse.at) != _hour(now)
    pulse = pulse or Heartbeat(owner=owner, at=now, since=now)
    pulse.at = now
    if trusted is not None:
        pulse.machine_at, pulse.boot_id, pulse.boot_s = (
            trusted.machine_at,
            trusted.boot_id,
            trusted.boot_s,
        )
    session.add(pulse)
    return first


def hold_for_deaths(session: Session, *, now: datetime) -> None:
    """Hold all sending because clockworks died again and again. The caller commits."""
    hold.place(session, HoldCause.DEATHS, because=_DEATHS, by=BY, now=now)


def clear_away(session: Session, jobs: Collection[str], *, now: datetime) -> None:
    """Delete heartbeats, and slots of *jobs*, that are older than `KEPT`, or of an hour to come.

    Slots that failed are kept. What a wrong clock left in the future must not be found taken when
    that hour really comes.
    """
    old, to_come = now - KEPT, now + LEAP
    session.exec(delete(Heartbeat).where(or_(col(Heartbeat.at) < old, col(Heartbeat.at) > to_come)))
    went_well = and_(col(Slot.slot) < old, col(Slot.failed).is_(None))
    session.exec(
        delete(Slot).where(col(Slot.job).in_(jobs), or_(went_well, col(Slot.slot) > to_come))
    )


def _last_trusted(session: Session, reading: Reading) -> Reading | None:
    """The newest reading that any clockwork trusted, of this start of the machine if there is."""
    rows = session.exec(
        select(Heartbeat)
        .where(col(Heartbeat.machine_at).is_not(None))
        .order_by(col(Heartbeat.machine_at).desc())
    )
    known = [
        Reading(row.machine_at, row.boot_id, row.boot_s)
        for row in rows
        if row.machine_at and row.boot_id and row.boot_s is not None
    ]
    ours = [one for one in known if one.boot_id == reading.boot_id]
    return next(iter(ours or known), None)


def _hour(moment: datetime) -> int:
    return int(moment.timestamp() // 3600)


_BECAUSE: Final = (
    "服务器时钟跳变超过 60 秒，为免在夜间误发或重复发送，已自动停发；请核对系统时间后由审核人员解除"
)
_DEATHS: Final = (
    "定时进程一分钟内异常退出 5 次，已自动停发；请查看日志并运行 pusher doctor，"
    "查明原因后由审核人员解除"
)
_BACK: Final = "时钟已回到正确时间，连续两次核对一致"
