"""The leaflet of a policy, as a page and as PDF, and the poster for a notice board."""

import base64
import hashlib
import re
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from pusher.paper.sheets import leaflet_pdf, poster_pdf
from pusher.sending.leaflet import Sheet, leaflet, sheet_of
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import asked, bare_name
from pusher.web.gate import Walking
from pusher.web.outside import POLICY
from pusher.web.pages.policies import find_policy
from pusher.web.session import SignedIn

router = APIRouter()


@router.get("/leaflets/{policy_id}")
def leaflet_page(policy_id: UUID, request: Request, desk: DeskHere, who: Walking) -> Response:
    """The one-page leaflet of a policy, ready to print."""
    with desk.store.reading() as session:
        policy = find_policy(session, who, policy_id)
        page = leaflet(session, policy, community=_community(request), now=desk.now())
    return HTMLResponse(page, headers={"content-security-policy": _with_own_style(page)})


@router.get("/leaflets/{policy_id}/pdf")
def leaflet_as_pdf(policy_id: UUID, request: Request, desk: DeskHere, who: Walking) -> Response:
    """The same leaflet as PDF."""
    sheet = _sheet(request, desk, who, policy_id)
    return pdf(leaflet_pdf(sheet, day=desk.now().date()), f"明白纸-{sheet.title}")


@router.get("/leaflets/{policy_id}/poster")
def poster_as_pdf(policy_id: UUID, request: Request, desk: DeskHere, who: Walking) -> Response:
    """The poster for a notice board, as PDF."""
    sheet = _sheet(request, desk, who, policy_id)
    return pdf(poster_pdf(sheet, day=desk.now().date()), f"张贴-{sheet.title}")


def pdf(content: bytes, name: str) -> Response:
    """A PDF to be saved and printed under *name*."""
    named = quote(f"{bare_name(name)}.pdf")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{named}"}
    return Response(content, media_type="application/pdf", headers=headers)


def _sheet(request: Request, desk: Desk, who: SignedIn, policy_id: UUID) -> Sheet:
    with desk.store.reading() as session:
        policy = find_policy(session, who, policy_id)
        return sheet_of(session, policy, community=_community(request), now=desk.now())


def _community(request: Request) -> str | None:
    return asked(request, "community")["community"] or None


def _with_own_style(page: str) -> str:
    """The page's own style sheet is let in by its hash, and nothing else."""
    styles = re.findall(r"<style>([^<]*)</style>", page)
    digests = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in styles]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return POLICY.replace("style-src 'self'", f"style-src 'self' {allowed}".rstrip())
