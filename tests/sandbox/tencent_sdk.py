"""Calls the stand-in with the vendor's own SDK: a third hand, neither client's nor checker's."""

import json
from typing import Any

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from pusher.sandbox.credentials import print_config
from tests.sandbox.stand import Stand

CONFIG = print_config()["tencent"]
SOUND: dict[str, Any] = {
    "PhoneNumberSet": ["+8619900000001"],
    "SmsSdkAppId": CONFIG["sdk_app_id"],
    "SignName": CONFIG["sign_name"],
    "TemplateId": CONFIG["template_id"],
    "TemplateParamSet": ["样例居民", "高龄津贴", "11月30日"],
    "SessionContext": "A" * 26,
}


def profile(stand: Stand) -> ClientProfile:
    """The SDK's settings that lead it to *stand*."""
    address = stand.address.removeprefix("http://")
    return ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=address, reqTimeout=10))


def call(
    stand: Stand, action: str, told: dict[str, Any], *, key: str = str(CONFIG["secret_key"])
) -> dict[str, Any]:
    """What the SDK makes of the answer to *action*; a refusal is {"Error": code}."""
    client = CommonClient(
        "sms",
        "2021-01-11",
        Credential(str(CONFIG["secret_id"]), key),
        str(CONFIG["region"]),
        profile(stand),
    )
    try:
        # call_json would drop a refusal that came with another Content-Type
        answer: dict[str, Any] = client.call_json(action, told)["Response"]
    except TencentCloudSDKException as refused:
        return {"Error": refused.get_code()}
    return answer


def send(stand: Stand, **changes: Any) -> list[dict[str, Any]] | str:
    """SendSms with sound fields but for *changes*; None leaves one out.

    Returns:
        The entries of the numbers, or the code of a refusal of the whole call.
    """
    told = {name: value for name, value in {**SOUND, **changes}.items() if value is not None}
    answer = call(stand, "SendSms", told)
    if "Error" in answer:
        return str(answer["Error"])
    entries: list[dict[str, Any]] = json.loads(json.dumps(answer["SendStatusSet"]))
    return entries


def code(stand: Stand, **changes: Any) -> str:
    """The code of a SendSms to one number, whether of the number or of the call."""
    told = send(stand, **changes)
    return told if isinstance(told, str) else str(told[0]["Code"])
