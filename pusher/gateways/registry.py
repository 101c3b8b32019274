"""From settings tables to gateways: what is written there, checked, and nothing guessed.

A sandbox and a vendor differ in address and credentials only.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from pusher.gateways import aliyun, tencent, wechat, wecom
from pusher.gateways.aliyun import Aliyun
from pusher.gateways.aliyun_signing import AccessKey
from pusher.gateways.base import Gateway
from pusher.gateways.post import Post
from pusher.gateways.tencent import Tencent
from pusher.gateways.tencent_signing import SecretPair
from pusher.gateways.wechat import WeChat
from pusher.gateways.wechat_envelope import CallbackSecrets
from pusher.gateways.wecom import WeCom
from pusher.gateways.yunmas import Account, YunMas

Table = Mapping[str, object]

READ_ELSEWHERE: Final = frozenset(
    {"price", "templates", "per_second", "daily_limit", "callback_secret", "callback_sources"}
)
"""Keys of every table that are not the gateway's business: money, limits, the way in."""

# What `pusher sandbox --print-config` prints beyond credentials may be pasted in as it is.
_PRINTED: Final = {
    "aliyun": frozenset(
        {"template_code", "template_params", "plain_template_code", "v1_signature"}
    ),
    "tencent": frozenset({"template_id", "template_param_count", "plain_template_id"}),
    "yunmas": frozenset({"template_id"}),
    "wecom": frozenset({"user_ids", "bulk_user_prefix"}),
    "wechat": frozenset(
        {
            "openid",
            "unsubscribed_openid",
            "refused_openid",
            "template_id",
            "data",
            "subscribe_template_id",
            "subscribe_data",
        }
    ),
}


class BadGatewayTable(Exception):
    """A gateway's table is wrong; the text says where and what to do, never a secret."""


def open_gateways(tables: Mapping[str, Table], *, call_timeout: timedelta) -> dict[str, Gateway]:
    """Build a gateway for each table; a gateway without one is off.

    Args:
        tables: ``[gateways.NAME]`` of the settings, by NAME.
        call_timeout: for one call to a vendor, from connecting to the last byte.

    Returns:
        By name. They share one way to the network, closed when the last of them is gone.

    Raises:
        BadGatewayTable: unknown gateway, unknown key, something missing or malformed.
    """
    if not tables:
        return {}
    post = Post(call_timeout=call_timeout)
    return {name: _open(name, table, post) for name, table in tables.items()}


def endpoint_of(name: str, table: Table) -> str:
    """Where a gateway's calls go: its table's address, or the vendor's own."""
    return str(table.get("endpoint") or _ENDPOINTS.get(name, "")).rstrip("/")


def _open(name: str, table: Table, post: Post) -> Gateway:
    maker = _MAKERS.get(name)
    if maker is None:
        known = "、".join(sorted(_MAKERS))
        raise BadGatewayTable(f"[gateways.{name}]：没有这个通道，可用：{known}")
    if not isinstance(table, Mapping):
        raise BadGatewayTable(f"[gateways.{name}] 应是一个表")
    fields = _Fields(name, table)
    gateway = maker(fields, post)
    for key in ("per_second", "daily_limit"):
        fields.check_count(key)
    fields.refuse_unknown()
    return gateway


def _aliyun(fields: _Fields, post: Post) -> Gateway:
    return Aliyun(
        post,
        key=AccessKey(
            fields.needed("access_key_id"),
            fields.needed("access_key_secret"),
            fields.optional("security_token"),
        ),
        sign_name=fields.needed("sign_name").strip("【】"),
        # The signature covers the path "/" only.
        endpoint=fields.address(aliyun.ENDPOINT, with_path=False),
    )


def _tencent(fields: _Fields, post: Post) -> Gateway:
    return Tencent(
        post,
        key=SecretPair(
            fields.needed("secret_id"), fields.needed("secret_key"), fields.optional("token")
        ),
        app_id=fields.needed("sdk_app_id"),
        sign_name=fields.needed("sign_name").strip("【】"),
        region=fields.optional("region") or tencent.REGION,
        # The signature covers the path "/" only.
        endpoint=fields.address(tencent.ENDPOINT, with_path=False),
    )


def _wechat(fields: _Fields, post: Post) -> Gateway:
    appid = fields.needed("appid")
    token, aes_key = fields.optional("token"), fields.optional("encoding_aes_key")
    if aes_key is not None:
        fields.check_aes_key(aes_key)
        token = fields.needed("token")
    return WeChat(
        post,
        appid=appid,
        secret=fields.needed("secret"),
        callback=CallbackSecrets(token, appid, aes_key) if token else None,
        endpoint=fields.address(wechat.ENDPOINT, with_path=True),
        stable_token=fields.switch("stable_token", default=True),
    )


