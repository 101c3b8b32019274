"""What the operator's monitors ask: does it live, is it ready, and the figures. Nobody is named.

Three questions, three uses: ``/readyz`` tells a reverse proxy whether to send people here;
``/healthz`` tells whether somebody has to look; ``/metrics`` is read by Prometheus.
"""

import hmac
import ipaddress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from pusher.keeping.figures import count_up
from pusher.keeping.health import Health, look_at_health
from pusher.log import dropped_lines
from pusher.sending.route import resting_until
from pusher.store import WrongSchema
from pusher.web.desk import Desk, DeskHere
from pusher.web.gate import BEARERS
from pusher.web.metrics import CONTENT_TYPE, exposition

router = APIRouter()
Anybody = Annotated[None, Depends(BEARERS)]


@router.get("/healthz")
def healthz(desk: DeskHere, _: Anybody) -> Response:
    """How the office is.

    503 when the database does not answer, or a clockwork that ran has been silent for a minute:
    then nothing is sent and nobody's 退订 is heard. What only needs a look of staff, a hold, a
    paused gateway or a job that fails, is told with 200.
    """
    try:
        with desk.store.reading() as session:
            health = look_at_health(session, now=desk.now())
            ways = _ways(session, desk, health)
    except DBAPIError:
        return JSONResponse({"status": "no_database"}, 503)
    stopped = health.beat_ago is not None and not health.is_beating
    quiet = not health.holds and not health.failing and set(ways.values()) <= {"usable"}
    ago = health.beat_ago
    body: dict[str, Any] = {
        "status": "clockwork_stopped" if stopped else "ok" if quiet else "attention",
        "clockwork": {
            "beating": health.is_beating,
            "seconds_since_beat": None if ago is None else round(ago.total_seconds(), 1),
        },
        "failing": list(health.failing),
        "holds": [cause.value for cause in health.holds],
        "gateways": ways,
    }
    return JSONResponse(body, 503 if stopped else 200)


@router.get("/readyz")
def readyz(desk: DeskHere, _: Anybody) -> Response:
    """Ready: the database answers and is of this program's version."""
    try:
        desk.store.check_schema()
    except WrongSchema:
        return JSONResponse({"status": "wrong_schema"}, 503)
    except DBAPIError:
        return JSONResponse({"status": "no_database"}, 503)
    return JSONResponse({"status": "ready"})


@router.get("/metrics")
def metrics(request: Request, desk: DeskHere, _: Anybody) -> Response:
    """Figures in Prometheus's format, for this machine or whoever has the monitor's word."""
    if not _may_read(request, desk.settings.metrics_token):
        raise HTTPException(403)
    now = desk.now()
    with desk.store.reading() as session:
        health = look_at_health(session, now=now)
        ways = _ways(session, desk, health)
        figures = count_up(session, now=now)
    text = exposition(figures, health, ways, dropped=dropped_lines())
    return Response(text, media_type=CONTENT_TYPE)


def _ways(session: Session, desk: Desk, health: Health) -> dict[str, str]:
    """Gateway → ``usable``, ``paused`` by staff, or ``resting`` after failures."""
    now = desk.now()
    ways = {}
    for name in desk.gateways:
        rest = resting_until(session, name, settings=desk.settings, now=now)
        resting = rest is not None and rest > now
        ways[name] = "paused" if name in health.paused else "resting" if resting else "usable"
    return ways


def _may_read(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer":
        return hmac.compare_digest(given.strip().encode(), token.encode())
    # what a proxy passes on comes from this machine too, but says so
    forwarded = {"x-forwarded-for", "forwarded", "x-real-ip"} & set(request.headers)
    return not forwarded and _is_this_machine(request.client.host if request.client else "")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
