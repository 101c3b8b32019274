"""Text messages by way of Aliyun SMS (dysmsapi 2017-05-25).

One parcel is one SendSms with our reference as OutId: the vendor drops no repeats, but
echoes OutId in receipts and in QuerySendDetails, so an unsure call can be cleared up.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from pusher.gateways import aliyun_callbacks, aliyun_checkup
from pusher.gateways.aliyun_codes import SEND, SEND_FAMILIES
from pusher.gateways.aliyun_signing import AccessKey, signed_headers, wire_query
from pusher.gateways.answers import json_object, retry_after, unanswered, without_code
from pusher.gateways.base import (
    CHINA,
    Answer,
    Callback,
    Found,
    Lookup,
    Outcome,
    Parcel,
    Result,
    Unknown,
    Why,
    masked,
)
from pusher.gateways.checkup import NOBODY, Checked, access, clock
from pusher.gateways.post import Post, Request, Response, Word

ENDPOINT: Final = "https://dysmsapi.aliyuncs.com"
USER_AGENT: Final = "policy-pusher"

_PAGE_SIZE = 50  # the vendor's largest
_MOST_PAGES = 40  # one number on one day; more is not ours to believe
_ASKED_AT_ONCE = 4  # the vendor takes 150 such questions a second
_QUERY_DAYS = 30  # how far back the vendor answers
_OUTCOMES = {1: Outcome.NONE, 2: Outcome.UNDELIVERED, 3: Outcome.DELIVERED}
_LIMIT_TERMS = {
    "分钟级": timedelta(minutes=1),
    "小时级": timedelta(hours=1),
    "天级": timedelta(hours=24),
}


class Aliyun:
    """A gateway for text messages; see `Gateway` for what its methods promise."""

    name = "aliyun"
    channel = "sms"
    unknown: Unknown = "queryable"
    repeat_window: timedelta | None = None

    def __init__(
        self,
        post: Post,
        *,
        key: AccessKey,
        sign_name: str,
        endpoint: str = ENDPOINT,
        user_agent: str = USER_AGENT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        """Set up; opens nothing.

        Args:
            post: the way to the network.
            key: of the account.
            sign_name: the approved signature, without the brackets.
            endpoint: scheme and host, and a port if need be; no path.
            user_agent: signed with the request.
            now: for the signature; the machine's clock, not the office's.
            nonce: a new word for each request.
        """
        self._post = post
        self._key = key
        self._sign_name = sign_name
        self._endpoint = endpoint.rstrip("/")
        self._host = urlsplit(self._endpoint).netloc
        self._user_agent = user_agent
        self._now = now
        self._nonce = nonce

    def __repr__(self) -> str:
        return f"Aliyun({self._endpoint})"

    def hand_over(self, parcels: Sequence[Parcel], *, deadline: float) -> list[Answer]:
        """Hand over each parcel in a call of its own."""
        words = self._post.post_all([self._send_sms(each) for each in parcels], deadline=deadline)
        return [_answer(parcel, word) for parcel, word in zip(parcels, words, strict=True)]

    def look_up(self, reference: str, to: str, *, sent_on: date) -> Lookup:
        """Search the vendor's list of *to* for *reference*, on *sent_on* and both days beside it.

        The days beside it: a call can cross midnight, and two clocks never agree. The date is
        the vendor's, so it must come from the machine's clock; a date ahead of that is UNCLEAR.
        """
        today = self._now().astimezone(CHINA).date()
        if not today - timedelta(days=_QUERY_DAYS - 1) <= sent_on <= today:
            return Lookup(Found.UNCLEAR, code="date_out_of_range")
        for day in (sent_on, sent_on + timedelta(days=1), sent_on - timedelta(days=1)):
            if day > today:
                continue
            lookup = self._look_up_on(day, reference, to)
            if lookup.found is not Found.ABSENT:
                return lookup
        return Lookup(Found.ABSENT)

    def read_callback(
        self,
        body: bytes,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        *,
        came_at: datetime | None = None,
    ) -> Callback:
        """Read receipts (SmsReport) or replies (SmsUp); the vendor signs neither, nor the hour."""
        return aliyun_callbacks.read(body)

    def check(self, templates: Sequence[str]) -> list[Checked]:
        """Ask after nobody's texts of today, then for the signature and *templates*."""
        now = self._now()
        [word] = self._post.post_all([self._details_of(NOBODY, now.astimezone(CHINA).date(), 1)])
        details = _details(word)
        told = details if isinstance(details, str) else None
        status = word.status if isinstance(word, Response) else 0
        first = access(word, told, _verdict(told or "", status))
        if not first.sound:
            return [first, *clock(word, now)]
        asked = [self._request("GetSmsSign", {"SignName": self._sign_name})]
        asked += [self._request("GetSmsTemplate", {"TemplateCode": code}) for code in templates]
        sign, *words = self._post.post_all(asked, at_once=_ASKED_AT_ONCE)
        found = zip(templates, words, strict=True)
        return [
            first,
            *clock(word, now),
            aliyun_checkup.signature(self._sign_name, sign),
            *(aliyun_checkup.template(code, answer) for code, answer in found),
        ]

    def _details_of(self, to: str, day: date, page: int) -> Request:
        return self._request(
            "QuerySendDetails",
            {
                "PhoneNumber": to,
                "SendDate": day.strftime("%Y%m%d"),
                "PageSize": str(_PAGE_SIZE),
                "CurrentPage": str(page),
            },
        )

    def _send_sms(self, parcel: Parcel) -> Request:
        params = {
            "PhoneNumbers": parcel.to,
            "SignName": self._sign_name,
            "TemplateCode": parcel.template,
            "OutId": parcel.reference,
        }
        if parcel.params:
            params["TemplateParam"] = json.dumps(
                dict(parcel.params), ensure_ascii=False, separators=(",", ":")
            )
        return self._request("SendSms", params)

    def _request(self, action: str, params: Mapping[str, str]) -> Request:
        headers = signed_headers(
            action,
            params,
            host=self._host,
            key=self._key,
            at=self._now(),
            nonce=self._nonce(),
            user_agent=self._user_agent,
        )
        return Request("POST", f"{self._endpoint}/?{wire_query(params)}", headers)

    def _look_up_on(self, day: date, reference: str, to: str) -> Lookup:
        seen = 0
        for page in range(1, _MOST_PAGES + 1):
            [word] = self._post.post_all([self._details_of(to, day, page)])
            read = _details(word)
            if isinstance(read, str):
                return Lookup(Found.UNCLEAR, code=read)
            total, rows = read
            for row in rows:
                if row.get("OutId") == reference:
                    return _found(row)
            # Absent only when every text the vendor counts was looked at.
            seen += len(rows)
            if seen >= total:
                return Lookup(Found.ABSENT)
            if not rows:
                return Lookup(Found.UNCLEAR, code="bad_answer")
        return Lookup(Found.UNCLEAR, code="too_many_pages")


