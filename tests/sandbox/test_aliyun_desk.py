"""The stand-in takes what Aliyun takes and refuses what Aliyun refuses."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pusher.sandbox.book import SIGN_NAME, Template, TemplateBook
from tests.sandbox.signing import FILLED, PLAIN, TEMPLATE, call_aliyun, details, send_sms
from tests.sandbox.stand import Stand, standing


def filled(**changes: object) -> str:
    return json.dumps({**FILLED, **changes}, ensure_ascii=False)


def test_a_sound_text_is_taken_and_shown_as_the_phone_shows_it(stand: Stand) -> None:
    told = send_sms(stand)

    [message] = stand.messages()
    assert (told["Code"], told["BizId"]) == ("OK", message["gateway_ref"])
    assert message["text"].startswith(f"【{SIGN_NAME}】您好，样例居民：《高龄津贴》")
    assert {k: message[k] for k in ("provider", "to", "template", "params", "reference")} == {
        "provider": "aliyun",
        "to": "19900000001",
        "template": TEMPLATE,
        "params": FILLED,
        "reference": "A" * 26,
    }
    assert datetime.fromisoformat(message["accepted_at"]).tzinfo is not None


def test_a_plain_template_needs_no_parameter(stand: Stand) -> None:
    assert send_sms(stand, TemplateCode=PLAIN, TemplateParam=None)["Code"] == "OK"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SignName": "不认识的签名"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"TemplateCode": "SMS_999"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"PhoneNumbers": "1990000000"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"PhoneNumbers": "12900000001"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"PhoneNumbers": "１９９00000001"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"PhoneNumbers": ",".join(["19900000001"] * 1001)}, "isv.MOBILE_COUNT_OVER_LIMIT"),
        ({"TemplateParam": None}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        ({"TemplateParam": filled(more="x")}, "isv.TEMPLATE_PARAMS_ILLEGAL"),
        ({"TemplateParam": filled(name=7)}, "isv.INVALID_JSON_PARAM"),
        ({"TemplateParam": "{"}, "isv.INVALID_JSON_PARAM"),
        ({"TemplateParam": filled(name="长" * 36)}, "isv.PARAM_LENGTH_LIMIT"),
        ({"TemplateParam": filled(name="http://a.cn")}, "isv.PARAM_NOT_SUPPORT_URL"),
        ({"PhoneNumbers": None}, "MissingPhoneNumbers"),
    ],
)
def test_an_unsound_text_is_refused_and_nothing_is_kept(
    stand: Stand, changes: dict[str, str | None], code: str
) -> None:
    told = send_sms(stand, **changes)

    assert told["Code"] == code
    assert "BizId" not in told
    assert stand.messages() == []


def test_thirty_five_characters_pass(stand: Stand) -> None:
    assert send_sms(stand, TemplateParam=filled(name="长" * 35))["Code"] == "OK"


def test_many_numbers_share_one_id(stand: Stand) -> None:
    told = send_sms(stand, PhoneNumbers="19900000001,+8619900000002,008619900000003")

    assert {(m["to"], m["gateway_ref"]) for m in stand.messages()} == {
        (f"1990000000{n}", told["BizId"]) for n in (1, 2, 3)
    }


def test_one_bad_number_refuses_the_whole_call(stand: Stand) -> None:
    send_sms(stand, PhoneNumbers="19900000001,7")

    assert stand.messages() == []


@pytest.mark.parametrize("form", [True, False])
def test_a_batch_is_taken_from_form_and_query(stand: Stand, form: bool) -> None:
    params = {
        "PhoneNumberJson": '["19900000001","19900000002"]',
        "SignNameJson": json.dumps([SIGN_NAME] * 2),
        "TemplateCode": TEMPLATE,
        "TemplateParamJson": json.dumps([FILLED, {**FILLED, "name": "乙"}]),
    }

    told = call_aliyun(stand, "SendBatchSms", params, form=form).json()

    assert told["Code"] == "OK"
    assert [message["params"]["name"] for message in stand.messages()] == ["样例居民", "乙"]


@pytest.mark.parametrize(
    "changes",
    [
        {"SignNameJson": "[]"},
        {"PhoneNumberJson": "[]", "SignNameJson": "[]", "TemplateParamJson": "[]"},
        {"PhoneNumberJson": "7"},
        {"PhoneNumberJson": json.dumps(["19900000001"] * 101)},
    ],
)
def test_an_unsound_batch_is_refused(stand: Stand, changes: dict[str, str]) -> None:
    params = {
        "PhoneNumberJson": '["19900000001"]',
        "SignNameJson": json.dumps([SIGN_NAME]),
        "TemplateCode": PLAIN,
        **changes,
    }

    assert call_aliyun(stand, "SendBatchSms", params).json()["Code"].startswith("isv.")
    assert stand.messages() == []


def test_the_same_out_id_twice_is_two_texts_as_with_the_vendor(stand: Stand) -> None:
    send_sms(stand)
    send_sms(stand)

    assert len(stand.messages()) == 2


def test_a_number_gets_so_many_of_one_template_in_a_day(tmp_path: Path) -> None:
    moments = [datetime.now(UTC)]
    with standing(tmp_path / "j", per_number=2, now=lambda: moments[-1]) as stand:
        first = [send_sms(stand)["Code"] for _ in range(3)]
        other_template = send_sms(stand, TemplateCode=PLAIN, TemplateParam=None)["Code"]
        other_number = send_sms(stand, PhoneNumbers="19900000002")["Code"]
        twice = send_sms(stand, PhoneNumbers="19900000003,19900000003,19900000003")

    assert first == ["OK", "OK", "isv.BUSINESS_LIMIT_CONTROL"]
    assert (other_template, other_number) == ("OK", "OK")
    assert twice["Code"] == "isv.BUSINESS_LIMIT_CONTROL"
    assert "天级流控" in twice["Message"]


def test_the_limit_outlives_a_restart(tmp_path: Path) -> None:
    with standing(tmp_path / "j", per_number=1) as stand:
        send_sms(stand)
    with standing(tmp_path / "j", per_number=1) as stand:
        assert send_sms(stand)["Code"] == "isv.BUSINESS_LIMIT_CONTROL"


def test_details_tell_what_was_taken(stand: Stand) -> None:
    told = send_sms(stand)

    page = details(stand).json()

    [row] = page["SmsSendDetailDTOs"]["SmsSendDetailDTO"]
    assert page["TotalCount"] == 1
    assert (row["OutId"], row["PhoneNum"]) == ("A" * 26, "19900000001")
    assert row["SendStatus"] in (1, 3)
    assert details(stand, BizId=told["BizId"]).json()["TotalCount"] == 1
    assert details(stand, BizId="other").json()["TotalCount"] == 0
    assert details(stand, number="19900000002").json()["TotalCount"] == 0
    assert details(stand, SendDate="20200101").json()["TotalCount"] == 0


def test_details_come_in_pages(stand: Stand) -> None:
    for n in range(5):
        send_sms(stand, OutId=str(n))

    pages = [
        details(stand, PageSize="2", CurrentPage=str(page)).json()["SmsSendDetailDTOs"]
        for page in (1, 2, 3, 4)
    ]

    found = [row["OutId"] for page in pages for row in page["SmsSendDetailDTO"]]
    assert found == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    "changes", [{"PageSize": "51"}, {"PageSize": "x"}, {"CurrentPage": "0"}, {"SendDate": "x"}]
)
def test_unsound_questions_are_refused(stand: Stand, changes: dict[str, str]) -> None:
    assert details(stand, **changes).json()["Code"] == "isv.INVALID_PARAMETERS"


def test_an_unknown_action_and_a_missing_signature_are_turned_away(stand: Stand) -> None:
    assert call_aliyun(stand, "SendFax").status_code == 404
    unsigned = stand.client.post("/", params={"Action": "SendSms"})
    assert (unsigned.status_code, unsigned.json()["Code"]) == (400, "MissingAuthorization")


def test_an_old_clock_is_turned_away(tmp_path: Path) -> None:
    later = timedelta(minutes=16)
    with standing(tmp_path / "j", now=lambda: datetime.now(UTC) + later) as stand:
        assert send_sms(stand)["Code"] == "InvalidTimeStamp.Expired"


def test_a_template_can_be_registered_and_outlives_a_restart_and_a_reset(tmp_path: Path) -> None:
    with standing(tmp_path / "j") as stand:
        stand.order("templates", provider="aliyun", code="SMS_7", text="${a}好")
        stand.order("reset")
    with standing(tmp_path / "j") as stand:
        told = send_sms(stand, TemplateCode="SMS_7", TemplateParam='{"a":"您"}')
        assert (told["Code"], stand.messages()[0]["text"]) == ("OK", f"【{SIGN_NAME}】您好")


def test_templates_and_signatures_of_the_book_are_known(tmp_path: Path) -> None:
    book = TemplateBook([Template("aliyun", "SMS_8", "通知")], signs=["样例街道"])
    with standing(tmp_path / "j", book=book) as stand:
        told = send_sms(stand, TemplateCode="SMS_8", SignName="样例街道", TemplateParam=None)

        assert told["Code"] == "OK"
