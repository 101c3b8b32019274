"""What goes wrong is told to a program in one shape, and never with anybody's data."""

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request

from pusher.model.errors import NotFound, Unwilling

PREFIX = "/api/"
_OF_HTTP = {404: "not_found", 405: "method", 411: "length", 413: "too_large"}


class Told(Exception):
    """Refused, with what to say.

    Attributes:
        where: the field, row or header it is about.
    """

    def __init__(self, status: int, code: str, message: str, where: str | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.where = status, code, message, where


def is_api(request: Request) -> bool:
    """Whether a program asks, and not a browser."""
    return request.url.path.startswith(PREFIX)


def tell(error: Exception) -> JSONResponse:
    """The answer to a program for what went wrong."""
    if isinstance(error, Told):
        return _answer(error.status, error.code, error.message, error.where)
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or None
        if first["loc"][0] == "path":
            return _answer(404, "not_found", "没有这个编号", where)
        return _answer(422, "invalid", "这一项的值不合规定，请对照 /api/openapi.json", where)
    if isinstance(error, NotFound):
        return _answer(404, "not_found", str(error), None)
    if isinstance(error, Unwilling):
        return _answer(409, error.code, str(error), None)
    if isinstance(error, HTTPException):
        code = _OF_HTTP.get(error.status_code, "refused")
        return _answer(error.status_code, code, "没有这个地址，或不接受这种请求", None)
    return _answer(500, "internal", "程序内部错误，未保存任何更改", None)


def _answer(status: int, code: str, message: str, where: str | None) -> JSONResponse:
    body = {"error": {"code": code, "message": message, "where": where}}
    challenge = {"www-authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers=challenge)
