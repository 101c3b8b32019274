"""Tencent's client and stand-in, each with code of its own, over real sockets."""

import socket
from datetime import datetime, timedelta
from typing import Any

import pytest

from pusher.gateways.base import (
    CHINA,
    Answer,
    Callback,
    Found,
    Gateway,
    Outcome,
    Parcel,
    Result,
    Why,
    boot_seconds,
)
from pusher.gateways.post import Post
from pusher.gateways.registry import open_gateways
from pusher.gateways.tencent import Tencent
from pusher.gateways.tencent_callbacks import read
from pusher.sandbox.credentials import print_config
from tests.gateways.conftest import tencent_at
from tests.gateways.misbehaving import answers, serving
from tests.sandbox.stand import Stand, until

CONFIG: dict[str, Any] = print_config()["tencent"]
VALUES = {"1": '样例 (甲)*~/+&="', "2": "社保补贴", "3": "2026-12-31 09:30"}


def sms(n: int = 0, **changes: Any) -> Parcel:
    given = {
        "to": f"1990000{n:04}",
        "template": CONFIG["template_id"],
        "params": VALUES,
        **changes,
    }
    return Parcel(reference=f"{n:026}", **given)


def hand_over(gateway: Gateway, *parcels: Parcel) -> list[Answer]:
    return gateway.hand_over(parcels, deadline=boot_seconds() + 60)


def test_texts_arrive_once_each_with_their_words(tencent: Tencent, stand: Stand) -> None:
    parcels = [sms(n, params={**VALUES, "1": f"第{n}位"}) for n in range(40)]

    handed = hand_over(tencent, *parcels)

    taken = {message["reference"]: message for message in stand.messages()}
    assert [answer.result for answer in handed] == [Result.ACCEPTED] * 40
    assert len(stand.messages()) == 40
    for parcel, answer in zip(parcels, handed, strict=True):
        message = taken[parcel.reference]
        assert (message["to"], message["params"]) == (parcel.to, parcel.params)
        assert message["gateway_ref"] == answer.gateway_ref


def test_the_registry_opens_what_the_stand_in_prints(stand: Stand) -> None:
    table = {**CONFIG, "endpoint": stand.address}
    gateways = open_gateways({"tencent": table}, call_timeout=timedelta(seconds=10))

    [answer] = hand_over(gateways["tencent"], sms())

    assert answer.result is Result.ACCEPTED


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"to": "12345"}, Why.RECIPIENT),
        ({"template": "404"}, Why.CONTENT),
        ({"params": {}}, Why.CONTENT),
        ({"params": {**VALUES, "1": "长" * 36}}, Why.CONTENT),
    ],
)
def test_an_unsound_text_is_refused(tencent: Tencent, changes: dict[str, Any], why: Why) -> None:
    [answer] = hand_over(tencent, sms(**changes))

    assert (answer.result, answer.why) == (Result.REFUSED, why)


@pytest.mark.parametrize("wrong", ["secret_key", "sdk_app_id"])
def test_wrong_credentials_send_nothing(stand: Stand, wrong: str) -> None:
    table = {**CONFIG, "endpoint": stand.address, wrong: "1400000009"}
    gateways = open_gateways({"tencent": table}, call_timeout=timedelta(seconds=10))

    [answer] = hand_over(gateways["tencent"], sms())

    assert (answer.result, answer.why) == (Result.NOT_SENT, Why.AUTH)
    assert stand.messages() == []


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        ("timeout_after_accept", Result.UNSURE),
        ("timeout_before", Result.UNSURE),
        ("drop_connection", Result.UNSURE),
        ("bad_json", Result.UNSURE),
        ("http_500", Result.UNSURE),
        ("throttle", Result.NOT_SENT),
        ("auth_expired", Result.NOT_SENT),
        ("slow", Result.ACCEPTED),
    ],
)
def test_each_fault_is_told_as_it_is_and_the_query_never_denies(
    tencent: Tencent, hasty: Post, stand: Stand, kind: str, result: Result
) -> None:
    gateway = tencent_at(stand.address, hasty) if "timeout" in kind else tencent
    stand.order("receipts", mode="normal", delay_s=0)
    stand.order("faults", provider="tencent", kind=kind, delay_s=0.01, **{"for": 1})

    [answer] = hand_over(gateway, sms())

    def found() -> Found:
        today = datetime.now(CHINA).date()
        return tencent.look_up(sms().reference, sms().to, sent_on=today).found

    assert answer.result is result
    if stand.messages():
        assert until(lambda: found() is Found.FOUND)
    else:
        assert found() is Found.UNCLEAR


def test_receipts_and_replies_come_back_to_whom_they_are_about(
    tencent: Tencent, stand: Stand
) -> None:
    heard: list[Callback] = []

    def client(connection: socket.socket, request: bytes) -> None:
        heard.append(read(request.partition(b"\r\n\r\n")[2]))
        answers(heard[-1].answer)(connection, request)

    with serving(client) as served:
        stand.order("callbacks", tencent=f"{served.address}/r")
        [answer] = hand_over(tencent, sms(1))
        stand.order("replies", to=sms(1).to, text="TD")
        assert until(lambda: len(heard) == 2)
        stand.order("callbacks")

    [receipt] = [receipt for push in heard for receipt in push.receipts]
    [reply] = [reply for push in heard for reply in push.replies]
    assert (receipt.reference, receipt.gateway_ref) == (sms(1).reference, answer.gateway_ref)
    assert (receipt.to, receipt.outcome) == (sms(1).to, Outcome.DELIVERED)
    assert (reply.to, reply.text) == (sms(1).to, "TD")
