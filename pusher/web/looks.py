"""Pages that show whole names or sensitive facts write down whose, before they are shown."""

from collections.abc import Collection
from uuid import UUID

from pusher.looks import guarded, note_look
from pusher.web.desk import Desk
from pusher.web.session import SignedIn


def note_page_look(desk: Desk, who: SignedIn, people: Collection[UUID], *, at: str) -> None:
    """Audit that *who* is about to see *people*; in a transaction of its own, and only if needed.

    Args:
        people: ids of the profiles on the page.
        at: the page: ``matches``, ``visits``, ``recipients``, ``profile``.
    """
    with desk.store.reading() as session:
        seen = guarded(session, people, now=desk.now())
    if seen:
        with desk.store.writing() as session:
            note_look(session, seen, at=at, by=who.number, now=desk.now())
