"""The index of an office: all its profiles as columns, as fresh as the session that asks.

What the columns hold was committed. A session that only looks lets them take in what has changed
since; one that writes sees its own changes beside them, for they may yet be rolled back.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import LargeBinary, func, text
from sqlmodel import Session, col, select

from profiles.dossier import open_dossier
from profiles.model import Profile, ProfileKind
from profiles.rows import in_chunks, ward_ids
from profiles.sealing import SealBroken, sealer_of
from pusher.matching.columns import Document, table_of
from pusher.matching.packing import OldFormat, packed, unpacked
from pusher.matching.segment import Found, Part, Question, Segment, ask, rows_of, standing, together
from pusher.model.fact_index import FactIndex

PLACE = "factindex.columns_sealed"
RECENT = 5_000
"""Rows changed since the last laying out, above which they are laid out with the rest."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The office's profiles as one session sees them, in parts whose counts add up."""

    session: Session
    parts: Sequence[Part]

    @property
    def size(self) -> int:
        """How many profiles that are not closed."""
        return sum(int(part.alive.sum()) for part in self.parts)

    def ask(self, question: Question) -> list[Found]:
        """Put a question to every part."""
        wards = ward_ids(self.session) if question.subject != "self" else ()
        return [ask(part, question, wards) for part in self.parts]


def view(session: Session, office_id: UUID) -> View:
    """Look at the office's profiles, each as it stands in *session* now."""
    memory = session.info.get("memory")
    lock = _LOCK if memory is not None else threading.Lock()
    with lock:
        kept = memory.get(_name(office_id)) if memory is not None else None
        if not isinstance(kept, _Kept):
            kept = _begun(session, office_id)
            if memory is not None and not session.info.get("writes", True):
                memory[_name(office_id)] = kept
        return View(session, kept.seen_by(session, office_id))


def keep(session: Session, office_id: UUID, *, now: datetime) -> int:
    """Seal the office's columns and keep them in place of the last copy; the caller commits.

    Returns:
        How many rows were kept; 0 in an office whose first register is still to come.
    """
    parts = view(session, office_id).parts
    if not parts:
        return 0
    whole = standing(parts[0])
    for part in parts[1:]:
        whole = together(whole, standing(part))
    for old in session.exec(select(FactIndex).where(FactIndex.office_id == office_id)):
        session.delete(old)
    row = FactIndex(office_id=office_id, made_at=now, rows=len(whole.ids), columns_sealed=b"")
    row.columns_sealed = sealer_of(session).seal(packed(whole), place=PLACE, row=row.id)
    session.add(row)
    session.flush()
    return row.rows


_LOCK = threading.Lock()


def _name(office_id: UUID) -> str:
    return f"index:{office_id}"


