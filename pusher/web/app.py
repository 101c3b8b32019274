"""The application: every door in one, each behind its gate."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from pusher.gateways.base import Gateway
from pusher.model.errors import NotFound, Unwilling
from pusher.settings import Settings
from pusher.store import Store
from pusher.web import (
    ask,
    callbacks,
    code,
    feedback,
    health,
    join,
    mine,
    plain,
    public,
    public_code,
    sign_in,
)
from pusher.web.api import spec
from pusher.web.api.errors import Told, is_api, tell
from pusher.web.citizen import SIGN_IN, NotHere, is_public, show_public_sorry
from pusher.web.cookies import is_https
from pusher.web.desk import Desk, desk_of, sealer_from
from pusher.web.gate import NotYours, StalePage, check_gates
from pusher.web.kept import keep_forms
from pusher.web.layout import go, show_no_link, show_sorry, show_stale
from pusher.web.outside import ARMOUR, Armour, SizeCap, hush_traces, note_failure
from pusher.web.pages import ROUTERS

if TYPE_CHECKING:
    from pusher.reading.classify import Tagger

_DOORS: Final = (
    sign_in.router,
    code.router,
    *ROUTERS,
    public.router,
    feedback.router,
    join.router,
    public_code.router,
    mine.router,
    ask.router,
    callbacks.router,
    plain.router,
    health.router,
    spec.router,
    *spec.ROUTERS,
)


def create_app(
    store: Store,
    settings: Settings,
    gateways: Mapping[str, Gateway],
    *,
    now: Callable[[], datetime],
    tagger: "Callable[[], Tagger]",
) -> FastAPI:
    """Build the console, the public pages and the callbacks.

    Args:
        store: the office's database.
        settings: the office's settings.
        gateways: by name, for the callbacks and for what is paused.
        now: the office clock.
        tagger: loads the classifier; asked for at the first upload.

    Raises:
        Unguarded: a route without a gate.
    """
    # not include_router: for each application it would analyse every route once more
    routes = [route for router in _DOORS for route in router.routes]
    app = FastAPI(routes=routes, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.desk = Desk(store, settings, gateways, now, tagger, sealer_from(store))
    check_gates(app)
    app.add_middleware(SizeCap)
    app.add_middleware(Armour, https=is_https(settings))
    _explain_failures(app)
    hush_traces()
    return app


def _explain_failures(app: FastAPI) -> None:
    app.add_exception_handler(Told, lambda _, error: tell(error))
    app.add_exception_handler(NotYours, _not_yours)
    app.add_exception_handler(StalePage, _stale)
    app.add_exception_handler(NotHere, lambda request, _: go(SIGN_IN, desk=desk_of(request)))
    keep_forms(app)
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(Unwilling, _unwilling)
    app.add_exception_handler(RequestValidationError, _not_found)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _hung_up)
    app.add_exception_handler(Exception, _last_resort)


def _not_yours(request: Request, error: Exception) -> Response:
    return show_sorry(request, 403, "您的岗位不能做这一步", "如需办理，请联系管理员调整岗位。")


def _stale(request: Request, error: Exception) -> Response:
    if is_public(request):
        return show_public_sorry(request, 403, "没有提交成功", "页面已过期，请重新打开再填。")
    return show_stale(request)


def _not_found(request: Request, error: Exception) -> Response:
    if is_api(request):
        return tell(error)
    if is_public(request):
        return show_no_link(desk_of(request))
    return show_sorry(request, 404, "没有找到这个页面", "可能已经删除，或地址抄写有误。")


def _unwilling(request: Request, error: Exception) -> Response:
    if is_api(request):
        return tell(error)
    if is_public(request):
        return show_public_sorry(request, 409, "这一步没有做成", str(error))
    return show_sorry(request, 409, "这一步没有做成", str(error))


def _http(request: Request, error: Exception) -> Response:
    if is_api(request):
        return tell(error)
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return _not_found(request, error)
    texts = {405: "这个地址不接受这种提交。", 413: "提交的内容过大。", 400: "提交的内容无法识别。"}
    return show_sorry(request, status, "没有提交成功", texts.get(status, "请稍后再试。"))


def _hung_up(request: Request, error: Exception) -> Response:
    return Response(status_code=400)  # nobody reads it


def _last_resort(request: Request, error: Exception) -> Response:
    failure_id = secrets.token_hex(4)
    note_failure(error, failure_id)
    page = desk_of(request).pages.get_template("console/broken.html")
    response: Response = HTMLResponse(page.render(failure_id=failure_id), 500)
    if is_api(request):
        response = tell(error)
    # this answer is made outside of everything, the armour included
    response.headers.update({**ARMOUR, "cache-control": "no-store"})
    return response
