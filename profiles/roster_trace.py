"""What one row of a register changed, kept sealed so that the import can be undone."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from profiles.dossier import Known, row_of
from profiles.sealing import Sealer

TRACE = "rosterrow.trace_sealed"
"""The place of a sealed trace, for `Sealer.seal` and `Sealer.open`."""


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
        links: guardianships that were changed: id, relation, last day.
    """

    facts: dict[str, tuple[list[Any] | None, list[Any]]] = field(default_factory=dict)
    fields: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    made: list[tuple[str, UUID]] = field(default_factory=list)
    ended: list[UUID] = field(default_factory=list)
    revived: list[tuple[UUID, datetime | None, str, datetime]] = field(default_factory=list)
    links: list[tuple[UUID, str, str | None]] = field(default_factory=list)

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

    def seal(self, sealer: Sealer, row: UUID) -> bytes | None:
        """The trace as it is kept; None if nothing changed."""
        if not any((self.facts, self.fields, self.made, self.ended, self.revived, self.links)):
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
            "links": [[one.hex, relation, until] for one, relation, until in self.links],
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
        links=[(UUID(hex=one), relation, until) for one, relation, until in said["links"]],
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
