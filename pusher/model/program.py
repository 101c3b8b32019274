"""Other systems that call us, and what each asked for under which key."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, new_id


class Scope(StrEnum):
    """What a program may do; none follows from another."""

    READ_POLICIES = "policies:read"
    WRITE_POLICIES = "policies:write"
    WRITE_ROSTER = "roster:write"
    READ_BATCHES = "batches:read"
    READ_RECEIPTS = "receipts:read"


class Program(SQLModel, table=True):
    """Another system of the district. Only the hash of its token is kept."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    name: str = Field(max_length=16, unique=True)
    """Stands in the audit as ``api:NAME``."""
    token_sha256: str = Field(max_length=64, unique=True)
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    made_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def by(self) -> str:
        """Who acts, for the audit."""
        return f"api:{self.name}"


class ProgramCall(SQLModel, table=True):
    """One POST under its Idempotency-Key: whoever sends it again is given the same answer."""

    program_id: UUID = Field(foreign_key="program.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=200)
    digest: str = Field(max_length=64)
    """Of address and body: the same key for another request is refused."""
    started_at: datetime = Field(sa_type=Moment)
    status: int | None = None
    """None while it runs, or if its process died."""
    answer: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    """Ids, counts, places of mistakes; never a value of anybody."""
