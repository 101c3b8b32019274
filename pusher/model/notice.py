"""One text for one address; what we did with it, and what became of it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, Money, checked, new_id
from profiles.model import Channel
from pusher.model.batch import BatchKind


class NoticeState(StrEnum):
    """What we did. There is no "queued": a drafted notice of a released batch is claimable."""

    DRAFTED = "drafted"
    HANDING = "handing"
    """Claimed: the attempt row stands, the gateway is being called."""
    ACCEPTED = "accepted"
    """The gateway took it, by its answer, its query or a receipt."""
    FAILED = "failed"
    """The gateway refused it for good: surely not sent."""
    UNSURE = "unsure"
    """It may have been taken; never sent again on a guess."""
    WITHHELD = "withheld"
    """Not sent, for a reason."""


LEFT = (NoticeState.ACCEPTED, NoticeState.HANDING, NoticeState.UNSURE)
"""States of a notice that somebody may have read: what is not sure counts as told."""


MOVES: dict[NoticeState, frozenset[NoticeState]] = {
    NoticeState.DRAFTED: frozenset({NoticeState.HANDING, NoticeState.WITHHELD}),
    NoticeState.HANDING: frozenset(
        {
            NoticeState.ACCEPTED,
            NoticeState.FAILED,
            NoticeState.UNSURE,
            # only with proof that nothing was sent: the attempt says not_sent
            NoticeState.DRAFTED,
        }
    ),
    # a second look found it, or proved twice that it never arrived
    NoticeState.UNSURE: frozenset({NoticeState.ACCEPTED, NoticeState.DRAFTED}),
    NoticeState.ACCEPTED: frozenset(),
    NoticeState.FAILED: frozenset(),
    NoticeState.WITHHELD: frozenset(),
}


class Reason(StrEnum):
    """Why a notice was withheld."""

    NO_CONSENT = "no_consent"
    NO_SENSITIVE_CONSENT = "no_sensitive_consent"
    OPTED_OUT = "opted_out"
    CAP = "cap"
    """They heard from us often enough of late."""
    BUDGET = "budget"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    ERASED = "erased"
    NO_ADDRESS = "no_address"
    """The address ended or changed after approval."""
    DECEASED = "deceased"
    """Whom it is about has died. Nobody is told of that, the family least."""
    MOVED_OUT = "moved_out"
    """Left the district: nothing of ours concerns them any more."""
    ENDED = "ended"
    """A firm that was struck off, or somebody whom no register lists any more."""
    NO_AUTHORITY = "no_authority"
    """Who would read may no longer read for the ward: of age, another guardian, a term over."""
    UNCONFIRMED = "unconfirmed"
    """It is sensitive, and the address may be a stranger's by now."""
    DUPLICATE = "duplicate"
    """This address has this policy version already."""


class Outcome(StrEnum):
    """What became of it, in rising order; the highest ever reported counts."""

    NONE = "none"
    SILENT = "silent"
    """72 hours without a word."""
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"
    READ = "read"


RISING = tuple(Outcome)
UNTOLD = frozenset({Channel.WECOM})
"""Channels whose vendor tells of no delivery: nobody waits for a word there."""


class Doubt(StrEnum):
    """Why an unsure notice is unsure, where it is not a call that nobody answered."""

    RESTORED = "restored"
    """The database came from a backup; it may have been sent since."""


class Basis(StrEnum):
    """Why they are written to; it decides the words."""

    MATCH = "match"
    """您可能符合"""
    SUBSCRIPTION = "subscription"
    """按您的订阅"""


