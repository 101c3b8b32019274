"""That a deadline's reminder was drafted: once for each policy, deadline and mark."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, new_id


class Reminder(SQLModel, table=True):
    """One mark of one deadline that was seen to; the draft itself is a batch like any other."""

    __table_args__ = (UniqueConstraint("policy_id", "until", "days"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    until: date
    """The last day to apply, as it was known then: a deadline put off is another one."""
    days: int
    """The mark: so many days before."""
    at: datetime = Field(sa_type=Moment)
    batch_id: UUID | None = Field(default=None, foreign_key="batch.id")
    """None: nobody was left to remind."""
