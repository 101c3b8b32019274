"""WeChat's desk: tokens, template messages and subscription notices, as the vendor answers."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from pusher.sandbox.book import Template
from pusher.sandbox.carrier import Carrier
from pusher.sandbox.credentials import REFUSED, UNSUBSCRIBED, WECHAT_APPID, WECHAT_SECRET
from pusher.sandbox.errcodes import Refused, json_object, told
from pusher.sandbox.exchange import Exchange, Taken
from pusher.sandbox.faults import BadDays, Faults
from pusher.sandbox.repeats import Repeats
from pusher.sandbox.tokens import LASTS, Tokens

OPENID: Final = re.compile(r"o[A-Za-z0-9_-]{27}")
REPEAT_TERM: Final = timedelta(minutes=10)
"""How long the same client_msg_id to the same openid is sent only once."""

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


class WeChatDesk:
    """Serves ``/cgi-bin/…``."""

    def __init__(self, exchange: Exchange, carrier: Carrier, faults: Faults) -> None:
        self._exchange = exchange
        self._carrier = carrier
        self._faults = faults
        self._tokens = Tokens()
        self._repeats = Repeats(exchange, "wechat", _client_msg_id)
        self._bad_days = BadDays(
            broken=lambda: Response("<html>502 Bad Gateway</html>", 502, media_type="text/html"),
            throttled=lambda: told(45011, "api minute-quota reach limit, must slower"),
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
        self._repeats.forget()

    async def token(self, request: Request) -> Response:
        """Give a token by ``GET /cgi-bin/token``."""
        query = request.query_params
        try:
            _check_account(query.get("grant_type"), query.get("appid"), query.get("secret"))
        except Refused as refused:
            return told(refused.errcode, refused.errmsg)
        token = self._tokens.plain(self._exchange.now())
        return JSONResponse({"access_token": token, "expires_in": int(LASTS.total_seconds())})

    async def stable_token(self, request: Request) -> Response:
        """Give a token by ``POST /cgi-bin/stable_token``."""
        try:
            asked = json_object(await request.body())
            _check_account(asked.get("grant_type"), asked.get("appid"), asked.get("secret"))
        except Refused as refused:
            return told(refused.errcode, refused.errmsg)
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
            return told(40001, "invalid credential, access_token is invalid or not latest")
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
                    raise Refused(40033, "invalid charset, \\uxxxx is not accepted")
                return await take(json_object(body))
            except Refused as refused:
                return told(refused.errcode, refused.errmsg)

        fault = self._faults.strikes("wechat", "send")
        return await self._faults.meet(fault, request, serve, self._bad_days)

    async def _take_template(self, asked: dict[str, object]) -> Response:
        text = self._text(asked)
        key = _client_msg_id(text)
        if key is None:
            await self._exchange.take(text)
            first, new = text, True
        else:
            [first], new = await self._repeats.take(key, [text], term=REPEAT_TERM)
        if new:
            self._carrier.take(first)
        return told(0, "ok", msgid=int(first.gateway_ref))

    async def _take_subscription(self, asked: dict[str, object]) -> Response:
        text = self._text(asked)
        text.pushed = True
        await self._exchange.take(text)
        at = self._exchange.now()
        await self._exchange.report(text, delivered=True, code="success", at=at)
        return told(0, "ok")

    def _text(self, asked: dict[str, object]) -> Taken:
        to = self._recipient(asked.get("touser"))
        template = self._exchange.book.find("wechat", str(asked.get("template_id")))
        if template is None:
            raise Refused(40037, "invalid template_id")
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
            raise Refused(40003, "invalid openid")
        if openid == UNSUBSCRIBED or openid in self._exchange.left:
            raise Refused(43004, "require subscribe")
        if openid == REFUSED:
            raise Refused(43101, "user refuse to accept the msg")
        return openid

    def _check_token(self, token: str | None) -> None:
        if not token:
            raise Refused(41001, "access_token missing")
        if not self._tokens.is_good(token, self._exchange.now()):
            raise Refused(40001, "invalid credential, access_token is invalid or not latest")

    def _expire(self) -> Response:
        self._tokens.revoke()
        return told(42001, "access_token expired")


def _client_msg_id(text: Taken) -> str | None:
    return f"{text.to} {text.reference}" if text.reference else None


def _check_account(grant_type: object, appid: object, secret: object) -> None:
    if grant_type != "client_credential":
        raise Refused(40002, "invalid grant_type")
    if appid != WECHAT_APPID:
        raise Refused(40013, "invalid appid")
    if not isinstance(secret, str) or not secrets.compare_digest(
        secret.encode(), WECHAT_SECRET.encode()
    ):
        raise Refused(40125, "invalid appsecret")


def _field_values(template: Template, given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        raise Refused(47003, "argument invalid! data empty")
    values = {}
    for name in template.variables:
        field = given.get(name)
        value = field.get("value") if isinstance(field, dict) else None
        if not isinstance(value, str) or not value:
            raise Refused(47003, f"argument invalid! data.{name}.value is empty")
        if len(value) > _LONGEST.get(name.rstrip("0123456789"), 20):
            raise Refused(47003, f"argument invalid! data.{name}.value is too long")
        values[name] = value
    if extra := set(given) - set(values):
        raise Refused(47003, f"argument invalid! data.{min(extra)} is not in the template")
    return values
