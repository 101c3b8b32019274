"""Delivery and rescue by the real clients, against the stand-in, over real sockets."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from profiles.model import Channel
from pusher.clock import office_now
from pusher.demo.furnish import code_with
from pusher.demo.stand_in import template_book
from pusher.gateways.base import Gateway
from pusher.gateways.post import Post
from pusher.model.clockwork import Pause
from pusher.model.notice import AttemptResult, NoticeState
from pusher.sending.deliver import Delivered, deliver
from pusher.sending.rescue import Rescued, rescue
from pusher.sending.wording import GATEWAYS, registered
from pusher.store import Store
from tests.gateways.conftest import aliyun_at, tencent_at, wechat_at, wecom_at
from tests.makers import NOW
from tests.sandbox.stand import Stand, standing
from tests.sending.delivery_makers import attempts_of, given_batch, make_settings, states_of

# the vendors know the machine's days only, and the tests' day is another
AHEAD = (NOW - office_now()).total_seconds()
SETTINGS = make_settings(clock_ahead_s=AHEAD, call_timeout_s=3.0)
CODES = {r.key: code_with("tencent", r.code) for r in registered() if r.channel is Channel.SMS}
BOTH = replace(SETTINGS, gateways={**SETTINGS.gateways, "tencent": {"templates": CODES}})
LATER = NOW + timedelta(seconds=SETTINGS.settle_s + 60)
A_THIRD = timedelta(seconds=SETTINGS.settle_s / 3 + 1)


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A stand-in with which the product's own templates are registered."""
    journal = tmp_path_factory.mktemp("stand") / "journal.jsonl"
    with standing(journal, book=template_book(), hold_s=8) as stand:
        yield stand


@pytest.fixture
def stand(knowing: Stand) -> Stand:
    knowing.order("reset")
    return knowing


@pytest.fixture
def ways(stand: Stand) -> Iterator[dict[str, Gateway]]:
    post = Post(call_timeout=timedelta(seconds=3))
    yield {
        "aliyun": aliyun_at(stand.address, post),
        "wechat": wechat_at(stand.address, post),
        "wecom": wecom_at(stand.address, post),
    }
    post.close()


def send(store: Store, ways: dict[str, Gateway], later: timedelta = timedelta(0)) -> Delivered:
    return deliver(store, ways, settings=SETTINGS, now=NOW + later, owner="test")


def clear_up(store: Store, ways: dict[str, Gateway], later: timedelta) -> Rescued:
    return rescue(store, ways, settings=SETTINGS, now=NOW + later)


SETTLED = LATER - NOW


def test_what_we_call_accepted_is_what_the_vendors_took(
    store: Store, stand: Stand, ways: dict[str, Gateway]
) -> None:
    given_batch(store, 30)
    given_batch(store, 10, channel=Channel.WECHAT)
    given_batch(store, 5, channel=Channel.WECOM)

    send(store, ways)

    taken = stand.messages()
    assert states_of(store) == {NoticeState.ACCEPTED: 45}
    told = {m["reference"] for m in taken if m["provider"] != "wecom"}
    assert told == {a.call for a in attempts_of(store) if a.gateway != "wecom"}
    assert {m["gateway_ref"] for m in taken} == {a.gateway_ref for a in attempts_of(store)}
    assert len(taken) == len({(m["to"], m["provider"]) for m in taken}) == 45


@pytest.mark.parametrize("fault", ["timeout_after_accept", "bad_json"])
@pytest.mark.parametrize("channel", list(Channel))
def test_an_answer_that_is_lost_after_acceptance_makes_no_second_message(
    store: Store, stand: Stand, ways: dict[str, Gateway], fault: str, channel: Channel
) -> None:
    given_batch(store, 4, channel=channel)
    provider = GATEWAYS[channel][0]
    stand.order("faults", provider=provider, kind=fault, **{"for": 3})

    assert send(store, ways).unsure == 3
    wait = SETTLED if channel is Channel.SMS else timedelta(minutes=2)
    came = clear_up(store, ways, wait)

    assert came.found == 3
    assert states_of(store) == {NoticeState.ACCEPTED: 4}
    assert len(stand.messages()) == len({m["to"] for m in stand.messages()}) == 4


