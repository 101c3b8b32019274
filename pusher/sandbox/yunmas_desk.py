"""云MAS's desk: norsubmit, submit and tmpsubmit as China Mobile's platform answers them."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping
from hashlib import md5
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from pusher.sandbox.carrier import Carrier
from pusher.sandbox.credentials import YUNMAS_AP_ID, YUNMAS_EC_NAME, YUNMAS_SECRET, YUNMAS_SIGN
from pusher.sandbox.exchange import CHINA, Exchange, Taken
from pusher.sandbox.faults import BadDays, Faults

MOST_NUMBERS: Final = 5_000
MOST_PAIRS: Final = 1_000
"""Of number and text in one call."""

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_TEXTS = ("mobiles", "content")
_TEMPLATE = ("templateId", "mobiles", "params")


class _Refused(Exception):
    """An rspcod that is not success."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class YunMasDesk:
    """Serves ``/sms/…``; the kinds differ in what the mac is made of."""

    def __init__(self, exchange: Exchange, carrier: Carrier, faults: Faults) -> None:
        self._exchange = exchange
        self._carrier = carrier
        self._faults = faults

    def router(self) -> APIRouter:
        """Return the vendor's addresses."""
        router = APIRouter(prefix="/sms")
        for path, take in (
            ("norsubmit", self.whole_texts),
            ("submit", self.whole_texts),
            ("tmpsubmit", self.by_template),
        ):
            router.add_api_route(f"/{path}", take, methods=["POST"])
        return router

    async def whole_texts(self, request: Request) -> Response:
        """Take one text for many numbers, or a text for each."""
        return await self._serve(request, _TEXTS)

    async def by_template(self, request: Request) -> Response:
        """Take one filled template for many numbers."""
        return await self._serve(request, _TEMPLATE)

    async def _serve(self, request: Request, said: tuple[str, ...]) -> Response:
        body = await request.body()

        async def serve() -> Response:
            try:
                return await self._take(_checked(body, said))
            except _Refused as refused:
                return _told(refused.code)

        fault = self._faults.strikes("yunmas", "send")
        return await self._faults.meet(fault, request, serve, _BAD_DAYS)

    async def _take(self, asked: Mapping[str, str]) -> Response:
        now = self._exchange.now()
        group = f"{now.astimezone(CHINA):%m%d%H%M%S}{self._exchange.new_number() % 10**12:012}"
        params, texts = self._texts(asked)
        taken = [
            Taken(
                provider="yunmas",
                to=to,
                text=f"【{self._exchange.book.own_sign}】{text}",
                template=asked.get("templateId", ""),
                params=params,
                reference="",
                gateway_ref=group,
                accepted_at=now,
                sign=asked["sign"],
            )
            for to, text in texts.items()
        ]
        await self._exchange.take(*taken)
        for text in taken:
            self._carrier.take(text)
        return _told("success", group)

    def _texts(self, asked: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the values of the template, and number to text."""
        if "content" in asked and not asked["mobiles"]:
            return {}, _pairs(asked["content"])
        numbers = _numbers(asked["mobiles"])
        if "content" in asked:
            if not asked["content"].strip():
                raise _Refused("InvalidMessage")
            return {}, dict.fromkeys(numbers, asked["content"])
        template = self._exchange.book.find("yunmas", asked["templateId"])
        if template is None:
            raise _Refused("IllegalUseTemplate")
        # By place; the vendor names no code for too few or too many, and fills what there is.
        names, given = template.variables, _values(asked["params"])
        params = dict(zip(names, [*given, *[""] * len(names)], strict=False))
        return params, dict.fromkeys(numbers, template.filled(params))


def _checked(body: bytes, said: tuple[str, ...]) -> dict[str, str]:
    """Return the fields of a call that comes from the account and is what it was sent as."""
    asked = _fields(body)
    names = ("ecName", "apId", *said, "sign", "addSerial", "mac")
    if any(name not in asked for name in names):
        raise _Refused("InvalidMessage")
    # The key goes along on the plain address; on the other it is in the mac alone.
    key = asked.get("secretKey", YUNMAS_SECRET)
    account = (asked["ecName"], asked["apId"], key)
    if account != (YUNMAS_EC_NAME, YUNMAS_AP_ID, YUNMAS_SECRET):
        raise _Refused("InvalidUsrOrPwd")
    summed = "".join([*account, *(asked[name] for name in (*said, "sign", "addSerial"))])
    expected = md5(summed.encode(), usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(expected.encode(), asked["mac"].encode()):
        raise _Refused("IllegalMac")
    if not asked["sign"]:
        raise _Refused("NoSignId")
    if asked["sign"] != YUNMAS_SIGN:
        raise _Refused("IllegalSignId")
    return asked


def _fields(body: bytes) -> dict[str, str]:
    """Decode the base 64 of a JSON object whose values are all texts."""
    try:
        asked = json.loads(base64.b64decode(body.strip(), validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _Refused("InvalidMessage") from error
    if not isinstance(asked, dict) or not all(isinstance(v, str) for v in asked.values()):
        raise _Refused("InvalidMessage")
    return asked


def _numbers(mobiles: str) -> list[str]:
    numbers = mobiles.split(",")
    if len(numbers) > MOST_NUMBERS:
        raise _Refused("TooManyMobiles")
    return [_mobile(number) for number in numbers]


def _mobile(number: str) -> str:
    if not _MOBILE.fullmatch(number):
        raise _Refused("InvalidMobile")
    return number


def _pairs(content: str) -> dict[str, str]:
    """Read ``{"199…": "text", …}``: a text for each number."""
    try:
        pairs = json.loads(content)
    except ValueError:
        pairs = None
    if not isinstance(pairs, dict) or not pairs:
        raise _Refused("InvalidMessage")
    if len(pairs) > MOST_PAIRS:
        raise _Refused("TooManyMobiles")
    return {_mobile(number): str(text) for number, text in pairs.items()}


def _values(params: str) -> list[str]:
    try:
        values = json.loads(params)
    except ValueError:
        values = None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _Refused("InvalidMessage")
    return values


def _told(code: str, group: str = "") -> JSONResponse:
    return JSONResponse({"msgGroup": group, "rspcod": code, "success": code == "success"})


_BAD_DAYS = BadDays(
    broken=lambda: _told("InternalError"),
    throttled=lambda: _told("RequestTooOften"),
    auth_expired=lambda: _told("InvalidUsrOrPwd"),
)
