"""What WeChat pushes in clear: events, texts, and XML that is none."""

import hashlib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.gateways.base import Callback, Forged, Outcome, ReplyKind, Unreadable, Why
from pusher.gateways.wechat_callbacks import read
from pusher.gateways.wechat_envelope import CallbackSecrets
from pusher.gateways.wechat_xml import read_flat

SECRETS = CallbackSecrets("SampleToken", "wx1")
OPENID = "o" + "A" * 27


def signed() -> dict[str, str]:
    parts = sorted(["SampleToken", "1767225600", "77"])
    signature = hashlib.sha1("".join(parts).encode()).hexdigest()
    return {"signature": signature, "timestamp": "1767225600", "nonce": "77"}


def push(fields: Mapping[str, str]) -> Callback:
    common = {"ToUserName": "gh_1", "FromUserName": OPENID, "CreateTime": "1767225601"}
    inner = "".join(
        f"<{name}><![CDATA[{value}]]></{name}>" for name, value in {**common, **fields}.items()
    )
    return read(f"<xml>{inner}</xml>".encode(), signed(), SECRETS)


@pytest.mark.parametrize(
    ("status", "outcome", "why"),
    [
        ("success", Outcome.DELIVERED, Why.NONE),
        ("failed:user block", Outcome.UNDELIVERED, Why.OPT_OUT),
        ("failed: system failed", Outcome.UNDELIVERED, Why.TRANSIENT),
        ("failed:system failed", Outcome.UNDELIVERED, Why.TRANSIENT),
        ("failed: something new", Outcome.UNDELIVERED, Why.UNKNOWN),
    ],
)
def test_a_finished_job_is_a_receipt(status: str, outcome: Outcome, why: Why) -> None:
    callback = push(
        {
            "MsgType": "event",
            "Event": "TEMPLATESENDJOBFINISH",
            "MsgID": "2398237482",
            "Status": status,
        }
    )

    [receipt] = callback.receipts
    assert (receipt.outcome, receipt.why, receipt.gateway_ref) == (outcome, why, "2398237482")
    assert (receipt.to, receipt.reference, callback.answer) == (OPENID, None, b"success")


def test_a_text_is_a_reply_known_by_its_number() -> None:
    [reply] = push({"MsgType": "text", "Content": "退订 & <好>", "MsgId": "55"}).replies

    assert (reply.text, reply.reference, reply.kind) == ("退订 & <好>", "55", ReplyKind.MESSAGE)


@pytest.mark.parametrize("event", ["subscribe", "unsubscribe"])
def test_coming_and_leaving_are_replies(event: str) -> None:
    [reply] = push({"MsgType": "event", "Event": event, "EventKey": ""}).replies

    assert (reply.kind, reply.text, reply.to) == (event, "", OPENID)
    assert reply.reference == f"{event}-{OPENID}-1767225601"


@pytest.mark.parametrize(
    "fields",
    [
        {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "Status": "success"},
        {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": "1"},
        {"MsgType": "event", "Event": "unsubscribe", "FromUserName": ""},
        {"MsgType": "text", "Content": "x"},
    ],
)
def test_an_event_without_its_parts_is_counted(fields: dict[str, str]) -> None:
    callback = push(fields)

    assert (callback.receipts, callback.replies, callback.unreadable) == ([], [], 1)


@pytest.mark.parametrize("fields", [{"MsgType": "image"}, {"MsgType": "event", "Event": "CLICK"}])
def test_what_does_not_concern_us_is_answered_politely(fields: dict[str, str]) -> None:
    callback = push(fields)

    assert (callback.answer, callback.unreadable) == (b"success", 0)


def test_a_signature_is_needed() -> None:
    with pytest.raises(Forged):
        read(b"<xml></xml>", {**signed(), "signature": "0" * 40}, SECRETS)
    with pytest.raises(Forged):
        read(b"<xml></xml>", {}, SECRETS)
    with pytest.raises(Forged):
        read(b"<xml></xml>", {**signed(), "signature": "é"}, SECRETS)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml>",
        b"<xml></yml>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>',
        b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml></xml>',
        b'<?xml version="1.0" encoding="nonsense"?><xml></xml>',
        b"<a>" * 20 + b"</a>" * 20,
        b"<xml>" + b" " * 1_000_001 + b"</xml>",
        b"<xml>\x00</xml>",
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)
def test_what_is_no_plain_xml_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body, signed(), SECRETS)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    try:
        fields = read_flat(body)
    except Unreadable:
        return
    assert all(isinstance(value, str) for value in fields.values())


@given(st.dictionaries(st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,9}", fullmatch=True), st.text()))
def test_what_is_written_is_read(fields: dict[str, str]) -> None:
    printable = {
        name: "".join(c for c in value if c.isprintable() and c not in "<&>")
        for name, value in fields.items()
    }
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in printable.items())

    assert read_flat(f"<xml>{inner}</xml>".encode()) == printable
