"""Our requests are, byte for byte, those of the vendor's own SDK."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from pusher.gateways.base import Parcel
from pusher.gateways.tencent import Tencent
from pusher.gateways.tencent_signing import SecretPair, signed_headers
from tests.gateways.golden import body, golden, headers, names
from tests.gateways.test_aliyun_golden import Outbox

CAPTURED_AT = datetime(2026, 1, 1, tzinfo=UTC)
NOT_OURS = {
    "accept", "accept-encoding", "connection", "content-length", "user-agent", "x-tc-traceid",
    "x-tc-content-sha256",
}  # fmt: skip
"""Of the transport, or of the SDK alone."""
SIGNED = [name for name in names("tencent_tc3") if "unsigned" not in name]
"""We always sign the body."""


def key_of(name: str) -> SecretPair:
    inputs = golden(name)["inputs"]
    return SecretPair(inputs["secret_id"], inputs["secret_key"], inputs.get("token"))


def gateway_of(name: str, outbox: Outbox) -> Tencent:
    wanted, params = headers(golden(name)), golden(name)["inputs"]["params"]
    return Tencent(
        outbox,
        key=key_of(name),
        app_id=params["SmsSdkAppId"],
        sign_name=params.get("SignName", "样例"),
        endpoint=f"http://{wanted['host']}",
        client=wanted["x-tc-requestclient"],
        now=lambda: CAPTURED_AT,
    )


@pytest.mark.parametrize("name", SIGNED)
def test_signed_headers_are_those_of_the_sdk(name: str) -> None:
    capture = golden(name)
    expected = headers(capture)

    ours = signed_headers(
        expected["x-tc-action"],
        body(capture),
        host=expected["host"],
        key=key_of(name),
        at=CAPTURED_AT,
        region=expected["x-tc-region"],
        client=expected["x-tc-requestclient"],
    )

    told = {name: value for name, value in ours if name not in NOT_OURS}
    assert told == {name: value for name, value in expected.items() if name not in NOT_OURS}
    assert len(ours) == len(dict(ours))


def test_a_parcel_becomes_the_captured_request_for_its_one_number() -> None:
    name, outbox = "tencent_tc3_SendSms_loopback", Outbox()
    capture = golden(name)
    params = capture["inputs"]["params"]
    first, second = params["TemplateParamSet"]
    parcel = Parcel(
        params["SessionContext"], "13800000001", params["TemplateId"], {"b": first, "a": second}
    )

    gateway_of(name, outbox).hand_over([parcel], deadline=1e12)

    [request] = outbox.requests
    # the capture is for two numbers; we hand over one parcel a call
    assert request.body == body(capture).replace(b', "+8613800000002"', b"")
    assert (request.method, request.url) == ("POST", "http://127.0.0.1:18099/")


def test_a_question_is_the_captured_one_but_for_its_window() -> None:
    name, outbox = "tencent_tc3_PullSmsSendStatusByPhoneNumber", Outbox()

    gateway_of(name, outbox).look_up("R" * 26, "13800000001", sent_on=date(2026, 1, 1))

    [request] = outbox.requests
    asked, captured = json.loads(request.body), json.loads(body(golden(name)))
    assert list(asked) == list(captured)
    assert {**asked, "BeginTime": captured["BeginTime"]} == captured
    assert asked["BeginTime"] == captured["EndTime"] - 32 * 3600  # the midnight before, China's
    assert dict(request.headers)["x-tc-action"] == "PullSmsSendStatusByPhoneNumber"


def test_a_template_without_variables_gets_no_parameter() -> None:
    name, outbox = "tencent_tc3_SendSms", Outbox()

    gateway_of(name, outbox).hand_over(
        [Parcel("R" * 26, "19900000001", "1000002", {})], deadline=1e12
    )

    assert "TemplateParamSet" not in json.loads(outbox.requests[0].body)


@pytest.mark.parametrize("days", [2, -10])
def test_a_date_the_vendor_cannot_answer_for_is_unclear_and_asks_nobody(days: int) -> None:
    outbox = Outbox()

    lookup = gateway_of("tencent_tc3_SendSms", outbox).look_up(
        "R" * 26, "19900000001", sent_on=date(2026, 1, 1) + timedelta(days=days)
    )

    assert (lookup.found, lookup.code, outbox.requests) == ("unclear", "date_out_of_range", [])


def test_no_repr_shows_a_secret() -> None:
    gateway = gateway_of("tencent_tc3_SendSms", Outbox())

    shown = repr(gateway) + repr(SecretPair("id", "topsecret", "toptoken"))

    assert not any(word in shown for word in ("topsecret", "toptoken", "FakeTencent"))
