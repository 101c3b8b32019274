"""Text messages by way of Tencent Cloud SMS (2021-01-11).

One parcel is one SendSms with our reference as SessionContext: the vendor drops no repeats and
knows no query for what it accepted. It lists what became of the texts to one number, our reference
with them once it has switched that on for the account. So an unsure call can be found, but never
proved absent: it is not sent again by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlsplit

from pusher.gateways import tencent_callbacks, tencent_checkup
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
from pusher.gateways.checkup import NOBODY, About, Checked, access, clock
from pusher.gateways.post import Post, Request, Response, Word
from pusher.gateways.tencent_codes import LIMIT_SECONDS, SEND, SEND_FAMILIES, UNTIL_TOMORROW
from pusher.gateways.tencent_signing import SecretPair, signed_headers

ENDPOINT: Final = "https://sms.tencentcloudapi.com"
REGION: Final = "ap-guangzhou"
CLIENT: Final = "policy-pusher"

_ROWS = 100  # the vendor's largest
_QUERY_DAYS = 7  # how far back the vendor answers
_DAY = timedelta(days=1)
_OUTCOMES = {"SUCCESS": Outcome.DELIVERED, "FAIL": Outcome.UNDELIVERED}


class Tencent:
    """A gateway for text messages; see `Gateway` for what its methods promise."""

    name = "tencent"
    channel = "sms"
    unknown: Unknown = "queryable"
    repeat_window: timedelta | None = None

    def __init__(
        self,
        post: Post,
        *,
        key: SecretPair,
        app_id: str,
        sign_name: str,
        endpoint: str = ENDPOINT,
        region: str = REGION,
        client: str = CLIENT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Set up; opens nothing.

        Args:
            post: the way to the network.
            key: of the account.
            app_id: SmsSdkAppId of the application.
            sign_name: the approved signature, without the brackets.
            endpoint: scheme and host, and a port if need be; no path.
            region: see `signed_headers`.
            client: our name in the request.
            now: for the signature; the machine's clock, not the office's.
        """
        self._post = post
        self._key = key
        self._app_id = app_id
        self._sign_name = sign_name
        self._endpoint = endpoint.rstrip("/")
        self._host = urlsplit(self._endpoint).netloc
        self._region = region
        self._client = client
        self._now = now

    def __repr__(self) -> str:
        return f"Tencent({self._endpoint})"

    def hand_over(self, parcels: Sequence[Parcel], *, deadline: float) -> list[Answer]:
        """Hand over each parcel in a call of its own; its values are {1}, {2}… in their order."""
        words = self._post.post_all([self._send_sms(each) for each in parcels], deadline=deadline)
        return [
            _answer(parcel, word, at=self._now())
            for parcel, word in zip(parcels, words, strict=True)
        ]

    def look_up(self, reference: str, to: str, *, sent_on: date) -> Lookup:
        """Search what became of the texts to *to*, on *sent_on* and both days beside it.

        The vendor lists delivered and failed texts only, so whoever is not among them may yet
        come: never ABSENT.
        """
        now = self._now()
        midnight = datetime.combine(sent_on, time(), CHINA)
        begin, end = max(midnight - _DAY, now - _QUERY_DAYS * _DAY), min(midnight + 2 * _DAY, now)
        if begin >= end:
            return Lookup(Found.UNCLEAR, code="date_out_of_range")
        [word] = self._post.post_all([self._statuses_of(to, begin, end)])
        rows = _rows(word)
        if isinstance(rows, str):
            return Lookup(Found.UNCLEAR, code=rows)
        found = next((row for row in rows if row.get("SessionContext") == reference), None)
        return _found(found) if found else Lookup(Found.UNCLEAR, code="no_word_yet")

    def read_callback(
        self,
        body: bytes,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        *,
        came_at: datetime | None = None,
    ) -> Callback:
        """Read receipts or a reply; the vendor signs neither, nor the hour."""
        return tencent_callbacks.read(body)

    def check(self, templates: Sequence[str]) -> list[Checked]:
        """Ask after nobody's texts of the last hour, then for the signatures and *templates*."""
        now = self._now()
        [word] = self._post.post_all([self._statuses_of(NOBODY, now - timedelta(hours=1), now)])
        rows = _rows(word)
        told = rows if isinstance(rows, str) else None
        first = [access(word, told, _verdict(told or "")), *clock(word, now)]
        if not first[0].sound:
            return first
        codes = [code for code in templates if tencent_checkup.is_code(code)]
        first += [
            Checked(About.TEMPLATE, False, code, Why.CONTENT, "not_a_number", "编号应为数字")
            for code in templates
            if code not in codes
        ]
        packs = [codes[at : at + _ROWS] for at in range(0, len(codes), _ROWS)]
        asked = [self._request("DescribeSmsSignList", tencent_checkup.all_signatures())]
        asked += [
            self._request("DescribeSmsTemplateList", tencent_checkup.these_templates(pack))
            for pack in packs
        ]
        sign, *words = self._post.post_all(asked)
        first.append(tencent_checkup.signature(self._sign_name, sign))
        for pack, answer in zip(packs, words, strict=True):
            first += tencent_checkup.templates(pack, answer)
        return first

    def _statuses_of(self, to: str, begin: datetime, end: datetime) -> Request:
        asked = {
            "BeginTime": int(begin.timestamp()),
            "Offset": 0,
            "Limit": _ROWS,
            "PhoneNumber": f"+86{to}",
            "SmsSdkAppId": self._app_id,
            "EndTime": int(end.timestamp()),
        }
        return self._request("PullSmsSendStatusByPhoneNumber", asked)

    def _send_sms(self, parcel: Parcel) -> Request:
        told: dict[str, object] = {
            "PhoneNumberSet": [f"+86{parcel.to}"],
            "SmsSdkAppId": self._app_id,
            "TemplateId": parcel.template,
            "SignName": self._sign_name,
        }
        if parcel.params:
            told["TemplateParamSet"] = list(parcel.params.values())
        return self._request("SendSms", {**told, "SessionContext": parcel.reference})

    def _request(self, action: str, told: Mapping[str, object]) -> Request:
        body = json.dumps(told).encode()
        headers = signed_headers(
            action,
            body,
            host=self._host,
            key=self._key,
            at=self._now(),
            region=self._region,
            client=self._client,
        )
        return Request("POST", f"{self._endpoint}/", headers, body)


