"""A code that was asked for on the public pages and is typed back: right, wrong, or over."""

import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, select

from profiles.codes import TRIES, public_code_mac
from profiles.sealing import sealer_of
from pusher.listening.tries import Verdict, count_a_try, why_over
from pusher.model.public import ASKED, PublicCode, Purpose


@dataclass(frozen=True, slots=True)
class TypedBack:
    """The answer to one code.

    Attributes:
        left: further tries; above 0 only when it was wrong.
        purpose, asked: of a right one: what it was asked for, and what was typed then.
    """

    verdict: Verdict
    left: int = 0
    purpose: Purpose | None = None
    asked: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def said(self) -> str:
        """What the person is told."""
        if self.left:
            return f"验证码不对，还可再试 {self.left} 次"
        return _SAID[self.verdict]


_SAID: Final = {
    Verdict.RIGHT: "",
    Verdict.WRONG: "验证码不对，已试满 5 次，请重新要一个",
    Verdict.EXPIRED: "验证码已过 10 分钟，请重新要一个",
    Verdict.USED_UP: "已试满 5 次，请重新要一个",
    Verdict.NONE: "没有可以核对的验证码，请重新要一个",
}


def standing_code(session: Session, browser: str) -> PublicCode | None:
    """The last code that a browser asked for; those before it are void.

    Args:
        browser: its blind index.
    """
    asked = select(PublicCode).where(PublicCode.browser == browser)
    return session.exec(
        asked.order_by(col(PublicCode.at).desc(), col(PublicCode.id).desc())
    ).first()


def type_back(session: Session, browser: str, code: str, *, now: datetime) -> TypedBack:
    """Hold *code* against the last one that this browser asked for.

    Each try is counted in the row itself: the caller commits whatever the answer is. The answer
    to a code that was never sent is the same as to a wrong one.

    Args:
        code: as `listening.codes.read_code` returned it.
    """
    row = standing_code(session, browser)
    over = why_over(row, now)
    if row is None or over is not None:
        return TypedBack(over or Verdict.NONE)
    tries = count_a_try(session, row, now)
    if tries is None:
        return TypedBack(Verdict.USED_UP)
    sealer = sealer_of(session)
    text = sealer.open_text(row.asked_sealed, place=ASKED, row=row.id)
    right = hmac.compare_digest(public_code_mac(sealer, row.id, row.salt, code), row.mac)
    if not right or not text:
        return TypedBack(Verdict.WRONG, left=TRIES - tries)
    row.used_at, row.asked_sealed = now, b""
    session.add(row)
    return TypedBack(Verdict.RIGHT, purpose=row.purpose, asked=json.loads(text))
