"""What a batch came to, for whoever holds it against other books: its counts, and each notice."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from pusher.listening.report import report
from pusher.model.batch import Batch
from pusher.model.notice import Attempt, Notice
from pusher.plain import plain


def batch_shape(session: Session, batch: Batch) -> dict[str, Any]:
    """A batch as JSON carries it: its row, and what its notices count to (`report`)."""
    counted = report(session, batch=batch)
    return {
        "id": str(batch.id),
        "policy": str(batch.policy_id),
        "kind": batch.kind,
        "state": batch.state,
        "include": batch.include,
        "channels": batch.channels,
        "send_after": batch.send_after.isoformat(),
        "latest_at": batch.latest_at.isoformat(),
        "submitted_by": batch.submitted_by,
        "approved_by": batch.approved_by,
        "sha256": batch.frozen_sha256,
        **plain(counted),
        "planned": counted.planned,
    }


def notice_lines(session: Session, batch: Batch) -> Iterator[dict[str, Any]]:
    """One document per notice: id, profile, channel, state, outcome, reason and its attempts
    (key, at, gateway, result, gateway_ref). Over all states they count to what was planned.
    """
    tries = _tries(session, batch)
    ours = select(Notice).where(Notice.batch_id == batch.id).order_by(col(Notice.id))
    for notice in session.exec(ours):
        yield {
            "id": str(notice.id),
            "profile": str(notice.profile_id),
            "channel": notice.channel,
            "state": notice.state,
            "outcome": notice.outcome,
            "reason": notice.reason,
            "attempts": tries.get(notice.id, []),
        }


def _tries(session: Session, batch: Batch) -> dict[UUID, list[dict[str, Any]]]:
    tries: dict[UUID, list[dict[str, Any]]] = {}
    for attempt in session.exec(
        select(Attempt)
        .join(Notice, col(Notice.id) == Attempt.notice_id)
        .where(Notice.batch_id == batch.id)
        .order_by(col(Attempt.number))
    ):
        tries.setdefault(attempt.notice_id, []).append(
            {
                "key": attempt.call,
                "at": attempt.at.isoformat(),
                "gateway": attempt.gateway,
                "result": attempt.result,
                "gateway_ref": attempt.gateway_ref,
            }
        )
    return tries
