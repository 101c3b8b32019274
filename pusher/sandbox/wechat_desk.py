"""WeChat's desk: tokens, template messages and subscription notices, as the vendor answers."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from pusher.sandbox.book import Template
from pusher.sandbox.carrier import Carrier
from pusher.sandbox.credentials import REFUSED, UNSUBSCRIBED, WECHAT_APPID, WECHAT_SECRET
from pusher.sandbox.exchange import Exchange, Taken
from pusher.sandbox.faults import BadDays, Faults

OPENID: Final = re.compile(r"o[A-Za-z0-9_-]{27}")
REPEAT_TERM: Final = timedelta(minutes=10)
"""How long the same client_msg_id to the same openid is sent only once."""

_LASTS = timedelta(hours=2)
_OVERLAP = timedelta(minutes=5)  # old and new token are both good
_LONGEST = {
    "thing": 20,
    "character_string": 32,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "phrase": 5,
    "name": 10,
    "phone_number": 17,
    "car_number": 8,
    "time": 40,
    "date": 40,
    "amount": 20,
    "const": 20,
}
_ESCAPED = re.compile(rb"\\u[0-9a-fA-F]{4}")


class _Refused(Exception):
    """An errcode that is not 0."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errcode)
        self.errcode = errcode
        self.errmsg = errmsg


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a client_msg_id was first used for; *stored* is None if it was on disk at the start."""

    text: Taken
    stored: asyncio.Future[None] | None = None


class Tokens:
    """Access tokens: the plain kind replaces itself at each call, the stable kind repeats."""

    def __init__(self) -> None:
        self._good: dict[str, datetime] = {}
        self._stable = ""
        self._forced_at: datetime | None = None

    def plain(self, now: datetime) -> str:
        """Give a new token; older ones live five minutes more."""
        for token, until in self._good.items():
            if token != self._stable:
                self._good[token] = min(until, now + _OVERLAP)
        return self._new(now)

    def stable(self, now: datetime, *, force: bool) -> tuple[str, int]:
        """Give the stable token and its remaining seconds; a new one near its end, or by force.

        Force works once in 30 seconds.
        """
        ends = self._good.get(self._stable)
        forced = force and (
            self._forced_at is None or now - self._forced_at >= timedelta(seconds=30)
        )
        if forced:
            self._forced_at = now
        if ends is None or ends - now <= _OVERLAP or forced:
            if ends is not None:
                self._good[self._stable] = min(ends, now + _OVERLAP)
            self._stable = self._new(now)
            ends = self._good[self._stable]
        return self._stable, int((ends - now).total_seconds())

    def is_good(self, token: str, now: datetime) -> bool:
        """Whether *token* was given and has not ended."""
        until = self._good.get(token)
        return until is not None and now < until

    def revoke(self) -> None:
        """End all tokens."""
        self._good.clear()

    def _new(self, now: datetime) -> str:
        token = secrets.token_urlsafe(48)
        self._good[token] = now + _LASTS
        return token


class WeChatDesk:
    """Serves ``/cgi-bin/…``."""

    def __init__(self, exchange: Exchange, carrier: Carrier, faults: Faults) -> None:
        self._exchange = exchange
        self._carrier = carrier
        self._faults = faults
        self._tokens = Tokens()
        self._repeats: dict[tuple[str, str], _Seen] = {
            (text.to, text.reference): _Seen(text)
            for text in exchange.taken
            if text.provider == "wechat" and text.reference
        }
        self._bad_days = BadDays(
            broken=lambda: Response("<html>502 Bad Gateway</html>", 502, media_type="text/html"),
            throttled=lambda: _told(45011, "api minute-quota reach limit, must slower"),
            auth_expired=self._expire,
        )

    def router(self) -> APIRouter:
        """Return the vendor's addresses."""
        router = APIRouter(prefix="/cgi-bin")
        router.add_api_route("/token", self.token, methods=["GET"])
        router.add_api_route("/stable_token", self.stable_token, methods=["POST"])
        router.add_api_route("/message/template/send", self.template_send, methods=["POST"])
        router.add_api_route("/message/subscribe/bizsend", self.bizsend, methods=["POST"])
        listing = "/template/get_all_private_template"
        router.add_api_route(listing, self.all_templates, methods=["GET"])
        return router

    def forget(self) -> None:
        """Forget which client_msg_ids were seen; tokens stay good."""
        self._repeats.clear()

    async def token(self, request: Request) -> Response:
        """Give a token by ``GET /cgi-bin/token``."""
        query = request.query_params
        try:
            _check_account(query.get("grant_type"), query.get("appid"), query.get("secret"))
        except _Refused as refused:
            return _told(refused.errcode, refused.errmsg)
        token = self._tokens.plain(self._exchange.now())
        return JSONResponse({"access_token": token, "expires_in": int(_LASTS.total_seconds())})

    async def stable_token(self, request: Request) -> Response:
        """Give a token by ``POST /cgi-bin/stable_token``."""
        try:
            asked = _json_object(await request.body())
            _check_account(asked.get("grant_type"), asked.get("appid"), asked.get("secret"))
        except _Refused as refused:
            return _told(refused.errcode, refused.errmsg)
        force = asked.get("force_refresh") is True
        token, lasts = self._tokens.stable(self._exchange.now(), force=force)
        return JSONResponse({"access_token": token, "expires_in": lasts})

    async def template_send(self, request: Request) -> Response:
        """Take one template message."""
        return await self._serve(request, self._take_template)

    async def all_templates(self, request: Request) -> Response:
        """List the account's templates."""
        token = request.query_params.get("access_token", "")
        if not self._tokens.is_good(token, self._exchange.now()):
            return _told(40001, "invalid credential, access_token is invalid or not latest")
        rows = [
            {"template_id": one.code, "title": one.text.partition("\n")[0], "content": one.text}
            for one in self._exchange.book.of("wechat")
        ]
        return JSONResponse({"template_list": rows})

    async def bizsend(self, request: Request) -> Response:
        """Take one subscription notice; the answer has no msgid."""
        return await self._serve(request, self._take_subscription)

    async def _serve(
        self, request: Request, take: Callable[[dict[str, object]], Awaitable[Response]]
    ) -> Response:
        body = await request.body()

        async def serve() -> Response:
            try:
                self._check_token(request.query_params.get("access_token"))
                if _ESCAPED.search(body):
                    raise _Refused(40033, "invalid charset, \\uxxxx is not accepted")
                return await take(_json_object(body))
            except _Refused as refused:
                return _told(refused.errcode, refused.errmsg)

        fault = self._faults.strikes("wechat", "send")
        return await self._faults.meet(fault, request, serve, self._bad_days)

    async def _take_template(self, asked: dict[str, object]) -> Response:
        text = self._text(asked)
        if not text.reference:
            await self._exchange.take(text)
            self._carrier.take(text)
            return _told(0, "ok", msgid=int(text.gateway_ref))
        key = (text.to, text.reference)
        seen = self._repeats.get(key)
        if seen is None or text.accepted_at - seen.text.accepted_at >= REPEAT_TERM:
            # Reserved before the disk is waited for: two of the same at once are one as well.
            seen = _Seen(text, asyncio.ensure_future(self._exchange.take(text)))
            self._repeats[key] = seen
            self._carrier.take(text)
        if seen.stored is not None:
            await asyncio.shield(seen.stored)
        return _told(0, "ok", msgid=int(seen.text.gateway_ref))

    async def _take_subscription(self, asked: dict[str, object]) -> Response:
        text = self._text(asked)
        text.pushed = True
        await self._exchange.take(text)
        at = self._exchange.now()
        await self._exchange.report(text, delivered=True, code="success", at=at)
        return _told(0, "ok")

    def _text(self, asked: dict[str, object]) -> Taken:
        to = self._recipient(asked.get("touser"))
        template = self._exchange.book.find("wechat", str(asked.get("template_id")))
        if template is None:
            raise _Refused(40037, "invalid template_id")
        values = _field_values(template, asked.get("data"))
        link = asked.get("url") or asked.get("page") or ""
        return Taken(
            provider="wechat",
            to=to,
            text=template.filled(values),
            template=template.code,
            params=values,
            reference=str(asked.get("client_msg_id") or ""),
            gateway_ref=str(self._exchange.new_number()),
            accepted_at=self._exchange.now(),
            url=str(link),
        )

    def _recipient(self, openid: object) -> str:
        if not isinstance(openid, str) or not OPENID.fullmatch(openid):
            raise _Refused(40003, "invalid openid")
        if openid == UNSUBSCRIBED or openid in self._exchange.left:
            raise _Refused(43004, "require subscribe")
        if openid == REFUSED:
            raise _Refused(43101, "user refuse to accept the msg")
        return openid

    def _check_token(self, token: str | None) -> None:
        if not token:
            raise _Refused(41001, "access_token missing")
        if not self._tokens.is_good(token, self._exchange.now()):
            raise _Refused(40001, "invalid credential, access_token is invalid or not latest")

    def _expire(self) -> Response:
        self._tokens.revoke()
        return _told(42001, "access_token expired")


