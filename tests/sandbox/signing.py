"""Signs calls to the stand-in by RPC 1.0: a third hand, neither client's nor checker's."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import uuid4

import httpx

from pusher.sandbox.book import SIGN_NAME
from pusher.sandbox.credentials import ALIYUN_KEY_ID, ALIYUN_SECRET, print_config
from pusher.sandbox.exchange import CHINA
from tests.sandbox.stand import Stand

CONFIG = print_config()
TEMPLATE = str(CONFIG["aliyun"]["template_code"])
PLAIN = str(CONFIG["aliyun"]["plain_template_code"])
FILLED = {"name": "样例居民", "policy": "高龄津贴", "until": "11月30日"}


def call_aliyun(
    stand: Stand, action: str, params: dict[str, str] | None = None, *, form: bool = False
) -> httpx.Response:
    """Call *action*; parameters go in the query, or in a form."""
    params = params or {}
    signed = {
        "Action": action,
        "Version": "2017-05-25",
        "Format": "JSON",
        "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SignatureNonce": uuid4().hex,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "AccessKeyId": ALIYUN_KEY_ID,
        **params,
    }
    text = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(signed.items()))
    digest = hmac.new(
        f"{ALIYUN_SECRET}&".encode(), f"POST&%2F&{quote(text, safe='~')}".encode(), hashlib.sha1
    )
    signature = base64.b64encode(digest.digest()).decode()
    query = {k: v for k, v in signed.items() if not form or k not in params}
    query["Signature"] = signature
    return stand.client.post("/", params=query, data=params if form else None)


def send_sms(stand: Stand, **changes: str | None) -> dict[str, str]:
    """SendSms with sound parameters but for *changes*; None leaves one out."""
    params: dict[str, str | None] = {
        "PhoneNumbers": "19900000001",
        "SignName": SIGN_NAME,
        "TemplateCode": TEMPLATE,
        "TemplateParam": json.dumps(FILLED, ensure_ascii=False),
        "OutId": "A" * 26,
        **changes,
    }
    sound = {name: value for name, value in params.items() if value is not None}
    told: dict[str, str] = call_aliyun(stand, "SendSms", sound).json()
    return told


def details(stand: Stand, number: str = "19900000001", **changes: str) -> httpx.Response:
    """QuerySendDetails of today."""
    params = {
        "PhoneNumber": number,
        "SendDate": datetime.now(CHINA).strftime("%Y%m%d"),
        "PageSize": "50",
        "CurrentPage": "1",
        **changes,
    }
    return call_aliyun(stand, "QuerySendDetails", params)
