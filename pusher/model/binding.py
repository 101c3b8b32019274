"""A code by which a follower of the account shows, at the counter, whose telephone it is."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id
from profiles.model import Channel


class BindingCode(SQLModel, table=True):
    """Given out to somebody whom staff have in front of them; good once, from any address.

    The code itself is nowhere: whoever sends it is found by its keyed index.
    """

    id: UUID = Field(default_factory=new_id, primary_key=True)
    profile_id: UUID = Field(foreign_key="profile.id", index=True)
    channel: Channel = Field(sa_column=checked(Channel, "channel"))
    code_index: str = Field(max_length=64, index=True)
    by: str = Field(max_length=20)
    """Staff number of who gave it out."""
    at: datetime = Field(sa_type=Moment)
    until: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    """What it bound."""
