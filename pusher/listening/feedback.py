"""What recipients say of a notice: useful, useless, not meant for me, or a question of theirs."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, func, select

from profiles.rows import in_chunks
from pusher.audit import note
from pusher.listening.questions import record
from pusher.model.notice import Notice
from pusher.model.policy import Policy
from pusher.model.question import Feedback, Question, QuestionSource

SAYS: Final[Mapping[Feedback, str]] = {
    Feedback.USEFUL: "有用",
    Feedback.USELESS: "没用",
    Feedback.NOT_MINE: "不该发给我",
    Feedback.QUESTION: "有疑问",
}
LONGEST: Final = 200
MOST: Final = 10
"""Rows for one notice: whoever holds its link cannot fill the list."""
_WAITS: Final = (Feedback.NOT_MINE, Feedback.QUESTION)


def give(
    session: Session, notice: Notice, feedback: Feedback, *, words: str, by: str, now: datetime
) -> bool:
    """Keep what the reader of *notice* says of it, as a question of the source `feedback`.

    The same word twice is one row; further questions are rows of their own. 不该发给我 and
    有疑问 wait for staff.

    Args:
        words: a few of their own; numbers and names in them are masked.
        by: ``public``.

    Returns:
        False if the notice had `MOST` already, and nothing was kept.
    """
    count = select(func.count()).select_from(Question)
    given = session.exec(
        count.where(Question.notice_id == notice.id, Question.source == QuestionSource.FEEDBACK)
    ).one()
    if given >= MOST:
        return False
    turn = f":{given}" if feedback is Feedback.QUESTION else ""
    said = SAYS[feedback]
    policy = session.get_one(Policy, notice.policy_id)
    record(
        session,
        office_id=policy.office_id,
        source=QuestionSource.FEEDBACK,
        text=words if feedback is Feedback.QUESTION else f"{said}：{words}" if words else said,
        at=now,
        external_number=f"{notice.id.hex}:{feedback.value}{turn}",
        policy_id=notice.policy_id,
        notice_id=notice.id,
        answered=feedback not in _WAITS,
        useful=_useful(feedback),
        feedback=feedback,
    )
    note(session, "public.feedback", about=("notice", notice.id), by=by, now=now)
    return True


def disputed(session: Session, notices: Collection[UUID]) -> set[UUID]:
    """Which of the notices their reader called not meant for them."""
    found: set[UUID] = set()
    for chunk in in_chunks(notices):
        asked = select(Question.notice_id).where(
            col(Question.notice_id).in_(chunk), Question.feedback == Feedback.NOT_MINE
        )
        found.update(one for one in session.exec(asked) if one is not None)
    return found


def _useful(feedback: Feedback) -> bool | None:
    return {Feedback.USEFUL: True, Feedback.USELESS: False}.get(feedback)
