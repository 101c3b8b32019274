"""Every match ends in one place: a notice, a withheld notice with its reason, or a visit."""

import threading
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from profiles.consent import opt_out
from profiles.model import Channel, ConsentScope, Contact, EndReason, Profile
from pusher.model.batch import Batch, BatchKind, VisitMatch
from pusher.model.errors import Overtaken
from pusher.model.match import Decision
from pusher.model.notice import Notice, NoticeMatch, NoticeState, Outcome, Reason
from pusher.model.policy import Policy, Registered
from pusher.model.telling import COMMENTS
from pusher.store import Store
from tests.makers import NOW, make_office
from tests.sending.makers import (
    draft,
    drafted_for,
    make_child,
    make_confirmed,
    make_firm,
    make_matches,
    make_person,
    make_run,
    notices_of,
    only_notice,
    text_in,
    visits_of,
)

BOTH = (ConsentScope.GENERAL, ConsentScope.SENSITIVE)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("no_general", Reason.NO_CONSENT),
        ("no_sensitive", Reason.NO_SENSITIVE_CONSENT),
        ("opted_out", Reason.OPTED_OUT),
        ("opted_out_of_topic", Reason.OPTED_OUT),
        ("address_silent", Reason.OPTED_OUT),
        ("erased", Reason.ERASED),
        ("moved_out", Reason.MOVED_OUT),
        ("deceased", Reason.DECEASED),
    ],
)
def test_who_may_not_be_written_to_stands_there_with_the_reason(
    store: Store, spoil: str, reason: Reason
) -> None:
    with store.writing() as session:
        office = make_office(session)
        scopes = {"no_general": BOTH[1:], "no_sensitive": BOTH[:1]}
        person = make_person(
            session,
            office,
            phone="19900009010",
            scopes=scopes.get(spoil, BOTH),
            facts={"deceased_on": "2026-11-01"} if spoil == "deceased" else None,
        )
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        make_matches(session, run, [person], sensitive=True)
        _spoil(session, person, spoil)
        batch = draft(session, policy, run)
        notice = only_notice(session, batch)
        linked = session.exec(select(NoticeMatch.notice_id)).all()
        visits = visits_of(session, batch)

    assert (notice.state, notice.reason) == (NoticeState.WITHHELD, reason)
    assert notice.address_index is None and notice.text_sealed is None
    assert (linked, visits) == ([notice.id], [])


def _spoil(session: Session, person: Profile, how: str) -> None:
    from profiles.dossier import contact_index
    from profiles.sealing import sealer_of

    if how == "opted_out":
        opt_out(session, profile_id=person.id, how="网页", now=NOW)
    if how == "opted_out_of_topic":
        opt_out(session, profile_id=person.id, topic="M02", how="网页", now=NOW)
    if how == "address_silent":
        index = contact_index(sealer_of(session), Channel.SMS, "19900009010")
        opt_out(session, address_index=index, how="短信回复", now=NOW)
    if how in ("erased", "moved_out"):
        person.ended_on, person.ended_reason = NOW.date(), EndReason(how)
        session.flush()


