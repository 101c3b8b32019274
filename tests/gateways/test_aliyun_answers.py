"""What the vendor may say, and what we make of it."""

import json
import socket
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.gateways import aliyun_codes
from pusher.gateways.aliyun import Aliyun
from pusher.gateways.aliyun_signing import AccessKey
from pusher.gateways.base import (
    Answer,
    Found,
    Lookup,
    Outcome,
    Parcel,
    Result,
    Why,
    boot_seconds,
    masked,
)
from pusher.gateways.post import Post
from tests.gateways import misbehaving
from tests.gateways.misbehaving import Behaviour, answers, serving

PARCEL = Parcel("A" * 26, "19900000001", "SMS_1", {"name": "样例"})
TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


def gateway_at(address: str, post: Post) -> Aliyun:
    return Aliyun(
        post, key=AccessKey("k", "s"), sign_name="样例", endpoint=address, now=lambda: NOW
    )


def hand_over(post: Post, behave: Behaviour) -> Answer:
    with serving(behave) as served:
        gateway = gateway_at(served.address, post)
        [answer] = gateway.hand_over([PARCEL], deadline=boot_seconds() + 60)
    assert answer.reference == PARCEL.reference
    return answer


def says(code: str, message: str = "", **more: object) -> bytes:
    return json.dumps({"Code": code, "Message": message, "RequestId": "R", **more}).encode()


def test_ok_with_an_id_is_accepted(post: Post) -> None:
    answer = hand_over(post, answers(says("OK", "OK", BizId="900^0")))

    assert (answer.result, answer.why, answer.gateway_ref) == ("accepted", "none", "900^0")


@pytest.mark.parametrize(
    "body",
    [
        says("OK"),
        says("OK", BizId=""),
        says("OK", BizId=7),
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"Code":"O',
        b"<html>502</html>",
        b"[" * 100_000,
        b'{"Code":true}',
        b"\xff\xfe",
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_an_answer_without_proof_is_unsure(post: Post, body: bytes) -> None:
    answer = hand_over(post, answers(body))

    assert (answer.result, answer.gateway_ref) == (Result.UNSURE, None)


@pytest.mark.parametrize("status", [b"500 X", b"502 X", b"503 X", b"302 X", b"403 X", b"201 X"])
def test_a_status_without_a_code_is_unsure(post: Post, status: bytes) -> None:
    answer = hand_over(post, answers(b"<html></html>", status=status))

    assert answer.result is Result.UNSURE
    assert answer.code == f"http_{status[:3].decode()}"


@pytest.mark.parametrize("code", ["isp.SYSTEM_ERROR", "isv.NEVER_SEEN", "SignatureNonceUsed"])
def test_a_code_in_no_table_is_unsure(post: Post, code: str) -> None:
    assert hand_over(post, answers(says(code))).result is Result.UNSURE


def test_a_breakdown_is_unsure_even_with_a_known_code(post: Post) -> None:
    answer = hand_over(
        post, answers(says("isv.MOBILE_NUMBER_ILLEGAL"), status=b"500 Internal Server Error")
    )

    assert answer.result is Result.UNSURE


@pytest.mark.parametrize(
    ("code", "result", "why"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", "refused", "recipient"),
        ("isv.CUSTOMER_REFUSED", "refused", "opt_out"),
        ("isv.SMS_TEMPLATE_ILLEGAL", "refused", "content"),
        ("isv.PARAM_LENGTH_LIMIT", "refused", "content"),
        ("isv.MOBILE_COUNT_OVER_LIMIT", "refused", "misuse"),
        ("MissingPhoneNumbers", "refused", "misuse"),
        ("InvalidAction.NotFound", "refused", "misuse"),
        ("isv.AMOUNT_NOT_ENOUGH", "not_sent", "quota"),
        ("isv.DAY_LIMIT_CONTROL", "not_sent", "quota"),
        ("SignatureDoesNotMatch", "not_sent", "auth"),
        ("InvalidAccessKeyId.NotFound", "not_sent", "auth"),
        ("InvalidTimeStamp.Expired", "not_sent", "auth"),
        ("isv.DENY_IP_RANGE", "not_sent", "auth"),
        ("Throttling.User", "not_sent", "throttled"),
    ],
)
def test_each_code_has_its_class(post: Post, code: str, result: str, why: str) -> None:
    answer = hand_over(post, answers(says(code), status=b"400 Bad Request"))

    assert (answer.result, answer.why, answer.code) == (result, why, code)


def test_only_what_was_not_taken_may_be_called_not_sent() -> None:
    verdicts = [*aliyun_codes.SEND.values(), *aliyun_codes.SEND_FAMILIES.values()]

    final = {Why.RECIPIENT, Why.OPT_OUT, Why.CONTENT, Why.MISUSE}
    assert all((result is Result.REFUSED) == (why in final) for result, why in verdicts)
    assert all(result in (Result.REFUSED, Result.NOT_SENT) for result, _ in verdicts)


@pytest.mark.parametrize(
    ("message", "pause"),
    [
        ("触发分钟级流控Permits:1", timedelta(minutes=1)),
        ("触发小时级流控Permits:5", timedelta(hours=1)),
        ("触发天级流控Permits:50", timedelta(hours=24)),
        ("", timedelta(hours=1)),
    ],
)
def test_a_limit_per_number_says_how_long_to_wait(
    post: Post, message: str, pause: timedelta
) -> None:
    answer = hand_over(post, answers(says("isv.BUSINESS_LIMIT_CONTROL", message)))

    assert (answer.result, answer.why, answer.retry_after) == ("not_sent", "throttled", pause)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        (b"x-acs-retry-after: 1500\r\n", timedelta(seconds=1.5)),
        (b"Retry-After: 7\r\n", timedelta(seconds=7)),
        (b"Retry-After: 999999\r\n", timedelta(hours=1)),
        (b"Retry-After: Wed, 25 Nov 2026 07:28:00 GMT\r\n", None),
        (b"Retry-After: \xb2\r\n", None),
        (b"", None),
    ],
)
def test_the_vendors_wish_to_wait_is_heard_up_to_an_hour(
    post: Post, headers: bytes, pause: timedelta | None
) -> None:
    behave = answers(says("Throttling"), status=b"429 Too Many Requests", headers=headers)

    assert hand_over(post, behave).retry_after == pause


