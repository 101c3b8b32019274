"""The official explanation (解读) of a policy: what form it has, when it came, where it is read."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id


class Form(StrEnum):
    """How it explains."""

    TEXT = "text"
    """文字解读"""
    PICTURE = "picture"
    """图解、漫画"""
    VIDEO = "video"
    ANSWERS = "answers"
    """问答、答记者问"""
    BRIEF = "brief"
    """简明版、明白纸"""
    PRESS = "press"
    """新闻发布会、吹风会"""
    ADOPTION = "adoption"
    """意见采纳情况: what became of the comments on a draft"""


class Stage(StrEnum):
    """When it came in the life of its policy."""

    BEFORE = "before"
    """With the draft, or before the policy was published."""
    AT = "at"
    """With the publication, or in the days after it."""
    AFTER = "after"
    """While the policy is carried out: a second interpretation, for instance."""


class TiedBy(StrEnum):
    """How we know which policy it explains."""

    NUMBER = "number"
    TITLE = "title"
    INDEX = "index"
    """By the policy's index number (索引号)."""
    STAFF = "staff"


class Interpretation(SQLModel, table=True):
    """One explanation of one policy, whether we hold its text or only know where it stands.

    It belongs to the whole document: a later version of the policy keeps it. The public sees it
    once staff have looked at it.
    """

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    policy_id: UUID | None = Field(default=None, foreign_key="policy.id", index=True)
    """None: nobody knows yet which policy it explains."""
    tied_by: TiedBy | None = Field(
        default=None, sa_column=checked(TiedBy, "tied_by", nullable=True)
    )
    document_id: UUID | None = Field(default=None, foreign_key="policy.id", unique=True)
    """Its own text, where we read it: a document of the genre INTERPRETATION."""
    title: str = Field(max_length=300)
    form: Form = Field(sa_column=checked(Form, "form"))
    stage: Stage = Field(sa_column=checked(Stage, "stage"))
    published_on: date | None = None
    department: str | None = Field(default=None, max_length=120)
    phone: str | None = Field(default=None, max_length=60)
    address: str | None = Field(default=None, max_length=1000)
    """Where it stands on a site, http or https."""
    version: int = 1
    """The same title in the same form again is the next version; the one before it has ended."""
    by: str = Field(max_length=20)
    at: datetime = Field(sa_type=Moment)
    checked_by: str | None = Field(default=None, max_length=20)
    checked_at: datetime | None = Field(default=None, sa_type=Moment)
    """When staff last said that it is so."""
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    """A newer version stands, or staff took it off."""


class InterpretationPlan(SQLModel, table=True):
    """Who will explain a policy, how and by when; or why nobody needs to.

    By the practice of 三同步 the interpretation is planned together with the document, and comes
    with it, at the latest three working days after.
    """

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    policy_id: UUID = Field(foreign_key="policy.id", unique=True)
    """The version it was made for; it holds for later ones that have none."""
    stage: Stage = Field(sa_column=checked(Stage, "stage"))
    form: Form = Field(sa_column=checked(Form, "form"))
    department: str = Field(max_length=60)
    due_on: date
    waived_because: str | None = Field(default=None, max_length=200)
    """Why no interpretation is needed; None: one is."""
    by: str = Field(max_length=20)
    at: datetime = Field(sa_type=Moment)
