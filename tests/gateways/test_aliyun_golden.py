"""Our requests are, byte for byte, those of the vendor's own SDK."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from pusher.gateways.aliyun import Aliyun
from pusher.gateways.aliyun_signing import AccessKey, signed_headers, wire_query
from pusher.gateways.base import Parcel
from pusher.gateways.post import NotSent, Post, Request, Word
from tests.gateways.golden import body, golden, headers, names

CAPTURED_AT = datetime(2026, 1, 1, tzinfo=UTC)
BY_QUERY = [name for name in names("aliyun_v3") if not body(golden(name))]
"""Batches go in a form; we hand over one parcel a call."""

KEPT_BY_TRANSPORT = {"content-length"}


class Outbox(Post):
    """Keeps the requests and reaches nobody."""

    def __init__(self) -> None:
        super().__init__(call_timeout=timedelta(seconds=1))
        self.requests: list[Request] = []

    def post_all(
        self, requests: Sequence[Request], *, at_once: int = 32, deadline: float | None = None
    ) -> list[Word]:
        self.requests.extend(requests)
        return [NotSent("connect_failed") for _ in requests]


def key_of(name: str) -> AccessKey:
    inputs = golden(name)["inputs"]
    return AccessKey(
        inputs["access_key_id"], inputs["access_key_secret"], inputs.get("security_token")
    )


@pytest.mark.parametrize("name", BY_QUERY)
def test_signed_headers_are_those_of_the_sdk(name: str) -> None:
    capture = golden(name)
    expected = headers(capture)
    params = dict(capture["request"]["query"])

    ours = signed_headers(
        expected["x-acs-action"],
        params,
        host=expected["host"],
        key=key_of(name),
        at=CAPTURED_AT,
        nonce=capture["inputs"]["nonce"],
        user_agent=expected["user-agent"],
    )

    assert dict(ours) == {k: v for k, v in expected.items() if k not in KEPT_BY_TRANSPORT}
    assert len(ours) == len(dict(ours))
    assert wire_query(params) == capture["request"]["query_raw"]


def test_a_parcel_becomes_the_captured_request() -> None:
    capture = golden("aliyun_v3_SendSms_loopback")
    wanted, inputs = headers(capture), capture["inputs"]
    outbox = Outbox()
    gateway = Aliyun(
        outbox,
        key=key_of("aliyun_v3_SendSms_loopback"),
        sign_name=inputs["params"]["sign_name"],
        endpoint="http://127.0.0.1:18099",
        user_agent=wanted["user-agent"],
        now=lambda: CAPTURED_AT,
        nonce=lambda: inputs["nonce"],
    )
    parcel = Parcel(
        reference=inputs["params"]["out_id"],
        to=inputs["params"]["phone_numbers"],
        template=inputs["params"]["template_code"],
        params={"name": "张三 (甲)", "item": "社保*业务~受理/+&=", "time": "2026-01-01 09:30"},
    )

    gateway.hand_over([parcel], deadline=1e12)

    [request] = outbox.requests
    assert request.url == f"http://127.0.0.1:18099/?{capture['request']['query_raw']}"
    assert (request.method, request.body) == ("POST", body(capture))
    assert dict(request.headers) == {k: v for k, v in wanted.items() if k not in KEPT_BY_TRANSPORT}


def test_a_template_without_variables_gets_no_parameter() -> None:
    outbox = Outbox()
    gateway = Aliyun(outbox, key=AccessKey("k", "s"), sign_name="样例")

    gateway.hand_over([Parcel("R" * 26, "19900000001", "SMS_1", {})], deadline=1e12)

    assert "TemplateParam" not in dict(parse_qsl(outbox.requests[0].url.partition("?")[2]))


def test_nonce_and_reference_are_new_for_each_parcel() -> None:
    outbox = Outbox()
    gateway = Aliyun(outbox, key=AccessKey("k", "s"), sign_name="样例")
    parcels = [Parcel(f"{n:026}", "19900000001", "SMS_1", {}) for n in range(20)]

    gateway.hand_over(parcels, deadline=1e12)

    nonces = {dict(request.headers)["x-acs-signature-nonce"] for request in outbox.requests}
    assert len(nonces) == 20


def test_no_repr_shows_a_secret_or_a_number() -> None:
    gateway = Aliyun(Outbox(), key=AccessKey("keyid", "topsecret", "token"), sign_name="样例")
    parcel = Parcel("R" * 26, "19900000001", "SMS_1", {"name": "张三"})

    shown = repr(gateway) + repr(AccessKey("keyid", "topsecret", "token")) + repr(parcel)

    assert not any(word in shown for word in ("topsecret", "token='", "19900000001", "张三"))


@pytest.mark.parametrize("days", [1, -30])
def test_a_date_the_vendor_cannot_answer_for_is_unclear_and_asks_nobody(days: int) -> None:
    outbox = Outbox()
    gateway = Aliyun(outbox, key=AccessKey("k", "s"), sign_name="样例", now=lambda: CAPTURED_AT)

    lookup = gateway.look_up(
        "R" * 26, "19900000001", sent_on=date(2026, 1, 1) + timedelta(days=days)
    )

    assert (lookup.found, lookup.code, outbox.requests) == ("unclear", "date_out_of_range", [])
