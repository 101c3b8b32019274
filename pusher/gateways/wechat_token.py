"""The access token of a WeChat account: one for the whole process, renewed when refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from pusher.gateways.answers import json_object
from pusher.gateways.base import Result, Why, boot_seconds, masked
from pusher.gateways.post import NotSent, Post, Request, Response, Unsure
from pusher.gateways.wechat_codes import SEND

_MARGIN_S = 300  # old and new token are both good for the last five minutes
_JSON = ("content-type", "application/json")


@dataclass(frozen=True, slots=True)
class NoToken:
    """Why there is none. Nothing was sent to anybody by asking for it."""

    why: Why
    code: str
    said: str = ""


@dataclass(slots=True)
class _Held:
    token: str = field(default="", repr=False)
    good_until: float = 0.0  # boot_seconds


class TokenDesk:
    """Fetches the token once for all threads.

    ``stable_token`` by default: repeats give the same token, and other programs of the
    office do not invalidate ours. ``token`` where the account's rules demand it.
    """

    def __init__(
        self,
        post: Post,
        *,
        endpoint: str,
        appid: str,
        secret: str,
        stable: bool = True,
        clock: Callable[[], float] = boot_seconds,
    ) -> None:
        self._post = post
        self._endpoint = endpoint
        self._appid = appid
        self._secret = secret
        self._stable = stable
        self._clock = clock
        self._held = _Held()
        self._lock = threading.Lock()

    def token(self, *, deadline: float, refused: str | None = None) -> str | NoToken:
        """Return a token that is not *refused*, fetching one if need be.

        Args:
            deadline: in seconds of `boot_seconds()`; no request is written after it.
            refused: the token the vendor has just turned away; None on the first try.
        """
        with self._lock:
            held = self._held
            if held.token and held.token != refused and self._clock() < held.good_until:
                return held.token
            fetched = self._fetch(deadline, force=False)
            # The vendor hands out what it turned away: insist, once (20 times a day at most).
            if fetched == refused and self._stable:
                fetched = self._fetch(deadline, force=True)
            return fetched

    def _fetch(self, deadline: float, *, force: bool) -> str | NoToken:
        request = self._ask_stable(force) if self._stable else self._ask_plain()
        [word] = self._post.post_all([request], deadline=deadline)
        if isinstance(word, NotSent) and word.code == "lease_over":
            return NoToken(Why.LEASE_OVER, word.code)
        if isinstance(word, NotSent | Unsure):
            return NoToken(Why.TRANSIENT, word.code)
        return self._read(word)

    def _ask_stable(self, force: bool) -> Request:
        body = {
            "grant_type": "client_credential",
            "appid": self._appid,
            "secret": self._secret,
            "force_refresh": force,
        }
        address = f"{self._endpoint}/cgi-bin/stable_token"
        return Request("POST", address, [_JSON], json.dumps(body).encode())

    def _ask_plain(self) -> Request:
        query = urlencode(
            {"grant_type": "client_credential", "appid": self._appid, "secret": self._secret}
        )
        return Request("GET", f"{self._endpoint}/cgi-bin/token?{query}")

    def _read(self, word: Response) -> str | NoToken:
        told = json_object(word.body)
        token, lasts = told.get("access_token"), told.get("expires_in")
        if word.status == 200 and isinstance(token, str) and token and isinstance(lasts, int):
            # A token near its end is still used, but asked for again next time.
            self._held = _Held(token, self._clock() + max(lasts - _MARGIN_S, 0))
            return token
        errcode, said = told.get("errcode"), masked(str(told.get("errmsg") or ""))
        if not isinstance(errcode, int):
            return NoToken(Why.TRANSIENT, f"http_{word.status}")
        result, why = SEND.get(errcode, (Result.UNSURE, Why.TRANSIENT))
        if result is not Result.NOT_SENT:
            why = Why.TRANSIENT
        return NoToken(why, str(errcode), said)
