"""Text messages by way of 云MAS, China Mobile's platform (mas.10086.cn), HTTP interface.

One parcel is one call, by template (tmpsubmit) or with the whole text (norsubmit). The platform
knows no reference of ours, drops no repeats and answers no query: an unsure call stays unsure
until a receipt speaks of it, or staff do.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from pusher.gateways import yunmas_callbacks
from pusher.gateways.answers import json_object, unanswered, without_code
from pusher.gateways.base import (
    Answer,
    Callback,
    Found,
    Lookup,
    Parcel,
    Result,
    Unknown,
    Why,
    masked,
)
from pusher.gateways.post import Post, Request, Response, Word
from pusher.gateways.yunmas_codes import BUSY, SEND

# Whatever the vendor's own kit writes there, the body is base 64 and read as such.
_HEADERS: Final = [("content-type", "application/json;charset=utf-8")]
_SIGNATURE: Final = re.compile(r"^【[^【】]*】")


@dataclass(frozen=True, slots=True)
class Account:
    """One interface account of an office (接口账号).

    Attributes:
        ec_name: the customer's name as the contract has it, in Chinese.
        ap_id: login of the interface account.
        secret_key: its password; goes along in the body and into the mac.
        sign: code of the signature, never its text.
        add_serial: what is added to the access number; empty where nothing was agreed.
    """

    ec_name: str
    ap_id: str
    secret_key: str = field(repr=False)
    sign: str
    add_serial: str = ""


class YunMas:
    """A gateway for text messages; see `Gateway` for what its methods promise."""

    name = "yunmas"
    channel = "sms"
    unknown: Unknown = "never"
    repeat_window: timedelta | None = None

    def __init__(
        self, post: Post, *, account: Account, endpoint: str, free_text: bool = False
    ) -> None:
        """Set up; opens nothing.

        Args:
            post: the way to the network.
            account: of the office.
            endpoint: of the province's platform, with a path if there is a proxy in front.
            free_text: send whole texts, which the platform's own people look through, in place
                of registered templates.
        """
        self._post = post
        self._account = account
        self._endpoint = endpoint.rstrip("/")
        self._free_text = free_text

    def __repr__(self) -> str:
        return f"YunMas({self._endpoint})"

    def hand_over(self, parcels: Sequence[Parcel], *, deadline: float) -> list[Answer]:
        """Hand over each parcel in a call of its own."""
        words = self._post.post_all([self._submit(each) for each in parcels], deadline=deadline)
        return [_answer(parcel, word) for parcel, word in zip(parcels, words, strict=True)]

    def look_up(self, reference: str, to: str, *, sent_on: date) -> Lookup:
        """Return UNCLEAR: the platform has no query."""
        return Lookup(Found.UNCLEAR, code="no_query")

    def read_callback(
        self,
        body: bytes,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        *,
        came_at: datetime | None = None,
    ) -> Callback:
        """Read receipts or replies; the vendor signs neither, nor the hour."""
        return yunmas_callbacks.read(body)

    def _submit(self, parcel: Parcel) -> Request:
        if self._free_text:
            said = {"mobiles": parcel.to, "content": _SIGNATURE.sub("", parcel.text)}
            path = "norsubmit"
        else:
            said = {
                "templateId": parcel.template,
                "mobiles": parcel.to,
                "params": params_text(list(parcel.params.values())),
            }
            path = "tmpsubmit"
        return Request(
            "POST", f"{self._endpoint}/sms/{path}", _HEADERS, signed_body(self._account, said)
        )


def params_text(values: Sequence[str]) -> str:
    """Write the values of a template, in its order: ``["甲","乙"]``, and ``[""]`` for none."""
    return json.dumps(list(values) or [""], ensure_ascii=False, separators=(",", ":"))


def signed_body(account: Account, said: Mapping[str, str]) -> bytes:
    """Return the body of one call: the base 64 of a JSON object with its mac.

    The mac is MD5 over the values in the order in which they stand, without separators; it is the
    vendor's formula, and no proof against anybody who knows the account.

    Args:
        account: of the office.
        said: ``mobiles`` and ``content``, or ``templateId``, ``mobiles`` and ``params``, in this
            order.
    """
    fields = {
        "ecName": account.ec_name,
        "apId": account.ap_id,
        "secretKey": account.secret_key,
        **said,
        "sign": account.sign,
        "addSerial": account.add_serial,
    }
    mac = hashlib.md5("".join(fields.values()).encode(), usedforsecurity=False).hexdigest()
    told = json.dumps({**fields, "mac": mac}, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(told.encode())


def _answer(parcel: Parcel, word: Word) -> Answer:
    if not isinstance(word, Response):
        return unanswered(parcel.reference, word)
    told = json_object(word.body)
    code = told.get("rspcod")
    if word.status != 200 or not isinstance(code, str):
        return without_code(parcel.reference, word)
    if code == "success" and told.get("success") is True:
        return _taken(parcel, told.get("msgGroup"))
    why = Why.TRANSIENT if code in BUSY else Why.UNKNOWN
    result, why = SEND.get(code, (Result.UNSURE, why))
    return Answer(parcel.reference, result, why, code=masked(code))


def _taken(parcel: Parcel, msg_group: object) -> Answer:
    # Without its number no receipt could ever be told to be of this text.
    if not isinstance(msg_group, str) or not msg_group:
        return Answer(parcel.reference, Result.UNSURE, Why.UNKNOWN, code="bad_answer")
    return Answer(parcel.reference, Result.ACCEPTED, gateway_ref=msg_group, code="success")
