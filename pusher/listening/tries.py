"""How often a code may be guessed at, and until when: one count for every kind of code."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, update

from profiles.codes import TRIES
from pusher.model.contact_code import ContactCode
from pusher.model.public import PublicCode

Code = ContactCode | PublicCode


class Verdict(StrEnum):
    """What a code that was read back came to."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED_UP = "used_up"
    """Guessed at too often."""
    NONE = "none"
    """None was sent, or the last one was used."""


def why_over(sent: Code | None, now: datetime) -> Verdict | None:
    """Why a code is no longer good; None: it is."""
    if sent is None or sent.used_at is not None:
        return Verdict.NONE
    if sent.until <= now:
        return Verdict.EXPIRED
    return Verdict.USED_UP if sent.tries >= TRIES else None


def count_a_try(session: Session, sent: Code, now: datetime) -> int | None:
    """Take one of the tries that are left; the row is ours until the commit.

    Returns:
        How many are taken now; None: none was left.
    """
    kind = type(sent)
    taking = (
        update(kind)
        .where(
            col(kind.id) == sent.id,
            col(kind.used_at).is_(None),
            col(kind.tries) < TRIES,
            col(kind.until) > now,
        )
        .values(tries=col(kind.tries) + 1)
        .returning(col(kind.tries))
    )
    return session.connection().execute(taking).scalar_one_or_none()
