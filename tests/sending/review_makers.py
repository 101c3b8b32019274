"""Batches brought to a state by the moves themselves."""

from typing import Any

from sqlmodel import Session

from pusher.model.batch import Batch, BatchState
from pusher.sending.review import (
    approve,
    cancel,
    pause,
    submit,
)
from tests.makers import NOW, make_office
from tests.sending.makers import GATEWAYS, drafted_for, make_person

CLERK, REVIEWER = "1001", "1002"


def make_batch(session: Session, *, state: BatchState = BatchState.DRAFT) -> Batch:
    """Two notices and a visit, brought to *state* by the moves themselves."""
    office = make_office(session)
    people = [make_person(session, office) for _ in range(2)]
    batch = drafted_for(session, office, [*people, make_person(session, office, phone=None)])
    if state is not BatchState.DRAFT:
        submit(session, batch, by=CLERK, now=NOW)
    if state not in (BatchState.DRAFT, BatchState.IN_REVIEW, BatchState.CANCELLED):
        release(session, batch)
    if state is BatchState.CANCELLED:
        cancel(session, batch, by=CLERK, now=NOW, reason="样例")
    elif state is BatchState.PAUSED:
        pause(session, batch, by=CLERK, now=NOW, reason="样例")
    elif state is not batch.state:
        batch.state = state
        session.flush()
    return batch


def release(session: Session, batch: Batch, **given: Any) -> None:
    approve(
        session,
        batch,
        **{
            "by": REVIEWER,
            "now": NOW,
            "shown": batch.frozen_sha256,
            "gateways": GATEWAYS,
            **given,
        },
    )