def test_too_many_requests_is_not_sent_even_without_a_code(post: Post) -> None:
    answer = hand_over(post, answers(b"", status=b"429 Too Many", headers=b"Retry-After: 3\r\n"))

    assert (answer.result, answer.why) == (Result.NOT_SENT, Why.THROTTLED)
    assert answer.retry_after == timedelta(seconds=3)


def test_numbers_in_the_vendors_words_are_masked(post: Post) -> None:
    answer = hand_over(post, answers(says("isv.MOBILE_NUMBER_ILLEGAL", "19900000001非法手机号")))

    assert answer.said == "199****0001非法手机号"


@given(st.text(max_size=300), st.integers(10**10 + 3 * 10**9, 2 * 10**10 - 1), st.text(max_size=99))
def test_masking_leaves_no_number_whole(before: str, number: int, after: str) -> None:
    shown = masked(f"{before} {number} {after}")

    assert str(number) not in shown
    assert len(shown) <= 200


def test_each_parcel_gets_its_own_answer_in_order(post: Post) -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        line = request.split(b" ")[1].decode()
        reference = dict(parse_qsl(line.partition("?")[2]))["OutId"]
        if int(reference) % 3 == 1:
            misbehaving.closes(connection, request)
        elif int(reference) % 3 == 2:
            answers(says("isv.SMS_CONTENT_ILLEGAL"))(connection, request)
        else:
            answers(says("OK", BizId=f"{reference}^0"))(connection, request)

    parcels = [Parcel(f"{n:026}", "19900000001", "SMS_1", {}) for n in range(60)]
    with serving(behave) as served:
        given_back = gateway_at(served.address, post).hand_over(
            parcels, deadline=boot_seconds() + 60
        )

    assert [answer.reference for answer in given_back] == [parcel.reference for parcel in parcels]
    assert Counter(answer.result for answer in given_back) == {
        "accepted": 20,
        "unsure": 20,
        "refused": 20,
    }
    assert all(
        a.gateway_ref == f"{a.reference}^0" for a in given_back if a.result is Result.ACCEPTED
    )


