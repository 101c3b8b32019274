"""Ages, durations and days, always counted from the date itself and the day of judging."""

import calendar
from collections.abc import Callable
from datetime import date

from profiles.ages import birthday
from profiles.facts import Fact, Kind, say_value
from pusher.rules import shapes
from pusher.rules.evaluate import day
from pusher.rules.nodes import Judge, Operator, Other, Say, Scene, Shape
from pusher.rules.truth import Truth, known

OLDEST = 150
"""Years of age a rule may ask."""
LONGEST_YEARS = 200
LONGEST_MONTHS = 2_400


def years_after(start: date, years: int) -> date:
    """The day *years* are full: the same day of the year; 1 March for 29 February.

    Source:
        facts.json, rules.dates: 生日当天为“满”；2月29日出生者平年以3月1日为满.
    """
    if start.year + years > date.max.year:
        return date.max
    return birthday(start, years)


def months_after(start: date, months: int) -> date:
    """The day *months* are full: the same day of the month, or the month's last.

    Source:
        民法典 202: 没有对应日的，月末日为期间的最后一日.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _dated(judge: Callable[[date, int, date], bool]) -> Judge:
    """A judge over (day, count, as_of)."""

    def judged(about: Fact, have: object, want: object, scene: Scene) -> Truth:
        if not isinstance(have, date) or not isinstance(want, int):
            return Truth.UNKNOWN
        return known(judge(have, want, scene.as_of))

    return judged


def _in_month(born: date, age: int, as_of: date) -> bool:
    full = years_after(born, age)
    return (full.year, full.month) <= (as_of.year, as_of.month)


def _age_on(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    match have, want:
        case date(), (int(age), str(on)):
            limit = day(on)
            return known(limit is not None and years_after(have, age) <= limit)
    return Truth.UNKNOWN


def _compared(judge: Callable[[date, date], bool]) -> Judge:
    """A judge over (day, the day of the rule)."""

    def judged(about: Fact, have: object, want: object, scene: Scene) -> Truth:
        limit = day(want) if isinstance(want, str) else scene.as_of
        if not isinstance(have, date) or limit is None:
            return Truth.UNKNOWN
        return known(judge(have, limit))

    return judged


def _between(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    first, last = want if isinstance(want, tuple) else (None, None)
    start, end = day(str(first)), day(str(last))
    if not isinstance(have, date) or start is None or end is None:
        return Truth.UNKNOWN
    return known(start <= have <= end)


def _after_fact(about: Fact, have: object, want: object, scene: Scene) -> Truth:
    source = want.known_in(scene) if isinstance(want, Other) else {}
    if not isinstance(want, Other) or want.code not in source:
        return Truth.UNKNOWN
    raw = source[want.code]
    if raw is None:
        return Truth.NO
    other = day(raw) if isinstance(raw, str) else None
    if not isinstance(have, date) or other is None:
        return Truth.UNKNOWN
    return known(have > other)


def _dates(name: str, shape: Shape, judge: Judge, say: Say) -> Operator:
    return Operator(name, frozenset({Kind.DATE}), shape, judge, say)


def _whose_age(about: Fact) -> str:
    return "" if about.code == "birth_date" else f"自{_the_day(about)}起"


def _the_day(about: Fact) -> str:
    """成立日期 as 成立之日."""
    bare = about.label.removesuffix("日期")
    return f"{bare}之日" if bare and bare != about.label else about.label


def _say_running(about: Fact, want: object) -> str:
    term = "有效期至"
    if about.label.endswith(term):
        return f"{about.label.removesuffix(term)}在有效期内"
    return f"{about.label}不早于核对当日"


def _day(about: Fact, value: object) -> str:
    return say_value(about, value)


def _say_age_on(about: Fact, want: object) -> str:
    age, on = want if isinstance(want, tuple) else (want, None)
    return f"{_whose_age(about)}截至{_day(about, on)}年满{age}周岁"


def _say_days(about: Fact, want: object) -> str:
    first, last = want if isinstance(want, tuple) else (want, want)
    return f"{about.label}在{_day(about, first)}至{_day(about, last)}之间（含首尾两日）"


def _counted(unit: str) -> tuple[Say, Say, Say]:
    return (
        lambda f, n: f"自{_the_day(f)}起满{n}{unit}",
        lambda f, n: f"自{_the_day(f)}起不满{n}{unit}",
        lambda f, n: f"自{_the_day(f)}起{n}{unit}以内（含满{n}{unit}当日）",
    )


_AGE = shapes.whole(OLDEST)
_YEARS = shapes.whole(LONGEST_YEARS)
_MONTHS = shapes.whole(LONGEST_MONTHS)
_SAY_YEARS = _counted("年")
_SAY_MONTHS = _counted("个月")

# Nobody is under age, and no term is running, before the day itself: hence d <= as_of.
OPERATORS = (
    _dates(
        "age_ge",
        _AGE,
        _dated(lambda d, n, t: years_after(d, n) <= t),
        lambda f, n: f"{_whose_age(f)}年满{n}周岁",
    ),
    _dates(
        "age_lt",
        _AGE,
        _dated(lambda d, n, t: d <= t < years_after(d, n)),
        lambda f, n: f"{_whose_age(f)}未满{n}周岁",
    ),
    _dates(
        "age_le",
        _AGE,
        _dated(lambda d, n, t: d <= t < years_after(d, n + 1)),
        lambda f, n: f"{_whose_age(f)}不超过{n}周岁（含{n}周岁全年）",
    ),
    _dates(
        "age_ge_in_month",
        _AGE,
        _dated(_in_month),
        lambda f, n: f"{_whose_age(f)}年满{n}周岁（到龄当月即算）",
    ),
    _dates("age_ge_on", shapes.age_on, _age_on, _say_age_on),
    _dates("years_ge", _YEARS, _dated(lambda d, n, t: years_after(d, n) <= t), _SAY_YEARS[0]),
    _dates("years_lt", _YEARS, _dated(lambda d, n, t: d <= t < years_after(d, n)), _SAY_YEARS[1]),
    _dates("years_le", _YEARS, _dated(lambda d, n, t: d <= t <= years_after(d, n)), _SAY_YEARS[2]),
    _dates("months_ge", _MONTHS, _dated(lambda d, n, t: months_after(d, n) <= t), _SAY_MONTHS[0]),
    _dates(
        "months_lt", _MONTHS, _dated(lambda d, n, t: d <= t < months_after(d, n)), _SAY_MONTHS[1]
    ),
    _dates(
        "months_le", _MONTHS, _dated(lambda d, n, t: d <= t <= months_after(d, n)), _SAY_MONTHS[2]
    ),
    _dates(
        "before",
        shapes.iso_day,
        _compared(date.__lt__),
        lambda f, v: f"{f.label}早于{_day(f, v)}",
    ),
    _dates(
        "after", shapes.iso_day, _compared(date.__gt__), lambda f, v: f"{f.label}晚于{_day(f, v)}"
    ),
    _dates(
        "on_or_before",
        shapes.iso_day,
        _compared(date.__le__),
        lambda f, v: f"{f.label}不晚于{_day(f, v)}（含当日）",
    ),
    _dates(
        "on_or_after",
        shapes.iso_day,
        _compared(date.__ge__),
        lambda f, v: f"{f.label}不早于{_day(f, v)}（含当日）",
    ),
    _dates("between_dates", shapes.two_days, _between, _say_days),
    _dates(
        "on_or_after_as_of",
        shapes.nothing,
        _compared(date.__ge__),
        _say_running,
    ),
    _dates(
        "before_as_of",
        shapes.nothing,
        _compared(date.__lt__),
        lambda f, v: f"{f.label}早于核对当日",
    ),
    _dates(
        "after_fact",
        shapes.other_day,
        _after_fact,
        lambda f, v: f"{f.label}晚于{v.label if isinstance(v, Other) else v}",
    ),
)
