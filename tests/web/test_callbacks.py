"""The vendors' way in: checked first, stored before the answer, harmless when repeated."""

import hashlib
import json

import pytest
from sqlmodel import select

from profiles.sealing import Keys, Sealer, sealer_of
from pusher.gateways.aliyun_callbacks import ANSWER
from pusher.listening.receipts import BODY
from pusher.model.word import Inbox
from pusher.web.callbacks import callback_addresses, callback_key
from tests.listening.callbacks import answer
from tests.sending.outbox import SECRETS
from tests.web.browsing import HOST, Console

BODY_SENT = json.dumps([answer("19900000001", "TD")], ensure_ascii=False).encode()
EVENT = (
    b"<xml><FromUserName>oSample1</FromUserName><CreateTime>1764034200</CreateTime>"
    b"<MsgType>event</MsgType><Event>unsubscribe</Event></xml>"
)


def path_of(console: Console, what: str = "receipts") -> str:
    addresses = callback_addresses(HOST, console.app.state.desk.sealer)
    aliyun = addresses["aliyun"]
    assert isinstance(aliyun, dict)
    return aliyun[what].removeprefix(HOST)


def signed(nonce: str = "nonce") -> dict[str, str]:
    parts = "".join(sorted([SECRETS.token, "1764034200", nonce]))
    signature = hashlib.sha1(parts.encode()).hexdigest()
    return {"timestamp": "1764034200", "nonce": nonce, "signature": signature}


def inbox(console: Console) -> list[Inbox]:
    with console.store.reading() as session:
        return list(session.exec(select(Inbox)))


@pytest.mark.parametrize("what", ["receipts", "replies"])
def test_a_body_is_stored_once_however_often_it_comes(console: Console, what: str) -> None:
    client = console.browser().client

    answers = [client.post(path_of(console, what), content=BODY_SENT) for _ in range(3)]

    assert {response.status_code for response in answers} == {200}
    assert {response.content for response in answers} == {ANSWER}
    (row,) = inbox(console)
    assert row.gateway == "aliyun"


def test_the_secret_is_not_stored_and_the_body_is_sealed(console: Console) -> None:
    console.browser().client.post(path_of(console), content=BODY_SENT)

    (row,) = inbox(console)
    with console.store.reading() as session:
        kept = sealer_of(session).open_text(row.body_sealed, place=BODY, row=row.id)
    assert callback_key(console.app.state.desk.sealer, "aliyun") not in kept
    assert b"19900000001" not in row.body_sealed


@pytest.mark.parametrize("key", ["", "?key=", "?key=" + "0" * 64, "?key=%00", "?KEY=x"])
def test_without_the_secret_there_is_nothing_there(console: Console, key: str) -> None:
    client = console.browser().client

    for what in ("receipts", "replies"):
        response = client.post(f"/callbacks/aliyun/{what}{key}", content=BODY_SENT)
        assert response.status_code == 404
    assert inbox(console) == []


def test_an_unknown_gateway_is_not_there_even_with_its_secret(console: Console) -> None:
    key = callback_key(console.app.state.desk.sealer, "tencent")

    response = console.browser().client.post(f"/callbacks/tencent/receipts?key={key}", content=b"x")

    assert response.status_code == 404


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"a":1}'])
def test_what_is_no_push_is_refused_and_not_stored(console: Console, body: bytes) -> None:
    response = console.browser().client.post(path_of(console), content=body)

    assert response.status_code == 400
    assert inbox(console) == []


@pytest.mark.parametrize("announced", [True, False])
def test_a_push_has_its_largest_size(console: Console, announced: bool) -> None:
    pieces = [b" " * 1024 * 1024, b"[]"]
    body = b"".join(pieces) if announced else iter(pieces)

    response = console.browser().client.post(path_of(console), content=body)

    assert response.status_code == 413
    assert inbox(console) == []


def test_a_push_in_pieces_is_taken(console: Console) -> None:
    pieces = iter([BODY_SENT[:10], BODY_SENT[10:]])

    assert console.browser().client.post(path_of(console), content=pieces).status_code == 200
    assert len(inbox(console)) == 1


def test_wechat_checks_the_address_by_an_echo(console: Console) -> None:
    client = console.browser().client

    right = client.get("/callbacks/wechat", params={**signed(), "echostr": "回声42"})
    wrong = client.get("/callbacks/wechat", params={**signed(), "nonce": "x", "echostr": "42"})

    assert right.status_code == 200
    assert right.text == "回声42"
    assert wrong.status_code == 403
    assert inbox(console) == []


def test_a_signed_event_is_stored_and_a_forged_one_is_not(console: Console) -> None:
    client = console.browser().client

    forged = client.post("/callbacks/wechat", params=signed() | {"nonce": "x"}, content=EVENT)
    bare = client.post("/callbacks/wechat", content=EVENT)
    first = client.post("/callbacks/wechat", params=signed(), content=EVENT)
    again = client.post("/callbacks/wechat", params=signed("other"), content=EVENT)

    assert (forged.status_code, bare.status_code) == (403, 403)
    assert (first.text, again.text) == ("success", "success")
    assert len(inbox(console)) == 1


def test_the_addresses_for_the_vendors_are_ours() -> None:
    sealer = Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32))
    other = Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"h" * 32))

    addresses = callback_addresses("https://zw.example.invalid/", sealer)

    assert addresses["wechat"] == "https://zw.example.invalid/callbacks/wechat"
    assert callback_key(sealer, "aliyun") != callback_key(other, "aliyun")
    assert callback_key(sealer, "aliyun") != callback_key(sealer, "tencent")
    assert len(callback_key(sealer, "aliyun")) == 64
