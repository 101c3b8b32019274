"""Delivery and rescue by the real clients, against the stand-in, over real sockets."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import select

from profiles.model import Channel
from pusher.clock import office_now
from pusher.gateways.base import Gateway
from pusher.gateways.post import Post
from pusher.model.clockwork import Pause
from pusher.model.notice import AttemptResult, NoticeState
from pusher.sandbox.book import Template, TemplateBook
from pusher.sending.deliver import Delivered, deliver
from pusher.sending.rescue import Rescued, rescue
from pusher.sending.wording import registered
from pusher.store import Store
from tests.gateways.conftest import aliyun_at, wechat_at
from tests.makers import NOW
from tests.sandbox.stand import Stand, standing
from tests.sending.delivery_makers import attempts_of, given_batch, make_settings, states_of

# the vendors know the machine's days only, and the tests' day is another
AHEAD = (NOW - office_now()).total_seconds()
SETTINGS = make_settings(clock_ahead_s=AHEAD, call_timeout_s=3.0)
LATER = NOW + timedelta(seconds=SETTINGS.settle_s + 60)
A_THIRD = timedelta(seconds=SETTINGS.settle_s / 3 + 1)


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A stand-in with which the product's own templates are registered."""
    book = TemplateBook(
        Template("aliyun" if r.channel is Channel.SMS else "wechat", r.code, r.text)
        for r in registered()
    )
    journal = tmp_path_factory.mktemp("stand") / "journal.jsonl"
    with standing(journal, book=book, hold_s=8) as stand:
        yield stand


@pytest.fixture
def stand(knowing: Stand) -> Stand:
    knowing.order("reset")
    return knowing


@pytest.fixture
def ways(stand: Stand) -> Iterator[dict[str, Gateway]]:
    post = Post(call_timeout=timedelta(seconds=3))
    yield {"aliyun": aliyun_at(stand.address, post), "wechat": wechat_at(stand.address, post)}
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

    send(store, ways)

    taken = stand.messages()
    assert states_of(store) == {NoticeState.ACCEPTED: 40}
    assert {m["reference"] for m in taken} == {a.call for a in attempts_of(store)}
    assert len(taken) == 40


@pytest.mark.parametrize("fault", ["timeout_after_accept", "bad_json"])
@pytest.mark.parametrize("channel", list(Channel))
def test_an_answer_that_is_lost_after_acceptance_makes_no_second_message(
    store: Store, stand: Stand, ways: dict[str, Gateway], fault: str, channel: Channel
) -> None:
    given_batch(store, 4, channel=channel)
    provider = "aliyun" if channel is Channel.SMS else "wechat"
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
