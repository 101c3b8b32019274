"""Every act on a batch keeps to the table of moves, and only one of two at once succeeds."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from pusher.model.batch import MOVES, Batch, BatchState
from pusher.model.errors import IllegalMove, Overtaken
from pusher.model.staff import AuditEntry
from pusher.sending.review import (
    cancel,
    pause,
    resume,
    send_back,
    submit,
)
from pusher.store import Store
from tests.makers import NOW
from tests.sending.review_makers import CLERK, REVIEWER, make_batch, release

ACTS: dict[str, tuple[BatchState, Callable[[Session, Batch], None]]] = {
    "submit": (BatchState.IN_REVIEW, lambda s, b: submit(s, b, by=CLERK, now=NOW)),
    "send_back": (
        BatchState.DRAFT,
        lambda s, b: send_back(s, b, by=REVIEWER, now=NOW, reason="样例"),
    ),
    "approve": (BatchState.APPROVED, lambda s, b: release(s, b)),
    "pause": (BatchState.PAUSED, lambda s, b: pause(s, b, by=CLERK, now=NOW, reason="样例")),
    "resume": (BatchState.SENDING, lambda s, b: resume(s, b, by=REVIEWER, now=NOW)),
    "cancel": (
        BatchState.CANCELLED,
        lambda s, b: cancel(s, b, by=CLERK, now=NOW, reason="样例"),
    ),
}


@pytest.mark.parametrize("state", list(BatchState))
def test_every_act_keeps_to_the_table_of_moves(store: Store, state: BatchState) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=state)
        for name, (to, act) in ACTS.items():
            allowed = to in MOVES[state] and (name != "resume" or state is BatchState.PAUSED)
            with session.begin_nested() as attempt:
                if allowed:
                    act(session, batch)
                    assert batch.state is to, name
                else:
                    with pytest.raises(IllegalMove, match="批次现在是"):
                        act(session, batch)
                attempt.rollback()
            session.refresh(batch)


def test_what_was_seen_and_is_no_more_is_overtaken(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.IN_REVIEW)
        session.exec(
            update(Batch).values(state=BatchState.DRAFT),
            execution_options={"synchronize_session": False},
        )

        with pytest.raises(Overtaken, match="他人"):
            release(session, batch)


def test_of_two_approvers_at_one_moment_one_releases(store: Store) -> None:
    with store.writing() as session:
        batch = make_batch(session, state=BatchState.IN_REVIEW)
    both = threading.Barrier(2)
    ended: list[str] = []

    def approve_at_once(by: str) -> None:
        with store.reading() as session:
            seen = session.get_one(Batch, batch.id)
        both.wait(20)
        try:
            with store.writing() as session:
                mine = session.merge(seen, load=False)
                release(session, mine, by=by)
            ended.append(by)
        except Overtaken:
            ended.append("overtaken")

    people = [threading.Thread(target=approve_at_once, args=(by,)) for by in ("1002", "1003")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with store.reading() as session:
        approved = session.get_one(Batch, batch.id)
        notes = session.exec(select(AuditEntry).where(AuditEntry.act == "batch.approve")).all()

    assert sorted(ended)[1] == "overtaken" and ended.count("overtaken") == 1
    assert approved.approved_by in ended
    assert [entry.by for entry in notes] == [approved.approved_by]
