"""Batches: what would leave, for whom, why and at what cost; and releasing it by two people."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from pusher import audit
from pusher.failpoint import reach
from pusher.listening.feedback import disputed
from pusher.listening.report import report
from pusher.model.batch import Batch, BatchKind, BatchState
from pusher.model.errors import NotFound
from pusher.model.notice import Outcome, Reason
from pusher.model.policy import Policy
from pusher.model.staff import Role
from pusher.sending.limits import limits_of
from pusher.sending.preview import preview
from pusher.sending.review import approve, cancel, pause, policies_of, resume, send_back, submit
from pusher.sending.roll import Row, concerned, recipients
from pusher.web.batch_figures import counted, course, lines, share, shares, trail
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, asked
from pusher.web.gate import Clerk, Looking, Reviewer, Sender
from pusher.web.layout import go, show
from pusher.web.looks import note_page_look
from pusher.web.paging import PAGE, Listing, listing, page_number
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.streets import streets_of

router = APIRouter()

LIVE = (BatchState.APPROVED, BatchState.SENDING)
_STEPS = frozenset({"submit", "approve", "resume"})
"""Acts that the batch waits for."""
_VISITED = ("minor", "minor_consent", "came_of_age")
"""Why somebody walks there, besides the reasons that notices know."""


@router.get("/batches")
def batches_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """All batches, the newest first."""
    state = asked(request, "state")["state"]
    with desk.store.reading() as session:
        found = lines(session, who, state, page_number(request))
    return show(
        request, desk, who, "batches.html", lines=found, state=state, states=list(BatchState)
    )


@router.get("/batches/{batch_id}")
def batch_page(batch_id: UUID, request: Request, desk: DeskHere, who: Looking) -> Response:
    """One batch: everything that a person must see before it leaves, and what became of it."""
    return _show(request, desk, who, batch_id, Fields.empty())


@router.post("/batches/{batch_id}/submit")
def submit_batch(
    batch_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Freeze it and hand it to another person."""
    return _act(
        request, desk, who, batch_id, Fields(form), submit, said="已提交审核，请另一位同事批准。",
        interpretation_needed=desk.settings.interpretation_needed,
    )  # fmt: skip


@router.post("/batches/{batch_id}/send-back")
def send_back_batch(
    batch_id: UUID, request: Request, desk: DeskHere, who: Reviewer, form: StaffForm
) -> Response:
    """Return it to who drafted it."""
    fields = Fields(form)
    reason = fields.text("reason", "原因", most=200)
    return _act(request, desk, who, batch_id, fields, send_back, said="已退回经办。", reason=reason)


@router.post("/batches/{batch_id}/approve")
def approve_batch(
    batch_id: UUID, request: Request, desk: DeskHere, who: Reviewer, form: StaffForm
) -> Response:
    """Release exactly what the page showed."""
    fields = Fields(form)
    if not fields.ticked("seen"):
        fields.errors["seen"] = "请先看过内容、对象和费用，再勾选这一项"
    return _act(
        request,
        desk,
        who,
        batch_id,
        fields,
        approve,
        said="已批准，到时间自动发出。",
        shown=fields.typed("shown"),
        gateways=desk.settings.gateways,
        limits=limits_of(desk.settings),
    )


