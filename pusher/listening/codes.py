"""A code that somebody read back on the phone: right, wrong, or no longer good."""

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, or_, select

from profiles.codes import DIGITS, TRIES, code_mac
from profiles.model import Contact
from profiles.sealing import sealer_of
from pusher.audit import note
from pusher.listening.contacts import BY_CODE, refuse_if_ended, settle_contact
from pusher.listening.tries import Verdict, count_a_try, why_over
from pusher.model.contact_code import MAYBE_SENT, ContactCode
from pusher.model.errors import Unwilling


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to one code.

    Attributes:
        left: further tries at this code; above 0 only when it was wrong.
    """

    verdict: Verdict
    left: int = 0

    @property
    def said(self) -> str:
        """What a clerk is told."""
        if self.left:
            return f"验证码不对，还可再试 {self.left} 次"
        return _SAID[self.verdict]


_SAID: Final = {
    Verdict.RIGHT: "已核实是本人的，恢复正常发送。",
    Verdict.WRONG: "验证码不对，已试满 5 次，请重新发一个",
    Verdict.EXPIRED: "验证码已过 5 分钟，不再有效，请重新发一个",
    Verdict.USED_UP: "这个验证码已试满 5 次，不再有效，请重新发一个",
    Verdict.NONE: "没有可以核对的验证码，请先发一个",
}


class NoCode(Unwilling):
    """What was typed cannot be a code; it does not count as a try."""

    code = "no_code"


def read_code(typed: str) -> str:
    """Six digits, in whatever width and with whatever gaps they were typed.

    Raises:
        NoCode: they are not six digits.
    """
    code = "".join(unicodedata.normalize("NFKC", typed).split())
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        raise NoCode(f"验证码应是 {DIGITS} 位数字")
    return code


def check_code(session: Session, contact: Contact, code: str, *, by: str, now: datetime) -> Checked:
    """Hold *code* against the last one that was sent to *contact*; the right one confirms it.

    Each try is counted in the row itself, so those made at once count as well: the caller commits
    whatever the answer is. A wrong one is audited too.

    Args:
        code: as `read_code` returned it.
        by: staff number.

    Raises:
        IllegalMove: the contact has ended.
    """
    refuse_if_ended(contact)
    sent = latest_code(session, contact.id)
    standing = why_over(sent, now)
    if sent is None or standing is not None:
        return Checked(standing or Verdict.NONE)
    tries = count_a_try(session, sent, now)
    if tries is None:
        # others were quicker: with the right code, or with the last of the tries
        again = session.get(ContactCode, sent.id, populate_existing=True)
        return Checked(why_over(again, now) or Verdict.NONE)
    mac = code_mac(sealer_of(session), contact.id, sent.salt, code)
    if not hmac.compare_digest(mac, sent.mac):
        note(session, "contact.code_refused", about=("contact", contact.id), by=by, now=now)
        return Checked(Verdict.WRONG, left=TRIES - tries)
    sent.used_at = now
    session.add(sent)
    settle_contact(session, contact, theirs=True, by=by, now=now, way=BY_CODE)
    return Checked(Verdict.RIGHT)


def latest_code(session: Session, contact_id: UUID) -> ContactCode | None:
    """The last code that was sent to a contact, or may have been; those before it are void."""
    asked = select(ContactCode).where(
        ContactCode.contact_id == contact_id,
        or_(col(ContactCode.result).is_(None), col(ContactCode.result).in_(MAYBE_SENT)),
    )
    newest = asked.order_by(col(ContactCode.at).desc(), col(ContactCode.id).desc()).limit(1)
    return session.exec(newest).first()


def good_code(session: Session, contact_id: UUID, *, now: datetime) -> ContactCode | None:
    """The code that may still be read back for a contact; None: a new one is to be sent."""
    sent = latest_code(session, contact_id)
    return sent if why_over(sent, now) is None else None
