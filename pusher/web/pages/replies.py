"""Answers that wait for a person: what may mean stop, and what a machine does not understand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from profiles.shown import masked_address
from pusher.gateways.base import masked
from pusher.listening.replies import OPEN, WAITING, address_of, settle, text_of
from pusher.model.errors import NotFound
from pusher.model.notice import Notice
from pusher.model.policy import Policy
from pusher.model.staff import Role
from pusher.model.word import Reply
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
    """One answer, its address masked.

    Attributes:
        about: short title of the policy that was told last to this address.
        is_open: waits for a person.
    """

    reply: Reply
    address: str
    text: str
    about: str | None
    is_open: bool


@router.get("/replies")
def replies_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """What waits, the oldest first; or everything, the newest first."""
    return _show(request, desk, who, Fields.empty())


@router.post("/replies/{reply_id}/settle")
def settle_reply(
    reply_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Decide what an answer meant."""
    fields = Fields(form)
    remark = fields.text("remark", "处理说明", most=200)
    if fields.typed("stop") not in ("yes", "no"):
        fields.errors["stop"] = "请选择是不是退订"
    if not fields.sound:
        return _show(request, desk, who, fields, status=422, chosen=reply_id)
    stop = fields.typed("stop") == "yes"
    with fields.heeding(), desk.store.writing() as session:
        reply = session.get(Reply, reply_id)
        if reply is None:
            raise NotFound("没有这条回复")
        settle(session, reply, stop=stop, by=who.number, now=desk.now(), remark=remark)
    if fields.errors:
        return _show(request, desk, who, fields, status=409, chosen=reply_id)
    said = "已按退订处理，不再发送。" if stop else "已处理，恢复正常发送。"
    return go("/replies", desk=desk, said=said)


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    fields: Fields,
    *,
    status: int = 200,
    chosen: UUID | None = None,
) -> Response:
    everything = request.query_params.get("all") == "1"
    with desk.store.reading() as session:
        lines = _lines(session, who, page_number(request), everything=everything)
    return show(
        request,
        desk,
        who,
        "replies.html",
        status=status,
        lines=lines,
        everything=everything,
        fields=fields,
        chosen=chosen,
        may_settle=who.role is Role.CLERK,
    )


def _lines(session: Session, who: SignedIn, page: int, *, everything: bool) -> Listing[Line]:
    wanted: list[ColumnElement[bool]] = [] if everything else [OPEN]
    total = session.exec(select(func.count()).select_from(Reply).where(*wanted)).one()
    order = col(Reply.at).desc() if everything else col(Reply.at)
    replies = session.exec(
        select(Reply)
        .where(*wanted)
        .order_by(order, col(Reply.id))
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    titles = _titles(session, replies)
    rows = [_line(session, who, reply, titles) for reply in replies]
    asked = {"all": "1" if everything else ""}
    return listing(rows, total, page=page, path="/replies", asked=asked)


def _line(session: Session, who: SignedIn, reply: Reply, titles: Mapping[UUID, str]) -> Line:
    text = text_of(session, reply)
    return Line(
        reply,
        masked_address(reply.channel, address_of(session, reply)),
        text if who.may_unmask else masked(text),
        titles.get(reply.notice_id) if reply.notice_id else None,
        reply.settled_at is None and reply.meaning in WAITING,
    )


def _titles(session: Session, replies: Sequence[Reply]) -> dict[UUID, str]:
    rows = session.exec(
        select(Notice.id, Policy.short_title)
        .join(Policy, col(Policy.id) == col(Notice.policy_id))
        .where(col(Notice.id).in_([reply.notice_id for reply in replies]))
    ).all()
    return dict(rows)
