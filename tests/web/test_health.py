"""What monitors are told: whether it lives, is ready, and how many; never about whom."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import Client

from pusher import hold
from pusher.model.batch import BatchState
from pusher.model.clockwork import Heartbeat, HoldCause, Pause, Slot
from pusher.model.notice import NoticeState
from pusher.model.staff import Role
from tests.sending.delivery_makers import given_batch
from tests.web.asgi import Straight
from tests.web.browsing import HOST, Browser, Console

TOKEN = "a-word-for-the-monitor"


def asked(console: Console, path: str = "/healthz") -> tuple[int, Any]:
    answer = console.browser().get(path)
    return answer.status_code, answer.json()


def beat(console: Console, ago: float) -> None:
    at = console.now - timedelta(seconds=ago)
    with console.store.writing() as session:
        session.merge(Heartbeat(owner="one", at=at, since=at))


def figures(console: Console, **headers: str) -> dict[str, float]:
    answer = from_this_machine(console).client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def from_this_machine(console: Console) -> Browser:
    browser = console.browser()
    browser.client = Client(transport=Straight(console.app, caller="127.0.0.1"), base_url=HOST)
    return browser


def test_with_a_living_clockwork_all_is_well(console: Console) -> None:
    beat(console, ago=3)

    status, body = asked(console)

    assert status == 200
    assert body == {
        "status": "ok",
        "clockwork": {"beating": True, "seconds_since_beat": 3.0},
        "failing": [],
        "holds": [],
        "gateways": {"aliyun": "usable", "wechat": "usable"},
    }


@pytest.mark.parametrize(("ago", "status"), [(60, 200), (61, 503)])
def test_a_clockwork_that_stopped_is_seen_within_a_minute(
    lite: Console, ago: float, status: int
) -> None:
    beat(lite, ago=ago)

    found = asked(lite)

    assert found[0] == status
    assert (found[1]["status"] == "clockwork_stopped") == (status == 503)


def test_a_sign_of_life_from_the_future_is_none(lite: Console) -> None:
    beat(lite, ago=-3_600)

    assert asked(lite)[0] == 503


def test_a_job_that_failed_at_its_newest_run_calls_for_attention(console: Console) -> None:
    beat(console, ago=0)
    with console.store.writing() as session:
        ran = Slot(job="fold", slot=console.now, owner="one", started_at=console.now)
        ran.ended_at, ran.failed = console.now, "OperationalError"
        session.add(ran)

    status, body = asked(console)

    assert (status, body["status"], body["failing"]) == (200, "attention", ["fold"])


def test_a_console_before_its_first_clockwork_lives_and_says_that_none_beats(lite: Console) -> None:
    status, body = asked(lite)

    assert status == 200
    assert body["clockwork"] == {"beating": False, "seconds_since_beat": None}


def test_a_hold_and_a_pause_call_for_attention_without_their_words(console: Console) -> None:
    beat(console, ago=0)
    with console.store.writing() as session:
        why = "王样例来电 19900000001"
        hold.place(session, HoldCause.RESTORE, because=why, by="restore", now=console.now)
        session.add(Pause(gateway="wechat", by="1", because=why, since=console.now))

    status, body = asked(console)

    assert (status, body["status"]) == (200, "attention")
    assert body["holds"] == ["restore"]
    assert body["gateways"] == {"aliyun": "usable", "wechat": "paused"}
    assert "样例" not in str(body)


def test_ready_means_that_the_database_is_of_this_program(console: Console) -> None:
    assert asked(console, "/readyz") == (200, {"status": "ready"})

    with console.store.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    assert asked(console, "/readyz") == (503, {"status": "wrong_schema"})


def test_without_its_database_the_console_says_so(lite: Console) -> None:
    with lite.store.writing() as session:
        session.connection().exec_driver_sql("DROP TABLE heartbeat")

    assert asked(lite) == (503, {"status": "no_database"})


def test_the_figures_count_every_notice_once(console: Console) -> None:
    given_batch(console.store, 3, state=BatchState.SENDING)
    beat(console, ago=7)

    found = figures(console)

    states = {s: found[f'pusher_notices{{state="{s.value}"}}'] for s in NoticeState}
    assert states[NoticeState.DRAFTED] == sum(states.values()) == 3
    assert found["pusher_queue"] == 3
    assert found["pusher_queue_age_seconds"] >= 0
    assert found["pusher_heartbeat_age_seconds"] == 7
    assert found['pusher_hold{cause="restore"}'] == 0
    assert found['pusher_gateway_open{gateway="aliyun"}'] == 1
    assert found['pusher_withheld{reason="opted_out"}'] == 0
    assert found['pusher_outcomes{outcome="delivered"}'] == 0


def test_the_figures_are_for_this_machine_alone_unless_a_word_is_set(lite: Console) -> None:
    far, near = lite.browser().client, from_this_machine(lite).client

    assert near.get("/metrics").status_code == 200
    assert far.get("/metrics").status_code == 403
    assert lite.browser(Role.ADMIN).get("/metrics").status_code == 403
    passed_on = {"x-forwarded-for": "203.0.113.5"}
    assert near.get("/metrics", headers=passed_on).status_code == 403


def test_the_figures_are_for_whoever_has_the_word(lite: Console) -> None:
    guarded = lite.with_settings(metrics_token=TOKEN)
    far = guarded.browser().client

    assert far.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
    for wrong in ("Bearer ", "Bearer x", f"Basic {TOKEN}", TOKEN, "Bearer 字"):
        headers = {b"authorization": wrong.encode()}
        assert far.get("/metrics", headers=headers).status_code == 403, wrong