def test_who_is_silent_on_wechat_alone_gets_an_sms(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        person = make_person(session, office, openid="oAAA2")
        opt_out(session, profile_id=person.id, channel=Channel.WECHAT, how="退关", now=NOW)
        notice = only_notice(session, drafted_for(session, office, [person]))

    assert (notice.channel, notice.state) == (Channel.SMS, NoticeState.DRAFTED)


def test_nobody_can_write_there_so_somebody_walks_there(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        alone = make_person(session, office, phone=None)
        mother = make_person(session, office, born=date(1988, 5, 1), street="370104003")
        wards = [make_child(session, office, mother, consent=False) for _ in range(2)]
        orphan = make_person(session, office, born=date(2016, 1, 1), scopes=BOTH, phone=None)
        batch = drafted_for(session, office, [alone, *wards, orphan])
        visits = {v.profile_id: v for v in visits_of(session, batch)}
        matches = Counter(session.exec(select(VisitMatch.visit_id)))
        notices = notices_of(session, batch)

    assert {p: v.because for p, v in visits.items()} == {
        alone.id: "no_address",
        mother.id: "minor_consent",
        orphan.id: "minor",
    }
    assert matches[visits[mother.id].id] == 2
    assert visits[mother.id].street_code == "370104003"
    assert notices == []


def test_who_can_be_reached_on_another_channel_is_not_walked_to(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        person = make_person(session, office, phone=None, openid="oAAA3")
        batch = drafted_for(session, office, [person], channels=[Channel.SMS])
        notice, visits = only_notice(session, batch), visits_of(session, batch)

    assert (notice.state, notice.reason) == (NoticeState.WITHHELD, Reason.NO_ADDRESS)
    assert visits == []


def second_batch(session: Session, first: Batch, **given: Any) -> Batch:
    policy = session.get_one(Policy, first.policy_id)
    run = make_run(session, policy)
    told = session.exec(select(Profile)).all()
    make_matches(session, run, told)
    return draft(session, policy, run, **given)


def test_an_address_is_told_once_across_batches(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        first = drafted_for(session, office, [make_person(session, office)])
        notice = only_notice(session, second_batch(session, first))

    assert (notice.state, notice.reason) == (NoticeState.WITHHELD, Reason.DUPLICATE)


def test_another_person_at_the_address_is_a_duplicate_too(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        first = drafted_for(session, office, [make_person(session, office, phone="19900009020")])
        make_person(session, office, phone="19900009020")
        found = notices_of(session, second_batch(session, first))

    assert {n.reason for n in found} == {Reason.DUPLICATE} and len(found) == 2


def test_another_channel_does_not_tell_the_same_person_again(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        first = drafted_for(
            session, office, [make_person(session, office, openid="oAAA4")], channels=[Channel.SMS]
        )
        notice = only_notice(session, second_batch(session, first))

    assert notice.reason is Reason.DUPLICATE


def test_who_was_surely_not_reached_may_be_told_another_way(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        person = make_person(session, office, openid="oAAA5")
        first = drafted_for(session, office, [person], channels=[Channel.SMS])
        session.exec(update(Notice).values(state=NoticeState.ACCEPTED, outcome=Outcome.UNDELIVERED))
        notice = only_notice(session, second_batch(session, first))

    assert (notice.state, notice.channel) == (NoticeState.DRAFTED, Channel.WECHAT)


@pytest.mark.parametrize("state", [NoticeState.FAILED, NoticeState.WITHHELD])
def test_a_notice_that_never_left_does_not_count(store: Store, state: NoticeState) -> None:
    reason = Reason.CANCELLED if state is NoticeState.WITHHELD else None
    with store.writing() as session:
        office = make_office(session)
        first = drafted_for(session, office, [make_person(session, office)])
        session.exec(update(Notice).values(state=state, reason=reason))
        notice = only_notice(session, second_batch(session, first))

    assert notice.state is NoticeState.DRAFTED


def test_a_reminder_is_another_kind_of_news(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        first = drafted_for(session, office, [make_person(session, office)])
        notice = only_notice(session, second_batch(session, first, kind=BatchKind.REMINDER))
        text = text_in(session, notice)

    assert notice.state is NoticeState.DRAFTED
    assert "】提醒：高龄津贴，每人每月100元，12月18日截止，最多还剩23天。" in text


def test_a_door_is_walked_to_once_across_batches(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        first = drafted_for(session, office, [make_person(session, office, phone=None)])
        again = second_batch(session, first)
        notice = only_notice(session, again)
        visits = visits_of(session, first), visits_of(session, again)

    assert notice.reason is Reason.DUPLICATE
    assert [len(v) for v in visits] == [1, 0]


def test_the_database_itself_refuses_a_second_live_notice(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        notice = only_notice(session, drafted_for(session, office, [make_person(session, office)]))
        copy = {k: v for k, v in notice.model_dump().items() if k != "id"}

    with pytest.raises(IntegrityError), store.writing() as session:
        session.add(Notice(**copy))


def test_of_two_clerks_at_one_moment_one_tells_and_nobody_is_told_twice(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        people = [make_person(session, office) for _ in range(3)]
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        make_matches(session, run, people)
    both = threading.Barrier(2)
    ended: list[str] = []

    def compose_at_once() -> None:
        both.wait(20)
        try:
            with store.writing() as session:
                draft(session, policy, run)
            ended.append("drafted")
        except Overtaken:
            ended.append("overtaken")

    clerks = [threading.Thread(target=compose_at_once) for _ in range(2)]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    with store.reading() as session:
        states = Counter(n.state for n in session.exec(select(Notice)))

    assert states[NoticeState.DRAFTED] == 3
    assert "drafted" in ended and len(ended) == 2
    assert states[NoticeState.WITHHELD] == (3 if ended.count("drafted") == 2 else 0)


def test_every_match_is_in_exactly_one_place(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        mother = make_person(session, office, born=date(1988, 5, 1))
        people = [
            mother,
            make_child(session, office, mother),
            make_child(session, office, mother, consent=False),
            make_child(session, office, None),
            make_person(session, office, phone=None),
            make_person(session, office, scopes=[]),
            make_person(session, office, phone="19900009030"),
            make_person(session, office, phone="19900009030", openid="oAAA6"),
            make_firm(session, office, phone="19900009030"),
        ]
        batch = drafted_for(session, office, people)
        placed: list[UUID] = [
            *session.exec(select(NoticeMatch.match_id)),
            *session.exec(select(VisitMatch.match_id)),
        ]
        notices = notices_of(session, batch)

    assert len(placed) == len(set(placed)) == len(people)
    live = [(n.channel, n.address_index) for n in notices if n.state is NoticeState.DRAFTED]
    assert len(live) == len(set(live)) == 3


def test_who_was_told_before_is_not_walked_to_when_the_address_ends(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        person = make_person(session, office)
        first = drafted_for(session, office, [person])
        session.exec(update(Contact).values(ended_at=NOW))
        again = second_batch(session, first)
        notice, visits = only_notice(session, again), visits_of(session, again)

    assert (notice.reason, visits) == (Reason.DUPLICATE, [])


def test_nobody_walks_to_a_door_for_who_only_follows_the_subject(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(session, office)
        run = make_run(session, policy)
        person = make_person(session, office, phone=None)
        make_matches(session, run, [person], decision=Decision.SUBSCRIBED)
        batch = draft(session, policy, run, include=[Decision.SUBSCRIBED])
        notice, visits = only_notice(session, batch), visits_of(session, batch)

    assert (notice.reason, visits) == (Reason.NO_ADDRESS, [])


def test_of_a_draft_only_who_follows_drafts_gets_a_notice(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        policy = make_confirmed(
            session, office, registered=Registered.DRAFT, tags=["M02", COMMENTS], apply_until=None
        )
        run = make_run(session, policy)
        drafts, subject = (make_person(session, office) for _ in range(2))
        for reader, tag in ((drafts, COMMENTS), (subject, "M02")):
            make_matches(session, run, [reader], decision=Decision.SUBSCRIBED, followed=[tag])
        batch = draft(session, policy, run, include=[Decision.SUBSCRIBED])
        reasons = {notice.profile_id: notice.reason for notice in notices_of(session, batch)}

    assert reasons == {drafts.id: None, subject.id: Reason.NO_CONSENT}
