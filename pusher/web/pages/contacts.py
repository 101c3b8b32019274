"""Addresses that may be a stranger's by now: confirmed as theirs, or ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response

from profiles.model import Channel, Doubt
from profiles.shown import shown_address, shown_name
from profiles.signs import to_confirm
from pusher.listening.contacts import WAYS, find_contact, settle_contact
from pusher.model.staff import Role
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Clerk, Looking
from pusher.web.layout import go, show
from pusher.web.paging import PAGE, listing, page_number
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.streets import streets_of

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """One address in doubt, masked.

    Attributes:
        doubt: None: twelve months without a sign.
        since: when it was doubted, or the last sign of it.
    """

    id: UUID
    profile_id: UUID
    name: str
    street: str
    channel: Channel
    address: str
    doubt: Doubt | None
    since: datetime


@router.get("/contacts")
def contacts_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """What is to be confirmed, the newest doubts first."""
    return _show(request, desk, who, Fields.empty())


@router.post("/contacts/{contact_id}")
def settle(
    contact_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Write down whose an address turned out to be."""
    fields = Fields(form)
    theirs = fields.typed("theirs") == "yes"
    way = fields.typed("way")
    if way not in WAYS:
        fields.errors["main"] = f"请选择怎么核实的：{'、'.join(WAYS)}"
        return _show(request, desk, who, fields, status=422)
    with fields.heeding(), desk.store.writing() as session:
        contact = find_contact(session, contact_id, office_id=who.office_id)
        settle_contact(session, contact, theirs=theirs, by=who.number, now=desk.now(), way=way)
    if fields.errors:
        return _show(request, desk, who, fields, status=409)
    said = "已核实是本人的，恢复正常发送。" if theirs else "已停用这个号码，不再发送。"
    return go("/contacts", desk=desk, said=said)


def _show(
    request: Request, desk: Desk, who: SignedIn, fields: Fields, *, status: int = 200
) -> Response:
    page = page_number(request)
    with desk.store.reading() as session:
        streets = streets_of(session, who)
        found = to_confirm(session, who.office_id, day=desk.now().date())
        lines = [
            Line(
                contact.id,
                person.id,
                shown_name(session, person),
                streets.get(person.street_code or "", "街道不详"),
                contact.channel,
                shown_address(session, contact),
                contact.doubt,
                contact.doubted_at or contact.sign_at or contact.added_at,
            )
            for contact, person in found[(page - 1) * PAGE : page * PAGE]
        ]
    return show(
        request,
        desk,
        who,
        "contacts.html",
        status=status,
        fields=fields,
        lines=listing(lines, len(found), page=page, path="/contacts", asked={}),
        total=len(found),
        ways=WAYS,
        may_settle=who.role is Role.CLERK,
    )
