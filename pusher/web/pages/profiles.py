"""Profiles: find one by its whole name or number; what is known, agreed, sent, and why or why not.

What is searched for travels in a form, never in an address: addresses are kept in logs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from profiles.consent import lift, opt_out
from profiles.dossier import find
from profiles.model import Channel, Contact, OptOut, Profile, ProfileKind
from profiles.shown import shown_name, shown_number
from pusher import audit
from pusher.matching.explain import Explanation, explain
from pusher.model.errors import NotFound, Unwilling
from pusher.model.policy import Policy
from pusher.model.staff import AuditEntry, Role
from pusher.reading.taxonomy import taxonomy
from pusher.sending.wording import GATEWAYS, LINKED
from pusher.web.concerns import concerns
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Clerk, Looking, Sender
from pusher.web.layout import go, show
from pusher.web.looks import note_page_look
from pusher.web.profile_sheet import opt_outs_about, read_sheet
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.streets import streets_of

router = APIRouter()

MOST_FOUND = 50
WAYS = ("电话", "窗口", "社区转告", "书面")
"""How somebody may have told the office; the clerk picks one."""
_OF_PROFILE = (
    *("profile.reveal", "profile.opt_out", "profile.lift"),
    *("privacy.export", "privacy.forget"),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of what a search found, masked."""

    profile: Profile
    name: str
    number: str
    street: str


@router.get("/profiles")
def profiles_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """The search, and how many profiles there are."""
    return _show_search(request, desk, who, Fields.empty(), [])


@router.post("/profiles")
def find_profiles(request: Request, desk: DeskHere, who: Looking, form: StaffForm) -> Response:
    """Find by a whole name, resident number, credit code or phone; one alone is opened."""
    fields = Fields(form)
    words = fields.text("words", "姓名、名称或号码", most=120)
    hits: list[Hit] = []
    if fields.sound:
        with desk.store.reading() as session:
            streets = streets_of(session, who)
            found = [p for p in find(session, words) if p.office_id == who.office_id]
            hits = [
                Hit(
                    profile,
                    shown_name(session, profile),
                    shown_number(session, profile),
                    streets.get(profile.street_code or "", "未登记街道"),
                )
                for profile in found[:MOST_FOUND]
            ]
    if len(hits) == 1:
        return go(f"/profiles/{hits[0].profile.id}", desk=desk)
    return _show_search(request, desk, who, fields, hits, status=200 if fields.sound else 422)


@router.get("/profiles/{profile_id}")
def profile_page(profile_id: UUID, request: Request, desk: DeskHere, who: Looking) -> Response:
    """One profile, masked; with ``?policy=`` also why that policy is or is not for it."""
    return _show(request, desk, who, profile_id, Fields.empty())


@router.post("/profiles/{profile_id}/reveal")
def reveal_profile(
    profile_id: UUID, request: Request, desk: DeskHere, who: Sender, form: StaffForm
) -> Response:
    """Show it unmasked this once; the reason is asked for and kept."""
    fields = Fields(form)
    reason = fields.text("reveal", "查看理由", most=200)
    if not fields.sound:
        return _show(request, desk, who, profile_id, fields, status=422)
    with desk.store.writing() as session:
        profile = find_profile(session, who, profile_id)
        _note(session, desk, who, "profile.reveal", profile, reason=reason)
    return _show(request, desk, who, profile_id, fields, unmasked=True)


