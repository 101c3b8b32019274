"""Notices that nobody can say of whether they were taken: listed for a person, never sent anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from pusher.model.batch import Batch
from pusher.model.notice import Attempt, Notice, NoticeState
from pusher.model.policy import Policy
from pusher.web.desk import DeskHere
from pusher.web.gate import Looking
from pusher.web.layout import show
from pusher.web.paging import PAGE, Listing, listing, page_number
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
    with desk.store.reading() as session:
        lines = _lines(session, who, page_number(request))
    return show(request, desk, who, "unsure.html", lines=lines)


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
