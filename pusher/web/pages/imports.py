"""Registers: uploaded, looked through with their errors, confirmed, taken back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from profiles.errors import Unwelcome
from profiles.model import ImportState, Office, ProfileKind, RosterImport
from profiles.roster import Register, Rejected
from profiles.roster_ledger import told_of
from profiles.roster_missing import Missing, missing_of
from pusher import registers
from pusher.model.errors import NotFound
from pusher.model.staff import Role
from pusher.reading.taxonomy import taxonomy
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Clerk, Looking
from pusher.web.layout import go, show
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.web.streets import streets_of

router = APIRouter()

SHOWN = 50
"""Cells and people listed on the page; the error report has all."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Cells of one column that are wrong in one way.

    Attributes:
        count: how many.
        rows: the first of them.
    """

    column: str
    reason: str
    count: int
    rows: Sequence[int]


@router.get("/imports")
def imports_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """The upload, and the imports so far, the newest first."""
    return _show_list(request, desk, who, Fields.empty())


@router.post("/imports")
def upload_register(request: Request, desk: DeskHere, who: Clerk, form: StaffForm) -> Response:
    """Look through a register; nothing is taken in before somebody confirms it."""
    fields = Fields(form)
    kind = fields.choice("kind", "名册种类", ProfileKind)
    name, content = fields.file("file")
    if not fields.sound:
        return _show_list(request, desk, who, fields, status=422)
    with desk.store.reading() as session:
        office = session.get_one(Office, who.office_id)
    register = Register(
        content, name, kind, office, who.number, desk.now(), set(taxonomy()),
        snapshot=fields.ticked("snapshot"),
    )  # fmt: skip
    try:
        found = registers.check(desk.store, register)
    except Unwelcome as why_not:
        fields.errors["file"] = str(why_not)
        return _show_list(request, desk, who, fields, status=422)
    waiting = registers.keep_waiting(desk.store, register, found=found)
    return go(f"/imports/{waiting}", desk=desk)


@router.get("/imports/{import_id}")
def import_page(import_id: UUID, request: Request, desk: DeskHere, who: Looking) -> Response:
    """One import: what it would change or did, what was wrong, who is missing."""
    return _show_one(request, desk, who, import_id, Fields.empty())


@router.get("/imports/{import_id}/errors.csv")
def error_report(import_id: UUID, desk: DeskHere, who: Looking) -> Response:
    """Every cell that was left out, for a spreadsheet; without what stands in it."""
    with desk.store.reading() as session:
        kept = find_import(session, who, import_id)
        text = "".join(registers.told_as_csv(_told(session, kept)))
    name = quote(f"{kept.file_name.rsplit('.', 1)[0]}-错误报告.csv")
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.post("/imports/{import_id}/confirm")
def confirm_import(import_id: UUID, request: Request, desk: DeskHere, who: Clerk) -> Response:
    """Take the register in; one that stopped half way goes on."""
    with desk.store.reading() as session:
        kept = find_import(session, who, import_id)
        office = session.get_one(Office, who.office_id)
    try:
        content = registers.waiting_file(desk.store, import_id)
        register = Register(
            content, kept.file_name, kept.kind, office, who.number, desk.now(), set(taxonomy()),
            snapshot=kept.snapshot,
        )  # fmt: skip
        found = registers.take_in(desk.store, register, import_id=import_id)
    except Unwelcome as why_not:
        return _refused(request, desk, who, import_id, why_not)
    said = f"已导入：新增 {found.added}，变更 {found.changed}，未变 {found.unchanged}。"
    return go(f"/imports/{import_id}", desk=desk, said=said)


@router.post("/imports/{import_id}/drop")
def drop_import(import_id: UUID, request: Request, desk: DeskHere, who: Clerk) -> Response:
    """Throw the uploaded register away; nothing of it was taken in."""
    with desk.store.reading() as session:
        find_import(session, who, import_id)
    try:
        registers.drop_waiting(desk.store, import_id, by=who.number, now=desk.now())
    except Unwelcome as why_not:
        return _refused(request, desk, who, import_id, why_not)
    return go("/imports", desk=desk, said="已放弃，没有导入任何内容。")


@router.post("/imports/{import_id}/end-missing")
def end_missing_people(
    import_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """End whom a full register no longer lists; their number is typed in."""
    fields = Fields(form)
    typed = fields.text("expected", "人数", most=7)
    if fields.sound and not (typed.isascii() and typed.isdigit()):
        fields.errors["expected"] = "人数应为数字"
    with desk.store.reading() as session:
        find_import(session, who, import_id)
    if not fields.sound:
        return _show_one(request, desk, who, import_id, fields, status=422)
    try:
        ended = registers.end_unlisted(
            desk.store, import_id, expected=int(typed), by=who.number, now=desk.now()
        )
    except Unwelcome as why_not:
        fields.errors["expected"] = str(why_not)
        return _show_one(request, desk, who, import_id, fields, status=409)
    said = f"名册中没有的 {ended} 人已停用，不再据此通知。"
    return go(f"/imports/{import_id}", desk=desk, said=said)


@router.post("/imports/{import_id}/undo")
def undo_import(
    import_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Take the import back."""
    fields = Fields(form)
    with desk.store.reading() as session:
        find_import(session, who, import_id)
    if not fields.ticked("sure"):
        fields.errors["sure"] = "请先勾选确认撤销"
        return _show_one(request, desk, who, import_id, fields, status=422)
    try:
        done = registers.undo(desk.store, import_id, by=who.number, now=desk.now())
    except Unwelcome as why_not:
        return _refused(request, desk, who, import_id, why_not)
    said = f"已撤销：移除 {done.removed} 人，恢复 {done.restored} 人"
    said += f"，{done.closed} 人已有通知，改为停用" if done.closed else ""
    said += f"；{done.kept} 项此后又有改动，保持不变" if done.kept else ""
    return go(f"/imports/{import_id}", desk=desk, said=f"{said}。")


