"""Template messages by way of a WeChat service account.

One parcel is one call; our reference goes as client_msg_id, and the vendor sends the
same id to the same openid only once in ten minutes, so an unsure call may be repeated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from pusher.gateways.access_token import NoToken, TokenDesk, by_token
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
    boot_seconds,
    masked,
)
from pusher.gateways.checkup import About, Checked
from pusher.gateways.post import Post, Request, Response, Word
from pusher.gateways.wechat_callbacks import read
from pusher.gateways.wechat_codes import SEND, TOKEN_REFUSED
from pusher.gateways.wechat_envelope import CallbackSecrets, check_age

ENDPOINT: Final = "https://api.weixin.qq.com"

_PATIENCE_S = 30.0  # for a token that nobody's lease waits for
_HEADERS = [("content-type", "application/json"), ("accept-encoding", "identity")]


class WeChat:
    """A gateway for template messages; see `Gateway` for what its methods promise."""

    name = "wechat"
    channel = "wechat"
    unknown: Unknown = "idempotent"
    # The vendor keeps an id for ten minutes; two are left for slow calls and clocks.
    repeat_window: timedelta | None = timedelta(minutes=8)

    def __init__(
        self,
        post: Post,
        *,
        appid: str,
        secret: str,
        callback: CallbackSecrets | None = None,
        endpoint: str = ENDPOINT,
        stable_token: bool = True,
        clock: Callable[[], float] = boot_seconds,
    ) -> None:
        """Set up; opens nothing.

        Args:
            post: the way to the network.
            appid: of the account.
            secret: of the account.
            callback: what callbacks are checked with; None: every callback is Forged.
            endpoint: scheme and host, with a path if there is a proxy in front.
            stable_token: fetch the token by ``stable_token``, else by ``token``.
            clock: seconds that never go back, for the age of the token.
        """
        self._post = post
        self._endpoint = endpoint.rstrip("/")
        self._callback = callback
        self._tokens = TokenDesk(
            post,
            ask=lambda force: _ask_token(self._endpoint, appid, secret, stable_token, force),
            verdicts=SEND,
            can_insist=stable_token,
            clock=clock,
        )

    def __repr__(self) -> str:
        return f"WeChat({self._endpoint})"

    def hand_over(self, parcels: Sequence[Parcel], *, deadline: float) -> list[Answer]:
        """Hand over each parcel in a call of its own; a refused token is renewed once."""
        return by_token(
            self._tokens,
            parcels,
            lambda some, token: self._send(some, token, deadline),
            turned_away=_TOKEN_CODES,
            deadline=deadline,
        )

    def look_up(self, reference: str, to: str, *, sent_on: date) -> Lookup:
        """Return UNCLEAR: the vendor has no query; repeat inside `repeat_window` instead."""
        return Lookup(Found.UNCLEAR, code="no_query")

    def read_callback(
        self,
        body: bytes,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        *,
        came_at: datetime | None = None,
    ) -> Callback:
        """Check and read an event, a text, or the address check (GET, empty body)."""
        callback = read(body, query, self._callback)
        if came_at is not None:
            check_age(query, came_at)
        return callback

    def check(self, templates: Sequence[str]) -> list[Checked]:
        """Fetch a token, then the account's list of templates."""
        token = self._tokens.token(deadline=boot_seconds() + _PATIENCE_S)
        if isinstance(token, NoToken):
            return [Checked(About.ACCESS, False, why=token.why, code=token.code, said=token.said)]
        query = urlencode({"access_token": token})
        address = f"{self._endpoint}/cgi-bin/template/get_all_private_template?{query}"
        [word] = self._post.post_all([Request("GET", address)])
        listed = _listed(word)
        found = [Checked(About.ACCESS, True)]
        if isinstance(listed, str):
            return found + [
                Checked(About.TEMPLATE, None, code, Why.UNKNOWN, listed) for code in templates
            ]
        return found + [
            Checked(About.TEMPLATE, True, code)
            if code in listed
            else Checked(About.TEMPLATE, False, code, Why.CONTENT, "not_found", "账号下没有")
            for code in templates
        ]

    def _send(self, parcels: Sequence[Parcel], token: str, deadline: float) -> list[Answer]:
        query = urlencode({"access_token": token})
        address = f"{self._endpoint}/cgi-bin/message/template/send?{query}"
        requests = [Request("POST", address, _HEADERS, _body_of(parcel)) for parcel in parcels]
        words = self._post.post_all(requests, deadline=deadline)
        return [_answer(parcel, word) for parcel, word in zip(parcels, words, strict=True)]


