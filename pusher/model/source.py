"""Where policies come from: the file itself, each attempt to take one in, what staff set right."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id


class PolicyOriginal(SQLModel, table=True):
    """The bytes that a policy was read from, as they came."""

    policy_id: UUID = Field(foreign_key="policy.id", primary_key=True)
    name: str = Field(max_length=400)
    kind: str = Field(max_length=10)
    """html, text, docx, pdf, ofd"""
    content: bytes


class Relation(StrEnum):
    """What one document does to another."""

    INTERPRETS = "interprets"
    REPEALS = "repeals"
    FORWARDS = "forwards"


class PolicyCitation(SQLModel, table=True):
    """Another document that a policy interprets, repeals or forwards, whether we have it or not."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    relation: Relation = Field(sa_column=checked(Relation, "relation"))
    document_number: str | None = Field(default=None, max_length=80, index=True)
    title: str | None = Field(default=None, max_length=300)
    quote: str = Field(max_length=300)


class PolicyCorrection(SQLModel, table=True):
    """A field that staff set right after the reading; an example to learn from."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    field: str = Field(max_length=40)
    was: str | None = Field(default=None, max_length=400)
    became: str | None = Field(default=None, max_length=400)
    by: str = Field(max_length=20)
    at: datetime = Field(sa_type=Moment)


class IntakeOutcome(StrEnum):
    """What became of a file that was taken in."""

    NEW = "new"
    VERSION = "version"
    """A new text under a number we know."""
    KNOWN = "known"
    """The same bytes were here before."""
    REFUSED = "refused"


class Intake(SQLModel, table=True):
    """One file or address that somebody took in, and what became of it."""

    __table_args__ = (UniqueConstraint("office_id", "ticket"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    ticket: str = Field(max_length=40)
    """Given by the page for each file: the same file posted twice is one attempt."""
    name: str = Field(max_length=400)
    outcome: IntakeOutcome = Field(sa_column=checked(IntakeOutcome, "outcome"))
    policy_id: UUID | None = Field(default=None, foreign_key="policy.id", index=True)
    code: str | None = Field(default=None, max_length=40)
    reason: str | None = Field(default=None, max_length=300)
    by: str = Field(max_length=20, index=True)
    at: datetime = Field(sa_type=Moment, index=True)
