"""Who did what, when: one chained row for each act, written in the act's own transaction.

Each row's digest covers the row and the digest before it, so an edit, a deletion or a change of
order shows (`verify`); the database itself refuses to change or delete a row. A cut at the very
end, or a chain written anew from the start, shows against a `Head` that was kept elsewhere: it is
sealed with a key that is not in the database, so nobody who has only the database can make one.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from profiles.sealing import sealer_of
from profiles.turns import Lock
from pusher.model.staff import AuditEntry

FIRST = "0" * 64
HEADS = "audit-heads.jsonl"
"""File under ``PUSHER_HOME`` to which the clockwork adds a head each day; copy it elsewhere."""
_CHAIN: Final = Lock.CHAIN.value


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


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry at some moment, sealed; to be kept outside the database.

    Attributes:
        number: of the entry; 0 for an empty chain.
        digest: of the entry.
        at: when the entry was written, ISO 8601 in UTC.
        seal: HMAC-SHA256 of the three under the office's signing key, 64 hex digits.
    """

    number: int
    digest: str
    at: str
    seal: str


def head(session: Session) -> Head:
    """The newest entry, sealed with the office's key."""
    last = session.exec(select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(1)).first()
    number, digest, at = (last.number, last.digest, last.at) if last else (0, FIRST, None)
    said = at.astimezone(UTC).isoformat() if at else ""
    return Head(number, digest, said, _seal(session, number, digest, said))


def verify(session: Session, heads: Sequence[Head] = ()) -> list[str]:
    """Check the whole chain, and that it still holds the entries that *heads* tell of.

    Returns:
        One Chinese line for each break; empty when every entry is as it was written.
    """
    breaks = [
        f"第 {h.number} 条的核对凭据不是本单位签发的" for h in heads if not _is_ours(session, h)
    ]
    wanted = {h.number: h.digest for h in heads if h.number and _is_ours(session, h)}
    previous, number = FIRST, 0
    for entry in _entries(session):
        if entry.number != number + 1:
            breaks.append(f"第 {number + 1} 条至第 {entry.number - 1} 条缺失")
        if entry.previous != previous:
            breaks.append(f"第 {entry.number} 条与前一条不相接")
        if entry.digest != _digest(entry):
            breaks.append(f"第 {entry.number} 条内容被改动")
        if wanted.pop(entry.number, entry.digest) != entry.digest:
            breaks.append(f"第 {entry.number} 条与留存的核对凭据不符，记录被重写过")
        previous, number = entry.digest, entry.number
    if wanted and max(wanted) > number:
        breaks.append(f"第 {number + 1} 条至第 {max(wanted)} 条缺失（末尾被截去）")
    return breaks


def read_heads(lines: Iterable[str]) -> list[Head]:
    """Read heads, one JSON object a line, as `pusher audit head` prints them.

    Raises:
        ValueError: a line is none; it is named by its number.
    """
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            found.append(
                Head(int(told["number"]), *(str(told[k]) for k in ("digest", "at", "seal")))
            )
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"第 {number} 行不是核对凭据") from None
    return found


def keep_head(file: Path, made: Head) -> None:
    """Add a head to *file*, one JSON object a line; on the disk when this returns."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(json.dumps(asdict(made)) + "\n")
        out.flush()
        os.fsync(out.fileno())


def kept_heads(home: Path) -> list[Head]:
    """The heads that the clockwork kept under *home*; none where it kept none yet.

    Raises:
        ValueError: a line of the file is no head.
    """
    file = home / HEADS
    return read_heads(file.read_text("utf-8").splitlines()) if file.exists() else []


def set_heads_aside(home: Path, *, now: datetime) -> None:
    """After an older database was put back on purpose: its chain is held against new heads.

    The old ones stay under another name; they tell what came after the backup.
    """
    if (file := home / HEADS).exists():
        file.rename(home / f"audit-heads-{now.astimezone(UTC):%Y%m%dT%H%M%S}.jsonl")


def _entries(session: Session) -> Iterable[AuditEntry]:
    # a chain of years is long: it is read in pieces and not kept
    chain = select(AuditEntry).order_by(col(AuditEntry.number))
    for entry in session.exec(chain, execution_options={"yield_per": 2_000}):
        yield entry
        session.expunge(entry)


def _seal(session: Session, number: int, digest: str, at: str) -> str:
    key = sealer_of(session).signing_key("audit")
    return hmac.digest(key, f"{number}\0{digest}\0{at}".encode(), hashlib.sha256).hex()


def _is_ours(session: Session, head: Head) -> bool:
    return hmac.compare_digest(
        head.seal.encode(), _seal(session, head.number, head.digest, head.at).encode()
    )


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
