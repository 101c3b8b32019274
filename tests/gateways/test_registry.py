"""Settings tables become gateways, or one clear Chinese line without a secret."""

from datetime import timedelta
from typing import Any

import pytest

from pusher.gateways.aliyun import Aliyun
from pusher.gateways.base import Gateway
from pusher.gateways.registry import BadGatewayTable, open_gateways
from pusher.gateways.wechat import WeChat
from pusher.sandbox.credentials import print_config

ALIYUN = {"access_key_id": "K", "access_key_secret": "TOPSECRET", "sign_name": "样例"}
TENCENT = {
    "secret_id": "K", "secret_key": "TOPSECRET", "sdk_app_id": "1400000001", "sign_name": "样例",
}  # fmt: skip
WECHAT = {"appid": "wx1", "secret": "TOPSECRET", "token": "TOPSECRET"}
YUNMAS = {"ec_name": "样例", "ap_id": "ap", "secret_key": "TOPSECRET", "sign": "S"}
WECOM = {"corp_id": "ww1", "secret": "TOPSECRET", "agent_id": 1000002}
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def opened(**tables: Any) -> dict[str, Gateway]:
    return open_gateways(tables, call_timeout=timedelta(seconds=5))


def test_no_table_no_gateway() -> None:
    assert opened() == {}


def test_the_vendors_own_address_is_the_default() -> None:
    gateways = opened(aliyun=ALIYUN, tencent=TENCENT, wechat=WECHAT)

    assert isinstance(gateways["aliyun"], Aliyun)
    assert isinstance(gateways["wechat"], WeChat)
    assert repr(gateways["aliyun"]) == "Aliyun(https://dysmsapi.aliyuncs.com)"
    assert repr(gateways["wechat"]) == "WeChat(https://api.weixin.qq.com)"
    assert repr(gateways["tencent"]) == "Tencent(https://sms.tencentcloudapi.com)"
    assert [g.channel for g in gateways.values()] == ["sms", "sms", "wechat"]
    assert [g.unknown for g in gateways.values()] == ["queryable", "queryable", "idempotent"]


def test_what_the_stand_in_prints_can_be_pasted() -> None:
    near = {"endpoint": "http://127.0.0.1:9100", "price": "0.045", "daily_limit": 1000}
    tables = {name: {**table, **near} for name, table in print_config().items()}

    assert set(opened(**tables)) == set(print_config())


@pytest.mark.parametrize(
    ("name", "table", "word"),
    [
        ("nobody", ALIYUN, "没有这个通道"),
        ("aliyun", {**ALIYUN, "acces_key": "TOPSECRET"}, "acces_key"),
        ("aliyun", {k: v for k, v in ALIYUN.items() if k != "access_key_secret"}, "缺少"),
        ("aliyun", {**ALIYUN, "access_key_secret": "  "}, "缺少 access_key_secret"),
        ("aliyun", {**ALIYUN, "access_key_secret": 7}, "应是文字"),
        ("aliyun", {**ALIYUN, "access_key_secret": "TOPSECRET\r\nX: y"}, "控制字符"),
        ("aliyun", {**ALIYUN, "endpoint": "dysmsapi.aliyuncs.com"}, "https://主机"),
        ("aliyun", {**ALIYUN, "endpoint": "ftp://x"}, "https://主机"),
        ("aliyun", {**ALIYUN, "endpoint": "https://u:TOPSECRET@x.cn"}, "https://主机"),
        ("aliyun", {**ALIYUN, "endpoint": "https://x.cn:99999"}, "https://主机"),
        ("aliyun", {**ALIYUN, "endpoint": "https://x.cn/a"}, "不应带路径"),
        ("aliyun", {**ALIYUN, "endpoint": "https://x.cn?a=1"}, "不应带路径"),
        ("aliyun", {**ALIYUN, "endpoint": "http://dysmsapi.aliyuncs.com"}, "须用 https"),
        ("aliyun", "x", "应是一个表"),
        ("tencent", {**TENCENT, "sdk_app_id": 1400000001}, "应是文字"),
        ("tencent", {**TENCENT, "endpoint": "https://x.cn/tencent"}, "不应带路径"),
        ("wechat", {k: v for k, v in WECHAT.items() if k != "secret"}, "缺少 secret"),
        ("wechat", {**WECHAT, "encoding_aes_key": "TOPSECRET"}, "encoding_aes_key"),
        ("wechat", {**WECHAT, "token": "", "encoding_aes_key": AES_KEY}, "缺少 token"),
        ("wechat", {**WECHAT, "stable_token": "yes"}, "true 或 false"),
        ("yunmas", YUNMAS, "缺少 endpoint"),
        ("wecom", {**WECOM, "agent_id": "七"}, "agent_id 应是整数"),
        ("wecom", {**WECOM, "agent_id": True}, "agent_id 应是整数"),
        ("wecom", {k: v for k, v in WECOM.items() if k != "agent_id"}, "缺少 agent_id"),
        ("wecom", {**WECOM, "token": "TOPSECRET"}, "缺少 encoding_aes_key"),
        ("wecom", {**WECOM, "encoding_aes_key": AES_KEY}, "缺少 token"),
        ("wecom", {**WECOM, "token": "t", "encoding_aes_key": "TOPSECRET"}, "encoding_aes_key"),
        ("yunmas", {**YUNMAS, "endpoint": "http://112.35.1.155:1992"}, "须用 https"),
        ("yunmas", {**YUNMAS, "endpoint": "http://10.1.2.3", "sign": ""}, "缺少 sign"),
    ],
)
def test_a_wrong_table_is_told_in_one_line_without_the_secret(
    name: str, table: object, word: str
) -> None:
    with pytest.raises(BadGatewayTable) as told:
        opened(**{name: table})

    message = str(told.value)
    assert word in message
    assert f"[gateways.{name}]" in message
    assert "\n" not in message
    assert "TOPSECRET" not in message


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:9100",
        "http://localhost:1",
        "http://[::1]:1",
        "http://10.1.2.3",
        "http://sandbox:9100",
    ],
)
def test_plain_http_goes_only_to_near_hosts(endpoint: str) -> None:
    assert opened(aliyun={**ALIYUN, "endpoint": endpoint})


def test_brackets_around_the_signature_are_taken_off() -> None:
    gateway = opened(aliyun={**ALIYUN, "sign_name": "【样例】"})["aliyun"]

    assert isinstance(gateway, Aliyun)
    assert gateway._sign_name == "样例"


def test_no_repr_shows_a_secret() -> None:
    gateways = opened(
        aliyun=ALIYUN, tencent=TENCENT, wechat={**WECHAT, "encoding_aes_key": AES_KEY}
    )

    shown = repr(gateways) + "".join(repr(vars(gateway)) for gateway in gateways.values())
    assert "TOPSECRET" not in shown
    assert AES_KEY not in shown
