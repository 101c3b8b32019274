"""What no gateway can tell is left to staff, who settle it in two steps."""

from datetime import timedelta

import pytest
from sqlmodel import select

from pusher.audit import verify
from pusher.model.errors import IllegalMove, Overtaken
from pusher.model.notice import Notice, NoticeState
from pusher.model.staff import AuditEntry
from pusher.sending.unsure import settle_unsure
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivering import SETTINGS, send
from tests.sending.delivery_makers import (
    given_batch,
    make_settings,
    the_notice,
)
from tests.sending.outbox import UNSURE, Outbox
from tests.sending.rescuing import LATER, clear_up, given_unsure


def test_what_no_gateway_can_tell_is_left_to_staff_at_once(store: Store) -> None:
    box = Outbox("yunmas", "sms", "never")
    given_batch(store, 1)
    settings = make_settings(
        gateways={"yunmas": {"templates": SETTINGS.gateways["aliyun"]["templates"]}}
    )
    box.mood = UNSURE
    send(store, box, settings=settings)

    came = clear_up(store, box, NOW + timedelta(minutes=1), settings)

    assert (came.left, len(box.parcels), box.asked) == (1, 1, [])
    assert the_notice(store).left_to_staff_at == NOW + timedelta(minutes=1)


def test_a_gateway_gone_from_the_settings_leaves_its_unsure_to_staff_in_the_end(
    store: Store,
) -> None:
    given_unsure(store, Outbox())

    assert clear_up(store, None, LATER).left == 0
    assert clear_up(store, None, NOW + timedelta(hours=73)).left == 1


def given_left_to_staff(store: Store) -> Notice:
    given_unsure(store, Outbox())
    clear_up(store, None, NOW + timedelta(hours=73))
    return the_notice(store)


def test_staff_who_learn_that_it_arrived_settle_it(store: Store) -> None:
    notice = given_left_to_staff(store)

    with store.writing() as session:
        found = session.get_one(Notice, notice.id)
        settle_unsure(session, found, arrived=True, by="0002", now=LATER, remark="电话问过本人")

    with store.reading() as session:
        act = session.exec(select(AuditEntry).where(AuditEntry.by == "0002")).one()
        assert verify(session) == []
    assert the_notice(store).state is NoticeState.ACCEPTED
    assert (act.act, act.detail["arrived"]) == ("notice.settle_unsure", True)


def test_staff_who_learn_that_it_did_not_arrive_send_nothing_by_that(store: Store) -> None:
    notice = given_left_to_staff(store)

    with store.writing() as session:
        found = session.get_one(Notice, notice.id)
        settle_unsure(session, found, arrived=False, by="0002", now=LATER, remark="电话问过本人")
    outbox = Outbox()
    send(store, outbox, now=LATER)

    assert outbox.parcels == []
    assert the_notice(store).state is NoticeState.UNSURE


def test_staff_do_not_settle_what_a_gateway_may_still_clear_up(store: Store) -> None:
    given_unsure(store, Outbox())

    with pytest.raises(IllegalMove), store.writing() as session:
        notice = session.exec(select(Notice)).one()
        settle_unsure(session, notice, arrived=True, by="0002", now=LATER, remark="电话")


def test_a_receipt_is_faster_than_staff(store: Store) -> None:
    given_left_to_staff(store)
    seen = the_notice(store)
    with store.writing() as session:
        session.get_one(Notice, seen.id).state = NoticeState.ACCEPTED

    with pytest.raises(Overtaken), store.writing() as session:
        settle_unsure(session, seen, arrived=True, by="0002", now=LATER, remark="电话")
