"""When notices may leave: quiet hours, weekends, public holidays and the days worked for them.

Hours after 政务短信 practice (9:00-20:00; elderly readers in the late morning and the late
afternoon, outside meals and the midday rest). Public holidays are the office's own rows, seeded
from a package that knows only the years whose notice the State Council has published.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from pusher.clock import OFFICE_ZONE
from pusher.model.clockwork import DayKind, Holiday
from pusher.model.errors import Unwilling
from pusher.working_days import Calendar, read_calendar

Window = tuple[time, time]

GENERAL: Sequence[Window] = ((time(9), time(20)),)
"""From the first moment on, and before the second."""
ELDERLY: Sequence[Window] = ((time(9), time(11, 30)), (time(14, 30), time(17, 30)))
"""For readers of 60 and above."""
MORNING = time(9, 30)
_FARTHEST = 366
"""Days looked ahead; a calendar without a working day in a year is wrong."""


class NoWorkingDay(Unwilling):
    """The office's calendar closes every day of a year."""

    code = "no_working_day"


def may_send_at(now: datetime, *, elderly: bool, calendar: Calendar) -> bool:
    """Whether a notice may start at *now* (aware): a working day, within the hours."""
    here = now.astimezone(OFFICE_ZONE)
    windows = ELDERLY if elderly else GENERAL
    inside = any(first <= here.time() < end for first, end in windows)
    return inside and calendar.works(here.date())


def next_moment(now: datetime, *, elderly: bool, calendar: Calendar) -> datetime:
    """The first moment from *now* on at which a notice may start, in the office's zone.

    Raises:
        NoWorkingDay: the calendar has none within a year.
    """
    here = now.astimezone(OFFICE_ZONE)
    for day in _working_days(here.date(), calendar):
        for first, end in ELDERLY if elderly else GENERAL:
            if here < _at(day, end):
                return max(here, _at(day, first))
    raise _no_working_day()


def next_working_morning(now: datetime, calendar: Calendar) -> datetime:
    """Half past nine of the first working day on which that is not over yet.

    Raises:
        NoWorkingDay: the calendar has none within a year.
    """
    for day in _working_days(now.astimezone(OFFICE_ZONE).date(), calendar):
        if now <= _at(day, MORNING):
            return _at(day, MORNING)
    raise _no_working_day()


def seed_calendar(session: Session, years: Iterable[int], now: datetime) -> list[int]:
    """Fill in the holidays of *years* that a package knows and the office has no rows for.

    Years with rows stay as the office wrote them.

    Returns:
        The years filled in; the others are unknown to the package, or known to the office.

    Source:
        chinesecalendar, after the yearly 国务院办公厅关于部分节假日安排的通知.
    """
    import chinese_calendar
    from chinese_calendar.constants import holidays, workdays

    known = read_calendar(session).years
    source = (
        f"chinesecalendar {chinese_calendar.__version__}，{now.astimezone(OFFICE_ZONE).date()}录入"
    )
    names = {day.value: day.chinese for day in chinese_calendar.Holiday}
    wanted = set(years) - known
    filled = set()
    for kind, days in ((DayKind.OFF, holidays), (DayKind.WORK, workdays)):
        for day, name in days.items():
            if day.year in wanted:
                row = Holiday(day=day, kind=kind, name=names.get(name, name)[:20], source=source)
                session.add(row)
                filled.add(day.year)
    session.flush()
    return sorted(filled)


def _working_days(first: date, calendar: Calendar) -> Iterable[date]:
    days = (first + timedelta(days=ahead) for ahead in range(_FARTHEST))
    return (day for day in days if calendar.works(day))


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, OFFICE_ZONE)


def _no_working_day() -> NoWorkingDay:
    return NoWorkingDay("节假日表里一年内没有工作日，请检查录入是否有误")
