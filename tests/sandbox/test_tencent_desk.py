"""The stand-in takes what Tencent Cloud takes and refuses what it refuses, told by its own SDK."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.sms.v20210111.models import SendSmsRequest
from tencentcloud.sms.v20210111.sms_client import SmsClient

from pusher.sandbox.book import SIGN_NAME, Template, TemplateBook
from tests.sandbox.stand import Stand, standing, until
from tests.sandbox.tencent_sdk import CONFIG, SOUND, call, code, profile, send


def test_the_sdk_reads_what_became_of_each_number(stand: Stand) -> None:
    request = SendSmsRequest()
    request._deserialize({**SOUND, "PhoneNumberSet": ["+8619900000001", "19900000002", "7"]})
    credential = Credential(str(CONFIG["secret_id"]), str(CONFIG["secret_key"]))

    answer = SmsClient(credential, str(CONFIG["region"]), profile(stand)).SendSms(request)

    told = [(one.PhoneNumber, one.Code, one.SessionContext) for one in answer.SendStatusSet]
    assert told == [
        ("+8619900000001", "Ok", "A" * 26),
        ("+8619900000002", "Ok", "A" * 26),
        ("7", "InvalidParameterValue.IncorrectPhoneNumber", "A" * 26),
    ]
    serials = [one.SerialNo for one in answer.SendStatusSet]
    assert serials == [message["gateway_ref"] for message in stand.messages()] + [""]


def test_a_sound_text_is_taken_and_shown_as_the_phone_shows_it(stand: Stand) -> None:
    assert code(stand) == "Ok"

    [message] = stand.messages()
    assert message["text"].startswith(f"【{SIGN_NAME}】您好，样例居民：《高龄津贴》可能适用于您")
    assert {k: message[k] for k in ("provider", "to", "template", "params", "reference")} == {
        "provider": "tencent",
        "to": "19900000001",
        "template": CONFIG["template_id"],
        "params": {"1": "样例居民", "2": "高龄津贴", "3": "11月30日"},
        "reference": "A" * 26,
    }


def test_a_plain_template_needs_no_parameter(stand: Stand) -> None:
    assert code(stand, TemplateId=CONFIG["plain_template_id"], TemplateParamSet=None) == "Ok"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"SignName": "不认识"}, "FailedOperation.SignatureIncorrectOrUnapproved"),
        ({"SignName": None}, "FailedOperation.SignatureIncorrectOrUnapproved"),
        ({"TemplateId": "999"}, "FailedOperation.TemplateUnapprovedOrNotExist"),
        ({"TemplateId": None}, "MissingParameter"),
        ({"SmsSdkAppId": "1400000009"}, "UnauthorizedOperation.SmsSdkAppIdVerifyFail"),
        ({"SmsSdkAppId": None}, "MissingParameter"),
        ({"PhoneNumberSet": ["+8612900000001"]}, "InvalidParameterValue.IncorrectPhoneNumber"),
        ({"PhoneNumberSet": []}, "MissingParameter.EmptyPhoneNumberSet"),
        ({"PhoneNumberSet": "+8619900000001"}, "InvalidParameter"),
        ({"PhoneNumberSet": ["19900000001"] * 201}, "LimitExceeded.PhoneNumberCountLimit"),
        (
            {"TemplateParamSet": ["一"]},
            "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
        ),
        ({"TemplateParamSet": ["a", "b", 3]}, "InvalidParameter"),
        (
            {"TemplateParamSet": ["长" * 36, "b", "c"]},
            "InvalidParameterValue.TemplateParameterLengthLimit",
        ),
        (
            {"TemplateParamSet": ["http://a.cn", "b", "c"]},
            "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
        ),
        ({"SessionContext": "长" * 171}, "InvalidParameter"),
        ({"Colour": "red"}, "UnknownParameter"),
    ],
)
def test_an_unsound_text_is_refused_and_nothing_is_kept(
    stand: Stand, changes: dict[str, Any], expected: str
) -> None:
    assert code(stand, **changes) == expected
    assert stand.messages() == []


def test_who_may_not_ask_is_turned_away(stand: Stand) -> None:
    assert call(stand, "SendSms", SOUND, key="wrong") == {"Error": "AuthFailure.SignatureFailure"}
    assert call(stand, "SendFax", SOUND) == {"Error": "InvalidAction"}
    unsigned = stand.client.post("/", headers={"x-tc-action": "SendSms"}, json=SOUND)
    told = unsigned.json()["Response"]["Error"]["Code"]
    assert (unsigned.status_code, told) == (200, "AuthFailure.InvalidAuthorization")
    # with anything behind it the vendor's SDK would take a refusal for an empty success
    assert unsigned.headers["content-type"] == "application/json"
    assert stand.messages() == []


def test_a_number_gets_so_many_texts_a_day_and_the_count_outlives_a_restart(tmp_path: Path) -> None:
    moments = [datetime.now(UTC)]
    given: dict[str, Any] = {"per_number": 2, "now": lambda: moments[-1]}
    with standing(tmp_path / "j", **given) as stand:
        first = [code(stand), code(stand)]
    with standing(tmp_path / "j", **given) as stand:
        third, other = code(stand), code(stand, PhoneNumberSet=["+8619900000002"])

    assert first == ["Ok", "Ok"]
    assert (third, other) == ("LimitExceeded.PhoneNumberDailyLimit", "Ok")


def test_an_old_clock_is_turned_away(tmp_path: Path) -> None:
    later = timedelta(minutes=6)
    with standing(tmp_path / "j", now=lambda: datetime.now(UTC) + later) as stand:
        assert code(stand) == "AuthFailure.SignatureExpire"


def test_templates_of_the_book_are_filled_by_number(tmp_path: Path) -> None:
    book = TemplateBook([Template("tencent", "8", "{2}和{1}，{2}")], signs=["样例街道"])
    with standing(tmp_path / "j", book=book) as stand:
        assert (
            code(stand, TemplateId="8", SignName="样例街道", TemplateParamSet=["甲", "乙"]) == "Ok"
        )

        assert stand.messages()[0]["text"] == "【样例街道】乙和甲，乙"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("http_500", "ServerNetworkError"),
        ("throttle", "RequestLimitExceeded"),
        ("auth_expired", "AuthFailure.SecretIdNotFound"),
    ],
)
def test_a_refusing_fault_keeps_nothing(stand: Stand, kind: str, expected: str) -> None:
    stand.order("faults", provider="tencent", kind=kind, **{"for": 1})

    assert code(stand) == expected
    assert stand.messages() == []
    assert code(stand) == "Ok"


def window(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "SmsSdkAppId": CONFIG["sdk_app_id"],
        "PhoneNumber": "+8619900000001",
        "BeginTime": now - 3600,
        "EndTime": now + 60,
        "Offset": 0,
        "Limit": 100,
        **changes,
    }


def test_what_was_settled_is_listed_by_number_as_often_as_asked(stand: Stand) -> None:
    stand.order("receipts", mode="normal", delay_s=0)
    sent = send(stand)
    assert not isinstance(sent, str)

    def listed() -> list[dict[str, Any]]:
        asked = call(stand, "PullSmsSendStatusByPhoneNumber", window())
        rows: list[dict[str, Any]] = asked["PullSmsSendStatusSet"]
        return rows

    assert until(listed)
    [row] = listed()
    assert (row["SerialNo"], row["SessionContext"]) == (sent[0]["SerialNo"], "A" * 26)
    assert (row["ReportStatus"], row["Description"]) == ("SUCCESS", "DELIVRD")
    other = call(stand, "PullSmsSendStatusByPhoneNumber", window(PhoneNumber="+8619900000002"))
    assert other["PullSmsSendStatusSet"] == []


def test_a_queue_gives_each_receipt_and_each_reply_once(stand: Stand) -> None:
    stand.order("receipts", mode="normal", delay_s=0)
    code(stand)
    code(stand)
    stand.order("replies", to="19900000001", text="TD")
    queue = {"SmsSdkAppId": CONFIG["sdk_app_id"], "Limit": 1}
    one = window()
    assert until(
        lambda: len(call(stand, "PullSmsSendStatusByPhoneNumber", one)["PullSmsSendStatusSet"]) == 2
    )

    pulled = [call(stand, "PullSmsSendStatus", queue)["PullSmsSendStatusSet"] for _ in range(3)]
    replies = [call(stand, "PullSmsReplyStatus", queue)["PullSmsReplyStatusSet"] for _ in range(2)]
    again = call(stand, "PullSmsReplyStatusByPhoneNumber", one)["PullSmsReplyStatusSet"]

    assert [len(rows) for rows in pulled] == [1, 1, 0]
    assert [[row["ReplyContent"] for row in rows] for rows in replies] == [["TD"], []]
    assert [row["ReplyContent"] for row in again] == ["TD"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"BeginTime": int(time.time()) - 8 * 86400}, "BeginTime"),
        ({"EndTime": 0}, "EndTime"),
        ({"Offset": 1}, "Offset"),
        ({"Limit": 101}, "Limit"),
        ({"Limit": "1"}, "Limit"),
    ],
)
def test_unsound_questions_are_refused(stand: Stand, changes: dict[str, Any], field: str) -> None:
    told = call(stand, "PullSmsSendStatusByPhoneNumber", window(**changes))

    assert told == {"Error": f"InvalidParameterValue.{field}VerifyFail"}
