"""A hold stops everything at once; whoever claims and whoever stops take turns."""

import random
import threading
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from profiles.model import Channel, Contact
from profiles.optouts import opt_out
from pusher import hold
from pusher.gateways.base import Gateway
from pusher.model.batch import BatchState
from pusher.model.clockwork import HoldCause
from pusher.model.errors import NotFound
from pusher.model.notice import Attempt, Notice, NoticeState
from pusher.model.staff import AuditEntry
from pusher.sending.claim import claim
from pusher.sending.deliver import deliver
from pusher.sending.rescue import rescue
from pusher.sending.route import open_ways
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import (
    attempts_of,
    batch_state,
    given_batch,
    make_settings,
    states_of,
    the_notice,
)
from tests.sending.outbox import UNSURE, Outbox, wechat_box

SETTINGS = make_settings(quiet_hours=False)


def place(store: Store, cause: HoldCause = HoldCause.STAFF) -> None:
    with store.writing() as session:
        hold.place(session, cause, because="样例", by="0002", now=NOW)


def lift(store: Store, cause: HoldCause = HoldCause.STAFF) -> None:
    with store.writing() as session:
        hold.lift(session, cause, remark="核实过", by="0003", now=NOW)


def send(store: Store, box: Outbox, later: timedelta = timedelta(0)) -> None:
    ways: dict[str, Gateway] = {box.name: box}
    deliver(store, ways, settings=SETTINGS, now=NOW + later, owner="test")


@pytest.mark.parametrize("cause", list(HoldCause))
def test_while_a_hold_stands_no_batch_is_released_and_nothing_is_claimed(
    store: Store, cause: HoldCause
) -> None:
    batch = given_batch(store, 2)
    place(store, cause)
    outbox = Outbox()

    send(store, outbox)

    assert (outbox.parcels, attempts_of(store)) == ([], [])
    assert batch_state(store, batch) is BatchState.APPROVED

    lift(store, cause)
    send(store, outbox)
    assert states_of(store) == {NoticeState.ACCEPTED: 2}


def test_a_batch_on_its_way_stops_where_it_is(store: Store) -> None:
    given_batch(store, 3)
    send(store, Outbox(mood=UNSURE), later=timedelta(0))
    given_batch(store, 2)
    place(store)
    outbox = Outbox()

    send(store, outbox)

    assert outbox.parcels == []
    assert states_of(store) == {NoticeState.UNSURE: 3, NoticeState.DRAFTED: 2}


def test_what_may_have_been_taken_is_not_handed_over_again_during_a_hold(store: Store) -> None:
    given_batch(store, 1, channel=Channel.WECHAT)
    box = wechat_box(UNSURE)
    send(store, box)
    place(store, HoldCause.RESTORE)

    rescue(store, {"wechat": box}, settings=SETTINGS, now=NOW + timedelta(seconds=30))

    assert len(box.parcels) == 1
    assert the_notice(store).state is NoticeState.UNSURE


def test_each_cause_is_lifted_for_itself(store: Store) -> None:
    place(store, HoldCause.RESTORE)
    place(store, HoldCause.CLOCK_JUMP)

    lift(store, HoldCause.CLOCK_JUMP)

    with store.reading() as session:
        assert [row.cause for row in hold.standing(session)] == [HoldCause.RESTORE]
        assert hold.is_held(session)
    with pytest.raises(NotFound, match="时钟跳变"):
        lift(store, HoldCause.CLOCK_JUMP)


def test_placing_and_lifting_stand_in_the_audit_and_a_second_hold_changes_nothing(
    store: Store,
) -> None:
    place(store)
    place(store)
    lift(store)

    with store.reading() as session:
        acts = session.exec(select(AuditEntry.act, AuditEntry.by, AuditEntry.about)).all()
    assert acts == [("hold.place", "0002", "hold:staff"), ("hold.lift", "0003", "hold:staff")]


# ---- turns ----------------------------------------------------------------------------------


def claim_some(session: Session, at_most: int = 100) -> int:
    ways: dict[str, Gateway] = {"aliyun": Outbox()}
    return sum(
        len(claim(session, way, settings=SETTINGS, now=NOW, at_most=at_most).errands)
        for way in open_ways(session, ways, Channel.SMS, settings=SETTINGS, now=NOW)
    )


def silence(session: Session, notice: Notice) -> None:
    contact = session.get_one(Contact, notice.contact_id)
    opt_out(
        session,
        address_index=contact.address_index,
        channel=Channel.SMS,
        how="短信回复",
        now=NOW,
    )


@pytest.mark.parametrize("word", ["opt-out", "hold"])
def test_a_word_to_stop_waits_for_the_claim_under_way(store: Store, word: str) -> None:
    given_batch(store, 1, state=BatchState.SENDING)
    notice = the_notice(store)
    said = threading.Event()

    def say() -> None:
        if word == "hold":
            place(store)
        else:
            with store.writing() as session:
                silence(session, notice)
        said.set()

    speaker = threading.Thread(target=say)
    with store.writing() as session:
        assert claim_some(session) == 1
        speaker.start()
        too_early = said.wait(0.3)
    speaker.join()

    assert not too_early
    assert the_notice(store).state is NoticeState.HANDING


def test_no_attempt_is_written_down_after_an_opt_out(store: Store) -> None:
    given_batch(store, 60, state=BatchState.SENDING)
    with store.reading() as session:
        notices = session.exec(select(Notice)).all()
    told_first = random.Random(7).sample(notices, 40)
    seen: dict[str, int] = {}

    def attempts_for(session: Session, notice: Notice) -> int:
        return len(session.exec(select(Attempt).where(Attempt.notice_id == notice.id)).all())

    def claim_on() -> None:
        while True:
            with store.writing() as session:
                if not claim_some(session, at_most=3):
                    return

    def say(some: list[Notice]) -> None:
        for notice in some:
            with store.writing() as session:
                silence(session, notice)
            with store.reading() as session:
                seen[str(notice.id)] = attempts_for(session, notice)

    work = [threading.Thread(target=claim_on) for _ in range(2)]
    work += [threading.Thread(target=say, args=(told_first[n::2],)) for n in range(2)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()

    with store.reading() as session:
        after = {str(notice.id): attempts_for(session, notice) for notice in told_first}
        left = session.exec(select(Notice).where(col(Notice.state) == NoticeState.DRAFTED)).all()
    assert after == seen
    assert left == []
