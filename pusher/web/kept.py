"""What was typed is not lost: a form that was refused for who sent it comes back to be sent again.

Its session had ended, it was of the session before, or it needs a fresh proof of who sits there.

Only to whoever surely sent it from one of our own pages; another site's form is never offered for
a second try. Files are not kept, and pages before the sign-in (passwords) are not either.
"""

from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from pusher.web.cookies import Cookie, read
from pusher.web.desk import desk_of
from pusher.web.gate import SAFE, OldPage
from pusher.web.layout import show_stale, show_without_rail
from pusher.web.proof import FIELD, NotProved
from pusher.web.raw_body import Typed, with_form
from pusher.web.sayings import say_wait
from pusher.web.session import NotSignedIn, form_token
from pusher.web.sign_in import address_to_sign_in

_SHOWN = 80
"""So many characters of each field are shown, so that the clerk knows what will be sent."""


def keep_forms(app: FastAPI) -> None:
    """Answer forms that come too late with what they held."""
    app.add_exception_handler(NotSignedIn, with_form(_is_ours, _ended))
    app.add_exception_handler(OldPage, with_form(_is_ours, _from_before))
    # its token was the right one already
    app.add_exception_handler(NotProved, with_form(lambda _: True, _ask_for_proof))


def _ended(request: Request, typed: Typed | None, _: Exception) -> Response:
    if typed is None:
        path = request.url.path if request.method in SAFE else "/"
        return RedirectResponse(address_to_sign_in(path), 303)
    return _show(request, typed, token="")


def _from_before(request: Request, typed: Typed | None, _: Exception) -> Response:
    if typed is None:
        return show_stale(request)
    return _show(request, typed, token=_token_here(request))


def _ask_for_proof(request: Request, typed: Typed | None, error: Exception) -> Response:
    if typed is None or not isinstance(error, NotProved):
        return show_stale(request)
    desk = desk_of(request)
    return show_without_rail(
        desk,
        "proof.html",
        status=error.status,
        action=_address(request),
        typed=typed,
        token=_token_here(request),
        field=FIELD,
        doing=error.doing,
        asked=error.proof,
        error=error.error,
        term=say_wait(desk.settings.proof_term),
    )


def _token_here(request: Request) -> str:
    desk = desk_of(request)
    return form_token(desk, read(request, Cookie.SESSION))


def _show(request: Request, typed: Typed, *, token: str) -> Response:
    return show_without_rail(
        desk_of(request),
        "kept.html",
        status=403,
        action=_address(request),
        typed=typed,
        lines=[text[:_SHOWN] for _, text in typed.fields if text.strip()],
        token=token,
    )


def _address(request: Request) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def _is_ours(request: Request) -> bool:
    """Whether the browser says that the form stood on a page of ours, under a session of ours."""
    desk = desk_of(request)
    if request.method in SAFE or not read(request, Cookie.SESSION):
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = urlsplit(request.headers.get("origin", "")).netloc
    ours = {request.headers.get("host", ""), urlsplit(desk.settings.public_url).netloc}
    return site == "same-origin" or (origin != "" and origin in ours)
