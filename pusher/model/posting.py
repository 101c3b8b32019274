"""Sheets on notice boards: what hangs where since when, and the picture that proves it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, new_id


class Posting(SQLModel, table=True):
    """One policy on one board, from the day it was pinned up to the day it was taken down."""

    __table_args__ = (
        Index(
            "uq_posting_hanging", "policy_id", "community", "place",
            unique=True,
            sqlite_where=text("taken_down_on IS NULL"),
            postgresql_where=text("taken_down_on IS NULL"),
        ),
    )  # fmt: skip

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    street_code: str | None = Field(default=None, foreign_key="street.code", index=True)
    community: str = Field(max_length=60)
    place: str = Field(max_length=60)
    """Which board of the community."""
    posted_on: date
    posted_by: str = Field(max_length=20)
    noted_at: datetime = Field(sa_type=Moment)
    taken_down_on: date | None = None
    taken_down_by: str | None = Field(default=None, max_length=20)
    remark: str | None = Field(default=None, max_length=200)
    """Why it came down before its time."""


class PostingPhoto(SQLModel, table=True):
    """The picture of a sheet on its board; a row of its own, so that lists stay light."""

    id: UUID = Field(foreign_key="posting.id", primary_key=True)
    """Of the posting."""
    content_sealed: bytes
    """Sealed: a JPEG of ours, without place and maker; people may stand in it."""
    added_by: str = Field(max_length=20)
    added_at: datetime = Field(sa_type=Moment)
