"""A code that was sent to a number in doubt, and the one call that sent it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id
from pusher.model.notice import AttemptResult


class ContactCode(SQLModel, table=True):
    """One code for one contact, committed before the socket opens; never sent a second time.

    The code itself is nowhere: not even who has the keys reads it out of this row.
    """

    id: UUID = Field(default_factory=new_id, primary_key=True)
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    salt: str = Field(max_length=32)
    mac: str = Field(max_length=64)
    """`profiles.codes.code_mac`."""
    by: str = Field(max_length=20)
    """Staff number of who had it sent."""
    at: datetime = Field(sa_type=Moment)
    until: datetime = Field(sa_type=Moment)
    """From then on it is worth nothing."""
    tries: int = 0
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it was read back rightly; a code is good for once."""
    call: str = Field(max_length=26, unique=True)
    """The reference the vendor is given and echoes."""
    gateway: str = Field(max_length=20)
    result: AttemptResult | None = Field(
        default=None, sa_column=checked(AttemptResult, "result", nullable=True)
    )
    """None: the call is open, or its process died; as good as unsure."""
    answer: str | None = Field(default=None, max_length=80)
    """The vendor's own code."""


MAYBE_SENT = (AttemptResult.ACCEPTED, AttemptResult.UNSURE)
"""Results of a call whose code may be on the phone; an open call may be one of them too."""