def _wecom(fields: _Fields, post: Post) -> Gateway:
    corp_id = fields.needed("corp_id")
    token, aes_key = fields.optional("token"), fields.optional("encoding_aes_key")
    # The vendor never pushes in clear: one without the other is good for nothing.
    if token is not None or aes_key is not None:
        token, aes_key = fields.needed("token"), fields.needed("encoding_aes_key")
        fields.check_aes_key(aes_key)
    return WeCom(
        post,
        corp_id=corp_id,
        secret=fields.needed("secret"),
        agent_id=fields.number("agent_id"),
        callback=CallbackSecrets(token, corp_id, aes_key) if token else None,
        endpoint=fields.address(wecom.ENDPOINT, with_path=True),
    )


def _yunmas(fields: _Fields, post: Post) -> Gateway:
    account = Account(
        ec_name=fields.needed("ec_name"),
        ap_id=fields.needed("ap_id"),
        secret_key=fields.needed("secret_key"),
        sign=fields.needed("sign"),
        add_serial=fields.optional("add_serial") or "",
    )
    # Every province has a platform of its own, so no address is the usual one.
    fields.needed("endpoint")
    return YunMas(
        post,
        account=account,
        endpoint=fields.address("", with_path=True),
        free_text=fields.switch("free_text", default=False),
    )


_MAKERS: Final[dict[str, Callable[[_Fields, Post], Gateway]]] = {
    "aliyun": _aliyun,
    "tencent": _tencent,
    "wechat": _wechat,
    "wecom": _wecom,
    "yunmas": _yunmas,
}


_ENDPOINTS: Final = {
    "aliyun": aliyun.ENDPOINT,
    "tencent": tencent.ENDPOINT,
    "wechat": wechat.ENDPOINT,
    "wecom": wecom.ENDPOINT,
}


class _Fields:
    """One table, read key by key; remembers which keys were asked for."""

    def __init__(self, name: str, table: Table) -> None:
        self._name = name
        self._table = table
        self._asked = set(READ_ELSEWHERE | _PRINTED.get(name, frozenset()))

    def needed(self, key: str) -> str:
        value = self.optional(key)
        if value is None:
            raise BadGatewayTable(f"[gateways.{self._name}] 缺少 {key}，请在配置中填写")
        return value

    def optional(self, key: str) -> str | None:
        """Return the text under *key*, None if missing or blank."""
        self._asked.add(key)
        value = self._table.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise BadGatewayTable(f"[gateways.{self._name}] 的 {key} 应是文字，请加引号")
        if not value.isprintable():
            raise BadGatewayTable(f"[gateways.{self._name}] 的 {key} 含有换行或控制字符")
        return value.strip() or None

    def number(self, key: str) -> int:
        """Return the whole number under *key*, with or without quotes."""
        self._asked.add(key)
        value = self._table.get(key)
        if value is None:
            raise BadGatewayTable(f"[gateways.{self._name}] 缺少 {key}，请在配置中填写")
        text = str(value).strip()
        if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 19):
            raise BadGatewayTable(f"[gateways.{self._name}] 的 {key} 应是整数")
        return int(text)

    def switch(self, key: str, *, default: bool) -> bool:
        self._asked.add(key)
        value = self._table.get(key, default)
        if not isinstance(value, bool):
            raise BadGatewayTable(f"[gateways.{self._name}] 的 {key} 应是 true 或 false")
        return value

    def address(self, default: str, *, with_path: bool) -> str:
        """Return the endpoint; plain http only to where nobody can listen on the way."""
        value = (self.optional("endpoint") or default).rstrip("/")
        where = f"[gateways.{self._name}] 的 endpoint"
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError:
            host = None
        if not host or parts.scheme not in ("http", "https") or "@" in parts.netloc:
            raise BadGatewayTable(f"{where} 应形如 https://主机 或 https://主机:端口")
        if parts.query or parts.fragment or (parts.path and not with_path):
            raise BadGatewayTable(f"{where} 不应带路径或参数，只写到主机和端口")
        if parts.scheme == "http" and not _is_near(host):
            raise BadGatewayTable(f"{where} 须用 https，明文 http 只可用于本机和内网")
        return value

    def check_count(self, key: str) -> None:
        value = self._table.get(key, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise BadGatewayTable(
                f"[gateways.{self._name}] 的 {key} 应为 1 以上的整数，不加引号；不限则删去这一行"
            )

    def check_aes_key(self, value: str) -> None:
        try:
            sound = len(base64.b64decode(value + "=", validate=True)) == 32
        except binascii.Error:
            sound = False
        if not sound:
            raise BadGatewayTable(
                f"[gateways.{self._name}] 的 encoding_aes_key 应为 43 位字母数字，请到厂商后台核对"
            )

    def refuse_unknown(self) -> None:
        unknown = sorted(set(self._table) - self._asked)
        if unknown:
            names = "、".join(unknown)
            raise BadGatewayTable(f"[gateways.{self._name}] 有不认识的项：{names}，请删除或改正")


def _is_near(host: str) -> bool:
    """Whether *host* is this machine, a private address, or a name without a dot."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host
    return address.is_loopback or address.is_private