def test_a_deadline_in_the_past_sends_nothing(post: Post) -> None:
    with serving(answers(says("OK", BizId="1"))) as served:
        [answer] = gateway_at(served.address, post).hand_over([PARCEL], deadline=boot_seconds())

    assert (answer.result, answer.why, answer.code) == ("not_sent", "lease_over", "lease_over")
    assert served.connections == 0


class Details:
    """A vendor's list by day; remembers what was asked."""

    def __init__(self, **by_day: list[dict[str, object]]) -> None:
        self.by_day = by_day
        self.asked: list[tuple[str, str]] = []

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        query = dict(parse_qsl(request.split(b" ")[1].decode().partition("?")[2]))
        self.asked.append((query["SendDate"], query["CurrentPage"]))
        rows = self.by_day.get(f"d{query['SendDate']}", [])
        page = int(query["CurrentPage"])
        told = says(
            "OK",
            TotalCount=len(rows),
            SmsSendDetailDTOs={"SmsSendDetailDTO": rows[(page - 1) * 50 : page * 50]},
        )
        answers(told)(connection, request)


def look_up(post: Post, behave: Behaviour, sent_on: date = TODAY) -> Lookup:
    with serving(behave) as served:
        return gateway_at(served.address, post).look_up("MINE", "19900000001", sent_on=sent_on)


def row(reference: str = "OTHER", status: int = 1, code: str = "") -> dict[str, object]:
    return {"OutId": reference, "SendStatus": status, "ErrCode": code, "PhoneNum": "19900000001"}


@pytest.mark.parametrize(
    ("status", "outcome"), [(1, Outcome.NONE), (2, Outcome.UNDELIVERED), (3, Outcome.DELIVERED)]
)
def test_a_text_is_found_with_its_outcome(post: Post, status: int, outcome: Outcome) -> None:
    lookup = look_up(post, Details(d20261125=[row(), row("MINE", status, "X")]))

    assert (lookup.found, lookup.outcome, lookup.code) == ("found", outcome, "X")


def test_a_text_on_the_third_page_is_found(post: Post) -> None:
    details = Details(d20261125=[*[row()] * 120, row("MINE")])

    assert look_up(post, details).found is Found.FOUND
    assert details.asked == [("20261125", "1"), ("20261125", "2"), ("20261125", "3")]


@pytest.mark.parametrize("day", ["d20261124", "d20261123"])
def test_a_text_across_midnight_is_found(post: Post, day: str) -> None:
    lookup = look_up(post, Details(**{day: [row("MINE")]}), date(2026, 11, 23))

    assert lookup.found is Found.FOUND


def test_absent_needs_every_day_that_has_begun(post: Post) -> None:
    details = Details()

    assert look_up(post, details).found is Found.ABSENT
    assert [day for day, _ in details.asked] == ["20261125", "20261124"]


def test_another_reference_is_never_ours(post: Post) -> None:
    assert look_up(post, Details(d20261125=[row()])).found is Found.ABSENT


@pytest.mark.parametrize(
    "behave",
    [
        misbehaving.closes,
        answers(b"{}"),
        answers(says("isv.INVALID_PARAMETERS")),
        answers(says("OK", TotalCount=3, SmsSendDetailDTOs={"SmsSendDetailDTO": []})),
        answers(says("OK", TotalCount=0)),
        answers(says("OK", TotalCount=1, SmsSendDetailDTOs={"SmsSendDetailDTO": ["x"]})),
        answers(says("OK", TotalCount="x", SmsSendDetailDTOs={"SmsSendDetailDTO": []})),
        answers(says("OK", BizId="1"), status=b"500 X"),
    ],
)
def test_a_query_without_a_whole_answer_is_unclear(post: Post, behave: Behaviour) -> None:
    lookup = look_up(post, behave)

    assert lookup.found is Found.UNCLEAR
    assert lookup.code


def test_a_list_without_end_is_unclear(post: Post) -> None:
    lookup = look_up(post, Details(d20261125=[row()] * 2_100))

    assert (lookup.found, lookup.code) == ("unclear", "too_many_pages")
