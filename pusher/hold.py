"""The hold: while one stands, nothing is released, claimed or handed over again, by any way.

One row for each cause, since each is lifted for a reason of its own: that the clock is right again
says nothing about a restored database. Asked inside the transaction that claims; from the commit of
`place` on, no attempt is written down.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from profiles.turns import stop_the_claims
from pusher.audit import note
from pusher.model.clockwork import Hold, HoldCause
from pusher.model.errors import NotFound

NAMES: Final = {
    HoldCause.CLOCK_JUMP: "时钟跳变",
    HoldCause.RESTORE: "数据库由备份恢复",
    HoldCause.DEATHS: "定时进程反复异常退出",
    HoldCause.STAFF: "工作人员紧急停发",
}
"""Each cause in Chinese, for staff."""


def place(session: Session, cause: HoldCause, *, because: str, by: str, now: datetime) -> bool:
    """Hold all sending; audited. The caller commits.

    Args:
        because: Chinese, for staff, without personal data; cut to 200 characters.
        by: staff number, or the name of a job or verb: ``clockwork``, ``restore``.
        now: on the office clock.

    Returns:
        False if a hold of this cause stood already; it stays as it was.
    """
    stop_the_claims(session)
    if session.get(Hold, cause) is not None:
        return False
    session.add(Hold(cause=cause, because=because[:200], by=by, since=now))
    session.flush()
    note(session, "hold.place", about=("hold", cause), by=by, now=now, because=because[:200])
    return True


def lift(session: Session, cause: HoldCause, *, remark: str, by: str, now: datetime) -> None:
    """End the hold of one cause; audited. Others may still stand.

    Args:
        remark: what was checked, without personal data; cut to 200 characters.
        by: staff number; ``clockwork`` alone for a clock that went back to where it was.
        now: on the office clock.

    Raises:
        NotFound: none of this cause stands.
    """
    stop_the_claims(session)
    hold = session.get(Hold, cause)
    if hold is None:
        raise NotFound(f"没有因“{NAMES[cause]}”而停发；可能已由他人解除")
    session.delete(hold)
    session.flush()
    note(session, "hold.lift", about=("hold", cause), by=by, now=now, remark=remark[:200])


def standing(session: Session) -> Sequence[Hold]:
    """The holds that stand, the oldest first; empty when sending is free."""
    return session.exec(select(Hold).order_by(col(Hold.since), col(Hold.cause))).all()


def is_held(session: Session) -> bool:
    """Whether any hold stands. A claim joins the claims (`profiles.turns`) before it asks."""
    return session.exec(select(Hold.cause).limit(1)).first() is not None
