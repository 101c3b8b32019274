"""Programs that may call us: opened with a token that is shown once, known by its hash, ended."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from profiles.model import Office
from pusher import audit
from pusher.model.errors import NotFound, Unwilling
from pusher.model.program import Program, Scope


class NameTaken(Unwilling):
    """Another program has that name."""

    code = "name_taken"


def add(
    session: Session,
    name: str,
    scopes: Collection[Scope],
    *,
    office: Office,
    by: str,
    now: datetime,
) -> str:
    """Open the door for a program; audited. The caller commits.

    Args:
        name: ASCII letters, digits and dashes, at most 16.

    Returns:
        Its token, 256 bits; kept nowhere.

    Raises:
        NameTaken: also by a program that was ended: the audit must stay plain.
    """
    if session.exec(select(Program).where(Program.name == name)).first() is not None:
        raise NameTaken(f"已有名为“{name}”的程序；请换一个名称")
    token = "pp_" + secrets.token_urlsafe(32)
    program = Program(
        office_id=office.id,
        name=name,
        token_sha256=_hash(token),
        scopes=sorted(scopes),
        made_at=now,
    )
    session.add(program)
    session.flush()
    about = ("program", program.id)
    audit.note(session, "program.add", about=about, by=by, now=now, scopes=program.scopes)
    return token


def end(session: Session, name: str, *, by: str, now: datetime) -> None:
    """Shut the door at once; audited.

    Raises:
        NotFound: there is no such program, or it was ended.
    """
    program = session.exec(
        select(Program).where(Program.name == name, col(Program.ended_at).is_(None))
    ).first()
    if program is None:
        raise NotFound(f"没有名为“{name}”的程序；可用 pusher program list 查看")
    program.ended_at = now
    audit.note(session, "program.end", about=("program", program.id), by=by, now=now)


def read_token(session: Session, token: str) -> Program | None:
    """Whose token it is; None if nobody's, or of a program that was ended."""
    return session.exec(
        select(Program).where(Program.token_sha256 == _hash(token), col(Program.ended_at).is_(None))
    ).first()


def _hash(token: str) -> str:
    # 256 random bits: nothing to guess, so a plain hash does
    return hashlib.sha256(token.encode()).hexdigest()
