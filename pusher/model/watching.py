"""Columns of official sites that are watched, and the pages that were seen in them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id


class WatchedColumn(SQLModel, table=True):
    """One column (栏目) of a site. `next_at` moves on after each look, further after failures."""

    __table_args__ = (UniqueConstraint("office_id", "address"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    name: str = Field(max_length=60)
    address: str = Field(max_length=1000)
    etag: str | None = Field(default=None, max_length=200)
    modified: str | None = Field(default=None, max_length=100)
    """``Last-Modified`` as the site wrote it."""
    looked_at: datetime | None = Field(default=None, sa_type=Moment)
    next_at: datetime = Field(sa_type=Moment, index=True)
    failures: int = 0
    """In a row; 0 after a look that went well."""
    trouble: str | None = Field(default=None, max_length=300)
    """Why the last look failed, for staff."""
    added_by: str = Field(max_length=20)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class PageState(StrEnum):
    """What became of a page that a column links to."""

    SEEN = "seen"
    """Linked, not read yet."""
    READ = "read"
    """Taken in as a policy."""
    REFUSED = "refused"
    """It is no document; the reason stands beside."""
    GONE = "gone"
    """It was read, and the site withdrew it."""


class WatchedPage(SQLModel, table=True):
    """One page that a watched column links, or linked, to."""

    __table_args__ = (UniqueConstraint("column_id", "address"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    column_id: UUID = Field(foreign_key="watchedcolumn.id", index=True)
    address: str = Field(max_length=1000)
    state: PageState = Field(default=PageState.SEEN, sa_column=checked(PageState, "state"))
    policy_id: UUID | None = Field(default=None, foreign_key="policy.id", index=True)
    etag: str | None = Field(default=None, max_length=200)
    modified: str | None = Field(default=None, max_length=100)
    reason: str | None = Field(default=None, max_length=300)
    failures: int = 0
    seen_at: datetime = Field(sa_type=Moment)
    """When the column linked to it last."""
    looked_at: datetime | None = Field(default=None, sa_type=Moment)
    next_at: datetime = Field(sa_type=Moment, index=True)
    gone_at: datetime | None = Field(default=None, sa_type=Moment)
