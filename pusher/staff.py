"""Staff accounts: invited by a one-time link, signed in by a password, kept out by an admin.

Times are the office clock's. Nothing here keeps a password or a token: only their hashes.
"""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from profiles.model import Office, Street
from pusher import audit
from pusher.model.errors import IllegalMove, Unwilling
from pusher.model.staff import Invitation, Role, Staff, StaffSession, StaffStreet

INVITATION_TERM = timedelta(days=7)
IDLE = timedelta(minutes=30)
"""A browser nobody touched for so long must sign in again."""
LONGEST = timedelta(hours=8)
"""And every browser after a working day."""
HALF_TERM = timedelta(minutes=10)
"""Who gave their password has so long to give their code."""
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 128


class WrongEntry(Unwilling):
    """One field of an account cannot be taken.

    Attributes:
        field: ``login``, ``name``, ``number``, ``password`` or ``streets``.
    """

    code = "wrong_entry"

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class InvitationSpent(Unwilling):
    """The link was used, has run out, or never was."""

    code = "invitation_spent"


def add(
    session: Session,
    *,
    login: str,
    name: str,
    number: str,
    role: Role,
    office: Office,
    streets: Collection[str] = (),
    by: str,
    now: datetime,
) -> str:
    """Open an account without a password.

    Args:
        session: the caller commits it.
        login: 2–40 of a–z, 0–9, dot, hyphen, underscore; capitals are lowered.
        name: as colleagues call them, at most 40 characters.
        number: staff number (工号); names the person in every record.
        role: what they may do.
        office: where they work.
        streets: codes of the streets whose doors a community worker walks to; others: none.
        by: number of the admin, or ``setup``.
        now: the moment.

    Returns:
        The one-time token of the invitation; it is shown once and not kept.

    Raises:
        WrongEntry: a field is malformed or taken.
    """
    login, name, number = login.strip().lower(), name.strip(), number.strip()
    _check_entries(login, name, number)
    if session.exec(select(Staff.id).where(col(Staff.login) == login)).first():
        raise WrongEntry("login", "这个登录名已有人使用，请换一个")
    if session.exec(select(Staff.id).where(col(Staff.number) == number)).first():
        raise WrongEntry("number", "这个工号已有账号；一人只能有一个账号")
    staff = Staff(
        office_id=office.id, number=number, login=login, name=name, role=role, created_at=now
    )
    session.add(staff)
    session.flush()
    _give_streets(session, staff, streets)
    audit.note(session, "staff.add", about=("staff", staff.id), by=by, now=now, role=role.value)
    return _invite(session, staff, now=now)


def next_number(session: Session) -> str:
    """The staff number after the highest one that is a plain number; four digits at least."""
    taken = [int(n) for n in session.exec(select(Staff.number)) if n.isascii() and n.isdigit()]
    return f"{max(taken, default=0) + 1:04}"


def change_role(
    session: Session,
    staff: Staff,
    role: Role,
    *,
    streets: Collection[str] = (),
    by: str,
    now: datetime,
) -> None:
    """Give *staff* another role, or a community worker other streets; they must sign in anew.

    Raises:
        IllegalMove: it is the admin's own account.
        WrongEntry: streets are missing, unknown, or given to somebody who needs none.
    """
    if staff.number == by:
        raise IllegalMove("不能更改自己的岗位，请由另一位管理员操作")
    staff.role = role
    session.add(staff)
    _give_streets(session, staff, streets)
    _end_all(session, staff, now=now)
    audit.note(session, "staff.role", about=("staff", staff.id), by=by, now=now, role=role.value)


def streets_of(session: Session, staff: Staff) -> frozenset[str]:
    """Codes of the streets whose doors *staff* walks to; empty for all but community workers."""
    asked = select(StaffStreet.street_code).where(col(StaffStreet.staff_id) == staff.id)
    return frozenset(session.exec(asked))


def invited(session: Session, token: str, *, now: datetime) -> Staff:
    """Whom an invitation is for; reading it spends nothing.

    Raises:
        InvitationSpent: used, run out, unknown, or the account is disabled.
    """
    invitation = session.get(Invitation, _sha256(token))
    staff = session.get(Staff, invitation.staff_id) if invitation else None
    if invitation is None or staff is None or staff.disabled_at is not None:
        raise InvitationSpent("这个链接无效，请联系管理员重新发放")
    if invitation.used_at is not None:
        raise InvitationSpent("这个链接已经用过；忘记密码请联系管理员重置")
    if now > invitation.until:
        raise InvitationSpent("这个链接已过期，请联系管理员重新发放")
    return staff


