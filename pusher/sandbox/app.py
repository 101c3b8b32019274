"""The stand-in as one web application: the vendors' addresses, the phone screen, the levers."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pusher.sandbox.aliyun_check import Gate
from pusher.sandbox.aliyun_desk import AliyunDesk
from pusher.sandbox.aliyun_speech import aliyun_speech
from pusher.sandbox.book import Template, TemplateBook
from pusher.sandbox.carrier import Carrier, Mode, Order, Speech
from pusher.sandbox.credentials import ALIYUN_KEY_ID, ALIYUN_SECRET, TENCENT_ID, TENCENT_KEY
from pusher.sandbox.exchange import Answered, Exchange, machine_now
from pusher.sandbox.faults import Call, Fault, Faults, Kind
from pusher.sandbox.journal import Journal
from pusher.sandbox.phone import phone_page
from pusher.sandbox.tencent_check import TencentGate
from pusher.sandbox.tencent_desk import TencentDesk
from pusher.sandbox.tencent_speech import tencent_speech
from pusher.sandbox.wechat_desk import OPENID, WeChatDesk
from pusher.sandbox.wechat_speech import wechat_speech
from pusher.sandbox.wecom_desk import WeComDesk, is_member
from pusher.sandbox.wecom_speech import wecom_speech
from pusher.sandbox.yunmas_desk import YunMasDesk
from pusher.sandbox.yunmas_speech import yunmas_speech

Callbacks = Mapping[str, str | Mapping[str, str]]
Provider = Literal["aliyun", "tencent", "yunmas", "wechat", "wecom"]

PUSH_AGAIN_AFTER: Final = (1.0, 5.0, 10.0, 30.0, 60.0)
"""Seconds; the vendors wait 1, 5 and 10 minutes, which a rehearsal does not have."""

_BY_SMS = {"aliyun": aliyun_speech, "tencent": tencent_speech, "yunmas": yunmas_speech}
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _FaultOrder(_Order):
    provider: Provider
    kind: Kind
    rate: float = Field(default=1.0, ge=0, le=1)
    calls: int | None = Field(default=None, alias="for", ge=1)
    delay_s: float = Field(default=2.0, ge=0, le=600)
    call: Call = "send"


class _ReceiptOrder(_Order):
    mode: Mode
    delay_s: float | None = Field(default=None, ge=0, le=86400)
    rate: float = Field(default=1.0, ge=0, le=1)


class _ReplyOrder(_Order):
    to: str
    text: str = Field(default="", max_length=500)
    event: Literal["message", "subscribe", "unsubscribe"] = "message"


class _TemplateOrder(_Order):
    provider: Provider
    code: str = Field(min_length=1, max_length=64)
    text: str = Field(default="", max_length=500)
    title: str = Field(default="", max_length=64)
    fields: dict[str, str] = {}


def create_app(
    book: TemplateBook,
    journal: Path,
    callbacks: Callbacks,
    *,
    rng: random.Random | None = None,
    now: Callable[[], datetime] = machine_now,
    per_number: int = 50,
    hold_s: float = 60.0,
    push_again_after: Sequence[float] = PUSH_AGAIN_AFTER,
) -> FastAPI:
    """Build the stand-in; serve it with `pusher.sandbox.serve`.

    Args:
        book: registered templates and signatures.
        journal: file of what was accepted; made if missing, else taken up again.
        callbacks: the client's addresses, ``{"aliyun": {"receipts": …, "replies": …},
            "wechat": …, "wecom": …}``; a vendor without one pushes nothing.
        rng: rolls the dice of faults and receipts.
        now: the stand-in's wall clock.
        per_number: texts of one signature and template that a number gets in 24 hours.
        hold_s: how long an unanswered call is held open at most.
        push_again_after: pauses after a push that was not answered with 200.

    Raises:
        Damaged: the journal cannot be read.
    """
    dice = rng or random.Random()
    exchange = Exchange(book, Journal(journal), now)
    faults = Faults(dice, hold_s=hold_s)
    carrier = Carrier(
        exchange, _speeches(callbacks, now), rng=dice, push_again_after=push_again_after
    )
    gate = Gate({ALIYUN_KEY_ID: ALIYUN_SECRET})
    aliyun = AliyunDesk(exchange, carrier, faults, gate, per_number=per_number)
    tencent_gate = TencentGate({TENCENT_ID: TENCENT_KEY})
    tencent = TencentDesk(exchange, carrier, faults, tencent_gate, per_number=per_number)
    wechat = WeChatDesk(exchange, carrier, faults)
    wecom = WeComDesk(exchange, faults)

    app = FastAPI(
        lifespan=_lifespan(exchange, carrier), docs_url=None, redoc_url=None, openapi_url=None
    )
    app.add_exception_handler(RequestValidationError, _refuse)
    app.add_exception_handler(ValidationError, _refuse)
    _add_front(app, exchange, aliyun, tencent)
    app.include_router(wechat.router())
    app.include_router(wecom.router())
    app.include_router(YunMasDesk(exchange, carrier, faults).router())
    _add_troubles(app, faults, carrier, now)
    _add_people(app, exchange, carrier)

    @app.post("/_sandbox/reset")
    async def reset() -> dict[str, bool]:
        faults.clear()
        carrier.forget()
        aliyun.forget()
        tencent.forget()
        wechat.forget()
        wecom.forget()
        await exchange.forget()
        return {"ok": True}

    return app


def _lifespan(
    exchange: Exchange, carrier: Carrier
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(carrier.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await exchange.journal.close()

    return lifespan


def _add_front(app: FastAPI, exchange: Exchange, aliyun: AliyunDesk, tencent: TencentDesk) -> None:
    """Add ``/``: a vendor's call if it names an action, the phone screen otherwise."""

    @app.api_route("/", methods=["GET", "POST"])
    async def front(request: Request) -> Response:
        if "x-tc-action" in request.headers:
            return await tencent.serve(request)
        named = "x-acs-action" in request.headers or "Action" in request.query_params
        if named or request.method == "POST":
            return await aliyun.serve(request)
        return phone_page(exchange, to=request.query_params.get("to"))


