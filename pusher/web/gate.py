"""Who may pass: every route stands behind a gate, and a form must come from our own page."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from pusher.model.staff import Role
from pusher.web.cookies import Cookie, read
from pusher.web.desk import Desk, DeskHere
from pusher.web.proof import FIELD, NEEDED_FOR, check_proof
from pusher.web.raw_body import PublicForm, StaffForm
from pusher.web.session import SignedIn, Who, is_form_token

SAFE = frozenset({"GET", "HEAD"})


class NotYours(Exception):
    """The role does not allow it."""


class StalePage(Exception):
    """A form that is not from our page, or from one of another session."""


class OldPage(StalePage):
    """A form of a page of ours that was opened under another session."""


class Unguarded(Exception):
    """A route was added without a gate; the application does not start."""


class Gate:
    """Lets staff of certain roles pass, and forms only with their token."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    def __call__(self, request: Request, desk: DeskHere, who: Who, form: StaffForm) -> SignedIn:
        """Who passes.

        Raises:
            NotYours: another role.
            StalePage: an unsafe method from another site.
            OldPage: an unsafe method without the token of this session.
            NotProved: it needs a fresh proof of who sits there (`proof.NEEDED_FOR`).
        """
        if who.role not in self.roles:
            raise NotYours
        if request.method not in SAFE:
            refuse_strangers(request, desk)
            if not is_form_token(desk, _text(form.get("token")), who.token):
                raise OldPage
        given = form.get(FIELD)
        check_proof(request, desk, who, given if isinstance(given, str) else None)
        return who


class Visitors:
    """Lets everybody pass; a form before the sign-in must carry this browser's token."""

    roles: frozenset[Role] = frozenset()

    def __call__(self, request: Request, desk: DeskHere, form: PublicForm) -> None:
        """Check a form.

        Raises:
            StalePage: an unsafe method without the token, or from another site.
        """
        if request.method in SAFE:
            return
        refuse_strangers(request, desk)
        if not is_form_token(desk, _text(form.get("token")), read(request, Cookie.VISITOR)):
            raise StalePage


class Bearers:
    """Lets everybody pass; the address itself carries the right, a secret or a signature."""

    roles: frozenset[Role] = frozenset()

    def __call__(self) -> None:
        """Nothing to check here; the handler checks the address."""


class Programs:
    """Lets other systems pass, by a token of their own and its scopes (`web.api.bearer`)."""

    roles: frozenset[Role] = frozenset()


VISITORS = Visitors()
BEARERS = Bearers()

LOOKING = Gate(Role.VIEWER, Role.CLERK, Role.REVIEWER)
WALKING = Gate(Role.VIEWER, Role.CLERK, Role.REVIEWER, Role.COMMUNITY)
SUPERVISING = Gate(Role.VIEWER, Role.CLERK, Role.REVIEWER, Role.ADMIN)
TICKERS = Gate(Role.CLERK, Role.COMMUNITY)
SIGNED_IN = Gate(*Role)
CLERKS = Gate(Role.CLERK)
REVIEWERS = Gate(Role.REVIEWER)
SENDERS = Gate(Role.CLERK, Role.REVIEWER)
ADMINS = Gate(Role.ADMIN)
AUDITORS = Gate(Role.AUDITOR)

Looking = Annotated[SignedIn, Depends(LOOKING)]
Walking = Annotated[SignedIn, Depends(WALKING)]
Supervising = Annotated[SignedIn, Depends(SUPERVISING)]
Ticker = Annotated[SignedIn, Depends(TICKERS)]
Anyone = Annotated[SignedIn, Depends(SIGNED_IN)]
Clerk = Annotated[SignedIn, Depends(CLERKS)]
Reviewer = Annotated[SignedIn, Depends(REVIEWERS)]
Sender = Annotated[SignedIn, Depends(SENDERS)]
Admin = Annotated[SignedIn, Depends(ADMINS)]
Auditor = Annotated[SignedIn, Depends(AUDITORS)]


def refuse_strangers(request: Request, desk: Desk) -> None:
    """Refuse a form that another site sent.

    ``Origin: null`` alone proves nothing: pages with ``Referrer-Policy: no-referrer`` send it
    from themselves, and over plain HTTP no Sec-Fetch-Site says more. Then the token decides.

    Raises:
        StalePage: the browser says that it comes from elsewhere.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise StalePage
    origin = request.headers.get("origin", "null")
    ours = {request.headers.get("host", ""), urlsplit(desk.settings.public_url).netloc}
    if origin != "null" and urlsplit(origin).netloc not in ours:
        raise StalePage


def gate_of(route: APIRoute) -> Gate | Visitors | Bearers | Programs:
    """The gate before a route.

    Raises:
        Unguarded: it has none.
    """
    for dependant in _all(route.dependant):
        if isinstance(dependant.call, Gate | Visitors | Bearers | Programs):
            return dependant.call
    raise Unguarded(route.path)


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every route of the application.

    Raises:
        Unguarded: something else than a route is mounted, which no gate can stand before.
    """
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            raise Unguarded(getattr(route, "path", "?"))
        found.append(route)
    return found


def check_gates(app: FastAPI) -> None:
    """Refuse to start with a route that has no gate, or a proof that no gate would ask for.

    Raises:
        Unguarded: with its path.
    """
    asks = set()
    for route in routes_of(app):
        if isinstance(gate_of(route), Gate):
            asks |= {(method, route.path) for method in route.methods or ()}
    for _, path in NEEDED_FOR.keys() - asks:
        raise Unguarded(path)


def _all(dependant: Dependant) -> list[Dependant]:
    return [dependant, *(d for child in dependant.dependencies for d in _all(child))]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
