"""Batches, their notices and the receipts, for reconciliation; nobody is named in them."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import Session, col, select

from pusher.listening.reconcile import batch_shape, notice_lines
from pusher.model.batch import Batch, BatchState
from pusher.model.notice import Notice
from pusher.model.program import Program
from pusher.model.word import Receipt
from pusher.web.api.bearer import BatchReader, ReceiptReader
from pusher.web.api.errors import Told
from pusher.web.api.paging import After, Limit, page_of, refuse_strange_words
from pusher.web.desk import DeskHere

router = APIRouter(prefix="/api/v1", tags=["batches"])


@router.get("/batches")
def list_batches(
    request: Request,
    desk: DeskHere,
    program: BatchReader,
    state: BatchState | None = None,
    after: After = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Batches in the order in which they were drafted."""
    refuse_strange_words(request, "state", "after", "limit")
    asked = select(Batch).where(Batch.office_id == program.office_id)
    if state is not None:
        asked = asked.where(Batch.state == state)
    with desk.store.reading() as session:
        return page_of(session, "batches", asked, col(Batch.id), _line, after=after, limit=limit)


@router.get("/batches/{batch_id}")
def show_batch(batch_id: UUID, desk: DeskHere, program: BatchReader) -> dict[str, Any]:
    """One batch and what its rows count to."""
    with desk.store.reading() as session:
        return batch_shape(session, _find(session, program, batch_id))


@router.get("/batches/{batch_id}/notices")
def list_notices(batch_id: UUID, desk: DeskHere, program: BatchReader) -> dict[str, Any]:
    """Every notice of a batch with its attempts; all states together are what was planned."""
    with desk.store.reading() as session:
        return {"notices": list(notice_lines(session, _find(session, program, batch_id)))}


@router.get("/receipts")
def list_receipts(
    request: Request,
    desk: DeskHere,
    program: ReceiptReader,
    after: After = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """The vendors' words on our notices, in the order in which they came."""
    refuse_strange_words(request, "after", "limit")
    asked = (
        select(Receipt)
        .join(Notice, col(Notice.id) == Receipt.notice_id)
        .join(Batch, col(Batch.id) == Notice.batch_id)
        .where(Batch.office_id == program.office_id)
    )
    with desk.store.reading() as session:
        return page_of(
            session, "receipts", asked, col(Receipt.id), _receipt, after=after, limit=limit
        )


def _find(session: Session, program: Program, batch_id: UUID) -> Batch:
    batch = session.get(Batch, batch_id)
    if batch is None or batch.office_id != program.office_id:
        raise Told(404, "not_found", "没有这个批次", "batch_id")
    return batch


def _line(batch: Batch) -> dict[str, Any]:
    return {
        "id": str(batch.id),
        "policy": str(batch.policy_id),
        "kind": batch.kind.value,
        "state": batch.state.value,
        "send_after": batch.send_after.isoformat(),
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "id": str(receipt.id),
        "notice": str(receipt.notice_id),
        "outcome": receipt.outcome.value,
        "code": receipt.code,
        "at": receipt.at.isoformat(),
    }
