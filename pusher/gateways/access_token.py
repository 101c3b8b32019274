"""The access token of a WeChat or WeCom account: one for the process, renewed when refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from pusher.gateways.answers import json_object
from pusher.gateways.base import Answer, Parcel, Result, Why, boot_seconds, masked
from pusher.gateways.post import NotSent, Post, Request, Response, Unsure

Verdict = tuple[Result, Why]

_MARGIN_S = 300  # old and new token are both good for the last five minutes


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
    """Fetches the token once for all threads."""

    def __init__(
        self,
        post: Post,
        *,
        ask: Callable[[bool], Request],
        verdicts: Mapping[int, Verdict],
        can_insist: bool,
        clock: Callable[[], float] = boot_seconds,
    ) -> None:
        """Set up; opens nothing.

        Args:
            post: the way to the network.
            ask: makes the request for a token; True: for a new one, whatever there is.
            verdicts: what the vendor's errcodes mean; only NOT_SENT counts here.
            can_insist: whether the vendor gives a new token when it is asked to.
            clock: seconds that never go back, for the age of the token.
        """
        self._post = post
        self._ask = ask
        self._verdicts = verdicts
        self._can_insist = can_insist
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
            if fetched == refused and self._can_insist:
                fetched = self._fetch(deadline, force=True)
            return fetched

    def _fetch(self, deadline: float, *, force: bool) -> str | NoToken:
        [word] = self._post.post_all([self._ask(force)], deadline=deadline)
        if isinstance(word, NotSent) and word.code == "lease_over":
            return NoToken(Why.LEASE_OVER, word.code)
        if isinstance(word, NotSent | Unsure):
            return NoToken(Why.TRANSIENT, word.code)
        return self._read(word)

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
        result, why = self._verdicts.get(errcode, (Result.UNSURE, Why.TRANSIENT))
        if result is not Result.NOT_SENT:
            why = Why.TRANSIENT
        return NoToken(why, str(errcode), said)


def by_token(
    desk: TokenDesk,
    parcels: Sequence[Parcel],
    send: Callable[[Sequence[Parcel], str], list[Answer]],
    *,
    turned_away: Set[str],
    deadline: float,
) -> list[Answer]:
    """Send *parcels* by the token; those whose token was turned away once more by a new one.

    Args:
        desk: of the account.
        send: hands over parcels by a token; one answer for each, in the same order.
        turned_away: codes of answers that tell of the token and not of the parcel.
        deadline: in seconds of `boot_seconds()`.
    """
    if not parcels:
        return []
    token = desk.token(deadline=deadline)
    if isinstance(token, NoToken):
        return [_without_token(parcel, token) for parcel in parcels]
    answers = send(parcels, token)
    again = [at for at, answer in enumerate(answers) if answer.code in turned_away]
    if not again:
        return answers
    renewed = desk.token(deadline=deadline, refused=token)
    retried = [parcels[at] for at in again]
    if isinstance(renewed, NoToken):
        second = [_without_token(parcel, renewed) for parcel in retried]
    else:
        second = send(retried, renewed)
    for at, answer in zip(again, second, strict=True):
        answers[at] = answer
    return answers


def _without_token(parcel: Parcel, none: NoToken) -> Answer:
    return Answer(parcel.reference, Result.NOT_SENT, none.why, code=none.code, said=none.said)
