"""WeCom requests, signatures and ciphers, held against captures and computed vectors."""

import pytest

from pusher.gateways.base import Forged, ReplyKind, Unreadable, boot_seconds
from pusher.gateways.post import Request
from pusher.gateways.wechat_envelope import CallbackSecrets
from pusher.gateways.wecom import WeCom, card_body, text_body
from pusher.gateways.wecom_callbacks import read
from pusher.sandbox.wecom_speech import encrypted
from tests.gateways.golden import body, golden
from tests.gateways.test_aliyun_golden import Outbox

VECTORS = golden("wechat_wecom_aes_vectors")
INPUTS = VECTORS["inputs"]
CORP = "ww0000000000000000"
SECRETS = CallbackSecrets(INPUTS["token"], CORP, INPUTS["encoding_aes_key"])
QUERY = {"timestamp": INPUTS["timestamp"], "nonce": INPUTS["nonce"]}


def vector(label: str) -> dict[str, str]:
    found: dict[str, str] = next(v for v in VECTORS["vectors"] if v["label"] == label)
    return found


def query_of(label: str, **more: str) -> dict[str, str]:
    return {**QUERY, "msg_signature": vector(label)["msg_signature"], **more}


def test_a_text_and_a_card_are_the_captured_bodies() -> None:
    text, card = golden("wecom_message_send_text"), golden("wecom_message_send_textcard")
    said = text["inputs"]

    assert text_body(said["touser"], said["agentid"], said["content"]) == body(text)
    assert card_body(
        card["inputs"]["touser"],
        card["inputs"]["agentid"],
        {
            "title": "办件通知",
            "description": '<div class="gray">2026年1月1日</div>',
            "url": "https://example.invalid/t/1",
            "btntxt": "详情",
        },
    ) == body(card)


def test_the_token_is_asked_for_as_captured() -> None:
    capture = golden("wecom_gettoken")
    inputs, outbox = capture["inputs"], Outbox()
    gateway = WeCom(outbox, corp_id=inputs["corp_id"], secret=inputs["secret"], agent_id=1)

    gateway._tokens.token(deadline=boot_seconds() + 60)

    request = capture["request"]
    address = f"https://qyapi.weixin.qq.com{request['path']}?{request['query_raw']}"
    assert outbox.requests == [Request("GET", address)]


def test_the_address_check_is_answered_with_the_word_inside() -> None:
    label = "wecom_echostr"

    callback = read(b"", query_of(label, echostr=vector(label)["encrypt"]), SECRETS)

    assert callback.answer == vector(label)["plaintext"].encode()


def test_a_text_of_a_member_is_a_reply() -> None:
    sealed = vector("wecom_text")["envelope_by_wechatpy"].encode()

    callback = read(sealed, query_of("wecom_text"), SECRETS)

    [reply] = callback.replies
    assert (reply.to, reply.text, reply.reference) == ("zhangsan", "退订 中文", "1")
    assert reply.kind is ReplyKind.MESSAGE
    assert (callback.answer, callback.mark) == (b"", " ".join(QUERY.values()))


@pytest.mark.parametrize(
    ("keys", "query"),
    [
        (None, query_of("wecom_text")),
        (CallbackSecrets(INPUTS["token"], CORP), query_of("wecom_text")),
        (SECRETS, query_of("wecom_text", msg_signature="0" * 40)),
        (SECRETS, query_of("wecom_text", nonce="other")),
        (SECRETS, QUERY),
        (
            CallbackSecrets(INPUTS["token"], "ww1111111111111111", INPUTS["encoding_aes_key"]),
            query_of("wecom_text"),
        ),
    ],
)
def test_what_is_not_the_corps_is_forged(
    keys: CallbackSecrets | None, query: dict[str, str]
) -> None:
    with pytest.raises(Forged):
        read(vector("wecom_text")["envelope_by_wechatpy"].encode(), query, keys)


def test_clear_text_is_forged_and_no_xml_is_unreadable() -> None:
    clear = b"<xml><MsgType>text</MsgType><Content>TD</Content></xml>"

    with pytest.raises(Forged):
        read(clear, query_of("wecom_text"), SECRETS)
    with pytest.raises(Unreadable):
        read(b"x", query_of("wecom_text"), SECRETS)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["label"])
def test_the_stand_in_encrypts_as_the_vendor_does(vector: dict[str, str]) -> None:
    sealed = encrypted(
        vector["plaintext"].encode(),
        key=INPUTS["encoding_aes_key"],
        owner=vector["id"],
        random=INPUTS["random16"].encode(),
    )

    assert sealed == vector["encrypt"]
