"""Notices leave in the hours of the office's working days, and at no other moment."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusher.clock import OFFICE_ZONE
from pusher.model.clockwork import DayKind, Holiday
from pusher.sending.hours import (
    NoWorkingDay,
    may_send_at,
    next_moment,
    next_working_morning,
    seed_calendar,
)
from pusher.store import Store
from pusher.working_days import Calendar, read_calendar

HOLIDAYS = Calendar(
    off=frozenset({date(2026, 10, d) for d in range(1, 8)} | {date(2026, 9, 25)}),
    work=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    years=frozenset({2026}),
)


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OFFICE_ZONE)


@pytest.mark.parametrize(
    ("hour", "minute", "general", "elderly"),
    [
        (8, 59, False, False),
        (9, 0, True, True),
        (11, 29, True, True),
        (11, 30, True, False),
        (14, 29, True, False),
        (14, 30, True, True),
        (17, 29, True, True),
        (17, 30, True, False),
        (19, 59, True, False),
        (20, 0, False, False),
        (0, 0, False, False),
    ],
)
def test_the_hours_of_a_working_day(hour: int, minute: int, general: bool, elderly: bool) -> None:
    wednesday = at(25, hour, minute)

    assert may_send_at(wednesday, elderly=False, calendar=Calendar()) is general
    assert may_send_at(wednesday, elderly=True, calendar=Calendar()) is elderly


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 9, 25), False),  # Mid-autumn, a Friday
        (date(2026, 10, 10), True),  # a Saturday worked for the holiday
        (date(2026, 11, 25), True),
    ],
)
def test_holidays_are_closed_and_make_up_days_open(day: date, works: bool) -> None:
    noon = datetime.combine(day, time(10), OFFICE_ZONE)

    assert may_send_at(noon, elderly=False, calendar=HOLIDAYS) is works


def test_the_clock_on_the_wall_is_chinas() -> None:
    half_past_one_utc = datetime.fromisoformat("2026-11-25T01:30:00+00:00")

    assert may_send_at(half_past_one_utc, elderly=False, calendar=Calendar())
    assert next_moment(half_past_one_utc, elderly=False, calendar=Calendar()) == at(25, 9, 30)


def test_friday_evening_waits_for_monday_and_elderly_readers_wait_for_the_afternoon() -> None:
    assert next_moment(at(27, 21), elderly=False, calendar=Calendar()) == at(30, 9)
    assert next_moment(at(25, 12), elderly=True, calendar=Calendar()) == at(25, 14, 30)
    assert next_moment(at(25, 12), elderly=False, calendar=Calendar()) == at(25, 12)


def test_the_holiday_week_is_passed_over_to_its_end() -> None:
    eve = at(30, 21, month=9)

    assert next_moment(eve, elderly=False, calendar=HOLIDAYS) == at(8, 9, month=10)


def test_the_next_working_morning_may_be_today() -> None:
    assert next_working_morning(at(25, 8), Calendar()) == at(25, 9, 30)
    assert next_working_morning(at(25, 9, 30), Calendar()) == at(25, 9, 30)
    assert next_working_morning(at(27, 9, 31), Calendar()) == at(30, 9, 30)


def test_a_calendar_that_never_works_is_said_to_be_wrong() -> None:
    closed = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(800))

    with pytest.raises(NoWorkingDay, match="节假日表"):
        next_moment(at(25, 9), elderly=False, calendar=Calendar(off=closed))


moments = st.integers(0, 455 * 24 * 60).map(
    lambda minutes: datetime(2025, 12, 1, tzinfo=OFFICE_ZONE) + timedelta(minutes=minutes)
)
days = st.dates(min_value=date(2025, 12, 1), max_value=date(2027, 3, 31))
calendars = st.builds(
    Calendar,
    off=st.frozensets(days, max_size=40),
    work=st.frozensets(days.filter(lambda d: d.weekday() > 4), max_size=10),
)


@given(moments, st.booleans(), calendars)
def test_the_next_moment_is_allowed_and_the_first_that_is(
    now: datetime, elderly: bool, calendar: Calendar
) -> None:
    found = next_moment(now, elderly=elderly, calendar=calendar)

    assert found >= now
    assert may_send_at(found, elderly=elderly, calendar=calendar)
    # every window is at least two hours long, so half hours see each of them
    step = now
    while step < found:
        assert not may_send_at(step, elderly=elderly, calendar=calendar)
        step += timedelta(minutes=30)
    just_before = found - timedelta(microseconds=1)
    assert found == now or not may_send_at(just_before, elderly=elderly, calendar=calendar)


def test_a_year_is_seeded_once_and_unknown_years_count_weekends_only(
    store: Store, now: datetime
) -> None:
    with store.writing() as session:
        filled = seed_calendar(session, [2026, 2027], now)
        again = seed_calendar(session, [2026, 2027], now)
    with store.reading() as session:
        calendar = read_calendar(session)
        spring = session.get_one(Holiday, date(2026, 2, 17))

    assert (filled, again) == ([2026], [])
    assert not calendar.works(date(2026, 10, 1)) and calendar.works(date(2026, 10, 10))
    assert (spring.kind, spring.name) == (DayKind.OFF, "春节")
    assert spring.source.startswith("chinesecalendar 1.") and "2026-11-25" in spring.source
    assert calendar.doubts(2026) is None
    assert "2027年" in (calendar.doubts(2027) or "")
    assert calendar.works(date(2027, 1, 1))


def test_what_the_office_wrote_itself_is_not_seeded_over(store: Store, now: datetime) -> None:
    with store.writing() as session:
        session.add(Holiday(day=date(2026, 5, 4), kind=DayKind.OFF, name="样例", source="本单位"))
        session.flush()
        filled = seed_calendar(session, [2026], now)
        calendar = read_calendar(session)

    assert filled == []
    assert calendar.off == {date(2026, 5, 4)}


@pytest.mark.parametrize(
    ("first", "count", "last"),
    [
        (date(2026, 11, 25), 1, date(2026, 11, 26)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 9, 18), 1, date(2026, 9, 20)),
        (date(2026, 9, 30), 2, date(2026, 10, 9)),
        (date(2026, 11, 28), 5, date(2026, 12, 4)),
        (date(2026, 11, 25), 0, date(2026, 11, 25)),
    ],
)
def test_a_term_counts_working_days_and_not_the_day_it_begins_on(
    first: date, count: int, last: date
) -> None:
    assert HOLIDAYS.after(first, count) == last
    assert HOLIDAYS.between(first, last) == count
    assert HOLIDAYS.between(last, first) == 0
