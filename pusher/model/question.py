"""What people ask: here, at the hotline, in feedback or in an answer to a notice."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

import pusher.model.notice  # noqa: F401  (the tables that a question points at)
from profiles.columns import Moment, checked, new_id


class QuestionSource(StrEnum):
    """By which way a question came."""

    ASK = "ask"
    """智慧问答: the public page or the verb; answered at once, or declined."""
    HOTLINE = "hotline"
    """12345"""
    FEEDBACK = "feedback"
    REPLY = "reply"
    """An answer to a notice that asks something; staff answer it."""


class Feedback(StrEnum):
    """What a recipient says of a notice they got."""

    USEFUL = "useful"
    USELESS = "useless"
    NOT_MINE = "not_mine"
    """不该发给我: they do not fit; shown to staff beside their match."""
    QUESTION = "question"
    """They ask something; staff answer."""


class Question(SQLModel, table=True):
    """One question; it names a person at most by the notice it came after.

    The answer itself is not kept: it was made of the clauses that are named here.
    """

    __table_args__ = (UniqueConstraint("office_id", "source", "external_number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    at: datetime = Field(sa_type=Moment, index=True)
    source: QuestionSource = Field(sa_column=checked(QuestionSource, "source"))
    text_sealed: bytes
    """Sealed, numbers masked; empty once its term is over."""
    policy_id: UUID | None = Field(default=None, foreign_key="policy.id", index=True)
    """Which policy it is about: the one that answered, or the one staff pointed it to."""
    tag_code: str | None = Field(default=None, max_length=40, index=True)
    answered: bool = False
    """Somebody or something answered it, rightly or not."""
    confident: bool | None = None
    """Whether the machine stood by its answer; None: it was not asked."""
    clauses: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    """``[{"policy": id, "paragraph": n}]``: what the answer was made of; paragraphs from 0."""
    useful: bool | None = None
    """What the asker said of the answer."""
    feedback: Feedback | None = Field(
        default=None, sa_column=checked(Feedback, "feedback", nullable=True)
    )
    """Of the source `FEEDBACK` alone."""
    notice_id: UUID | None = Field(default=None, foreign_key="notice.id", index=True)
    external_number: str | None = Field(default=None, max_length=64)
    """The number it has where it came from: the hotline's ticket, the id of the reply."""
    handled_by: str | None = Field(default=None, max_length=20)
    """Staff number."""
    handled_at: datetime | None = Field(default=None, sa_type=Moment)
    remark: str | None = Field(default=None, max_length=200)
    """What staff noted when they handled it."""
