"""What machines ask for: the two static files, and whether the console lives and is ready."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Response
from fastapi.responses import PlainTextResponse

from pusher.store import WrongSchema
from pusher.web.desk import DeskHere
from pusher.web.gate import BEARERS
from pusher.web.sayings import STATIC, static_file

router = APIRouter()
Anybody = Annotated[None, Depends(BEARERS)]


@router.get("/static/{name}")
def static(name: str, _: Anybody) -> Response:
    """A static file; its address changes with its content, so it may be kept for a year."""
    if name not in STATIC:
        raise HTTPException(404)
    keep = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(static_file(name), media_type=STATIC[name], headers=keep)


@router.get("/healthz")
def healthz(_: Anybody) -> Response:
    """Alive."""
    return PlainTextResponse("ok")


@router.get("/readyz")
def readyz(desk: DeskHere, _: Anybody) -> Response:
    """Ready: the database answers and is of this program's version."""
    try:
        desk.store.check_schema()
    except WrongSchema:
        return PlainTextResponse("database of another version", 503)
    return PlainTextResponse("ready")
