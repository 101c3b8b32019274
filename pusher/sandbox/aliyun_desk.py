"""Aliyun's desk: SendSms, SendBatchSms and QuerySendDetails as the vendor answers them."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from pusher.sandbox.aliyun_check import Call, Gate, Turned
from pusher.sandbox.book import Template
from pusher.sandbox.carrier import Carrier
from pusher.sandbox.exchange import CHINA, Exchange, Taken
from pusher.sandbox.faults import BadDays, Faults

LONGEST_VARIABLE: Final = 35
LONGEST_TEXT: Final = 500
"""Characters of signature and text together."""

_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_DAY = timedelta(hours=24)  # from the first text on, not a calendar day
_STATUS = {"waiting": 1, "failed": 2, "delivered": 3}


class _Refused(Exception):
    """A business refusal: HTTP 200 and a code that is not OK."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


class AliyunDesk:
    """Serves ``POST /`` for calls that name an Aliyun action."""

    def __init__(
        self,
        exchange: Exchange,
        carrier: Carrier,
        faults: Faults,
        gate: Gate,
        *,
        per_number: int,
    ) -> None:
        """*per_number*: texts of one signature and template that a number gets in 24 hours."""
        self._exchange = exchange
        self._carrier = carrier
        self._faults = faults
        self._gate = gate
        self._per_number = per_number
        self._quota: dict[tuple[str, str, str], tuple[datetime, int]] = {}
        for text in exchange.taken:
            if text.provider == "aliyun":
                self._count(text.to, text.sign, text.template, text.accepted_at)

    def forget(self) -> None:
        """Start the limits per number anew."""
        self._quota.clear()

    async def serve(self, request: Request) -> Response:
        """Answer one call."""
        call = Call(
            method=request.method,
            query=request.url.query,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
        )
        turned = self._gate.check(call, now=self._exchange.now())
        if turned:
            return _turned(turned)
        params = call.params
        action = call.headers.get("x-acs-action") or params.get("Action", "")
        asked = {
            "QuerySendDetails": self._query,
            "GetSmsSign": self._sign,
            "GetSmsTemplate": self._template,
        }.get(action)
        if asked is not None:
            fault = self._faults.strikes("aliyun", "query")
            return await self._faults.meet(fault, request, lambda: asked(params), _BAD_DAYS)
        if action in ("SendSms", "SendBatchSms"):
            fault = self._faults.strikes("aliyun", "send")
            return await self._faults.meet(
                fault, request, lambda: self._send(action, params), _BAD_DAYS
            )
        return _turned(Turned(404, "InvalidAction.NotFound", "Specified api is not found."))

    async def _send(self, action: str, params: dict[str, str]) -> Response:
        try:
            texts = self._sms(params) if action == "SendSms" else self._batch(params)
            self._charge(texts)
        except _Missing as missing:
            return _turned(missing.turned)
        except _Refused as refused:
            return _answer(refused.code, refused.message)
        await self._exchange.take(*texts)
        for text in texts:
            self._carrier.take(text)
        return _answer("OK", "OK", BizId=texts[0].gateway_ref)

    def _sms(self, params: dict[str, str]) -> list[Taken]:
        numbers = _need(params, "PhoneNumbers").split(",")
        if len(numbers) > 1000:
            raise _Refused("isv.MOBILE_COUNT_OVER_LIMIT", "手机号码数量超过限制")
        sign, values = _need(params, "SignName"), _values(params.get("TemplateParam") or "{}")
        return self._texts(params, [(number, sign, values) for number in numbers])

    def _batch(self, params: dict[str, str]) -> list[Taken]:
        numbers = _json_list(_need(params, "PhoneNumberJson"))
        signs = _json_list(_need(params, "SignNameJson"))
        filled = _json_list(params.get("TemplateParamJson") or json.dumps([{}] * len(numbers)))
        if len(numbers) > 100:
            raise _Refused("isv.MOBILE_COUNT_OVER_LIMIT", "手机号码数量超过限制")
        if not numbers or not len(numbers) == len(signs) == len(filled):
            raise _Refused("isv.INVALID_PARAMETERS", "参数数组长度不一致")
        rows = [
            (str(number), str(sign), _values(json.dumps(values)))
            for number, sign, values in zip(numbers, signs, filled, strict=True)
        ]
        return self._texts(params, rows)

    def _texts(
        self, params: dict[str, str], rows: Sequence[tuple[str, str, dict[str, str]]]
    ) -> list[Taken]:
        code = _need(params, "TemplateCode")
        template = self._exchange.book.find("aliyun", code)
        biz_id, now = f"{self._exchange.new_number()}^0", self._exchange.now()
        texts = []
        for number, sign, values in rows:
            to, text = self._checked(number, sign, template, values)
            texts.append(
                Taken(
                    provider="aliyun",
                    to=to,
                    text=text,
                    template=code,
                    params=values,
                    reference=params.get("OutId", ""),
                    gateway_ref=biz_id,
                    accepted_at=now,
                    sign=sign,
                )
            )
        return texts

    def _checked(
        self, number: str, sign: str, template: Template | None, values: dict[str, str]
    ) -> tuple[str, str]:
        """Return the bare number and the whole text."""
        mobile = _MOBILE.fullmatch(number)
        if not mobile:
            raise _Refused("isv.MOBILE_NUMBER_ILLEGAL", f"{number}非法手机号")
        if sign not in self._exchange.book.signs:
            raise _Refused("isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名")
        if template is None:
            raise _Refused("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")
        _check_values(template.variables, values)
        text = f"【{sign}】{template.filled(values)}"
        if len(text) > LONGEST_TEXT:
            raise _Refused("isv.PARAM_LENGTH_LIMIT", "短信内容超过500个字")
        return mobile.group(1), text

    def _charge(self, texts: Sequence[Taken]) -> None:
        """Count *texts* against the limit per number, all or none."""
        new: dict[tuple[str, str, str], int] = defaultdict(int)
        for text in texts:
            key = (text.to, text.sign, text.template)
            new[key] += 1
            first, count = self._quota.get(key, (text.accepted_at, 0))
            count = 0 if text.accepted_at - first >= _DAY else count
            if count + new[key] > self._per_number:
                raise _Refused(
                    "isv.BUSINESS_LIMIT_CONTROL", f"触发天级流控Permits:{self._per_number}"
                )
        for text in texts:
            self._count(text.to, text.sign, text.template, text.accepted_at)

    def _count(self, to: str, sign: str, template: str, at: datetime) -> None:
        first, count = self._quota.get((to, sign, template), (at, 0))
        if at - first >= _DAY:
            first, count = at, 0
        self._quota[to, sign, template] = first, count + 1

    async def _query(self, params: dict[str, str]) -> Response:
        try:
            number, day = _need(params, "PhoneNumber"), _need(params, "SendDate")
            size, page = int(_need(params, "PageSize")), int(_need(params, "CurrentPage"))
        except _Missing as missing:
            return _turned(missing.turned)
        except ValueError:
            return _answer("isv.INVALID_PARAMETERS", "参数异常")
        if not 1 <= size <= 50 or page < 1 or not re.fullmatch(r"[0-9]{8}", day):
            return _answer("isv.INVALID_PARAMETERS", "参数异常")
        biz_id = params.get("BizId")
        found = [
            text
            for text in self._exchange.sent_to("aliyun", number)
            if text.accepted_at.astimezone(CHINA).strftime("%Y%m%d") == day
            and biz_id in (None, "", text.gateway_ref)
        ]
        rows = [_row(text) for text in found[(page - 1) * size : page * size]]
        return _answer(
            "OK", "OK", TotalCount=len(found), SmsSendDetailDTOs={"SmsSendDetailDTO": rows}
        )

    async def _sign(self, params: dict[str, str]) -> Response:
        name = params.get("SignName", "")
        if name not in self._exchange.book.signs:
            return _answer("isv.SMS_SIGN_ILLEGAL", "签名不存在")
        return _answer("OK", "OK", SignName=name, SignStatus=1)

    async def _template(self, params: dict[str, str]) -> Response:
        code = params.get("TemplateCode", "")
        template = self._exchange.book.find("aliyun", code)
        if template is None:
            return _answer("isv.SMS_TEMPLATE_ILLEGAL", "模板不存在")
        return _answer(
            "OK", "OK", TemplateCode=code, TemplateContent=template.text, TemplateStatus="1"
        )


