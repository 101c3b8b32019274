"""What many ask alike of one policy: a topic, the questions in it, and what came of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, new_id


class Topic(SQLModel, table=True):
    """Questions about one policy that ask alike.

    It is hot from `hot_at` on, until it is settled later than that: by an interpretation, or by
    staff's word that none is needed. When as many ask again, it gets hot anew.
    """

    __table_args__ = (
        CheckConstraint("settled_at IS NULL OR hot_at IS NOT NULL", name="settled_was_hot"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    """The version that was asked about first; the topic is of the whole document."""
    words: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """That two questions or more share, heaviest first; no word of a single one is kept."""
    began_at: datetime = Field(sa_type=Moment)
    hot_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_at: datetime | None = Field(default=None, sa_type=Moment)
    settled_by: str | None = Field(default=None, max_length=20)
    interpretation_id: UUID | None = Field(default=None, foreign_key="interpretation.id")
    """What answered it; None: not settled, or none was needed."""
    remark: str | None = Field(default=None, max_length=200)
    """Why none was needed."""

    @property
    def is_hot(self) -> bool:
        """Whether it waits for an answer to all who ask."""
        if self.hot_at is None:
            return False
        return self.settled_at is None or self.settled_at < self.hot_at


class TopicQuestion(SQLModel, table=True):
    """A question of a topic."""

    question_id: UUID = Field(foreign_key="question.id", primary_key=True)
    topic_id: UUID = Field(foreign_key="topic.id", index=True)
    words: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """That it shares with the topic, as it was when the question came; empty for the first."""
