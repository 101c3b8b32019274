"""Receipts and answers reach the client: once, late, twice, in any order, never, or at last."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from pusher.gateways.aliyun_callbacks import read as read_aliyun
from pusher.gateways.base import Callback, Outcome, Receipt, Reply, ReplyKind
from pusher.gateways.wechat_callbacks import read as read_wechat
from pusher.gateways.wechat_envelope import CallbackSecrets
from pusher.gateways.wecom_callbacks import read as read_wecom
from pusher.gateways.yunmas_callbacks import read as read_yunmas
from pusher.sandbox.credentials import (
    FOLLOWER,
    WECHAT_APPID,
    WECHAT_TOKEN,
    WECOM_AES_KEY,
    WECOM_CORP_ID,
    WECOM_TOKEN,
)
from tests.gateways.misbehaving import answers, serving
from tests.sandbox.signing import PLAIN, details, send_sms
from tests.sandbox.stand import Stand, standing, until
from tests.sandbox.test_wechat_desk import send as send_wechat
from tests.sandbox.test_yunmas_desk import call as send_yunmas


class Client:
    """The office's ear: answers 200, or 500 for the first *deaf* pushes, and reads them all."""

    def __init__(self, deaf: int = 0) -> None:
        self.deaf = deaf
        self.pushes: list[Callback] = []

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        if self.deaf:
            self.deaf -= 1
            answers(b"", status=b"500 X")(connection, request)
            return
        head, _, body = request.partition(b"\r\n\r\n")
        target = head.split(b" ")[1].decode()
        query = dict(parse_qsl(target.partition("?")[2]))
        if target.startswith("/wecom"):
            callback = read_wecom(
                body, query, CallbackSecrets(WECOM_TOKEN, WECOM_CORP_ID, WECOM_AES_KEY)
            )
        elif target.startswith("/wechat"):
            callback = read_wechat(body, query, CallbackSecrets(WECHAT_TOKEN, WECHAT_APPID))
        else:
            callback = read_yunmas(body) if target.startswith("/mas") else read_aliyun(body)
        self.pushes.append(callback)
        answers(callback.answer)(connection, request)

    @property
    def receipts(self) -> list[Receipt]:
        return [receipt for push in self.pushes for receipt in push.receipts]

    @property
    def replies(self) -> list[Reply]:
        return [reply for push in self.pushes for reply in push.replies]


@contextmanager
def listening(stand: Stand, client: Client) -> Iterator[None]:
    with serving(client) as served:
        stand.order(
            "callbacks",
            aliyun={"receipts": f"{served.address}/r", "replies": f"{served.address}/u"},
            yunmas=f"{served.address}/mas",
            wechat=f"{served.address}/wechat",
            wecom=f"{served.address}/wecom",
        )
        yield
        stand.order("callbacks")


def send(stand: Stand, reference: str = "A" * 26) -> dict[str, str]:
    return send_sms(stand, TemplateCode=PLAIN, TemplateParam=None, OutId=reference)


def test_a_receipt_names_the_text(stand: Stand) -> None:
    client = Client()
    with listening(stand, client):
        told = send(stand)
        assert until(lambda: client.receipts)

    [receipt] = client.receipts
    assert (receipt.reference, receipt.gateway_ref) == ("A" * 26, told["BizId"])
    assert (receipt.to, receipt.outcome) == ("19900000001", Outcome.DELIVERED)
    [row] = details(stand).json()["SmsSendDetailDTOs"]["SmsSendDetailDTO"]
    assert (row["SendStatus"], row["ErrCode"]) == (3, "DELIVERED")


def test_a_wechat_receipt_is_a_signed_event(stand: Stand) -> None:
    client = Client()
    with listening(stand, client):
        told = send_wechat(stand)
        assert until(lambda: client.receipts)

    [receipt] = client.receipts
    assert (receipt.gateway_ref, receipt.to) == (str(told["msgid"]), FOLLOWER)
    assert receipt.outcome is Outcome.DELIVERED


def test_a_receipt_of_yunmas_names_the_group_and_whoever_answers_answers_it(stand: Stand) -> None:
    client = Client()
    with listening(stand, client):
        told = send_yunmas(stand)
        assert until(lambda: client.receipts)
        stand.order("replies", to="19900000001", text="TD")
        assert until(lambda: client.replies)

    [receipt], [reply] = client.receipts, client.replies
    assert (receipt.gateway_ref, receipt.to) == (told["msgGroup"], "19900000001")
    assert (receipt.outcome, receipt.code) == (Outcome.DELIVERED, "DELIVRD")
    assert (reply.to, reply.text) == ("19900000001", "TD")
    assert len(reply.reference) == 32


def test_failed_texts_fail_for_receipt_and_query(stand: Stand) -> None:
    client = Client()
    stand.order("receipts", mode="failed", delay_s=0)
    with listening(stand, client):
        send(stand)
        send_wechat(stand)
        assert until(lambda: len(client.receipts) == 2)

    assert {receipt.outcome for receipt in client.receipts} == {Outcome.UNDELIVERED}
    assert {receipt.why for receipt in client.receipts} == {"recipient", "transient"}
    [row] = details(stand).json()["SmsSendDetailDTOs"]["SmsSendDetailDTO"]
    assert row["SendStatus"] == 2


