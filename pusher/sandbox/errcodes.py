"""How WeChat and WeCom refuse: HTTP 200 and an errcode that is not 0."""

from __future__ import annotations

import json

from fastapi.responses import JSONResponse


class Refused(Exception):
    """An errcode that is not 0."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errcode)
        self.errcode = errcode
        self.errmsg = errmsg


def json_object(body: bytes) -> dict[str, object]:
    """Read *body*, whatever Content-Type says: common clients send none."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise Refused(47001, "data format error")
    return asked


def told(errcode: int, errmsg: str, **more: object) -> JSONResponse:
    """Answer with an errcode."""
    return JSONResponse({"errcode": errcode, "errmsg": errmsg, **more})