@router.post("/profiles/{profile_id}/opt-outs")
def say_opt_out(
    profile_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Write down that somebody told the office to be silent; it binds from now on."""
    fields = Fields(form)
    way = fields.choices("way", "怎么说的", WAYS)
    channel = fields.choice("channel", "渠道", Channel) if fields.typed("channel") else None
    if not fields.sound:
        return _show(request, desk, who, profile_id, fields, status=422)
    with desk.store.writing() as session:
        profile = find_profile(session, who, profile_id)
        opt_out(session, profile_id=profile.id, channel=channel, how=way[0], now=desk.now())
        _note(session, desk, who, "profile.opt_out", profile, channel=channel or "all", way=way[0])
    return go(f"/profiles/{profile_id}#agreed", desk=desk, said="已登记退订，从现在起不再发送。")


@router.post("/profiles/{profile_id}/opt-outs/{opt_out_id}/lift")
def lift_opt_out(
    profile_id: UUID,
    opt_out_id: UUID,
    request: Request,
    desk: DeskHere,
    who: Clerk,
    form: StaffForm,
) -> Response:
    """End an opt-out, because the person asked to hear again; how they asked is kept."""
    fields = Fields(form)
    remark = fields.text("remark", "本人怎么要求的", most=200)
    if not fields.sound:
        return _show(request, desk, who, profile_id, fields, status=422)
    with desk.store.writing() as session:
        profile = find_profile(session, who, profile_id)
        said = session.get(OptOut, opt_out_id)
        if said is None or said not in opt_outs_about(session, profile):
            raise NotFound("没有这条退订")
        lift(session, said, now=desk.now())
        _note(session, desk, who, "profile.lift", profile, reason=remark)
    return go(f"/profiles/{profile_id}#agreed", desk=desk, said="已恢复接收。")


def find_profile(session: Session, who: SignedIn, profile_id: UUID) -> Profile:
    """A profile of this office.

    Raises:
        NotFound: none, or another office's.
    """
    profile = session.get(Profile, profile_id)
    if profile is None or profile.office_id != who.office_id:
        raise NotFound("没有这份档案")
    return profile


def _note(
    session: Session, desk: Desk, who: SignedIn, act: str, profile: Profile, **detail: Any
) -> None:
    audit.note(session, act, about=("profile", profile.id), by=who.number, now=desk.now(), **detail)


def _show_search(
    request: Request,
    desk: Desk,
    who: SignedIn,
    fields: Fields,
    hits: Sequence[Hit],
    *,
    status: int = 200,
) -> Response:
    with desk.store.reading() as session:
        counted = _counted(session, who)
    return show(
        request,
        desk,
        who,
        "profiles.html",
        status=status,
        fields=fields,
        hits=hits,
        searched=fields.sound and fields.ticked("words"),
        counted=counted,
    )


def _counted(session: Session, who: SignedIn) -> dict[str, int]:
    rows = session.exec(
        select(Profile.kind, func.count())
        .where(col(Profile.office_id) == who.office_id, col(Profile.ended_on).is_(None))
        .group_by(col(Profile.kind))
    ).all()
    kinds = {str(kind): number for kind, number in rows}
    reached = session.exec(
        select(func.count(func.distinct(col(Contact.profile_id))))
        .join(Profile, col(Profile.id) == col(Contact.profile_id))
        .where(
            col(Profile.office_id) == who.office_id,
            col(Profile.ended_on).is_(None),
            col(Contact.ended_at).is_(None),
        )
    ).one()
    return {
        "residents": kinds.get(ProfileKind.RESIDENT.value, 0),
        "enterprises": kinds.get(ProfileKind.ENTERPRISE.value, 0),
        "reached": reached,
    }


def _show(
    request: Request,
    desk: Desk,
    who: SignedIn,
    profile_id: UUID,
    fields: Fields,
    *,
    status: int = 200,
    unmasked: bool = False,
) -> Response:
    today = desk.now().date()
    with desk.store.reading() as session:
        profile = find_profile(session, who, profile_id)
    note_page_look(desk, who, [profile_id], at="profile")
    with desk.store.reading() as session:
        asked = _asked_policy(session, who, request.query_params.get("policy", ""))
        seen = {
            "sheet": read_sheet(session, profile, unmasked=unmasked, today=today),
            "street": streets_of(session, who).get(profile.street_code or "", "未登记街道"),
            "concerns": concerns(session, profile, as_of=today),
            "asked": asked,
            "why": _why(session, asked, profile, today) if asked else None,
            "trail": _trail(session, profile),
        }
    return show(
        request,
        desk,
        who,
        "profile.html",
        status=status,
        profile=profile,
        fields=fields,
        unmasked=unmasked,
        may_reveal=who.may_unmask,
        may_edit=who.role is Role.CLERK,
        tags={code: tag.name for code, tag in taxonomy().items()},
        channels=list(Channel),
        bindable=[
            one
            for one in Channel
            if one in LINKED and any(name in desk.settings.gateways for name in GATEWAYS[one])
        ],
        ways=WAYS,
        **seen,
    )


def _asked_policy(session: Session, who: SignedIn, text: str) -> Policy | None:
    if not text:
        return None
    try:
        policy = session.get(Policy, UUID(text))
    except ValueError:
        policy = None
    if policy is None or policy.office_id != who.office_id:
        raise NotFound("没有这份政策")
    return policy


def _why(session: Session, policy: Policy, profile: Profile, today: date) -> Explanation | None:
    try:
        return explain(session, policy, profile, as_of=today)
    except Unwilling:
        return None


def _trail(session: Session, profile: Profile) -> list[AuditEntry]:
    return list(
        session.exec(
            select(AuditEntry)
            .where(
                col(AuditEntry.about) == f"profile:{profile.id}",
                col(AuditEntry.act).in_(_OF_PROFILE),
            )
            .order_by(col(AuditEntry.number).desc())
        )
    )
