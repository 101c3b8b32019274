"""Tencent Cloud's desk: SendSms as the vendor answers it, and the way to the pulls."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import uuid4

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from pusher.sandbox.book import Template
from pusher.sandbox.carrier import Carrier
from pusher.sandbox.credentials import TENCENT_APP_ID
from pusher.sandbox.exchange import CHINA, Exchange, Taken
from pusher.sandbox.faults import BadDays, Faults
from pusher.sandbox.tencent_check import Refusal, Signed, TencentGate
from pusher.sandbox.tencent_pulls import BadWindow, TencentPulls
from pusher.sandbox.tencent_register import TencentRegister

LONGEST_VARIABLE: Final = 35
"""Characters; accounts opened since 2024 begin with 6 and ask the vendor for more."""
LONGEST_TEXT: Final = 500
"""Characters of signature and text together."""
MOST_NUMBERS: Final = 200

_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_FIELDS: Final = {
    "PhoneNumberSet": list,
    "SmsSdkAppId": str,
    "TemplateId": str,
    "SignName": str,
    "TemplateParamSet": list,
    "SessionContext": str,
    "ExtendCode": str,
    "SenderId": str,
}
_CONTEXT_BYTES = 512
Told = Mapping[str, object]


class _Turned(Exception):
    """The whole call is refused: ``Response.Error``, with HTTP 200 like everything here."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.refusal = Refusal(code, message)


class _Refused(Exception):
    """One number is refused: its entry in the SendStatusSet says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.refusal = Refusal(code, message)


class TencentDesk:
    """Serves ``POST /`` for calls with an X-TC-Action."""

    def __init__(
        self,
        exchange: Exchange,
        carrier: Carrier,
        faults: Faults,
        gate: TencentGate,
        *,
        per_number: int,
    ) -> None:
        """*per_number*: texts that a number gets on one calendar day. Of the limits that an
        account can set, the one of 30 seconds is off."""
        self._exchange = exchange
        self._carrier = carrier
        self._faults = faults
        self._gate = gate
        self._per_number = per_number
        self._pulls = TencentPulls(exchange)
        self._register = TencentRegister(exchange)
        self._sent: Counter[tuple[date, str]] = Counter(
            (text.accepted_at.astimezone(CHINA).date(), text.to)
            for text in exchange.taken
            if text.provider == "tencent"
        )

    def forget(self) -> None:
        """Start limits and queues anew."""
        self._sent.clear()
        self._pulls.forget()

    async def serve(self, request: Request) -> Response:
        """Answer one call."""
        call = Signed(
            method=request.method,
            query=request.scope["query_string"].decode("latin-1"),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
        )
        refusal = self._gate.check(call, now=self._exchange.now())
        if refusal:
            return _error(refusal)
        action = call.headers.get("x-tc-action", "")
        listing = self._register.kinds.get(action)
        kind = listing or self._pulls.kinds.get(action)
        if call.headers.get("x-tc-version") != "2021-01-11":
            return _error(Refusal("NoSuchVersion", "The version of the API is not supported."))
        if kind is None and action != "SendSms":
            return _error(Refusal("InvalidAction", "The request action is not valid."))

        async def answer() -> Response:
            try:
                told = _object(call.body)
                if listing is None:
                    _check_application(told)
                if kind is not None:
                    return _response(kind(told))
                return await self._send(told)
            except BadWindow as bad:
                return _error(Refusal(bad.code, f"{bad.field} verify fail"))
            except _Turned as turned:
                return _error(turned.refusal)

        fault = self._faults.strikes("tencent", "query" if kind else "send")
        return await self._faults.meet(fault, request, answer, _BAD_DAYS)

    async def _send(self, told: Told) -> Response:
        numbers, values = _checked(told)
        entries, taken = [], []
        for number in numbers:
            try:
                text = self._text(number, values, told)
            except _Refused as refused:
                entries.append(_status(number, told, refused.refusal))
                continue
            self._sent[text.accepted_at.astimezone(CHINA).date(), text.to] += 1
            taken.append(text)
            entries.append(_status(f"+86{text.to}", told, None, serial=text.gateway_ref))
        await self._exchange.take(*taken)
        for text in taken:
            self._carrier.take(text)
        return _response({"SendStatusSet": entries})

    def _text(self, number: str, values: Sequence[str], told: Told) -> Taken:
        book, now = self._exchange.book, self._exchange.now()
        sign, code = str(told.get("SignName", "")), str(told["TemplateId"])
        template = book.find("tencent", code)
        mobile = _MOBILE.fullmatch(number)
        if not mobile:
            raise _Refused("InvalidParameterValue.IncorrectPhoneNumber", "incorrect phone number")
        if sign not in book.signs:
            raise _Refused("FailedOperation.SignatureIncorrectOrUnapproved", "签名未审批或格式错误")
        if template is None:
            raise _Refused("FailedOperation.TemplateUnapprovedOrNotExist", "模板未审批或不存在")
        filled = _filled(template, values)
        text = f"【{sign}】{template.filled(filled)}"
        if len(text) > LONGEST_TEXT:
            raise _Refused("InvalidParameterValue.ContentLengthLimit", "短信内容太长")
        to = mobile.group(1)
        if self._sent[now.astimezone(CHINA).date(), to] >= self._per_number:
            raise _Refused(
                "LimitExceeded.PhoneNumberDailyLimit",
                "the number of sms messages sent to a single mobile number every day exceeds the"
                " upper limit",
            )
        return Taken(
            provider="tencent",
            to=to,
            text=text,
            template=code,
            params=filled,
            reference=str(told.get("SessionContext", "")),
            gateway_ref=f"4012:{self._exchange.new_number()}",
            accepted_at=now,
            sign=sign,
        )


def _object(body: bytes) -> dict[str, object]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise _Turned("InvalidParameter", "The request body is not a JSON object.")
    return told


def _check_application(told: Told) -> None:
    """Texts and what became of them are an application's, and this account has one."""
    if "SmsSdkAppId" not in told:
        raise _Turned("MissingParameter", "The request is missing the parameter `SmsSdkAppId`.")
    if told["SmsSdkAppId"] != TENCENT_APP_ID:
        raise _Turned("UnauthorizedOperation.SmsSdkAppIdVerifyFail", "SmsSdkAppId verify fail")


