"""What browsers ask for besides pages: the static files."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Response

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
