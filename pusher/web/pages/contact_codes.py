"""A code to a number in doubt: sent while its owner is on the phone, and read back."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from profiles.model import Profile
from profiles.shown import shown_address, shown_name
from pusher.listening.codes import NoCode, check_code, good_code, read_code
from pusher.listening.contacts import find_contact
from pusher.listening.tries import Verdict
from pusher.model.errors import NotFound, Unwilling
from pusher.model.notice import AttemptResult
from pusher.sending.code import send_code
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Clerk
from pusher.web.layout import go, show
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter()


@router.post("/contacts/{contact_id}/code")
def send(
    contact_id: UUID, request: Request, desk: DeskHere, who: Clerk, _form: StaffForm
) -> Response:
    """Send a code and ask for it."""
    fields = Fields.empty()
    with fields.heeding():
        send_code(
            desk.store,
            desk.gateways,
            contact_id,
            office_id=who.office_id,
            settings=desk.settings,
            by=who.number,
            now=desk.now(),
        )
    if fields.errors:
        return _show(request, desk, who, contact_id, fields, status=409)
    return go(f"/contacts/{contact_id}/code", desk=desk)


@router.get("/contacts/{contact_id}/code")
def code_page(contact_id: UUID, request: Request, desk: DeskHere, who: Clerk) -> Response:
    """What to say on the phone, and where to write what is read back."""
    return _show(request, desk, who, contact_id, Fields.empty())


@router.post("/contacts/{contact_id}/code/check")
def check(
    contact_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Hold what was read back against what was sent."""
    fields = Fields(form)
    try:
        code = read_code(fields.typed("code"))
        with desk.store.writing() as session:
            contact = find_contact(session, contact_id, office_id=who.office_id)
            checked = check_code(session, contact, code, by=who.number, now=desk.now())
    except NotFound:
        raise
    except Unwilling as why_not:
        fields.errors["code" if isinstance(why_not, NoCode) else "main"] = str(why_not)
        return _show(request, desk, who, contact_id, fields, status=422)
    if checked.verdict is Verdict.RIGHT:
        return go("/contacts", desk=desk, said=checked.said)
    fields.errors["code" if checked.left else "main"] = checked.said
    return _show(request, desk, who, contact_id, fields, status=422)


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    contact_id: UUID,
    fields: Fields,
    *,
    status: int = 200,
) -> Response:
    with desk.store.reading() as session:
        contact = find_contact(session, contact_id, office_id=who.office_id)
        person = session.get_one(Profile, contact.profile_id)
        sent = good_code(session, contact.id, now=desk.now())
        name = shown_name(session, person)
        address = shown_address(session, contact)
    return show(
        request,
        desk,
        who,
        "contact_code.html",
        status=status,
        fields=fields,
        contact=contact,
        name=name,
        address=address,
        until=sent.until if sent else None,
        unsure=sent is not None and sent.result is not AttemptResult.ACCEPTED,
    )
