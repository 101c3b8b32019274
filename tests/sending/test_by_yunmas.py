"""Notices by way of 云MAS, over real sockets: by template, as whole texts, and in doubt."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from pusher.gateways.base import Gateway
from pusher.gateways.post import Post
from pusher.listening.inbox import take_in
from pusher.listening.receipts import PATIENCE, fold
from pusher.model.notice import NoticeState, Outcome
from pusher.sandbox.book import Template, TemplateBook
from pusher.sending.wording import in_order, registered, vendor_code, wordings
from pusher.store import Store
from tests.gateways.conftest import yunmas_at
from tests.makers import NOW
from tests.sandbox.stand import Stand, standing
from tests.sending.delivering import send
from tests.sending.delivery_makers import (
    given_batch,
    make_batch,
    make_contact,
    make_notice,
    make_person,
    make_settings,
    states_of,
    the_notice,
    the_office,
)
from tests.sending.rescuing import clear_up

CODES = {r.key: r.code for r in registered()}
BY_TEMPLATE = make_settings(gateways={"yunmas": {"templates": CODES}}, call_timeout_s=3.0)
WHOLE = make_settings(gateways={"yunmas": {"free_text": True}}, call_timeout_s=3.0)


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A stand-in with which the product's own templates are registered."""
    book = TemplateBook(Template("yunmas", r.code, r.text) for r in registered())
    with standing(tmp_path_factory.mktemp("stand") / "j", book=book, hold_s=8) as stand:
        yield stand


@pytest.fixture
def stand(knowing: Stand) -> Stand:
    knowing.order("reset")
    return knowing


@pytest.fixture
def post() -> Iterator[Post]:
    made = Post(call_timeout=timedelta(seconds=3))
    yield made
    made.close()


@pytest.mark.parametrize("free", [False, True])
def test_both_ways_the_phone_shows_the_same_words(
    store: Store, stand: Stand, post: Post, free: bool
) -> None:
    given_batch(store, 3)
    gateway = yunmas_at(stand.address, post, free_text=free)

    send(store, gateway, settings=WHOLE if free else BY_TEMPLATE)

    assert states_of(store) == {NoticeState.ACCEPTED: 3}
    [said] = {message["text"].partition("】")[2] for message in stand.messages()}
    assert said == "您可能符合条件：高龄津贴，以审核为准。咨询0531-00000001，退订回复TD"


def test_values_go_to_their_places_whatever_order_they_were_kept_in() -> None:
    wording = wordings()["sms_match_resident"]
    kept = dict(sorted(wording.fields.items()))
    assert list(kept) != list(wording.fields)

    assert list(in_order(wording.key, kept)) == ["title", "benefit", "deadline"]
    assert in_order("gone", kept) == kept


def test_whole_texts_need_no_registered_template() -> None:
    wording = wordings()["sms_match_resident"]

    assert vendor_code(wording, {"yunmas": {"free_text": True}}) == ""


@pytest.mark.parametrize("fault", ["timeout_after_accept", "bad_json", "http_500"])
def test_a_lost_answer_is_never_sent_again_and_left_to_staff(
    store: Store, stand: Stand, post: Post, fault: str
) -> None:
    given_batch(store, 1)
    gateway = yunmas_at(stand.address, post)
    stand.order("faults", provider="yunmas", kind=fault, **{"for": 1})

    assert send(store, gateway, settings=BY_TEMPLATE).unsure == 1
    assert clear_up(store, gateway, NOW + timedelta(minutes=1), BY_TEMPLATE).left == 1
    send(store, gateway, settings=BY_TEMPLATE, now=NOW + timedelta(hours=1))

    assert states_of(store) == {NoticeState.UNSURE: 1}
    assert len(stand.messages()) == (fault != "http_500")


def heard(store: Store, gateway: Gateway, to: str, group: str, at: datetime = NOW) -> int:
    """The platform reports a delivery; returns how many receipts fit a notice."""
    push = {"reportStatus": "DELIVRD", "mobile": to, "errorCode": "DELIVRD", "msgGroup": group}
    take_in(store, "yunmas", json.dumps(push).encode(), now=at)
    with store.writing() as session:
        return fold(session, {"yunmas": gateway}, now=at + PATIENCE).receipts


def test_a_receipt_finds_its_notice_by_group_and_number(
    store: Store, stand: Stand, post: Post
) -> None:
    given_batch(store, 1)
    gateway = yunmas_at(stand.address, post)
    send(store, gateway, settings=BY_TEMPLATE)
    [message] = stand.messages()

    assert heard(store, gateway, "19900009999", message["gateway_ref"]) == 0
    assert heard(store, gateway, message["to"], message["gateway_ref"]) == 1

    assert the_notice(store).outcome is Outcome.DELIVERED


def test_a_lost_answer_is_made_good_by_the_receipt_of_its_number(
    store: Store, stand: Stand, post: Post
) -> None:
    given_batch(store, 1)
    gateway = yunmas_at(stand.address, post)
    stand.order("faults", provider="yunmas", kind="bad_json", **{"for": 1})
    send(store, gateway, settings=BY_TEMPLATE)
    clear_up(store, gateway, NOW + timedelta(minutes=1), BY_TEMPLATE)
    [message] = stand.messages()

    late = NOW + timedelta(hours=73)
    assert heard(store, gateway, message["to"], "0000000000", late) == 0, "too late to be its own"
    assert heard(store, gateway, message["to"], message["gateway_ref"], NOW) == 1

    notice = the_notice(store)
    assert (notice.state, notice.outcome) == (NoticeState.ACCEPTED, Outcome.DELIVERED)
    assert (notice.gateway_ref, notice.left_to_staff_at) == (message["gateway_ref"], None)


def test_of_two_lost_answers_to_one_number_a_receipt_names_neither(
    store: Store, stand: Stand, post: Post
) -> None:
    with store.writing() as session:
        batch, reader = make_batch(session), make_person(session, the_office(session))
        contact = make_contact(session, reader)
        make_notice(session, batch, reader=reader, contact=contact)
        make_notice(session, make_batch(session), reader=reader, contact=contact)
    gateway = yunmas_at(stand.address, post)
    stand.order("faults", provider="yunmas", kind="bad_json")
    send(store, gateway, settings=BY_TEMPLATE)

    [first, _] = stand.messages()
    assert heard(store, gateway, first["to"], first["gateway_ref"]) == 0
    assert states_of(store) == {NoticeState.UNSURE: 2}
