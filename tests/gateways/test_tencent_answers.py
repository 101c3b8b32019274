"""What the vendor may say, and what we make of it."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from pusher.gateways import tencent_codes
from pusher.gateways.base import Answer, Found, Lookup, Outcome, Parcel, Result, Why
from pusher.gateways.post import NotSent, Request, Response, Unsure, Word
from pusher.gateways.tencent import Tencent
from pusher.gateways.tencent_signing import SecretPair
from tests.gateways.test_aliyun_golden import Outbox

PARCEL = Parcel("A" * 26, "19900000001", "1000001", {"1": "样例"})
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
"""Noon in China."""


class Says(Outbox):
    """Answers every request with one word."""

    def __init__(self, word: Word) -> None:
        super().__init__()
        self.word = word

    def post_all(
        self, requests: Sequence[Request], *, at_once: int = 32, deadline: float | None = None
    ) -> list[Word]:
        return [self.word for _ in requests]


def gateway(word: Word) -> Tencent:
    key = SecretPair("i", "k")
    return Tencent(Says(word), key=key, app_id="1400000001", sign_name="样例", now=lambda: NOW)


def hand_over(word: Word) -> Answer:
    [answer] = gateway(word).hand_over([PARCEL], deadline=1e12)
    assert answer.reference == PARCEL.reference
    return answer


def says(told: object, *, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, named, json.dumps({"Response": told}).encode())


def number(code: str, message: str = "", **changes: object) -> Response:
    status = {
        "SerialNo": "5000:1",
        "PhoneNumber": "+8619900000001",
        "SessionContext": PARCEL.reference,
        "Code": code,
        "Message": message,
        **changes,
    }
    return says({"SendStatusSet": [status], "RequestId": "R"})


def error(code: str, message: str = "") -> Response:
    return says({"Error": {"Code": code, "Message": message}, "RequestId": "R"})


def test_ok_with_a_serial_number_is_accepted() -> None:
    answer = hand_over(number("Ok", "send success"))

    assert (answer.result, answer.why, answer.gateway_ref) == ("accepted", "none", "5000:1")


@pytest.mark.parametrize(
    "word",
    [
        number("Ok", SerialNo=""),
        number("Ok", SerialNo=7),
        number("Ok", SessionContext="B" * 26),
        number("OK"),
        number(""),
        says({"SendStatusSet": []}),
        says({"SendStatusSet": [{"Code": "Ok", "SerialNo": "1"}] * 2}),
        says({"SendStatusSet": ["Ok"]}),
        says({"Error": {"Code": 7}}),
        says([]),
        Response(200, {}, b""),
        Response(200, {}, b'{"Response":{"Sen'),
        Response(200, {}, b"<html>502</html>"),
        Response(502, {}, b"<html>502</html>"),
        says({"Error": {"Code": "InternalError"}}, status=500),
        says({"Error": {"Code": "FailedOperation.PhoneNumberInBlacklist"}}, status=500),
        error("InternalError.Timeout"),
        error("InternalError.SendAndRecvFail"),
        number("InternalError.OtherError"),
        number("InternalError.UnknownError"),
        error("InternalError.ParseBackendResponseFail"),
        error("InternalError"),
        error("NeverSeen.Before"),
        Unsure("no_answer"),
        Unsure("cut_off"),
    ],
    ids=str,
)
def test_an_answer_without_proof_is_unsure(word: Word) -> None:
    answer = hand_over(word)

    assert (answer.result, answer.gateway_ref) == (Result.UNSURE, None)
    assert answer.code or answer.why is Why.UNKNOWN


@pytest.mark.parametrize("as_a_whole", [True, False])
@pytest.mark.parametrize(
    ("code", "result", "why"),
    [
        ("FailedOperation.PhoneNumberInBlacklist", "refused", "opt_out"),
        ("InvalidParameterValue.IncorrectPhoneNumber", "refused", "recipient"),
        ("UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber", "refused", "recipient"),
        ("FailedOperation.SignatureIncorrectOrUnapproved", "refused", "content"),
        ("FailedOperation.TemplateUnapprovedOrNotExist", "refused", "content"),
        ("InvalidParameterValue.UnsupportedTemplateVariable", "refused", "content"),
        ("InvalidParameter.DirtyWordFound", "refused", "content"),
        ("InvalidParameterValue.SomethingElse", "refused", "misuse"),
        ("MissingParameter.EmptyPhoneNumberSet", "refused", "misuse"),
        ("InvalidAction", "refused", "misuse"),
        ("InvalidParameterValue.SdkAppIdNotExist", "not_sent", "auth"),
        ("UnauthorizedOperation.RequestIpNotInWhitelist", "not_sent", "auth"),
        ("AuthFailure.SignatureExpire", "not_sent", "auth"),
        ("InternalError.RequestTimeException", "not_sent", "auth"),
        ("UnauthorizedOperation.ServiceSuspendDueToArrears", "not_sent", "quota"),
        ("FailedOperation.InsufficientBalanceInSmsPackage", "not_sent", "quota"),
        ("LimitExceeded.AppDailyLimit", "not_sent", "quota"),
        ("RequestLimitExceeded.UinLimitExceeded", "not_sent", "throttled"),
        ("LimitExceeded.DeliveryFrequencyLimit", "not_sent", "throttled"),
    ],
)
def test_each_code_has_its_class_whether_of_a_number_or_of_the_call(
    code: str, result: str, why: str, as_a_whole: bool
) -> None:
    answer = hand_over(error(code) if as_a_whole else number(code, SerialNo=""))

    assert (answer.result, answer.why, answer.code) == (result, why, code)


def test_only_what_was_not_taken_may_be_called_not_sent() -> None:
    verdicts = [*tencent_codes.SEND.values(), *tencent_codes.SEND_FAMILIES.values()]

    final = {Why.RECIPIENT, Why.OPT_OUT, Why.CONTENT, Why.MISUSE}
    assert all((result is Result.REFUSED) == (why in final) for result, why in verdicts)
    assert all(result in (Result.REFUSED, Result.NOT_SENT) for result, _ in verdicts)


@pytest.mark.parametrize(
    ("word", "pause"),
    [
        (number("LimitExceeded.PhoneNumberThirtySecondLimit"), timedelta(seconds=30)),
        (number("LimitExceeded.PhoneNumberOneHourLimit"), timedelta(hours=1)),
        (number("LimitExceeded.PhoneNumberDailyLimit"), timedelta(hours=12)),
        (number("LimitExceeded.PhoneNumberSameContentDailyLimit"), timedelta(hours=12)),
        (error("RequestLimitExceeded"), None),
        (says({}, status=429, retry_after="3"), timedelta(seconds=3)),
    ],
    ids=str,
)
def test_a_limit_says_how_long_to_wait(word: Word, pause: timedelta | None) -> None:
    answer = hand_over(word)

    assert (answer.result, answer.why, answer.retry_after) == ("not_sent", "throttled", pause)


def test_nothing_left_when_the_vendor_could_not_be_reached() -> None:
    answer = hand_over(NotSent("connect_failed"))

    assert (answer.result, answer.why) == (Result.NOT_SENT, Why.TRANSIENT)


def test_numbers_in_the_vendors_words_are_masked() -> None:
    answer = hand_over(number("InvalidParameterValue.IncorrectPhoneNumber", "+8619900000001 错"))

    assert answer.said == "+86199****0001 错"


def row(reference: object = PARCEL.reference, status: str = "SUCCESS") -> dict[str, object]:
    return {
        "SerialNo": "5000:1", "ReportStatus": status, "Description": "DELIVRD",
        "SessionContext": reference,
    }  # fmt: skip


def look_up(word: Word) -> Lookup:
    return gateway(word).look_up(PARCEL.reference, PARCEL.to, sent_on=date(2026, 11, 25))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("SUCCESS", Outcome.DELIVERED), ("FAIL", Outcome.UNDELIVERED), ("", Outcome.NONE)],
)
def test_a_text_is_found_by_our_own_word(status: str, outcome: Outcome) -> None:
    rows = [row("B" * 26), row(status=status)]

    lookup = look_up(says({"PullSmsSendStatusSet": rows}))

    assert (lookup.found, lookup.gateway_ref, lookup.outcome) == ("found", "5000:1", outcome)


@pytest.mark.parametrize(
    "word",
    [
        says({"PullSmsSendStatusSet": []}),
        says({"PullSmsSendStatusSet": [row("B" * 26), row("")]}),
        says({"PullSmsSendStatusSet": ["x"]}),
        says({"PullSmsSendStatusSet": [row()]}, status=500),
        says({}),
        error("AuthFailure.SignatureFailure"),
        Response(200, {}, b"{"),
        Unsure("no_answer"),
    ],
    ids=str,
)
def test_a_text_that_is_not_listed_is_never_called_absent(word: Word) -> None:
    lookup = look_up(word)

    assert lookup.found is Found.UNCLEAR
    assert lookup.code
