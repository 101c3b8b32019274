"""The stand-in takes what 云MAS takes and refuses what 云MAS refuses."""

import base64
import hashlib
import json
from typing import Any

import pytest

from pusher.sandbox.book import SIGN_NAME
from pusher.sandbox.credentials import print_config
from tests.gateways.golden import golden
from tests.sandbox.stand import Stand

CONFIG: dict[str, Any] = print_config()["yunmas"]
NUMBER = "19900000001"


def call(stand: Stand, path: str = "norsubmit", **changes: str | None) -> dict[str, Any]:
    """Send a call with a sound mac, but for what *changes* says; None takes a field out."""
    said = {"mobiles": NUMBER, "content": "您好"}
    if path == "tmpsubmit":
        template = str(CONFIG["template_id"])
        said = {"templateId": template, "mobiles": NUMBER, "params": '["甲","津贴","年底"]'}
    fields: dict[str, str | None] = {
        "ecName": CONFIG["ec_name"],
        "apId": CONFIG["ap_id"],
        "secretKey": CONFIG["secret_key"],
        **said,
        "sign": CONFIG["sign"],
        "addSerial": "",
        **changes,
    }
    summed = "".join(str(value) for name, value in fields.items() if name != "mac" and value)
    fields = {"mac": hashlib.md5(summed.encode()).hexdigest(), **fields}
    return post(stand, path, {name: value for name, value in fields.items() if value is not None})


def post(stand: Stand, path: str, told: object) -> dict[str, Any]:
    body = base64.b64encode(json.dumps(told, ensure_ascii=False).encode())
    answer: dict[str, Any] = stand.client.post(f"/sms/{path}", content=body).json()
    return answer


def test_a_whole_text_is_taken_and_shown_with_the_signature(stand: Stand) -> None:
    told = call(stand)

    [message] = stand.messages()
    assert told == {"msgGroup": message["gateway_ref"], "rspcod": "success", "success": True}
    assert (message["provider"], message["to"], message["text"]) == (
        "yunmas",
        NUMBER,
        f"【{SIGN_NAME}】您好",
    )


def test_a_template_is_filled_by_place(stand: Stand) -> None:
    assert call(stand, "tmpsubmit")["success"] is True

    [message] = stand.messages()
    assert message["text"].startswith(f"【{SIGN_NAME}】您好，甲：《津贴》可能适用于您，截止年底。")
    assert message["params"] == {"name": "甲", "policy": "津贴", "until": "年底"}


def test_many_numbers_share_one_group(stand: Stand) -> None:
    group = call(stand, mobiles="19900000001,19900000002")["msgGroup"]

    assert {(m["to"], m["gateway_ref"]) for m in stand.messages()} == {
        ("19900000001", group),
        ("19900000002", group),
    }


def test_each_number_may_have_a_text_of_its_own(stand: Stand) -> None:
    content = json.dumps({"19900000001": "甲您好", "19900000002": "乙您好"}, ensure_ascii=False)

    assert call(stand, mobiles="", content=content)["success"] is True
    assert [m["text"][-3:] for m in stand.messages()] == ["甲您好", "乙您好"]


def test_the_key_may_stay_at_home(stand: Stand) -> None:
    """On the encrypted address the key is in the mac alone."""
    key, content = str(CONFIG["secret_key"]), "您好"
    order = (CONFIG["ec_name"], CONFIG["ap_id"], key, NUMBER, content, CONFIG["sign"])
    told = {
        "ecName": CONFIG["ec_name"],
        "apId": CONFIG["ap_id"],
        "mobiles": NUMBER,
        "content": content,
        "sign": CONFIG["sign"],
        "addSerial": "",
        "mac": hashlib.md5("".join(map(str, order)).encode()).hexdigest(),
    }

    assert post(stand, "submit", told)["success"] is True


@pytest.mark.parametrize(
    ("path", "changes", "code"),
    [
        ("norsubmit", {"mac": "0" * 32}, "IllegalMac"),
        ("norsubmit", {"mac": "字"}, "IllegalMac"),
        ("norsubmit", {"secretKey": "wrong"}, "InvalidUsrOrPwd"),
        ("norsubmit", {"apId": "other"}, "InvalidUsrOrPwd"),
        ("norsubmit", {"sign": ""}, "NoSignId"),
        ("norsubmit", {"sign": SIGN_NAME}, "IllegalSignId"),
        ("norsubmit", {"mobiles": "12345"}, "InvalidMobile"),
        ("norsubmit", {"mobiles": f"{NUMBER},7"}, "InvalidMobile"),
        ("norsubmit", {"mobiles": ",".join([NUMBER] * 5001)}, "TooManyMobiles"),
        ("norsubmit", {"content": " "}, "InvalidMessage"),
        ("norsubmit", {"content": "{}", "mobiles": ""}, "InvalidMessage"),
        ("norsubmit", {"addSerial": None}, "InvalidMessage"),
        ("tmpsubmit", {"templateId": "other"}, "IllegalUseTemplate"),
        ("tmpsubmit", {"params": "甲"}, "InvalidMessage"),
        ("tmpsubmit", {"params": "[7]"}, "InvalidMessage"),
    ],
)
def test_an_unsound_call_is_refused_and_nothing_is_kept(
    stand: Stand, path: str, changes: dict[str, str | None], code: str
) -> None:
    assert call(stand, path, **changes) == {"msgGroup": "", "rspcod": code, "success": False}
    assert stand.messages() == []


@pytest.mark.parametrize("body", [b"", b"{}", b"%%%", b"WzFd", b"eyJhIjoxfQ=="])
def test_what_is_no_call_is_refused(stand: Stand, body: bytes) -> None:
    assert stand.client.post("/sms/tmpsubmit", content=body).json()["rspcod"] == "InvalidMessage"


def test_the_vectors_of_another_account_are_read_and_turned_away(stand: Stand) -> None:
    for vector in golden("cmcc_mas_vectors")["vectors"]:
        told = stand.client.post(vector["path"], content=vector["body"]).json()

        assert told["rspcod"] == "InvalidUsrOrPwd"