@router.post("/batches/{batch_id}/pause")
def pause_batch(
    batch_id: UUID, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """Hold it at once."""
    fields = Fields(form)
    reason = fields.text("reason", "原因", most=200)
    return _act(
        request,
        desk,
        who,
        batch_id,
        fields,
        pause,
        said="已暂停，没有发出的都停住了。",
        reason=reason,
    )


@router.post("/batches/{batch_id}/resume")
def resume_batch(
    batch_id: UUID, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """Let it go on."""
    return _act(request, desk, who, batch_id, Fields(form), resume, said="已恢复发送。")


@router.post("/batches/{batch_id}/cancel")
def cancel_batch(
    batch_id: UUID, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """End it; what has not left never will."""
    fields = Fields(form)
    reason = fields.text("reason", "原因", most=200)
    return _act(
        request,
        desk,
        who,
        batch_id,
        fields,
        cancel,
        said="已取消，没有发出的不会再发。",
        reason=reason,
    )


@router.post("/batches/{batch_id}/recipients")
def reveal_recipients(
    batch_id: UUID, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """Show one page of the roll unmasked; the reason is asked for and kept."""
    fields = Fields(form)
    reason = fields.text("reveal", "查看理由", most=200)
    if not fields.sound:
        return _show(request, desk, who, batch_id, fields, status=422)
    with desk.store.writing() as session:
        batch = find_batch(session, who, batch_id)
        audit.note(
            session,
            "batch.reveal",
            about=("batch", batch.id),
            by=who.number,
            now=desk.now(),
            reason=reason,
            page=page_number(request),
        )
    return _show(request, desk, who, batch_id, fields, unmasked=True)


def find_batch(session: Session, who: SignedIn, batch_id: UUID) -> Batch:
    """A batch of this office.

    Raises:
        NotFound: none, or another office's.
    """
    batch = session.get(Batch, batch_id)
    if batch is None or batch.office_id != who.office_id:
        raise NotFound("没有这个批次")
    return batch


def _act(
    request: Request,
    desk: Desk,
    who: SignedIn,
    batch_id: UUID,
    fields: Fields,
    verb: Callable[..., None],
    *,
    said: str,
    **given: Any,
) -> Response:
    """Do *verb* to the batch, or show its page again with why not."""
    if not fields.sound:
        return _show(request, desk, who, batch_id, fields, status=422)
    with fields.heeding(), desk.store.writing() as session:
        batch = find_batch(session, who, batch_id)
        verb(session, batch, by=who.number, now=desk.now(), **given)
    if fields.errors:
        return _show(request, desk, who, batch_id, fields, status=409)
    reach("K2")
    return go(f"/batches/{batch_id}", desk=desk, said=said)


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    batch_id: UUID,
    fields: Fields,
    *,
    status: int = 200,
    unmasked: bool = False,
) -> Response:
    wanted = asked(request, "street", "reason")
    page = page_number(request)
    with desk.store.reading() as session:
        batch = find_batch(session, who, batch_id)
        seen = _seen(session, desk, who, batch)
        rows = _rows(session, batch, wanted, page, unmasked=unmasked)
        people = concerned(session, [row.id for row in rows.rows]) if unmasked else []
        against = disputed(session, [row.id for row in rows.rows])
    note_page_look(desk, who, people, at="recipients")
    return show(
        request,
        desk,
        who,
        "batch.html",
        status=status,
        rows=rows,
        disputed=against,
        fields=fields,
        asked=wanted,
        # a page that reloads by itself throws readers out of their place: only who asks for it
        is_followed=seen["is_live"] and request.query_params.get("live") == "1",
        here_query=urlencode({**wanted, "page": str(page)}),
        unmasked=unmasked,
        **seen,
    )


def _seen(session: Session, desk: Desk, who: SignedIn, batch: Batch) -> dict[str, Any]:
    """Everything on the page but the roll."""
    may = _may(who, batch)
    told = report(session, batch=batch)
    arrived = told.by_outcome[Outcome.DELIVERED] + told.by_outcome[Outcome.READ]
    seen = preview(
        session, batch, desk.settings.gateways,
        interpretation_needed=desk.settings.interpretation_needed,
    )  # fmt: skip
    return {
        "batch": batch,
        "course": course(batch),
        "policy": session.get_one(Policy, batch.policy_id),
        "policies": policies_of(session, batch) if batch.kind is BatchKind.DIGEST else [],
        "preview": seen,
        "by_street": shares(seen.by_street),
        "by_decision": shares(seen.by_decision),
        "by_reason": shares(seen.by_reason),
        "visits_by_reason": shares(seen.visits_by_reason),
        "sms_prices": sorted({sample.price for sample in seen.samples if sample.segments}),
        "report": told,
        "arrived": share(arrived, sum(told.by_outcome.values()) - told.untold),
        "counted": counted(session, batch),
        "streets": streets_of(session, who),
        "trail": trail(session, batch),
        "reasons": [*(reason.value for reason in Reason), *_VISITED],
        "is_live": batch.state in LIVE,
        "is_own": batch.submitted_by == who.number,
        "may": may,
        "is_waiting": not may.isdisjoint(_STEPS),
        "may_act": bool(may - {"reveal"}),
    }


def _may(who: SignedIn, batch: Batch) -> frozenset[str]:
    """The acts that role and state allow; the verbs check again."""
    clerk, reviewer = who.role is Role.CLERK, who.role is Role.REVIEWER
    state = batch.state
    acts = {
        "submit": clerk and state is BatchState.DRAFT,
        "approve": reviewer and state is BatchState.IN_REVIEW and batch.submitted_by != who.number,
        "send_back": reviewer and state is BatchState.IN_REVIEW,
        "pause": (clerk or reviewer) and state in LIVE,
        "resume": (clerk or reviewer) and state is BatchState.PAUSED,
        "cancel": (clerk or reviewer)
        and state not in (BatchState.FINISHED, BatchState.CANCELLED, BatchState.LAPSED),
        "reveal": who.may_unmask,
    }
    return frozenset(act for act, allowed in acts.items() if allowed)


def _rows(
    session: Session, batch: Batch, wanted: Mapping[str, str], page: int, *, unmasked: bool
) -> Listing[Row]:
    rows = recipients(
        session,
        batch,
        unmasked=unmasked,
        offset=(page - 1) * PAGE,
        limit=PAGE + 1,
        street=wanted["street"] or None,
        reason=wanted["reason"] or None,
    )
    return listing(rows, None, page=page, path=f"/batches/{batch.id}", asked=wanted)
