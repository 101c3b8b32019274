"""The vendors' way in: checked first, stored before the answer, harmless when repeated."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from profiles.model import Channel, OptOut
from profiles.sealing import Keys, Sealer, sealer_of
from pusher.gateways.aliyun_callbacks import ANSWER
from pusher.gateways.post import Post
from pusher.gateways.wechat import WeChat
from pusher.gateways.wechat_envelope import CallbackSecrets
from pusher.gateways.wecom import WeCom
from pusher.listening.inbox import BODY
from pusher.listening.receipts import fold
from pusher.model.word import Inbox, Signature
from pusher.sandbox.carrier import Push
from pusher.sandbox.credentials import WECOM_AES_KEY, WECOM_CORP_ID, WECOM_TOKEN
from pusher.sandbox.exchange import Answered
from pusher.sandbox.wecom_speech import encrypted, wecom_speech
from pusher.web.callbacks import callback_addresses, callback_key
from tests.listening.callbacks import answer
from tests.makers import NOW
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


def signed(nonce: str = "nonce", *, at: datetime = NOW, stamp: str = "") -> dict[str, str]:
    """What WeChat adds to the address: signed at that moment, or over that text in its place."""
    moment = stamp or str(int(at.timestamp()))
    parts = "".join(sorted([SECRETS.token, moment, nonce]))
    signature = hashlib.sha1(parts.encode()).hexdigest()
    return {"timestamp": moment, "nonce": nonce, "signature": signature}


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    made = Post(call_timeout=timedelta(seconds=1))
    yield made
    made.close()


@pytest.fixture
def wechat(lite: Console, post: Post) -> Console:
    """A console that WeChat's own gateway stands behind."""
    lite.gateways["wechat"] = WeChat(post, appid=SECRETS.appid, secret="s", callback=SECRETS)
    return lite


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


@pytest.mark.parametrize(
    ("off", "status"), [(-301, 403), (-299, 200), (0, 200), (299, 200), (301, 403), (-86_400, 403)]
)
def test_a_signature_holds_for_five_minutes_of_the_machine_s_clock(
    wechat: Console, off: int, status: int
) -> None:
    client = wechat.browser().client
    query = signed(at=NOW + timedelta(seconds=off))

    told = client.post("/callbacks/wechat", params=query, content=EVENT)
    checked = client.get("/callbacks/wechat", params={**query, "echostr": "42"})

    assert (told.status_code, checked.status_code) == (status, status)
    assert len(inbox(wechat)) == (status == 200)
    if status == 403:
        forged = client.post(
            "/callbacks/wechat", params={**query, "signature": "0" * 40}, content=EVENT
        )
        assert forged.text == told.text, "the answer does not tell which of the two was wrong"


def test_an_office_clock_that_runs_ahead_does_not_matter(wechat: Console) -> None:
    ahead = wechat.with_settings(clock_ahead_s=86_400.0)
    ahead.later(days=1)
    client = ahead.browser().client

    right = client.post("/callbacks/wechat", params=signed(), content=EVENT)
    wrong = client.post("/callbacks/wechat", params=signed(at=ahead.now), content=EVENT)

    assert (right.status_code, wrong.status_code) == (200, 403)


def wecom_said(console: Console, text: str) -> Push:
    """What WeCom pushes when a member writes."""
    speech = wecom_speech("/callbacks/wecom", lambda: console.now)
    [push] = speech.answer(Answered("wecom", "lianxiren0001", text, "message", console.now))
    return push


def wecom_of(post: Post) -> WeCom:
    keys = CallbackSecrets(WECOM_TOKEN, WECOM_CORP_ID, WECOM_AES_KEY)
    return WeCom(post, corp_id=WECOM_CORP_ID, secret="s", agent_id=1, callback=keys)


