"""The kill switch of all sending: a clerk or a reviewer pulls it, a reviewer lets go again."""

from fastapi import APIRouter, Request, Response

from pusher import hold
from pusher.model.clockwork import HoldCause
from pusher.web.desk import DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Reviewer, Sender
from pusher.web.layout import go
from pusher.web.pages.overview import show_overview
from pusher.web.raw_body import StaffForm

router = APIRouter()


@router.post("/holds")
def place_hold(request: Request, desk: DeskHere, who: Sender, form: StaffForm) -> Response:
    """Stop everything; no call is begun that was not written down before this commit."""
    fields = Fields(form)
    because = fields.text("because", "停发原因", most=200)
    if not fields.sound:
        return show_overview(request, desk, who, fields=fields, erring="all", status=422)
    with desk.store.writing() as session:
        hold.place(session, HoldCause.STAFF, because=because, by=who.number, now=desk.now())
    return go("/", desk=desk, said="已全部停发，没有交出的都停住了。")


@router.post("/holds/{cause}/lift")
def lift_hold(
    cause: HoldCause, request: Request, desk: DeskHere, who: Reviewer, form: StaffForm
) -> Response:
    """Let sending go on, as far as this cause is concerned."""
    fields = Fields(form)
    remark = fields.text("remark", "核实情况", most=200)
    if not fields.sound:
        return show_overview(request, desk, who, fields=fields, erring=cause.value, status=422)
    with desk.store.writing() as session:
        hold.lift(session, cause, remark=remark, by=who.number, now=desk.now())
        left = hold.standing(session)
    said = "已解除；因其他原因仍在停发。" if left else "停发已解除，到时间的通知会继续发出。"
    return go("/", desk=desk, said=said)
