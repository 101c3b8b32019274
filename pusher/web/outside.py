"""Around every request: sizes are capped before it is read, and every answer is armoured."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from pusher.log import places_of
from pusher.web.raw_body import INTAKE

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_FORM = 1024 * 1024
DOCUMENTS = frozenset({"/policies", "/imports", "/api/v1/policies", "/api/v1/roster"})
"""Where a whole document may come in."""
LARGEST_DOCUMENT = 30 * 1024 * 1024
POSTINGS = "/visits/postings"
LARGEST_PHOTO_FORM = 12 * 1024 * 1024
"""A photograph from a telephone and its form; `reading.photo` has its own cap."""
LARGEST_FOLDER = 120 * 1024 * 1024
"""A folder of policies in one form, without scripts; it lies in memory while it comes in."""
"""An upload of a policy or a register; the rooms have their own caps on what is inside."""

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
POLICY_WITH_SCRIPT = f"{POLICY}; script-src 'self'; connect-src 'self'"
"""For a page with a script of ours, a file and never a line in the page; it works without."""
ARMOUR = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Armour:
    """Puts the security headers on every answer; what sets no Cache-Control is not stored."""

    def __init__(self, app: App, *, https: bool) -> None:
        self._app = app
        self._headers = dict(ARMOUR)
        if https:
            self._headers["strict-transport-security"] = "max-age=31536000"

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Wrap the answer's head."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)

        def armoured(message: MutableMapping[str, Any]) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**self._headers, "cache-control": "no-store"}.items():
                    headers.setdefault(name, value)
            return send(message)

        return self._app(scope, receive, armoured)


class SizeCap:
    """Refuses a body by its announced length; only vendors may send without announcing one."""

    def __init__(self, app: App) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Let pass, or answer 411 or 413."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        headers = Headers(scope=scope)
        path = str(scope["path"])
        length = headers.get("content-length", "0")
        refusal: PlainTextResponse | None = None
        if "transfer-encoding" in headers and not path.startswith("/callbacks/"):
            refusal = PlainTextResponse("请求须写明长度", 411)
        elif not (length.isascii() and length.isdigit()) or int(length[:12]) > _largest(path):
            refusal = PlainTextResponse("提交的内容过大", 413)
        return refusal(scope, receive, send) if refusal else self._app(scope, receive, send)


def _largest(path: str) -> int:
    if path == INTAKE:
        return LARGEST_FOLDER
    if path.startswith(POSTINGS):
        return LARGEST_PHOTO_FORM
    return LARGEST_DOCUMENT if path in DOCUMENTS else LARGEST_FORM


def hush_traces() -> None:
    """Keep the server from logging traces of its own: their texts may quote a person."""
    logging.getLogger("uvicorn.error").addFilter(_without_trace)


def _without_trace(record: logging.LogRecord) -> bool:
    record.exc_info, record.exc_text = None, None
    return True


def note_failure(error: BaseException, failure_id: str) -> None:
    """Log an unforeseen error: its class and where, never its text, which may quote a person."""
    logging.getLogger("pusher.web").error(
        "%s %s at %s", failure_id, type(error).__name__, " < ".join(places_of(error))
    )
