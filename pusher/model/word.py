"""What comes back: bodies as they arrived, the receipts and the replies folded out of them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id
from profiles.model import Channel
from pusher.model.notice import Outcome


class Inbox(SQLModel, table=True):
    """A callback's body, stored and committed before the vendor gets its answer.

    The same body twice is one row (`digest`), so repeats are harmless.
    """

    __table_args__ = (UniqueConstraint("gateway", "digest"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    gateway: str = Field(max_length=20)
    digest: str = Field(max_length=64)
    body_sealed: bytes
    """Sealed: bodies carry phone numbers."""
    received_at: datetime = Field(sa_type=Moment)
    folded_at: datetime | None = Field(default=None, sa_type=Moment, index=True)
    unreadable: int = 0
    """Entries that made no sense and were left out."""


class Signature(SQLModel, table=True):
    """A signature of a vendor and the body it came with, for as long as it is good.

    A vendor may repeat a call with the signature it had; that signature with another body is a
    forgery, since not every signature covers the body.
    """

    gateway: str = Field(max_length=20, primary_key=True)
    mark: str = Field(max_length=64, primary_key=True)
    """Blind: of `Callback.mark`."""
    digest: str = Field(max_length=64)
    """As of `Inbox`."""
    came_at: datetime = Field(sa_type=Moment, index=True)


class Receipt(SQLModel, table=True):
    """One vendor's word on one notice: evidence, kept whatever the order of arrival."""

    __table_args__ = (UniqueConstraint("inbox_id", "position"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    inbox_id: UUID = Field(foreign_key="inbox.id", index=True)
    position: int
    notice_id: UUID | None = Field(default=None, foreign_key="notice.id", index=True)
    """None: it fits no attempt of ours; it changes nothing."""
    outcome: Outcome = Field(sa_column=checked(Outcome, "outcome"))
    code: str = Field(max_length=80)
    at: datetime = Field(sa_type=Moment)


class Meaning(StrEnum):
    """What an answer says."""

    STOP = "stop"
    MAYBE_STOP = "maybe_stop"
    """Doubtful: silent meanwhile, staff decide."""
    YES = "yes"
    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    WRONG_PERSON = "wrong_person"
    """They are not whom we think: the address is to be confirmed, and staff look at it."""
    OTHER = "other"
    """Goes to staff."""


class Reply(SQLModel, table=True):
    """What somebody answered."""

    __table_args__ = (UniqueConstraint("inbox_id", "position"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    inbox_id: UUID = Field(foreign_key="inbox.id", index=True)
    position: int
    channel: Channel = Field(sa_column=checked(Channel, "channel"))
    address_index: str = Field(max_length=64, index=True)
    address_sealed: bytes
    text_sealed: bytes
    meaning: Meaning = Field(sa_column=checked(Meaning, "meaning"))
    notice_id: UUID | None = Field(default=None, foreign_key="notice.id", index=True)
    """The last notice that went to this address, if any."""
    at: datetime = Field(sa_type=Moment)
    settled_by: str | None = Field(default=None, max_length=20)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    settlement: str | None = Field(default=None, max_length=200)
