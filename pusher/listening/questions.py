"""Questions as they are kept: sealed, without numbers, once for each number they came under."""

import re
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import Session, col, select, update

from profiles.columns import new_id
from profiles.identity import without_numbers
from profiles.sealing import sealer_of
from pusher.audit import note
from pusher.listening.plain import plain
from pusher.listening.unnamed import unnamed
from pusher.model.errors import Overtaken
from pusher.model.question import Question, QuestionSource

TEXT: Final = "question.text_sealed"
"""Place of the sealed cell, for `Sealer.open_text`."""
LONGEST: Final = 500
"""Characters of a question; more is cut."""
OPEN: Final = ~col(Question.answered) & col(Question.handled_at).is_(None)
"""Nobody and nothing answered it yet."""
_ASKS: Final = re.compile(
    "[?？吗]|怎么|怎样|如何|多少|什么|哪里|哪儿|哪天|哪个|几号|能不能|可不可以|能否|是否|是不是|有没有|请问|咋"
)


def is_question(text: str) -> bool:
    """Whether somebody's words ask something."""
    return bool(_ASKS.search(text))


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
        text: as it was asked; numbers, and names that its words point out, are masked before
            anything is kept.
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
    words = unnamed(without_numbers(plain(text, LONGEST)))
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


def handle(session: Session, question: Question, *, by: str, now: datetime, remark: str) -> None:
    """Note what staff did about a question, once. Audited.

    Raises:
        Overtaken: somebody else did meanwhile.
    """
    done = session.exec(
        update(Question)
        .where(col(Question.id) == question.id, col(Question.handled_at).is_(None))
        .values(handled_by=by, handled_at=now, remark=remark)
    )
    if done.rowcount != 1:
        raise Overtaken("这条提问刚被同事处理，请刷新页面")
    note(session, "question.handle", about=("question", question.id), by=by, now=now)


def text_of(session: Session, question: Question) -> str:
    """What was asked, numbers masked; empty once its term is over or its person was forgotten."""
    if not question.text_sealed:
        return ""
    return sealer_of(session).open_text(question.text_sealed, place=TEXT, row=question.id)
