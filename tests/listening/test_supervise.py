"""The daily round: what the rows call for is owed, what they say is done is closed, and no more."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from profiles.model import Contact, Doubt, Office
from pusher.duties import close, drop, hand_over
from pusher.listening.duty_list import KINDS, duty_list, weekly_sheet
from pusher.listening.questions import record
from pusher.listening.supervise import BY, STEPS, Supervised, level_on, look_round, settle
from pusher.listening.visits import tick
from pusher.model.batch import Batch, BatchKind, BatchState, Visit
from pusher.model.duty import Duty, DutyKind, DutyState, Level
from pusher.model.match import Decision, Match, MatchRun
from pusher.model.notice import Notice, NoticeState
from pusher.model.policy import Audience, Genre, Policy, PolicyState
from pusher.model.question import Question, QuestionSource
from pusher.model.staff import AuditEntry, Role
from pusher.model.word import Reply
from pusher.settings import Settings
from pusher.store import Store
from pusher.terms import TERMS, read_terms
from pusher.working_days import Calendar
from tests.listening.callbacks import answer, folded, push
from tests.makers import NOW, make_policy, make_rule
from tests.sending.delivery_makers import (
    make_batch,
    make_notice,
    make_person,
    make_run,
    make_visit,
    the_office,
)

TODAY = NOW.date()
LATER = NOW + timedelta(days=1)


def go_round(store: Store, now: datetime = NOW, duty_days: str = "") -> Supervised:
    with store.reading() as session:
        office = session.exec(select(Office)).one()
        owed = look_round(session, office, now=now)
    with store.writing() as session:
        return settle(session, office, owed, settings=Settings(duty_days=duty_days), now=now)


def open_kinds(store: Store) -> set[DutyKind]:
    return {duty.kind for duty in duties(store) if duty.state is DutyState.OPEN}


def duties(store: Store) -> Sequence[Duty]:
    with store.reading() as session:
        return session.exec(select(Duty)).all()


def confirmed(session: Session, **given: object) -> Policy:
    return make_policy(
        session,
        the_office(session),
        **{"state": PolicyState.CONFIRMED, "confirmed_by": "0001", "confirmed_at": NOW, **given},
    )


def told_of(session: Session, policy: Policy) -> Notice:
    batch = make_batch(session, policy=policy, state=BatchState.FINISHED)
    return make_notice(session, batch, state=NoticeState.ACCEPTED, accepted_at=NOW)


def make_match(session: Session, policy: Policy, run: MatchRun) -> None:
    person = make_person(session, the_office(session))
    session.add(
        Match(
            run_id=run.id, policy_id=policy.id, profile_id=person.id, decision=Decision.ELIGIBLE,
            followed=[], missing=[], sensitive=False,
        )
    )  # fmt: skip
    session.flush()


def an_office_behind_with_everything(store: Store) -> None:
    with store.writing() as session:
        office = the_office(session)
        make_policy(session, office)
        make_rule(session, confirmed(session))
        told_of(session, confirmed(session, expires_on=TODAY + timedelta(days=20)))
        told_of(session, confirmed(session, state=PolicyState.REPEALED))
        make_batch(session, policy=confirmed(session), state=BatchState.IN_REVIEW, approved_by=None)
        make_notice(
            session,
            make_batch(session, policy=confirmed(session)),
            state=NoticeState.UNSURE,
            left_to_staff_at=NOW,
        )
        visited = make_batch(session, policy=confirmed(session))
        make_visit(session, visited)
        make_visit(session, visited)
        phone = session.exec(select(Contact)).first()
        assert phone is not None
        phone.doubt, phone.doubted_at = Doubt.WRONG_PERSON, NOW
        record(session, office_id=office.id, source=QuestionSource.HOTLINE, text="何时发放", at=NOW)
    push(store, [answer("19900000001", "别烦我")])
    folded(store)


def everything_is_done(store: Store) -> None:
    with store.writing() as session:
        for policy in session.exec(select(Policy)):
            if policy.state is PolicyState.READ:
                policy.state = PolicyState.REPEALED
            elif policy.expires_on:
                policy.state = PolicyState.SUPERSEDED
            make_batch(session, policy=policy, kind=BatchKind.CORRECTION)
        for batch in session.exec(select(Batch).where(Batch.state == BatchState.IN_REVIEW)):
            batch.state = BatchState.DRAFT
        for notice in session.exec(select(Notice).where(Notice.state == NoticeState.UNSURE)):
            notice.state = NoticeState.ACCEPTED
        for reply in session.exec(select(Reply)):
            reply.settled_at = NOW
        for question in session.exec(select(Question)):
            question.handled_at = NOW
        for contact in session.exec(select(Contact)):
            contact.doubt = None
        for visit in session.exec(select(Visit)).all():
            tick(session, visit, done=True, by="0001", now=NOW)


BY_ROWS = set(DutyKind) - {DutyKind.INTERPRETATION_OVERDUE, DutyKind.SECOND_INTERPRETATION}


def test_what_the_rows_call_for_is_opened_once_and_closed_when_they_say_so(store: Store) -> None:
    an_office_behind_with_everything(store)

    assert go_round(store) == Supervised(opened=len(BY_ROWS), closed=0, escalated=0)
    assert open_kinds(store) == BY_ROWS
    assert go_round(store) == Supervised(0, 0, 0)

    everything_is_done(store)

    assert go_round(store) == Supervised(0, len(BY_ROWS), 0)
    assert open_kinds(store) == set()
    assert {(d.state, d.closed_by) for d in duties(store)} == {(DutyState.DONE, BY)}
    assert go_round(store) == Supervised(0, 0, 0)


def test_a_duty_says_who_owes_what_by_when_and_where(store: Store) -> None:
    an_office_behind_with_everything(store)
    with store.writing() as session:
        repealed = session.exec(select(Policy).where(Policy.state == PolicyState.REPEALED)).one()
        repealed.issuer = "槐荫区民政局、槐荫区财政局"
    go_round(store, duty_days="visits_open=2")

    with store.reading() as session:
        office = session.exec(select(Office)).one()
        shown = {one.duty.kind: one for one in duty_list(session, office_id=office.id, today=TODAY)}
        visited = session.exec(select(Visit)).first()

    visit = shown[DutyKind.VISITS_OPEN]
    assert visited is not None
    assert (visit.duty.owner, visit.duty.due_on, visit.left) == ("腊山街道", date(2026, 11, 27), 2)
    assert [shown[kind].role for kind in (DutyKind.VISITS_OPEN, DutyKind.BATCH_UNAPPROVED)] == [
        Role.COMMUNITY, Role.REVIEWER
    ]  # fmt: skip
    assert visit.page == f"/visits?batch={visited.batch_id}&street=370104013"
    correction = shown[DutyKind.CORRECTION_UNSENT]
    assert correction.duty.owner == "槐荫区民政局"
    assert correction.page == f"/policies/{repealed.id}/matches"
    assert shown[DutyKind.POLICY_EXPIRING].duty.due_on == TODAY + timedelta(days=20)
    assert shown[DutyKind.POLICY_UNCONFIRMED].duty.due_on == date(2026, 11, 26)
    assert all(one.name and one.act for one in shown.values())


@pytest.mark.parametrize(
    ("told", "owed"),
    [
        ("nobody", True),
        ("a draft", True),
        ("submitted", False),
        ("a run found nobody", False),
        ("a run found somebody", True),
        ("for the offices only", False),
        ("not open yet", False),
        ("a draft for comment", False),
    ],
)
def test_what_is_to_be_told_and_was_not(store: Store, told: str, owed: bool) -> None:
    with store.writing() as session:
        given: dict[str, object] = {}
        if told == "not open yet":
            given["apply_from"] = TODAY + timedelta(days=1)
        if told == "a draft for comment":
            given["registered"] = "draft"
        policy = confirmed(session, **given)
        audience = Audience.NONE if told == "for the offices only" else Audience.RESIDENT
        rule = make_rule(session, policy, audience=audience)
        if told not in ("nobody", "for the offices only"):
            run = make_run(session, policy, rule)
            if told != "a run found nobody":
                make_match(session, policy, run)
        if told in ("a draft", "submitted"):
            state = BatchState.DRAFT if told == "a draft" else BatchState.IN_REVIEW
            make_batch(session, policy=policy, run=run, state=state, approved_by=None)
    go_round(store)

    assert (DutyKind.POLICY_UNSENT in open_kinds(store)) is owed


@pytest.mark.parametrize("genre", [Genre.NEWS, Genre.INTERPRETATION])
def test_news_and_interpretations_need_no_confirming(store: Store, genre: Genre) -> None:
    with store.writing() as session:
        make_policy(session, the_office(session), genre=genre)

    assert go_round(store) == Supervised(0, 0, 0)


def test_a_newer_version_that_was_told_is_a_correction(store: Store) -> None:
    with store.writing() as session:
        old = confirmed(session, state=PolicyState.SUPERSEDED)
        told_of(session, old)
        newer = confirmed(session, family_id=old.family_id, version=2)
        make_rule(session, newer)
    go_round(store)
    assert DutyKind.CORRECTION_UNSENT in open_kinds(store)

    with store.writing() as session:
        make_batch(session, policy=newer)
    go_round(store)

    assert open_kinds(store) == set()


def test_what_ends_stays_owed_past_its_day_and_what_ended_long_ago_is_let_be(store: Store) -> None:
    with store.writing() as session:
        told_of(session, confirmed(session, expires_on=TODAY + timedelta(days=2)))
        told_of(session, confirmed(session, expires_on=TODAY - timedelta(days=2)))
    go_round(store)
    go_round(store, NOW + timedelta(days=9))

    [duty] = duties(store)
    assert (duty.state, duty.level) == (DutyState.OPEN, Level.SUPERVISED)


def test_the_word_of_a_person_stands_against_the_rows(store: Store) -> None:
    with store.writing() as session:
        for _ in range(2):
            make_policy(session, the_office(session))
    go_round(store)
    with store.writing() as session:
        first, second = session.exec(select(Duty)).all()
        close(session, first, note="另行确认", by="0001", now=NOW)
        drop(session, second, note="与居民无关", by="0001", now=NOW)

    assert go_round(store, LATER) == Supervised(0, 0, 0)


def test_what_is_late_goes_up_step_by_step_and_each_step_is_audited_once(store: Store) -> None:
    with store.writing() as session:
        make_policy(session, the_office(session))
    go_round(store)
    days = (26, 27, 28, 30)  # due on Thursday 26; Saturday 28 is no working day

    levels = []
    for day in days:
        go_round(store, NOW.replace(day=day))
        go_round(store, NOW.replace(day=day, hour=18))
        levels.append(duties(store)[0].level)
    go_round(store, NOW.replace(month=12, day=20))

    assert levels == [Level.NONE, Level.GENERAL, Level.GENERAL, Level.GENERAL]
    assert duties(store)[0].level is Level.HEAD
    with store.reading() as session:
        steps = session.exec(
            select(AuditEntry.detail).where(AuditEntry.act == "duty.escalate")
        ).all()
    assert [step["level"] for step in steps] == ["general", "supervised", "head"]


@given(due=st.dates(date(2026, 1, 1), date(2026, 12, 31)), days=st.integers(0, 40))
def test_a_level_never_comes_down(due: date, days: int) -> None:
    rising = list(Level)
    calendar = Calendar()
    today = due + timedelta(days=days)

    before, after = (level_on(due, day, calendar) for day in (today, today + timedelta(days=1)))

    assert rising.index(before) <= rising.index(after)
    assert (before is Level.NONE) == (calendar.between(due, today) == 0)
    assert level_on(due, due - timedelta(days=days), calendar) is Level.NONE
    assert [level for level, _ in STEPS] == rising[1:]


def test_a_week_is_counted_by_who_owes(store: Store) -> None:
    monday = NOW - timedelta(days=2)
    with store.writing() as session:
        office = the_office(session)
        for _ in range(4):
            make_policy(session, office, read_at=monday)
    go_round(store, monday, "policy_unconfirmed=1")
    with store.writing() as session:
        first, second, third, fourth = session.exec(select(Duty).order_by(Duty.id)).all()  # type: ignore[arg-type]
        close(session, first, note="已确认", by="0001", now=monday + timedelta(days=1))
        close(session, second, note="已确认", by="0001", now=NOW)
        drop(session, third, note="不用办", by="0001", now=NOW)
        hand_over(session, fourth, to="区民政局", by="0001", now=NOW)
        session.exec(select(Duty)).all()
    with store.reading() as session:
        sheet = weekly_sheet(session, office_id=office.id, monday=TODAY, today=TODAY)
        before = weekly_sheet(
            session, office_id=office.id, monday=TODAY - timedelta(days=7), today=TODAY
        )

    told = {line.owner: line for line in sheet.lines}
    ours = told["槐荫区政务公开办公室（样例）"]
    assert (ours.opened, ours.in_time, ours.late, ours.dropped, ours.overdue) == (3, 1, 1, 1, 0)
    assert (told["区民政局"].overdue, told["区民政局"].running) == (1, 0)
    assert sheet.monday == monday.date()
    assert before.lines == []


def test_every_kind_has_a_term_with_its_source_a_name_and_something_to_do() -> None:
    kinds = {kind.value for kind in DutyKind}

    assert set(TERMS) == kinds == {kind.value for kind in KINDS}
    assert all(term.source for term in TERMS.values())


@pytest.mark.parametrize(
    "text", ["visits=3", "visits_open", "visits_open=-1", "visits_open=一", "visits_open=999"]
)
def test_a_wrong_term_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="visits"):
        read_terms(text)


def test_an_office_sets_terms_of_its_own() -> None:
    assert read_terms(" visits_open = 3,replies_open=2, ") == {"visits_open": 3, "replies_open": 2}
