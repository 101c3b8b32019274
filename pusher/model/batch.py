"""The notices of one policy that are approved and sent together, and the visits beside them."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id
from profiles.model import Pace


class BatchKind(StrEnum):
    """Why people are written to. Each kind may reach an address once per policy version."""

    FIRST = "first"
    REMINDER = "reminder"
    CORRECTION = "correction"
    INTERPRETATION = "interpretation"
    DIGEST = "digest"
    """What subscribers have not heard of yet, several policies in one notice, at their own pace;
    the batch's policy is the first of them."""


class BatchState(StrEnum):
    """Where a batch stands."""

    DRAFT = "draft"
    """Being looked at; can be thrown away."""
    IN_REVIEW = "in_review"
    """Frozen and hashed; waits for another person."""
    APPROVED = "approved"
    """Released; waits for its hour."""
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    """No notice is left to hand over."""
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    """Approved, but past its latest hour before everything went out."""


MOVES: dict[BatchState, frozenset[BatchState]] = {
    BatchState.DRAFT: frozenset({BatchState.IN_REVIEW, BatchState.CANCELLED}),
    BatchState.IN_REVIEW: frozenset({BatchState.DRAFT, BatchState.APPROVED, BatchState.CANCELLED}),
    BatchState.APPROVED: frozenset(
        {BatchState.SENDING, BatchState.PAUSED, BatchState.CANCELLED, BatchState.LAPSED}
    ),
    BatchState.SENDING: frozenset(
        {BatchState.PAUSED, BatchState.FINISHED, BatchState.CANCELLED, BatchState.LAPSED}
    ),
    BatchState.PAUSED: frozenset({BatchState.SENDING, BatchState.CANCELLED, BatchState.LAPSED}),
    BatchState.FINISHED: frozenset(),
    BatchState.CANCELLED: frozenset(),
    BatchState.LAPSED: frozenset(),
}


class Batch(SQLModel, table=True):
    """Notices released together. Staff are named by their staff number (工号).

    The database itself refuses an approval by the person who submitted.
    """

    __table_args__ = (
        CheckConstraint(
            "approved_by IS NULL OR approved_by <> submitted_by", name="another_person_approves"
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'sending', 'paused', 'finished')"
            " OR (approved_by IS NOT NULL AND approved_sha256 IS NOT NULL"
            " AND approved_sha256 = frozen_sha256)",
            name="released_as_shown",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    run_id: UUID = Field(foreign_key="matchrun.id", index=True)
    kind: BatchKind = Field(sa_column=checked(BatchKind, "kind"))
    include: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """Decisions taken in: eligible, possible, subscribed."""
    channels: list[str] = Field(sa_column=Column(JSON, nullable=False))
    state: BatchState = Field(default=BatchState.DRAFT, sa_column=checked(BatchState, "state"))
    send_after: datetime = Field(sa_type=Moment)
    latest_at: datetime = Field(sa_type=Moment)
    """No notice starts after this moment; late news is withheld (lapsed), not sent."""
    drafted_by: str = Field(max_length=20)
    drafted_at: datetime = Field(sa_type=Moment)
    submitted_by: str | None = Field(default=None, max_length=20)
    submitted_at: datetime | None = Field(default=None, sa_type=Moment)
    frozen_sha256: str | None = Field(default=None, max_length=64)
    """Over texts, recipients, prices and times, at submission."""
    approved_by: str | None = Field(default=None, max_length=20)
    approved_at: datetime | None = Field(default=None, sa_type=Moment)
    approved_sha256: str | None = Field(default=None, max_length=64)
    """What the approver was shown."""
    remark: str | None = Field(default=None, max_length=200)
    """Why it was sent back, paused or cancelled, the last time."""


class Digest(SQLModel, table=True):
    """That the subscribers of one pace got their digest of one day or week: once, whoever asks."""

    __table_args__ = (UniqueConstraint("office_id", "pace", "period_on"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id")
    pace: Pace = Field(sa_column=checked(Pace, "pace"))
    period_on: date
    """The day; of a week its Monday."""
    batch_id: UUID = Field(foreign_key="batch.id", index=True)
    at: datetime = Field(sa_type=Moment)


class VisitState(StrEnum):
    """How a walk to somebody's door went."""

    TO_DO = "to_do"
    DONE = "done"
    NOT_MET = "not_met"
    """Nobody at home; to be tried again."""


class Visit(SQLModel, table=True):
    """A leaflet that a community worker carries to somebody nobody can write to."""

    __table_args__ = (UniqueConstraint("batch_id", "profile_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    batch_id: UUID = Field(foreign_key="batch.id", index=True)
    profile_id: UUID = Field(foreign_key="profile.id", index=True)
    """Whose door: the reader's (a guardian's), not the ward's."""
    street_code: str | None = Field(default=None, foreign_key="street.code", index=True)
    community: str | None = Field(default=None, max_length=60)
    because: str = Field(max_length=30)
    """no_address, minor, minor_consent, unconfirmed, came_of_age."""
    state: VisitState = Field(default=VisitState.TO_DO, sa_column=checked(VisitState, "state"))
    ticked_by: str | None = Field(default=None, max_length=20)
    ticked_at: datetime | None = Field(default=None, sa_type=Moment)
    remark: str | None = Field(default=None, max_length=200)


class VisitMatch(SQLModel, table=True):
    """Which matches a visit tells of."""

    visit_id: UUID = Field(foreign_key="visit.id", primary_key=True)
    match_id: UUID = Field(foreign_key="match.id", primary_key=True, index=True)
