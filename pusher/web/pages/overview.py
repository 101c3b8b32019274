"""The first page: what waits for me, what is being sent, whether the clockwork lives."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from pusher.listening.visits import RELEASED
from pusher.model.batch import Batch, BatchState, Visit, VisitState
from pusher.model.clockwork import Heartbeat, Pause
from pusher.model.notice import Notice, NoticeState
from pusher.model.policy import Policy, PolicyState
from pusher.model.staff import Role
from pusher.model.word import Reply
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Anyone
from pusher.web.layout import show
from pusher.web.pages.replies import OPEN
from pusher.web.session import SignedIn

router = APIRouter()

ALIVE = timedelta(seconds=60)
_LIVE = (BatchState.APPROVED, BatchState.SENDING, BatchState.PAUSED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of work that waits for a person."""

    count: int
    name: str
    explained: str
    address: str


@dataclass(frozen=True, slots=True)
class Sending:
    """A released batch and how far it is."""

    batch: Batch
    title: str
    done: int
    left: int
    percent: int


@router.get("/")
def overview(request: Request, desk: DeskHere, who: Anyone) -> Response:
    """The overview; an admin or auditor sees only whether the clockwork lives."""
    return show_overview(request, desk, who, fields=Fields.empty())


def show_overview(
    request: Request, desk: Desk, who: SignedIn, *, fields: Fields, status: int = 200
) -> Response:
    """Show the overview; also where a form on it comes back with errors."""
    now = desk.now()
    with desk.store.reading() as session:
        shown: dict[str, Any] = {
            "waiting": _waiting(session, who),
            "sending": _sending(session, who),
            "beat": _last_beat(session),
            "pauses": {pause.gateway: pause for pause in session.exec(select(Pause))},
        }
    beat = shown["beat"]
    alive = isinstance(beat, datetime) and now - beat < ALIVE
    return show(
        request,
        desk,
        who,
        "overview.html",
        status=status,
        fields=fields,
        may_stop=who.role in (Role.CLERK, Role.REVIEWER),
        may_lift=who.role is Role.REVIEWER,
        alive=alive,
        gateways=sorted(desk.gateways.values(), key=lambda gateway: gateway.name),
        **shown,
    )


def _waiting(session: Session, who: SignedIn) -> list[Waiting]:
    if who.role not in (Role.VIEWER, Role.CLERK, Role.REVIEWER):
        return []
    kinds = [_reviews(session, who)] if who.role is Role.REVIEWER else []
    if who.role is not Role.REVIEWER:
        kinds += [_policies(session, who), _drafts(session, who)]
    return [*kinds, _replies(session), _unsure(session, who), _visits(session, who)]


def _policies(session: Session, who: SignedIn) -> Waiting:
    count = session.exec(
        select(func.count()).where(
            col(Policy.office_id) == who.office_id, col(Policy.state) == PolicyState.READ
        )
    ).one()
    return Waiting(count, "份政策待确认", "核对标签、条件和要点", "/policies?state=read")


def _drafts(session: Session, who: SignedIn) -> Waiting:
    count = _batches(session, who, BatchState.DRAFT)
    return Waiting(count, "个批次草稿", "核对后提交审核", "/batches?state=draft")


def _reviews(session: Session, who: SignedIn) -> Waiting:
    count = _batches(session, who, BatchState.IN_REVIEW)
    return Waiting(count, "个批次待审核", "看清内容、对象和费用再批准", "/batches?state=in_review")


def _batches(session: Session, who: SignedIn, state: BatchState) -> int:
    return session.exec(
        select(func.count()).where(col(Batch.office_id) == who.office_id, col(Batch.state) == state)
    ).one()


def _replies(session: Session) -> Waiting:
    count = session.exec(select(func.count()).select_from(Reply).where(OPEN)).one()
    return Waiting(count, "条回复待处理", "疑似退订的已先停发", "/replies")


def _unsure(session: Session, who: SignedIn) -> Waiting:
    count = session.exec(
        select(func.count())
        .select_from(Notice)
        .join(Batch, col(Batch.id) == col(Notice.batch_id))
        .where(
            col(Batch.office_id) == who.office_id,
            col(Notice.state) == NoticeState.UNSURE,
            col(Notice.left_to_staff_at).is_not(None),
        )
    ).one()
    return Waiting(count, "条通知存疑", "不知运营商收下没有，系统不会重发", "/notices/unsure")


def _visits(session: Session, who: SignedIn) -> Waiting:
    count = session.exec(
        select(func.count())
        .select_from(Visit)
        .join(Batch, col(Batch.id) == col(Visit.batch_id))
        .where(
            col(Batch.office_id) == who.office_id,
            col(Batch.state).in_(RELEASED),
            col(Visit.state) != VisitState.DONE,
        )
    ).one()
    return Waiting(count, "户待上门", "联系不上的，由社区送明白纸", "/visits")


def _sending(session: Session, who: SignedIn) -> list[Sending]:
    batches = session.exec(
        select(Batch, Policy.short_title)
        .join(Policy, col(Policy.id) == col(Batch.policy_id))
        .where(col(Batch.office_id) == who.office_id, col(Batch.state).in_(_LIVE))
        .order_by(col(Batch.send_after))
    ).all()
    left = _counts(session, [batch for batch, _ in batches], left=True)
    done = _counts(session, [batch for batch, _ in batches], left=False)
    return [
        _progress(batch, title, done=done.get(str(batch.id), 0), left=left.get(str(batch.id), 0))
        for batch, title in batches
    ]


def _counts(session: Session, batches: list[Batch], *, left: bool) -> dict[str, int]:
    waiting = (NoticeState.DRAFTED, NoticeState.HANDING)
    done = (NoticeState.ACCEPTED, NoticeState.FAILED, NoticeState.UNSURE)
    rows = session.exec(
        select(Notice.batch_id, func.count())
        .where(
            col(Notice.batch_id).in_([batch.id for batch in batches]),
            col(Notice.state).in_(waiting if left else done),
        )
        .group_by(col(Notice.batch_id))
    ).all()
    return {str(batch): count for batch, count in rows}


def _progress(batch: Batch, title: str, *, done: int, left: int) -> Sending:
    return Sending(batch, title, done, left, 100 * done // max(1, done + left))


def _last_beat(session: Session) -> datetime | None:
    return session.exec(select(func.max(Heartbeat.at))).one()
