"""Duties as staff see them: the list, and the weekly sheet (督查通报) by who owes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from sqlmodel import Session, col, or_, select

from profiles.ages import day_of, start_of
from pusher.model.duty import Duty, DutyKind, DutyState, Level
from pusher.model.staff import Role
from pusher.working_days import Calendar, read_calendar


class Told(NamedTuple):
    """What staff are told of one kind: its name, in one sentence what to do, and who does it."""

    name: str
    act: str
    role: Role = Role.CLERK


KINDS: Final[Mapping[DutyKind, Told]] = MappingProxyType(
    {
        DutyKind.POLICY_UNCONFIRMED: Told("入库未确认", "核对标签、条件和要点，确认这份政策。"),
        DutyKind.POLICY_UNSENT: Told("该推未推", "算好名单，起草批次并提交审核。"),
        DutyKind.POLICY_EXPIRING: Told("即将失效", "要延期就读入新版，否则告诉收到过通知的人。"),
        DutyKind.CORRECTION_UNSENT: Told("更正未发", "起草“更正”批次，告诉收到过通知的人。"),
        DutyKind.BATCH_UNAPPROVED: Told(
            "批次未审", "看清内容、对象和费用，批准或退回。", Role.REVIEWER
        ),
        DutyKind.NOTICES_UNSURE: Told("存疑未核实", "向运营商核实收下没有，再决定是否另发。"),
        DutyKind.REPLIES_OPEN: Told("回复未处理", "逐条判断是退订、不是本人，还是要答复。"),
        DutyKind.QUESTIONS_OPEN: Told("诉求未答复", "答复，或转给责任单位。"),
        DutyKind.VISITS_OPEN: Told(
            "上门未送达", "请社区带明白纸上门，并登记送到没有。", Role.COMMUNITY
        ),
        DutyKind.CONTACTS_DOUBTFUL: Told("号码未核实", "打电话或上门核实号码是不是本人的。"),
        DutyKind.INTERPRETATION_OVERDUE: Told("解读未发", "发布解读，并读入系统与政策关联。"),
        DutyKind.SECOND_INTERPRETATION: Told("二次解读", "就集中的疑问再作解读，发给原收件人。"),
    }
)
_PAGES: Final = MappingProxyType(
    {
        DutyKind.CORRECTION_UNSENT: "/policies/{id}/matches",
        DutyKind.NOTICES_UNSURE: "/notices/unsure",
    }
)
"""Where a kind is done that is not done on the page of its thing."""
_PAGE_OF: Final = MappingProxyType(
    {
        "policy": "/policies/{id}",
        "batch": "/batches/{id}",
        "replies": "/replies",
        "contacts": "/contacts",
        "questions": "/questions",
        "topic": "/topics/{id}",
    }
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One duty as staff see it.

    Attributes:
        role: of whoever does it.
        page: where it is done; empty where no page is.
        is_late: its last day is over.
        late: working days past its last day, 0 while it is in time.
        left: working days until its last day, 0 from then on.
    """

    duty: Duty
    name: str
    act: str
    role: Role
    page: str
    is_late: bool
    late: int
    left: int


def duty_list(
    session: Session,
    *,
    office_id: UUID,
    today: date,
    state: DutyState = DutyState.OPEN,
    overdue: bool = False,
    kind: DutyKind | None = None,
    owner: str | None = None,
    at_most: int | None = None,
) -> list[Shown]:
    """Duties, those open by their last day, those ended by when, the newest first.

    Args:
        overdue: only those whose last day is over.
        at_most: how many; None: all.
    """
    asked = select(Duty).where(Duty.office_id == office_id, Duty.state == state)
    if kind is not None:
        asked = asked.where(Duty.kind == kind)
    if owner is not None:
        asked = asked.where(Duty.owner == owner)
    if overdue:
        asked = asked.where(col(Duty.due_on) < today)
    if state is DutyState.OPEN:
        asked = asked.order_by(col(Duty.due_on), col(Duty.id))
    else:
        asked = asked.order_by(col(Duty.closed_at).desc(), col(Duty.id))
    calendar = read_calendar(session)
    found = session.exec(asked.limit(at_most)).all()
    return [shown(duty, today=today, calendar=calendar) for duty in found]


