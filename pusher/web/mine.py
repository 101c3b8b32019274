"""One's own page: what one follows and how often, what came, and one button that stops it all."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from profiles.model import Pace, Profile
from pusher.listening.feedback import give
from pusher.listening.own_affairs import (
    agree_to_sensitive,
    change_pace,
    drop_fact,
    end_tag,
    follow_tags,
    resume,
    stop_everything,
    take_fact_back,
    withdraw_sensitive,
)
from pusher.listening.own_page import close_page
from pusher.listening.rights import LONGEST, request_right
from pusher.model.rights import Right
from pusher.web.citizen import Citizen, CitizenHere, own_profile, show_citizen
from pusher.web.cookies import Cookie, drop
from pusher.web.desk import Desk, DeskHere
from pusher.web.feedback import THANKS, find_own_notice, read_feedback
from pusher.web.fields import Fields
from pusher.web.interests import NOTICE, interests, tags_of
from pusher.web.layout import go
from pusher.web.own_sheet import read_own_sheet
from pusher.web.raw_body import PublicForm

router = APIRouter(prefix="/p/mine")
Act = Callable[[Session, Profile, datetime], object]


@router.get("")
def mine(request: Request, desk: DeskHere, who: CitizenHere) -> Response:
    """All of it on one page."""
    return _show(request, desk, who, Fields.empty())


@router.post("/follow")
def follow(request: Request, desk: DeskHere, who: CitizenHere, form: PublicForm) -> Response:
    """Follow the tags of some more groups, at the pace of the others."""
    fields = Fields(form)
    with desk.store.writing() as session:
        profile = own_profile(session, who)
        sheet = read_own_sheet(session, profile, now=desk.now())
        keys = fields.choices("tags", "关注的事", (one.key for one in interests()[profile.kind]))
        if fields.sound:
            tags = tags_of(profile.kind, keys)
            follow_tags(session, profile, tags, pace=sheet.pace or Pace.DAILY, now=desk.now())
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    return go("/p/mine", desk=desk, said="加好了。")


@router.post("/end")
def end(desk: DeskHere, who: CitizenHere, form: PublicForm) -> Response:
    """Follow one tag no longer."""
    tag = Fields(form).typed("tag")
    return _do(desk, who, lambda s, p, now: end_tag(s, p, tag, now=now), "不再关注了。")


@router.post("/pace")
def pace(request: Request, desk: DeskHere, who: CitizenHere, form: PublicForm) -> Response:
    """Hear at another pace."""
    fields = Fields(form)
    wished = fields.choice("pace", "多久告诉您一次", Pace)
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    return _do(desk, who, lambda s, p, now: change_pace(s, p, wished, now=now), "改好了。")


@router.post("/stop")
def stop(desk: DeskHere, who: CitizenHere) -> Response:
    """Be silent from now on."""
    return _do(
        desk, who, lambda s, p, now: stop_everything(s, p, now=now), "已经停了，不再给您发通知。"
    )


@router.post("/resume")
def hear_again(desk: DeskHere, who: CitizenHere) -> Response:
    """Hear again."""
    return _do(desk, who, lambda s, p, now: resume(s, p, now=now), "恢复了，有新政策会告诉您。")


@router.post("/sensitive")
def sensitive(desk: DeskHere, who: CitizenHere, form: PublicForm) -> Response:
    """Agree that sensitive facts are used, or take it back."""
    if Fields(form).typed("agree") == "1":
        return _do(
            desk, who, lambda s, p, now: agree_to_sensitive(s, p, text_version=NOTICE, now=now),
            "记下了您的同意，随时可以收回。",
        )  # fmt: skip
    return _do(
        desk, who, lambda s, p, now: withdraw_sensitive(s, p, now=now),
        "已经收回，不再用敏感信息判断。",
    )  # fmt: skip


@router.post("/facts")
def facts(desk: DeskHere, who: CitizenHere, form: PublicForm) -> Response:
    """Use a fact no longer to choose them, or again."""
    fields = Fields(form)
    code = fields.typed("fact")[:60]
    if fields.typed("use") == "1":
        return _do(desk, who, lambda s, p, now: take_fact_back(s, p, code, now=now), "恢复使用了。")
    return _do(
        desk, who, lambda s, p, now: drop_fact(s, p, code, now=now),
        "删掉了，以后不再用它判断哪些政策与您有关。",
    )  # fmt: skip


@router.post("/ask")
def ask(request: Request, desk: DeskHere, who: CitizenHere, form: PublicForm) -> Response:
    """Ask the office for a copy, to be put right, or to be forgotten."""
    fields = Fields(form)
    kind = fields.choice("kind", "要办什么", Right)
    needed = kind is Right.CORRECT
    words = fields.text("words", "哪里不对，应该是什么", most=LONGEST, needed=needed)
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    said = "已交给工作人员。会先打电话核实是您本人，再办理。"
    return _do(desk, who, lambda s, p, now: request_right(s, p, kind, words=words, now=now), said)


@router.post("/feedback")
def feedback(request: Request, desk: DeskHere, who: CitizenHere, form: PublicForm) -> Response:
    """Keep what they say of a notice that came to them."""
    fields = Fields(form)
    said, words = read_feedback(fields)
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    with desk.store.writing() as session:
        notice = find_own_notice(session, who.id, fields.typed("notice"))
        give(session, notice, said, words=words, by="public", now=desk.now())
    return go("/p/mine", desk=desk, said=THANKS[said])


@router.post("/sign-out")
def sign_out(desk: DeskHere, who: CitizenHere) -> Response:
    """Close the page on this browser."""
    with desk.store.writing() as session:
        close_page(session, who.token, now=desk.now())
    response = go("/p/join", desk=desk, said="已经退出。")
    drop(response, Cookie.CITIZEN, desk)
    return response


def _do(desk: Desk, who: Citizen, act: Act, said: str) -> Response:
    with desk.store.writing() as session:
        act(session, own_profile(session, who), desk.now())
    return go("/p/mine", desk=desk, said=said)


def _show(
    request: Request, desk: Desk, who: Citizen, fields: Fields, *, status: int = 200
) -> Response:
    with desk.store.reading() as session:
        sheet = read_own_sheet(session, own_profile(session, who), now=desk.now())
    return show_citizen(
        request, desk, "mine.html", status=status, sheet=sheet, fields=fields, version=NOTICE
    )
