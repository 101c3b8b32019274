"""A postman, a stand-in, and gateways to it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pusher.gateways.aliyun import Aliyun
from pusher.gateways.aliyun_signing import AccessKey
from pusher.gateways.post import Post
from pusher.gateways.tencent import Tencent
from pusher.gateways.tencent_signing import SecretPair
from pusher.gateways.wechat import WeChat
from pusher.gateways.wecom import WeCom
from pusher.gateways.yunmas import Account, YunMas
from pusher.sandbox.credentials import print_config
from tests.sandbox.stand import Stand, served, stand

__all__ = ["served", "stand"]


@pytest.fixture
def post() -> Iterator[Post]:
    """Patient enough for a busy machine, not for a server that says nothing."""
    post = Post(call_timeout=timedelta(seconds=10))
    yield post
    post.close()


@pytest.fixture
def hasty() -> Iterator[Post]:
    """For servers that never finish."""
    post = Post(call_timeout=timedelta(seconds=1))
    yield post
    post.close()


@pytest.fixture
def aliyun(post: Post, stand: Stand) -> Aliyun:
    return aliyun_at(stand.address, post)


@pytest.fixture
def tencent(post: Post, stand: Stand) -> Tencent:
    return tencent_at(stand.address, post)


@pytest.fixture
def wechat(post: Post, stand: Stand) -> WeChat:
    return wechat_at(stand.address, post)


def aliyun_at(address: str, post: Post) -> Aliyun:
    config = print_config()["aliyun"]
    key = AccessKey(str(config["access_key_id"]), str(config["access_key_secret"]))
    return Aliyun(post, key=key, sign_name=str(config["sign_name"]), endpoint=address)


def tencent_at(address: str, post: Post) -> Tencent:
    config = {name: str(value) for name, value in print_config()["tencent"].items()}
    return Tencent(
        post,
        key=SecretPair(config["secret_id"], config["secret_key"]),
        app_id=config["sdk_app_id"],
        sign_name=config["sign_name"],
        endpoint=address,
    )


def wechat_at(address: str, post: Post) -> WeChat:
    config = print_config()["wechat"]
    return WeChat(post, appid=str(config["appid"]), secret=str(config["secret"]), endpoint=address)


def yunmas_at(address: str, post: Post, *, free_text: bool = False) -> YunMas:
    config = {name: str(value) for name, value in print_config()["yunmas"].items()}
    account = Account(config["ec_name"], config["ap_id"], config["secret_key"], config["sign"])
    return YunMas(post, account=account, endpoint=address, free_text=free_text)


def wecom_at(address: str, post: Post) -> WeCom:
    config = print_config()["wecom"]
    return WeCom(
        post,
        corp_id=str(config["corp_id"]),
        secret=str(config["secret"]),
        agent_id=int(str(config["agent_id"])),
        endpoint=address,
    )
