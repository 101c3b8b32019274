"""Who sits at this browser: the session cookie, and the token that ties a form to it."""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from pusher import staff as accounts
from pusher.model.staff import Role
from pusher.web.cookies import Cookie, read
from pusher.web.desk import Desk, DeskHere

_TOUCH_AFTER = timedelta(minutes=1)
_LOOKING_MAY_SEE = frozenset({Role.CLERK, Role.REVIEWER})


class NotSignedIn(Exception):
    """This page is for staff; the browser is sent to sign in."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The member of staff behind a request."""

    id: UUID
    number: str
    name: str
    role: Role
    office_id: UUID
    token: str = field(repr=False)
    """Of the session, in clear; ties the forms."""
    streets: frozenset[str] | None = None
    """Codes of the only streets they may see; None: all of the office."""

    @property
    def may_unmask(self) -> bool:
        """Whether whole names and numbers may be asked for, with a reason."""
        return self.role in _LOOKING_MAY_SEE


def signed_in(request: Request, desk: DeskHere) -> SignedIn:
    """Who is signed in; notes once a minute that they are at work.

    Raises:
        NotSignedIn: no session, or it ended.
    """
    token = read(request, Cookie.SESSION)
    now = desk.now()
    with desk.store.reading() as session:
        staff = accounts.read_session(session, token, now=now) if token else None
        seen = accounts.last_seen(session, token) if staff else None
        walks = staff is not None and staff.role is Role.COMMUNITY
        streets = accounts.streets_of(session, staff) if staff and walks else None
    if staff is None:
        raise NotSignedIn
    if seen is not None and now - seen > _TOUCH_AFTER:
        with desk.store.writing() as session:
            accounts.touch(session, token, now=now)
    return SignedIn(staff.id, staff.number, staff.name, staff.role, staff.office_id, token, streets)


Who = Annotated[SignedIn, Depends(signed_in)]


def new_visitor() -> str:
    """A fresh random word, 128 bits."""
    return secrets.token_urlsafe(16)


def form_token(desk: Desk, tied_to: str) -> str:
    """The hidden field of every form: proves that the page came from us, for this browser."""
    return hmac.digest(desk.sealer.signing_key("forms"), tied_to.encode(), "sha256").hex()


def is_form_token(desk: Desk, given: str, tied_to: str) -> bool:
    """Whether *given* is the token of the browser that *tied_to* names."""
    expected = form_token(desk, tied_to)
    return bool(tied_to) and hmac.compare_digest(given.encode(), expected.encode())