class _Missing(Exception):
    """A parameter that must be there is not."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.turned = Turned(400, f"Missing{name}", f"{name} is mandatory for this action.")


def _need(params: dict[str, str], name: str) -> str:
    if not params.get(name):
        raise _Missing(name)
    return params[name]


def _values(text: str) -> dict[str, str]:
    """Read a JSON object whose values are all strings; numbers are refused."""
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise _Refused("isv.INVALID_JSON_PARAM", "参数格式错误，请修改为字符串值")
    return values


def _json_list(text: str) -> list[object]:
    try:
        values = json.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, list):
        raise _Refused("isv.INVALID_JSON_PARAM", "参数格式错误")
    return values


def _check_values(variables: Sequence[str], values: dict[str, str]) -> None:
    if missing := [name for name in variables if name not in values]:
        raise _Refused("isv.TEMPLATE_MISSING_PARAMETERS", f"模板变量缺失：{missing[0]}")
    if set(values) - set(variables):
        raise _Refused("isv.TEMPLATE_PARAMS_ILLEGAL", "模板变量里包含多余的变量")
    for name, value in values.items():
        if len(value) > LONGEST_VARIABLE:
            raise _Refused("isv.PARAM_LENGTH_LIMIT", f"变量{name}超过{LONGEST_VARIABLE}个字符")
        if re.search(r"https?://", value, re.IGNORECASE):
            raise _Refused("isv.PARAM_NOT_SUPPORT_URL", "变量不支持传入URL")


def _row(text: Taken) -> dict[str, object]:
    return {
        "PhoneNum": text.to,
        "SendStatus": _STATUS[text.outcome],
        "ErrCode": text.code,
        "Content": text.text,
        "TemplateCode": text.template,
        "OutId": text.reference,
        "SendDate": wall(text.accepted_at),
        "ReceiveDate": wall(text.reported_at) if text.reported_at else "",
    }


def wall(at: datetime) -> str:
    """Return *at* as the vendor writes times, in China's."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _answer(code: str, message: str, **more: object) -> JSONResponse:
    told = {"Message": message, "RequestId": str(uuid4()).upper(), "Code": code, **more}
    return JSONResponse(told)


def _turned(turned: Turned, **headers: str) -> JSONResponse:
    told = {
        "RequestId": str(uuid4()).upper(),
        "HostId": "dysmsapi.aliyuncs.com",
        "Code": turned.code,
        "Message": turned.message,
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse(told, status_code=turned.status, headers=named)


_BAD_DAYS = BadDays(
    broken=lambda: _turned(Turned(500, "InternalError", "The request processing has failed.")),
    throttled=lambda: _turned(
        Turned(400, "Throttling.User", "Request was denied due to user flow control."),
        x_acs_retry_after="1000",
    ),
    auth_expired=lambda: _turned(
        Turned(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
    ),
)
