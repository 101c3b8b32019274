"""The stand-in takes what WeCom takes and refuses what WeCom refuses."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pusher.sandbox.credentials import print_config
from tests.sandbox.stand import Stand, standing

CONFIG: dict[str, Any] = print_config()["wecom"]
CARD = {"title": "社保补贴", "description": "可能符合条件", "url": "https://example.invalid/n/1"}


def token_of(stand: Stand, **changes: str) -> dict[str, Any]:
    asked = {"corpid": CONFIG["corp_id"], "corpsecret": CONFIG["secret"], **changes}
    told: dict[str, Any] = stand.client.get("/cgi-bin/gettoken", params=asked).json()
    return told


def send(stand: Stand, *, token: str | None = None, **changes: object) -> dict[str, Any]:
    body = {
        "touser": "zhangsan",
        "toparty": "",
        "totag": "",
        "agentid": CONFIG["agent_id"],
        "msgtype": "text",
        "text": {"content": "您好"},
        **changes,
    }
    answer = stand.client.post(
        "/cgi-bin/message/send",
        params={"access_token": token or token_of(stand)["access_token"]},
        content=json.dumps(body, ensure_ascii=False).encode(),
    )
    told: dict[str, Any] = answer.json()
    return told


def test_a_sound_notice_is_taken_without_a_content_type(stand: Stand) -> None:
    told = send(stand, touser="zhangsan|LISI|lianxiren0042|nobody")

    assert (told["errcode"], told["invaliduser"]) == (0, "nobody")
    assert [(m["provider"], m["to"], m["gateway_ref"]) for m in stand.messages()] == [
        ("wecom", name, told["msgid"]) for name in ("zhangsan", "LISI", "lianxiren0042")
    ]


def test_a_card_is_shown_with_its_link(stand: Stand) -> None:
    assert send(stand, msgtype="textcard", textcard=CARD)["errcode"] == 0

    [message] = stand.messages()
    assert message["text"] == "社保补贴\n可能符合条件"
    assert (message["url"], message["outcome"]) == (CARD["url"], "delivered")


def test_the_token_stays_the_same_while_it_lasts(stand: Stand) -> None:
    first = token_of(stand)

    assert first["access_token"] == token_of(stand)["access_token"]
    assert (first["errcode"], first["expires_in"] <= 7200) == (0, True)


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [({"corpid": "ww1"}, 40013), ({"corpsecret": "wrong"}, 40001)],
)
def test_an_unknown_account_gets_no_token(
    stand: Stand, changes: dict[str, str], errcode: int
) -> None:
    assert token_of(stand, **changes)["errcode"] == errcode


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"token": "nobody's"}, 40014),
        ({"agentid": 1}, 40056),
        ({"touser": ""}, 82001),
        ({"touser": "nobody|lianxiren"}, 81013),
        ({"touser": "|".join(f"lianxiren{n}" for n in range(1001))}, 40032),
        ({"msgtype": "voice"}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": "字" * 683}}, 45002),
        ({"msgtype": "textcard", "textcard": {**CARD, "title": "字" * 43}}, 45002),
        ({"msgtype": "textcard", "textcard": {**CARD, "description": "字" * 171}}, 45002),
        ({"msgtype": "textcard", "textcard": {**CARD, "url": ""}}, 44004),
        ({"msgtype": "textcard"}, 44004),
    ],
)
def test_an_unsound_notice_is_refused_and_nothing_is_kept(
    stand: Stand, changes: dict[str, Any], errcode: int
) -> None:
    assert send(stand, **changes)["errcode"] == errcode
    assert stand.messages() == []


def test_no_token_and_no_object_are_refused(stand: Stand) -> None:
    address = f"/cgi-bin/message/send?access_token={token_of(stand)['access_token']}"

    assert stand.client.post("/cgi-bin/message/send").json()["errcode"] == 41001
    assert stand.client.post(address, content=b"[]").json()["errcode"] == 47001


def test_the_same_content_is_taken_once_where_that_is_wished(stand: Stand) -> None:
    checked: dict[str, Any] = {"enable_duplicate_check": 1, "duplicate_check_interval": 14_400}

    first, again = send(stand, **checked), send(stand, **checked)
    other = send(stand, **checked, text={"content": "另一条"})
    for _ in range(2):
        send(stand)

    assert first == again
    assert other["msgid"] != first["msgid"]
    assert len(stand.messages()) == 4


def test_a_repeat_is_dropped_after_a_restart_but_not_after_its_term(tmp_path: Path) -> None:
    moments = [datetime.now(UTC)]
    checked: dict[str, Any] = {"enable_duplicate_check": 1, "duplicate_check_interval": 600}
    given: dict[str, Any] = {"now": lambda: moments[-1]}
    with standing(tmp_path / "j", **given) as stand:
        first = send(stand, touser="zhangsan|lisi", **checked)
    with standing(tmp_path / "j", **given) as stand:
        assert send(stand, touser="zhangsan|lisi", **checked) == first
        assert len(stand.messages()) == 2
        moments.append(moments[0] + timedelta(minutes=10))
        assert send(stand, touser="zhangsan|lisi", **checked) != first


def test_an_expired_token_is_told(stand: Stand) -> None:
    token = token_of(stand)["access_token"]
    stand.order("faults", provider="wecom", kind="auth_expired", **{"for": 1})

    assert send(stand, token=token)["errcode"] == 42001
    assert send(stand, token=token)["errcode"] == 40014
    assert send(stand)["errcode"] == 0
