"""The second step of signing in: a code from the telephone, and how to set that up."""

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Request, Response
from markupsafe import Markup

from profiles.model import Office
from pusher import audit, second_factor
from pusher import staff as accounts
from pusher.model.staff import Staff
from pusher.web.cookies import Cookie, hand, read
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import VISITORS
from pusher.web.layout import go, show_outside
from pusher.web.place import place_of
from pusher.web.raw_body import PublicForm
from pusher.web.sayings import say_wait
from pusher.web.sign_in import own_path

router = APIRouter()
Visitor = Annotated[None, Depends(VISITORS)]


@router.get("/code")
def code_page(request: Request, desk: DeskHere, _: Visitor) -> Response:
    """Ask for the code; whoever has no second factor yet is shown how to set it up."""
    staff = _owes_a_code(request, desk)
    if staff is None:
        return go("/sign-in", desk=desk)
    return _ask(request, desk, staff, onward=request.query_params.get("next", ""))


@router.post("/code")
def give_code(request: Request, desk: DeskHere, _: Visitor, form: PublicForm) -> Response:
    """Check the code; only now the session opens, under a new token."""
    staff = _owes_a_code(request, desk)
    if staff is None:
        return go("/sign-in", desk=desk)
    fields = Fields(form)
    onward, place, now = fields.typed("next"), place_of(request, desk.settings), desk.now()
    tries = f"code {staff.id}"
    wait = desk.throttle.wait(tries, place, now=now)
    if wait is not None:
        error = f"输错次数过多，请{say_wait(wait)}后再试；手机丢失请联系管理员重置。"
        return _ask(request, desk, staff, onward=onward, error=error, status=429)
    token = _exchange(request, desk, staff, fields.typed("code"))
    if token is None:
        desk.throttle.count(tries, place, now=now)
        error = "动态码不正确或已用过，请等手机上换了新的再输入。"
        return _ask(request, desk, staff, onward=onward, error=error, status=403)
    desk.throttle.forget(tries, place)
    response = go(own_path(onward), desk=desk)
    hand(response, Cookie.SESSION, token, desk)
    return response


def _owes_a_code(request: Request, desk: Desk) -> Staff | None:
    with desk.store.reading() as session:
        return accounts.read_half_session(session, read(request, Cookie.SESSION), now=desk.now())


def _exchange(request: Request, desk: Desk, staff: Staff, code: str) -> str | None:
    """The token of an open session for the right code, in place of the half one; or None."""
    half, clock = read(request, Cookie.SESSION), desk.now() - desk.settings.clock_ahead
    with desk.store.writing() as session:
        found = session.get_one(Staff, staff.id)
        if second_factor.is_set_up(found):
            right = second_factor.passes(session, found, code, clock=clock)
        else:
            secret = second_factor.proposed_secret(desk.sealer, half)
            right = second_factor.set_up(session, found, secret, code, clock=clock, now=desk.now())
        if not right:
            about = ("staff", staff.id)
            audit.note(session, "staff.code_refused", about=about, by="public", now=desk.now())
            return None
        accounts.end_session(session, half, now=desk.now())
        return accounts.open_session(session, found, now=desk.now())


def _ask(
    request: Request, desk: Desk, staff: Staff, *, onward: str, error: str = "", status: int = 200
) -> Response:
    secret, picture = "", Markup("")
    if not second_factor.is_set_up(staff):
        secret = second_factor.proposed_secret(desk.sealer, read(request, Cookie.SESSION))
        picture = _qr(
            second_factor.address_of(secret, login=staff.login, office=_name(desk, staff))
        )
    return show_outside(
        request,
        desk,
        "code.html",
        status=status,
        secret=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        picture=picture,
        error=error,
        next=onward,
    )


def _name(desk: Desk, staff: Staff) -> str:
    with desk.store.reading() as session:
        return session.get_one(Office, staff.office_id).name


def _qr(address: str) -> Markup:
    """The address as an inline picture: it is on no disk and in no request of its own."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn,
        kind="svg",
        scale=1,
        unit="mm",  # gives it a view box, so that a narrow page shrinks it instead of cutting it
        light="white",
        xmldecl=False,
        svgns=False,
        svgclass="qr",
        lineclass=None,
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704  (drawn by segno, holds no text)