def template_body(
    to: str,
    template: str,
    data: Mapping[str, Mapping[str, str]],
    *,
    url: str | None = None,
    client_msg_id: str | None = None,
) -> bytes:
    """Return the body of one template message.

    Raw UTF-8: the vendor may refuse ``\\u`` escapes (40033).

    Args:
        to: openid.
        template: template_id.
        data: field name to its ``value`` (and ``color``).
        url: where a tap leads.
        client_msg_id: a repeat with the same one is dropped for ten minutes.
    """
    body: dict[str, object] = {"touser": to, "template_id": template}
    if url:
        body["url"] = url
    if client_msg_id:
        body["client_msg_id"] = client_msg_id
    body["data"] = {name: dict(value) for name, value in data.items()}
    return json.dumps(body, ensure_ascii=False).encode()


def _ask_token(endpoint: str, appid: str, secret: str, stable: bool, force: bool) -> Request:
    """Ask by ``stable_token``: repeats give the same, and other programs of the office do not
    end ours. By ``token`` where the account's rules demand it."""
    account = {"grant_type": "client_credential", "appid": appid, "secret": secret}
    if not stable:
        return Request("GET", f"{endpoint}/cgi-bin/token?{urlencode(account)}")
    body = json.dumps({**account, "force_refresh": force}).encode()
    return Request("POST", f"{endpoint}/cgi-bin/stable_token", [_HEADERS[0]], body)


_TOKEN_CODES = frozenset(str(code) for code in TOKEN_REFUSED)


def _body_of(parcel: Parcel) -> bytes:
    return template_body(
        parcel.to,
        parcel.template,
        {name: {"value": value} for name, value in parcel.params.items()},
        url=parcel.url,
        client_msg_id=parcel.reference,
    )


def _answer(parcel: Parcel, word: Word) -> Answer:
    if not isinstance(word, Response):
        return unanswered(parcel.reference, word)
    told = json_object(word.body)
    errcode = told.get("errcode")
    if word.status != 200 or not isinstance(errcode, int):
        return without_code(parcel.reference, word)
    said = masked(str(told.get("errmsg") or ""))
    if errcode == 0:
        return _taken(parcel, told.get("msgid"), said)
    result, why = SEND.get(errcode, (Result.UNSURE, _unsure_why(errcode)))
    pause = timedelta(minutes=1) if why is Why.THROTTLED else None
    return Answer(parcel.reference, result, why, code=str(errcode), said=said, retry_after=pause)


def _listed(word: Word) -> set[str] | str:
    """The ids of the account's templates, or a code that says why not."""
    if not isinstance(word, Response):
        return word.code
    told = json_object(word.body)
    rows = told.get("template_list")
    if word.status != 200 or not isinstance(rows, list):
        return str(told.get("errcode") or f"http_{word.status}")
    return {str(row.get("template_id")) for row in rows if isinstance(row, dict)}


def _unsure_why(errcode: int) -> Why:
    return Why.TRANSIENT if errcode in (-1, -1000) else Why.UNKNOWN


def _taken(parcel: Parcel, msgid: object, said: str) -> Answer:
    if isinstance(msgid, bool) or not isinstance(msgid, int):
        return Answer(parcel.reference, Result.UNSURE, Why.UNKNOWN, code="bad_answer", said=said)
    return Answer(parcel.reference, Result.ACCEPTED, gateway_ref=str(msgid), code="0", said=said)
