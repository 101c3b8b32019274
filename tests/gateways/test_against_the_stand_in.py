"""Client and stand-in, each with code of its own, over real sockets: in peace and in trouble."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from pusher.gateways.aliyun import Aliyun
from pusher.gateways.aliyun_signing import AccessKey
from pusher.gateways.base import (
    CHINA,
    Answer,
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
from pusher.gateways.wechat import WeChat
from pusher.sandbox.credentials import FOLLOWER, REFUSED, UNSUBSCRIBED, print_config
from tests.gateways.conftest import aliyun_at, wechat_at
from tests.sandbox.stand import Stand, until

CONFIG: dict[str, Any] = print_config()
VALUES = {"name": "样例 (甲)*~/+&=", "policy": "社保补贴", "until": "2026-12-31 09:30"}
FIELDS = {name: field["value"] for name, field in CONFIG["wechat"]["data"].items()}


def sms(n: int = 0, **changes: Any) -> Parcel:
    template = CONFIG["aliyun"]["template_code"]
    given = {"to": f"1990000{n:04}", "template": template, "params": VALUES, **changes}
    return Parcel(reference=f"{n:026}", **given)


def notice(n: int = 0, **changes: Any) -> Parcel:
    given = {
        "to": f"o{n:027}",
        "template": CONFIG["wechat"]["template_id"],
        "params": FIELDS,
        "url": "https://example.invalid/n/1",
        **changes,
    }
    return Parcel(reference=f"{n:026}", **given)


def hand_over(gateway: Gateway, *parcels: Parcel) -> list[Answer]:
    return gateway.hand_over(parcels, deadline=boot_seconds() + 60)


def look_up(aliyun: Aliyun, parcel: Parcel) -> Found:
    today = datetime.now(CHINA).date()
    return aliyun.look_up(parcel.reference, parcel.to, sent_on=today).found


def test_a_hundred_texts_arrive_once_each_with_their_words(aliyun: Aliyun, stand: Stand) -> None:
    parcels = [sms(n, params={**VALUES, "name": f"第{n}位"}) for n in range(100)]

    answers = hand_over(aliyun, *parcels)

    taken = {message["reference"]: message for message in stand.messages()}
    assert [answer.result for answer in answers] == [Result.ACCEPTED] * 100
    assert len(stand.messages()) == 100
    for parcel, answer in zip(parcels, answers, strict=True):
        message = taken[parcel.reference]
        assert (message["to"], message["params"]) == (parcel.to, parcel.params)
        assert message["gateway_ref"] == answer.gateway_ref


def test_a_hundred_wechat_notices_arrive_once_each(wechat: WeChat, stand: Stand) -> None:
    answers = hand_over(wechat, *(notice(n) for n in range(100)))

    assert [answer.result for answer in answers] == [Result.ACCEPTED] * 100
    assert Counter(message["reference"] for message in stand.messages()) == {
        answer.reference: 1 for answer in answers
    }


def test_the_registry_opens_what_the_stand_in_prints(stand: Stand) -> None:
    tables = {name: {**table, "endpoint": stand.address} for name, table in CONFIG.items()}
    gateways = open_gateways(tables, call_timeout=timedelta(seconds=10))

    [text], [message] = (
        hand_over(gateways["aliyun"], sms()),
        hand_over(gateways["wechat"], notice()),
    )

    assert (text.result, message.result) == (Result.ACCEPTED, Result.ACCEPTED)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"to": "12345"}, Why.RECIPIENT),
        ({"template": "SMS_404"}, Why.CONTENT),
        ({"params": {}}, Why.CONTENT),
        ({"params": {**VALUES, "name": "长" * 36}}, Why.CONTENT),
    ],
)
def test_an_unsound_text_is_refused(aliyun: Aliyun, changes: dict[str, Any], why: Why) -> None:
    [answer] = hand_over(aliyun, sms(**changes))

    assert (answer.result, answer.why) == (Result.REFUSED, why)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"to": UNSUBSCRIBED}, Why.OPT_OUT),
        ({"to": REFUSED}, Why.OPT_OUT),
        ({"to": "oShort"}, Why.RECIPIENT),
        ({"template": "other"}, Why.CONTENT),
        ({"params": {**FIELDS, "thing1": "长" * 21}}, Why.CONTENT),
    ],
)
def test_an_unsound_notice_is_refused(wechat: WeChat, changes: dict[str, Any], why: Why) -> None:
    [answer] = hand_over(wechat, notice(**changes))

    assert (answer.result, answer.why) == (Result.REFUSED, why)


def test_wrong_credentials_send_nothing(post: Post, stand: Stand) -> None:
    key = AccessKey(CONFIG["aliyun"]["access_key_id"], "wrong")
    aliyun = Aliyun(post, key=key, sign_name=CONFIG["aliyun"]["sign_name"], endpoint=stand.address)
    wechat = WeChat(post, appid=CONFIG["wechat"]["appid"], secret="wrong", endpoint=stand.address)

    [text], [message] = hand_over(aliyun, sms()), hand_over(wechat, notice())

    assert (text.result, text.why, text.code) == ("not_sent", "auth", "SignatureDoesNotMatch")
    assert (message.result, message.why, message.code) == ("not_sent", "auth", "40125")
    assert stand.messages() == []


@pytest.mark.parametrize(
    ("kind", "result", "found"),
    [
        ("timeout_after_accept", Result.UNSURE, Found.FOUND),
        ("timeout_before", Result.UNSURE, Found.ABSENT),
        ("drop_connection", Result.UNSURE, None),
        ("bad_json", Result.UNSURE, Found.FOUND),
        ("http_500", Result.UNSURE, Found.ABSENT),
        ("throttle", Result.NOT_SENT, Found.ABSENT),
        ("auth_expired", Result.NOT_SENT, Found.ABSENT),
        ("slow", Result.ACCEPTED, Found.FOUND),
    ],
)
def test_each_fault_is_told_as_it_is_and_cleared_up_by_the_query(
    aliyun: Aliyun, hasty: Post, stand: Stand, kind: str, result: Result, found: Found | None
) -> None:
    gateway = aliyun_at(stand.address, hasty) if "timeout" in kind else aliyun
    stand.order("faults", provider="aliyun", kind=kind, delay_s=0.01, **{"for": 1})

    [answer] = hand_over(gateway, sms())

    truth = Found.FOUND if stand.messages() else Found.ABSENT
    assert answer.result is result
    assert look_up(aliyun, sms()) is truth
    assert found in (truth, None)


@pytest.mark.parametrize("kind", ["timeout_after_accept", "timeout_before", "bad_json", "http_500"])
def test_an_unsure_notice_repeated_within_the_window_arrives_once(
    post: Post, hasty: Post, stand: Stand, kind: str
) -> None:
    wechat = wechat_at(stand.address, hasty if "timeout" in kind else post)
    hand_over(wechat, notice(1))
    stand.order("faults", provider="wechat", kind=kind, **{"for": 1})

    [first] = hand_over(wechat, notice(2))
    [second] = hand_over(wechat, notice(2))

    assert (first.result, second.result) == (Result.UNSURE, Result.ACCEPTED)
    assert Counter(message["reference"] for message in stand.messages())[first.reference] == 1


def test_an_expired_token_is_renewed_without_anybody_noticing(wechat: WeChat, stand: Stand) -> None:
    hand_over(wechat, notice(1))
    stand.order("faults", provider="wechat", kind="auth_expired", **{"for": 1})

    answers = hand_over(wechat, notice(2), notice(3), notice(4))

    assert {answer.result for answer in answers} == {Result.ACCEPTED}
    assert len(stand.messages()) == 4


def test_a_throttled_account_waits(aliyun: Aliyun, wechat: WeChat, stand: Stand) -> None:
    for provider in ("aliyun", "wechat"):
        stand.order("faults", provider=provider, kind="throttle", **{"for": 1})

    [text], [message] = hand_over(aliyun, sms()), hand_over(wechat, notice())

    assert (text.result, text.why, text.retry_after) == (
        Result.NOT_SENT,
        Why.THROTTLED,
        timedelta(seconds=1),
    )
    assert (message.result, message.why, message.retry_after) == (
        Result.NOT_SENT,
        Why.THROTTLED,
        timedelta(minutes=1),
    )


def test_a_failing_query_is_unclear_never_absent(aliyun: Aliyun, stand: Stand) -> None:
    hand_over(aliyun, sms())
    for kind in ("http_500", "bad_json", "throttle", "auth_expired", "drop_connection"):
        stand.order("faults", provider="aliyun", kind=kind, call="query", **{"for": 1})

        assert look_up(aliyun, sms()) is Found.UNCLEAR
    assert look_up(aliyun, sms()) is Found.FOUND


def test_a_delivered_text_is_found_delivered(aliyun: Aliyun, stand: Stand) -> None:
    stand.order("receipts", mode="normal", delay_s=0)
    hand_over(aliyun, sms())

    today = datetime.now(CHINA).date()
    reference, to = sms().reference, sms().to
    assert until(lambda: aliyun.look_up(reference, to, sent_on=today).outcome is Outcome.DELIVERED)


def test_in_a_storm_every_word_is_true(stand: Stand) -> None:
    """ACCEPTED was taken, NOT_SENT and REFUSED were not, UNSURE is settled by the query."""
    aliyun = aliyun_at(stand.address, Post(call_timeout=timedelta(seconds=3)))
    for kind in ("drop_connection", "bad_json", "http_500", "throttle", "auth_expired"):
        stand.order("faults", provider="aliyun", kind=kind, rate=0.12)
    stand.order("faults", provider="aliyun", kind="timeout_after_accept", rate=0.02)
    stand.order("faults", provider="aliyun", kind="timeout_before", rate=0.02)

    parcels = [sms(n) for n in range(200)]
    answers = hand_over(aliyun, *parcels)

    taken = Counter(message["reference"] for message in stand.messages())
    assert max(taken.values()) == 1
    for parcel, answer in zip(parcels, answers, strict=True):
        match answer.result:
            case Result.ACCEPTED:
                assert taken[parcel.reference] == 1
            case Result.UNSURE:
                known = look_up(aliyun, parcel) is Found.FOUND
                assert known == (taken[parcel.reference] == 1)
            case _:
                assert taken[parcel.reference] == 0
    assert {answer.result for answer in answers} == {"accepted", "unsure", "not_sent"}


def test_the_follower_of_the_printed_configuration_is_reached(wechat: WeChat, stand: Stand) -> None:
    [answer] = hand_over(wechat, notice(to=FOLLOWER))

    assert answer.result is Result.ACCEPTED
    assert stand.messages()[0]["url"] == "https://example.invalid/n/1"
