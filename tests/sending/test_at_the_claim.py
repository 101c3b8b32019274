"""Whoever may not be told any more, or not at this hour, is not told, whatever was approved."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from profiles.consent import grant, opt_out, withdraw
from profiles.model import (
    Channel,
    ConsentScope,
    Contact,
    EndReason,
    Profile,
)
from pusher.gateways.base import Answer, Parcel
from pusher.model.batch import BatchKind
from pusher.model.clockwork import DayKind, Holiday
from pusher.model.notice import Notice, NoticeState, Reason
from pusher.store import Store
from tests.makers import NOW, make_policy
from tests.sending.delivering import send
from tests.sending.delivery_makers import (
    attempts_of,
    given_batch,
    make_batch,
    make_contact,
    make_notice,
    make_person,
    make_settings,
    notices_of,
    the_notice,
    the_office,
)
from tests.sending.outbox import Outbox, accepts


def test_an_opt_out_after_approval_still_counts(store: Store) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        notice = session.exec(select(Notice)).one()
        opt_out(
            session,
            address_index=notice.address_index,
            channel=Channel.SMS,
            how="短信回复",
            now=NOW,
        )
    outbox = Outbox()

    came = send(store, outbox)

    notice = the_notice(store)
    assert (notice.state, notice.reason) == (NoticeState.WITHHELD, Reason.OPTED_OUT)
    assert (outbox.parcels, came.withheld, attempts_of(store)) == ([], 1, [])


@pytest.mark.parametrize(
    ("by", "channel", "topic", "silent"),
    [
        ("profile", None, None, True),
        ("profile", Channel.SMS, None, True),
        ("profile", None, "M02", True),
        ("profile", None, "M99", False),
        ("address", None, None, True),
        ("address", Channel.SMS, "M02", True),
        ("address", Channel.SMS, "M99", False),
    ],
)
def test_an_opt_out_silences_by_person_address_channel_and_topic(
    store: Store, by: str, channel: Channel | None, topic: str | None, silent: bool
) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        notice = session.exec(select(Notice)).one()
        whose: dict[str, Any] = (
            {"profile_id": notice.profile_id}
            if by == "profile"
            else {"address_index": notice.address_index}
        )
        opt_out(session, **whose, channel=channel, topic=topic, how="网页", now=NOW)
    outbox = Outbox()

    send(store, outbox)

    assert (outbox.parcels == []) is silent


def test_an_opt_out_during_the_batch_silences_what_is_not_yet_claimed(store: Store) -> None:
    given_batch(store, 2)
    last = notices_of(store)[1]

    def opt_out_meanwhile(parcel: Parcel) -> Answer:
        with store.writing() as session:
            for notice in session.exec(
                select(Notice).where(Notice.state == NoticeState.DRAFTED)
            ).all():
                opt_out(session, address_index=notice.address_index, how="短信回复", now=NOW)
        return accepts(parcel)

    outbox = Outbox(mood=opt_out_meanwhile)
    send(store, outbox, limit=1)
    send(store, outbox)

    assert len(outbox.parcels) == 1
    assert {n.state for n in notices_of(store)} == {NoticeState.ACCEPTED, NoticeState.WITHHELD}
    assert last.state is NoticeState.DRAFTED


def test_a_consent_withdrawn_after_approval_counts(store: Store) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        person = session.get_one(Profile, session.exec(select(Notice.profile_id)).one())
        withdraw(session, person, ConsentScope.GENERAL, now=NOW)

    send(store, Outbox())

    assert the_notice(store).reason is Reason.NO_CONSENT


def test_a_guardians_consent_withdrawn_for_one_child_withholds_the_notice(store: Store) -> None:
    with store.writing() as session:
        office = the_office(session)
        mother = make_person(session, office)
        children = [make_person(session, office, born=date(2020, 5, day)) for day in (1, 2)]
        for child in children:
            grant(
                session,
                child,
                ConsentScope.MINOR,
                given_by=mother,
                text_version="1",
                how="样例",
                now=NOW,
            )
        withdraw(session, children[1], ConsentScope.MINOR, now=NOW)
        make_notice(session, make_batch(session), reader=mother, concerned=children)
    outbox = Outbox()

    send(store, outbox)

    assert (outbox.parcels, the_notice(store).reason) == ([], Reason.NO_CONSENT)


def test_a_contact_that_ended_or_changed_is_not_written_to(store: Store) -> None:
    given_batch(store, 2)
    with store.writing() as session:
        ended, changed = session.exec(select(Contact).order_by(Contact.id)).all()  # type: ignore[arg-type]
        ended.ended_at = NOW
        changed.address_index = "0" * 64
    outbox = Outbox()

    send(store, outbox)

    assert outbox.parcels == []
    assert {n.reason for n in notices_of(store)} == {Reason.NO_ADDRESS}


def test_somebody_who_was_forgotten_is_not_written_to(store: Store) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        person = session.get_one(Profile, session.exec(select(Notice.profile_id)).one())
        person.ended_on, person.ended_reason = NOW.date(), EndReason.ERASED

    send(store, Outbox())

    assert the_notice(store).reason is Reason.ERASED


def test_nobody_is_written_to_at_night_or_on_a_holiday(store: Store) -> None:
    given_batch(store, 1)
    with store.writing() as session:
        session.add(Holiday(day=NOW.date(), kind=DayKind.OFF, name="样例假日", source="样例"))
    outbox = Outbox()

    send(store, outbox, now=NOW + timedelta(hours=12))
    send(store, outbox)
    assert outbox.parcels == []

    send(store, outbox, now=NOW + timedelta(days=1))
    assert len(outbox.parcels) == 1


def test_elderly_readers_wait_for_their_hours_and_hold_nobody_up(store: Store) -> None:
    evening = NOW.replace(hour=19)
    with store.writing() as session:
        office, batch = the_office(session), make_batch(session)
        for _ in range(3):
            make_notice(session, batch, reader=make_person(session, office, born=date(1940, 1, 1)))
        make_notice(session, batch)
    outbox = Outbox()

    came = send(store, outbox, now=evening)
    assert (came.later, came.accepted) == (3, 1)
    waiting = [n for n in notices_of(store) if n.state is NoticeState.DRAFTED]
    assert {n.not_before for n in waiting} == {(NOW + timedelta(days=1)).replace(hour=9, minute=0)}

    send(store, outbox, now=NOW + timedelta(days=1))
    assert len(outbox.parcels) == 4


def test_a_rehearsal_without_quiet_hours_sends_at_night(store: Store) -> None:
    given_batch(store, 1)
    outbox = Outbox()

    send(store, outbox, now=NOW.replace(hour=23), settings=make_settings(quiet_hours=False))

    assert len(outbox.parcels) == 1


def test_a_person_with_notices_in_two_batches_is_judged_for_both(store: Store) -> None:
    with store.writing() as session:
        office = the_office(session)
        person = make_person(session, office)
        contact = make_contact(session, person)
        policy = make_policy(session, office)
        for kind in (BatchKind.FIRST, BatchKind.REMINDER):
            make_notice(
                session,
                make_batch(session, policy=policy, kind=kind),
                reader=person,
                contact=contact,
            )
    outbox = Outbox()

    send(store, outbox)

    assert len(outbox.parcels) == 2
