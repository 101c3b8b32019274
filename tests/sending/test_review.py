"""Two people release a batch, exactly as it was shown; everything else is refused."""

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from profiles.sealing import sealer_of
from pusher import audit
from pusher.model.batch import MOVES, Batch, BatchState, Visit, VisitMatch
from pusher.model.errors import SamePerson, Unwilling
from pusher.model.notice import Notice, NoticeState, Reason
from pusher.model.policy import Policy, PolicyState
from pusher.model.staff import AuditEntry
from pusher.sending.compose import TooLate
from pusher.sending.drafting import TEXT
from pusher.sending.review import (
    Changed,
    EmptyBatch,
    NoReason,
    cancel,
    frozen_sha256,
    pause,
    resume,
    send_back,
    submit,
)
from pusher.sending.tellable import NotTellable
from pusher.sending.wording import BadWording
from pusher.store import Store
from tests.makers import NOW, make_office, make_rule
from tests.sending.makers import drafted_for, make_person
from tests.sending.review_makers import CLERK, REVIEWER, make_batch, release


def test_one_submits_and_another_approves_what_was_shown(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session)
        submit(session, batch, by=CLERK, now=NOW)
        in_review = batch.state
        release(session, batch)
        acts = [(e.act, e.by) for e in session.exec(select(AuditEntry))]
        sound = audit.verify(session)

    assert in_review is BatchState.IN_REVIEW and batch.state is BatchState.APPROVED
    assert (batch.submitted_by, batch.approved_by) == (CLERK, REVIEWER)
    assert batch.approved_sha256 == batch.frozen_sha256 and len(batch.frozen_sha256 or "") == 64
    assert acts == [
        ("batch.draft", CLERK),
        ("batch.submit", CLERK),
        ("batch.approve", REVIEWER),
    ]
    assert sound == []


def test_of_five_approvals_at_one_moment_one_counts(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.IN_REVIEW)
    came: list[str] = []

    def approve_too(by: str) -> None:
        try:
            with store.writing() as session:
                release(session, session.get_one(Batch, batch.id), by=by)
            came.append("released")
        except Unwilling as why_not:
            came.append(why_not.code)

    # one clicked three times, and two colleagues
    people = [threading.Thread(target=approve_too, args=(f"200{n // 3}",)) for n in range(5)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert came.count("released") == 1
    assert set(came) <= {"released", "illegal_move", "overtaken"}
    with store.reading() as session:
        acts = session.exec(select(AuditEntry.act)).all()
        assert session.get_one(Batch, batch.id).state is BatchState.APPROVED
    assert acts.count("batch.approve") == 1


def test_who_submitted_cannot_approve(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.IN_REVIEW)

        with pytest.raises(SamePerson, match="不能是同一人"):
            release(session, batch, by=CLERK)

    assert batch.state is BatchState.IN_REVIEW


def test_the_database_itself_refuses_the_same_person(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.IN_REVIEW)

    with pytest.raises(IntegrityError, match="another_person_approves"), store.writing() as session:
        session.connection().execute(
            text(
                "UPDATE batch SET state = 'approved', approved_by = submitted_by,"
                " approved_sha256 = frozen_sha256 WHERE state = 'in_review'"
            )
        )
    with store.reading() as session:
        assert session.get_one(Batch, batch.id).state is BatchState.IN_REVIEW


def test_the_database_itself_refuses_another_hash(store: Store) -> None:
    with store.writing() as session:
        make_batch(session, state=BatchState.IN_REVIEW)

    with pytest.raises(IntegrityError), store.writing() as session:
        session.connection().execute(
            text(
                "UPDATE batch SET state = 'approved', approved_by = '1002',"
                " approved_sha256 = 'another'"
            )
        )


def _new_text(session: Session, notice: Notice) -> None:
    """The text is exchanged, the hash beside it left as it was."""
    notice.text_sealed = sealer_of(session).seal_text(
        '{"params": {}, "text": "别的", "url": null}', place=TEXT, row=notice.id
    )


def _other_price(session: Session, notice: Notice) -> None:
    notice.price *= 2


def _other_address(session: Session, notice: Notice) -> None:
    notice.address_index = "0" * 64


def _one_less(session: Session, notice: Notice) -> None:
    notice.state, notice.reason = NoticeState.WITHHELD, Reason.ERASED


def _other_match(session: Session, notice: Notice) -> None:
    session.connection().execute(text("DELETE FROM noticematch"))


def _later_hour(session: Session, notice: Notice) -> None:
    batch = session.get_one(Batch, notice.batch_id)
    batch.latest_at += timedelta(days=1)


def _no_visit(session: Session, notice: Notice) -> None:
    for row in (*session.exec(select(VisitMatch)), *session.exec(select(Visit))):
        session.delete(row)
        session.flush()


def _new_version(session: Session, notice: Notice) -> None:
    session.get_one(Policy, notice.policy_id).version = 2


@pytest.mark.parametrize(
    "change",
    [
        _new_text,
        _other_price,
        _other_address,
        _one_less,
        _other_match,
        _later_hour,
        _no_visit,
        _new_version,
    ],
)
def test_any_change_after_submission_voids_the_approval(
    store: Store, change: Callable[[Session, Notice], None]
) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.IN_REVIEW)
        notice = session.exec(select(Notice)).first()
        assert notice is not None
        change(session, notice)
        session.flush()

        with pytest.raises(Changed, match="退回重新提交"):
            release(session, batch)
        send_back(session, batch, by=REVIEWER, now=NOW, reason="内容变了")
        submit(session, batch, by=CLERK, now=NOW)
        release(session, batch)

    assert batch.state is BatchState.APPROVED


