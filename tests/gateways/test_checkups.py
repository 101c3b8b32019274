"""What a vendor tells of an account is told as it is, and costs nothing."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pusher.gateways import aliyun_checkup, tencent_checkup
from pusher.gateways.base import Result, Why
from pusher.gateways.checkup import About, Checkable, Checked, access, clock
from pusher.gateways.post import Response, Unsure, Word
from pusher.gateways.registry import open_gateways
from pusher.sandbox.credentials import print_config
from tests.sandbox.stand import Stand

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
CODES = {
    "aliyun": str(print_config()["aliyun"]["template_code"]),
    "tencent": str(print_config()["tencent"]["template_id"]),
    "wechat": str(print_config()["wechat"]["template_id"]),
}
SECRETS = {"aliyun": "access_key_secret", "tencent": "secret_key", "wechat": "secret"}


def check(name: str, address: str, *codes: str, **changes: str) -> list[Checked]:
    table = {**print_config()[name], "endpoint": address, **changes}
    gateway = open_gateways({name: table}, call_timeout=timedelta(seconds=10))[name]
    assert isinstance(gateway, Checkable)
    return gateway.check(codes)


@pytest.mark.parametrize("name", CODES)
def test_a_sound_account_is_found_sound_and_nothing_is_sent(stand: Stand, name: str) -> None:
    found = check(name, stand.address, CODES[name], "404")

    by_kind = {(one.about, one.which): one for one in found}
    assert by_kind[About.ACCESS, ""].sound
    assert by_kind[About.TEMPLATE, CODES[name]].sound
    unknown = by_kind[About.TEMPLATE, "404"]
    assert (unknown.sound, unknown.why) == (False, Why.CONTENT)
    if name != "wechat":
        assert by_kind[About.SIGNATURE, str(print_config()[name]["sign_name"])].sound
        [skew] = [one for one in found if one.about is About.CLOCK]
        assert skew.sound
    assert stand.messages() == []


@pytest.mark.parametrize("name", CODES)
def test_a_wrong_key_is_the_one_thing_that_is_told(stand: Stand, name: str) -> None:
    found = check(name, stand.address, CODES[name], **{SECRETS[name]: "wrong"})

    assert (found[0].about, found[0].sound, found[0].why) == (About.ACCESS, False, Why.AUTH)
    assert found[0].code
    assert {one.about for one in found} <= {About.ACCESS, About.CLOCK}


@pytest.mark.parametrize("name", CODES)
def test_a_vendor_that_cannot_be_reached_is_told_as_that(name: str) -> None:
    found = check(name, "http://127.0.0.1:9", CODES[name])

    assert [(one.about, one.sound, one.why) for one in found] == [
        (About.ACCESS, False, Why.TRANSIENT)
    ]


@pytest.mark.parametrize("name", ["aliyun", "tencent"])
def test_an_unknown_signature_is_told(stand: Stand, name: str) -> None:
    found = check(name, stand.address, sign_name="不认识的")

    [sign] = [one for one in found if one.about is About.SIGNATURE]
    assert (sign.sound, sign.which, sign.why) == (False, "不认识的", Why.CONTENT)


def test_a_tencent_template_is_a_number(stand: Stand) -> None:
    found = check("tencent", stand.address, "SMS_1", CODES["tencent"])

    assert {one.which: one.sound for one in found if one.about is About.TEMPLATE} == {
        "SMS_1": False,
        CODES["tencent"]: True,
    }


def answer(told: object, status: int = 200, **headers: str) -> Response:
    return Response(status, headers, json.dumps(told).encode())


@pytest.mark.parametrize(
    ("told", "sound", "why"),
    [
        ({"Code": "OK", "TemplateStatus": "1"}, True, Why.NONE),
        ({"Code": "OK", "TemplateStatus": 1}, True, Why.NONE),
        ({"Code": "OK", "TemplateStatus": "0"}, False, Why.CONTENT),
        ({"Code": "OK", "TemplateStatus": "2"}, False, Why.CONTENT),
        ({"Code": "OK"}, None, Why.CONTENT),
        ({"Code": "isv.SMS_TEMPLATE_ILLEGAL"}, False, Why.CONTENT),
        ({"Code": "isp.RAM_PERMISSION_DENY"}, None, Why.AUTH),
        ({"Code": "Never.Seen"}, None, Why.UNKNOWN),
        ([], None, Why.UNKNOWN),
    ],
)
def test_aliyun_s_word_on_a_template(told: object, sound: bool | None, why: Why) -> None:
    found = aliyun_checkup.template("SMS_1", answer(told))

    assert (found.sound, found.why) == (sound, why)


def listed(name: str, rows: list[dict[str, Any]]) -> Response:
    return answer({"Response": {name: rows, "RequestId": "R"}})


@pytest.mark.parametrize(
    ("state", "sound"), [(0, True), (1, False), (2, False), (-1, False), (None, False)]
)
def test_tencent_s_word_on_a_template_and_a_signature(state: object, sound: bool) -> None:
    rows = [{"TemplateId": 7, "StatusCode": state, "ReviewReply": "缺少材料"}]
    signs = [{"SignName": "样例", "StatusCode": state}]

    [template] = tencent_checkup.templates(["7"], listed("DescribeTemplateStatusSet", rows))
    sign = tencent_checkup.signature("样例", listed("DescribeSignListStatusSet", signs))

    assert (template.sound, sign.sound) == (sound, sound)
    assert sound or "缺少材料" in template.said


@pytest.mark.parametrize(
    "word",
    [
        Unsure("no_answer"),
        answer({"Response": {"Error": {"Code": "FailedOperation.ProhibitSubAccountUse"}}}),
        answer({"Response": {}}),
        answer([], status=500),
    ],
)
def test_a_list_that_is_not_given_says_nothing_of_what_is_in_it(word: Word) -> None:
    assert tencent_checkup.signature("样例", word).sound is None
    assert [one.sound for one in tencent_checkup.templates(["7", "8"], word)] == [None, None]


def test_a_hundred_signatures_may_hide_one() -> None:
    many = listed("DescribeSignListStatusSet", [{"SignName": "x", "StatusCode": 0}] * 100)

    assert tencent_checkup.signature("样例", many).sound is None


@pytest.mark.parametrize(
    ("date", "sound"),
    [
        ("Wed, 25 Nov 2026 04:00:30 GMT", True),
        ("Wed, 25 Nov 2026 04:06:00 GMT", False),
        ("Wed, 25 Nov 2026 03:50:00 GMT", False),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_clock_is_held_against_the_vendor_s(date: str, sound: bool | None) -> None:
    found = clock(answer({}, date=date), NOW)

    assert [one.sound for one in found] == ([] if sound is None else [sound])


def test_a_refusal_nobody_knows_is_no_word_on_the_key() -> None:
    found = access(answer({}), "Never.Seen", (Result.UNSURE, Why.UNKNOWN))

    assert (found.sound, found.why) == (False, Why.UNKNOWN)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({}, None), ({"secret": "wrong"}, "40001"), ({"corp_id": "ww1"}, "40013"),
     ({"agent_id": "7"}, "301002")],
)  # fmt: skip
def test_wecom_tells_whether_corp_secret_and_application_belong_together(
    stand: Stand, changes: dict[str, str], code: str | None
) -> None:
    [found] = check("wecom", stand.address, **changes)

    assert (found.about, found.sound) == (About.ACCESS, code is None)
    assert (found.why, found.code) == ((Why.AUTH, code) if code else (Why.NONE, ""))
    assert stand.messages() == []


def test_wecom_that_cannot_be_reached_is_told_as_that() -> None:
    [found] = check("wecom", "http://127.0.0.1:9")

    assert (found.sound, found.why) == (False, Why.TRANSIENT)