def test_a_member_of_wecom_is_heard_and_nobody_else(lite: Console, post: Post) -> None:
    lite.gateways["wecom"] = wecom_of(post)
    client = lite.browser().client
    push = wecom_said(lite, "TD")

    told = client.post(push.url, content=push.body)
    forged = client.post(push.url.replace("nonce=", "nonce=0"), content=push.body)
    with lite.store.writing() as session:
        folded = fold(session, lite.gateways, now=lite.now)

    assert (told.status_code, told.content, forged.status_code) == (200, b"", 403)
    assert (folded.replies, folded.stops) == (1, 1)
    with lite.store.reading() as session:
        (said,) = session.exec(select(OptOut)).all()
    assert (said.channel, said.how) == (Channel.WECOM, "企业微信回复")


def test_wecom_checks_the_address_by_a_word_in_a_cipher(lite: Console, post: Post) -> None:
    lite.gateways["wecom"] = wecom_of(post)
    stamp, word = str(int(lite.now.timestamp())), encrypted(b"4567890123")
    signature = hashlib.sha1("".join(sorted([WECOM_TOKEN, stamp, "n", word])).encode()).hexdigest()
    query = {"timestamp": stamp, "nonce": "n", "echostr": word, "msg_signature": signature}

    answer = lite.browser().client.get("/callbacks/wecom", params=query)

    assert (answer.status_code, answer.text) == (200, "4567890123")
    assert inbox(lite) == []


@pytest.mark.parametrize("stamp", ["x", "-1", "１７９５５７０２００", "9" * 11, "1795570200.5"])
def test_a_moment_that_is_none_is_refused_though_it_is_signed(wechat: Console, stamp: str) -> None:
    answer = wechat.browser().client.post(
        "/callbacks/wechat", params=signed(stamp=stamp), content=EVENT
    )

    assert answer.status_code == 403


def test_a_repeat_is_harmless_and_a_signature_is_not_lent_to_another_body(
    console: Console, post: Post
) -> None:
    console.gateways["wechat"] = WeChat(post, appid=SECRETS.appid, secret="s", callback=SECRETS)
    client = console.browser().client
    other = EVENT.replace(b"oSample1", b"oSample2")

    def told(query: dict[str, str], body: bytes) -> tuple[int, str]:
        answer = client.post("/callbacks/wechat", params=query, content=body)
        return answer.status_code, answer.text if answer.status_code == 200 else ""

    repeats = [told(signed(), EVENT), told(signed(), EVENT), told(signed("new"), EVENT)]
    lent = [told(signed(), other), told(signed("new"), other)]
    assert (repeats, lent) == ([(200, "success")] * 3, [(403, "")] * 2)
    assert len(inbox(console)) == 1

    client = console.with_settings().browser().client
    assert told(signed(), other) == (403, ""), "another process knows it as well"
    console.later(minutes=5)
    assert told(signed(), other) == (403, ""), "remembered for as long as it is good"
    assert told(signed("new", at=console.now), other) == (200, "success")


def test_signatures_that_are_no_longer_good_are_forgotten(wechat: Console) -> None:
    client = wechat.browser().client
    for nonce in ("1", "2"):
        client.post("/callbacks/wechat", params=signed(nonce), content=EVENT)

    wechat.later(minutes=31)
    client.post("/callbacks/wechat", params=signed("3", at=wechat.now), content=EVENT)

    with wechat.store.reading() as session:
        (left,) = session.exec(select(Signature)).all()
    assert left.came_at == wechat.now


def test_what_was_let_in_is_read_again_however_late(wechat: Console) -> None:
    wechat.browser().client.post("/callbacks/wechat", params=signed(), content=EVENT)
    wechat.later(days=3)

    with wechat.store.writing() as session:
        told = fold(session, wechat.gateways, now=wechat.now)

    assert (told.bodies, told.unreadable, told.replies) == (1, 0, 1)


def test_the_addresses_for_the_vendors_are_ours() -> None:
    sealer = Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32))
    other = Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"h" * 32))

    addresses = callback_addresses("https://zw.example.invalid/", sealer)

    assert addresses["wechat"] == "https://zw.example.invalid/callbacks/wechat"
    assert callback_key(sealer, "aliyun") != callback_key(other, "aliyun")
    assert callback_key(sealer, "aliyun") != callback_key(sealer, "tencent")
    assert len(callback_key(sealer, "aliyun")) == 64
