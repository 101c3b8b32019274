"""A reminder is drafted once for each mark of a deadline, for who was told and has not answered."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select, update

from jobs import run
from profiles.model import Channel, EndReason, OptOut, Profile
from pusher.model.batch import Batch, BatchKind, BatchState
from pusher.model.notice import Notice, NoticeState, Outcome, Reason
from pusher.model.policy import Policy, PolicyState
from pusher.model.reminder import Reminder
from pusher.model.word import Inbox, Meaning, Reply
from pusher.sending.drafting import text_of
from pusher.settings import Settings
from pusher.store import Store
from pusher.terms import read_marks
from tests.makers import NOW, make_office
from tests.sending.delivery_makers import make_settings
from tests.sending.makers import drafted_for, make_person, notices_of

SETTINGS = make_settings()
AGED = {"household_area": "370104"}


def told(session: Session, number: int = 3, days: int = 10) -> tuple[Policy, list[Profile]]:
    """A policy with so many days left, and people whom its first notice reached."""
    office = make_office(session)
    people = [make_person(session, office, facts=AGED) for _ in range(number)]
    batch = drafted_for(session, office, people)
    batch.state, batch.approved_by, batch.submitted_by = BatchState.FINISHED, "0002", "0001"
    batch.frozen_sha256 = batch.approved_sha256 = "f" * 64
    policy = session.get_one(Policy, batch.policy_id)
    policy.apply_until = NOW.date() + timedelta(days=days)
    session.exec(update(Notice).values(state=NoticeState.ACCEPTED, accepted_at=NOW))
    session.flush()
    return policy, people


def remind(store: Store, days: float = 0, settings: Settings = SETTINGS) -> dict[str, int]:
    return dict(
        run("remind", store=store, gateways={}, settings=settings, now=NOW + timedelta(days=days))
    )


def reminders(store: Store) -> Sequence[Batch]:
    with store.reading() as session:
        return session.exec(select(Batch).where(Batch.kind == BatchKind.REMINDER)).all()


def reached(store: Store) -> set[object]:
    with store.reading() as session:
        [batch] = session.exec(select(Batch).where(Batch.kind == BatchKind.REMINDER)).all()
        rows = notices_of(session, batch)
        return {row.profile_id for row in rows if row.state is NoticeState.DRAFTED}


def test_who_was_told_and_has_not_answered_is_reminded_once_and_by_staff_alone(
    store: Store,
) -> None:
    with store.writing() as session:
        _, people = told(session, 5)
        answered, lost, silent, left = people[1:]
        of = {row.profile_id: row for row in session.exec(select(Notice))}
        box = Inbox(gateway="aliyun", digest="0", body_sealed=b"", received_at=NOW)
        session.add(box)
        session.flush()
        session.add(
            Reply(
                inbox_id=box.id, position=0, channel=Channel.SMS, address_index="",
                address_sealed=b"",
                text_sealed=b"", meaning=Meaning.YES, notice_id=of[answered.id].id, at=NOW,
            )
        )  # fmt: skip
        of[lost.id].outcome = Outcome.UNDELIVERED
        of[silent.id].outcome = Outcome.SILENT
        session.add(OptOut(profile_id=left.id, said_at=NOW, how="电话"))

    assert remind(store, -1) == {"drafted": 0, "nobody": 0, "failed": 0}
    assert remind(store) == {"drafted": 1, "nobody": 0, "failed": 0}
    assert remind(store) == {"drafted": 0, "nobody": 0, "failed": 0}

    [batch] = reminders(store)
    assert (batch.state, batch.drafted_by) == (BatchState.DRAFT, "remind")
    assert reached(store) == {people[0].id, silent.id}
    with store.reading() as session:
        rows = notices_of(session, session.get_one(Batch, batch.id))
        [out] = [row for row in rows if row.state is NoticeState.WITHHELD]
        text = text_of(session, next(r for r in rows if r.state is NoticeState.DRAFTED)).text
    assert (out.profile_id, out.reason) == (left.id, Reason.OPTED_OUT)
    assert "】提醒：高龄津贴" in text
    assert "12月5日截止，最多还剩10天。" in text


def test_the_second_mark_reminds_only_who_was_not_reminded_yet(store: Store) -> None:
    with store.writing() as session:
        policy, _ = told(session, 2)
    remind(store)

    assert remind(store, 7) == {"drafted": 0, "nobody": 1, "failed": 0}
    with store.reading() as session:
        kept = session.exec(select(Reminder).order_by(Reminder.days)).all()  # type: ignore[arg-type]
    assert [(row.days, row.batch_id is None) for row in kept] == [(3, True), (10, False)]
    assert len(reminders(store)) == 1

    with store.writing() as session:  # put off: another deadline
        session.get_one(Policy, policy.id).apply_until = NOW.date() + timedelta(days=30)
        reminded = col(Notice.kind) == BatchKind.REMINDER
        session.exec(update(Notice).where(reminded).values(state="failed"))
    assert remind(store, 20) == {"drafted": 1, "nobody": 0, "failed": 0}


def test_both_marks_passed_make_one_draft(store: Store) -> None:
    with store.writing() as session:
        told(session, 1, days=2)

    assert remind(store) == {"drafted": 1, "nobody": 0, "failed": 0}
    assert remind(store) == {"drafted": 0, "nobody": 0, "failed": 0}


def test_who_does_not_fit_any_more_is_not_reminded(store: Store) -> None:
    with store.writing() as session:
        _, people = told(session, 2)
        people[0].ended_on, people[0].ended_reason = NOW.date(), EndReason.MOVED_OUT

    remind(store)

    assert reached(store) == {people[1].id}


@pytest.mark.parametrize("why", ["nobody told", "closed", "far", "switched off", "repealed"])
def test_where_there_is_nothing_to_remind_of_nothing_is_drafted(store: Store, why: str) -> None:
    days = {"closed": -1, "far": 11}.get(why, 10)
    with store.writing() as session:
        policy, _ = told(session, 1, days=days)
        if why == "nobody told":
            session.exec(update(Notice).values(state=NoticeState.WITHHELD, reason="cancelled"))
        if why == "repealed":
            policy.state = PolicyState.REPEALED
    settings = make_settings(remind_days="") if why == "switched off" else SETTINGS

    assert remind(store, settings=settings) == {"drafted": 0, "nobody": 0, "failed": 0}
    assert reminders(store) == []


@pytest.mark.parametrize("text", ["x", "0", "-3", "10 3", "91", "１０"])
def test_a_wrong_mark_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="应为天数"):
        read_marks(text)
