"""Notices that nobody can say of whether they were taken: a person looks, and decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from pusher.model.batch import Batch
from pusher.model.errors import NotFound
from pusher.model.notice import Attempt, Notice, NoticeState
from pusher.model.policy import Policy
from pusher.model.staff import Role
from pusher.sending.anew import draft_anew
from pusher.sending.unsure import settle_unsure
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Clerk, Looking
from pusher.web.layout import go, show
from pusher.web.paging import PAGE, Listing, listing, page_number
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """One unsure notice and its last call."""

    notice: Notice
    policy: str
    attempt: Attempt | None


@router.get("/notices/unsure")
def unsure_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """All that are unsure, those left to staff first, the oldest first."""
    return _show(request, desk, who, Fields.empty())


@router.post("/notices/{notice_id}/settle")
def settle_notice(
    notice_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Write down what the clerk learned of it; nothing is sent anew."""
    fields = Fields(form)
    remark = fields.text("remark", "核实情况", most=200)
    if fields.typed("arrived") not in ("yes", "no"):
        fields.errors["arrived"] = "请选择对方收到没有"
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    arrived = fields.typed("arrived") == "yes"
    with fields.heeding(), desk.store.writing() as session:
        notice = _find(session, who, notice_id)
        settle_unsure(
            session, notice, arrived=arrived, by=who.number, now=desk.now(), remark=remark
        )
    if fields.errors:
        return _show(request, desk, who, fields, status=409)
    said = "已登记为收到。" if arrived else "已登记核实情况，仍列为存疑。"
    return go("/notices/unsure", desk=desk, said=said)


@router.post("/notices/{notice_id}/anew")
def draft_notice_anew(
    notice_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Draft another in its place, for a reviewer to approve."""
    fields = Fields(form)
    remark = fields.text("remark", "核实情况", most=200)
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    with fields.heeding(), desk.store.writing() as session:
        notice = _find(session, who, notice_id)
        batch = draft_anew(session, [notice], by=who.number, now=desk.now(), remark=remark)
    if fields.errors:
        return _show(request, desk, who, fields, status=409)
    said = "已起草一个另发的批次；请核对后提交，由审核人员批准才会发出。"
    return go(f"/batches/{batch.id}", desk=desk, said=said)


def _show(
    request: Request, desk: Desk, who: SignedIn, fields: Fields, *, status: int = 200
) -> Response:
    with desk.store.reading() as session:
        lines = _lines(session, who, page_number(request))
    return show(
        request,
        desk,
        who,
        "unsure.html",
        status=status,
        lines=lines,
        fields=fields,
        may_settle=who.role is Role.CLERK,
    )


def _find(session: Session, who: SignedIn, notice_id: UUID) -> Notice:
    notice = session.get(Notice, notice_id)
    batch = session.get(Batch, notice.batch_id) if notice else None
    if notice is None or batch is None or batch.office_id != who.office_id:
        raise NotFound("没有这条通知")
    return notice


def _lines(session: Session, who: SignedIn, page: int) -> Listing[Line]:
    query = (
        select(Notice, Policy.short_title)
        .join(Batch, col(Batch.id) == col(Notice.batch_id))
        .join(Policy, col(Policy.id) == col(Notice.policy_id))
        .where(col(Batch.office_id) == who.office_id, col(Notice.state) == NoticeState.UNSURE)
    )
    total = session.exec(
        select(func.count()).select_from(query.with_only_columns(col(Notice.id)).subquery())
    ).one()
    found = session.exec(
        query.order_by(
            col(Notice.left_to_staff_at).is_(None), col(Notice.unsure_since), col(Notice.id)
        )
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    calls = _last_calls(session, [notice.id for notice, _ in found])
    rows = [Line(notice, title, calls.get(notice.id)) for notice, title in found]
    return listing(rows, total, page=page, path="/notices/unsure", asked={})


def _last_calls(session: Session, notices: Sequence[UUID]) -> dict[UUID, Attempt]:
    calls = session.exec(
        select(Attempt)
        .where(col(Attempt.notice_id).in_(notices))
        .order_by(col(Attempt.notice_id), col(Attempt.number))
    )
    return {call.notice_id: call for call in calls}
