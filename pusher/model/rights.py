"""What somebody asked of the office about themselves; staff do it once they know who asks."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id

WORDS = "rightsrequest.words_sealed"
"""The place of what they wrote, for `Sealer.seal` and `Sealer.open`."""


class Right(StrEnum):
    """Which right (PIPL art. 44 to 48)."""

    COPY = "copy"
    """A copy of everything that is kept (art. 45)."""
    FORGET = "forget"
    """To be forgotten (art. 47)."""
    CORRECT = "correct"
    """Something is wrong and is to be put right (art. 46)."""


class RightsRequest(SQLModel, table=True):
    """One request from one's own page; a person has one open of each kind."""

    __table_args__ = (
        Index(
            "uq_rightsrequest_open",
            "profile_id",
            "kind",
            unique=True,
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    profile_id: UUID = Field(foreign_key="profile.id", index=True)
    kind: Right = Field(sa_column=checked(Right, "kind"))
    words_sealed: bytes = b""
    """What they wrote, numbers masked; empty once it is done."""
    at: datetime = Field(sa_type=Moment)
    done_by: str | None = Field(default=None, max_length=20)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    remark: str | None = Field(default=None, max_length=200)