def test_what_was_not_shown_is_not_approved(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.IN_REVIEW)

        with pytest.raises(Changed):
            release(session, batch, shown="0" * 64)


def test_the_hash_does_not_depend_on_the_order_of_rows_or_on_the_moment(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session)
        first = frozen_sha256(session, batch)
        submit(session, batch, by=CLERK, now=NOW + timedelta(hours=3))
    with store.reading() as session:
        again = frozen_sha256(session, session.get_one(Batch, batch.id))

    assert first == again == batch.frozen_sha256


def test_a_batch_that_leaves_everybody_out_is_not_submitted(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        batch = drafted_for(session, office, [make_person(session, office, scopes=[])])

        with pytest.raises(EmptyBatch):
            submit(session, batch, by=CLERK, now=NOW)


def test_visits_alone_are_enough_for_a_batch(store: Store) -> None:
    with store.writing() as session:
        office = make_office(session)
        batch = drafted_for(session, office, [make_person(session, office, phone=None)])
        submit(session, batch, by=CLERK, now=NOW)
        release(session, batch, gateways={})

    assert batch.state is BatchState.APPROVED


def test_what_no_vendor_would_send_is_not_approved(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.IN_REVIEW)

        with pytest.raises(BadWording, match="“sms_match_resident”尚未向 aliyun 报备"):
            release(session, batch, gateways={"aliyun": {"templates": {}}})
        with pytest.raises(BadWording, match="短信通道"):
            release(session, batch, gateways={})


@pytest.mark.parametrize("step", ["submit", "approve"])
@pytest.mark.parametrize("trouble", ["repealed", "other_rule", "late"])
def test_a_policy_that_moved_on_stops_the_batch(store: Store, step: str, trouble: str) -> None:
    state = BatchState.DRAFT if step == "submit" else BatchState.IN_REVIEW
    now = datetime.combine(date(2026, 12, 19), NOW.timetz()) if trouble == "late" else NOW
    with store.writing() as session:
        batch = make_batch(session, state=state)
        policy = session.get_one(Policy, batch.policy_id)
        if trouble == "repealed":
            policy.state = PolicyState.REPEALED
        if trouble == "other_rule":
            make_rule(session, policy)
        session.flush()

        with pytest.raises(TooLate if trouble == "late" else NotTellable):
            if step == "submit":
                submit(session, batch, by=CLERK, now=now)
            else:
                release(session, batch, now=now)


def test_sent_back_it_is_a_draft_again_with_the_reason(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.IN_REVIEW)
        send_back(session, batch, by=REVIEWER, now=NOW, reason="金额请核对")

    assert batch.state is BatchState.DRAFT and batch.remark == "金额请核对"
    assert (batch.submitted_by, batch.frozen_sha256) == (None, None)


def test_who_approved_once_may_not_be_passed_on_to_the_next_round(store: Store) -> None:
    """After a send-back, the other person submits and the first may approve."""
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.IN_REVIEW)
        send_back(session, batch, by=REVIEWER, now=NOW, reason="样例")
        submit(session, batch, by=REVIEWER, now=NOW)
        with pytest.raises(SamePerson):
            release(session, batch, by=REVIEWER)
        release(session, batch, by=CLERK)

    assert (batch.submitted_by, batch.approved_by) == (REVIEWER, CLERK)


def test_pause_and_resume(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.APPROVED)
        pause(session, batch, by=CLERK, now=NOW, reason="核对号码")
        paused = batch.state
        resume(session, batch, by=REVIEWER, now=NOW)

    assert (paused, batch.state) == (BatchState.PAUSED, BatchState.SENDING)


def test_a_paused_batch_past_its_latest_hour_is_not_resumed(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.PAUSED)

        with pytest.raises(TooLate):
            resume(session, batch, by=REVIEWER, now=NOW + timedelta(days=60))


@pytest.mark.parametrize("state", [s for s in BatchState if BatchState.CANCELLED in MOVES[s]])
def test_cancelling_withholds_what_has_not_left_and_nothing_else(
    store: Store, state: BatchState
) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=state)
        gone = session.exec(select(Notice).order_by(col(Notice.id))).first()
        assert gone is not None
        session.exec(
            update(Notice).where(col(Notice.id) == gone.id).values(state=NoticeState.HANDING)
        )
        cancel(session, batch, by=CLERK, now=NOW, reason="政策撤回")
        rows = session.exec(select(Notice.state, Notice.reason)).all()

    assert batch.state is BatchState.CANCELLED
    assert sorted(rows) == [
        (NoticeState.HANDING, None),
        (NoticeState.WITHHELD, Reason.CANCELLED),
    ]


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_stopping_a_batch_needs_a_reason(store: Store, reason: str) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.APPROVED)
        for move in (pause, cancel):
            with pytest.raises(NoReason):
                move(session, batch, by=CLERK, now=NOW, reason=reason)

    assert batch.state is BatchState.APPROVED
