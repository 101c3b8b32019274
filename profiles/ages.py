"""The office's days, and how old somebody is on one of them."""

import calendar
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

ADULT = 18
"""Civil Code art. 17: a natural person from 18 on."""
OWN_CONSENT = 14
"""PIPL art. 31: below 14 a guardian consents."""
_CHINA = ZoneInfo("Asia/Shanghai")


def day_of(moment: datetime) -> date:
    """The office's calendar day of an aware moment."""
    return moment.astimezone(_CHINA).date()


def start_of(day: date) -> datetime:
    """Midnight at which the office's *day* begins, aware."""
    return datetime(day.year, day.month, day.day, tzinfo=_CHINA)


def birthday(born: date, years: int) -> date:
    """The day on which somebody is full *years* old.

    Source:
        facts.json, rules.dates: the birthday itself counts; who was born on 29 February is a
        year older on 1 March of a common year.
    """
    if (born.month, born.day) == (2, 29) and not calendar.isleap(born.year + years):
        return date(born.year + years, 3, 1)
    return born.replace(year=born.year + years)


def is_under(years: int, born: date | None, day: date) -> bool:
    """Whether somebody *born* then is not yet *years* old on *day*; unknown is not under."""
    return born is not None and day < birthday(born, years)


def born_on(facts: Mapping[str, object]) -> date | None:
    """The birth day that facts tell, or None."""
    return read_day(facts.get("birth_date"))


def has_died(facts: Mapping[str, object], day: date) -> bool:
    """Whether facts tell of a death on or before *day*."""
    died = read_day(facts.get("deceased_on"))
    return died is not None and died <= day


def read_day(value: object) -> date | None:
    """The day that a fact's value names; None for anything else."""
    return date.fromisoformat(value) if isinstance(value, str) else None
