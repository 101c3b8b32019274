"""What the vendors tell us: the way in is checked, the body is stored, then they are answered.

Nothing is understood here beyond what the check needs; the clockwork folds the inbox later.
"""

import hmac
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from profiles.sealing import Sealer
from pusher.gateways.base import Callback, Forged, Gateway, Unreadable
from pusher.listening.inbox import take_in
from pusher.web.desk import Desk, DeskHere
from pusher.web.gate import BEARERS
from pusher.web.raw_body import RawBody

router = APIRouter(prefix="/callbacks")
UNSIGNED: Final = ("aliyun", "tencent", "yunmas")
"""Gateways whose vendors sign nothing: a secret in the address stands for it."""
Anybody = Annotated[None, Depends(BEARERS)]


def callback_addresses(base: str, sealer: Sealer) -> dict[str, str | dict[str, str]]:
    """Where the vendors shall send receipts and replies; entered with them, never logged.

    Args:
        base: scheme and host of the console.
        sealer: of the office.
    """
    root = f"{base.rstrip('/')}/callbacks"
    addresses: dict[str, str | dict[str, str]] = {
        name: f"{root}/{name}" for name in ("wechat", "wecom")
    }
    for name in UNSIGNED:
        key = callback_key(sealer, name)
        addresses[name] = {
            kind: f"{root}/{name}/{kind}?key={key}" for kind in ("receipts", "replies")
        }
    return addresses


def callback_key(sealer: Sealer, gateway: str) -> str:
    """The secret in the address of an unsigned gateway: 64 hex digits, of the office's key."""
    return hmac.digest(sealer.signing_key("callbacks"), gateway.encode(), "sha256").hex()


@router.post("/wechat")
def wechat(request: Request, desk: DeskHere, body: RawBody, _: Anybody) -> Response:
    """An event or a text of the official account, signed in the query."""
    return _take(request, desk, "wechat", body)


@router.get("/wechat")
def wechat_check(request: Request, desk: DeskHere, _: Anybody) -> Response:
    """The vendor checks the address; it is echoed, nothing is stored."""
    return _check_address(request, desk, "wechat")


@router.post("/wecom")
def wecom(request: Request, desk: DeskHere, body: RawBody, _: Anybody) -> Response:
    """A text or an event of the WeCom application, signed in the query and encrypted."""
    return _take(request, desk, "wecom", body)


@router.get("/wecom")
def wecom_check(request: Request, desk: DeskHere, _: Anybody) -> Response:
    """The vendor checks the address; the word inside is its answer, nothing is stored."""
    return _check_address(request, desk, "wecom")


@router.post("/{name}/receipts")
def receipts(name: str, request: Request, desk: DeskHere, body: RawBody, _: Anybody) -> Response:
    """Receipts of a gateway that does not sign."""
    _check_key(request, desk, name)
    return _take(request, desk, name, body)


@router.post("/{name}/replies")
def replies(name: str, request: Request, desk: DeskHere, body: RawBody, _: Anybody) -> Response:
    """Replies of a gateway that does not sign."""
    _check_key(request, desk, name)
    return _take(request, desk, name, body)


def _take(request: Request, desk: Desk, name: str, body: bytes) -> Response:
    query = {key: value for key, value in request.query_params.items() if key != "key"}
    headers = dict(request.headers)
    read = _read(desk, _gateway(desk, name), body, query, headers)
    try:
        take_in(
            *(desk.store, name, body),
            query=query,
            headers=headers,
            mark=read.mark,
            now=desk.now(),
        )
    except Forged:
        raise HTTPException(403) from None
    return _answer(read)


def _check_address(request: Request, desk: Desk, name: str) -> Response:
    return _answer(_read(desk, _gateway(desk, name), b"", dict(request.query_params), {}))


def _gateway(desk: Desk, name: str) -> Gateway:
    gateway = desk.gateways.get(name)
    if gateway is None:
        raise HTTPException(404)
    return gateway


def _check_key(request: Request, desk: Desk, name: str) -> None:
    given = request.query_params.get("key", "")
    if not hmac.compare_digest(given.encode(), callback_key(desk.sealer, name).encode()):
        raise HTTPException(404)


def _read(
    desk: Desk, gateway: Gateway, body: bytes, query: Mapping[str, str], headers: Mapping[str, str]
) -> Callback:
    # vendors sign by the hour of the world, not by an office clock that runs ahead of it
    came_at = desk.now() - desk.settings.clock_ahead
    try:
        return gateway.read_callback(body, query, headers, came_at=came_at)
    except Forged:
        raise HTTPException(403) from None
    except Unreadable:
        raise HTTPException(400) from None


def _answer(read: Callback) -> Response:
    return Response(read.answer, media_type=read.content_type)
