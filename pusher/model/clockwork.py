"""Rows that keep time: slots and heartbeats, pauses and holds, the office's holidays."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id


class Slot(SQLModel, table=True):
    """One due run of one job. Unique, so that two clockworks do no more than one."""

    __table_args__ = (UniqueConstraint("job", "slot"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    job: str = Field(max_length=40)
    slot: datetime = Field(sa_type=Moment)
    owner: str = Field(max_length=60)
    started_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    failed: str | None = Field(default=None, max_length=200)
    """Class of the error; never its text, which might quote a person."""


class Heartbeat(SQLModel, table=True):
    """That a clockwork lives: the row, not a flag in a process."""

    owner: str = Field(primary_key=True, max_length=60)
    at: datetime = Field(sa_type=Moment)
    """On the office clock."""
    since: datetime = Field(sa_type=Moment)
    machine_at: datetime | None = Field(default=None, sa_type=Moment)
    """The same moment on the machine's clock."""
    boot_id: str | None = Field(default=None, max_length=40)
    """Which start of the machine it was."""
    boot_s: float | None = None
    """Seconds since then, sleep included."""


class Epoch(SQLModel, table=True):
    """How new this database is: one row whose number only grows; a file outside has the same."""

    id: int = Field(primary_key=True)
    number: int
    at: datetime = Field(sa_type=Moment)
    """When it last grew, on the office clock."""


class HoldCause(StrEnum):
    """Why all sending is held."""

    CLOCK_JUMP = "clock_jump"
    """The wall clock and the boot clock disagree: nobody knows what hour it is."""
    RESTORE = "restore"
    """The database came from a backup: what went out since is not in it."""
    DEATHS = "deaths"
    """Clockworks that died again and again: nobody knows what they do before they die."""
    STAFF = "staff"
    """The kill switch."""


class Hold(SQLModel, table=True):
    """While a row stands, nothing is released, claimed or handed over again, by any way."""

    cause: HoldCause = Field(sa_column=checked(HoldCause, "cause", primary_key=True))
    because: str = Field(max_length=200)
    by: str = Field(max_length=20)
    """A staff number, or the name of a job or verb."""
    since: datetime = Field(sa_type=Moment)


class Pause(SQLModel, table=True):
    """One way out is shut: while a row stands, nothing goes out by it."""

    gateway: str = Field(primary_key=True, max_length=20)
    by: str = Field(max_length=20)
    because: str = Field(max_length=200)
    since: datetime = Field(sa_type=Moment)


class DayKind(StrEnum):
    """What a day is that is not what its weekday says."""

    OFF = "off"
    """A public holiday."""
    WORK = "work"
    """A Saturday or Sunday worked to make up for one."""


class Holiday(SQLModel, table=True):
    """The office's own calendar, from the State Council's yearly notice."""

    day: date = Field(primary_key=True)
    kind: DayKind = Field(sa_column=checked(DayKind, "kind"))
    name: str = Field(max_length=20)
    source: str = Field(max_length=60)
