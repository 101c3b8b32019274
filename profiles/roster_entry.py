"""What one row of a register says of one person or firm."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from profiles.ages import ADULT, OWN_CONSENT, is_under
from profiles.model import Channel, ConsentScope, GuardianKind, Pace


@dataclass(frozen=True, slots=True)
class GuardianCells:
    """Who reads for the person of a row, as the register says it; empty and None say nothing."""

    number: str
    kind: GuardianKind
    relation: str
    until_on: date | None


@dataclass(slots=True)
class Entry:
    """What one row says; None and empty say nothing.

    Attributes:
        known_on: the day for which the row vouches.
        dated: whether the row says so itself; otherwise it is the day of the import.
        valid_until: the last day for which the row vouches, or None.
        born: None for firms.
        moved_out: a day; False for "did not move out".
        derived: codes of facts that come from the number, not from a cell.
        labels: fact to the name of its column.
    """

    row: int
    name: str
    number: str
    source: str
    known_on: date
    dated: bool = False
    valid_until: date | None = None
    born: date | None = None
    street_code: str | None = None
    community: str | None = None
    addresses: dict[Channel, str] = field(default_factory=dict)
    guardian: GuardianCells | None = None
    consents: dict[ConsentScope, date] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    pace: Pace = Pace.DAILY
    silences: list[tuple[Channel | None, str | None]] = field(default_factory=list)
    moved_out: date | bool | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    derived: Collection[str] = ()
    labels: dict[str, str] = field(default_factory=dict)


def needs_guardian(entry: Entry, day: date) -> bool:
    """Whether somebody else must consent for the person of this row (under 14)."""
    return is_under(OWN_CONSENT, entry.born, day)


def is_child(entry: Entry, day: date) -> bool:
    """Whether the person of this row is under 18; firms never are."""
    return is_under(ADULT, entry.born, day)