def find_import(session: Session, who: SignedIn, import_id: UUID) -> RosterImport:
    """An import of this office.

    Raises:
        NotFound: none, dropped, or another office's.
    """
    kept = session.get(RosterImport, import_id)
    if kept is None or kept.office_id != who.office_id or kept.state is ImportState.DROPPED:
        raise NotFound("没有这次导入")
    return kept


def _refused(
    request: Request, desk: Desk, who: SignedIn, import_id: UUID, why_not: Unwelcome
) -> Response:
    fields = Fields.empty()
    fields.errors["main"] = str(why_not)
    return _show_one(request, desk, who, import_id, fields, status=409)


def _show_list(
    request: Request, desk: Desk, who: SignedIn, fields: Fields, *, status: int = 200
) -> Response:
    with desk.store.reading() as session:
        imports = registers.imports_of(session, session.get_one(Office, who.office_id))
    return show(
        request,
        desk,
        who,
        "imports.html",
        status=status,
        fields=fields,
        imports=imports,
        kinds=list(ProfileKind),
        may_import=who.role is Role.CLERK,
    )


def _show_one(
    request: Request,
    desk: Desk,
    who: SignedIn,
    import_id: UUID,
    fields: Fields,
    *,
    status: int = 200,
) -> Response:
    with desk.store.reading() as session:
        kept = find_import(session, who, import_id)
        told = _told(session, kept)
        missing = _missing(session, kept, desk)
        streets = streets_of(session, who)
    return show(
        request,
        desk,
        who,
        "import.html",
        status=status,
        fields=fields,
        kept=kept,
        flaws=flaws_of(told),
        told=told[:SHOWN],
        told_count=len(told),
        left_out=sum(not one.column or one.code in _WHOLE_ROW for one in told),
        missing=[
            (
                registers.masked(one, kept.kind),
                streets.get(one.street_code or "", "未登记街道"),
                one,
            )
            for one in missing[:SHOWN]
        ],
        missing_count=len(missing),
        may_import=who.role is Role.CLERK,
    )


_WHOLE_ROW = frozenset({"twice", "erased", "other_kind", "ragged"})


def _told(session: Session, kept: RosterImport) -> list[Rejected]:
    """What was told of its cells: of its rows, or, before it is confirmed, of the look."""
    told = told_of(session, kept.id)
    if told or kept.state is not ImportState.CHECKED:
        return told
    return [Rejected(**one) for one in kept.rejected]  # type: ignore[arg-type]


def _missing(session: Session, kept: RosterImport, desk: Desk) -> list[Missing]:
    if not kept.snapshot or kept.state is not ImportState.DONE:
        return []
    return missing_of(
        session, office_id=kept.office_id, kind=kept.kind, source=kept.source, present=kept.id,
        day=desk.now().date(),
    )  # fmt: skip


def flaws_of(told: Sequence[Rejected]) -> list[Flaw]:
    """The same fault of one column told once, the most frequent first."""
    counted = Counter((one.column or "整行", one.reason) for one in told if one.code != "twice")
    return [
        Flaw(
            column,
            reason,
            count,
            [one.row for one in told if (one.column or "整行", one.reason) == (column, reason)][:8],
        )
        for (column, reason), count in counted.most_common(30)
    ]
