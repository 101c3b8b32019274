"""What WeChat may say, and how the one token is kept."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from pusher.gateways.base import Answer, Found, Parcel, Result, Why, boot_seconds
from pusher.gateways.post import Post
from pusher.gateways.wechat import WeChat
from tests.gateways import misbehaving
from tests.gateways.misbehaving import Behaviour, Served, answers, serving

PARCEL = Parcel("A" * 26, "o" + "A" * 27, "T1", {"thing1": "样例"}, "https://example.invalid/n/1")


class Vendor:
    """Gives tokens T1, T2, …; answers sends with *behave* while the token is in *good*."""

    def __init__(
        self, behave: Behaviour, *, good: tuple[str, ...] = ("T1",), lasts: int = 7200
    ) -> None:
        self.behave = behave
        self.good = good
        self.lasts = lasts
        self.tokens: list[bytes] = []
        self.sends: list[bytes] = []
        self.token_answer: Behaviour | None = None
        self._lock = threading.Lock()

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        with self._lock:
            line = request.split(b"\r\n")[0].decode()
            if "token?" in line or "stable_token" in line:
                self.tokens.append(request)
                given = {"access_token": f"T{len(self.tokens)}", "expires_in": self.lasts}
                reply = self.token_answer or answers(json.dumps(given).encode())
            elif line.split("access_token=")[1].split()[0] not in self.good:
                self.sends.append(request)
                reply = told(40001, "invalid credential")
            else:
                self.sends.append(request)
                reply = self.behave
        reply(connection, request)


def told(errcode: int, errmsg: str = "", **more: object) -> Behaviour:
    return answers(json.dumps({"errcode": errcode, "errmsg": errmsg, **more}).encode())


OK = told(0, "ok", msgid=200228332)


@contextmanager
def account(vendor: Vendor, post: Post) -> Iterator[tuple[WeChat, Served]]:
    with serving(vendor) as served:
        yield WeChat(post, appid="wx1", secret="s", endpoint=served.address), served


def hand_over(post: Post, behave: Behaviour) -> Answer:
    with account(Vendor(behave), post) as (gateway, _):
        [answer] = gateway.hand_over([PARCEL], deadline=boot_seconds() + 60)
    return answer


def test_zero_with_an_id_is_accepted(post: Post) -> None:
    answer = hand_over(post, OK)

    assert (answer.result, answer.gateway_ref, answer.reference) == (
        Result.ACCEPTED,
        "200228332",
        "A" * 26,
    )


@pytest.mark.parametrize(
    ("errcode", "result", "why"),
    [
        (-1, "unsure", "transient"),
        (-1000, "unsure", "transient"),
        (99999, "unsure", "unknown"),
        (40003, "refused", "recipient"),
        (43019, "refused", "recipient"),
        (43004, "refused", "opt_out"),
        (43101, "refused", "opt_out"),
        (47003, "refused", "content"),
        (40037, "refused", "content"),
        (43002, "refused", "misuse"),
        (45009, "not_sent", "quota"),
        (45011, "not_sent", "throttled"),
        (48001, "not_sent", "auth"),
        (40164, "not_sent", "auth"),
    ],
)
def test_each_errcode_has_its_class(post: Post, errcode: int, result: str, why: str) -> None:
    answer = hand_over(post, told(errcode))

    assert (answer.result, answer.why, answer.code) == (result, why, str(errcode))


@pytest.mark.parametrize(
    "behave",
    [
        misbehaving.closes,
        misbehaving.truncates,
        told(0),
        answers(b"{}"),
        answers(b'{"errcode":"0","msgid":1}'),
        answers(b"<html></html>", status=b"502 Bad Gateway"),
        answers(b'{"errcode":0,"msgid":1}', status=b"500 X"),
    ],
)
def test_an_answer_without_proof_is_unsure(post: Post, behave: Behaviour) -> None:
    assert hand_over(post, behave).result is Result.UNSURE


def test_a_minute_limit_asks_for_a_minute(post: Post) -> None:
    assert hand_over(post, told(45011)).retry_after == timedelta(minutes=1)


def test_one_token_serves_many_hand_overs(post: Post) -> None:
    vendor = Vendor(OK)
    with account(vendor, post) as (gateway, _):
        for _ in range(3):
            gateway.hand_over([PARCEL] * 5, deadline=boot_seconds() + 60)

    assert (len(vendor.tokens), len(vendor.sends)) == (1, 15)


def test_threads_share_the_token(post: Post) -> None:
    vendor = Vendor(OK)
    with account(vendor, post) as (gateway, _):
        threads = [
            threading.Thread(target=gateway.hand_over, args=([PARCEL],), kwargs={"deadline": 1e12})
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert (len(vendor.tokens), len(vendor.sends)) == (1, 8)


@pytest.mark.parametrize("errcode", [40001, 40014, 41001, 42001])
def test_a_refused_token_is_renewed_once_and_only_the_refused_are_repeated(
    post: Post, errcode: int
) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        old = b"access_token=T1" in request
        (told(errcode) if old and b"B" * 26 in request else OK)(connection, request)

    vendor = Vendor(behave, good=("T1", "T2"))
    other = Parcel("B" * 26, PARCEL.to, "T1", {})
    with account(vendor, post) as (gateway, _):
        first, second = gateway.hand_over([PARCEL, other], deadline=boot_seconds() + 60)

    assert (first.result, second.result) == (Result.ACCEPTED, Result.ACCEPTED)
    assert (len(vendor.tokens), len(seen)) == (2, 3)


def test_a_token_refused_twice_gives_up_without_a_third_try(post: Post) -> None:
    vendor = Vendor(OK, good=())
    with account(vendor, post) as (gateway, _):
        [answer] = gateway.hand_over([PARCEL], deadline=boot_seconds() + 60)

    assert (answer.result, answer.why) == (Result.NOT_SENT, Why.AUTH)
    assert (len(vendor.tokens), len(vendor.sends)) == (2, 2)


def test_the_same_token_again_is_renewed_by_force(post: Post) -> None:
    vendor = Vendor(OK, good=("T3",))
    with account(vendor, post) as (gateway, _):
        vendor.token_answer = answers(b'{"access_token":"T1","expires_in":7200}')
        gateway.hand_over([PARCEL], deadline=boot_seconds() + 60)

    forced = [b'"force_refresh": true' in request for request in vendor.tokens]
    assert forced == [False, False, True]


def test_a_token_near_its_end_is_asked_for_again(post: Post) -> None:
    vendor = Vendor(OK, good=("T1", "T2"), lasts=300)
    with account(vendor, post) as (gateway, _):
        gateway.hand_over([PARCEL], deadline=boot_seconds() + 60)
        gateway.hand_over([PARCEL], deadline=boot_seconds() + 60)

    assert len(vendor.tokens) == 2


@pytest.mark.parametrize(
    ("token_answer", "why"),
    [
        (told(40001), Why.AUTH),
        (told(40125), Why.AUTH),
        (told(40164), Why.AUTH),
        (told(45009), Why.QUOTA),
        (told(-1), Why.TRANSIENT),
        (told(99999), Why.TRANSIENT),
        (misbehaving.closes, Why.TRANSIENT),
        (answers(b"{}"), Why.TRANSIENT),
        (answers(b"x", status=b"500 X"), Why.TRANSIENT),
    ],
)
def test_without_a_token_nothing_is_sent(post: Post, token_answer: Behaviour, why: Why) -> None:
    vendor = Vendor(OK)
    vendor.token_answer = token_answer
    with account(vendor, post) as (gateway, _):
        two = gateway.hand_over([PARCEL, PARCEL], deadline=boot_seconds() + 60)

    assert [(answer.result, answer.why) for answer in two] == [(Result.NOT_SENT, why)] * 2
    assert vendor.sends == []


def test_after_the_deadline_not_even_a_token_is_asked_for(post: Post) -> None:
    vendor = Vendor(OK)
    with account(vendor, post) as (gateway, served):
        [answer] = gateway.hand_over([PARCEL], deadline=boot_seconds())

    assert (answer.result, answer.why) == (Result.NOT_SENT, Why.LEASE_OVER)
    assert served.connections == 0


def test_there_is_no_query(post: Post) -> None:
    gateway = WeChat(post, appid="wx1", secret="s")

    assert gateway.look_up("A" * 26, PARCEL.to, sent_on=date(2026, 11, 25)).found is Found.UNCLEAR
    assert gateway.repeat_window is not None
    assert gateway.repeat_window < timedelta(minutes=10)
