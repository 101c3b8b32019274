"""Working days: the office's own calendar, weekends aside, and terms that are counted in them."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, select

from pusher.model.clockwork import DayKind, Holiday


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the office knows of working days.

    Attributes:
        off: public holidays, weekends among them or not.
        work: Saturdays and Sundays that are worked.
        years: years that `off` and `work` speak of; in others only weekends are closed.
    """

    off: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()

    def works(self, day: date) -> bool:
        """Whether *day* is a working day."""
        return day not in self.off and (day.weekday() < 5 or day in self.work)

    def doubts(self, year: int) -> str | None:
        """What staff should know before they count on *year*; None when all is well."""
        if year in self.years:
            return None
        return f"{year}年的节假日安排尚未录入，目前只避开周末；国务院办公厅公布后请补录"

    def after(self, day: date, count: int) -> date:
        """The *count*-th working day after *day*, which itself is not counted.

        Source:
            Civil Code art. 201: the day on which a term begins is not counted.
        """
        while count > 0:
            day += timedelta(days=1)
            count -= self.works(day)
        return day

    def between(self, first: date, last: date) -> int:
        """How many working days lie after *first*, up to *last* and with it; 0 where none do."""
        days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(self.works(day) for day in days)


def read_calendar(session: Session) -> Calendar:
    """The office's calendar, from its rows."""
    rows = session.exec(select(Holiday)).all()
    return Calendar(
        off=frozenset(row.day for row in rows if row.kind is DayKind.OFF),
        work=frozenset(row.day for row in rows if row.kind is DayKind.WORK),
        years=frozenset(row.day.year for row in rows),
    )
