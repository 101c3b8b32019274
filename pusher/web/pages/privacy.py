"""What a person may ask of the office about themselves: a copy, and to be forgotten.

Both stand on a page of their own, a step away from the profile, and ask how the office knew that
it was the person who asked.
"""

import json
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import func
from sqlmodel import col, select

from profiles.model import EndReason
from profiles.shown import shown_name, shown_number
from pusher.listening.rights import done_by_act, requests_of, words_of
from pusher.model.notice import Notice, NoticeState
from pusher.model.rights import Right
from pusher.privacy.copy import export
from pusher.privacy.forget import forget
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Sender
from pusher.web.layout import go, show
from pusher.web.pages.profiles import find_profile
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter()


@router.get("/profiles/{profile_id}/rights")
def rights_page(profile_id: UUID, request: Request, desk: DeskHere, who: Sender) -> Response:
    """What they may ask for, and what each would do."""
    return _show(request, desk, who, profile_id, Fields.empty())


@router.post("/profiles/{profile_id}/copy")
def hand_out_copy(
    profile_id: UUID, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """Everything that is kept about them, as a file; the reason is asked for and kept."""
    fields = Fields(form)
    reason = fields.text("copy", "怎么核实是本人的", most=200)
    if not fields.sound:
        return _show(request, desk, who, profile_id, fields, status=422)
    now = desk.now()
    with desk.store.writing() as session:
        profile = find_profile(session, who, profile_id)
        document = export(session, profile, by=who.number, now=now, reason=reason)
        done_by_act(session, profile.id, Right.COPY, by=who.number, now=now)
    text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    name = quote(f"个人信息副本-{now:%Y%m%d}.json")
    return Response(
        text,
        media_type="application/json; charset=utf-8",
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.post("/profiles/{profile_id}/forget")
def forget_profile(
    profile_id: UUID, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """Empty everything that tells of them, for good."""
    fields = Fields(form)
    reason = fields.text("forget", "怎么核实是本人的", most=200)
    if not fields.ticked("sure"):
        fields.errors["sure"] = "请勾选，表示知道删除后不能恢复"
    if not fields.sound:
        return _show(request, desk, who, profile_id, fields, status=422)
    with desk.store.writing() as session:
        profile = find_profile(session, who, profile_id)
        done = forget(session, profile, by=who.number, now=desk.now(), reason=reason)
        done_by_act(session, profile.id, Right.FORGET, by=who.number, now=desk.now())
    waits = f"；{done.waiting} 条正等待发送结果，有结果后自动清空" if done.waiting else ""
    said = f"资料已删除；{done.withheld} 条未发的通知不再发送{waits}。"
    return go(f"/profiles/{profile_id}", desk=desk, said=said)


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    profile_id: UUID,
    fields: Fields,
    *,
    status: int = 200,
) -> Response:
    with desk.store.reading() as session:
        profile = find_profile(session, who, profile_id)
        unsent = session.exec(
            select(func.count())
            .select_from(Notice)
            .where(Notice.profile_id == profile_id, col(Notice.state) == NoticeState.DRAFTED)
        ).one()
        wanted = requests_of(session, profile_id)
        seen = {
            "wanted": [(one, words_of(session, one)) for one in wanted if one.done_at is None],
            "name": shown_name(session, profile),
            "number": shown_number(session, profile),
        }
    return show(
        request,
        desk,
        who,
        "rights.html",
        status=status,
        profile=profile,
        fields=fields,
        unsent=unsent,
        forgotten=profile.ended_reason is EndReason.ERASED,
        **seen,
    )