def _check_account(grant_type: object, appid: object, secret: object) -> None:
    if grant_type != "client_credential":
        raise _Refused(40002, "invalid grant_type")
    if appid != WECHAT_APPID:
        raise _Refused(40013, "invalid appid")
    if not isinstance(secret, str) or not secrets.compare_digest(
        secret.encode(), WECHAT_SECRET.encode()
    ):
        raise _Refused(40125, "invalid appsecret")


def _field_values(template: Template, given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        raise _Refused(47003, "argument invalid! data empty")
    values = {}
    for name in template.variables:
        field = given.get(name)
        value = field.get("value") if isinstance(field, dict) else None
        if not isinstance(value, str) or not value:
            raise _Refused(47003, f"argument invalid! data.{name}.value is empty")
        if len(value) > _LONGEST.get(name.rstrip("0123456789"), 20):
            raise _Refused(47003, f"argument invalid! data.{name}.value is too long")
        values[name] = value
    if extra := set(given) - set(values):
        raise _Refused(47003, f"argument invalid! data.{min(extra)} is not in the template")
    return values


def _json_object(body: bytes) -> dict[str, object]:
    """Read *body*, whatever Content-Type says: common clients send none."""
    try:
        asked = json.loads(body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise _Refused(47001, "data format error")
    return asked


def _told(errcode: int, errmsg: str, **more: object) -> JSONResponse:
    return JSONResponse({"errcode": errcode, "errmsg": errmsg, **more})
