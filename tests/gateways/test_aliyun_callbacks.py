"""What Aliyun pushes: good entries count, bad ones are counted."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.gateways.aliyun_callbacks import ANSWER, read
from pusher.gateways.base import CHINA, Callback, Outcome, Unreadable, Why


def report(**changes: object) -> dict[str, object]:
    return {
        "phone_number": "19900000001",
        "send_time": "2026-11-25 09:30:00",
        "report_time": "2026-11-25 09:30:05",
        "success": True,
        "err_code": "DELIVERED",
        "err_msg": "",
        "sms_size": "1",
        "biz_id": "900^0",
        "out_id": "A" * 26,
        **changes,
    }


def uplink(**changes: object) -> dict[str, object]:
    return {
        "phone_number": "19900000001",
        "content": "TD",
        "send_time": "2026-11-25 09:31:00",
        "dest_code": "1069",
        "sequence_id": "123",
        **changes,
    }


def read_all(*entries: Any) -> Callback:
    return read(json.dumps(entries).encode())


def test_a_delivery_is_read() -> None:
    callback = read_all(report())

    [receipt] = callback.receipts
    assert (receipt.reference, receipt.gateway_ref, receipt.to) == (
        "A" * 26,
        "900^0",
        "19900000001",
    )
    assert (receipt.outcome, receipt.why, receipt.code) == ("delivered", "none", "DELIVERED")
    assert receipt.reported_at == datetime(2026, 11, 25, 9, 30, 5, tzinfo=CHINA)
    assert (callback.answer, callback.content_type) == (ANSWER, "application/json")
    assert json.loads(ANSWER)["code"] == 0


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("MOBILE_IN_BLACK", Why.OPT_OUT),
        ("USER_REJECT", Why.OPT_OUT),
        ("MOBILE_NOT_ON_SERVICE", Why.RECIPIENT),
        ("MOBILE_SEND_LIMIT", Why.THROTTLED),
        ("CONTENT_KEYWORD", Why.CONTENT),
        ("MK:0001", Why.UNKNOWN),
        ("", Why.UNKNOWN),
    ],
)
def test_a_failure_has_its_class(code: str, why: Why) -> None:
    [receipt] = read_all(report(success=False, err_code=code)).receipts

    assert (receipt.outcome, receipt.why) == (Outcome.UNDELIVERED, why)


def test_a_reply_is_read() -> None:
    [reply] = read_all(uplink()).replies

    assert (reply.to, reply.text, reply.reference) == ("19900000001", "TD", "123")
    assert reply.sent_at == datetime(2026, 11, 25, 9, 31, tzinfo=CHINA)


def test_a_number_as_sequence_id_is_the_same_reply() -> None:
    [first], [second] = read_all(uplink()).replies, read_all(uplink(sequence_id=123)).replies

    assert first.reference == second.reference


def test_a_reply_without_an_id_is_kept_and_recognised_again() -> None:
    bare = uplink(sequence_id=None)

    [first], [again] = read_all(bare).replies, read_all(bare).replies
    [other] = read_all({**bare, "content": "满意"}).replies

    assert first.reference == again.reference
    assert first.reference != other.reference


def test_half_a_surrogate_pair_in_a_reply_without_an_id_loses_nothing() -> None:
    body = b'[{"phone_number":"19900000001","content":"TD\\ud83d","send_time":null}]'

    [first], [again] = read(body).replies, read(body).replies

    assert first.text.startswith("TD")
    assert first.reference == again.reference


@pytest.mark.parametrize("prefix", ["+86", "86", "0086"])
def test_the_country_code_is_taken_off(prefix: str) -> None:
    [receipt] = read_all(report(phone_number=f"{prefix}19900000001")).receipts

    assert receipt.to == "19900000001"


@pytest.mark.parametrize(
    "bad",
    [
        7,
        None,
        [],
        {},
        report(success=None),
        report(success="maybe"),
        report(success=1),
        report(biz_id="", out_id=""),
        report(biz_id=None, out_id=None),
        report(phone_number=None),
        report(phone_number={"x": 1}),
        uplink(content=7),
        uplink(phone_number=""),
    ],
)
def test_a_bad_entry_is_counted_and_the_good_ones_stay(bad: object) -> None:
    callback = read_all(report(), bad, uplink())

    assert (len(callback.receipts), len(callback.replies), callback.unreadable) == (1, 1, 1)


def test_a_time_that_makes_no_sense_does_not_lose_the_receipt() -> None:
    [receipt] = read_all(report(report_time="昨天")).receipts

    assert receipt.reported_at is None


@pytest.mark.parametrize("body", [b"", b"{}", b"x", b"[", b"null", b"[" * 200_000, b"\xff"])
def test_what_is_no_array_is_unreadable(body: bytes) -> None:
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
        max_leaves=30,
    )
)
def test_no_json_breaks_the_reader(entry: object) -> None:
    callback = read_all(entry, report())

    found = len(callback.receipts) + len(callback.replies) + callback.unreadable
    assert found == 2
    assert callback.receipts[-1].gateway_ref == "900^0"
