"""What it came to (监测问效): who was found, told and reached, by policy, month, street and way."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response

from profiles.model import Channel
from pusher.listening.effects import Effects, Line, effects
from pusher.registers import harmless
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import asked
from pusher.web.gate import Looking
from pusher.web.layout import show
from pusher.web.session import SignedIn

router = APIRouter()

_OPENED: Final = 3_000
"""Dossiers that a page opens to count the elderly; the command line opens all."""
_BACK: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way, with its share of who was found."""

    name: str
    number: int
    percent: int


@router.get("/effects")
def effects_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """The figures of a period, or of one policy."""
    found = _look(request, desk, who)
    return show(
        request,
        desk,
        who,
        "effects.html",
        found=found,
        steps=_steps(found),
        asked=asked(request, "policy"),
    )


@router.get("/effects.csv")
def effects_sheet(request: Request, desk: DeskHere, who: Looking) -> Response:
    """The same by policy, as a spreadsheet; no person stands in it."""
    found = _look(request, desk, who)
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(name for name, _ in _COLUMNS)
    for line in found.by_policy:
        sheet.writerow(harmless(_cell(line, field)) for _, field in _COLUMNS)
    name = quote(f"成效-{found.since.isoformat()}.csv")
    return Response(
        # a spreadsheet of the office takes a file without this mark for GB18030
        b"\xef\xbb\xbf" + out.getvalue().encode(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
    )


_COLUMNS: Final = (
    ("政策", "name"),
    ("月份", "month"),
    ("找到", "found"),
    ("告知", "told"),
    ("送到", "reached"),
    ("已读", "read"),
    ("上门", "visited"),
    ("提问", "asked"),
    ("诉求", "complained"),
    ("满意", "satisfied"),
    ("不满意", "dissatisfied"),
    ("退订", "opted_out"),
    ("费用（元）", "cost"),
    ("每送达一人（元）", "cost_each"),
)


def _cell(line: Line, field: str) -> str:
    value = getattr(line, field)
    return "" if value is None else str(value)


def _look(request: Request, desk: Desk, who: SignedIn) -> Effects:
    wanted = asked(request, "since", "policy")
    today = desk.now().date()
    with desk.store.reading() as session:
        return effects(
            session,
            office_id=who.office_id,
            since=_day(wanted["since"]) or today - _BACK,
            today=today,
            policy=_id(wanted["policy"]),
            open_at_most=_OPENED,
        )


def _steps(found: Effects) -> Sequence[Step]:
    total = found.total
    named = (
        ("找到", total.found),
        ("告知", total.told),
        ("送到", total.reached),
        ("短信送达", found.by_way.get(Channel.SMS, (0, 0))[1]),
        ("微信送达", found.by_way.get(Channel.WECHAT, (0, 0))[1]),
        ("微信已读", total.read),
        ("企业微信已交，不给回执", found.by_way.get(Channel.WECOM, (0, 0))[0]),
        ("上门送达", total.visited),
    )
    return [
        Step(name, n, round(100 * n / total.found) if total.found else 0)
        for name, n in named
        if n or not name.startswith("企业微信")
    ]


def _day(text: str) -> date | None:
    """A day of the address; nonsense is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _id(text: str) -> UUID | None:
    """An id of the address; nonsense is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
