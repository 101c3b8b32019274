"""Notice boards: a sheet is pinned up, photographed, and taken down when its days are over."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from profiles.ages import day_of
from pusher.listening.postings import (
    BOARD,
    communities,
    keep_photo,
    may_come_down,
    photo_of,
    posting_list,
    put_up,
    street_of,
    take_down,
)
from pusher.model.errors import NotFound
from pusher.model.policy import Policy, PolicyState
from pusher.model.posting import Posting
from pusher.model.staff import Role
from pusher.model.standing import Standing, standing
from pusher.reading.refusals import Unreadable
from pusher.sending.particulars import say_day
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, asked
from pusher.web.gate import Ticker, Walking
from pusher.web.layout import go, show
from pusher.web.pages.policies import find_policy
from pusher.web.paging import PAGE, listing, page_number
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.streets import streets_of

router = APIRouter()
HERE = "/visits/postings"
_PINNED = frozenset({Standing.OPEN, Standing.UPCOMING, Standing.DRAFT})
_TICKING = frozenset({Role.CLERK, Role.COMMUNITY})


@router.get(HERE)
def postings_page(request: Request, desk: DeskHere, who: Walking) -> Response:
    """The form, and what hangs where; what has to come down stands first."""
    return _show(request, desk, who, Fields.empty())


@router.post(HERE)
def post_sheet(request: Request, desk: DeskHere, who: Ticker, form: StaffForm) -> Response:
    """Write down that a sheet was pinned up; a photograph may come along."""
    fields = Fields(form)
    community = fields.text("community", "社区", most=60)
    place = fields.text("place", "哪一块公示栏", most=60, needed=False)
    on = fields.day("on", "张贴日期") or day_of(desk.now())
    photo = _photo(desk, fields)
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    with fields.heeding(), desk.store.writing() as session:
        policy = find_policy(session, who, _id(fields.typed("policy")))
        posting = put_up(
            session, policy, community=community, place=place,
            street_code=_street(session, who, fields.typed("street"), community),
            on=on, by=who.number, now=desk.now(),
        )  # fmt: skip
        if photo:
            keep_photo(session, posting, photo, by=who.number, now=desk.now())
    if fields.errors:
        return _show(request, desk, who, fields, status=409)
    first = say_day(may_come_down(on, desk.settings.posting_days))
    return go(HERE, desk=desk, said=f"已登记张贴。最早 {first}可以撤下。")


@router.post("/visits/postings/{posting_id}/down")
def take_sheet_down(
    posting_id: UUID, request: Request, desk: DeskHere, who: Ticker, form: StaffForm
) -> Response:
    """Write down that a sheet came down."""
    fields = Fields(form)
    on = fields.day("down_on", "撤下日期") or day_of(desk.now())
    remark = fields.text("remark", "提前撤下的原因", most=200, needed=False)
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    with fields.heeding(), desk.store.writing() as session:
        take_down(
            session, _find(session, who, posting_id), on=on, days=desk.settings.posting_days,
            by=who.number, now=desk.now(), remark=remark,
        )  # fmt: skip
    if fields.errors:
        return _show(request, desk, who, fields, status=409)
    return go(HERE, desk=desk, said="已登记撤下。")


@router.post("/visits/postings/{posting_id}/photo")
def add_photo(
    posting_id: UUID, request: Request, desk: DeskHere, who: Ticker, form: StaffForm
) -> Response:
    """Keep a photograph of the sheet on its board; a new one replaces the old."""
    fields = Fields(form)
    photo = _photo(desk, fields)
    if fields.sound and not photo:
        fields.errors["photo"] = "请选择照片"
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    with desk.store.writing() as session:
        posting = _find(session, who, posting_id)
        keep_photo(session, posting, photo, by=who.number, now=desk.now())
    return go(HERE, desk=desk, said="照片已保存。")


@router.get("/visits/postings/{posting_id}/photo")
def photo_page(posting_id: UUID, desk: DeskHere, who: Walking) -> Response:
    """The photograph."""
    with desk.store.reading() as session:
        content = photo_of(session, _find(session, who, posting_id))
    if content is None:
        raise NotFound("没有照片")
    return Response(content, media_type="image/jpeg")


def _photo(desk: Desk, fields: Fields) -> bytes:
    """The photograph that was chosen, made anew; empty where none was, or with an error."""
    upload = fields.upload("photo")
    if upload is None:
        return b""
    try:
        return desk.reader.photo(upload)
    except Unreadable as why_not:
        fields.errors["photo"] = str(why_not)
        return b""


def _street(session: Session, who: SignedIn, chosen: str, community: str) -> str | None:
    """The street of a posting: the chosen one, the community's, or the only one they walk in."""
    own = streets_of(session, who)
    if not own and who.streets is not None:
        raise NotFound("这个账号没有负责的街道")
    if chosen in own:
        return chosen
    found = street_of(session, community)
    if who.streets is None or found in own:
        return found
    return next(iter(own))


def _find(session: Session, who: SignedIn, posting_id: UUID) -> Posting:
    posting = session.get(Posting, posting_id)
    theirs = posting is not None and (who.streets is None or posting.street_code in who.streets)
    if posting is None or not theirs or posting.office_id != who.office_id:
        raise NotFound("没有这次张贴")
    return posting


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("请选择政策") from None


def _show(
    request: Request, desk: Desk, who: SignedIn, fields: Fields, *, status: int = 200
) -> Response:
    wanted = asked(request, "policy")
    today = day_of(desk.now())
    with desk.store.reading() as session:
        about = find_policy(session, who, _id(wanted["policy"])) if wanted["policy"] else None
        sheets = posting_list(
            session, office_id=who.office_id, today=today, days=desk.settings.posting_days,
            policy=about, streets=who.streets,
        )  # fmt: skip
        policies = _tellable(session, who, desk)
        streets = streets_of(session, who)
        known = communities(session, who.streets)
    page = page_number(request)
    rows = sheets[(page - 1) * PAGE : page * PAGE]
    return show(
        request, desk, who, "postings.html", status=status, fields=fields, about=about,
        rows=listing(rows, len(sheets), page=page, path=HERE, asked=wanted), today=today,
        due=sum(sheet.hanging == "due" for sheet in sheets), policies=policies, streets=streets,
        communities=known, board=BOARD, days=desk.settings.posting_days,
        may_tick=who.role in _TICKING and (who.streets is None or bool(streets)),
    )  # fmt: skip


def _tellable(session: Session, who: SignedIn, desk: Desk) -> Sequence[Policy]:
    """What may be pinned up today, the last confirmed first."""
    confirmed = session.exec(
        select(Policy)
        .where(
            col(Policy.office_id) == who.office_id,
            col(Policy.state) == PolicyState.CONFIRMED,
        )
        .order_by(col(Policy.confirmed_at).desc(), col(Policy.id).desc())
        .limit(200)
    ).all()
    today = day_of(desk.now())
    return [policy for policy in confirmed if standing(policy, today) in _PINNED]
