"""The second factor: a code that changes every 30 seconds (RFC 6238), for those who release.

The secret lies sealed beside the account. Codes follow the machine's clock, as telephones do,
not the office clock.
"""

import base64
import hmac
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pyotp
from sqlalchemy import update
from sqlmodel import Session, col

from profiles.sealing import Sealer, sealer_of
from pusher import audit
from pusher.model.staff import Role, Staff

NEEDED_BY: Final = frozenset({Role.REVIEWER, Role.ADMIN})
"""Who releases notices, and who opens accounts."""
PLACE: Final = "staff.totp_sealed"
"""Place of a sealed secret, for `Sealer.seal`."""
_STEP: Final = 30
_DRIFT: Final = 1
"""Steps by which a telephone may be early or late (RFC 6238, 6)."""


def is_set_up(staff: Staff) -> bool:
    """Whether *staff* has a second factor already."""
    return staff.totp_sealed is not None


def proposed_secret(sealer: Sealer, token: str) -> str:
    """The secret offered to a half-open session: 160 bits in base 32, the same at each look."""
    made = hmac.digest(sealer.signing_key("second factor"), token.encode(), "sha1")
    return base64.b32encode(made).decode()


def address_of(secret: str, *, login: str, office: str) -> str:
    """The ``otpauth`` address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=office)


def set_up(
    session: Session, staff: Staff, secret: str, code: str, *, clock: datetime, now: datetime
) -> bool:
    """Take *secret* as the second factor of *staff*, if *code* shows that their app has it.

    Args:
        session: the caller commits it.
        clock: the machine's clock.
        now: the office clock, for the audit.
    """
    step = _step_of(secret, code, clock)
    if step is None:
        return False
    staff.totp_sealed = sealer_of(session).seal_text(secret, place=PLACE, row=staff.id)
    staff.totp_step = step
    session.add(staff)
    session.flush()
    about = ("staff", staff.id)
    audit.note(session, "staff.second_factor", about=about, by=staff.number, now=now)
    return True


def passes(session: Session, staff: Staff, code: str, *, clock: datetime) -> bool:
    """Whether *code* is the one of this moment and was not used before; it is used by this."""
    if staff.totp_sealed is None:
        return False
    secret = sealer_of(session).open_text(staff.totp_sealed, place=PLACE, row=staff.id)
    step = _step_of(secret, code, clock)
    return step is not None and _use(session, staff.id, step)


def _use(session: Session, staff_id: UUID, step: int) -> bool:
    used = session.exec(
        update(Staff)
        .where(col(Staff.id) == staff_id, col(Staff.totp_step) < step)
        .values(totp_step=step)
    )
    return used.rowcount == 1


def _step_of(secret: str, code: str, clock: datetime) -> int | None:
    """The step whose code this is, near *clock*; None if it is none."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == 6):
        return None
    made = pyotp.TOTP(secret, interval=_STEP)
    for drift in range(-_DRIFT, _DRIFT + 1):
        at = clock + timedelta(seconds=drift * _STEP)
        if hmac.compare_digest(made.at(at), typed):
            return int(at.timestamp()) // _STEP
    return None
