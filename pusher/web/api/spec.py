"""The description that other systems build upon: OpenAPI, of these routes alone."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.openapi.utils import get_openapi

from pusher.web.api import batches, policies, roster
from pusher.web.gate import BEARERS

router = APIRouter()
ROUTERS = (policies.router, roster.router, batches.router)


@router.get("/api/openapi.json")
def openapi(_: Annotated[None, Depends(BEARERS)]) -> dict[str, Any]:
    """What can be asked, in which shape, with a token of one's own."""
    routes = [route for each in ROUTERS for route in each.routes]
    found: dict[str, Any] = get_openapi(title="政策点对点推送", version="1", routes=routes)
    found.setdefault("components", {})["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"}
    }
    found["security"] = [{"token": []}]
    return found
