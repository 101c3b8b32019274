"""Policies for other systems: list, look, hand in."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from pusher.model.policy import Policy, PolicyState
from pusher.reading.ingest import policy_shape
from pusher.reading.intake import take_in
from pusher.web.api.bearer import PolicyReader, PolicyWriter
from pusher.web.api.errors import Told
from pusher.web.api.once import Key, once
from pusher.web.api.paging import After, Limit, page_of, refuse_strange_words
from pusher.web.desk import DeskHere
from pusher.web.raw_body import Document

router = APIRouter(prefix="/api/v1/policies", tags=["policies"])


@router.get("")
def list_policies(
    request: Request,
    desk: DeskHere,
    program: PolicyReader,
    state: PolicyState | None = None,
    after: After = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Policies in the order in which they were read."""
    refuse_strange_words(request, "state", "after", "limit")
    asked = select(Policy).where(Policy.office_id == program.office_id)
    if state is not None:
        asked = asked.where(Policy.state == state)
    with desk.store.reading() as session:
        return page_of(session, "policies", asked, col(Policy.id), _line, after=after, limit=limit)


@router.get("/{policy_id}")
def show_policy(policy_id: UUID, desk: DeskHere, program: PolicyReader) -> dict[str, Any]:
    """One policy with its text, tags, rule and conditions."""
    with desk.store.reading() as session:
        policy = session.get(Policy, policy_id)
        if policy is None or policy.office_id != program.office_id:
            raise Told(404, "not_found", "没有这份政策", "policy_id")
        return policy_shape(session, policy)


@router.post("", status_code=201)
def hand_in(
    request: Request,
    desk: DeskHere,
    program: PolicyWriter,
    body: Document,
    name: Annotated[str, Query(min_length=1, max_length=200, description="文件名或网址")],
    key: Key = None,
) -> JSONResponse:
    """Read a document, sent as the body; the same bytes twice are one policy (200)."""
    refuse_strange_words(request, "name")

    def act() -> tuple[int, dict[str, Any]]:
        reading = desk.reading(program.office_id, program.by)
        taken = take_in(reading, body, name, now=desk.now())
        if taken.policy_id is None:
            raise Told(422, taken.code or "unreadable", taken.reason or "没有读成", "body")
        known = taken.outcome.value == "known"
        return 200 if known else 201, {"id": str(taken.policy_id), "outcome": taken.outcome.value}

    return once(desk, program, request, key=key, body=body, act=act)


def _line(policy: Policy) -> dict[str, Any]:
    return {
        "id": str(policy.id),
        "title": policy.title,
        "document_number": policy.document_number,
        "state": policy.state.value,
        "version": policy.version,
        "sha256": policy.sha256,
        "read_at": policy.read_at.isoformat(),
    }