def shown(duty: Duty, *, today: date, calendar: Calendar) -> Shown:
    """One duty as staff see it on *today*, or on the day on which it ended."""
    day = today if duty.closed_at is None else day_of(duty.closed_at)
    told = KINDS[duty.kind]
    late = calendar.between(duty.due_on, day)
    left = calendar.between(day, duty.due_on)
    return Shown(duty, told.name, told.act, told.role, page_of(duty), duty.due_on < day, late, left)


def page_of(duty: Duty) -> str:
    """The console's page on which a duty is done; empty where there is none."""
    thing, _, name = duty.about.partition(":")
    if thing == "visits":
        batch, _, street = name.partition(":")
        return f"/visits?batch={batch}" + (f"&street={street}" if street else "")
    return _PAGES.get(duty.kind, _PAGE_OF.get(thing, "")).format(id=name)


@dataclass(slots=True)
class Line:
    """One owner's week, in duties.

    Attributes:
        opened: within the week.
        in_time: closed within the week, by the last day.
        late: closed within the week, after it.
        dropped: found not to be owed, within the week.
        overdue: open at its end, and the last day is over.
        running: open at its end, in time.
    """

    owner: str
    opened: int = 0
    in_time: int = 0
    late: int = 0
    dropped: int = 0
    overdue: int = 0
    running: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The week from *monday* on, as far as it has gone.

    Attributes:
        until: its last day, or today if that is earlier.
        lines: by owner, who has most overdue first.
        head: what has gone up to the head of the office, the longest overdue first.
        supervised: what is 督办.
    """

    monday: date
    until: date
    lines: Sequence[Line] = field(default_factory=list)
    head: Sequence[Shown] = field(default_factory=list)
    supervised: Sequence[Shown] = field(default_factory=list)


def weekly_sheet(session: Session, *, office_id: UUID, monday: date, today: date) -> Sheet:
    """Count one week's duties by who owes them.

    A duty that was handed over counts for who has it now.

    Args:
        monday: the first day of the week; any other day counts for the week it is in.
    """
    monday -= timedelta(days=monday.weekday())
    until = min(monday + timedelta(days=6), today)
    begin, end = start_of(monday), start_of(until + timedelta(days=1))
    rows = session.exec(
        select(Duty).where(
            Duty.office_id == office_id,
            col(Duty.opened_at) < end,
            or_(col(Duty.closed_at).is_(None), col(Duty.closed_at) >= begin),
        )
    ).all()
    lines: dict[str, Line] = {}
    for duty in rows:
        line = lines.setdefault(duty.owner, Line(duty.owner))
        line.opened += duty.opened_at >= begin
        _count_end(line, duty, until, ended=duty.closed_at is not None and duty.closed_at < end)
    calendar = read_calendar(session)
    late = [shown(d, today=until, calendar=calendar) for d in rows if d.closed_at is None]
    late.sort(key=lambda one: (one.duty.due_on, one.duty.id))
    return Sheet(
        monday,
        until,
        sorted(lines.values(), key=lambda line: (-line.overdue, -line.late, line.owner)),
        [one for one in late if one.duty.level is Level.HEAD],
        [one for one in late if one.duty.level is Level.SUPERVISED],
    )


def _count_end(line: Line, duty: Duty, until: date, *, ended: bool) -> None:
    if not ended:
        line.overdue += duty.due_on < until
        line.running += duty.due_on >= until
    elif duty.state is DutyState.DROPPED:
        line.dropped += 1
    else:
        in_time = duty.closed_at is not None and day_of(duty.closed_at) <= duty.due_on
        line.in_time += in_time
        line.late += not in_time
