"""Staff, their streets, sessions and invitations, and the audit of what they did."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id


class Role(StrEnum):
    """What a member of staff may do."""

    VIEWER = "viewer"
    """Looks, masked."""
    CLERK = "clerk"
    """经办: reads, confirms, drafts, submits."""
    REVIEWER = "reviewer"
    """审核: approves or sends back."""
    COMMUNITY = "community"
    """社区: walks to the doors of their own streets, and sees nothing else."""
    ADMIN = "admin"
    """Accounts only."""
    AUDITOR = "auditor"
    """Reads the audit."""


class Staff(SQLModel, table=True):
    """A member of staff. The number (工号) names the person, whatever the login."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    number: str = Field(max_length=20, unique=True)
    login: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=40)
    role: Role = Field(sa_column=checked(Role, "role"))
    password_hash: str | None = Field(default=None, max_length=200)
    """argon2id; None until the invitation is used."""
    totp_sealed: bytes | None = None
    """The secret of their second factor; None until they set it up, or after a reset."""
    totp_step: int = 0
    """The last 30-second step whose code was taken: a code works once (RFC 6238, 5.2)."""
    created_at: datetime = Field(sa_type=Moment)
    disabled_at: datetime | None = Field(default=None, sa_type=Moment)


class StaffStreet(SQLModel, table=True):
    """A street whose doors a community worker walks to."""

    staff_id: UUID = Field(foreign_key="staff.id", primary_key=True)
    street_code: str = Field(foreign_key="street.code", primary_key=True, max_length=9)


class Invitation(SQLModel, table=True):
    """A one-time link by which somebody sets their password."""

    token_sha256: str = Field(primary_key=True, max_length=64)
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    until: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class StaffSession(SQLModel, table=True):
    """A signed-in browser. Only the token's hash is kept."""

    token_sha256: str = Field(primary_key=True, max_length=64)
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    since: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    half: bool = False
    """The password was right; the second factor is still to come, and no page opens yet."""
    proved_at: datetime | None = Field(default=None, sa_type=Moment)
    """When whoever sits there last showed who they are; None: when they signed in."""


class AuditEntry(SQLModel, table=True):
    """One act, chained to the one before by its hash. The database refuses to change a row."""

    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    by: str = Field(max_length=20)
    """Staff number, or the name of a clockwork job, or `public`."""
    act: str = Field(max_length=40)
    about: str = Field(max_length=80)
    """``kind:id``; never a name or a number of a person."""
    detail: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    previous: str = Field(max_length=64)
    digest: str = Field(max_length=64)
