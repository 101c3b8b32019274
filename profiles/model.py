"""WHO: the tables of the ground floor. They know nothing of policies."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from profiles.columns import Moment, checked, new_id


class ProfileKind(StrEnum):
    """Whom a profile is about."""

    RESIDENT = "resident"
    """A person."""
    ENTERPRISE = "enterprise"
    """A firm, co-operative, individual business or other organisation."""


class Channel(StrEnum):
    """A way to reach somebody without walking there."""

    SMS = "sms"
    WECHAT = "wechat"
    """The office's service account (公众号)."""
    WECOM = "wecom"
    """企业微信: an application of the office's own corp, to its members."""


class EndReason(StrEnum):
    """Why a profile is closed. A death is a fact (`deceased_on`), not an end."""

    MOVED_OUT = "moved_out"
    """Left the district; nothing of ours concerns them any more."""
    ERASED = "erased"
    """Asked to be forgotten; the row is blank and kept for the counts."""
    UNLISTED = "unlisted"
    """A full register no longer lists them, and staff confirmed that."""
    UNDONE = "undone"
    """The import that brought them was undone, and something refers to them already."""


class GuardianKind(StrEnum):
    """By what right somebody reads for another."""

    GUARDIAN = "guardian"
    """法定监护人, Civil Code art. 27."""
    AGENT = "agent"
    """A family member whom the person authorised (授权代办)."""
    ADULT_GUARDIAN = "adult_guardian"
    """法定监护人 of an adult who cannot act alone, Civil Code art. 28; does not end at 18."""


class ConsentScope(StrEnum):
    """To what somebody agreed."""

    GENERAL = "general"
    """To be sent notices (PIPL art. 13)."""
    SENSITIVE = "sensitive"
    """That sensitive facts are used to choose them (PIPL art. 29)."""
    MINOR = "minor"
    """A guardian, for a child under 14 (PIPL art. 31); the row stands on the child."""


class Pace(StrEnum):
    """How often a subscriber wishes to hear."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


class Doubt(StrEnum):
    """Why an address may no longer be that of who gave it."""

    DEAD_NUMBER = "dead_number"
    """A receipt says that the number is out of service; the next to get it is somebody else."""
    WRONG_PERSON = "wrong_person"
    """Whoever reads there says that they are somebody else."""


class Office(SQLModel, table=True):
    """One installation, one district: the one that sends."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=60)
    area_code: str = Field(max_length=9, unique=True)
    signature: str = Field(max_length=12)
    """What stands in 【】 before each SMS."""
    phone: str = Field(max_length=20)
    """Whom a recipient may call with questions."""


class Street(SQLModel, table=True):
    """A street office (街道), the scope of a community worker."""

    code: str = Field(primary_key=True, max_length=9)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    name: str = Field(max_length=40)


class Profile(SQLModel, table=True):
    """A person or a firm that policies may concern.

    A resident's name and number are sealed and can be found whole, by their indexes; a firm's
    are public register entries and stay in clear. Facts are one sealed document (`dossier`).
    """

    __table_args__ = (
        UniqueConstraint("office_id", "number_index"),
        CheckConstraint("(ended_on IS NULL) = (ended_reason IS NULL)", name="ended_for_a_reason"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    kind: ProfileKind = Field(sa_column=checked(ProfileKind, "kind"))
    street_code: str | None = Field(default=None, foreign_key="street.code", index=True)
    community: str | None = Field(default=None, max_length=60)
    name_index: str = Field(max_length=64, index=True)
    number_index: str = Field(max_length=64)
    name_sealed: bytes | None = None
    number_sealed: bytes | None = None
    firm_name: str | None = Field(default=None, max_length=120)
    credit_code: str | None = Field(default=None, max_length=18)
    facts_sealed: bytes | None = None
    ended_on: date | None = None
    ended_reason: EndReason | None = Field(
        default=None, sa_column=checked(EndReason, "ended_reason", nullable=True)
    )
    created_at: datetime = Field(sa_type=Moment)
    changed_at: datetime = Field(sa_type=Moment)
    touched: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, index=True, server_default="0")
    )
    """Rises with every change, whoever makes it: set by the database itself (a trigger)."""


