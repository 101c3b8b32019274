"""Supervision: each day, what the rows call for is a duty; what they say is done, is closed.

A duty that stays goes up: overdue (一般), after three working days more 督办, after seven on the
sheet of the head of the office. Each step is audited once. Safe to be repeated at any time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlmodel import Session, col, select, update

from profiles.ages import day_of
from profiles.model import Office
from pusher import audit
from pusher.duties import close, open_duty
from pusher.listening.owed import FINDERS, Look, Owed
from pusher.model.duty import Duty, DutyKind, DutyState, Level
from pusher.settings import Settings
from pusher.terms import term_of
from pusher.working_days import Calendar, read_calendar

BY: Final = "supervise"
"""Who opens and closes in the name of the rows."""
STEPS: Final = ((Level.GENERAL, 1), (Level.SUPERVISED, 3), (Level.HEAD, 7))
"""From how many working days past its last day on a duty is where; the lowest first."""


@dataclass(frozen=True, slots=True)
class Supervised:
    """What one round came to: duties opened, closed by what the rows say, and gone up a step."""

    opened: int
    closed: int
    escalated: int


def look_round(session: Session, office: Office, *, now: datetime) -> list[Owed]:
    """What the rows of *office* call for; a reading session will do."""
    known = {
        kind: frozenset(duty.about for duty in _open(session, office) if duty.kind is kind)
        for kind in FINDERS
    }
    look = Look(session, office, day_of(now), known)
    return [owed for find in FINDERS.values() for owed in find(look)]


def settle(
    session: Session, office: Office, owed: Sequence[Owed], *, settings: Settings, now: datetime
) -> Supervised:
    """Open what is owed and not known, close what is owed no more, let go up what is late.

    What a person closed or dropped is not opened again: their word stands.

    Args:
        owed: by `look_round`, a moment ago.
    """
    calendar = read_calendar(session)
    wanted = {(one.kind, ":".join(one.about)): one for one in owed}
    standing = {(duty.kind, duty.about): duty for duty in _open(session, office)}
    said = _ended_by_people(session, office)
    opened = [key for key in wanted if key not in standing and key not in said]
    for key in opened:
        _open_one(session, office, wanted[key], calendar, settings, now)
    over = [d for key, d in standing.items() if key[0] in FINDERS and key not in wanted]
    for duty in over:
        close(session, duty, note="系统核对：已经办好", by=BY, now=now)
    return Supervised(len(opened), len(over), _escalate(session, office, calendar, now=now))


def level_on(due_on: date, today: date, calendar: Calendar) -> Level:
    """How far up a duty is on *today*."""
    late = calendar.between(due_on, today)
    return next((level for level, days in reversed(STEPS) if late >= days), Level.NONE)


def _open(session: Session, office: Office) -> Sequence[Duty]:
    return session.exec(
        select(Duty)
        .where(Duty.office_id == office.id, Duty.state == DutyState.OPEN)
        .order_by(col(Duty.id))
    ).all()


def _ended_by_people(session: Session, office: Office) -> set[tuple[DutyKind, str]]:
    ended = session.exec(
        select(Duty.kind, Duty.about).where(
            Duty.office_id == office.id, Duty.state != DutyState.OPEN, Duty.closed_by != BY
        )
    )
    return {(DutyKind(kind), about) for kind, about in ended}


def _open_one(
    session: Session, office: Office, owed: Owed, calendar: Calendar, settings: Settings,
    now: datetime,
) -> None:  # fmt: skip
    term = term_of(owed.kind, settings.duty_days)
    open_duty(
        session,
        owed.kind,
        about=owed.about,
        title=owed.title,
        owner=owed.owner,
        due_on=owed.due_on or calendar.after(owed.since, term),
        office_id=office.id,
        by=BY,
        now=now,
    )


def _escalate(session: Session, office: Office, calendar: Calendar, *, now: datetime) -> int:
    """Let each open duty go up the steps it has come to; each is audited once."""
    climbed = 0
    for duty in _open(session, office):
        reached = _RISING.index(level_on(duty.due_on, day_of(now), calendar))
        for step in _RISING[_RISING.index(duty.level) + 1 : reached + 1]:
            climbed += _climb(session, duty, step, now=now)
    return climbed


_RISING: Final = tuple(Level)


def _climb(session: Session, duty: Duty, step: Level, *, now: datetime) -> bool:
    climbed = session.exec(
        update(Duty)
        .where(
            col(Duty.id) == duty.id,
            col(Duty.state) == DutyState.OPEN,
            col(Duty.level) == duty.level,
        )
        .values(level=step, escalated_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(duty)
    if climbed.rowcount != 1:
        return False
    audit.note(session, "duty.escalate", about=("duty", duty.id), by=BY, now=now, level=step.value)
    return True
