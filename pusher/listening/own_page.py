"""Who sits at a public page: a short session that a code opened. No account, no password.

Source:
    reliability.md, security checklist 2 and 3: 256 random bits, only the hash kept, 15 idle
    minutes; an hour at the longest.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, update

from profiles.model import Profile
from pusher.audit import note
from pusher.model.public import PublicSession

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=1)


def open_page(session: Session, profile: Profile, *, now: datetime) -> str:
    """Let somebody in who read a code back; returns the token, of which the hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        PublicSession(token_sha256=_sha256(token), profile_id=profile.id, since=now, seen_at=now)
    )
    note(session, "public.sign_in", about=("profile", profile.id), by="public", now=now)
    return token


def whose_page(session: Session, token: str, *, now: datetime) -> Profile | None:
    """Whose session it is; None if there is none, or it is over."""
    row = session.get(PublicSession, _sha256(token))
    if row is None or row.ended_at is not None:
        return None
    if now - row.seen_at > IDLE or now - row.since > LONGEST:
        return None
    profile = session.get(Profile, row.profile_id)
    return profile if profile is not None and profile.ended_on is None else None


def last_seen(session: Session, token: str) -> datetime | None:
    """When it was last noted to be in use."""
    row = session.get(PublicSession, _sha256(token))
    return row.seen_at if row else None


def keep_open(session: Session, token: str, *, now: datetime) -> None:
    """Note that it is in use."""
    session.exec(
        update(PublicSession)
        .where(col(PublicSession.token_sha256) == _sha256(token))
        .values(seen_at=now)
    )


def close_page(session: Session, token: str, *, now: datetime) -> None:
    """End it; harmless where there is none. Audited."""
    row = session.get(PublicSession, _sha256(token))
    if row is None or row.ended_at is not None:
        return
    row.ended_at = now
    session.add(row)
    note(session, "public.sign_out", about=("profile", row.profile_id), by="public", now=now)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