def test_a_call_that_never_reached_the_vendor_is_made_again_after_two_denials(
    store: Store, stand: Stand, ways: dict[str, Gateway]
) -> None:
    given_batch(store, 1)
    stand.order("faults", provider="aliyun", kind="timeout_before", **{"for": 1})

    assert send(store, ways).unsure == 1
    assert clear_up(store, ways, SETTLED).absent == 1
    assert clear_up(store, ways, SETTLED + A_THIRD).again == 1
    assert send(store, ways, SETTLED + A_THIRD).accepted == 1

    [message] = stand.messages()
    first, second = attempts_of(store)
    assert message["reference"] == second.call
    assert (first.result, second.result) == (AttemptResult.UNSURE, AttemptResult.ACCEPTED)


def test_a_throttled_call_is_made_again_later(
    store: Store, stand: Stand, ways: dict[str, Gateway]
) -> None:
    given_batch(store, 2)
    stand.order("faults", provider="aliyun", kind="throttle", **{"for": 2})

    assert send(store, ways).not_sent >= 2
    send(store, ways, timedelta(hours=1, minutes=10))

    assert states_of(store) == {NoticeState.ACCEPTED: 2}
    assert len(stand.messages()) == 2


def test_refused_credentials_pause_the_gateway(
    store: Store, stand: Stand, ways: dict[str, Gateway]
) -> None:
    given_batch(store, 30)
    stand.order("faults", provider="aliyun", kind="auth_expired")

    send(store, ways)

    with store.reading() as session:
        assert session.exec(select(Pause.gateway)).all() == ["aliyun"]
    assert states_of(store) == {NoticeState.DRAFTED: 30}
    assert stand.messages() == []


def test_a_vendor_that_nobody_can_reach_costs_nothing_but_time(store: Store, stand: Stand) -> None:
    given_batch(store, 3)
    post = Post(call_timeout=timedelta(seconds=3))
    nowhere: dict[str, Gateway] = {"aliyun": aliyun_at("http://127.0.0.1:9", post)}
    here: dict[str, Gateway] = {"aliyun": aliyun_at(stand.address, post)}

    assert send(store, nowhere).not_sent >= 3
    send(store, here, timedelta(minutes=31))

    assert states_of(store) == {NoticeState.ACCEPTED: 3}
    assert len(stand.messages()) == 3
    post.close()


@pytest.mark.parametrize("fault", ["auth_expired", "bad_json"])
def test_the_second_vendor_takes_what_the_first_surely_did_not(
    store: Store, stand: Stand, fault: str
) -> None:
    given_batch(store, 24)
    post = Post(call_timeout=timedelta(seconds=10))
    ways: dict[str, Gateway] = {
        "aliyun": aliyun_at(stand.address, post), "tencent": tencent_at(stand.address, post),
    }  # fmt: skip
    stand.order("faults", provider="aliyun", kind=fault)

    for minutes in (0, 2, 4):
        now = NOW + timedelta(minutes=minutes)
        deliver(store, ways, settings=BOTH, now=now, owner="test")

    texts = stand.messages()
    assert len(texts) == len({text["to"] for text in texts})
    by_tencent = [text for text in texts if text["provider"] == "tencent"]
    doubted = states_of(store).get(NoticeState.UNSURE, 0)
    assert len(by_tencent) == states_of(store)[NoticeState.ACCEPTED] == 24 - doubted
    # the first twenty, and one for each time that the first was tried again
    assert doubted == 0 if fault == "auth_expired" else 20 <= doubted < 24
    assert all("高龄津贴" in text["text"] for text in by_tencent)
    post.close()
