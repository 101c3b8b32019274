"""In and out: sign-in, sign-out, and the one-time link by which a password is set."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response

from pusher import audit, second_factor
from pusher import staff as accounts
from pusher.model.staff import Staff
from pusher.web.cookies import Cookie, drop, hand, read
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import VISITORS, Anyone
from pusher.web.layout import go, show_outside
from pusher.web.place import place_of
from pusher.web.raw_body import PublicForm
from pusher.web.sayings import say_wait

router = APIRouter()
Visitor = Annotated[None, Depends(VISITORS)]


@router.get("/sign-in")
def sign_in_page(request: Request, desk: DeskHere, _: Visitor) -> Response:
    """The empty form."""
    return show_outside(
        request, desk, "sign_in.html", login="", error="", next=request.query_params.get("next", "")
    )


@router.post("/sign-in")
def sign_in(request: Request, desk: DeskHere, _: Visitor, form: PublicForm) -> Response:
    """Check login and password; the same answer whether the login is there or not."""
    fields = Fields(form)
    login, onward = fields.typed("login").strip().lower()[:40], fields.typed("next")
    place = place_of(request, desk.settings)
    now = desk.now()
    wait = desk.throttle.wait(login, place, now=now)
    if wait is not None:
        error = f"输错次数过多，请{say_wait(wait)}后再试；忘记密码请联系管理员重置。"
        return _again(request, desk, login, error, onward, status=429)
    with desk.throttle.at_once, desk.store.reading() as session:
        staff = accounts.check(session, login, fields.typed("password"), now=now)
    if staff is None:
        desk.throttle.count(login, place, now=now)
        _note_refusal(desk, login)
        return _again(request, desk, login, "登录名或密码不正确，请重新输入。", onward, status=403)
    desk.throttle.forget(login, place)
    return _let_in(request, desk, staff, onward)


@router.post("/sign-out")
def sign_out(request: Request, desk: DeskHere, who: Anyone) -> Response:
    """End the session."""
    with desk.store.writing() as session:
        accounts.end_session(session, who.token, now=desk.now())
    response = go("/sign-in", desk=desk)
    drop(response, Cookie.SESSION, desk)
    return response


@router.get("/invite/{word}")
def invite_page(word: str, request: Request, desk: DeskHere, _: Visitor) -> Response:
    """Where somebody sets their password; looking spends nothing."""
    try:
        with desk.store.reading() as session:
            staff = accounts.invited(session, word, now=desk.now())
    except accounts.InvitationSpent as spent:
        return _spent(request, desk, spent)
    return show_outside(
        request, desk, "invite.html", staff=staff, errors={}, longest=accounts.LONGEST_PASSWORD
    )


@router.post("/invite/{word}")
def set_password(
    word: str, request: Request, desk: DeskHere, _: Visitor, form: PublicForm
) -> Response:
    """Set the password, once."""
    fields = Fields(form)
    password = fields.typed("password")
    if password != fields.typed("again"):
        fields.errors["again"] = "两次输入的密码不一样，请重新输入"
    try:
        if fields.sound:
            with desk.throttle.at_once, desk.store.writing() as session:
                accounts.set_password(session, word, password, now=desk.now())
            return go("/sign-in", desk=desk)
        with desk.store.reading() as session:
            staff = accounts.invited(session, word, now=desk.now())
    except accounts.InvitationSpent as spent:
        return _spent(request, desk, spent)
    except accounts.WrongEntry as wrong:
        fields.errors[wrong.field] = str(wrong)
        with desk.store.reading() as session:
            staff = accounts.invited(session, word, now=desk.now())
    return show_outside(
        request,
        desk,
        "invite.html",
        status=422,
        staff=staff,
        errors=fields.errors,
        longest=accounts.LONGEST_PASSWORD,
    )


def address_to_sign_in(path: str) -> str:
    """Where a browser without a session is sent; it comes back to *path*."""
    return "/sign-in" if path == "/" else f"/sign-in?next={quote(path)}"


def _let_in(request: Request, desk: Desk, staff: Staff, onward: str) -> Response:
    before = read(request, Cookie.SESSION)
    owes_a_code = desk.settings.second_factor and staff.role in second_factor.NEEDED_BY
    opened = accounts.open_half_session if owes_a_code else accounts.open_session
    with desk.store.writing() as session:
        if before:
            accounts.end_session(session, before, now=desk.now())
        token = opened(session, staff, now=desk.now())
    onward = own_path(onward)
    response = go(f"/code?next={quote(onward)}" if owes_a_code else onward, desk=desk)
    hand(response, Cookie.SESSION, token, desk)
    return response


def own_path(onward: str) -> str:
    """Only a path of ours: never another site, never something a browser reads as one."""
    plain = onward.startswith("/") and not onward.startswith("//") and "\\" not in onward
    return onward if plain and onward.isprintable() else "/"


def _note_refusal(desk: Desk, login: str) -> None:
    with desk.store.writing() as session:
        staff = accounts.with_login(session, login)
        about = ("staff", staff.id if staff else "unknown")
        audit.note(session, "staff.sign_in_refused", about=about, by="public", now=desk.now())


def _again(
    request: Request, desk: Desk, login: str, error: str, onward: str, *, status: int
) -> Response:
    return show_outside(
        request, desk, "sign_in.html", status=status, login=login, error=error, next=onward
    )


def _spent(request: Request, desk: Desk, spent: accounts.InvitationSpent) -> Response:
    return show_outside(
        request, desk, "sorry.html", status=410, heading="链接不能使用", text=str(spent)
    )
