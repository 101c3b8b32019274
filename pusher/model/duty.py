"""What somebody owes by a day: a duty that the rows, or another room, called for (督办)."""

from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id


class DutyKind(StrEnum):
    """What is owed. A new member needs a migration for the CHECK of the column."""

    POLICY_UNCONFIRMED = "policy_unconfirmed"
    """政策入库未确认: read, and nobody confirmed it."""
    POLICY_UNSENT = "policy_unsent"
    """该推未推: confirmed and open, people fit, and nobody was told."""
    POLICY_EXPIRING = "policy_expiring"
    """It ends soon, and people were told of it as in force."""
    CORRECTION_UNSENT = "correction_unsent"
    """更正未发: repealed or replaced, and who was told does not know."""
    BATCH_UNAPPROVED = "batch_unapproved"
    """Submitted, and nobody approved it or sent it back."""
    NOTICES_UNSURE = "notices_unsure"
    """Left to staff: nobody knows whether the vendor took them."""
    REPLIES_OPEN = "replies_open"
    """Answers of recipients that wait for staff."""
    QUESTIONS_OPEN = "questions_open"
    """Questions and complaints without an answer."""
    VISITS_OPEN = "visits_open"
    """Doors nobody walked to."""
    CONTACTS_DOUBTFUL = "contacts_doubtful"
    """Addresses that may be somebody else's."""
    INTERPRETATION_OVERDUE = "interpretation_overdue"
    """解读未发: published, and no interpretation came with it."""
    SECOND_INTERPRETATION = "second_interpretation"
    """二次解读: many ask the same of a policy that was interpreted."""


class DutyState(StrEnum):
    """Where a duty stands."""

    OPEN = "open"
    DONE = "done"
    """What was owed was done."""
    DROPPED = "dropped"
    """It was not owed after all, by somebody's word."""


MOVES: Final = MappingProxyType(
    {
        DutyState.OPEN: frozenset({DutyState.DONE, DutyState.DROPPED}),
        DutyState.DONE: frozenset[DutyState](),
        DutyState.DROPPED: frozenset[DutyState](),
    }
)


class Level(StrEnum):
    """How far up a duty has gone; it never comes down."""

    NONE = "none"
    """Within its term."""
    GENERAL = "general"
    """一般: overdue."""
    SUPERVISED = "supervised"
    """督办: long overdue; shown to reviewers and admins."""
    HEAD = "head"
    """报主管负责人: on the weekly sheet of the head of the office."""


class Duty(SQLModel, table=True):
    """One thing that is owed; at most one open for each kind and thing it is about."""

    __table_args__ = (
        Index(
            "uq_duty_open",
            "office_id",
            "kind",
            "about",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        CheckConstraint(
            "(state = 'open') = (closed_at IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL)",
            name="closed_by_somebody",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    kind: DutyKind = Field(sa_column=checked(DutyKind, "kind"))
    about: str = Field(max_length=80)
    """``kind:id`` or ``kind:day`` of the thing; never a name or a number of a person."""
    title: str = Field(max_length=120)
    """Chinese, for staff, without personal data."""
    opened_at: datetime = Field(sa_type=Moment)
    due_on: date
    """The last day that is in time."""
    owner: str = Field(max_length=60)
    """Who owes it: a department, a street office, or the login of somebody."""
    state: DutyState = Field(default=DutyState.OPEN, sa_column=checked(DutyState, "state"))
    level: Level = Field(default=Level.NONE, sa_column=checked(Level, "level"))
    escalated_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it went up the last time."""
    closed_by: str | None = Field(default=None, max_length=20)
    """Staff number, or the name of a job: the rows said that it was done."""
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    note: str | None = Field(default=None, max_length=200)
    """What was done, or why it was not owed; without personal data."""