def set_password(session: Session, token: str, password: str, *, now: datetime) -> Staff:
    """Use an invitation: set the password and end every open session of the account.

    Raises:
        InvitationSpent: see `invited`; also when another request just used it.
        WrongEntry: the password is too short, too long or too plain.
    """
    staff = invited(session, token, now=now)
    _check_password(password, staff)
    used = session.exec(
        update(Invitation)
        .where(col(Invitation.token_sha256) == _sha256(token), col(Invitation.used_at).is_(None))
        .values(used_at=now)
    )
    if used.rowcount != 1:
        raise InvitationSpent("这个链接已经用过；忘记密码请联系管理员重置")
    staff.password_hash = _hasher().hash(password)
    session.add(staff)
    _end_all(session, staff, now=now)
    audit.note(session, "staff.set_password", about=("staff", staff.id), by=staff.number, now=now)
    return staff


def with_login(session: Session, login: str) -> Staff | None:
    """The account of a login, disabled ones included."""
    return session.exec(select(Staff).where(col(Staff.login) == login.strip().lower())).first()


def check(session: Session, login: str, password: str, *, now: datetime) -> Staff | None:
    """Who signs in with this, or None; takes equally long for a login that is not there."""
    staff = with_login(session, login)
    usable = staff is not None and staff.disabled_at is None and staff.password_hash is not None
    kept = staff.password_hash if staff is not None and usable else _nobodys_hash()
    try:
        _hasher().verify(kept or "", password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return None
    return staff if usable else None


def open_session(session: Session, staff: Staff, *, now: datetime) -> str:
    """Sign *staff* in; returns the session's token, 256 bits, of which only the hash is kept."""
    token = _open(session, staff, half=False, now=now)
    audit.note(session, "staff.sign_in", about=("staff", staff.id), by=staff.number, now=now)
    return token


def open_half_session(session: Session, staff: Staff, *, now: datetime) -> str:
    """The password was right and a code is still to come; opens no page but the one for it."""
    return _open(session, staff, half=True, now=now)


def read_session(session: Session, token: str, *, now: datetime) -> Staff | None:
    """Who is signed in with this token; None if ended, idle too long, too old, or disabled."""
    return _whose(session, token, half=False, idle=IDLE, longest=LONGEST, now=now)


def read_half_session(session: Session, token: str, *, now: datetime) -> Staff | None:
    """Who gave their password a moment ago and owes a code."""
    return _whose(session, token, half=True, idle=HALF_TERM, longest=HALF_TERM, now=now)


def last_seen(session: Session, token: str) -> datetime | None:
    """When a session was last touched."""
    row = session.get(StaffSession, _sha256(token))
    return row.seen_at if row else None


def touch(session: Session, token: str, *, now: datetime) -> None:
    """Note that a session is in use."""
    session.exec(
        update(StaffSession)
        .where(col(StaffSession.token_sha256) == _sha256(token))
        .values(seen_at=now)
    )


def proved_at(session: Session, token: str) -> datetime | None:
    """When whoever sits at a session last showed who they are; signing in is the first time."""
    row = session.get(StaffSession, _sha256(token))
    return (row.proved_at or row.since) if row else None


def note_proof(session: Session, token: str, *, now: datetime) -> None:
    """Note that whoever sits at a session has shown anew who they are. Audited."""
    row = session.get_one(StaffSession, _sha256(token))
    row.proved_at = now
    session.add(row)
    staff = session.get_one(Staff, row.staff_id)
    audit.note(session, "staff.prove", about=("staff", staff.id), by=staff.number, now=now)


def end_session(session: Session, token: str, *, now: datetime) -> None:
    """Sign out; harmless for a session that has ended."""
    row = session.get(StaffSession, _sha256(token))
    if row is None or row.ended_at is not None:
        return
    row.ended_at = now
    session.add(row)
    if row.half:
        return
    staff = session.get_one(Staff, row.staff_id)
    audit.note(session, "staff.sign_out", about=("staff", staff.id), by=staff.number, now=now)


def disable(session: Session, staff: Staff, *, by: str, now: datetime) -> None:
    """Close an account at once, its sessions and invitations with it.

    Raises:
        IllegalMove: it is closed already, or it is the admin's own.
    """
    if staff.number == by:
        raise IllegalMove("不能停用自己的账号，请由另一位管理员操作")
    if staff.disabled_at is not None:
        raise IllegalMove("这个账号已经停用")
    staff.disabled_at = now
    session.add(staff)
    _end_all(session, staff, now=now)
    _void_invitations(session, staff, now=now)
    audit.note(session, "staff.disable", about=("staff", staff.id), by=by, now=now)


def reset(session: Session, staff: Staff, *, by: str, now: datetime) -> str:
    """Take away password and second factor and invite anew; opens a disabled account again.

    Returns:
        The one-time token; older ones no longer work.
    """
    staff.password_hash = None
    staff.disabled_at = None
    staff.totp_sealed, staff.totp_step = None, 0
    session.add(staff)
    _end_all(session, staff, now=now)
    _void_invitations(session, staff, now=now)
    audit.note(session, "staff.reset", about=("staff", staff.id), by=by, now=now)
    return _invite(session, staff, now=now)


def token_sha256(token: str) -> str:
    """The form in which a token is kept."""
    return _sha256(token)


def _open(session: Session, staff: Staff, *, half: bool, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        StaffSession(
            token_sha256=_sha256(token), staff_id=staff.id, since=now, seen_at=now, half=half
        )
    )
    session.flush()
    return token


def _whose(
    session: Session, token: str, *, half: bool, idle: timedelta, longest: timedelta, now: datetime
) -> Staff | None:
    row = session.get(StaffSession, _sha256(token))
    if row is None or row.ended_at is not None or row.half is not half:
        return None
    if now - row.seen_at > idle or now - row.since > longest:
        return None
    staff = session.get(Staff, row.staff_id)
    return staff if staff is not None and staff.disabled_at is None else None


def _give_streets(session: Session, staff: Staff, streets: Collection[str]) -> None:
    """Replace the streets of *staff*."""
    if (staff.role is Role.COMMUNITY) is not bool(streets):
        raise WrongEntry("streets", "社区岗位须指定街道，其他岗位不指定街道")
    known = set(session.exec(select(Street.code).where(col(Street.office_id) == staff.office_id)))
    if not known.issuperset(streets):
        raise WrongEntry("streets", "没有这个街道，请核对街道代码")
    session.exec(delete(StaffStreet).where(col(StaffStreet.staff_id) == staff.id))
    session.add_all(StaffStreet(staff_id=staff.id, street_code=code) for code in set(streets))
    session.flush()


def _invite(session: Session, staff: Staff, *, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        Invitation(token_sha256=_sha256(token), staff_id=staff.id, until=now + INVITATION_TERM)
    )
    session.flush()
    return token


def _void_invitations(session: Session, staff: Staff, *, now: datetime) -> None:
    session.exec(
        update(Invitation)
        .where(col(Invitation.staff_id) == staff.id, col(Invitation.used_at).is_(None))
        .values(used_at=now)
    )


def _end_all(session: Session, staff: Staff, *, now: datetime) -> None:
    session.exec(
        update(StaffSession)
        .where(col(StaffSession.staff_id) == staff.id, col(StaffSession.ended_at).is_(None))
        .values(ended_at=now)
    )


_LOGIN = re.compile(r"[a-z0-9._-]{2,40}", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,20}", re.ASCII)


def _check_entries(login: str, name: str, number: str) -> None:
    if not _LOGIN.fullmatch(login):
        raise WrongEntry("login", "登录名应为2至40位小写字母、数字、点或横线")
    if not 1 <= len(name) <= 40 or not name.isprintable():
        raise WrongEntry("name", "请填写姓名，不超过40字")
    if not _NUMBER.fullmatch(number):
        raise WrongEntry("number", "工号应为1至20位数字、字母或横线")


# NIST SP 800-63B: length and a list of the worst, no rules on kinds of characters.
_WORST = ("1234567890", "qwertyuiop", "password", "abcdefgh", "iloveyou", "woaini", "huaiyin")


def _check_password(password: str, staff: Staff) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise WrongEntry("password", f"密码至少{SHORTEST_PASSWORD}个字符，可以用一句话")
    if len(password) > LONGEST_PASSWORD:
        raise WrongEntry("password", f"密码最多{LONGEST_PASSWORD}个字符")
    lowered = password.lower()
    left = lowered.replace(staff.login, "")
    for word in _WORST:
        left = left.replace(word, "")
    if len(set(lowered)) < 5 or len(left) < SHORTEST_PASSWORD - 6:
        raise WrongEntry("password", "这个密码太容易被猜到，请换一个")


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def _hasher() -> PasswordHasher:
    # RFC 9106, second recommended option: argon2id, 64 MiB, three passes.
    return PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


@cache
def _nobodys_hash() -> str:
    """What the password for an unknown login is compared with, so that it takes as long."""
    return _hasher().hash(secrets.token_urlsafe(16))
