"""What WeCom may say, and what we make of it."""

import json
import socket
from datetime import timedelta

import pytest

from pusher.gateways import wecom_codes
from pusher.gateways.base import Answer, Parcel, Result, Why, boot_seconds
from pusher.gateways.post import Post
from pusher.gateways.wecom import WeCom
from tests.gateways import misbehaving
from tests.gateways.misbehaving import Behaviour, answers, serving

CARD = {"title": "社保补贴", "description": "贵单位可能符合条件"}
PARCEL = Parcel("A" * 26, "ZhangSan", "", CARD, url="https://example.invalid/n/1")
GOOD = {"errcode": 0, "errmsg": "ok", "invaliduser": "", "unlicenseduser": "", "msgid": "m-1"}


class Vendor:
    """Gives tokens ``t1``, ``t2`` … and answers each notice by *behave*."""

    def __init__(self, behave: Behaviour, *, renews: bool = True) -> None:
        self.behave = behave
        self.renews = renews
        self.tokens = 0
        self.bodies: list[bytes] = []
        self.used: list[str] = []

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        target = request.split(b" ")[1].decode()
        if "/gettoken" in target:
            self.tokens += 1
            token = f"t{self.tokens if self.renews else 1}"
            answers(json.dumps({"errcode": 0, "access_token": token, "expires_in": 7200}).encode())(
                connection, request
            )
            return
        self.used.append(target.rpartition("=")[2])
        self.bodies.append(request.partition(b"\r\n\r\n")[2])
        self.behave(connection, request)


def hand_over(post: Post, vendor: Behaviour, *parcels: Parcel) -> list[Answer]:
    with serving(vendor) as served:
        gateway = WeCom(post, corp_id="ww1", secret="s", agent_id=7, endpoint=served.address)
        return gateway.hand_over(parcels or [PARCEL], deadline=boot_seconds() + 60)


def says(**told: object) -> Behaviour:
    return answers(json.dumps({**GOOD, **told}).encode())


def test_a_notice_is_a_card_whose_repeat_the_vendor_drops(post: Post) -> None:
    vendor = Vendor(says())

    [answer] = hand_over(post, vendor)

    assert (answer.result, answer.why, answer.gateway_ref) == ("accepted", "none", "m-1")
    told = json.loads(vendor.bodies[0])
    assert (told["touser"], told["agentid"], told["msgtype"]) == ("ZhangSan", 7, "textcard")
    assert told["textcard"] == {**CARD, "url": PARCEL.url, "btntxt": "查看"}
    assert (told["enable_duplicate_check"], told["duplicate_check_interval"]) == (1, 14_400)
    assert WeCom.repeat_window is not None
    assert WeCom.repeat_window < timedelta(hours=4)


def test_without_a_link_the_words_are_sent_as_they_are(post: Post) -> None:
    vendor = Vendor(says())

    hand_over(post, vendor, Parcel("A" * 26, "lisi", "", {}, text="全文"))

    told = json.loads(vendor.bodies[0])
    assert (told["msgtype"], told["text"]) == ("text", {"content": "全文"})


@pytest.mark.parametrize(
    ("told", "result", "why", "code"),
    [
        ({"invaliduser": "zhangsan"}, "refused", "recipient", "invaliduser"),
        ({"invaliduser": "other|zhangsan"}, "refused", "recipient", "invaliduser"),
        ({"invaliduser": "zhangsan2"}, "accepted", "none", "0"),
        ({"unlicenseduser": "zhangsan"}, "refused", "misuse", "unlicenseduser"),
        ({"msgid": ""}, "unsure", "unknown", "bad_answer"),
        ({"msgid": 7}, "unsure", "unknown", "bad_answer"),
        ({"errcode": 81013}, "refused", "recipient", "81013"),
        ({"errcode": 60111}, "refused", "recipient", "60111"),
        ({"errcode": 45002}, "refused", "content", "45002"),
        ({"errcode": 40056}, "refused", "misuse", "40056"),
        ({"errcode": 60020}, "not_sent", "auth", "60020"),
        ({"errcode": 301002}, "not_sent", "auth", "301002"),
        ({"errcode": 45009}, "not_sent", "throttled", "45009"),
        ({"errcode": -1}, "unsure", "transient", "-1"),
        ({"errcode": 99999}, "unsure", "unknown", "99999"),
    ],
)
def test_each_answer_has_its_class(
    post: Post, told: dict[str, object], result: str, why: str, code: str
) -> None:
    [answer] = hand_over(post, Vendor(says(**told)))

    assert (answer.result, answer.why, answer.code) == (result, why, code)


@pytest.mark.parametrize(
    "behave",
    [
        answers(b""),
        answers(b"[]"),
        answers(b'{"errcode":0'),
        answers(b'{"errcode":true}'),
        answers(b"<html></html>", status=b"502 X"),
        misbehaving.closes,
    ],
)
def test_an_answer_without_proof_is_unsure(post: Post, behave: Behaviour) -> None:
    [answer] = hand_over(post, Vendor(behave))

    assert answer.result is Result.UNSURE


@pytest.mark.parametrize("errcode", [40014, 42001])
def test_a_refused_token_is_renewed_once(post: Post, errcode: int) -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        old = b"access_token=t1 " in request
        says(**({"errcode": errcode} if old else {}))(connection, request)

    vendor = Vendor(behave)
    found = hand_over(post, vendor, *(Parcel(f"{n:026}", "lisi", "", CARD) for n in range(5)))

    assert {answer.result for answer in found} == {Result.ACCEPTED}
    assert (vendor.tokens, sorted(vendor.used)) == (2, ["t1"] * 5 + ["t2"] * 5)


def test_a_vendor_that_refuses_the_token_it_has_just_given_is_asked_no_third_time(
    post: Post,
) -> None:
    vendor = Vendor(says(errcode=40014), renews=False)

    [answer] = hand_over(post, vendor)

    assert (answer.result, answer.why) == (Result.NOT_SENT, Why.AUTH)
    assert (vendor.tokens, len(vendor.used)) == (2, 2)


@pytest.mark.parametrize("to", ["@all", "zhangsan|lisi", "", "张三", "a" * 65])
def test_what_is_no_single_member_is_handed_to_nobody(post: Post, to: str) -> None:
    vendor = Vendor(says())

    first, second = hand_over(post, vendor, Parcel("A" * 26, to, "", CARD), PARCEL)

    assert (first.result, first.why) == (Result.REFUSED, Why.RECIPIENT)
    assert second.result is Result.ACCEPTED
    assert len(vendor.bodies) == 1


def test_only_what_was_not_taken_may_be_called_not_sent() -> None:
    final = {Why.RECIPIENT, Why.CONTENT, Why.MISUSE}

    assert all(
        result is (Result.REFUSED if why in final else Result.NOT_SENT)
        for result, why in wecom_codes.SEND.values()
    )
