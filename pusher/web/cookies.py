"""Our four cookies. All are for the server alone and, over TLS, for this very host."""

from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from fastapi import Request, Response

from pusher.settings import Settings
from pusher.web.desk import Desk, desk_of


class Cookie(StrEnum):
    """What we leave in a browser."""

    SESSION = "pusher_session"
    """Who is signed in."""
    VISITOR = "pusher_visitor"
    """The random word that forms before the sign-in are tied to."""
    CITIZEN = "pusher_citizen"
    """Who read a code back on the public pages."""
    SAID = "pusher_said"
    """The line that the last act left for the next page."""

    def name_under(self, settings: Settings) -> str:
        """Its name in the browser; ``__Host-`` needs TLS.

        Source: RFC 6265bis, 4.1.3.2: no other host, and no page without TLS, can set it.
        """
        return f"__Host-{self.value}" if is_https(settings) else self.value


def is_https(settings: Settings) -> bool:
    """Whether we are reached over TLS, so that cookies may be kept to it."""
    return urlsplit(settings.public_url).scheme == "https"


def read(request: Request, cookie: Cookie) -> str:
    """What the browser sent of it; empty if nothing."""
    return request.cookies.get(cookie.name_under(desk_of(request).settings), "")


def hand(
    response: Response, cookie: Cookie, value: str, desk: Desk, *, lasts: timedelta | None = None
) -> None:
    """Give it to the browser, until it is closed or for as long as it *lasts*."""
    response.set_cookie(
        cookie.name_under(desk.settings),
        value,
        max_age=int(lasts.total_seconds()) if lasts else None,
        path="/",
        secure=is_https(desk.settings),
        httponly=True,
        samesite="lax",
    )


def drop(response: Response, cookie: Cookie, desk: Desk) -> None:
    """Take it away from the browser."""
    response.delete_cookie(
        cookie.name_under(desk.settings),
        path="/",
        secure=is_https(desk.settings),
        httponly=True,
        samesite="lax",
    )
