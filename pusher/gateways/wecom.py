"""Notices by way of an application in WeCom (企业微信), to members of the office's own corp.

One parcel is one call. The vendor drops a call whose content it has seen within four hours, and
each notice's link is its own, so an unsure call may be repeated as it was. There are no receipts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from pusher.gateways import wecom_callbacks
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
from pusher.gateways.checkup import About, Checked, access
from pusher.gateways.post import Post, Request, Response, Word
from pusher.gateways.wechat_envelope import CallbackSecrets, check_age
from pusher.gateways.wecom_codes import SEND, TOKEN_REFUSED

ENDPOINT: Final = "https://qyapi.weixin.qq.com"

# Letters and digits, so that neither "@all" nor "a|b" is ever taken for one member.
_MEMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
_HEADERS: Final = [("content-type", "application/json"), ("accept-encoding", "identity")]
_PATIENCE_S: Final = 30.0  # for a token that nobody's lease waits for
_TOKEN_CODES: Final = frozenset(str(code) for code in TOKEN_REFUSED)
# The longest that the vendor allows.
_CHECKED: Final = {"enable_duplicate_check": 1, "duplicate_check_interval": 14_400}


class WeCom:
    """A gateway for notices to members; see `Gateway` for what its methods promise."""

    name = "wecom"
    channel = "wecom"
    unknown: Unknown = "idempotent"
    # Four hours, but for ten minutes for slow calls and clocks.
    repeat_window: timedelta | None = timedelta(hours=3, minutes=50)

    def __init__(
        self,
        post: Post,
        *,
        corp_id: str,
        secret: str,
        agent_id: int,
        callback: CallbackSecrets | None = None,
        endpoint: str = ENDPOINT,
        clock: Callable[[], float] = boot_seconds,
    ) -> None:
        """Set up; opens nothing.

        Args:
            post: the way to the network.
            corp_id: of the office's corp.
            secret: of the application; a token is good for this one application.
            agent_id: of the application.
            callback: what callbacks are checked with; None: every callback is Forged.
            endpoint: scheme and host, with a path if there is a proxy in front.
            clock: seconds that never go back, for the age of the token.
        """
        self._post = post
        self._endpoint = endpoint.rstrip("/")
        self._agent_id = agent_id
        self._callback = callback
        query = urlencode({"corpid": corp_id, "corpsecret": secret})
        # Asked again the vendor gives the same token while it lasts, so nobody can insist.
        self._tokens = TokenDesk(
            post,
            ask=lambda _: Request("GET", f"{self._endpoint}/cgi-bin/gettoken?{query}"),
            verdicts=SEND,
            can_insist=False,
            clock=clock,
        )

    def __repr__(self) -> str:
        return f"WeCom({self._endpoint})"

    def hand_over(self, parcels: Sequence[Parcel], *, deadline: float) -> list[Answer]:
        """Hand over each parcel in a call of its own; a refused token is renewed once."""
        sound = [parcel for parcel in parcels if _MEMBER.fullmatch(parcel.to)]
        sent = iter(
            by_token(
                self._tokens,
                sound,
                lambda some, token: self._send(some, token, deadline),
                turned_away=_TOKEN_CODES,
                deadline=deadline,
            )
        )
        return [
            next(sent) if _MEMBER.fullmatch(parcel.to) else _no_member(parcel) for parcel in parcels
        ]

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
        callback = wecom_callbacks.read(body, query, self._callback)
        if came_at is not None:
            check_age(query, came_at)
        return callback

    def check(self, templates: Sequence[str]) -> list[Checked]:
        """Fetch a token, then ask for the application: corp, secret, agent and allow-list."""
        token = self._tokens.token(deadline=boot_seconds() + _PATIENCE_S)
        if isinstance(token, NoToken):
            return [Checked(About.ACCESS, False, why=token.why, code=token.code, said=token.said)]
        query = urlencode({"access_token": token, "agentid": self._agent_id})
        address = f"{self._endpoint}/cgi-bin/agent/get?{query}"
        [word] = self._post.post_all([Request("GET", address)])
        answer = json_object(word.body) if isinstance(word, Response) else {}
        errcode = answer.get("errcode")
        if not isinstance(word, Response) or not isinstance(errcode, int):
            code = f"http_{word.status}" if isinstance(word, Response) else word.code
            return [access(word, code, (Result.UNSURE, Why.TRANSIENT))]
        verdict = SEND.get(errcode, (Result.UNSURE, Why.UNKNOWN))
        return [access(word, str(errcode) if errcode else None, verdict)]

    def _send(self, parcels: Sequence[Parcel], token: str, deadline: float) -> list[Answer]:
        query = urlencode({"access_token": token})
        address = f"{self._endpoint}/cgi-bin/message/send?{query}"
        requests = [Request("POST", address, _HEADERS, self._body_of(each)) for each in parcels]
        words = self._post.post_all(requests, deadline=deadline)
        return [_answer(parcel, word) for parcel, word in zip(parcels, words, strict=True)]

    def _body_of(self, parcel: Parcel) -> bytes:
        if parcel.url is None:
            return text_body([parcel.to], self._agent_id, parcel.text, **_CHECKED)
        card = {**parcel.params, "url": parcel.url, "btntxt": "查看"}
        return card_body([parcel.to], self._agent_id, card, **_CHECKED)


def text_body(to: Sequence[str], agent_id: int, content: str, **more: int) -> bytes:
    """Return the body of a notice in plain words.

    Args:
        to: members, at most 1,000.
        agent_id: of the application.
        content: at most 2,048 bytes.
        more: how repeats are treated.
    """
    return _body(to, agent_id, "text", {"content": content}, safe=0, **more)


def card_body(to: Sequence[str], agent_id: int, card: Mapping[str, str], **more: int) -> bytes:
    """Return the body of a card that leads somewhere.

    Args:
        to: members, at most 1,000.
        agent_id: of the application.
        card: ``title`` (128 bytes), ``description`` (512 bytes), ``url`` (2,048 bytes),
            ``btntxt`` (4 characters).
        more: how repeats are treated.
    """
    return _body(to, agent_id, "textcard", card, **more)


def _body(
    to: Sequence[str], agent_id: int, kind: str, said: Mapping[str, str], **more: int
) -> bytes:
    told = {
        "touser": "|".join(to),
        "toparty": "",
        "totag": "",
        "agentid": agent_id,
        "msgtype": kind,
        kind: dict(said),
        **more,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _no_member(parcel: Parcel) -> Answer:
    return Answer(parcel.reference, Result.REFUSED, Why.RECIPIENT, code="no_member_id")


def _answer(parcel: Parcel, word: Word) -> Answer:
    if not isinstance(word, Response):
        return unanswered(parcel.reference, word)
    told = json_object(word.body)
    errcode = told.get("errcode")
    if word.status != 200 or isinstance(errcode, bool) or not isinstance(errcode, int):
        return without_code(parcel.reference, word)
    said = masked(str(told.get("errmsg") or ""))
    if errcode == 0:
        return _taken(parcel, told, said)
    why = Why.TRANSIENT if errcode == -1 else Why.UNKNOWN
    result, why = SEND.get(errcode, (Result.UNSURE, why))
    pause = timedelta(minutes=1) if why is Why.THROTTLED else None
    return Answer(parcel.reference, result, why, code=str(errcode), said=said, retry_after=pause)


def _taken(parcel: Parcel, told: Mapping[str, object], said: str) -> Answer:
    """0 says that the call was sound; whether the member was is told beside it."""
    if _names(told.get("invaliduser"), parcel.to):
        return Answer(
            parcel.reference, Result.REFUSED, Why.RECIPIENT, code="invaliduser", said=said
        )
    # The member is right, and the corp has no licence for them: a matter for staff.
    if _names(told.get("unlicenseduser"), parcel.to):
        return Answer(
            parcel.reference, Result.REFUSED, Why.MISUSE, code="unlicenseduser", said=said
        )
    msgid = told.get("msgid")
    if not isinstance(msgid, str) or not msgid:
        return Answer(parcel.reference, Result.UNSURE, Why.UNKNOWN, code="bad_answer", said=said)
    return Answer(parcel.reference, Result.ACCEPTED, gateway_ref=msgid, code="0", said=said)


def _names(members: object, member: str) -> bool:
    # the vendor writes them in lower case
    return isinstance(members, str) and member.lower() in members.lower().split("|")
