"""What the 12345 hotline hands over: a file of worksheets, and what each said besides its words."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, new_id


class HotlineImport(SQLModel, table=True):
    """One file of worksheets that was taken in, and what of it could not be."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    file_name: str = Field(max_length=120)
    file_sha256: str = Field(max_length=64)
    by: str = Field(max_length=20)
    at: datetime = Field(sa_type=Moment)
    added: int
    known: int
    """Worksheets that came before, in this file or another."""
    answered: int
    """Of them, those that are answered since."""
    rejected: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    """Row, column, code and reason of each cell left out; never the cell itself."""
    undone_at: datetime | None = Field(default=None, sa_type=Moment)
    undone_by: str | None = Field(default=None, max_length=20)


class HotlineCall(SQLModel, table=True):
    """What a worksheet says of a question besides its words."""

    question_id: UUID = Field(foreign_key="question.id", primary_key=True)
    import_id: UUID = Field(foreign_key="hotlineimport.id", index=True)
    category: str | None = Field(default=None, max_length=60)
    area: str | None = Field(default=None, max_length=60)
    """A street or a community; never a door."""


class QuestionTie(SQLModel, table=True):
    """Why a question stands with its policy: the words that it shares with it, or staff's word."""

    question_id: UUID = Field(foreign_key="question.id", primary_key=True)
    score: float
    """Share of the question's weight that the policy's words cover, in [0, 1]; 1 by staff."""
    words: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """Of the policy, heaviest first; empty by staff."""
    by: str | None = Field(default=None, max_length=20)
    """Staff number of who corrected it; None: by its words."""
    at: datetime = Field(sa_type=Moment)