def test_duplicates_come_twice(stand: Stand) -> None:
    client = Client()
    stand.order("receipts", mode="duplicate", delay_s=0)
    with listening(stand, client):
        send(stand)
        assert until(lambda: len(client.receipts) == 2)

    assert client.receipts[0] == client.receipts[1]


def test_lost_receipts_never_come_but_the_query_knows(stand: Stand) -> None:
    client = Client()
    with listening(stand, client):
        stand.order("receipts", mode="lost", delay_s=0)
        send(stand, "LOST")
        stand.order("receipts", mode="normal", delay_s=0)
        send(stand, "HEARD")
        assert until(lambda: client.receipts)
        assert until(lambda: all(m["outcome"] == "delivered" for m in stand.messages()))

    assert [receipt.reference for receipt in client.receipts] == ["HEARD"]


def test_delayed_receipts_wait(stand: Stand) -> None:
    client = Client()
    with listening(stand, client):
        stand.order("receipts", mode="delayed", delay_s=600)
        send(stand, "LATE")
        stand.order("receipts", mode="normal", delay_s=0)
        send(stand, "SOON")
        assert until(lambda: client.receipts)

    assert [receipt.reference for receipt in client.receipts] == ["SOON"]
    assert stand.messages()[0]["outcome"] == "waiting"


def test_out_of_order_a_stale_failure_follows_the_delivery(stand: Stand) -> None:
    client = Client()
    stand.order("receipts", mode="out_of_order", delay_s=0.2)
    with listening(stand, client):
        for n in range(5):
            send(stand, str(n))
        assert until(lambda: len(client.receipts) == 10)

    best: dict[str | None, Outcome] = {}
    for receipt in client.receipts:
        best[receipt.reference] = max(best.get(receipt.reference, Outcome.NONE), receipt.outcome)
    assert best == {str(n): Outcome.DELIVERED for n in range(5)}


def test_a_deaf_client_is_told_again(tmp_path: Path) -> None:
    client = Client(deaf=2)
    with (
        standing(tmp_path / "j", push_again_after=(0.05, 0.05, 0.05)) as stand,
        listening(stand, client),
    ):
        send(stand)
        assert until(lambda: client.receipts)

    assert len(client.receipts) == 1


def test_a_restart_pushes_what_was_not_heard_and_only_that(tmp_path: Path) -> None:
    journal, client = tmp_path / "j", Client()
    with standing(journal) as stand, listening(stand, client):
        send(stand, "HEARD")
        assert until(lambda: client.receipts)
        assert until(lambda: '"pushed": true' in journal.read_text())
        stand.order("callbacks")
        send(stand, "MISSED")
    with serving(client) as served:
        callbacks: dict[str, Any] = {"aliyun": f"{served.address}/r"}
        with standing(journal, callbacks=callbacks):
            assert until(lambda: len(client.receipts) == 2)

    assert [receipt.reference for receipt in client.receipts] == ["HEARD", "MISSED"]


def test_a_person_answers_by_text(stand: Stand) -> None:
    client = Client()
    with listening(stand, client):
        answer = stand.order("replies", to="19900000001", text="TD")
        assert until(lambda: client.replies)

    [reply] = client.replies
    assert answer.json() == {"ok": True}
    assert (reply.to, reply.text, reply.kind) == ("19900000001", "TD", ReplyKind.MESSAGE)
    assert reply.reference.isdigit()


def test_a_member_answers_in_a_cipher_that_is_the_corps_alone(stand: Stand) -> None:
    client = Client()
    with listening(stand, client):
        answer = stand.order("replies", to="lianxiren0007", text="办事 <几点> ]]> 开门?")
        assert until(lambda: client.replies)

    [reply] = client.replies
    assert answer.json() == {"ok": True}
    assert (reply.to, reply.text) == ("lianxiren0007", "办事 <几点> ]]> 开门?")


def test_a_follower_answers_leaves_and_comes_back(stand: Stand) -> None:
    client = Client()
    with listening(stand, client):
        stand.order("replies", to=FOLLOWER, text="办事 <几点> ]]> 开门?")
        stand.order("replies", to=FOLLOWER, event="unsubscribe")
        gone = send_wechat(stand)["errcode"]
        stand.order("replies", to=FOLLOWER, event="subscribe")
        back = send_wechat(stand)["errcode"]
        assert until(lambda: len(client.replies) == 3)

    assert (gone, back) == (43004, 0)
    assert {(reply.kind, reply.text) for reply in client.replies} == {
        (ReplyKind.MESSAGE, "办事 <几点> ]]> 开门?"),
        (ReplyKind.UNSUBSCRIBE, ""),
        (ReplyKind.SUBSCRIBE, ""),
    }


@pytest.mark.parametrize(
    "order",
    [
        {"to": "12345", "text": "TD"},
        {"to": "19900000001", "text": " "},
        {"to": "19900000001", "event": "unsubscribe"},
        {"to": "19900000001", "text": "x" * 501},
        {"text": "TD"},
        {"to": "19900000001", "text": "TD", "more": 1},
    ],
)
def test_an_unsound_answer_is_refused_without_repeating_it(
    stand: Stand, order: dict[str, object]
) -> None:
    answer = stand.order("replies", **order)

    assert answer.status_code == 422
    assert "19900000001" not in answer.text
    assert json.loads(answer.text)["error"]["message"]
