"""The original beside what was understood of it, corrections, and what changed between versions."""

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import col, select

from pusher.model.errors import NotFound, Unwilling
from pusher.model.policy import Policy, PolicyState
from pusher.model.source import PolicyCorrection, PolicyOriginal
from pusher.model.staff import Role
from pusher.reading.correct import FIELDS, BadCorrection, correct, settle_doubts
from pusher.reading.refusals import Unreadable
from pusher.reading.related import family, told
from pusher.reading.versions import changes
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Clerk, Looking
from pusher.web.layout import go, show
from pusher.web.pages.policies import find_policy
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter()
_EDITABLE = (PolicyState.READ, PolicyState.CONFIRMED)
_MOST_PICTURES = 30


@router.get("/policies/{policy_id}/source")
def source_page(policy_id: UUID, request: Request, desk: DeskHere, who: Looking) -> Response:
    """The original, and every field with the place it came from."""
    return _show(request, desk, who, policy_id, Fields.empty())


@router.post("/policies/{policy_id}/source")
def correct_policy(
    policy_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Keep what staff wrote anew; what is left alone counts as looked at."""
    fields = Fields(form)
    given = {name: fields.typed(name) for name in FIELDS if name in form}
    try:
        with desk.store.writing() as session:
            policy = find_policy(session, who, policy_id)
            changed = correct(session, policy, given, by=who.number, now=desk.now())
            settle_doubts(session, policy, by=who.number, now=desk.now())
    except BadCorrection as why_not:
        fields.errors[why_not.field] = str(why_not)
        return _show(request, desk, who, policy_id, fields, status=422)
    except NotFound:
        raise
    except Unwilling as why_not:
        fields.errors["title"] = str(why_not)
        return _show(request, desk, who, policy_id, fields, status=409)
    said = "已更正：" + "、".join(FIELDS[name].label for name in changed) + "。" if changed else ""
    return go(f"/policies/{policy_id}", desk=desk, said=said or "已核对，没有改动。")


@router.get("/policies/{policy_id}/original")
def original_file(policy_id: UUID, desk: DeskHere, who: Looking) -> Response:
    """The file as it came, to be saved and not to be opened in the browser."""
    original = _original(desk, who, policy_id)
    if original is None:
        raise NotFound("没有保存原文件")
    name = original.name.rsplit("/", 1)[-1] or "原文件"
    if "." not in name:
        name = f"{name}.{'txt' if original.kind == 'text' else original.kind}"
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(original.content, media_type="application/octet-stream", headers=headers)


@router.get("/policies/{policy_id}/original/{number}.png")
def original_picture(policy_id: UUID, number: int, desk: DeskHere, who: Looking) -> Response:
    """One page of a PDF as a picture."""
    original = _original(desk, who, policy_id)
    if original is None or original.kind != "pdf" or not 0 < number <= 1000:
        raise NotFound("没有这一页")
    try:
        picture = desk.reader.picture(original.content, number)
    except Unreadable as why_not:
        raise NotFound(str(why_not)) from None
    return Response(picture, media_type="image/png")


@router.get("/policies/{policy_id}/changes")
def changes_page(policy_id: UUID, request: Request, desk: DeskHere, who: Looking) -> Response:
    """What changed from the version before, and who was told of that one."""
    with desk.store.reading() as session:
        policy = find_policy(session, who, policy_id)
        versions = family(session, policy)
        before = next((one for one in reversed(versions) if one.version < policy.version), None)
        if before is None:
            raise NotFound("这是第一版")
        tellings = told(session, before)
    compared = changes(before.body, policy.body)
    return show(
        request, desk, who, "changes.html", policy=policy, before=before, tellings=tellings,
        changes=compared, changed=sum(one.how != "same" for one in compared),
    )  # fmt: skip


def _show(
    request: Request, desk: Desk, who: SignedIn, policy_id: UUID, fields: Fields, *,
    status: int = 200,
) -> Response:  # fmt: skip
    with desk.store.reading() as session:
        policy = find_policy(session, who, policy_id)
        original = session.get(PolicyOriginal, policy.id)
        corrections = session.exec(
            select(PolicyCorrection)
            .where(col(PolicyCorrection.policy_id) == policy.id)
            .order_by(col(PolicyCorrection.at))
        ).all()
    html, pages = _rendition(desk, original)
    return show(
        request, desk, who, "source.html", status=status, policy=policy, original=original,
        html=html, pages=pages, corrections=corrections, known=FIELDS, fields=fields,
        may_edit=who.role is Role.CLERK and policy.state in _EDITABLE,
        value=lambda name: _value(policy, fields, name),
    )  # fmt: skip


def _value(policy: Policy, fields: Fields, name: str) -> str:
    typed = fields.typed(name)
    value = getattr(policy, name)
    return typed or ("" if value is None else str(value))


def _original(desk: Desk, who: SignedIn, policy_id: UUID) -> PolicyOriginal | None:
    with desk.store.reading() as session:
        return session.get(PolicyOriginal, find_policy(session, who, policy_id).id)


def _rendition(desk: Desk, original: PolicyOriginal | None) -> tuple[str | None, range]:
    """The cleaned page of a site, or the numbers of the pages of a PDF."""
    if original is not None and original.kind == "html":
        try:
            return desk.reader.cleaned(original.content), range(0)
        except Unreadable:
            return None, range(0)
    if original is not None and original.kind == "pdf":
        try:
            count = desk.reader.read(original.content, original.name).pages or 0
        except Unreadable:
            count = 0
        return None, range(1, min(count, _MOST_PICTURES) + 1)
    return None, range(0)
