"""What Tencent Cloud pushes: good entries count, bad ones are counted."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.gateways.base import CHINA, Callback, Outcome, Unreadable, Why
from pusher.gateways.tencent_callbacks import ANSWER, read


def report(**changes: object) -> dict[str, object]:
    return {
        "user_receive_time": "2026-11-25 09:30:05",
        "nationcode": "86",
        "mobile": "19900000001",
        "report_status": "SUCCESS",
        "errmsg": "DELIVRD",
        "description": "用户短信送达成功",
        "sid": "5000:1",
        "ext": "A" * 26,
        **changes,
    }


def uplink(**changes: object) -> dict[str, object]:
    return {
        "extend": "01",
        "mobile": "19900000001",
        "nationcode": "86",
        "sign": "样例",
        "text": "TD",
        "time": 1457336869,
        **changes,
    }


def read_one(told: object) -> Callback:
    return read(json.dumps(told).encode())


def test_a_delivery_is_read() -> None:
    callback = read_one([report()])

    [receipt] = callback.receipts
    assert (receipt.reference, receipt.gateway_ref, receipt.to) == (
        "A" * 26,
        "5000:1",
        "19900000001",
    )
    assert (receipt.outcome, receipt.why, receipt.code) == ("delivered", "none", "DELIVRD")
    assert receipt.reported_at == datetime(2026, 11, 25, 9, 30, 5, tzinfo=CHINA)
    assert (callback.answer, callback.content_type) == (ANSWER, "application/json")
    assert json.loads(ANSWER)["result"] == 0


@pytest.mark.parametrize(
    ("code", "why"), [("EXPIRED", Why.TRANSIENT), ("MK:0001", Why.UNKNOWN), ("", Why.UNKNOWN)]
)
def test_a_failure_has_its_class(code: str, why: Why) -> None:
    [receipt] = read_one([report(report_status="FAIL", errmsg=code)]).receipts

    assert (receipt.outcome, receipt.why) == (Outcome.UNDELIVERED, why)


def test_an_account_without_our_word_in_receipts_is_matched_by_the_vendors() -> None:
    [receipt] = read_one([report(ext="")]).receipts

    assert (receipt.reference, receipt.gateway_ref) == (None, "5000:1")


def test_a_reply_is_read_and_is_one_however_often_it_comes() -> None:
    [reply] = read_one(uplink()).replies
    [again] = read_one(uplink(extend="02")).replies
    [other] = read_one(uplink(time=1457336870)).replies

    assert (reply.to, reply.text) == ("19900000001", "TD")
    assert reply.sent_at == datetime.fromtimestamp(1457336869, UTC)
    assert reply.reference == again.reference != other.reference


@pytest.mark.parametrize("time", [None, "x", -1, 10**30, "１４"])
def test_a_reply_without_a_sensible_time_is_still_a_reply(time: object) -> None:
    [reply] = read_one(uplink(time=time)).replies

    assert reply.sent_at is None


@pytest.mark.parametrize(
    "entry",
    [
        report(mobile=None),
        report(report_status="PERHAPS"),
        report(sid="", ext=""),
        report(sid=None, ext=7.5),
        "x",
        None,
        [],
    ],
)
def test_a_bad_entry_is_counted_and_the_rest_is_read(entry: object) -> None:
    callback = read_one([entry, report()])

    assert (len(callback.receipts), callback.unreadable) == (1, 1)


@pytest.mark.parametrize("body", [b"", b"[", b"7", b"null", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_neither_array_nor_object_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["mobile", "text", "time", "sid", "ext", "report_status", "errmsg"]),
            inner,
            max_size=7,
        )
    ),
    max_leaves=12,
)


@given(anything)
def test_nothing_the_vendor_says_breaks_the_reading(told: object) -> None:
    try:
        callback = read_one(told)
    except Unreadable:
        return

    entries = len(told) if isinstance(told, list) else 1
    assert len(callback.receipts) + len(callback.replies) + callback.unreadable == entries
