"""What 云MAS pushes: good entries count, bad ones are counted."""

import base64
import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.gateways.base import CHINA, Callback, Outcome, Unreadable, Why
from pusher.gateways.yunmas_callbacks import read


def report(**changes: object) -> dict[str, object]:
    return {
        "reportStatus": "CM:0000",
        "mobile": "19900000001",
        "submitDate": "20261128093000",
        "receiveDate": "20261128093005",
        "errorCode": "DELIVRD",
        "msgGroup": "0927152506001000833076",
        **changes,
    }


def uplink(**changes: object) -> dict[str, object]:
    return {
        "mobile": "19900000001",
        "smsContent": "TD",
        "sendTime": "2026-11-28 09:31:00",
        "addSerial": "10650000",
        **changes,
    }


def read_one(told: object) -> Callback:
    return read(json.dumps(told).encode())


def test_a_delivery_is_read() -> None:
    callback = read_one(report())

    [receipt] = callback.receipts
    assert (receipt.reference, receipt.gateway_ref, receipt.to) == (
        None,
        "0927152506001000833076",
        "19900000001",
    )
    assert (receipt.outcome, receipt.why, receipt.code) == ("delivered", "none", "DELIVRD")
    assert receipt.reported_at == datetime(2026, 11, 28, 9, 30, 5, tzinfo=CHINA)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(report()).encode(),
        json.dumps([report()]).encode(),
        base64.b64encode(json.dumps(report()).encode()),
        base64.b64encode(json.dumps([report()]).encode()) + b"\n",
    ],
)
def test_every_frame_of_the_provinces_is_read(body: bytes) -> None:
    assert [receipt.to for receipt in read(body).receipts] == ["19900000001"]


def test_one_receipt_may_speak_of_many_numbers() -> None:
    callback = read_one(report(mobile=["19900000001", "+8619900000002", 7.5, ""]))

    assert [receipt.to for receipt in callback.receipts] == ["19900000001", "19900000002"]


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        ("CM:2007", "DB:0140", Why.UNKNOWN),
        ("UNDELIV", "MK:0001", Why.UNKNOWN),
        ("EXPIRED", "", Why.TRANSIENT),
        ("UNDELIV", "MA:0054", Why.TRANSIENT),
        ("UNDELIV", "IC:0151", Why.TRANSIENT),
    ],
)
def test_a_failure_has_its_class(status: str, code: str, why: Why) -> None:
    [receipt] = read_one(report(reportStatus=status, errorCode=code)).receipts

    assert (receipt.outcome, receipt.why, receipt.code) == (
        Outcome.UNDELIVERED,
        why,
        code or status,
    )


def test_a_reply_is_read_and_recognised_again() -> None:
    [reply], [again] = read_one(uplink()).replies, read_one([uplink()]).replies
    [other] = read_one(uplink(smsContent="满意")).replies

    assert (reply.to, reply.text) == ("19900000001", "TD")
    assert reply.sent_at == datetime(2026, 11, 28, 9, 31, tzinfo=CHINA)
    assert reply.reference == again.reference != other.reference


@pytest.mark.parametrize(
    "bad",
    [
        7,
        None,
        [],
        {},
        report(msgGroup=""),
        report(reportStatus=None),
        report(mobile=None),
        report(mobile=[]),
        uplink(smsContent=7),
        uplink(mobile={"x": 1}),
    ],
)
def test_a_bad_entry_is_counted_and_the_good_ones_stay(bad: object) -> None:
    callback = read_one([report(), bad, uplink()])

    assert (len(callback.receipts), len(callback.replies), callback.unreadable) == (1, 1, 1)


@pytest.mark.parametrize("body", [b"", b"x", b"[", b"null", b"[" * 200_000, b"\xff", b"Nw=="])
def test_what_is_no_push_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from([*report(), *uplink()]) | st.text(max_size=5), inner, max_size=8
            )
        ),
        max_leaves=20,
    )
)
def test_no_json_breaks_the_reader(entry: object) -> None:
    callback = read_one([entry, report()])

    assert callback.receipts[-1].gateway_ref == "0927152506001000833076"
