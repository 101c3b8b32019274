"""WeCom's desk: gettoken and message/send as the vendor answers them."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from pusher.sandbox.credentials import (
    WECOM_AGENT_ID,
    WECOM_BULK,
    WECOM_CORP_ID,
    WECOM_MEMBERS,
    WECOM_SECRET,
)
from pusher.sandbox.errcodes import Refused, json_object, told
from pusher.sandbox.exchange import Exchange, Taken
from pusher.sandbox.faults import BadDays, Faults
from pusher.sandbox.repeats import Repeats
from pusher.sandbox.tokens import Tokens

MOST_MEMBERS: Final = 1_000
USUAL_TERM: Final = timedelta(minutes=30)
LONGEST_TERM: Final = timedelta(hours=4)
"""How long the same content is sent only once, where the client wishes that."""

_BULK = re.compile(rf"{WECOM_BULK}[0-9]+", re.IGNORECASE)
_KNOWN = {member.lower() for member in WECOM_MEMBERS}
_LONGEST = {"content": 2_048, "title": 128, "description": 512, "url": 2_048}
"""Bytes."""
_KINDS = {
    "text": ("content",),
    "markdown": ("content",),
    "textcard": ("title", "description", "url"),
}


def is_member(name: str) -> bool:
    """Whether the corp knows *name*; large and small letters are the same."""
    return name.lower() in _KNOWN or _BULK.fullmatch(name) is not None


class WeComDesk:
    """Serves ``/cgi-bin/gettoken`` and ``/cgi-bin/message/send``."""

    def __init__(self, exchange: Exchange, faults: Faults) -> None:
        self._exchange = exchange
        self._faults = faults
        self._tokens = Tokens()
        self._repeats = Repeats(exchange, "wecom", lambda text: text.reference or None)
        self._bad_days = BadDays(
            broken=lambda: Response("<html>502 Bad Gateway</html>", 502, media_type="text/html"),
            throttled=lambda: told(45009, "api freq out of limit"),
            auth_expired=self._expire,
        )

    def router(self) -> APIRouter:
        """Return the vendor's addresses."""
        router = APIRouter(prefix="/cgi-bin")
        router.add_api_route("/gettoken", self.token, methods=["GET"])
        router.add_api_route("/agent/get", self.agent, methods=["GET"])
        router.add_api_route("/message/send", self.send, methods=["POST"])
        return router

    def forget(self) -> None:
        """Forget which contents were seen; tokens stay good."""
        self._repeats.forget()

    async def token(self, request: Request) -> Response:
        """Give the application's token; the same one while it lasts."""
        query = request.query_params
        if query.get("corpid") != WECOM_CORP_ID:
            return told(40013, "invalid corpid")
        if not secrets.compare_digest(query.get("corpsecret", "").encode(), WECOM_SECRET.encode()):
            return told(40001, "invalid credential")
        token, lasts = self._tokens.stable(self._exchange.now(), force=False)
        return told(0, "ok", access_token=token, expires_in=lasts)

    async def agent(self, request: Request) -> Response:
        """Tell of the application; costs nothing."""
        query = request.query_params
        try:
            self._check_token(query.get("access_token"))
        except Refused as refused:
            return told(refused.errcode, refused.errmsg)
        if query.get("agentid") != str(WECOM_AGENT_ID):
            return told(301002, "not allow operate another agent")
        return told(0, "ok", agentid=WECOM_AGENT_ID, name="样例政策直达")

    async def send(self, request: Request) -> Response:
        """Take one notice for up to a thousand members."""
        body = await request.body()

        async def serve() -> Response:
            try:
                self._check_token(request.query_params.get("access_token"))
                return await self._take(json_object(body))
            except Refused as refused:
                return told(refused.errcode, refused.errmsg)

        fault = self._faults.strikes("wecom", "send")
        return await self._faults.meet(fault, request, serve, self._bad_days)

    async def _take(self, asked: dict[str, object]) -> Response:
        if asked.get("agentid") != WECOM_AGENT_ID:
            raise Refused(40056, "invalid agentid")
        kind, said = _said(asked)
        good, bad = _members(asked.get("touser"))
        texts = self._texts(kind, said, good)
        if asked.get("enable_duplicate_check") == 1:
            key = sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:32]
            for text in texts:
                text.reference = key
            texts_taken, new = await self._repeats.take(key, texts, term=_term(asked))
        else:
            await self._exchange.take(*texts)
            texts_taken, new = texts, True
        if new:
            await self._arrive(texts)
        return _ok(texts_taken[0].gateway_ref, bad)

    def _texts(self, kind: str, said: Mapping[str, str], members: list[str]) -> list[Taken]:
        shown = said.get("content") or f"{said.get('title', '')}\n{said.get('description', '')}"
        msgid, now = f"sandbox-{self._exchange.new_number()}", self._exchange.now()
        return [
            Taken(
                provider="wecom",
                to=member,
                text=shown,
                template=kind,
                params=dict(said),
                reference="",
                gateway_ref=msgid,
                accepted_at=now,
                url=said.get("url", ""),
                pushed=True,
            )
            for member in members
        ]

    async def _arrive(self, texts: list[Taken]) -> None:
        # There is no receipt: what is taken is on the screen.
        for text in texts:
            at = self._exchange.now()
            await self._exchange.report(text, delivered=True, code="0", at=at)

    def _check_token(self, token: str | None) -> None:
        if not token:
            raise Refused(41001, "access_token missing")
        if not self._tokens.is_good(token, self._exchange.now()):
            raise Refused(40014, "invalid access_token")

    def _expire(self) -> Response:
        self._tokens.revoke()
        return told(42001, "access_token expired")


def _said(asked: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    """Return the kind of notice and its words."""
    kind = asked.get("msgtype")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise Refused(40008, "invalid message type")
    given = asked.get(kind)
    if not isinstance(given, dict):
        raise Refused(44004, "empty content")
    for name in _KINDS[kind]:
        value = given.get(name)
        if not isinstance(value, str) or not value:
            raise Refused(44004, f"{kind}.{name} is empty")
        if len(value.encode()) > _LONGEST[name]:
            raise Refused(45002, f"{kind}.{name} is too long")
    return kind, {name: str(value) for name, value in given.items()}


def _members(touser: object) -> tuple[list[str], list[str]]:
    """Return who of ``a|b`` is a member and who is not."""
    if not isinstance(touser, str) or not touser:
        raise Refused(82001, "no receiver")
    names = list(WECOM_MEMBERS) if touser == "@all" else touser.split("|")
    if len(names) > MOST_MEMBERS:
        raise Refused(40032, "invalid receiver list length")
    good = [name for name in dict.fromkeys(names) if is_member(name)]
    if not good:
        raise Refused(81013, "user & party & tag all invalid")
    return good, [name for name in names if not is_member(name)]


def _term(asked: Mapping[str, object]) -> timedelta:
    seconds = asked.get("duplicate_check_interval", USUAL_TERM.total_seconds())
    if not isinstance(seconds, int | float) or seconds <= 0:
        return USUAL_TERM
    return min(timedelta(seconds=seconds), LONGEST_TERM)


def _ok(msgid: str, bad: list[str]) -> JSONResponse:
    return told(
        0,
        "ok",
        invaliduser="|".join(bad).lower(),
        invalidparty="",
        invalidtag="",
        unlicenseduser="",
        msgid=msgid,
    )