class Guardianship(SQLModel, table=True):
    """*guardian* reads for *ward*; a child is never written to directly."""

    __table_args__ = (
        UniqueConstraint("ward_id", "guardian_id", "kind"),
        CheckConstraint("ward_id <> guardian_id", name="two_people"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    ward_id: UUID = Field(foreign_key="profile.id", index=True)
    guardian_id: UUID = Field(foreign_key="profile.id", index=True)
    kind: GuardianKind = Field(sa_column=checked(GuardianKind, "kind"))
    relation: str = Field(max_length=20)
    """What the guardian is to the ward: 母亲, 祖父, 女儿 …"""
    until_on: date | None = None
    """Last day; a guardianship of a child ends at 18 whatever stands here."""
    source: str | None = Field(default=None, max_length=60)
    """Which register names the guardian; its later word replaces them."""
    named_on: date | None = None
    """The day for which the register vouched."""


class Contact(SQLModel, table=True):
    """An address of one profile. Addresses are sealed; several profiles may share one."""

    __table_args__ = (UniqueConstraint("profile_id", "channel", "address_index"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    profile_id: UUID = Field(foreign_key="profile.id", index=True)
    channel: Channel = Field(sa_column=checked(Channel, "channel"))
    address_sealed: bytes
    address_index: str = Field(max_length=64, index=True)
    source: str = Field(max_length=60)
    added_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    """From then on it is not written to: withdrawn by the register or found dead."""
    doubt: Doubt | None = Field(default=None, sa_column=checked(Doubt, "doubt", nullable=True))
    doubted_at: datetime | None = Field(default=None, sa_type=Moment)
    sign_at: datetime | None = Field(default=None, sa_type=Moment)
    """The last sign that it is theirs still: an answer, a confirmation, a register's word."""


class Consent(SQLModel, table=True):
    """What somebody agreed to, by which text, when and how; withdrawn, never deleted."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    profile_id: UUID = Field(foreign_key="profile.id", index=True)
    scope: ConsentScope = Field(sa_column=checked(ConsentScope, "scope"))
    given_by_id: UUID | None = Field(default=None, foreign_key="profile.id")
    """The guardian, where a guardian agreed."""
    text_version: str = Field(max_length=20)
    how: str = Field(max_length=60)
    given_at: datetime = Field(sa_type=Moment)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)


class OptOut(SQLModel, table=True):
    """A word to be silent. Binds from the moment it is said, approved batches included.

    It stands on a profile (a page, a clerk), on an address (an SMS answer: whoever reads there
    wants no more), or on both. `channel` None means every channel; `topic` narrows it to a tag.
    """

    __table_args__ = (
        CheckConstraint("profile_id IS NOT NULL OR address_index IS NOT NULL", name="somebody"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    profile_id: UUID | None = Field(default=None, foreign_key="profile.id", index=True)
    address_index: str | None = Field(default=None, max_length=64, index=True)
    channel: Channel | None = Field(
        default=None, sa_column=checked(Channel, "channel", nullable=True)
    )
    topic: str | None = Field(default=None, max_length=40)
    said_at: datetime = Field(sa_type=Moment)
    how: str = Field(max_length=60)
    doubtful: bool = False
    """The words were not clear; silent meanwhile, and staff are asked."""
    lifted_at: datetime | None = Field(default=None, sa_type=Moment)


class Subscription(SQLModel, table=True):
    """A wish to hear of a tag."""

    __table_args__ = (
        Index(
            "uq_subscription_running",
            "profile_id",
            "tag_code",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    profile_id: UUID = Field(foreign_key="profile.id", index=True)
    tag_code: str = Field(max_length=40, index=True)
    pace: Pace = Field(sa_column=checked(Pace, "pace"))
    source: str = Field(max_length=60)
    since: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class ImportState(StrEnum):
    """Where the import of one register file stands."""

    CHECKED = "checked"
    """Looked through; the file waits, sealed, for somebody to confirm."""
    RUNNING = "running"
    """Being taken in, chunk by chunk; if its process died, the same file again goes on."""
    DONE = "done"
    DROPPED = "dropped"
    """Looked through and not wanted."""
    UNDOING = "undoing"
    UNDONE = "undone"


class RosterImport(SQLModel, table=True):
    """One register file that was taken in: what it changed and what it could not."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    office_id: UUID = Field(foreign_key="office.id", index=True)
    file_sha256: str = Field(max_length=64, index=True)
    file_name: str = Field(max_length=120)
    kind: ProfileKind = Field(sa_column=checked(ProfileKind, "kind"))
    state: ImportState = Field(default=ImportState.DONE, sa_column=checked(ImportState, "state"))
    snapshot: bool = False
    """It claims to list everybody, so that who is missing can be ended."""
    source: str | None = Field(default=None, max_length=60)
    """The one source that all its rows name; a snapshot speaks for this source alone."""
    by: str = Field(default="", max_length=20)
    at: datetime = Field(sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    undone_at: datetime | None = Field(default=None, sa_type=Moment)
    undone_by: str | None = Field(default=None, max_length=20)
    added: int
    changed: int
    unchanged: int
    ended: int = 0
    """People whom the file no longer lists, ended on confirmation."""
    rejected: list[dict[str, object]] = Field(sa_column=Column(JSON, nullable=False))
    """Row, column, code and reason of each cell left out; never the cell itself. The first
    thousands of them: the rows have them all."""


class Erasure(SQLModel, table=True):
    """That somebody asked to be forgotten (PIPL art. 47), and when nothing was left of them."""

    profile_id: UUID = Field(primary_key=True, foreign_key="profile.id")
    asked_at: datetime = Field(sa_type=Moment)
    by: str = Field(max_length=20)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    """None while a notice of theirs waits for its outcome."""


class RosterFile(SQLModel, table=True):
    """The file of an import while it waits for confirmation; gone as soon as it is in."""

    import_id: UUID = Field(foreign_key="rosterimport.id", primary_key=True)
    content_sealed: bytes


class RowWord(StrEnum):
    """What became of one row of a register."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    """Left out whole."""
    HEADER = "header"
    """The row of names, for what is to be told of it."""
    ENDED = "ended"
    """Not of the file: somebody it no longer lists, ended; rows below zero."""


class RosterRow(SQLModel, table=True):
    """One row of one import, written in the transaction that took it in: never taken in twice."""

    __table_args__ = (UniqueConstraint("import_id", "row"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    import_id: UUID = Field(foreign_key="rosterimport.id")
    row: int
    word: RowWord = Field(sa_column=checked(RowWord, "word"))
    profile_id: UUID | None = Field(default=None, foreign_key="profile.id", index=True)
    told: list[list[str]] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    """Column, code and reason of each cell left out; never the cell itself."""
    trace_sealed: bytes | None = None
    """What stood before and what the row made of it, sealed: so that it can be undone."""
    undone: bool = False