def _answer(parcel: Parcel, word: Word, *, at: datetime) -> Answer:
    if not isinstance(word, Response):
        return unanswered(parcel.reference, word)
    told = json_object(word.body).get("Response")
    # refusals come with 200; with any other status something else than the vendor's desk spoke
    if word.status != 200 or not isinstance(told, dict):
        return without_code(parcel.reference, word)
    error = told.get("Error")
    if isinstance(error, dict):
        return _refused(parcel, error, word, at=at)
    statuses = told.get("SendStatusSet")
    status = statuses[0] if isinstance(statuses, list) and len(statuses) == 1 else None
    if not isinstance(status, dict):
        return without_code(parcel.reference, word)
    if status.get("Code") == "Ok":
        return _taken(parcel, status)
    return _refused(parcel, status, word, at=at)


def _taken(parcel: Parcel, status: Mapping[str, object]) -> Answer:
    serial, said = status.get("SerialNo"), masked(str(status.get("Message") or ""))
    # An Ok without an id, or for another call, is not what the vendor sends.
    ours = status.get("SessionContext", parcel.reference) in (parcel.reference, "")
    if not isinstance(serial, str) or not serial or not ours:
        return Answer(parcel.reference, Result.UNSURE, Why.UNKNOWN, code="bad_answer", said=said)
    return Answer(parcel.reference, Result.ACCEPTED, gateway_ref=serial, code="Ok", said=said)


def _refused(
    parcel: Parcel, status: Mapping[str, object], word: Response, *, at: datetime
) -> Answer:
    code = status.get("Code")
    if not isinstance(code, str) or not code:
        return without_code(parcel.reference, word)
    result, why = _verdict(code)
    pause = _pause(code, word, at) if why is Why.THROTTLED else None
    said = masked(str(status.get("Message") or ""))
    return Answer(parcel.reference, result, why, code=masked(code), said=said, retry_after=pause)


def _verdict(code: str) -> tuple[Result, Why]:
    family = SEND_FAMILIES.get(code.partition(".")[0], (Result.UNSURE, Why.UNKNOWN))
    return SEND.get(code, family)


def _pause(code: str, word: Response, at: datetime) -> timedelta | None:
    if code in UNTIL_TOMORROW:
        here = at.astimezone(CHINA)
        return datetime.combine(here.date() + _DAY, time(), CHINA) - here
    if code in LIMIT_SECONDS:
        return timedelta(seconds=LIMIT_SECONDS[code])
    return retry_after(word)


def _rows(word: Word) -> list[dict[str, object]] | str:
    """Return what the vendor lists, or a code that says why not."""
    if not isinstance(word, Response):
        return word.code
    told = json_object(word.body).get("Response")
    if word.status != 200 or not isinstance(told, dict):
        return "bad_answer" if word.status == 200 else f"http_{word.status}"
    error = told.get("Error")
    if isinstance(error, dict):
        return masked(str(error.get("Code") or "bad_answer"))
    rows = told.get("PullSmsSendStatusSet")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return "bad_answer"
    return rows


def _found(row: Mapping[str, object]) -> Lookup:
    serial, code = row.get("SerialNo"), row.get("Description")
    return Lookup(
        Found.FOUND,
        gateway_ref=serial if isinstance(serial, str) and serial else None,
        outcome=_OUTCOMES.get(str(row.get("ReportStatus")), Outcome.NONE),
        code=code[:64] if isinstance(code, str) else "",
    )