def _checked(told: Told) -> tuple[list[str], list[str]]:
    """The numbers and the values of a SendSms whose fields are sound."""
    for name, value in told.items():
        if name not in _FIELDS:
            raise _Turned("UnknownParameter", f"The parameter `{name}` is not recognized.")
        if not isinstance(value, _FIELDS[name]):
            raise _Turned("InvalidParameter", f"The value type of parameter `{name}` is not valid.")
    if "TemplateId" not in told:
        raise _Turned("MissingParameter", "The request is missing the parameter `TemplateId`.")
    numbers, values = _words(told, "PhoneNumberSet"), _words(told, "TemplateParamSet")
    if not numbers:
        raise _Turned("MissingParameter.EmptyPhoneNumberSet", "号码列表为空")
    if len(numbers) > MOST_NUMBERS:
        raise _Turned("LimitExceeded.PhoneNumberCountLimit", "单次提交的手机号超过200个")
    if len(str(told.get("SessionContext", "")).encode()) >= _CONTEXT_BYTES:
        raise _Turned("InvalidParameter", "The parameter `SessionContext` is too long.")
    return numbers, values


def _words(told: Told, name: str) -> list[str]:
    words = told.get(name, [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise _Turned("InvalidParameter", f"The value type of parameter `{name}.0` is not valid.")
    return words


def _filled(template: Template, values: Sequence[str]) -> dict[str, str]:
    if len(values) != len(template.variables):
        raise _Refused(
            "FailedOperation.TemplateParamSetNotMatchApprovedTemplate", "模板参数个数与模板不一致"
        )
    for value in values:
        if len(value) > LONGEST_VARIABLE:
            raise _Refused("InvalidParameterValue.TemplateParameterLengthLimit", "模板变量过长")
        if re.search(r"https?://", value, re.IGNORECASE):
            raise _Refused(
                "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", "模板变量中不能有URL"
            )
    return dict(zip(template.variables, values, strict=True))


def _status(number: str, told: Told, refusal: Refusal | None, *, serial: str = "") -> Told:
    return {
        "SerialNo": serial,
        "PhoneNumber": number,
        "Fee": 0 if refusal else 1,
        "SessionContext": told.get("SessionContext", ""),
        "Code": refusal.code if refusal else "Ok",
        "Message": refusal.message if refusal else "send success",
        "IsoCode": "CN",
    }


def _response(told: Told, *, status: int = 200) -> Response:
    # The vendor's SDK reads a refusal only from "application/json" with nothing behind it.
    return JSONResponse({"Response": {**told, "RequestId": str(uuid4())}}, status_code=status)


def _error(refusal: Refusal, *, status: int = 200) -> Response:
    told = {"Code": refusal.code, "Message": refusal.message}
    return _response({"Error": told}, status=status)


_BAD_DAYS = BadDays(
    broken=lambda: _error(Refusal("InternalError", "An internal error has occurred."), status=500),
    throttled=lambda: _error(
        Refusal("RequestLimitExceeded", "Your current request times exceeds the frequency limit.")
    ),
    auth_expired=lambda: _error(
        Refusal("AuthFailure.SecretIdNotFound", "The SecretId is not found, or was disabled.")
    ),
)
