"""Policy × profile, with reasons: what one run of the matcher found."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, Index, UniqueConstraint, false, text
from sqlmodel import Field, Session, SQLModel

from profiles.columns import Moment, checked, new_id
from profiles.facts import is_sensitive
from profiles.sealing import sealer_of

REASONS = "match.reasons_sealed"
"""The place of a match's reasons, for `Sealer.seal` and `Sealer.open`."""


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
    DIGEST = "digest"
    """Who follows one of its tags and has not heard of it: found by their wish alone."""


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


def reasons_of(session: Session, found: Match) -> list[dict[str, Any]]:
    """Open the reasons of a match, as they were when it was found; empty for a subscription."""
    if found.reasons_sealed is None:
        return []
    text = sealer_of(session).open_text(found.reasons_sealed, place=REASONS, row=found.id)
    reasons: list[dict[str, Any]] = json.loads(text)
    return reasons


def readable(reasons: Sequence[Mapping[str, Any]], *, unmasked: bool) -> list[Mapping[str, Any]]:
    """Those of `reasons_of` that may be shown: unless *unmasked*, none that asks for something
    sensitive."""
    return [
        reason
        for reason in reasons
        if unmasked or reason["fact"] is None or not is_sensitive(reason["fact"])
    ]