def _answer(parcel: Parcel, word: Word) -> Answer:
    if not isinstance(word, Response):
        return unanswered(parcel.reference, word)
    told = json_object(word.body)
    code = told.get("Code")
    if not isinstance(code, str):
        return without_code(parcel.reference, word)
    said = masked(str(told.get("Message") or ""))
    if word.status == 200 and code == "OK":
        return _taken(parcel, told.get("BizId"), said)
    result, why = _verdict(code, word.status)
    pause = _pause(code, said, word) if why is Why.THROTTLED else None
    return Answer(parcel.reference, result, why, code=masked(code), said=said, retry_after=pause)


def _taken(parcel: Parcel, biz_id: object, said: str) -> Answer:
    # An OK without an id is not what the vendor sends: some other machine answered.
    if not isinstance(biz_id, str) or not biz_id:
        return Answer(parcel.reference, Result.UNSURE, Why.UNKNOWN, code="bad_answer", said=said)
    return Answer(parcel.reference, Result.ACCEPTED, gateway_ref=biz_id, code="OK", said=said)


def _verdict(code: str, status: int) -> tuple[Result, Why]:
    for family, verdict in SEND_FAMILIES.items():
        if code.startswith(family):
            return verdict
    # A server that broke down in the middle may have sent before it broke.
    if status >= 500:
        return Result.UNSURE, Why.TRANSIENT
    return SEND.get(code, (Result.UNSURE, Why.UNKNOWN))


def _pause(code: str, said: str, word: Response) -> timedelta | None:
    if code == "isv.BUSINESS_LIMIT_CONTROL":
        terms = (term for name, term in _LIMIT_TERMS.items() if name in said)
        return next(terms, timedelta(hours=1))
    vendors = retry_after(word, header="x-acs-retry-after", unit=timedelta(milliseconds=1))
    return vendors or retry_after(word)


def _details(word: Word) -> tuple[int, list[dict[str, object]]] | str:
    """Return the total and the rows of one page, or a code that says why not."""
    if not isinstance(word, Response):
        return word.code
    told = json_object(word.body)
    if word.status != 200 or told.get("Code") != "OK":
        code = told.get("Code")
        return code if isinstance(code, str) and code != "OK" else f"http_{word.status}"
    total, holder = told.get("TotalCount"), told.get("SmsSendDetailDTOs")
    rows = holder.get("SmsSendDetailDTO") if isinstance(holder, dict) else None
    if isinstance(total, str) and total.isdigit():
        total = int(total)
    if not isinstance(total, int) or not isinstance(rows, list):
        return "bad_answer"
    if not all(isinstance(row, dict) for row in rows):
        return "bad_answer"
    return total, rows


def _found(row: Mapping[str, object]) -> Lookup:
    status, code = row.get("SendStatus"), row.get("ErrCode")
    outcome = _OUTCOMES.get(status, Outcome.NONE) if isinstance(status, int) else Outcome.NONE
    return Lookup(Found.FOUND, outcome=outcome, code=code if isinstance(code, str) else "")
