"""Who did what, when: one chained row for each act, written in the act's own transaction.

Each row's digest covers the row and the digest before it, so an edit, a deletion or a change of
order shows (`verify`). A cut at the very end shows only against a digest noted elsewhere.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from pusher.model.staff import AuditEntry

FIRST = "0" * 64
_CHAIN = 7_316_001
"""An arbitrary number, ours: the PostgreSQL advisory lock that keeps the chain single file."""


def note(
    session: Session,
    act: str,
    *,
    about: tuple[str, UUID | str],
    by: str,
    now: datetime,
    **detail: Any,
) -> None:
    """Write down an act.

    Args:
        session: that of the act itself; both stand or fall together.
        act: what was done, a verb of the house: ``batch.approve``.
        about: kind and id of the thing, never a name or number of a person.
        by: staff number, or the name of a job, or ``public``.
        now: the moment of the act.
        detail: plain values without personal data.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT pg_advisory_xact_lock({_CHAIN})"))
    last = session.exec(select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(1)).first()
    entry = AuditEntry(
        number=last.number + 1 if last else 1,
        at=now.astimezone(UTC),
        by=by,
        act=act,
        about=f"{about[0]}:{about[1]}",
        detail=detail,
        previous=last.digest if last else FIRST,
        digest="",
    )
    entry.digest = _digest(entry)
    session.add(entry)
    session.flush()


def verify(session: Session) -> list[str]:
    """Check the whole chain.

    Returns:
        One Chinese line for each break; empty when every entry is as it was written.
    """
    breaks: list[str] = []
    previous, number = FIRST, 0
    for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.number))):
        if entry.number != number + 1:
            breaks.append(f"第 {number + 1} 条至第 {entry.number - 1} 条缺失")
        if entry.previous != previous:
            breaks.append(f"第 {entry.number} 条与前一条不相接")
        if entry.digest != _digest(entry):
            breaks.append(f"第 {entry.number} 条内容被改动")
        previous, number = entry.digest, entry.number
    return breaks


def _digest(entry: AuditEntry) -> str:
    text = json.dumps(
        [
            entry.number,
            entry.at.astimezone(UTC).isoformat(),
            entry.by,
            entry.act,
            entry.about,
            entry.detail,
            entry.previous,
        ],
        ensure_ascii=False,
        sort_keys=True,
    )
    return hashlib.sha256(text.encode()).hexdigest()
