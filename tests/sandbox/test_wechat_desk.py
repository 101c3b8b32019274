"""The stand-in takes what WeChat takes and refuses what WeChat refuses."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pusher.sandbox.credentials import (
    FOLLOWER,
    REFUSED,
    UNSUBSCRIBED,
    WECHAT_APPID,
    WECHAT_SECRET,
    print_config,
)
from tests.sandbox.stand import Stand, standing

CONFIG: dict[str, Any] = print_config()["wechat"]


def token_of(stand: Stand, *, stable: bool = True, **changes: object) -> dict[str, Any]:
    asked = {
        "grant_type": "client_credential",
        "appid": WECHAT_APPID,
        "secret": WECHAT_SECRET,
        **changes,
    }
    if stable:
        answer = stand.client.post("/cgi-bin/stable_token", json=asked)
    else:
        answer = stand.client.get("/cgi-bin/token", params=asked)  # type: ignore[arg-type]
    told: dict[str, Any] = answer.json()
    return told


def send(
    stand: Stand, *, token: str | None = None, kind: str = "template/send", **changes: object
) -> dict[str, Any]:
    body = {
        "touser": FOLLOWER,
        "template_id": CONFIG["template_id"],
        "data": CONFIG["data"],
        **changes,
    }
    answer = stand.client.post(
        f"/cgi-bin/message/{kind}",
        params={"access_token": token or token_of(stand)["access_token"]},
        content=json.dumps(body, ensure_ascii=False).encode(),
    )
    told: dict[str, Any] = answer.json()
    return told


def data(**changes: object) -> dict[str, object]:
    return {**CONFIG["data"], **changes}


def test_a_sound_notice_is_taken_without_a_content_type(stand: Stand) -> None:
    told = send(stand, client_msg_id="A" * 26, url="https://example.invalid/n/1")

    [message] = stand.messages()
    assert (told["errcode"], str(told["msgid"])) == (0, message["gateway_ref"])
    assert (message["provider"], message["to"], message["reference"]) == (
        "wechat",
        FOLLOWER,
        "A" * 26,
    )
    assert message["text"].splitlines()[:2] == ["政策提醒", "政策名称：养老服务补贴"]
    assert message["url"] == "https://example.invalid/n/1"


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"touser": UNSUBSCRIBED}, 43004),
        ({"touser": REFUSED}, 43101),
        ({"touser": "oShort"}, 40003),
        ({"touser": None}, 40003),
        ({"template_id": "other"}, 40037),
        ({"data": None}, 47003),
        ({"data": {}}, 47003),
        ({"data": data(thing1={"value": "字" * 21})}, 47003),
        ({"data": data(thing1={"value": ""})}, 47003),
        ({"data": data(thing9={"value": "x"})}, 47003),
        ({"token": "nobody's"}, 40001),
    ],
)
def test_an_unsound_notice_is_refused_and_nothing_is_kept(
    stand: Stand, changes: dict[str, Any], errcode: int
) -> None:
    assert send(stand, **changes)["errcode"] == errcode
    assert stand.messages() == []


def test_escaped_characters_are_refused(stand: Stand) -> None:
    token = token_of(stand)["access_token"]
    body = {"touser": FOLLOWER, "template_id": CONFIG["template_id"], "data": CONFIG["data"]}

    told = stand.client.post(
        f"/cgi-bin/message/template/send?access_token={token}", content=json.dumps(body)
    ).json()

    assert told["errcode"] == 40033


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"7"])
def test_what_is_no_object_is_refused(stand: Stand, body: bytes) -> None:
    token = token_of(stand)["access_token"]
    address = f"/cgi-bin/message/template/send?access_token={token}"

    assert stand.client.post(address, content=body).json()["errcode"] == 47001


def test_no_token_is_refused(stand: Stand) -> None:
    assert stand.client.post("/cgi-bin/message/template/send").json()["errcode"] == 41001


def test_any_well_formed_openid_follows(stand: Stand) -> None:
    assert send(stand, touser="o" + "aZ0_-" * 5 + "xy")["errcode"] == 0


def test_the_printed_openids_are_well_formed() -> None:
    for openid in (FOLLOWER, UNSUBSCRIBED, REFUSED):
        assert len(openid) == 28
        assert openid.startswith("o")


def test_a_repeat_of_a_client_msg_id_is_one_notice(stand: Stand) -> None:
    first = send(stand, client_msg_id="A" * 26)
    again = send(stand, client_msg_id="A" * 26)
    other_person = send(stand, client_msg_id="A" * 26, touser="o" + "B" * 27)

    assert again == first
    assert other_person["msgid"] != first["msgid"]
    assert len(stand.messages()) == 2


def test_repeats_at_the_same_moment_are_one_notice(stand: Stand) -> None:
    token = token_of(stand)["access_token"]
    told: list[dict[str, Any]] = []
    threads = [
        threading.Thread(
            target=lambda: told.append(send(stand, token=token, client_msg_id="A" * 26))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({answer["msgid"] for answer in told}) == 1
    assert len(stand.messages()) == 1


def test_a_repeat_is_dropped_after_a_restart_but_not_after_ten_minutes(tmp_path: Path) -> None:
    moments = [datetime.now(UTC)]
    given: dict[str, Any] = {"now": lambda: moments[-1]}
    with standing(tmp_path / "j", **given) as stand:
        first = send(stand, client_msg_id="A" * 26)
    with standing(tmp_path / "j", **given) as stand:
        assert send(stand, client_msg_id="A" * 26) == first
        moments.append(moments[0] + timedelta(minutes=10))
        assert send(stand, client_msg_id="A" * 26) != first


def test_a_subscription_notice_is_taken_without_a_number(stand: Stand) -> None:
    told = send(
        stand,
        kind="subscribe/bizsend",
        template_id=CONFIG["subscribe_template_id"],
        data=CONFIG["subscribe_data"],
        page="pages/index",
    )

    assert told == {"errcode": 0, "errmsg": "ok"}
    assert len(stand.messages()) == 1


def test_the_stable_token_repeats_and_the_plain_one_does_not(stand: Stand) -> None:
    stable = [token_of(stand)["access_token"] for _ in range(3)]
    plain = [token_of(stand, stable=False)["access_token"] for _ in range(3)]

    assert len(set(stable)) == 1
    assert len({*stable, *plain}) == 4
    assert all(send(stand, token=token)["errcode"] == 0 for token in (*stable, *plain))


def test_an_older_plain_token_ends_after_five_minutes(tmp_path: Path) -> None:
    moments = [datetime.now(UTC)]
    with standing(tmp_path / "j", now=lambda: moments[-1]) as stand:
        old, new = (token_of(stand, stable=False)["access_token"] for _ in range(2))
        moments.append(moments[0] + timedelta(minutes=6))

        assert send(stand, token=old)["errcode"] == 40001
        assert send(stand, token=new)["errcode"] == 0


def test_the_stable_token_is_renewed_in_its_last_five_minutes_or_by_force(tmp_path: Path) -> None:
    moments = [datetime.now(UTC)]
    with standing(tmp_path / "j", now=lambda: moments[-1]) as stand:
        first = token_of(stand)
        forced = token_of(stand, force_refresh=True)
        too_soon = token_of(stand, force_refresh=True)
        moments.append(moments[0] + timedelta(minutes=116))
        late = token_of(stand)

    tokens = [each["access_token"] for each in (first, forced, too_soon, late)]
    assert tokens[0] != tokens[1] == tokens[2] != tokens[3]
    assert (first["expires_in"], late["expires_in"]) == (7200, 7200)


@pytest.mark.parametrize("stable", [True, False])
@pytest.mark.parametrize(
    ("changes", "errcode"),
    [({"appid": "wx0"}, 40013), ({"secret": "x"}, 40125), ({"grant_type": "x"}, 40002)],
)
def test_a_token_needs_the_right_account(
    stand: Stand, stable: bool, changes: dict[str, str], errcode: int
) -> None:
    assert token_of(stand, stable=stable, **changes)["errcode"] == errcode