class Notice(SQLModel, table=True):
    """One text for one address about one policy version.

    A policy row is one version, so (policy, kind, channel, address) being unique among notices
    that are not withheld or failed is the promise "one notice per policy, version, kind, address
    and channel", across batches. A person left out when the batch was drafted stands here as
    WITHHELD without address.
    """

    __table_args__ = (
        Index(
            "uq_notice_once",
            "policy_id",
            "kind",
            "channel",
            "address_index",
            unique=True,
            sqlite_where=text("state NOT IN ('withheld', 'failed') AND replaced_at IS NULL"),
            postgresql_where=text("state NOT IN ('withheld', 'failed') AND replaced_at IS NULL"),
        ),
        Index("ix_notice_claim", "batch_id", "state", "not_before"),
        CheckConstraint(
            "(state = 'withheld') = (reason IS NOT NULL)", name="withheld_for_a_reason"
        ),
        CheckConstraint(
            # once it is done, its reader may have been forgotten
            "state NOT IN ('drafted', 'handing') OR (channel IS NOT NULL"
            " AND address_index IS NOT NULL"
            " AND contact_id IS NOT NULL AND text_sealed IS NOT NULL)",
            name="addressed",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    batch_id: UUID = Field(foreign_key="batch.id", index=True)
    policy_id: UUID = Field(foreign_key="policy.id", index=True)
    kind: BatchKind = Field(sa_column=checked(BatchKind, "kind"))
    profile_id: UUID = Field(foreign_key="profile.id", index=True)
    """Who reads it: the person, or the guardian of the ward."""
    basis: Basis = Field(sa_column=checked(Basis, "basis"))
    channel: Channel | None = Field(
        default=None, sa_column=checked(Channel, "channel", nullable=True)
    )
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id", index=True)
    address_index: str | None = Field(default=None, max_length=64, index=True)
    wording: str | None = Field(default=None, max_length=40)
    """Key of the registered template it is filled from."""
    text_sealed: bytes | None = None
    """Sealed JSON {"text","params","url"}: what they read, exactly."""
    text_sha256: str | None = Field(default=None, max_length=64)
    segments: int = 0
    price: Decimal = Field(default=Decimal(0), sa_type=Money)
    """Yuan, all segments."""
    state: NoticeState = Field(default=NoticeState.DRAFTED, sa_column=checked(NoticeState, "state"))
    reason: Reason | None = Field(default=None, sa_column=checked(Reason, "reason", nullable=True))
    outcome: Outcome = Field(default=Outcome.NONE, sa_column=checked(Outcome, "outcome"))
    not_before: datetime | None = Field(default=None, sa_type=Moment)
    lease_until: datetime | None = Field(default=None, sa_type=Moment)
    fence: int = 0
    """Counts claims; an answer writes only under the claim it belongs to."""
    gateway: str | None = Field(default=None, max_length=20)
    gateway_ref: str | None = Field(default=None, max_length=80, index=True)
    accepted_at: datetime | None = Field(default=None, sa_type=Moment)
    unsure_since: datetime | None = Field(default=None, sa_type=Moment)
    doubt: Doubt | None = Field(default=None, sa_column=checked(Doubt, "doubt", nullable=True))
    negatives: int = 0
    """How often the gateway said it does not know an unsure notice."""
    left_to_staff_at: datetime | None = Field(default=None, sa_type=Moment)
    instead_of: UUID | None = Field(default=None, foreign_key="notice.id")
    """The unsure notice that staff decided to send anew."""
    replaced_at: datetime | None = Field(default=None, sa_type=Moment)
    """When staff drafted another in its place; it stays what it was: unsure."""


class NoticeMatch(SQLModel, table=True):
    """Which matches a notice tells of: a guardian of three children gets one with three."""

    notice_id: UUID = Field(foreign_key="notice.id", primary_key=True)
    match_id: UUID = Field(foreign_key="match.id", primary_key=True, index=True)


class AttemptResult(StrEnum):
    """How one call ended; without a result it is still open, or its process died."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    UNSURE = "unsure"


class Attempt(SQLModel, table=True):
    """One intended call of a gateway, committed before the socket opens."""

    __table_args__ = (
        UniqueConstraint("notice_id", "number"),
        # what a gateway was handed in a second and in a day
        Index("ix_attempt_gateway_at", "gateway", "at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    notice_id: UUID = Field(foreign_key="notice.id", index=True)
    number: int
    call: str = Field(max_length=26, unique=True)
    """26 base-32 characters: the reference the vendor is given and echoes."""
    gateway: str = Field(max_length=20)
    at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    result: AttemptResult | None = Field(
        default=None, sa_column=checked(AttemptResult, "result", nullable=True)
    )
    code: str | None = Field(default=None, max_length=80)
    """The vendor's own code."""
    said: str | None = Field(default=None, max_length=300)
    gateway_ref: str | None = Field(default=None, max_length=80, index=True)
