"""Signing up: who comes, the notice they agree to, what they wish to hear of."""

from typing import Final

from fastapi import APIRouter, BackgroundTasks, Request, Response

from profiles.model import Pace, ProfileKind
from pusher.listening.sign_up import Wish
from pusher.model.errors import NotFound
from pusher.model.public import Purpose
from pusher.web.citizen import Visitor, show_citizen
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.interests import NOTICE, interests, tags_of, versions
from pusher.web.join_fields import read_credit_code, read_number
from pusher.web.public_code import ask_for_code
from pusher.web.raw_body import PublicForm

router = APIRouter(prefix="/p")

_NAMES: Final = {ProfileKind.RESIDENT: "姓名", ProfileKind.ENTERPRISE: "单位全称"}


@router.get("/join")
def join_page(request: Request, desk: DeskHere, _: Visitor) -> Response:
    """Who comes: a resident, a firm, or somebody for another."""
    return show_citizen(request, desk, "join.html")


@router.get("/join/guardian")
def guardian_page(request: Request, desk: DeskHere, _: Visitor) -> Response:
    """Where whoever comes for a child or an old person is to go."""
    return show_citizen(request, desk, "guardian.html")


@router.get("/join/{kind}")
def join_form(kind: ProfileKind, request: Request, desk: DeskHere, _: Visitor) -> Response:
    """The empty form."""
    return _show(request, desk, kind, Fields.empty())


@router.post("/join/{kind}")
def join(
    kind: ProfileKind,
    request: Request,
    desk: DeskHere,
    _: Visitor,
    form: PublicForm,
    after: BackgroundTasks,
) -> Response:
    """Check what was typed and send a code; the answer is the same whoever is known here."""
    fields = Fields(form)
    wish = _read(kind, fields)
    if fields.sound:
        with fields.heeding():
            return ask_for_code(
                request, desk, after, Purpose.JOIN, phone=wish.phone, typed=wish.put_by()
            )
    return _show(request, desk, kind, fields, status=422)


@router.get("/notice/{version}")
def notice_page(version: str, request: Request, desk: DeskHere, _: Visitor) -> Response:
    """A version of the notice, also one that is no longer agreed to."""
    if version not in versions():
        raise NotFound("没有这一版告知书")
    return show_citizen(request, desk, "notice.html", version=version, current=NOTICE)


def _read(kind: ProfileKind, fields: Fields) -> Wish:
    """What the form says; whatever is wrong is kept in *fields*."""
    name = fields.text("name", _NAMES[kind], most=60)
    code = read_credit_code(fields) if kind is ProfileKind.ENTERPRISE else ""
    phone = read_number(fields)
    if kind is ProfileKind.RESIDENT and not fields.ticked("age"):
        fields.errors["age"] = "请确认已满14周岁；不满14周岁的，请监护人到社区登记"
    keys = fields.choices("tags", "关注的事", (one.key for one in interests()[kind]))
    pace = fields.choice("pace", "多久告诉您一次", Pace)
    if not fields.ticked("agree"):
        fields.errors["agree"] = "请看过告知书并勾选同意，才能登记"
    return Wish(
        kind=kind, phone=phone, name=name, credit_code=code, tags=tags_of(kind, keys), pace=pace,
        sensitive=fields.ticked("sensitive"), text_version=NOTICE,
    )  # fmt: skip


def _show(
    request: Request, desk: Desk, kind: ProfileKind, fields: Fields, *, status: int = 200
) -> Response:
    return show_citizen(
        request, desk, "join_form.html", status=status, kind=kind.value, fields=fields,
        name_label=_NAMES[kind], interests=interests()[kind], version=NOTICE,
    )  # fmt: skip
