"""What the reading learns from: corrections by staff, and the office's own phrases."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id


class Mending(StrEnum):
    """What staff did to a condition that the reading drafted."""

    ADDED = "added"
    """The reading missed it."""
    STRUCK = "struck"
    """It was no condition."""
    CHANGED = "changed"
    """The same fact, asked otherwise."""
    DECIDED = "decided"
    """A clause that the reading left to a person."""


class Correction(SQLModel, table=True):
    """One difference between what was drafted and what staff confirmed; never changed.

    `before` and `after` are conditions as the contract's RULE writes them, without what stands
    around them; None where there was none. For DECIDED, `after` says ``{"as": …}``: condition,
    check or none.
    """

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    rule_number: int
    """Of the confirmation it was made by."""
    mending: Mending = Field(sa_column=checked(Mending, "mending"))
    family: str = Field(max_length=40, index=True)
    """Name of the family of phrases that reads such a condition; empty where none does."""
    quote: str
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    made_by: str = Field(max_length=20)
    made_at: datetime = Field(sa_type=Moment)


class OfficePhrase(SQLModel, table=True):
    """Words of this office and what they stand for; read literally while they are not dropped."""

    __table_args__ = (UniqueConstraint("office_id", "words"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    words: str = Field(max_length=40)
    condition: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """A leaf of the contract's RULE, without a quote; or ``{"reads": …}``, words that are read in
    their place."""
    added_by: str = Field(max_length=20)
    added_at: datetime = Field(sa_type=Moment)
    dropped_by: str | None = Field(default=None, max_length=20)
    dropped_at: datetime | None = Field(default=None, sa_type=Moment)
