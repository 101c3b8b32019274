"""What the platform may say, and what we make of it."""

import json
from datetime import date

import pytest

from pusher.gateways import yunmas_codes
from pusher.gateways.base import Answer, Found, Parcel, Result, Why, boot_seconds
from pusher.gateways.post import Post
from pusher.gateways.yunmas import Account, YunMas
from tests.gateways import misbehaving
from tests.gateways.misbehaving import Behaviour, answers, serving

PARCEL = Parcel("A" * 26, "19900000001", "T1", {"name": "样例"})


def gateway_at(address: str, post: Post) -> YunMas:
    return YunMas(post, account=Account("样例", "ap", "key", "SIGN"), endpoint=address)


def hand_over(post: Post, behave: Behaviour) -> Answer:
    with serving(behave) as served:
        [answer] = gateway_at(served.address, post).hand_over(
            [PARCEL], deadline=boot_seconds() + 60
        )
    assert answer.reference == PARCEL.reference
    return answer


def says(code: object, group: object = "", success: object = False) -> bytes:
    return json.dumps({"msgGroup": group, "rspcod": code, "success": success}).encode()


def test_success_with_a_group_is_accepted(post: Post) -> None:
    answer = hand_over(post, answers(says("success", "0927152506", True)))

    assert (answer.result, answer.why, answer.gateway_ref) == ("accepted", "none", "0927152506")


@pytest.mark.parametrize(
    ("behave", "why"),
    [
        (answers(says("success", "", True)), "unknown"),
        (answers(says("success", 7, True)), "unknown"),
        (answers(says("success", "1", False)), "unknown"),
        (answers(says("success", "1", "true")), "unknown"),
        (answers(says("NeverSeen")), "unknown"),
        (answers(says("InternalError")), "transient"),
        (answers(says("RequestTimeout")), "transient"),
        (answers(says("TransportError")), "transient"),
        (answers(says(None)), "transient"),
        (answers(b""), "transient"),
        (answers(b"[]"), "transient"),
        (answers(b'{"rspcod":"succ'), "transient"),
        (answers(b"<html></html>", status=b"502 X"), "transient"),
        (answers(says("InvalidMobile"), status=b"500 X"), "transient"),
        (misbehaving.closes, "transient"),
    ],
)
def test_an_answer_without_proof_is_unsure(post: Post, behave: Behaviour, why: str) -> None:
    answer = hand_over(post, behave)

    assert (answer.result, answer.why, answer.gateway_ref) == (Result.UNSURE, why, None)


@pytest.mark.parametrize(
    ("code", "result", "why"),
    [
        ("IllegalMac", "not_sent", "auth"),
        ("InvalidUsrOrPwd", "not_sent", "auth"),
        ("IllegalSignId", "refused", "content"),
        ("IllegalUseTemplate", "refused", "content"),
        ("InvalidMobile", "refused", "recipient"),
        ("TooManyMobiles", "refused", "misuse"),
        ("InvalidMessage", "refused", "misuse"),
        ("RequestTooOften", "not_sent", "throttled"),
        ("OverDailyMax", "not_sent", "quota"),
    ],
)
def test_each_code_has_its_class(post: Post, code: str, result: str, why: str) -> None:
    answer = hand_over(post, answers(says(code)))

    assert (answer.result, answer.why, answer.code) == (result, why, code)


def test_only_what_was_not_taken_may_be_called_not_sent() -> None:
    final = {Why.RECIPIENT, Why.CONTENT, Why.MISUSE}

    for code, (result, why) in yunmas_codes.SEND.items():
        assert result is (Result.REFUSED if why in final else Result.NOT_SENT)
        assert code not in yunmas_codes.BUSY


def test_nothing_can_be_asked_and_nothing_is_repeated(post: Post) -> None:
    gateway = gateway_at("http://127.0.0.1:9", post)

    assert (gateway.unknown, gateway.repeat_window) == ("never", None)
    assert gateway.look_up("A" * 26, "19900000001", sent_on=date(2026, 11, 28)).found is (
        Found.UNCLEAR
    )
