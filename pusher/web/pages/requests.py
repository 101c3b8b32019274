"""What people asked about their own data on their own pages, until staff have done it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from profiles.shown import shown_name
from pusher.listening.rights import close_request, open_requests, words_of
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Looking, Sender
from pusher.web.layout import go, show
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter()


@router.get("/requests")
def requests_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """What waits, the oldest first."""
    return _show(request, desk, who, Fields.empty())


@router.post("/requests/{request_id}")
def close(
    request_id: UUID, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """Note what was done about one."""
    fields = Fields(form)
    remark = fields.text("remark", "怎么办的", most=200)
    if fields.sound:
        with fields.heeding(), desk.store.writing() as session:
            close_request(
                session, request_id, office_id=who.office_id, by=who.number, remark=remark,
                now=desk.now(),
            )  # fmt: skip
    if not fields.sound:
        return _show(request, desk, who, fields, status=422, chosen=request_id)
    return go("/requests", desk=desk, said="已记下办理情况。")


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    fields: Fields,
    *,
    status: int = 200,
    chosen: UUID | None = None,
) -> Response:
    may_do = who.may_unmask
    with desk.store.reading() as session:
        lines = [
            (row, shown_name(session, profile), words_of(session, row) if may_do else "")
            for row, profile in open_requests(session, who.office_id)
        ]
    return show(
        request, desk, who, "requests.html",
        status=status, lines=lines, fields=fields, chosen=chosen, may_do=may_do,
    )  # fmt: skip
