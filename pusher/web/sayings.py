"""How pages say moments, money and shares; the environment in which all pages are filled."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from pusher.clock import OFFICE_ZONE

WEEKDAYS = "一二三四五六日"


@cache
def environment() -> Environment:
    """Jinja over our own pages, one a process: escaping always on, a missing name an error."""
    pages = Environment(
        loader=PackageLoader("templates", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(
        moment=say_moment, day=say_day, yuan=say_yuan, count=say_count, machine=say_machine,
        lasting=say_lasting,
    )  # fmt: skip
    pages.globals["static"] = static_address
    return pages


@pass_context
def say_moment(context: Context, moment: datetime | None) -> str:
    """11月25日 09:30, with the year where it is not the page's; — where there is none."""
    if moment is None:
        return "—"
    here, now = moment.astimezone(OFFICE_ZONE), context.get("now")
    year = "" if isinstance(now, datetime) and now.year == here.year else f"{here.year}年"
    return f"{year}{here.month}月{here.day}日 {here:%H:%M}"


def say_clock(moment: datetime) -> str:
    """2026年11月25日 周三 09:30, for the clock on every page."""
    here = moment.astimezone(OFFICE_ZONE)
    weekday = WEEKDAYS[here.weekday()]
    return f"{here.year}年{here.month}月{here.day}日 周{weekday} {here:%H:%M}"


def say_machine(moment: datetime | date | None) -> str:
    """ISO 8601, for ``<time datetime>`` and form fields."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return moment.astimezone(OFFICE_ZONE).isoformat(timespec="minutes")
    return moment.isoformat()


def say_day(day: date | str | None) -> str:
    """2026年11月25日; — where there is none."""
    if day is None:
        return "—"
    read = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{read.year}年{read.month}月{read.day}日"


def say_yuan(amount: Decimal | None) -> str:
    """1,234.50: two places, more only where there are more."""
    if amount is None:
        return "—"
    places = max(2, -int(amount.normalize().as_tuple().exponent))
    return f"{amount:,.{places}f}"


def say_count(number: int) -> str:
    """12,345."""
    return f"{number:,}"


def say_lasting(seconds: float) -> str:
    """How long, in the largest unit that leaves no fraction: 3天, 90分钟, 0.5秒."""
    for unit, called in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds and seconds % unit == 0:
            return f"{int(seconds // unit)}{called}"
    return f"{seconds:g}秒"


def say_wait(wait: timedelta) -> str:
    """How many whole minutes, at least one."""
    return f"{max(1, -(-int(wait.total_seconds()) // 60))}分钟"


STATIC: Mapping[str, str] = {
    "style.css": "text/css; charset=utf-8",
    "favicon.svg": "image/svg+xml",
    "confirm.js": "text/javascript; charset=utf-8",
    "intake.js": "text/javascript; charset=utf-8",
    "counts.js": "text/javascript; charset=utf-8",
}
"""The only files that are handed out as they are."""


@cache
def static_file(name: str) -> bytes:
    """One of `STATIC`, read once."""
    return files("templates").joinpath("static", name).read_bytes()


@cache
def static_address(name: str) -> str:
    """Where a page finds a file; changes with its content, so that browsers may keep it."""
    return f"/static/{name}?v={hashlib.sha256(static_file(name)).hexdigest()[:12]}"
