"""WeChat requests, signatures and ciphers, held against captures and computed vectors."""

import json
from datetime import UTC, datetime

import pytest

from pusher.gateways.base import Forged, Outcome, ReplyKind, Unreadable, Why
from pusher.gateways.post import Request
from pusher.gateways.wechat import WeChat, template_body
from pusher.gateways.wechat_callbacks import read
from pusher.gateways.wechat_envelope import CallbackSecrets, decrypted
from tests.gateways.golden import body, golden
from tests.gateways.test_aliyun_golden import Outbox

VECTORS = golden("wechat_wecom_aes_vectors")
INPUTS = VECTORS["inputs"]
QUERY = {"timestamp": INPUTS["timestamp"], "nonce": INPUTS["nonce"]}
PLAIN = golden("wechat_oa_callback_signature")
OA = "wx0000000000000000"
SECRETS = CallbackSecrets(INPUTS["token"], OA, INPUTS["encoding_aes_key"])


def vector(label: str) -> dict[str, str]:
    found: dict[str, str] = next(v for v in VECTORS["vectors"] if v["label"] == label)
    return found


def encrypted_query(label: str) -> dict[str, str]:
    signature = vector(label)["msg_signature"]
    return {**QUERY, "encrypt_type": "aes", "msg_signature": signature}


def envelope(label: str) -> bytes:
    return vector(label)["envelope_by_wechatpy"].encode()


def test_a_template_message_is_the_captured_body() -> None:
    capture = golden("wechat_oa_template_send")
    inputs = capture["inputs"]

    ours = template_body(inputs["openid"], inputs["template_id"], inputs["data"], url=inputs["url"])

    assert ours == body(capture)


def test_the_reference_travels_as_client_msg_id_and_changes_nothing_else() -> None:
    inputs = golden("wechat_oa_template_send")["inputs"]
    given = (inputs["openid"], inputs["template_id"], inputs["data"])

    told = json.loads(template_body(*given, url=inputs["url"], client_msg_id="A" * 26))

    assert told.pop("client_msg_id") == "A" * 26
    assert told == json.loads(template_body(*given, url=inputs["url"]))


def test_the_plain_token_is_asked_for_as_captured() -> None:
    capture = golden("wechat_oa_token")
    inputs, outbox = capture["inputs"], Outbox()
    gateway = WeChat(outbox, appid=inputs["appid"], secret=inputs["secret"], stable_token=False)

    gateway._tokens.token(deadline=1e12)

    request = capture["request"]
    assert outbox.requests == [
        Request("GET", f"https://api.weixin.qq.com{request['path']}?{request['query_raw']}")
    ]


def test_the_address_check_is_answered_with_the_echo() -> None:
    inputs = PLAIN["inputs"]
    secrets = CallbackSecrets(inputs["token"], OA)
    query = {
        "signature": PLAIN["signature"],
        "timestamp": inputs["timestamp"],
        "nonce": inputs["nonce"],
        "echostr": "echo-7",
    }

    assert read(b"", query, secrets).answer == b"echo-7"
    with pytest.raises(Forged):
        read(b"", {**query, "nonce": "1"}, secrets)
    with pytest.raises(Forged):
        read(b"", {"echostr": "x"}, secrets)
    with pytest.raises(Forged):
        read(b"", query, None)


@pytest.mark.parametrize("label", [v["label"] for v in VECTORS["vectors"]])
def test_every_vector_opens(label: str) -> None:
    sealed = vector(label)

    opened = decrypted(sealed["encrypt"], INPUTS["encoding_aes_key"], sealed["id"])

    assert opened == sealed["plaintext"].encode()


@pytest.mark.parametrize("label", [v["label"] for v in VECTORS["vectors"]])
def test_a_text_for_another_account_is_forged(label: str) -> None:
    with pytest.raises(Forged):
        decrypted(vector(label)["encrypt"], INPUTS["encoding_aes_key"], "wx1111111111111111")


def test_an_encrypted_receipt_is_read() -> None:
    label = "oa_TEMPLATESENDJOBFINISH"

    [receipt] = read(envelope(label), encrypted_query(label), SECRETS).receipts

    assert (receipt.gateway_ref, receipt.outcome, receipt.why) == (
        "200228332",
        Outcome.DELIVERED,
        Why.NONE,
    )
    assert receipt.to == "oFAKE0000000000000000000001"
    assert receipt.reported_at == datetime.fromtimestamp(1767225601, UTC)


def test_an_encrypted_leave_is_read() -> None:
    label = "oa_unsubscribe"

    [reply] = read(envelope(label), encrypted_query(label), SECRETS).replies

    assert (reply.kind, reply.to) == (ReplyKind.UNSUBSCRIBE, "oFAKE0000000000000000000001")


@pytest.mark.parametrize(("off", "taken"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_a_captured_signature_is_good_for_five_minutes(off: int, taken: bool) -> None:
    label = "oa_unsubscribe"
    clear = {**QUERY, "signature": PLAIN["signature"]}
    came_at = datetime.fromtimestamp(int(QUERY["timestamp"]) + off, UTC)

    for secrets, query, pushed in (
        (SECRETS, encrypted_query(label), envelope(label)),
        (CallbackSecrets(INPUTS["token"], OA), clear, vector(label)["plaintext"].encode()),
    ):
        gateway = WeChat(Outbox(), appid=OA, secret="s", callback=secrets)
        later = gateway.read_callback(pushed, query, {})
        assert later.mark == "1767225600 1320562132"
        if taken:
            assert gateway.read_callback(pushed, query, {}, came_at=came_at) == later
        else:
            with pytest.raises(Forged):
                gateway.read_callback(pushed, query, {}, came_at=came_at)


@pytest.mark.parametrize("change", ["msg_signature", "timestamp", "nonce"])
def test_a_changed_query_is_forged(change: str) -> None:
    label = "oa_unsubscribe"
    query = encrypted_query(label)
    query[change] = query[change][:-1] + ("1" if query[change][-1] != "1" else "2")

    with pytest.raises(Forged):
        read(envelope(label), query, SECRETS)


def test_a_changed_cipher_is_forged() -> None:
    label = "oa_unsubscribe"
    changed = envelope(label).replace(b"Q3stYC6h", b"Q3stYC6i", 1)

    with pytest.raises(Forged):
        read(changed, encrypted_query(label), SECRETS)


def test_clear_text_is_refused_where_encryption_is_agreed() -> None:
    inputs = PLAIN["inputs"]
    query = {**inputs, "signature": PLAIN["signature"]}

    with pytest.raises(Forged):
        read(vector("oa_unsubscribe")["plaintext"].encode(), query, SECRETS)


@pytest.mark.parametrize("cipher", ["", "AAAA", "A" * 44, "!!!!", "A" * 64])
def test_a_cipher_that_cannot_be_opened_is_turned_away(cipher: str) -> None:
    with pytest.raises((Forged, Unreadable)):
        decrypted(cipher, INPUTS["encoding_aes_key"], OA)
