"""What WeCom pushes to us: events and texts as XML, signed and always encrypted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pusher.gateways.base import Callback, Forged
from pusher.gateways.wechat_callbacks import entries
from pusher.gateways.wechat_envelope import (
    CallbackSecrets,
    check_signature,
    decrypted,
    mark_of,
    opened,
)

# An empty body tells the vendor that we have it and say nothing to the member.
ANSWER: Final = b""


def read(body: bytes, query: Mapping[str, str], keys: CallbackSecrets | None) -> Callback:
    """Check and read one callback; an empty body with ``echostr`` is the address check.

    The check's word is encrypted as well, and its plain text is the answer. How old a callback is
    does not matter here; what comes in passes `check_age` besides.

    Raises:
        Forged: wrong signature, wrong corp, clear text, or nothing to check it with.
        Unreadable: not encrypted with this key, no XML, or none of the vendor's.
    """
    if keys is None or keys.encoding_aes_key is None:
        raise Forged("未配置企业微信回调令牌与密钥")
    if not body and "echostr" in query:
        sealed = query["echostr"]
        check_signature(query.get("msg_signature"), keys.token, query, sealed)
        answer = decrypted(sealed, keys.encoding_aes_key, keys.appid)
        return Callback([], [], answer, "text/plain")
    receipts, replies, unreadable = entries(opened(body, query, keys))
    return Callback(receipts, replies, ANSWER, "text/plain", unreadable, mark=mark_of(query))
