"""Showing: a page in its frame, with the office clock, and the one line left by the last act."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import BadSignature, URLSafeSerializer
from sqlmodel import Session, select

from profiles.model import Office
from pusher import hold
from pusher.model.staff import Role
from pusher.web.cookies import Cookie, drop, hand, read
from pusher.web.desk import Desk, desk_of
from pusher.web.sayings import say_clock
from pusher.web.session import (
    SignedIn,
    form_token,
    new_visitor,
)

_WORKING = frozenset({Role.VIEWER, Role.CLERK, Role.REVIEWER})
_WALKING = _WORKING | {Role.COMMUNITY}
_SUPERVISING = _WORKING | {Role.ADMIN}
_LAST_WORD = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation.

    Attributes:
        icon: a drawing of ``templates/console/_icons.html``.
        part: under which heading it stands: the way of a policy, then what lies beside it.
    """

    address: str
    name: str
    roles: frozenset[Role]
    icon: str
    part: str


PLACES = (
    Place("/", "工作台", frozenset(Role) - {Role.COMMUNITY}, "desk", ""),
    Place("/policies", "政策", _WORKING, "policy", "读懂"),
    Place("/interpretations", "解读", _WORKING, "interpretation", "读懂"),
    Place("/batches", "批次", _WORKING, "batch", "告知"),
    Place("/visits", "入户送达", _WALKING, "visit", "告知"),
    Place("/notices/unsure", "存疑通知", _WORKING, "unsure", "告知"),
    Place("/questions", "问答", _WORKING, "question", "回音"),
    Place("/replies", "回复", _WORKING, "reply", "回音"),
    Place("/topics", "热点", _WORKING, "topic", "回音"),
    Place("/requests", "本人要求", _WORKING, "rights", "回音"),
    Place("/duties", "督办", _SUPERVISING, "duty", "问效"),
    Place("/effects", "成效", _WORKING, "effect", "问效"),
    Place("/profiles", "档案", _WORKING, "profile", "名册"),
    Place("/imports", "导入", _WORKING, "import", "名册"),
    Place("/contacts", "待核实号码", _WORKING, "phone", "名册"),
    Place("/phrases", "读法", _WORKING, "phrase", "管理"),
    Place("/staff", "账号", frozenset({Role.ADMIN}), "staff", "管理"),
    Place("/settings", "设置", frozenset(Role), "settings", "管理"),
    Place("/audit", "操作记录", frozenset({Role.AUDITOR}), "audit", "管理"),
)


def show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    page: str,
    *,
    status: int = 200,
    **shown: Any,
) -> HTMLResponse:
    """Show a page of the console.

    Args:
        page: file under ``templates/console/``.
        status: 422 where a form comes back with errors, 409 where somebody was faster.
        shown: what the page speaks of.
    """
    said = said_of(request, desk)
    with desk.store.reading() as session:
        holds = hold.standing(session)
        office = office_name(session)
    body = desk.pages.get_template(f"console/{page}").render(
        frame(desk),
        office_name=office,
        who=who,
        token=form_token(desk, who.token),
        navigation=_navigation(who.role),
        here=_here(request),
        said=said,
        holds=holds,
        hold_name=hold.NAMES,
        **shown,
    )
    response = HTMLResponse(body, status)
    if said:
        drop(response, Cookie.SAID, desk)
    return response


def show_outside(
    request: Request, desk: Desk, page: str, *, status: int = 200, **shown: Any
) -> HTMLResponse:
    """Show a page before the sign-in; its form is tied to a random word of this browser."""
    before = read(request, Cookie.VISITOR)
    visitor = before or new_visitor()
    response = show_without_rail(
        desk, page, status=status, token=form_token(desk, visitor), **shown
    )
    if not before:
        hand(response, Cookie.VISITOR, visitor, desk)
    return response


def show_without_rail(desk: Desk, page: str, *, status: int, **shown: Any) -> HTMLResponse:
    """Show a page of the console to whoever sits there, signed in or not."""
    with desk.store.reading() as session:
        office = office_name(session)
    body = desk.pages.get_template(f"console/{page}").render(
        frame(desk), office_name=office, **shown
    )
    return HTMLResponse(body, status)


def show_public(desk: Desk, page: str, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """Show a page to citizens; no cookie is set."""
    body = desk.pages.get_template(f"public/{page}").render(frame(desk), **shown)
    return HTMLResponse(body, status)


def show_no_link(desk: Desk) -> HTMLResponse:
    """Tell a citizen that a link leads nowhere, and whom to call."""
    with desk.store.reading() as session:
        office = session.exec(select(Office)).first()
    return show_public(desk, "no_link.html", status=404, office=office)


def show_sorry(request: Request, status: int, heading: str, text: str) -> HTMLResponse:
    """Say why something was not done, on a page without the rail: nobody may be signed in."""
    return show_without_rail(
        desk_of(request), "sorry.html", status=status, heading=heading, text=text
    )


def show_stale(request: Request) -> HTMLResponse:
    """Refuse a form that is not surely from a page of ours."""
    text = "页面已过期，或不是从本系统打开的。请返回上一页，刷新后再提交。"
    return show_sorry(request, 403, "没有提交成功", text)


def go(address: str, *, desk: Desk, said: str = "") -> RedirectResponse:
    """Send the browser on after an act; *said* stands once on the next page."""
    response = RedirectResponse(address, 303)
    if said:
        hand(response, Cookie.SAID, _signer(desk).dumps(said), desk, lasts=_LAST_WORD)
    return response


def frame(desk: Desk) -> dict[str, Any]:
    """What every page carries: the clock, and which guards are off for a rehearsal."""
    now = desk.now()
    return {
        "clock": say_clock(now),
        "now": now,
        "clock_is_ahead": desk.settings.clock_ahead > timedelta(),
        "quiet_hours_off": not desk.settings.quiet_hours,
        "second_factor_off": not desk.settings.second_factor,
    }


def office_name(session: Session) -> str:
    """Whose console it is; empty before ``pusher init``."""
    return session.exec(select(Office.name)).first() or ""


def _navigation(role: Role) -> dict[str, list[Place]]:
    """The places open to *role*, by heading, in the order of `PLACES`."""
    found: dict[str, list[Place]] = {}
    for place in PLACES:
        if role in place.roles:
            found.setdefault(place.part, []).append(place)
    return found


def said_of(request: Request, desk: Desk) -> str:
    """The line that the last act left for this page; empty if none."""
    try:
        said = _signer(desk).loads(read(request, Cookie.SAID))
    except BadSignature:
        return ""
    return said if isinstance(said, str) else ""


def _signer(desk: Desk) -> URLSafeSerializer:
    return URLSafeSerializer(desk.sealer.signing_key("said"), salt="said")


def _here(request: Request) -> str:
    """The entry of the navigation this page lies under."""
    path = request.url.path
    inside = [p.address for p in PLACES if path == p.address or path.startswith(p.address + "/")]
    return max(inside, key=len, default="/") if path != "/" else "/"
