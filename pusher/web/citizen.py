"""A citizen at a public page: the page in its frame, its form, and who read a code back."""

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse
from sqlmodel import Session, select

from profiles.model import Office, Profile
from pusher.listening.own_page import keep_open, last_seen, whose_page
from pusher.model.errors import NotFound
from pusher.web.cookies import Cookie, drop, hand, read
from pusher.web.desk import Desk, DeskHere, desk_of
from pusher.web.gate import VISITORS
from pusher.web.layout import frame, said_of
from pusher.web.place import place_of
from pusher.web.session import form_token, new_visitor

_TOUCH_AFTER = timedelta(minutes=1)
SIGN_IN = "/p/sign-in"

Visitor = Annotated[None, Depends(VISITORS)]


class NotHere(Exception):
    """This page is one's own; the browser is sent to read a code back first."""


@dataclass(frozen=True, slots=True)
class Citizen:
    """Who read a code back at this browser."""

    id: UUID
    token: str = field(repr=False)


def citizen_here(request: Request, desk: DeskHere, _: Visitor) -> Citizen:
    """Whose page this is; notes once a minute that it is in use.

    Raises:
        NotHere: no session, or it is over.
    """
    token = read(request, Cookie.CITIZEN)
    now = desk.now()
    with desk.store.reading() as session:
        profile = whose_page(session, token, now=now) if token else None
        seen = last_seen(session, token) if profile else None
    if profile is None:
        raise NotHere
    if seen is not None and now - seen > _TOUCH_AFTER:
        with desk.store.writing() as session:
            keep_open(session, token, now=now)
    return Citizen(profile.id, token)


CitizenHere = Annotated[Citizen, Depends(citizen_here)]


def is_public(request: Request) -> bool:
    """Whether a page for citizens was asked for."""
    return request.url.path.startswith("/p/")


def show_citizen(
    request: Request, desk: Desk, page: str, *, status: int = 200, **shown: Any
) -> HTMLResponse:
    """Show a public page with a form, which is tied to a random word of this browser."""
    before = read(request, Cookie.VISITOR)
    visitor = before or new_visitor()
    said = said_of(request, desk)
    with desk.store.reading() as session:
        office = office_here(session)
    body = desk.pages.get_template(f"public/{page}").render(
        frame(desk), office=office, token=form_token(desk, visitor), said=said, **shown
    )
    response = HTMLResponse(body, status)
    if not before:
        hand(response, Cookie.VISITOR, visitor, desk)
    if said:
        drop(response, Cookie.SAID, desk)
    return response


def show_public_sorry(request: Request, status: int, heading: str, text: str) -> Response:
    """Tell a citizen why something was not done, and whom to call."""
    return show_citizen(
        request, desk_of(request), "sorry.html", status=status, heading=heading, text=text
    )


def office_here(session: Session) -> Office:
    """The one office of this installation.

    Raises:
        NotFound: there is none yet.
    """
    office = session.exec(select(Office)).first()
    if office is None:
        raise NotFound("本单位尚未开通")
    return office


def own_profile(session: Session, who: Citizen) -> Profile:
    """The profile of who sits here."""
    return session.get_one(Profile, who.id)


def browser_index(request: Request, desk: Desk) -> str:
    """The blind index of this browser's random word; a code is bound to it."""
    return desk.sealer.index(read(request, Cookie.VISITOR), purpose="public.browser")


def place_index(request: Request, desk: Desk) -> str:
    """The blind index of the network a request comes from: /24, or /64 of IPv6."""
    return desk.sealer.index(_network(place_of(request, desk.settings)), purpose="public.place")


def _network(place: str) -> str:
    try:
        bits = 24 if ip_address(place).version == 4 else 64
    except ValueError:
        return place
    return str(ip_network(f"{place}/{bits}", strict=False))
