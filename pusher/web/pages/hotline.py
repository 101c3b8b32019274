"""12345: worksheets are uploaded, each cell that was left out is named, a tie may be set right."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from profiles.errors import Unwelcome
from profiles.model import Office
from profiles.roster_lines import Rejected
from pusher.listening.hotline import (
    Sheet,
    find_import,
    imports_of,
    take_in,
    tie,
    tied_of,
    undo,
    work_out,
)
from pusher.listening.hotline_sheet import COLUMNS, NEEDED
from pusher.listening.questions import text_of
from pusher.listening.topics import group, heat_of
from pusher.model.errors import NotFound
from pusher.model.hotline import HotlineCall, HotlineImport, QuestionTie
from pusher.model.policy import Policy
from pusher.model.question import Question
from pusher.model.staff import Role
from pusher.reading.interpret import find_named
from pusher.reading.taxonomy import keywords
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, asked
from pusher.web.gate import Clerk, Looking
from pusher.web.interpretation_form import heeding
from pusher.web.layout import go, show
from pusher.web.pages.imports import flaws_of
from pusher.web.paging import PAGE, Listing, listing, page_number
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter(prefix="/imports/hotline")


@dataclass(frozen=True, slots=True)
class Line:
    """One worksheet, its words without numbers, names and doors, and why it stands where it does.

    Attributes:
        percent: of the question, that the words of its policy cover.
    """

    question: Question
    call: HotlineCall
    text: str
    policy: Policy | None
    tie: QuestionTie | None
    percent: int


@router.get("")
def hotline_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """The upload, and the imports so far, the newest first."""
    return _show_list(request, desk, who, Fields.empty())


@router.post("")
def upload_calls(request: Request, desk: DeskHere, who: Clerk, form: StaffForm) -> Response:
    """Take worksheets in; it can be taken back."""
    fields = Fields(form)
    name, content = fields.file("file")
    if not fields.sound:
        return _show_list(request, desk, who, fields, status=422)
    try:
        with desk.store.reading() as session:
            office = session.get_one(Office, who.office_id)
            sheet = Sheet(content, name, office, keywords(), who.number, desk.now())
            worked = work_out(session, sheet)
    except Unwelcome as why_not:
        fields.errors["file"] = str(why_not)
        return _show_list(request, desk, who, fields, status=422)
    with desk.store.writing() as session:
        taken = take_in(session, worked)
    with desk.store.writing() as session:
        group(
            session, who.office_id, keywords=keywords(), heat=heat_of(desk.settings),
            by=who.number, now=desk.now(),
        )  # fmt: skip
    said = f"已导入：新增 {taken.added} 件，以前导过 {taken.known} 件。"
    return go(f"/imports/hotline/{taken.import_id}", desk=desk, said=said)


@router.get("/{hotline_id}")
def hotline_import_page(
    hotline_id: UUID, request: Request, desk: DeskHere, who: Looking
) -> Response:
    """One import: what came, what was left out, which policy each worksheet is about."""
    return _show_one(request, desk, who, hotline_id, Fields.empty())


@router.post("/{hotline_id}/undo")
def undo_calls(
    hotline_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Take an import back."""
    fields = Fields(form)
    if not fields.ticked("sure"):
        fields.errors["sure"] = "请先勾选确认撤销"
        return _show_one(request, desk, who, hotline_id, fields, status=422)
    with fields.heeding(), desk.store.writing() as session:
        kept = find_import(session, who.office_id, hotline_id)
        gone, stay = undo(session, kept, by=who.number, now=desk.now())
    if fields.errors:
        return _show_one(request, desk, who, hotline_id, fields, status=409)
    said = f"已撤销：移除 {gone} 件" + (f"；{stay} 件已有人处理，保留" if stay else "")
    return go(f"/imports/hotline/{hotline_id}", desk=desk, said=f"{said}。")


@router.post("/{hotline_id}/calls/{question_id}")
def tie_call(
    hotline_id: UUID,
    question_id: UUID,
    request: Request,
    desk: DeskHere,
    who: Clerk,
    form: StaffForm,
) -> Response:
    """Say which policy a worksheet is about."""
    fields = Fields(form)
    named = fields.text("policy", "政策", most=300, needed=False)
    with heeding(fields, "policy"), desk.store.writing() as session:
        find_import(session, who.office_id, hotline_id)
        question, call = session.get(Question, question_id), session.get(HotlineCall, question_id)
        if question is None or call is None or call.import_id != hotline_id:
            raise NotFound("没有这件工单")
        before = session.get(Policy, question.policy_id) if question.policy_id else None
        policy = find_named(session, before, who.office_id, named) if named else None
        tie(session, question, policy, by=who.number, now=desk.now())
    if fields.errors:
        return _show_one(request, desk, who, hotline_id, fields, status=422, chosen=question_id)
    return go(f"/imports/hotline/{hotline_id}", desk=desk, said="已改好这件工单所问的政策。")


def _show_list(
    request: Request, desk: Desk, who: SignedIn, fields: Fields, *, status: int = 200
) -> Response:
    with desk.store.reading() as session:
        imports = imports_of(session, who.office_id)
    return show(
        request, desk, who, "hotline.html", status=status, fields=fields, imports=imports,
        columns=COLUMNS, needed=NEEDED, may_import=who.role is Role.CLERK,
    )  # fmt: skip


def _show_one(
    request: Request,
    desk: Desk,
    who: SignedIn,
    hotline_id: UUID,
    fields: Fields,
    *,
    status: int = 200,
    chosen: UUID | None = None,
) -> Response:
    loose = asked(request, "loose")["loose"] == "1"
    with desk.store.reading() as session:
        kept = find_import(session, who.office_id, hotline_id)
        lines = _lines(session, kept, page_number(request), loose=loose)
        tied = tied_of(session, kept)
    told = [Rejected(**one) for one in kept.rejected]
    return show(
        request, desk, who, "hotline_import.html", status=status, fields=fields, kept=kept,
        lines=lines, loose=loose, tied=tied, told_count=len(told), flaws=flaws_of(told),
        twice=[one for one in told if one.code == "twice"], chosen=chosen,
        may_import=who.role is Role.CLERK,
    )  # fmt: skip


def _lines(session: Session, kept: HotlineImport, page: int, *, loose: bool) -> Listing[Line]:
    wanted = [col(HotlineCall.import_id) == kept.id]
    if loose:
        wanted.append(col(Question.policy_id).is_(None))
    asked_for = (
        select(Question, HotlineCall, Policy, QuestionTie)
        .join(HotlineCall, col(HotlineCall.question_id) == col(Question.id))
        .outerjoin(Policy, col(Policy.id) == col(Question.policy_id))
        .outerjoin(QuestionTie, col(QuestionTie.question_id) == col(Question.id))
        .where(*wanted)
    )
    total = session.exec(select(func.count()).select_from(asked_for.subquery())).one()
    rows: Sequence[tuple[Question, HotlineCall, Policy | None, QuestionTie | None]] = session.exec(
        asked_for.order_by(col(Question.at), col(Question.id)).offset((page - 1) * PAGE).limit(PAGE)
    ).all()
    lines = [
        Line(
            question, call, text_of(session, question), policy, found,
            round(100 * found.score) if found else 0,
        )
        for question, call, policy, found in rows
    ]  # fmt: skip
    path = f"/imports/hotline/{kept.id}"
    return listing(lines, total, page=page, path=path, asked={"loose": "1" if loose else ""})
