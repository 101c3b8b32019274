"""Who goes first: a claim of notices, or a word that must stop them.

A word to be silent, or a hold of all sending, binds from its commit on: no attempt may be written
down after it. On SQLite writers take turns anyway. On PostgreSQL a claim could read before the word
is committed and commit after it; so claims share one advisory lock, and whoever must stop them
takes it alone: it waits for the claims under way, and the next ones wait for it.

Take it before anything else that others wait for (the audit's chain above all): all in one order.
"""

from enum import IntEnum, unique

from sqlalchemy import text
from sqlmodel import Session


@unique
class Lock(IntEnum):
    """PostgreSQL's advisory locks, all in one place: two uses of one number wait for each other.

    The numbers are arbitrary, but never to change while old and new programs run side by side.
    """

    CHAIN = 7_316_001
    """Entries of the audit follow one another."""
    CLAIMS = 7_316_002
    """Between claims of notices and what must stop them."""
    WRITERS = 7_316_003
    """Between all writers and a change of the sealing key."""
    EPOCH = 7_316_004
    """Doors that open count one after another."""
    TOPICS = 7_316_005
    """Questions are put into topics one after another: who comes first decides what is alike."""
    COUNTS = 7_316_006
    """Claims that count what others have claimed go one after another."""


def join_the_claims(session: Session) -> None:
    """Claim beside other claims, until this transaction ends; what would stop them waits."""
    _lock(session, "pg_advisory_xact_lock_shared", Lock.CLAIMS)


def stop_the_claims(session: Session) -> None:
    """Wait for all claims under way; the next begin after this transaction and see what it did."""
    _lock(session, "pg_advisory_xact_lock", Lock.CLAIMS)


def claim_alone(session: Session) -> None:
    """Let no other claim that counts go on until this transaction ends.

    After `join_the_claims`, before anything else that others wait for.
    """
    _lock(session, "pg_advisory_xact_lock", Lock.COUNTS)


def count_in_turn(session: Session) -> None:
    """Wait for other doors that are about to count the database's number on.

    On PostgreSQL two that open at once would both find no number yet, and both write the first.
    """
    _lock(session, "pg_advisory_xact_lock", Lock.EPOCH)


def sort_in_turn(session: Session) -> None:
    """Wait for others who take in worksheets or put questions into topics; the next see it done."""
    _lock(session, "pg_advisory_xact_lock", Lock.TOPICS)


def _lock(session: Session, function: str, lock: Lock) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT {function}({lock.value})"))
