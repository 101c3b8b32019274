"""What one row of a register changed, kept sealed so that the import can be undone."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from profiles.dossier import Known, row_of
from profiles.model import Guardianship
from profiles.sealing import Sealer

TRACE = "rosterrow.trace_sealed"
"""The place of a sealed trace, for `Sealer.seal` and `Sealer.open`."""


@dataclass(frozen=True, slots=True)
class LinkBefore:
    """A guardianship before a row changed it; days as ISO strings."""

    id: UUID
    relation: str
    until_on: str | None
    source: str | None = None
    named_on: str | None = None

    @classmethod
    def of(cls, link: Guardianship, *, until_on: date | None) -> "LinkBefore":
        """The link as it stands, but for its last day."""
        until = until_on.isoformat() if until_on else None
        named = link.named_on.isoformat() if link.named_on else None
        return cls(link.id, link.relation, until, link.source, named)

    def restore(self, link: Guardianship) -> None:
        """Put the link back."""
        link.relation, link.source = self.relation, self.source
        link.until_on = date.fromisoformat(self.until_on) if self.until_on else None
        link.named_on = date.fromisoformat(self.named_on) if self.named_on else None

    def plain(self) -> list[str | None]:
        """For JSON."""
        return [self.id.hex, self.relation, self.until_on, self.source, self.named_on]


@dataclass(slots=True)
class Trace:
    """The changes of one row, each with what stood before.

    Attributes:
        facts: code to what was known and what is known now, as `row_of` has them; None: nothing.
        fields: of the profile itself (name, street_code, community, ended_on, ended_reason) to
            what stood and what stands now.
        made: table and id of each row that was added.
        ended: contacts that were ended.
        revived: contacts that run again: id, when they had ended, source, when they were added.
        links: guardianships that were changed, as they were.
        signs: contacts that the register vouched for, with their last sign before.
        withdrawn: consents that ended with the authority of who had given them.
    """

    facts: dict[str, tuple[list[Any] | None, list[Any]]] = field(default_factory=dict)
    fields: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    made: list[tuple[str, UUID]] = field(default_factory=list)
    ended: list[UUID] = field(default_factory=list)
    revived: list[tuple[UUID, datetime | None, str, datetime]] = field(default_factory=list)
    links: list["LinkBefore"] = field(default_factory=list)
    signs: list[tuple[UUID, datetime | None]] = field(default_factory=list)
    withdrawn: list[UUID] = field(default_factory=list)

    def fact(self, code: str, before: Known | None, after: Known) -> None:
        """Note that *after* is known now where *before* was."""
        self.facts[code] = (row_of(before) if before else None, row_of(after))

    def add(self, later: "Trace") -> None:
        """Take in what happened after this one, to the same row."""
        self.facts |= {
            code: (self.facts.get(code, (old,))[0], new) for code, (old, new) in later.facts.items()
        }
        self.made += later.made
        self.ended += later.ended
        self.links += later.links
        self.withdrawn += later.withdrawn

    def seal(self, sealer: Sealer, row: UUID) -> bytes | None:
        """The trace as it is kept; None if nothing changed."""
        changes = (self.facts, self.fields, self.made, self.ended, self.revived, self.links)
        if not any(changes) and not self.withdrawn and not self.signs:
            return None
        said = {
            "facts": self.facts,
            "fields": self.fields,
            "made": [[table, made.hex] for table, made in self.made],
            "ended": [one.hex for one in self.ended],
            "revived": [
                [one.hex, end.isoformat() if end else None, source, added.isoformat()]
                for one, end, source, added in self.revived
            ],
            "links": [one.plain() for one in self.links],
            "signs": [[one.hex, at.isoformat() if at else None] for one, at in self.signs],
            "withdrawn": [one.hex for one in self.withdrawn],
        }
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return sealer.seal_text(text, place=TRACE, row=row)


def open_trace(sealer: Sealer, blob: bytes | None, row: UUID) -> Trace:
    """The trace that `Trace.seal` made; an empty one for None."""
    if blob is None:
        return Trace()
    said = json.loads(sealer.open(blob, place=TRACE, row=row))
    return Trace(
        facts={code: (old, new) for code, (old, new) in said["facts"].items()},
        fields={name: (old, new) for name, (old, new) in said["fields"].items()},
        made=[(table, UUID(hex=one)) for table, one in said["made"]],
        ended=[UUID(hex=one) for one in said["ended"]],
        revived=[
            (UUID(hex=one), _moment(end), source, datetime.fromisoformat(added))
            for one, end, source, added in said["revived"]
        ],
        links=[LinkBefore(UUID(hex=one), *rest) for one, *rest in said["links"]],
        signs=[(UUID(hex=one), _moment(at)) for one, at in said.get("signs", ())],
        withdrawn=[UUID(hex=one) for one in said.get("withdrawn", ())],
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
