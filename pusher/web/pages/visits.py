"""The offline list: whose door to walk to, how it went, and the set of paper for a community."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from profiles.identity import masked_name
from profiles.model import Office
from pusher.listening.visits import Door, tick, visit_list
from pusher.model.batch import Batch, Visit, VisitState
from pusher.model.errors import NotFound
from pusher.model.staff import Role
from pusher.paper.walk import note_print, waiting, walk_pdf
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, asked
from pusher.web.gate import Ticker, Walking
from pusher.web.layout import go, show
from pusher.web.looks import note_page_look
from pusher.web.pages.leaflets import pdf
from pusher.web.paging import PAGE, listing, page_number
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.streets import streets_of

router = APIRouter()

_WALKING = frozenset({Role.CLERK, Role.COMMUNITY})
"""Who walks to the doors, or sends somebody, must know the names."""


_THEIRS = {"yes": True, "no": False}
"""What was said at the door of an address in doubt; anything else: nobody asked."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The doors of one community, in the order of the list.

    Attributes:
        set: where its paper is printed; None: nobody waits, or the community is not known.
    """

    street: str
    community: str
    doors: Sequence[Door]
    set: str | None


@router.get("/visits")
def visits_page(request: Request, desk: DeskHere, who: Walking) -> Response:
    """The list, by street and community; what is still to do comes first."""
    return _show(request, desk, who, Fields.empty())


@router.post("/visits/{visit_id}")
def tick_visit(
    visit_id: UUID, request: Request, desk: DeskHere, who: Ticker, form: StaffForm
) -> Response:
    """Write down that somebody was told, or not met."""
    fields = Fields(form)
    done = fields.typed("met") == "yes"
    theirs = _THEIRS.get(fields.typed("theirs"))
    remark = fields.text("remark", "备注", most=200, needed=False)
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    with fields.heeding(), desk.store.writing() as session:
        visit = _find(session, who, visit_id)
        tick(
            session, visit, done=done, by=who.number, now=desk.now(), remark=remark,
            theirs=theirs,
        )  # fmt: skip
    if fields.errors:
        return _show(request, desk, who, fields, status=409)
    said = "已登记送达。" if done else "已登记未遇到人，之后再去。"
    return go(_back(fields.typed("back")), desk=desk, said=said)


@router.get("/visits/paper")
def community_set(request: Request, desk: DeskHere, who: Walking) -> Response:
    """What a community worker takes along: cover, leaflets, list of doors, in one PDF."""
    wanted = asked(request, "street", "community", "batch")
    if not wanted["community"]:
        raise NotFound("没有写明社区")
    with desk.store.reading() as session:
        # the names that the page would show to whoever asks
        doors = waiting(
            _doors(session, who, {**wanted, "state": ""}, desk.now().date()),
            community=wanted["community"],
            street=wanted["street"],
        )
        office = session.get_one(Office, who.office_id)
        content = walk_pdf(session, office, doors, now=desk.now(), say=_why(desk))
    if who.role in _WALKING:
        note_page_look(desk, who, [door.profile_id for door in doors], at="visits")
        with desk.store.writing() as session:
            note_print(session, doors, by=who.number, now=desk.now())
    return pdf(content, f"{wanted['community']}-上门明白纸")


def _why(desk: Desk) -> Callable[[str], str]:
    """Why somebody is walked to, in the console's words."""
    words: Any = desk.pages.get_template("console/_words.html").module
    return lambda code: str(words.because_name.get(code, code))


def _show(
    request: Request, desk: Desk, who: SignedIn, fields: Fields, *, status: int = 200
) -> Response:
    wanted = asked(request, "street", "batch", "state")
    with desk.store.reading() as session:
        streets = streets_of(session, who)
        doors = _doors(session, who, wanted, desk.now().date())
    page = page_number(request)
    rows = doors[(page - 1) * PAGE : page * PAGE]
    if who.role in _WALKING:
        note_page_look(desk, who, [door.profile_id for door in rows], at="visits")
    shown = listing(rows, len(doors), page=page, path="/visits", asked=wanted)
    return show(
        request,
        desk,
        who,
        "visits.html",
        status=status,
        neighbourhoods=_by_neighbourhood(rows, wanted["batch"]),
        rows=shown,
        waiting=sum(door.state is not VisitState.DONE for door in doors),
        asked=wanted,
        streets=streets,
        states=list(VisitState),
        fields=fields,
        may_tick=who.role in _WALKING,
        back=str(request.url.query),
    )


def _doors(session: Session, who: SignedIn, wanted: Mapping[str, str], today: date) -> list[Door]:
    batch = _batch(session, who, wanted["batch"])
    doors = visit_list(
        session,
        street=wanted["street"] or None,
        batch=batch,
        office_id=who.office_id,
        streets=who.streets,
        today=today,
    )
    if wanted["state"] in list(VisitState):
        doors = [door for door in doors if door.state == wanted["state"]]
    if who.role in _WALKING:
        return doors
    # who does not walk there need not know the name
    return [replace(door, name=masked_name(door.name)) for door in doors]


def _batch(session: Session, who: SignedIn, text: str) -> Batch | None:
    if not text:
        return None
    try:
        batch = session.get(Batch, UUID(text))
    except ValueError:
        batch = None
    if batch is None or batch.office_id != who.office_id:
        raise NotFound("没有这个批次")
    return batch


def _by_neighbourhood(doors: Sequence[Door], batch: str) -> list[Neighbourhood]:
    found: dict[tuple[str, str], list[Door]] = {}
    for door in doors:
        place = (door.street or "未登记街道", door.community or "未登记社区")
        found.setdefault(place, []).append(door)
    return [Neighbourhood(*place, rows, _set_of(rows, batch)) for place, rows in found.items()]


def _set_of(doors: Sequence[Door], batch: str) -> str | None:
    """Where the paper of the community of *doors* is printed."""
    community, street = doors[0].community, doors[0].street_code or ""
    if not community or all(door.state is VisitState.DONE for door in doors):
        return None
    asked_for = {"street": street, "community": community, "batch": batch}
    return f"/visits/paper?{urlencode({name: v for name, v in asked_for.items() if v})}"


def _find(session: Session, who: SignedIn, visit_id: UUID) -> Visit:
    visit = session.get(Visit, visit_id)
    batch = session.get(Batch, visit.batch_id) if visit else None
    theirs = visit is not None and (who.streets is None or visit.street_code in who.streets)
    if visit is None or batch is None or not theirs or batch.office_id != who.office_id:
        raise NotFound("没有这次上门")
    return visit


def _back(query: str) -> str:
    """The same list again; only a query of plain characters is taken."""
    return f"/visits?{query}" if re.fullmatch(r"[\w=&.-]{1,200}", query, re.ASCII) else "/visits"
