"""Taking documents in: a folder of files or addresses, and what became of each; watched columns."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlmodel import col, select
from starlette.datastructures import UploadFile

from pusher.model.errors import NotFound
from pusher.model.policy import Policy
from pusher.model.source import Intake, IntakeOutcome
from pusher.model.staff import Role
from pusher.model.watching import WatchedColumn
from pusher.reading.fetch import fetch_document
from pusher.reading.guard import Allowance
from pusher.reading.intake import Desk as ReadingDesk
from pusher.reading.intake import refused, take_in
from pusher.reading.refusals import Unreadable
from pusher.reading.watch import BadColumn, add_column, end_column
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, bare_name
from pusher.web.gate import Clerk, Looking
from pusher.web.layout import go, show
from pusher.web.outside import POLICY_WITH_SCRIPT
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter()
PAGE = "/policies/intake"
_SHOWN = 100
_MOST_ADDRESSES = 50
OUTCOMES = {
    IntakeOutcome.NEW: "新收",
    IntakeOutcome.VERSION: "新版本",
    IntakeOutcome.KNOWN: "已有",
    IntakeOutcome.REFUSED: "未收",
}


@router.get(PAGE)
def intake_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """The form, what became of the last files, and the watched columns."""
    return _show(request, desk, who, Fields.empty())


@router.post(PAGE)
def take_all_in(request: Request, desk: DeskHere, who: Clerk, form: StaffForm) -> Response:
    """Take in every file and address of the form, one after the other."""
    fields = Fields(form)
    files = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    addresses = fields.typed("addresses").split()
    if not files and not addresses:
        fields.errors["files"] = "请选择文件，或填写网址"
    if len(addresses) > _MOST_ADDRESSES:
        fields.errors["addresses"] = f"一次最多 {_MOST_ADDRESSES} 个网址"
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    reading = desk.reading(who.office_id, who.number)
    rows = [
        take_in(reading, one.file.read(), bare_name(one.filename or ""), now=desk.now())
        for one in files
    ]
    rows += [_from_address(reading, desk, address, uuid4().hex) for address in addresses]
    return go(PAGE, desk=desk, said=_summary(rows))


@router.post("/policies/intake/one")
def take_one_in(desk: DeskHere, who: Clerk, form: StaffForm) -> JSONResponse:
    """Take in one file or address, for the page that shows progress; asked twice, done once."""
    fields = Fields(form)
    reading, ticket = (
        desk.reading(who.office_id, who.number),
        fields.typed("ticket")[:40] or uuid4().hex,
    )
    upload, address = form.get("file"), fields.typed("address").strip()
    if isinstance(upload, UploadFile) and upload.filename:
        name = bare_name(upload.filename)
        row = take_in(reading, upload.file.read(), name, now=desk.now(), ticket=ticket)
    elif address:
        row = _from_address(reading, desk, address, ticket)
    else:
        return JSONResponse({"error": "没有文件，也没有网址"}, 422)
    with desk.store.reading() as session:
        policy = session.get(Policy, row.policy_id) if row.policy_id else None
        doubts = sum(bool(p.get("doubt")) for p in policy.places.values()) if policy else 0
    return JSONResponse(
        {
            "outcome": row.outcome.value,
            "says": OUTCOMES[row.outcome],
            "href": f"/policies/{row.policy_id}/source" if row.policy_id else None,
            "title": policy.title if policy else None,
            "doubts": doubts,
            "reason": row.reason,
        }
    )


@router.post("/columns")
def watch_column(request: Request, desk: DeskHere, who: Clerk, form: StaffForm) -> Response:
    """Watch a column of a site from now on."""
    fields = Fields(form)
    name = fields.text("name", "栏目名称", most=60)
    address = fields.text("address", "栏目网址", most=1000)
    if fields.sound:
        try:
            with desk.store.writing() as session:
                add_column(
                    session, office_id=who.office_id, name=name, address=address, by=who.number,
                    now=desk.now(),
                )  # fmt: skip
        except BadColumn as why_not:
            fields.errors["address"] = str(why_not)
    if not fields.sound:
        return _show(request, desk, who, fields, status=422)
    return go(f"{PAGE}#columns", desk=desk, said="已关注，几分钟内第一次查看。")


@router.post("/columns/{column_id}/end")
def leave_column(column_id: UUID, desk: DeskHere, who: Clerk) -> Response:
    """Watch a column no longer."""
    with desk.store.writing() as session:
        column = session.get(WatchedColumn, column_id)
        if column is None or column.office_id != who.office_id:
            raise NotFound("没有这个栏目")
        end_column(session, column, by=who.number, now=desk.now())
    return go(f"{PAGE}#columns", desk=desk, said="已不再关注；读入过的政策都还在。")


def _from_address(reading: ReadingDesk, desk: Desk, address: str, ticket: str) -> Intake:
    try:
        got = fetch_document(address, allowance=Allowance.of(desk.settings.fetch_allow))
    except Unreadable as why_not:
        return refused(reading, address, why_not, now=desk.now(), ticket=ticket)
    return take_in(reading, got.content, got.address, now=desk.now(), ticket=ticket)


def _summary(rows: Sequence[Intake]) -> str:
    counts = {outcome: sum(row.outcome is outcome for row in rows) for outcome in OUTCOMES}
    parts = [f"{OUTCOMES[outcome]} {number}" for outcome, number in counts.items() if number]
    return f"{len(rows)} 份处理完：{'，'.join(parts)}。逐份结果见下表。"


def _show(
    request: Request, desk: Desk, who: SignedIn, fields: Fields, *, status: int = 200
) -> Response:
    with desk.store.reading() as session:
        rows = session.exec(
            select(Intake, Policy)
            .outerjoin(Policy, col(Policy.id) == col(Intake.policy_id))
            .where(col(Intake.office_id) == who.office_id)
            .order_by(col(Intake.at).desc(), col(Intake.id).desc())
            .limit(_SHOWN)
        ).all()
        columns = session.exec(
            select(WatchedColumn)
            .where(
                col(WatchedColumn.office_id) == who.office_id,
                col(WatchedColumn.ended_at).is_(None),
            )
            .order_by(col(WatchedColumn.name))
        ).all()
    answer = show(
        request, desk, who, "intake.html", status=status, rows=rows, columns=columns,
        outcomes=OUTCOMES, fields=fields, may_take_in=who.role is Role.CLERK,
        doubts=lambda policy: sum(bool(p.get("doubt")) for p in policy.places.values()),
    )  # fmt: skip
    answer.headers["content-security-policy"] = POLICY_WITH_SCRIPT
    return answer
