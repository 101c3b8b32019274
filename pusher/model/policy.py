"""A policy as read and understood, its tags, and the audience rule that staff confirmed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id


class PolicyState(StrEnum):
    """What we did with a policy. Whether it is open or expired is computed (`standing`)."""

    READ = "read"
    """Read and understood by the machine; nothing goes on from here without staff."""
    CONFIRMED = "confirmed"
    """Staff confirmed tags, rule and elements."""
    SUPERSEDED = "superseded"
    """A newer version stands."""
    REPEALED = "repealed"
    """No longer in force, by staff's word."""


MOVES: dict[PolicyState, frozenset[PolicyState]] = {
    PolicyState.READ: frozenset(
        {PolicyState.CONFIRMED, PolicyState.SUPERSEDED, PolicyState.REPEALED}
    ),
    PolicyState.CONFIRMED: frozenset(
        {PolicyState.CONFIRMED, PolicyState.SUPERSEDED, PolicyState.REPEALED}
    ),
    PolicyState.SUPERSEDED: frozenset(),
    PolicyState.REPEALED: frozenset(),
}


class Openness(StrEnum):
    """公开属性, Regulations on Open Government Information art. 19–27. Only OPEN is pushed."""

    OPEN = "open"
    """主动公开"""
    ON_REQUEST = "on_request"
    """依申请公开"""
    CLOSED = "closed"
    """不予公开"""


class Registered(StrEnum):
    """The status a register or the document itself states; dates are judged apart."""

    IN_FORCE = "in_force"
    DRAFT = "draft"
    """征求意见"""
    EXHAUSTED = "exhausted"
    """额满"""
    REPEALED = "repealed"
    """废止、失效"""


class Genre(StrEnum):
    """What kind of text it is."""

    POLICY = "policy"
    """办法、规定、带文号的通知"""
    NOTICE = "notice"
    """公告、通告、申报通知"""
    INTERPRETATION = "interpretation"
    """解读、问答"""
    GUIDE = "guide"
    """办事指南"""
    NEWS = "news"
    """新闻、动态"""
    DRAFT = "draft"
    """征求意见稿"""


class Audience(StrEnum):
    """Which kind of profile a policy speaks to."""

    RESIDENT = "resident"
    ENTERPRISE = "enterprise"
    BOTH = "both"
    NONE = "none"
    """Nobody outside the offices."""


class Subject(StrEnum):
    """Whose facts the rule is about."""

    SELF = "self"
    WARD = "ward"
    SELF_OR_WARD = "self_or_ward"


class TagSource(StrEnum):
    """Who put a tag on a policy."""

    MODEL = "model"
    STAFF = "staff"


class Policy(SQLModel, table=True):
    """One version of one document. Versions of a document share a *family*.

    `body` is a list of paragraphs; `elements` and `draft` are what the reading understood, in the
    shapes of the contract (POLICY.elements; audience, rule, needs_person, manual_checks).
    """

    __table_args__ = (
        UniqueConstraint("office_id", "sha256"),
        UniqueConstraint("family_id", "version"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    family_id: UUID = Field(default_factory=new_id, index=True)
    version: int = 1
    sha256: str = Field(max_length=64)
    source: str = Field(max_length=400)
    """File name or address it was read from."""
    title: str = Field(max_length=300)
    short_title: str = Field(max_length=20)
    """At most 20 characters: what fits a WeChat `thing` field and an SMS variable."""
    document_number: str | None = Field(default=None, max_length=80, index=True)
    issuer: str | None = Field(default=None, max_length=300)
    index_number: str | None = Field(default=None, max_length=60)
    theme: str | None = Field(default=None, max_length=60)
    genre: Genre = Field(default=Genre.POLICY, sa_column=checked(Genre, "genre"))
    reposted_by: str | None = Field(default=None, max_length=120)
    """Whose site showed it, where that is not who issued it."""
    written_on: date | None = None
    published_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    apply_from: date | None = None
    apply_until: date | None = None
    openness: Openness = Field(default=Openness.OPEN, sa_column=checked(Openness, "openness"))
    registered: Registered = Field(
        default=Registered.IN_FORCE, sa_column=checked(Registered, "registered")
    )
    state: PolicyState = Field(default=PolicyState.READ, sa_column=checked(PolicyState, "state"))
    body: list[str] = Field(sa_column=Column(JSON, nullable=False))
    places: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}")
    )
    """Field → ``{"where", "quote", "doubt"}``: where it was read, and what speaks against it."""
    attachments: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    """``[{"name", "href"}]``, as the document or its page lists them."""
    elements: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    draft: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    warnings: list[str] = Field(sa_column=Column(JSON, nullable=False))
    read_at: datetime = Field(sa_type=Moment)
    confirmed_by: str | None = Field(default=None, max_length=20)
    confirmed_at: datetime | None = Field(default=None, sa_type=Moment)
    repealed_because: str | None = Field(default=None, max_length=200)


class PolicyTag(SQLModel, table=True):
    """A subject of a policy, with the words of this document that speak for it."""

    __table_args__ = (UniqueConstraint("policy_id", "tag_code"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    tag_code: str = Field(max_length=40, index=True)
    name: str = Field(max_length=40)
    score: float | None = None
    """Cosine in [0, 1]; None for a tag that staff put."""
    words: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    source: TagSource = Field(sa_column=checked(TagSource, "source"))


class AudienceRule(SQLModel, table=True):
    """Whom a policy is for, as confirmed: a new row at each confirmation, never changed.

    `rule` is a RULE of the contract, or None for a policy that nobody can apply under
    (a draft for comment): then only subscribers hear of it.
    """

    __table_args__ = (UniqueConstraint("policy_id", "number"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    number: int
    audience: Audience = Field(sa_column=checked(Audience, "audience"))
    subject: Subject = Field(sa_column=checked(Subject, "subject"))
    rule: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    manual_checks: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    confirmed_by: str = Field(max_length=20)
    confirmed_at: datetime = Field(sa_type=Moment)
