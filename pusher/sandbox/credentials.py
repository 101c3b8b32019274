"""What a client needs to talk to the stand-in: fixed, invented, good nowhere else."""

from __future__ import annotations

from typing import Final

from pusher.sandbox.book import SIGN_NAME, TemplateBook

ALIYUN_KEY_ID: Final = "SandboxAccessKeyId0001"
ALIYUN_SECRET: Final = "SandboxAliyunSecretNotReal0001"  # noqa: S105 - invented, opens only this stand-in

TENCENT_ID: Final = "AKIDSandboxSecretId0001"
TENCENT_KEY: Final = "SandboxTencentKeyNotReal0001"
TENCENT_APP_ID: Final = "1400000001"

YUNMAS_EC_NAME: Final = "样例市政务公开办公室"
YUNMAS_AP_ID: Final = "sandboxap"
YUNMAS_SECRET: Final = "SandboxYunMasNotReal0001"  # noqa: S105 - as above
YUNMAS_SIGN: Final = "SANDBOXSIGN1"
"""A code; what stands in 【】 is `TemplateBook.own_sign`."""

WECHAT_APPID: Final = "wx00000000sandbox1"
WECHAT_SECRET: Final = "sandboxwechatsecretnotreal000001"  # noqa: S105 - as above
WECHAT_TOKEN: Final = "SandboxCallbackToken"  # noqa: S105 - as above
FOLLOWER: Final = "oSandboxFollower000000000001"
UNSUBSCRIBED: Final = "oSandboxUnsubscribed00000001"
REFUSED: Final = "oSandboxRefused0000000000001"

WECOM_CORP_ID: Final = "ww00000000sandbox1"
WECOM_SECRET: Final = "SandboxWeComSecretNotReal000000000000000001"  # noqa: S105 - as above
WECOM_AGENT_ID: Final = 1000002
WECOM_TOKEN: Final = "SandboxWeComToken"  # noqa: S105 - as above
WECOM_AES_KEY: Final = "SandboxWeComKeyOpensNothingElse000000000000"
WECOM_MEMBERS: Final = ("zhangsan", "LiSi", "wangwu")
WECOM_BULK: Final = "lianxiren"
"""Whoever begins so, with digits behind it, is a member too."""

_SAMPLES: Final = {
    "thing1": "养老服务补贴",
    "time2": "2026年11月30日",
    "thing3": "请到街道政务服务大厅办理",
}


def print_config() -> dict[str, dict[str, object]]:
    """Return what ``pusher sandbox --print-config`` prints; starts and opens nothing."""
    book = TemplateBook.standard()
    filled, plain = book.standard_sms("aliyun")
    numbered, plain_numbered = book.standard_sms("tencent")
    template, subscription = book.standard_wechat()
    return {
        "aliyun": {
            "access_key_id": ALIYUN_KEY_ID,
            "access_key_secret": ALIYUN_SECRET,
            "sign_name": SIGN_NAME,
            "template_code": filled.code,
            "template_params": list(filled.variables),
            "plain_template_code": plain.code,
            "v1_signature": True,
        },
        "tencent": {
            "secret_id": TENCENT_ID,
            "secret_key": TENCENT_KEY,
            "region": "ap-guangzhou",
            "sdk_app_id": TENCENT_APP_ID,
            "sign_name": SIGN_NAME,
            "template_id": numbered.code,
            "template_param_count": len(numbered.variables),
            "plain_template_id": plain_numbered.code,
        },
        "yunmas": {
            "ec_name": YUNMAS_EC_NAME,
            "ap_id": YUNMAS_AP_ID,
            "secret_key": YUNMAS_SECRET,
            "sign": YUNMAS_SIGN,
            "template_id": book.standard_sms("yunmas")[0].code,
        },
        "wechat": {
            "appid": WECHAT_APPID,
            "secret": WECHAT_SECRET,
            "token": WECHAT_TOKEN,
            "openid": FOLLOWER,
            "unsubscribed_openid": UNSUBSCRIBED,
            "refused_openid": REFUSED,
            "template_id": template.code,
            "data": {name: {"value": _SAMPLES[name]} for name in template.variables},
            "subscribe_template_id": subscription.code,
            "subscribe_data": {name: {"value": _SAMPLES[name]} for name in subscription.variables},
        },
        "wecom": {
            "corp_id": WECOM_CORP_ID,
            "secret": WECOM_SECRET,
            "agent_id": WECOM_AGENT_ID,
            "token": WECOM_TOKEN,
            "encoding_aes_key": WECOM_AES_KEY,
            "user_ids": list(WECOM_MEMBERS),
            "bulk_user_prefix": WECOM_BULK,
        },
    }
