"""Faults strike as ordered: their share, their number, their vendor."""

import random

import httpx
import pytest

from pusher.sandbox.faults import Fault, Faults
from tests.sandbox.signing import PLAIN, details, send_sms
from tests.sandbox.stand import Stand, until


def send(stand: Stand) -> dict[str, str]:
    return send_sms(stand, TemplateCode=PLAIN, TemplateParam=None)


@pytest.mark.parametrize("kind", ["timeout_after_accept", "timeout_before"])
def test_a_timeout_says_nothing_until_the_client_leaves(stand: Stand, kind: str) -> None:
    stand.order("faults", provider="aliyun", kind=kind, **{"for": 1})

    with (
        pytest.raises(httpx.ReadTimeout),
        httpx.Client(base_url=stand.address, timeout=0.5, trust_env=False) as hasty,
    ):
        send(Impatient(stand, hasty))

    expected = 1 if kind == "timeout_after_accept" else 0
    assert until(lambda: len(stand.messages()) == expected)
    assert send(stand)["Code"] == "OK"


class Impatient(Stand):
    """The same stand-in by another client."""

    def __init__(self, stand: Stand, client: httpx.Client) -> None:
        self.address = stand.address
        self.client = client


def test_a_dropped_connection_may_or_may_not_have_been_taken(stand: Stand) -> None:
    stand.order("faults", provider="aliyun", kind="drop_connection", **{"for": 4})

    for _ in range(4):
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            send(stand)

    assert len(stand.messages()) == 2
    assert send(stand)["Code"] == "OK"


def test_garbage_comes_after_acceptance(stand: Stand) -> None:
    stand.order("faults", provider="aliyun", kind="bad_json", **{"for": 1})

    with pytest.raises(ValueError, match=r".+"):
        send(stand)

    assert len(stand.messages()) == 1


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("http_500", "InternalError"),
        ("throttle", "Throttling.User"),
        ("auth_expired", "InvalidAccessKeyId.Inactive"),
    ],
)
def test_a_refusing_fault_keeps_nothing(stand: Stand, kind: str, code: str) -> None:
    stand.order("faults", provider="aliyun", kind=kind, **{"for": 1})

    assert send(stand)["Code"] == code
    assert stand.messages() == []
    assert send(stand)["Code"] == "OK"


def test_a_slow_call_is_taken_even_if_the_client_has_left(stand: Stand) -> None:
    stand.order("faults", provider="aliyun", kind="slow", delay_s=0.4, **{"for": 1})

    with (
        pytest.raises(httpx.ReadTimeout),
        httpx.Client(base_url=stand.address, timeout=0.1, trust_env=False) as hasty,
    ):
        send(Impatient(stand, hasty))

    assert until(lambda: len(stand.messages()) == 1)


def test_a_fault_of_the_query_leaves_sending_alone(stand: Stand) -> None:
    stand.order("faults", provider="aliyun", kind="http_500", call="query", **{"for": 1})

    assert send(stand)["Code"] == "OK"
    assert details(stand).status_code == 500
    assert details(stand).status_code == 200


def test_one_vendors_fault_leaves_the_other_alone(stand: Stand) -> None:
    stand.order("faults", provider="wechat", kind="http_500")

    assert send(stand)["Code"] == "OK"


def test_reset_and_rate_zero_end_a_fault(stand: Stand) -> None:
    stand.order("faults", provider="aliyun", kind="throttle")
    stand.order("faults", provider="aliyun", kind="throttle", rate=0)
    first = send(stand)["Code"]
    stand.order("faults", provider="aliyun", kind="throttle")
    stand.order("reset")

    assert (first, send(stand)["Code"]) == ("OK", "OK")


@pytest.mark.parametrize(
    "order",
    [
        {"provider": "nobody", "kind": "slow"},
        {"provider": "aliyun", "kind": "earthquake"},
        {"provider": "aliyun", "kind": "slow", "rate": 1.5},
        {"provider": "aliyun", "kind": "slow", "for": 0},
        {"provider": "aliyun", "kind": "slow", "more": 1},
        {},
    ],
)
def test_an_unsound_order_is_refused_with_its_field(stand: Stand, order: dict[str, object]) -> None:
    answer = stand.order("faults", **order)

    error = answer.json()["error"]
    assert answer.status_code == 422
    assert error["where"]
    assert "不对或不认识" in error["message"]


def test_a_rate_is_a_share_of_the_calls() -> None:
    faults = Faults(random.Random(7), hold_s=1)
    faults.order(Fault("aliyun", "http_500", rate=0.25, left=4_000))

    hits = sum(faults.strikes("aliyun", "send") is not None for _ in range(4_000))

    assert 900 <= hits <= 1_100
    assert faults.strikes("aliyun", "send") is None


def test_two_faults_can_be_in_force_and_one_call_meets_one() -> None:
    faults = Faults(random.Random(7), hold_s=1)
    faults.order(Fault("aliyun", "http_500", left=1))
    faults.order(Fault("aliyun", "throttle", left=2))

    met = [faults.strikes("aliyun", "send") for _ in range(3)]

    assert [fault.kind if fault else None for fault in met] == ["http_500", "throttle", None]
