"""Who looked at whom: a look at a child's record, or at sensitive facts, is an audit entry.

A look is a page or a verb that shows the whole name or the sensitive facts of somebody. Masked
lists, in which nobody can be recognised, are none.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from profiles.ages import OWN_CONSENT, day_of, is_under
from profiles.dossier import birth_day, facts_on, read_dossier
from profiles.facts import is_sensitive
from profiles.rows import profiles_by_id
from pusher import audit


@dataclass(frozen=True, slots=True)
class Guarded:
    """Those of the people looked at whose records the law guards most (PIPL art. 28).

    Attributes:
        children: ids of those under 14.
        sensitive: ids of those of whom sensitive facts are known.
    """

    children: tuple[UUID, ...] = ()
    sensitive: tuple[UUID, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anybody."""
        return bool(self.children or self.sensitive)


def guarded(session: Session, people: Collection[UUID], *, now: datetime) -> Guarded:
    """Who of *people* is guarded; firms and forgotten people are not."""
    day = day_of(now)
    children, sensitive = [], []
    for profile in profiles_by_id(session, people).values():
        facts = facts_on(read_dossier(session, profile), day)
        if is_under(OWN_CONSENT, birth_day(session, profile, facts), day):
            children.append(profile.id)
        if any(is_sensitive(code) for code in facts):
            sensitive.append(profile.id)
    return Guarded(tuple(sorted(children)), tuple(sorted(sensitive)))


def note_look(session: Session, seen: Guarded, *, at: str, by: str, now: datetime) -> None:
    """Write down that somebody saw the records of *seen*; nothing if there is nobody.

    Args:
        session: the caller commits it.
        at: the page or verb, without ids of people: ``matches``, ``visits``, ``explain``.
        by: staff number, or ``cli``.
        now: the moment.
    """
    if seen:
        audit.note(
            session,
            "look",
            about=("page", at),
            by=by,
            now=now,
            children=[str(one) for one in seen.children],
            sensitive=[str(one) for one in seen.sensitive],
        )
