"""What people asked, unanswered first: staff name the policy, or note what they did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import ColumnElement, case, func
from sqlmodel import Session, col, select

from pusher.listening.hotline import tie
from pusher.listening.questions import OPEN, handle, text_of
from pusher.model.errors import NotFound
from pusher.model.policy import Policy
from pusher.model.question import Question, QuestionSource
from pusher.model.staff import Role
from pusher.reading.interpret import find_named
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, asked
from pusher.web.gate import Clerk, Looking
from pusher.web.interpretation_form import heeding
from pusher.web.layout import go, show
from pusher.web.paging import PAGE, Listing, listing, page_number
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter(prefix="/questions")
_LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Line:
    """One question, numbers masked.

    Attributes:
        is_open: waits for a person.
    """

    question: Question
    text: str
    policy: Policy | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What was asked on the page and by the verb in the last 30 days, and what came of it."""

    asked: int
    confident: int
    useful: int
    useless: int


@router.get("")
def questions_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """Unanswered ones first, then the newest."""
    return _show(request, desk, who, Fields.empty())


@router.post("/{question_id}")
def handle_question(
    question_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Note what was done about a question, and which policy it is about."""
    fields = Fields(form)
    remark = fields.text("remark", "处理说明", most=200)
    named = fields.text("policy", "政策", most=300, needed=False)
    policy_id = None
    with heeding(fields, "policy"), desk.store.reading() as session:
        policy_id = find_named(session, None, who.office_id, named).id if named else None
    if not fields.sound:
        return _show(request, desk, who, fields, status=422, chosen=question_id)
    with fields.heeding(), desk.store.writing() as session:
        question = session.get(Question, question_id)
        if question is None or question.office_id != who.office_id:
            raise NotFound("没有这条提问")
        if policy_id is not None:
            policy = session.get_one(Policy, policy_id)
            tie(session, question, policy, by=who.number, now=desk.now())
        handle(session, question, by=who.number, now=desk.now(), remark=remark)
    if fields.errors:
        return _show(request, desk, who, fields, status=409, chosen=question_id)
    return go("/questions", desk=desk, said="已记下怎么处理的。")


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    fields: Fields,
    *,
    status: int = 200,
    chosen: UUID | None = None,
) -> Response:
    wanted = asked(request, "source", "state")
    with desk.store.reading() as session:
        lines = _lines(session, who, page_number(request), wanted)
        figures = _figures(session, who.office_id, desk.now() - _LOOKED_BACK)
    return show(
        request, desk, who, "questions.html", status=status, lines=lines, figures=figures,
        fields=fields, chosen=chosen, sources=tuple(QuestionSource), **wanted,
        may_handle=who.role is Role.CLERK,
    )  # fmt: skip


def _lines(session: Session, who: SignedIn, page: int, wanted: Mapping[str, str]) -> Listing[Line]:
    where: list[ColumnElement[bool]] = [col(Question.office_id) == who.office_id]
    if wanted["source"] in set(QuestionSource):
        where.append(col(Question.source) == QuestionSource(wanted["source"]))
    if wanted["state"] == "open":
        where.append(OPEN)
    total = session.exec(select(func.count()).select_from(Question).where(*where)).one()
    rows: Sequence[tuple[Question, Policy | None]] = session.exec(
        select(Question, Policy)
        .outerjoin(Policy, col(Policy.id) == col(Question.policy_id))
        .where(*where)
        .order_by(case((OPEN, 0), else_=1), col(Question.at).desc(), col(Question.id).desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    lines = [
        Line(
            question, text_of(session, question), policy,
            not question.answered and question.handled_at is None,
        )
        for question, policy in rows
    ]  # fmt: skip
    return listing(lines, total, page=page, path="/questions", asked=wanted)


def _figures(session: Session, office_id: UUID, since: datetime) -> Figures:
    def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = session.exec(
        select(
            func.count(),
            counted(col(Question.confident).is_(True)),
            counted(col(Question.useful).is_(True)),
            counted(col(Question.useful).is_(False)),
        ).where(
            col(Question.office_id) == office_id,
            col(Question.source) == QuestionSource.ASK,
            col(Question.at) >= since,
        )
    ).one()
    return Figures(*(int(number) for number in row))
