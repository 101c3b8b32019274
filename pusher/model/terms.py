"""A policy's terms as a row, so that a question finds it without reading every policy."""

from uuid import UUID

from sqlmodel import Field, SQLModel

import pusher.model.policy  # noqa: F401  (the table that a row points at)


class PolicyTerms(SQLModel, table=True):
    """What `pusher.listening.answers.terms` made of one policy."""

    policy_id: UUID = Field(foreign_key="policy.id", primary_key=True)
    stamp: str = Field(max_length=64)
    """Of the policy as it was then; another one means that the row is stale."""
    packed: bytes
    """Of `pusher.words.search.packed`."""
