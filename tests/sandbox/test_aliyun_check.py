"""The stand-in's own check: what the vendor's SDKs sign passes, what was touched does not."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.sandbox.aliyun_check import Call, Gate
from tests.gateways.golden import body, golden, headers, names

CAPTURED_AT = datetime(2026, 1, 1, tzinfo=UTC)
ALL = names("aliyun_")
V3 = names("aliyun_v3")


def gate(name: str) -> Gate:
    inputs = golden(name)["inputs"]
    return Gate({inputs["access_key_id"]: inputs["access_key_secret"]})


def call(name: str, **changes: Any) -> Call:
    capture = golden(name)
    given = {
        "method": capture["request"]["method"],
        "query": capture["request"]["query_raw"],
        "headers": headers(capture),
        "body": body(capture),
    }
    return Call(**{**given, **changes})


def turned(name: str, touched: Call, at: datetime = CAPTURED_AT) -> str:
    refusal = gate(name).check(touched, now=at)
    return refusal.code if refusal else "passed"


def captured_at(name: str) -> datetime:
    """When the capture was signed: the old SDK's is not pinned to the others' moment."""
    stamp = dict(parse_qsl(golden(name)["request"]["query_raw"])).get("Timestamp")
    stamp = stamp or headers(golden(name))["x-acs-date"]
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@pytest.mark.parametrize("name", ALL)
def test_what_an_sdk_signed_passes(name: str) -> None:
    assert turned(name, call(name), captured_at(name)) == "passed"


@pytest.mark.parametrize("name", ALL)
def test_another_secret_does_not_pass(name: str) -> None:
    inputs = golden(name)["inputs"]
    wrong = Gate({inputs["access_key_id"]: inputs["access_key_secret"] + "x"})

    refusal = wrong.check(call(name), now=captured_at(name))

    assert refusal is not None
    assert refusal.code == "SignatureDoesNotMatch"


@pytest.mark.parametrize("name", ALL)
def test_an_unknown_key_does_not_pass(name: str) -> None:
    refusal = Gate({"other": "x"}).check(call(name), now=captured_at(name))

    assert refusal is not None
    assert (refusal.status, refusal.code) == (404, "InvalidAccessKeyId.NotFound")


@given(st.data())
def test_any_touched_parameter_is_noticed(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(ALL))
    pairs = parse_qsl(golden(name)["request"]["query_raw"], keep_blank_values=True)
    at = data.draw(st.sampled_from([i for i, (k, _) in enumerate(pairs) if k != "Signature"]))
    key, value = pairs[at]
    touched = {(key, value + "x"), (key + "x", value), (key, "")} - {(key, value)}
    pairs[at] = data.draw(st.sampled_from(sorted(touched)))

    assert turned(name, call(name, query=urlencode(pairs)), captured_at(name)) != "passed"


@given(st.data())
def test_any_touched_signed_header_is_noticed(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(V3))
    signed = headers(golden(name))
    unsigned = {"accept-encoding", "content-length"}
    header = data.draw(st.sampled_from(sorted(set(signed) - unsigned)))
    signed[header] = signed[header] + "1"

    assert turned(name, call(name, headers=signed)) != "passed"


def test_a_touched_body_is_noticed() -> None:
    for name in ("aliyun_v3_SendBatchSms", "aliyun_v1rpc_SendBatchSms"):
        changed = body(golden(name)).replace(b"13800000002", b"13800000003")

        assert turned(name, call(name, body=changed)) == "SignatureDoesNotMatch"


def test_a_vendor_header_that_is_not_signed_does_not_pass() -> None:
    name = "aliyun_v3_SendSms"
    more = {**headers(golden(name)), "x-acs-smuggled": "1"}

    assert turned(name, call(name, headers=more)) == "IncompleteSignature"


def test_no_signature_does_not_pass() -> None:
    name = "aliyun_v3_SendSms"
    bare = {k: v for k, v in headers(golden(name)).items() if k != "authorization"}

    assert turned(name, call(name, headers=bare)) == "MissingAuthorization"


@pytest.mark.parametrize("name", ["aliyun_v3_SendSms", "aliyun_v1rpc_SendSms"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_more_than_fifteen_minutes_off_does_not_pass(name: str, sign: int) -> None:
    within = CAPTURED_AT + sign * timedelta(minutes=15)
    beyond = within + sign * timedelta(seconds=1)

    assert turned(name, call(name), within) == "passed"
    assert turned(name, call(name), beyond) == "InvalidTimeStamp.Expired"


def test_a_nonce_passes_once() -> None:
    name = "aliyun_v3_SendSms"
    doorkeeper = gate(name)

    first = doorkeeper.check(call(name), now=CAPTURED_AT)
    again = doorkeeper.check(call(name), now=CAPTURED_AT + timedelta(minutes=14))

    assert first is None
    assert again is not None
    assert again.code == "SignatureNonceUsed"


def test_a_turned_away_call_does_not_spend_its_nonce() -> None:
    name = "aliyun_v3_SendSms"
    doorkeeper = gate(name)
    doorkeeper.check(call(name, query="a=b"), now=CAPTURED_AT)

    assert doorkeeper.check(call(name), now=CAPTURED_AT) is None
