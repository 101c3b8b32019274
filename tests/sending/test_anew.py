"""What nobody could clear up is sent anew by two people, once, and not if word of it comes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from profiles.model import Channel
from pusher.gateways.base import Gateway
from pusher.model.batch import Batch, BatchState
from pusher.model.errors import IllegalMove, Overtaken, SamePerson
from pusher.model.notice import Notice, NoticeState, Outcome, Reason
from pusher.model.staff import AuditEntry
from pusher.sending.anew import doubtful_of, draft_anew
from pusher.sending.deliver import deliver
from pusher.sending.drafting import text_of
from pusher.sending.review import approve, cancel, submit
from pusher.sending.unsure import settle_unsure
from pusher.store import Store
from tests.listening.callbacks import folded, push, receipt
from tests.makers import NOW, make_office
from tests.sending.delivery_makers import make_settings, notices_of
from tests.sending.makers import GATEWAYS, drafted_for, make_person
from tests.sending.outbox import UNSURE, Outbox

SETTINGS = make_settings(quiet_hours=False)
LATER = NOW + timedelta(hours=2)


def given_doubtful(store: Store, people: int = 1) -> UUID:
    """A batch that was sent and of which nobody knows whether anything was taken."""
    with store.writing() as session:
        office = make_office(session)
        batch = drafted_for(session, office, [make_person(session, office) for _ in range(people)])
        released(session, batch)
    send(store, Outbox(mood=UNSURE))
    with store.writing() as session:
        for notice in session.exec(select(Notice)):
            assert notice.state is NoticeState.UNSURE
            notice.left_to_staff_at = NOW
            session.add(notice)
    return batch.id


def released(session: Session, batch: Batch, *, by: str = "1001") -> None:
    submit(session, batch, by=by, now=NOW)
    shown = batch.frozen_sha256 or ""
    approve(session, batch, by="2002", now=NOW, shown=shown, gateways=GATEWAYS)


def send(store: Store, box: Outbox, later: timedelta = timedelta(0)) -> None:
    ways: dict[str, Gateway] = {box.name: box}
    deliver(store, ways, settings=SETTINGS, now=NOW + later, owner="test")


def anew(session: Session, notices: Sequence[Notice]) -> Batch:
    return draft_anew(session, notices, by="1001", now=LATER, remark="客服查无此条")


def old_and_new(store: Store, old: UUID) -> tuple[list[Notice], list[Notice]]:
    found = notices_of(store)
    return (
        [one for one in found if one.batch_id == old],
        [one for one in found if one.batch_id != old],
    )


def test_a_clerk_drafts_it_anew_and_a_reviewer_approves_before_it_leaves(store: Store) -> None:
    first = given_doubtful(store, people=2)
    with store.writing() as session:
        batch = anew(session, notices_of(store))
        outbox = Outbox()
    send(store, outbox, timedelta(hours=2))
    assert outbox.parcels == []

    with store.writing() as session:
        batch = session.get_one(Batch, batch.id)
        submit(session, batch, by="1001", now=LATER)
        said: dict[str, Any] = {
            "shown": batch.frozen_sha256 or "",
            "gateways": GATEWAYS,
            "now": LATER,
        }
        with pytest.raises(SamePerson):
            approve(session, batch, by="1001", **said)
        approve(session, batch, by="2002", **said)
    send(store, outbox, timedelta(hours=2))

    old, new = old_and_new(store, first)
    assert len(outbox.parcels) == 2
    assert {one.state for one in new} == {NoticeState.ACCEPTED}
    assert {one.instead_of for one in new} == {one.id for one in old}
    assert {one.state for one in old} == {NoticeState.UNSURE}
    assert all(one.replaced_at for one in old)
    with store.reading() as session:
        acts = select(AuditEntry.by).where(AuditEntry.act == "batch.draft_anew")
        assert session.exec(acts).all() == ["1001"]


def test_it_says_the_same_under_a_seal_of_its_own(store: Store) -> None:
    first = given_doubtful(store)
    with store.writing() as session:
        anew(session, notices_of(store))

    ([old], [new]) = old_and_new(store, first)
    with store.reading() as session:
        assert text_of(session, new).text == text_of(session, old).text
        assert text_of(session, new).params == text_of(session, old).params
    assert new.text_sealed != old.text_sealed
    assert (new.price, new.segments, new.channel) == (old.price, old.segments, Channel.SMS)


def test_it_is_sent_anew_once(store: Store) -> None:
    given_doubtful(store)
    notices = notices_of(store)
    with store.writing() as session:
        anew(session, notices)

    with pytest.raises(IllegalMove, match="已另发"), store.writing() as session:
        anew(session, notices)


def test_a_whole_batch_can_be_sent_anew_but_what_was_settled(store: Store) -> None:
    first = given_doubtful(store, people=5)
    with store.writing() as session:
        some, arrived, *_ = doubtful_of(session, session.get_one(Batch, first))
        settle_unsure(session, arrived, arrived=True, by="1001", now=LATER, remark="客服查到")
        anew(session, [some])
        left = doubtful_of(session, session.get_one(Batch, first))
        batch = anew(session, left)

    assert len(left) == 3
    assert {one.instead_of for one in notices_of(store, batch.id)} == {one.id for one in left}


def test_what_a_gateway_may_yet_clear_up_is_not_sent_anew(store: Store) -> None:
    given_doubtful(store)
    with store.writing() as session:
        [notice] = session.exec(select(Notice)).all()
        notice.left_to_staff_at = None
        session.add(notice)

    with pytest.raises(IllegalMove, match="待人工核实"), store.writing() as session:
        anew(session, [notice])


def test_a_receipt_that_was_faster_than_the_clerk_is_heeded(store: Store) -> None:
    given_doubtful(store)
    seen = notices_of(store)
    push(store, [receipt(store, seen[0])])
    folded(store)

    with pytest.raises(Overtaken), store.writing() as session:
        anew(session, seen)


def test_word_of_the_old_one_withholds_the_new_one_at_the_claim(store: Store) -> None:
    first = given_doubtful(store)
    with store.writing() as session:
        released(session, anew(session, notices_of(store)))
    ([old], _) = old_and_new(store, first)
    push(store, [receipt(store, old)])
    folded(store)
    outbox = Outbox()

    send(store, outbox, timedelta(hours=2))

    ([old], [new]) = old_and_new(store, first)
    assert outbox.parcels == []
    assert (new.state, new.reason) == (NoticeState.WITHHELD, Reason.DUPLICATE)
    assert (old.state, old.outcome) == (NoticeState.ACCEPTED, Outcome.DELIVERED)


def test_a_draft_that_is_cancelled_leaves_it_to_staff_again(store: Store) -> None:
    given_doubtful(store)
    notices = notices_of(store)
    with store.writing() as session:
        cancel(session, anew(session, notices), by="1001", now=LATER, reason="先电话核实")

    with store.writing() as session:
        again = anew(session, session.exec(select(Notice).where(Notice.id == notices[0].id)).all())

    assert again.state is BatchState.DRAFT
    assert len(notices_of(store)) == 3
