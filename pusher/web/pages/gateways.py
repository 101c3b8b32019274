"""Each way out: staff shut it at once, and open it again when it is mended."""

from fastapi import APIRouter, HTTPException, Request, Response
from sqlmodel import Session

from pusher import audit
from pusher.model.clockwork import Pause
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Sender
from pusher.web.layout import go
from pusher.web.pages.overview import show_overview
from pusher.web.raw_body import StaffForm

router = APIRouter()


@router.post("/gateways/{name}/pause")
def pause_gateway(
    name: str, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """Shut one gateway; nothing starts by it from this commit on."""
    fields = Fields(form)
    because = fields.text("because", "停用原因", most=200)
    gateway = _known(desk, name)
    if not fields.sound:
        return show_overview(request, desk, who, fields=fields, erring=gateway, status=422)
    with desk.store.writing() as session:
        if session.get(Pause, gateway) is None:
            session.add(Pause(gateway=gateway, by=who.number, because=because, since=desk.now()))
            _note(session, desk, "gateway.pause", gateway, who.number, because)
    return go("/", desk=desk, said="通道已停用，没有交出的都停住了。")


@router.post("/gateways/{name}/resume")
def resume_gateway(name: str, desk: DeskHere, who: Sender) -> Response:
    """Open it again."""
    gateway = _known(desk, name)
    with desk.store.writing() as session:
        pause = session.get(Pause, gateway)
        if pause is not None:
            session.delete(pause)
            _note(session, desk, "gateway.resume", gateway, who.number, "")
    return go("/", desk=desk, said="通道已恢复。")


def _known(desk: Desk, name: str) -> str:
    if name not in desk.gateways:
        raise HTTPException(404)
    return name


def _note(session: Session, desk: Desk, act: str, gateway: str, by: str, reason: str) -> None:
    about = ("gateway", gateway)
    audit.note(session, act, about=about, by=by, now=desk.now(), reason=reason)
