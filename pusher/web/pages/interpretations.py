"""解读: what explains which policy and waits for a look; one of them, by hand or handed in."""

from dataclasses import dataclass, replace
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from pusher.model.interpretation import Interpretation
from pusher.model.policy import Policy
from pusher.model.staff import Role
from pusher.reading.intake import take_in
from pusher.reading.interpret import adopt, check, described, end, find_named, register
from pusher.reading.interpretation_plan import outstanding, set_plan
from pusher.reading.interpretations import find_interpretation
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, asked
from pusher.web.gate import Clerk, Looking
from pusher.web.interpretation_form import described_in, heeding, planned_in, said_of
from pusher.web.layout import go, show
from pusher.web.pages.policies import find_policy, show_policy
from pusher.web.paging import PAGE, Listing, listing, page_number
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Line:
    """One interpretation of the list, and what it explains."""

    interpretation: Interpretation
    policy: Policy | None


@router.get("/interpretations")
def interpretations_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """What stands, first what waits for a look."""
    waiting = asked(request, "waiting")["waiting"] == "1"
    with desk.store.reading() as session:
        lines = _lines(session, who, page_number(request), waiting=waiting)
        plans = outstanding(session, who.office_id)
    return show(
        request, desk, who, "interpretations.html", lines=lines, waiting=waiting, plans=plans,
        today=desk.now().date(),
    )  # fmt: skip


@router.get("/interpretations/{interpretation_id}")
def interpretation_page(
    interpretation_id: UUID, request: Request, desk: DeskHere, who: Looking
) -> Response:
    """One interpretation, and the form that sets it right."""
    return _show_one(request, desk, who, interpretation_id, Fields.empty())


@router.post("/interpretations/{interpretation_id}")
def check_interpretation(
    interpretation_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Set it right, or say that it is; from then on the public sees it."""
    fields = Fields(form)
    said = described_in(fields)
    named = fields.text("policy", "所解读的政策", most=300, needed=False)
    if not fields.sound:
        return _show_one(request, desk, who, interpretation_id, fields, status=422)
    with heeding(fields), desk.store.writing() as session:
        one = find_interpretation(session, who.office_id, interpretation_id)
        before = session.get(Policy, one.policy_id) if one.policy_id else None
        policy = find_named(session, before, who.office_id, named) if named else None
        check(session, one, policy, said, by=who.number, now=desk.now())
    if fields.errors:
        return _show_one(request, desk, who, interpretation_id, fields, status=409)
    if policy is None:
        return go("/interpretations", desk=desk, said="已记下：不是本单位政策的解读，不对外显示。")
    return go(f"/policies/{policy.id}", desk=desk, said="已核对，公众在这份政策下看得到这份解读。")


@router.post("/interpretations/{interpretation_id}/end")
def end_interpretation(
    interpretation_id: UUID, request: Request, desk: DeskHere, who: Clerk
) -> Response:
    """Take it off: the public sees it no more."""
    fields = Fields.empty()
    with fields.heeding(), desk.store.writing() as session:
        one = find_interpretation(session, who.office_id, interpretation_id)
        end(session, one, by=who.number, now=desk.now())
    if fields.errors:
        return _show_one(request, desk, who, interpretation_id, fields, status=409)
    return go("/interpretations", desk=desk, said="已撤下，公众不再看到。")


@router.post("/policies/{policy_id}/interpretations")
def add_interpretation(
    policy_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Register by hand what stands elsewhere, or hand in its file."""
    fields = Fields(form)
    if has_file := bool(getattr(form.get("file"), "filename", "")):
        kept = _handed_in(desk, who, policy_id, fields)
    else:
        kept = _by_hand(desk, who, policy_id, fields)
    if kept is None:
        return show_policy(request, desk, who, policy_id, fields=fields, status=422)
    if has_file:
        said = "已读入这份解读，请核对形式、日期和网址。"
        return go(f"/interpretations/{kept}", desk=desk, said=said)
    return go(f"/policies/{policy_id}", desk=desk, said="已登记这份解读。")


@router.post("/policies/{policy_id}/interpretation-plan")
def plan_interpretation(
    policy_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Say who explains a policy, how and by when; or why nobody needs to."""
    fields = Fields(form)
    said = planned_in(fields)
    if not fields.sound:
        return show_policy(request, desk, who, policy_id, fields=fields, status=422)
    with fields.heeding("plan_department"), desk.store.writing() as session:
        policy = find_policy(session, who, policy_id)
        if said.waived_because:
            said = replace(said, due_on=desk.now().date())
        set_plan(session, policy, said, by=who.number, now=desk.now())
    if fields.errors:
        return show_policy(request, desk, who, policy_id, fields=fields, status=409)
    return go(f"/policies/{policy_id}", desk=desk, said="已定下解读方案。")


def _by_hand(desk: Desk, who: SignedIn, policy_id: UUID, fields: Fields) -> UUID | None:
    said = described_in(fields)
    if not fields.sound:
        return None
    with heeding(fields), desk.store.writing() as session:
        policy = find_policy(session, who, policy_id)
        kept = register(session, policy, said, by=who.number, now=desk.now()).id
    return None if fields.errors else kept


def _handed_in(desk: Desk, who: SignedIn, policy_id: UUID, fields: Fields) -> UUID | None:
    with desk.store.reading() as session:
        find_policy(session, who, policy_id)
    name, content = fields.file("file")
    if not fields.sound:
        return None
    reading = desk.reading(who.office_id, who.number)
    taken = take_in(reading, content, name, now=desk.now(), explains=True)
    if taken.policy_id is None:
        fields.errors["file"] = taken.reason or "没有读成，请换一种格式再试。"
        return None
    with heeding(fields, "file"), desk.store.writing() as session:
        document = session.get_one(Policy, taken.policy_id)
        policy = find_policy(session, who, policy_id)
        kept = adopt(session, document, policy, by=who.number, now=desk.now()).id
    return None if fields.errors else kept


def _show_one(
    request: Request, desk: Desk, who: SignedIn, row: UUID, fields: Fields, *, status: int = 200
) -> Response:
    with desk.store.reading() as session:
        one = find_interpretation(session, who.office_id, row)
        policy = session.get(Policy, one.policy_id) if one.policy_id else None
        document = session.get(Policy, one.document_id) if one.document_id else None
    named = (policy.document_number or policy.title) if policy else ""
    return show(
        request, desk, who, "interpretation.html", status=status, interpretation=one,
        policy=policy, document=document, fields=fields, value=said_of(described(one), fields),
        named=fields.typed("policy") if fields.errors else named,
        may_edit=who.role is Role.CLERK and one.ended_at is None,
    )  # fmt: skip


def _lines(session: Session, who: SignedIn, page: int, *, waiting: bool) -> Listing[Line]:
    wanted = [
        col(Interpretation.office_id) == who.office_id,
        col(Interpretation.ended_at).is_(None),
    ]
    if waiting:
        wanted.append(col(Interpretation.checked_at).is_(None))
    total = session.exec(select(func.count()).select_from(Interpretation).where(*wanted)).one()
    rows = session.exec(
        select(Interpretation, Policy)
        .outerjoin(Policy, col(Policy.id) == col(Interpretation.policy_id))
        .where(*wanted)
        .order_by(
            col(Interpretation.checked_at).is_not(None),
            col(Interpretation.at).desc(),
            col(Interpretation.id),
        )
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    lines = [Line(one, policy) for one, policy in rows]
    kept = {"waiting": "1" if waiting else ""}
    return listing(lines, total, page=page, path="/interpretations", asked=kept)
