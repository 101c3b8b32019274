"""Accounts, for admins: who has one, who is invited, who is kept out."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from profiles.model import Office
from pusher import staff as accounts
from pusher.model.errors import NotFound, Unwilling
from pusher.model.staff import Role, Staff
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Admin
from pusher.web.layout import go, show
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.streets import streets_of

router = APIRouter()


@router.get("/staff")
def staff_page(request: Request, desk: DeskHere, who: Admin) -> Response:
    """All accounts, and the form for a new one."""
    return _show(request, desk, who, Fields.empty())


@router.post("/staff")
def add_staff(request: Request, desk: DeskHere, who: Admin, form: StaffForm) -> Response:
    """Open an account; the answer shows its one-time link, and only this answer does."""
    fields = Fields(form)
    role = fields.choice("role", "岗位", Role)
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    try:
        with desk.store.writing() as session:
            word = accounts.add(
                session,
                login=fields.typed("login"),
                name=fields.typed("name"),
                number=fields.typed("number"),
                role=role,
                office=session.get_one(Office, who.office_id),
                streets=fields.several("streets"),
                by=who.number,
                now=desk.now(),
            )
    except accounts.WrongEntry as wrong:
        fields.errors[wrong.field] = str(wrong)
        return _show(request, desk, who, fields, status=422)
    invited = fields.typed("name").strip()
    return _show(request, desk, who, Fields.empty(), word=word, invited=invited)


@router.post("/staff/{staff_id}/disable")
def disable_staff(staff_id: UUID, request: Request, desk: DeskHere, who: Admin) -> Response:
    """Close an account at once."""
    try:
        with desk.store.writing() as session:
            staff = _find(session, who, staff_id)
            accounts.disable(session, staff, by=who.number, now=desk.now())
    except NotFound:
        raise
    except Unwilling as why_not:
        return _show(request, desk, who, Fields.empty(), status=409, trouble=str(why_not))
    return go("/staff", desk=desk, said=f"已停用 {staff.login}，其登录立即失效。")


@router.post("/staff/{staff_id}/reset")
def reset_staff(staff_id: UUID, request: Request, desk: DeskHere, who: Admin) -> Response:
    """Take away the password; the answer shows the new one-time link."""
    with desk.store.writing() as session:
        staff = _find(session, who, staff_id)
        word = accounts.reset(session, staff, by=who.number, now=desk.now())
    return _show(request, desk, who, Fields.empty(), word=word, invited=staff.name)


@router.get("/staff/{staff_id}/role")
def role_page(staff_id: UUID, request: Request, desk: DeskHere, who: Admin) -> Response:
    """What somebody may do now, and the form to change it."""
    return _show_role(request, desk, who, staff_id, Fields.empty())


@router.post("/staff/{staff_id}/role")
def change_role(
    staff_id: UUID, request: Request, desk: DeskHere, who: Admin, form: StaffForm
) -> Response:
    """Give somebody another role, or other streets; they must sign in anew."""
    fields = Fields(form)
    role = fields.choice("role", "岗位", Role)
    # who moves away from the streets has theirs ticked still
    streets = fields.several("streets") if role is Role.COMMUNITY else []
    if not fields.sound:
        return _show_role(request, desk, who, staff_id, fields, status=422)
    try:
        with desk.store.writing() as session:
            staff = _find(session, who, staff_id)
            accounts.change_role(
                session, staff, role, streets=streets, by=who.number, now=desk.now()
            )
    except accounts.WrongEntry as wrong:
        fields.errors[wrong.field] = str(wrong)
        return _show_role(request, desk, who, staff_id, fields, status=422)
    return go("/staff", desk=desk, said=f"已更改 {staff.login} 的岗位，其须重新登录。")


def _show_role(
    request: Request,
    desk: Desk,
    who: SignedIn,
    staff_id: UUID,
    fields: Fields,
    *,
    status: int = 200,
) -> Response:
    with desk.store.reading() as session:
        staff = _find(session, who, staff_id)
        ticked = set(fields.several("streets")) or accounts.streets_of(session, staff)
        streets = streets_of(session, who)
    return show(
        request,
        desk,
        who,
        "staff_role.html",
        status=status,
        staff=staff,
        roles=list(Role),
        streets=streets,
        chosen=fields.typed("role") or staff.role.value,
        ticked=ticked,
        fields=fields,
    )


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    fields: Fields,
    *,
    status: int = 200,
    word: str = "",
    invited: str = "",
    trouble: str = "",
) -> Response:
    with desk.store.reading() as session:
        staff = session.exec(
            select(Staff).where(col(Staff.office_id) == who.office_id).order_by(col(Staff.number))
        ).all()
        streets = streets_of(session, who)
    link = f"{desk.settings.public_url.rstrip('/')}/invite/{word}" if word else ""
    return show(
        request,
        desk,
        who,
        "staff.html",
        status=status,
        staff=staff,
        roles=list(Role),
        streets=streets,
        fields=fields,
        link=link,
        invited=invited,
        trouble=trouble,
    )


def _find(session: Session, who: SignedIn, staff_id: UUID) -> Staff:
    staff = session.get(Staff, staff_id)
    if staff is None or staff.office_id != who.office_id:
        raise NotFound("没有这个账号")
    return staff