@dataclass(slots=True, eq=False)
class _Kept:
    """Columns of what was committed before *horizon*.

    Attributes:
        parts: the first large, the second with what changed since.
        horizon: of `Profile.touched`; what is below it is in the columns.
    """

    parts: list[Part]
    horizon: int
    checked: bool = field(default=False)

    def seen_by(self, session: Session, office_id: UUID) -> list[Part]:
        """The parts as *session* sees them; one that only looks brings the columns up to date."""
        horizon = _horizon(session)
        changed = {seen.id: seen for seen in self._changed(session, office_id)}
        parts = self._beside(session, changed) if changed else self.parts
        if session.info.get("writes", True):
            return parts
        if changed:
            self.parts = _laid_out(parts)
        self.horizon, self.checked = horizon, True
        return self.parts

    def _changed(self, session: Session, office_id: UUID) -> Iterator["_Seen"]:
        """Profiles that are not as the columns have them, closed ones included."""
        picking: Any = select
        query = picking(*_COLUMNS).where(col(Profile.office_id) == office_id)
        if self.checked:
            query = query.where(col(Profile.touched) >= self.horizon)
        seen = (_Seen(*row) for row in session.exec(query))
        return (one for one in seen if not self._has(one))

    def _beside(self, session: Session, changed: Mapping[UUID, "_Seen"]) -> list[Part]:
        without = [
            Part(part.segment, part.alive & ~rows_of(part.segment, changed)) for part in self.parts
        ]
        fresh = _segment(session, [one for one in changed.values() if one.ended is None])
        return [*without, Part(fresh, np.ones(len(fresh.ids), np.bool_))]

    def _has(self, seen: "_Seen") -> bool:
        for part in self.parts:
            place = part.segment.places.get(seen.id)
            if place is not None and part.alive[place]:
                return part.segment.marks[place] == seen.mark
        return seen.ended is not None  # closed, and not here: as it should be


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of a profile tells one state of it from the next.

    Attributes:
        start: of its sealed facts; it holds a nonce, so that no two sealings begin alike.
    """

    id: UUID
    kind: ProfileKind
    street: str | None
    ended: date | None
    start: bytes | None

    @property
    def mark(self) -> bytes:
        """All of it in one."""
        return bytes(self.start or b"") + f"{self.kind[:1]}{self.street}{self.ended}".encode()


_COLUMNS = (
    col(Profile.id),
    col(Profile.kind),
    col(Profile.street_code),
    col(Profile.ended_on),
    func.substr(col(Profile.facts_sealed), 1, 14, type_=LargeBinary),
)


def _begun(session: Session, office_id: UUID) -> _Kept:
    """From the sealed copy where one opens, else from nothing."""
    sealer = sealer_of(session)
    parts = []
    for row in session.exec(select(FactIndex).where(FactIndex.office_id == office_id)):
        try:
            segment = unpacked(sealer.open(row.columns_sealed, place=PLACE, row=row.id))
        except (SealBroken, OldFormat):
            continue  # a copy only: what it does not tell is read from the profiles
        parts.append(Part(segment, np.ones(len(segment.ids), np.bool_)))
    return _Kept(parts, horizon=0)


def _horizon(session: Session) -> int:
    """The number below which nothing can still be committed."""
    if session.get_bind().dialect.name == "postgresql":
        asked = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(session.connection().execute(asked).scalar_one())
    newest = session.exec(select(func.max(col(Profile.touched)))).one()
    return int(newest or 0) + 1


def _segment(session: Session, seen: Sequence[_Seen]) -> Segment:
    """Open the facts of these profiles and lay them out."""
    documents = dict(_documents(session, [one.id for one in seen]))
    codes = list(dict.fromkeys(one.street or "" for one in seen)) or [""]
    places = {code: n for n, code in enumerate(codes)}
    return Segment(
        table_of([documents[one.id] for one in seen]),
        [one.id for one in seen],
        [one.mark for one in seen],
        np.asarray([one.kind is ProfileKind.ENTERPRISE for one in seen], np.bool_),
        np.asarray([places[one.street or ""] for one in seen], np.int32),
        codes,
    )


def _documents(session: Session, ids: Sequence[UUID]) -> Iterator[tuple[UUID, Document]]:
    sealer = sealer_of(session)
    for chunk in in_chunks(ids):
        asked = select(col(Profile.id), col(Profile.facts_sealed))
        for profile_id, blob in session.exec(asked.where(col(Profile.id).in_(chunk))):
            known = {
                code: one
                for code, one in open_dossier(sealer, blob, profile_id).items()
                if not one.unused
            }
            yield (
                profile_id,
                Document(
                    {code: one.value for code, one in known.items()},
                    {code: one.valid_until for code, one in known.items() if one.valid_until},
                ),
            )


def _laid_out(parts: Sequence[Part]) -> list[Part]:
    """One large part, and one with the latest changes until they are many."""
    first, *rest = parts
    recent = [standing(part) for part in rest]
    if not recent:
        return [first]
    latest = recent[0]
    for one in recent[1:]:
        latest = together(latest, one)
    if len(latest.ids) <= RECENT and len(first.segment.ids) > RECENT:
        return [first, Part(latest, np.ones(len(latest.ids), np.bool_))]
    whole = together(standing(first), latest)
    return [Part(whole, np.ones(len(whole.ids), np.bool_))]
