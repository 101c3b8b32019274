"""Questions as they are kept: sealed, without numbers, once for each number they came under."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, select, update

from profiles.columns import new_id
from profiles.identity import without_numbers
from profiles.sealing import sealer_of
from pusher.listening.plain import plain
from pusher.model.question import Question, QuestionSource

TEXT: Final = "question.text_sealed"
"""Place of the sealed cell, for `Sealer.open_text`."""
LONGEST: Final = 500
"""Characters of a question; more is cut."""


def record(
    session: Session,
    *,
    office_id: UUID,
    source: QuestionSource,
    text: str,
    at: datetime,
    external_number: str | None = None,
    **known: Any,
) -> Question:
    """Keep one question; the same `external_number` of a source twice is one row.

    Args:
        text: as it was asked; numbers of people are masked before anything is kept.
        at: when it was asked.
        external_number: see `Question`.
        known: other columns of `Question`: policy_id, tag_code, notice_id, answered, clauses…

    Returns:
        The row; the one that stands if it was kept before.
    """
    if external_number is not None:
        same = select(Question).where(
            Question.office_id == office_id,
            Question.source == source,
            Question.external_number == external_number,
        )
        if (kept := session.exec(same).first()) is not None:
            return kept
    row = new_id()
    words = without_numbers(plain(text, LONGEST))
    question = Question(
        id=row,
        office_id=office_id,
        at=at,
        source=source,
        text_sealed=sealer_of(session).seal_text(words, place=TEXT, row=row),
        external_number=external_number,
        **known,
    )
    session.add(question)
    session.flush()
    return question


def say_useful(session: Session, question_id: UUID, useful: bool) -> None:
    """Note what the asker said of the answer, once; a question that is not there is no error."""
    session.exec(
        update(Question)
        .where(
            col(Question.id) == question_id,
            col(Question.source) == QuestionSource.ASK,
            col(Question.useful).is_(None),
        )
        .values(useful=useful)
    )


def text_of(session: Session, question: Question) -> str:
    """What was asked, numbers masked; empty once its term is over or its person was forgotten."""
    if not question.text_sealed:
        return ""
    return sealer_of(session).open_text(question.text_sealed, place=TEXT, row=question.id)
