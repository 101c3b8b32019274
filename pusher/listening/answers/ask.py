"""Ask: the answer to one question, and the question kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from profiles.ages import day_of
from profiles.model import Office
from pusher.listening.answers.answer import answer
from pusher.listening.answers.sheet import Answer
from pusher.listening.answers.terms import refresh
from pusher.listening.questions import record
from pusher.model.question import Question, QuestionSource


@dataclass(frozen=True, slots=True)
class Heard:
    """A question as it was kept, and its answer."""

    question: Question
    answer: Answer


def ask(
    session: Session,
    office: Office,
    text: str,
    *,
    now: datetime,
    as_of: date | None = None,
    told: Mapping[str, str] | None = None,
    about: UUID | None = None,
) -> Heard:
    """Answer a question and keep it, sealed and without numbers; what was told is not kept.

    Args:
        as_of: the day for which it is asked; today where None.
        told: facts by code, as typed; see `asking.read_facts`.
        about: the policy on whose page it was asked.

    Raises:
        BadFact: a fact of *told* cannot be read.
    """
    refresh(session, office.id)
    said = answer(session, office, text, as_of=as_of or day_of(now), told=told, about=about)
    return Heard(keep(session, office, text, said, now=now), said)


def keep(session: Session, office: Office, text: str, said: Answer, *, now: datetime) -> Question:
    """Keep a question with what answered it."""
    return record(
        session,
        office_id=office.id,
        source=QuestionSource.ASK,
        text=text,
        at=now,
        # the nearest of a question that was declined is a guess
        policy_id=said.policy.id if said.policy is not None and said.citations else None,
        tag_code=said.tag_code,
        answered=said.answered,
        confident=said.confident,
        clauses=clauses_of(said),
    )


def clauses_of(said: Answer) -> list[dict[str, Any]]:
    """The clauses an answer was made of, as `Question.clauses` keeps them."""
    places = dict.fromkeys((cited.policy, cited.paragraph) for cited in said.citations)
    return [{"policy": str(policy), "paragraph": paragraph} for policy, paragraph in places]


def shape(said: Answer) -> dict[str, Any]:
    """An answer as other programs read it (the contract's ``pusher ask``)."""
    return {
        "answer": said.text,
        "citations": [
            {
                "policy": str(cited.policy),
                "title": cited.title,
                "document_number": cited.document_number,
                "clause": cited.clause,
                "paragraph": cited.paragraph,
                "quote": cited.quote,
                "date": cited.date.isoformat() if cited.date else None,
                "validity": cited.validity,
            }
            for cited in said.citations
        ],
        "asks": [
            {
                "fact": one.fact,
                "question": one.question,
                "choices": [{"value": v, "label": label} for v, label in one.choices.items()],
                "unit": one.unit or None,
            }
            for one in said.asks
        ],
        "confident": said.confident,
        "says": said.says.value if said.says is not None else None,
    }
