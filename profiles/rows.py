"""Reading many rows in a handful of queries: lists of ids cut to what a database binds at once."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.model import Consent, ConsentScope, Guardianship, Profile

T = TypeVar("T")
AT_ONCE = 5_000
"""SQLite binds 32,766 values in a statement, PostgreSQL 65,535; a plan is kept for each length."""


def in_chunks(values: Collection[T], size: int = AT_ONCE) -> Iterator[Sequence[T]]:
    """The values in order, *size* at a time; nothing for nothing."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def profiles_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, Profile]:
    """Profiles by id; unknown ids are left out."""
    found: dict[UUID, Profile] = {}
    for chunk in in_chunks(ids):
        for profile in session.exec(select(Profile).where(col(Profile.id).in_(chunk))):
            found[profile.id] = profile
    return found


def consenting(
    session: Session, ids: Collection[UUID], *scopes: ConsentScope, own_word: bool = False
) -> set[tuple[UUID, ConsentScope]]:
    """Which profiles have a running consent of which scope.

    Args:
        own_word: count only what nobody gave in their place.
    """
    found: set[tuple[UUID, ConsentScope]] = set()
    for chunk in in_chunks(ids):
        asked = (
            select(col(Consent.profile_id), col(Consent.scope))
            .where(
                col(Consent.profile_id).in_(chunk),
                col(Consent.scope).in_(scopes),
                col(Consent.withdrawn_at).is_(None),
            )
            .distinct()
        )
        if own_word:
            asked = asked.where(col(Consent.given_by_id).is_(None))
        found.update((row[0], row[1]) for row in session.exec(asked))
    return found


def links_of(session: Session, wards: Collection[UUID]) -> dict[UUID, list[Guardianship]]:
    """Who reads for whom, by ward, the oldest link first; also links that ended."""
    found: dict[UUID, list[Guardianship]] = {}
    for chunk in in_chunks(wards):
        asked = select(Guardianship).where(col(Guardianship.ward_id).in_(chunk))
        for link in session.exec(asked.order_by(col(Guardianship.id))):
            found.setdefault(link.ward_id, []).append(link)
    return found


def ward_ids(session: Session) -> set[UUID]:
    """Everybody for whom somebody reads, or read once."""
    return set(session.exec(select(Guardianship.ward_id)))
