"""The stand-in's own check: what the vendor's SDK signs passes, what was touched does not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.sandbox.tencent_check import Signed, TencentGate
from tests.gateways.golden import body, golden, headers, names

CAPTURED_AT = datetime(2026, 1, 1, tzinfo=UTC)
ALL = names("tencent_tc3")


def call(name: str, **changes: Any) -> Signed:
    capture = golden(name)
    given = {
        "method": capture["request"]["method"],
        "query": capture["request"]["query_raw"],
        "headers": headers(capture),
        "body": body(capture),
    }
    return Signed(**{**given, **changes})


def turned(
    name: str,
    touched: Signed,
    at: datetime = CAPTURED_AT,
    keys: dict[str, str] | None = None,
) -> str:
    inputs = golden(name)["inputs"]
    gate = TencentGate(keys or {inputs["secret_id"]: inputs["secret_key"]})
    refusal = gate.check(touched, now=at)
    return refusal.code if refusal else "passed"


@pytest.mark.parametrize("name", ALL)
def test_what_the_sdk_signed_passes_and_only_with_its_key(name: str) -> None:
    inputs = golden(name)["inputs"]

    assert turned(name, call(name)) == "passed"
    wrong, unknown = {inputs["secret_id"]: "x"}, {"other": "x"}
    assert turned(name, call(name), keys=wrong) == "AuthFailure.SignatureFailure"
    assert turned(name, call(name), keys=unknown) == "AuthFailure.SecretIdNotFound"


@given(st.data())
def test_any_touched_byte_of_the_body_is_noticed(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in ALL if "unsigned" not in name]))
    whole = body(golden(name))
    at = data.draw(st.integers(0, len(whole) - 1))
    touched = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]

    assert turned(name, call(name, body=touched)) == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("header", ["host", "content-type", "x-tc-timestamp", "authorization"])
def test_a_touched_header_that_counts_is_noticed(header: str) -> None:
    signed = headers(golden("tencent_tc3_SendSms"))
    signed[header] = signed[header][:-1] + ("1" if signed[header][-1] != "1" else "2")

    assert turned("tencent_tc3_SendSms", call("tencent_tc3_SendSms", headers=signed)) != "passed"


@pytest.mark.parametrize("missing", ["authorization", "host", "x-tc-timestamp"])
def test_a_missing_header_does_not_pass(missing: str) -> None:
    name = "tencent_tc3_SendSms"
    bare = {key: value for key, value in headers(golden(name)).items() if key != missing}

    assert turned(name, call(name, headers=bare)) in (
        "AuthFailure.InvalidAuthorization",
        "MissingParameter",
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_more_than_five_minutes_off_does_not_pass(sign: int) -> None:
    name = "tencent_tc3_SendSms"
    within = CAPTURED_AT + sign * timedelta(minutes=5)

    assert turned(name, call(name), within) == "passed"
    beyond = within + sign * timedelta(seconds=1)
    assert turned(name, call(name), beyond) == "AuthFailure.SignatureExpire"
