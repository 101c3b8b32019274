"""The code between a form and what it sets going: asked for, sent after the answer, typed back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Request, Response
from sqlmodel import Session

from profiles.links import WHY_PAGE, read_link_token
from profiles.model import Profile
from profiles.newcomers import known_here, own_number
from profiles.sealing import sealer_of
from pusher.listening.codes import NoCode, read_code
from pusher.listening.own_page import open_page
from pusher.listening.public_codes import TypedBack, standing_code, type_back
from pusher.listening.sign_up import ChildComes, Wish, sign_up
from pusher.listening.tries import Verdict
from pusher.model.errors import NotFound
from pusher.model.notice import Notice
from pusher.model.public import Purpose
from pusher.sending.public_code import NoWay, TooMany, send, write_down
from pusher.web.citizen import (
    SIGN_IN,
    Visitor,
    browser_index,
    office_here,
    place_index,
    show_citizen,
)
from pusher.web.cookies import Cookie, hand
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.join_fields import read_number
from pusher.web.layout import go
from pusher.web.raw_body import PublicForm

router = APIRouter(prefix="/p")


@router.get("/sign-in")
def sign_in_page(request: Request, desk: DeskHere, _: Visitor) -> Response:
    """Number and name, to be sent a code."""
    return show_citizen(request, desk, "sign_in.html", fields=Fields.empty())


@router.post("/sign-in")
def sign_in(
    request: Request, desk: DeskHere, _: Visitor, form: PublicForm, after: BackgroundTasks
) -> Response:
    """Send a code if somebody of that name is reached at that number; the answer tells nothing."""
    fields = Fields(form)
    phone = read_number(fields)
    name = fields.text("name", "姓名或单位全称", most=60)
    if fields.sound:
        with desk.store.reading() as session:
            known = known_here(session, phone=phone, name=name, now=desk.now())
            typed = {"profile": str(known.id)} if known else None
        with fields.heeding():
            return ask_for_code(request, desk, after, Purpose.MINE, phone=phone, typed=typed)
    return show_citizen(request, desk, "sign_in.html", status=422, fields=fields)


@router.get("/mine/from/{word}")
def from_notice_page(word: str, request: Request, desk: DeskHere, _: Visitor) -> Response:
    """The way from a notice to one's own page; the link alone opens nothing."""
    with desk.store.reading() as session:
        _noticed(session, word)
    return show_citizen(request, desk, "from_notice.html", word=word, error="")


@router.post("/mine/from/{word}")
def from_notice(
    word: str, request: Request, desk: DeskHere, _: Visitor, after: BackgroundTasks
) -> Response:
    """Send a code to the number of whoever got the notice; who holds the link learns nothing."""
    with desk.store.reading() as session:
        notice = _noticed(session, word)
        phone = own_number(session, notice.profile_id, now=desk.now())
    typed = {"profile": str(notice.profile_id)} if phone else None
    try:
        return ask_for_code(
            request, desk, after, Purpose.MINE, phone=phone or f"notice:{notice.id}", typed=typed
        )
    except (TooMany, NoWay) as why_not:
        return show_citizen(
            request, desk, "from_notice.html", status=422, word=word, error=str(why_not)
        )


@router.get("/code")
def code_page(request: Request, desk: DeskHere, _: Visitor) -> Response:
    """Where the six digits go."""
    return _show(request, desk, "")


@router.post("/code")
def type_code(request: Request, desk: DeskHere, _: Visitor, form: PublicForm) -> Response:
    """Hold the digits against what this browser asked for; the right ones open one's own page."""
    browser = browser_index(request, desk)
    try:
        code = read_code(Fields(form).typed("code"))
    except NoCode as wrong:
        return _show(request, desk, str(wrong), status=422)
    now = desk.now()
    try:
        with desk.store.writing() as session:
            answer = type_back(session, browser, code, now=now)
            if answer.verdict is Verdict.RIGHT:
                token = open_page(session, _whose(session, answer, now=now), now=now)
    except ChildComes:
        return go("/p/join/guardian", desk=desk)
    if answer.verdict is not Verdict.RIGHT:
        return _show(request, desk, answer.said, status=422)
    joined = answer.purpose is Purpose.JOIN
    response = go("/p/mine", desk=desk, said="登记好了，有新政策会告诉您。" if joined else "")
    hand(response, Cookie.CITIZEN, token, desk)
    return response


def ask_for_code(
    request: Request,
    desk: Desk,
    after: BackgroundTasks,
    purpose: Purpose,
    *,
    phone: str,
    typed: Mapping[str, Any] | None,
) -> Response:
    """Write a code down, send it once the answer has left, and lead to where it is typed.

    Args:
        typed: what the right code sets going; None: nothing is sent, and nobody can tell.

    Raises:
        TooMany, NoWay: see `sending.public_code.write_down`; the same whoever is known.
    """
    now = desk.now()
    with desk.store.writing() as session:
        letter = write_down(
            session, desk.gateways, office_here(session), purpose, phone=phone, typed=typed,
            browser=browser_index(request, desk), place=place_index(request, desk),
            settings=desk.settings, now=now,
        )  # fmt: skip
    after.add_task(send, desk.store, letter, settings=desk.settings, now=now)
    return go("/p/code", desk=desk)


def _noticed(session: Session, word: str) -> Notice:
    """The notice that a signed link names.

    Raises:
        NotFound: it names none.
    """
    row = read_link_token(sealer_of(session), WHY_PAGE, word)
    notice = session.get(Notice, row) if row else None
    if notice is None:
        raise NotFound("链接无效")
    return notice


def _whose(session: Session, answer: TypedBack, *, now: datetime) -> Profile:
    """Do what the code was asked for; return who stands behind it."""
    if answer.purpose is Purpose.JOIN:
        return sign_up(session, office_here(session), Wish.picked_up(answer.asked), now=now)
    return session.get_one(Profile, UUID(answer.asked["profile"]))


def _show(request: Request, desk: Desk, error: str, *, status: int = 200) -> Response:
    with desk.store.reading() as session:
        waits = standing_code(session, browser_index(request, desk))
        again = "/p/join" if waits is not None and waits.purpose is Purpose.JOIN else SIGN_IN
    return show_citizen(request, desk, "code.html", status=status, error=error, again=again)
