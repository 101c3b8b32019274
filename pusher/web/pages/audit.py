"""Who did what, for auditors; and whether the chain of entries is whole."""

from fastapi import APIRouter, Request, Response
from sqlalchemy import func
from sqlmodel import col, select

from pusher import audit
from pusher.model.staff import AuditEntry
from pusher.web.desk import DeskHere
from pusher.web.gate import Auditor
from pusher.web.layout import show
from pusher.web.paging import PAGE, Listing, listing, page_number

router = APIRouter()


@router.get("/audit")
def audit_page(request: Request, desk: DeskHere, who: Auditor) -> Response:
    """The newest entries first."""
    page = page_number(request)
    with desk.store.reading() as session:
        total = session.exec(select(func.count()).select_from(AuditEntry)).one()
        rows = session.exec(
            select(AuditEntry)
            .order_by(col(AuditEntry.number).desc())
            .offset((page - 1) * PAGE)
            .limit(PAGE)
        ).all()
    entries = listing(rows, total, page=page, path="/audit", asked={})
    return show(request, desk, who, "audit.html", entries=entries, breaks=None)


@router.post("/audit/verify")
def verify_chain(request: Request, desk: DeskHere, who: Auditor) -> Response:
    """Check the whole chain, also against the heads that were kept, and say what was found."""
    with desk.store.writing() as session:
        audit.note(session, "audit.verify", about=("audit", "chain"), by=who.number, now=desk.now())
    with desk.store.reading() as session:
        breaks = audit.verify(session, audit.kept_heads(desk.settings.home))
        total = session.exec(select(func.count()).select_from(AuditEntry)).one()
    entries: Listing[AuditEntry] = listing([], total, page=1, path="/audit", asked={})
    return show(request, desk, who, "audit.html", entries=entries, breaks=breaks)
