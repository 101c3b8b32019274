"""Policy × profile, with reasons: what one run of the matcher found."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id


class Decision(StrEnum):
    """What the rule says of one profile; `not` is not stored, it can be asked for (`explain`)."""

    ELIGIBLE = "eligible"
    """Every condition holds."""
    POSSIBLE = "possible"
    """No condition fails, some cannot be answered."""
    SUBSCRIBED = "subscribed"
    """Not by the rule, but they follow one of its tags."""


class RunKind(StrEnum):
    """Whom a run looks for."""

    WHOLE = "whole"
    """Everybody."""
    RECALL = "recall"
    """Who has come to fit since: new, changed, a year older."""
    AHEAD = "ahead"
    """Who will fit on a day to come, and does not yet: coming of age."""


class MatchRun(SQLModel, table=True):
    """One judging of one confirmed rule over all profiles, as of one day."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    rule_id: UUID = Field(foreign_key="audiencerule.id", index=True)
    as_of: date
    at: datetime = Field(sa_type=Moment)
    judged: int
    """Profiles looked at."""
    kind: RunKind = Field(default=RunKind.WHOLE, sa_column=checked(RunKind, "kind"))


class Match(SQLModel, table=True):
    """One profile that a run found. Never changed: what was true when it was found."""

    __table_args__ = (
        UniqueConstraint("run_id", "profile_id"),
        Index(
            "uq_match_recalled_once",
            "policy_id",
            "profile_id",
            unique=True,
            sqlite_where=text("recalled"),
            postgresql_where=text("recalled"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    run_id: UUID = Field(foreign_key="matchrun.id", index=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    profile_id: UUID = Field(foreign_key="profile.id", index=True)
    """Whom it concerns: the child, not the guardian."""
    decision: Decision = Field(sa_column=checked(Decision, "decision"))
    followed: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """Codes of the policy's tags that they (or their reader) follow."""
    missing: list[str] = Field(sa_column=Column(JSON, nullable=False))
    """Codes of the facts whose absence left it open."""
    sensitive: bool
    """The rule asked for sensitive facts of them."""
    recalled: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )
    """Found by a recall; once for each person and policy version."""
    reasons_sealed: bytes | None = None
    """Sealed JSON: [{"id","fact","op","quote","condition","result","excludes"}…]."""
