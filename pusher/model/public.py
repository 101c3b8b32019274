"""Codes that people ask for on the public pages, and the short sessions that a right one opens."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id
from pusher.model.notice import AttemptResult

ASKED = "publiccode.asked_sealed"
"""The place of what was typed with a code's request, for `Sealer.seal` and `Sealer.open`."""


class Purpose(StrEnum):
    """What a code was asked for; it opens nothing else."""

    JOIN = "join"
    """To sign up."""
    MINE = "mine"
    """To see one's own subscriptions."""


class PublicCode(SQLModel, table=True):
    """One request for a code, and the one call that sent it, if one did.

    A number that nobody bears under that name has a row too, of which nothing is sent: to whoever
    asked both look alike. The code itself is nowhere.
    """

    id: UUID = Field(default_factory=new_id, primary_key=True)
    purpose: Purpose = Field(sa_column=checked(Purpose, "purpose"))
    browser: str = Field(max_length=64, index=True)
    """Blind index of the random word of the browser that asked: it alone may answer."""
    address_index: str = Field(max_length=64, index=True)
    place_index: str = Field(max_length=64, index=True)
    """Blind index of the network it was asked from."""
    asked_sealed: bytes = b""
    """Sealed JSON of what was typed; empty once it served, or where nothing was sent."""
    salt: str = Field(max_length=32)
    mac: str = Field(max_length=64)
    at: datetime = Field(sa_type=Moment, index=True)
    until: datetime = Field(sa_type=Moment)
    tries: int = 0
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    call: str = Field(max_length=26, unique=True)
    """The reference the vendor is given and echoes."""
    gateway: str = Field(max_length=20)
    result: AttemptResult | None = Field(
        default=None, sa_column=checked(AttemptResult, "result", nullable=True)
    )
    answer: str | None = Field(default=None, max_length=80)
    """The vendor's own code."""


class PublicSession(SQLModel, table=True):
    """Somebody who read a code back a short while ago. Only the token's hash is kept."""

    token_sha256: str = Field(primary_key=True, max_length=64)
    profile_id: UUID = Field(foreign_key="profile.id", index=True)
    since: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
