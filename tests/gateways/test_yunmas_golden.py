"""云MAS requests, held against the vectors of the vendor's formula."""

import base64
import json

import pytest

from pusher.gateways.base import Parcel, boot_seconds
from pusher.gateways.yunmas import Account, YunMas, params_text, signed_body
from tests.gateways.golden import golden
from tests.gateways.test_aliyun_golden import Outbox

VECTORS = golden("cmcc_mas_vectors")
INPUTS = VECTORS["inputs"]
ACCOUNT = Account(INPUTS["ecName"], INPUTS["apId"], INPUTS["secretKey"], INPUTS["sign"])
PLAIN_ADDRESS = [v for v in VECTORS["vectors"] if v["label"].endswith("_http")]


@pytest.mark.parametrize("vector", PLAIN_ADDRESS, ids=lambda vector: vector["label"])
def test_a_call_is_the_computed_body(vector: dict[str, str]) -> None:
    told = json.loads(vector["json"])
    said = ("templateId", "mobiles", "params") if "params" in told else ("mobiles", "content")

    body = signed_body(ACCOUNT, {name: told[name] for name in said})

    assert body == vector["body"].encode()
    assert json.loads(base64.b64decode(body))["mac"] == vector["mac"]


def sent(*, free_text: bool, add_serial: str = "") -> tuple[str, dict[str, str]]:
    """Path and fields of the one call for one parcel."""
    outbox = Outbox()
    account = Account(
        INPUTS["ecName"], INPUTS["apId"], INPUTS["secretKey"], INPUTS["sign"], add_serial
    )
    gateway = YunMas(outbox, account=account, endpoint="http://mas/", free_text=free_text)
    parcel = Parcel(
        "A" * 26, "19900000001", "T1", {"z": "甲", "a": "乙"}, text="【样例】甲，退订回复TD"
    )

    gateway.hand_over([parcel], deadline=boot_seconds() + 60)

    [request] = outbox.requests
    return request.url, json.loads(base64.b64decode(request.body))


def test_a_template_is_filled_by_place_in_the_order_given() -> None:
    url, told = sent(free_text=False)

    assert url == "http://mas/sms/tmpsubmit"
    assert (told["templateId"], told["mobiles"], told["params"]) == (
        "T1",
        "19900000001",
        '["甲","乙"]',
    )
    assert params_text([]) == '[""]'


def test_a_whole_text_leaves_its_signature_to_the_platform() -> None:
    url, told = sent(free_text=True, add_serial="01")

    assert url == "http://mas/sms/norsubmit"
    assert (told["content"], told["sign"], told["addSerial"]) == (
        "甲，退订回复TD",
        INPUTS["sign"],
        "01",
    )
    assert "templateId" not in told


def test_no_repr_shows_the_key() -> None:
    assert INPUTS["secretKey"] not in repr(ACCOUNT)