def _add_troubles(
    app: FastAPI, faults: Faults, carrier: Carrier, now: Callable[[], datetime]
) -> None:
    """Add the levers for faults and receipts, and where the client is to be told."""

    @app.post("/_sandbox/faults")
    async def order_fault(order: _FaultOrder) -> dict[str, bool]:
        faults.order(
            Fault(order.provider, order.kind, order.rate, order.calls, order.delay_s, order.call)
        )
        return {"ok": True}

    @app.post("/_sandbox/receipts")
    async def order_receipts(order: _ReceiptOrder) -> dict[str, bool]:
        carrier.order = Order(order.mode, order.delay_s, order.rate)
        return {"ok": True}

    @app.post("/_sandbox/callbacks")
    async def move(callbacks: dict[str, str | dict[str, str]]) -> dict[str, bool]:
        carrier.speeches = _speeches(callbacks, now)
        return {"ok": True}


def _add_people(app: FastAPI, exchange: Exchange, carrier: Carrier) -> None:
    """Add what people received and what they answer, and the templates they are sent by."""

    @app.get("/_sandbox/messages")
    async def messages() -> list[dict[str, object]]:
        return [text.shown() for text in exchange.taken]

    @app.post("/_sandbox/replies")
    async def reply(request: Request) -> Response:
        is_form = request.headers.get("content-type", "").startswith("application/x-www-form")
        given = await request.form() if is_form else await _json(request)
        said = _answered(_ReplyOrder.model_validate(dict(given)), exchange)
        if said is None:
            return _refusal(
                "to 应为手机号、openid 或企业微信账号；text 不能为空；关注与取消关注只用于微信",
                "to",
            )
        await exchange.hear(said)
        carrier.hear(said)
        if is_form:
            return RedirectResponse(f"/?to={said.to}", status_code=303)
        return JSONResponse({"ok": True})

    @app.post("/_sandbox/templates")
    async def register(order: _TemplateOrder) -> Response:
        if order.provider == "wechat" and order.fields:
            template = Template.of_fields(order.code, order.title, order.fields)
        elif order.text:
            template = Template(order.provider, order.code, order.text)
        else:
            return _refusal("模板没有内容：请填写 text，微信模板填写 title 和 fields", "text")
        await exchange.register(template)
        return JSONResponse({"ok": True})


def _speeches(callbacks: Callbacks, now: Callable[[], datetime]) -> dict[str, Speech]:
    by_sms = {name: say(**_both(callbacks.get(name, {}))) for name, say in _BY_SMS.items()}
    wechat, wecom = callbacks.get("wechat"), callbacks.get("wecom")
    return {
        **by_sms,
        "wechat": wechat_speech(wechat if isinstance(wechat, str) else None, now),
        "wecom": wecom_speech(wecom if isinstance(wecom, str) else None, now),
    }


def _both(addresses: str | Mapping[str, str]) -> dict[str, str | None]:
    # One address for both kinds is fine: the client tells them apart.
    if isinstance(addresses, str):
        return {"receipts": addresses, "replies": addresses}
    return {kind: addresses.get(kind) for kind in ("receipts", "replies")}


def _answered(order: _ReplyOrder, exchange: Exchange) -> Answered | None:
    if OPENID.fullmatch(order.to):
        event, provider = order.event, "wechat"
        if order.text.strip() == "取消关注":
            event = "unsubscribe"
    elif _MOBILE.fullmatch(order.to) and order.event == "message":
        event, provider = order.event, exchange.last_sms_to(order.to)
    elif is_member(order.to) and order.event == "message":
        event, provider = order.event, "wecom"
    else:
        return None
    if event == "message" and not order.text.strip():
        return None
    text = order.text if event == "message" else ""
    return Answered(provider, order.to, text, event, exchange.now())


async def _json(request: Request) -> dict[str, object]:
    try:
        given = await request.json()
    except ValueError:
        given = {}
    return given if isinstance(given, dict) else {}


def _refusal(message: str, where: str) -> JSONResponse:
    error = {"code": "bad_order", "message": message, "where": where}
    return JSONResponse({"error": error}, status_code=422)


async def _refuse(_: Request, error: Exception) -> Response:
    """Say which field is wrong, without repeating what was in it."""
    problems = (
        error.errors() if isinstance(error, (RequestValidationError, ValidationError)) else ()
    )
    where = ".".join(str(part) for part in problems[0]["loc"] if part != "body") if problems else ""
    return _refusal(f"参数“{where or '正文'}”不对或不认识", where)
