"""Supervision: what is owed by when, closing it, handing it over, and the weekly sheet."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from pusher.duties import close, drop, hand_over
from pusher.listening.duty_list import KINDS, Shown, duty_list, weekly_sheet
from pusher.model.duty import Duty, DutyKind, DutyState, Level
from pusher.model.errors import NotFound
from pusher.model.staff import Role
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, asked
from pusher.web.gate import Sender, Supervising
from pusher.web.layout import go, show
from pusher.web.paging import PAGE, listing, page_number
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter()

_LONG = (Level.SUPERVISED, Level.HEAD)


@router.get("/duties")
def duties_page(request: Request, desk: DeskHere, who: Supervising) -> Response:
    """What is open, by its last day; what was closed, the newest first."""
    return _show(request, desk, who, Fields.empty())


@router.get("/duties/sheet")
def sheet_page(request: Request, desk: DeskHere, who: Supervising) -> Response:
    """One week by who owes, to be printed and signed."""
    today = desk.now().date()
    wanted = _day(asked(request, "week")["week"]) or today
    with desk.store.reading() as session:
        sheet = weekly_sheet(session, office_id=who.office_id, monday=wanted, today=today)
    return show(
        request,
        desk,
        who,
        "duty_sheet.html",
        sheet=sheet,
        before=sheet.monday - timedelta(days=7),
        after=sheet.monday + timedelta(days=7) if sheet.until < today else None,
    )


@router.post("/duties/{duty_id}/close")
def close_duty(
    duty_id: UUID, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """Say that it was done."""
    return _end(duty_id, request, desk, who, Fields(form), close, "已办结。")


@router.post("/duties/{duty_id}/drop")
def drop_duty(
    duty_id: UUID, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """Say that it need not be done."""
    return _end(duty_id, request, desk, who, Fields(form), drop, "已撤销。")


@router.post("/duties/{duty_id}/hand-over")
def hand_duty_over(
    duty_id: UUID, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """Give it to another department or person."""
    fields = Fields(form)
    to = fields.text("to", "转给谁", most=60)
    if fields.sound:
        with fields.heeding("to"), desk.store.writing() as session:
            duty = _find(session, who, duty_id)
            hand_over(session, duty, to=to, by=who.number, now=desk.now())
    if fields.errors:
        return _show(request, desk, who, fields, chosen=duty_id, status=422)
    return go("/duties", desk=desk, said=f"已转给{to}。")


def _end(
    duty_id: UUID,
    request: Request,
    desk: Desk,
    who: SignedIn,
    fields: Fields,
    end: Callable[..., None],
    said: str,
) -> Response:
    note = fields.text("note", "怎么办的，或为什么不用办", most=200)
    if fields.sound:
        with fields.heeding("note"), desk.store.writing() as session:
            end(session, _find(session, who, duty_id), note=note, by=who.number, now=desk.now())
    if fields.errors:
        return _show(request, desk, who, fields, chosen=duty_id, status=422)
    return go("/duties", desk=desk, said=said)


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    fields: Fields,
    *,
    chosen: UUID | None = None,
    status: int = 200,
) -> Response:
    wanted = asked(request, "state", "kind", "owner", "late")
    today = desk.now().date()
    with desk.store.reading() as session:
        everything = duty_list(session, office_id=who.office_id, today=today)
        found = _wanted(session, who, wanted, today, everything)
    page = page_number(request)
    rows = found[(page - 1) * PAGE : page * PAGE]
    return show(
        request,
        desk,
        who,
        "duties.html",
        status=status,
        rows=listing(rows, len(found), page=page, path="/duties", asked=wanted),
        open=len(everything),
        late=sum(one.is_late for one in everything),
        long=sum(one.duty.level in _LONG for one in everything),
        owners=sorted({one.duty.owner for one in everything}),
        kinds={kind.value: told.name for kind, told in KINDS.items()},
        asked=wanted,
        fields=fields,
        chosen=chosen,
        may_end=who.role in (Role.CLERK, Role.REVIEWER),
        opens=who.role is not Role.ADMIN,
    )


def _wanted(
    session: Session,
    who: SignedIn,
    wanted: dict[str, str],
    today: date,
    everything: Sequence[Shown],
) -> list[Shown]:
    ended = wanted["state"] in (DutyState.DONE, DutyState.DROPPED)
    found = (
        duty_list(session, office_id=who.office_id, today=today, state=DutyState(wanted["state"]))
        if ended
        else everything
    )
    return [
        one
        for one in found
        if (wanted["kind"] not in list(DutyKind) or one.duty.kind == wanted["kind"])
        and (not wanted["owner"] or one.duty.owner == wanted["owner"])
        and (not wanted["late"] or one.is_late)
    ]


def _find(session: Session, who: SignedIn, duty_id: UUID) -> Duty:
    duty = session.get(Duty, duty_id)
    if duty is None or duty.office_id != who.office_id:
        raise NotFound("没有这件督办")
    return duty


def _day(text: str) -> date | None:
    """A day of the address; nonsense is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None
