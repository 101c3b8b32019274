"""Settings: what the office says of itself, when it sends, by which ways, and where each stands.

What comes from ``pusher.toml`` or the environment is shown, not changed here: a console that is
broken into cannot turn gateways around.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from profiles.facts import say_area
from profiles.model import Channel, Office
from pusher import office as offices
from pusher.keeping.doctor import shown_settings
from pusher.model.clockwork import DayKind, Holiday, Pause
from pusher.model.errors import NotFound
from pusher.model.staff import Role
from pusher.sending.hours import ELDERLY, GENERAL, Window, seed_calendar
from pusher.sending.prices import BadPrice, price_of
from pusher.sending.wording import GATEWAYS, code_of, registered, takes_any_words
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields
from pusher.web.gate import Admin, Anyone
from pusher.web.layout import go, show
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn
from pusher.working_days import read_calendar

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Way:
    """One gateway as it is set up.

    Attributes:
        on: it has a table in the settings.
        paused: why staff or the clockwork stopped it; None: it runs.
        price: yuan, for a segment or a notice; None where the table holds no amount.
        any_words: it is handed whole texts, and nothing is registered with it.
        missing: templates that the office did not register with the vendor yet.
        lines: its other settings, fit to be shown.
    """

    name: str
    channel: Channel
    on: bool
    paused: str | None
    price: Decimal | None
    any_words: bool
    missing: Sequence[str]
    lines: Mapping[str, Any]


@router.get("/settings")
def settings_page(request: Request, desk: DeskHere, who: Anyone) -> Response:
    """Everything that is set; the forms only for an admin."""
    return _show(request, desk, who, Fields.empty())


@router.post("/settings/office")
def describe_office(request: Request, desk: DeskHere, who: Admin, form: StaffForm) -> Response:
    """Change name, signature and phone."""
    fields = Fields(form)
    said = {name: fields.typed(name) for name in ("name", "signature", "phone")}
    try:
        with desk.store.writing() as session:
            office = session.get_one(Office, who.office_id)
            changed = offices.describe(session, office, **said, by=who.number, now=desk.now())
    except offices.WrongEntry as wrong:
        fields.errors[wrong.field] = str(wrong)
        return _show(request, desk, who, fields, status=422)
    text = "已保存；已提交的批次仍按提交时的文字发出。" if changed else "没有改动。"
    return go("/settings", desk=desk, said=text)


@router.post("/settings/days")
def set_day(request: Request, desk: DeskHere, who: Admin, form: StaffForm) -> Response:
    """Close a day, or open a weekend's day."""
    fields = Fields(form)
    day = fields.day("day", "日期")
    kind = fields.choice("kind", "放假还是补班", DayKind)
    if day is None and "day" not in fields.errors:
        fields.errors["day"] = "请填写日期"
    if day is None or not fields.sound:
        return _show(request, desk, who, fields, status=422)
    try:
        with desk.store.writing() as session:
            name = fields.typed("holiday")
            offices.set_day(session, day, kind, name=name, by=who.number, now=desk.now())
    except offices.WrongEntry as wrong:
        fields.errors[wrong.field] = str(wrong)
        return _show(request, desk, who, fields, status=422)
    return go("/settings#days", desk=desk, said="已登记，发送时段随之调整。")


@router.post("/settings/days/{day}/drop")
def drop_day(day: date, desk: DeskHere, who: Admin) -> Response:
    """Let a day be what its weekday says."""
    with desk.store.writing() as session:
        if not offices.drop_day(session, day, by=who.number, now=desk.now()):
            raise NotFound("节假日表中没有这一天")
    return go("/settings#days", desk=desk, said="已去掉，这一天按星期几算。")


@router.post("/settings/years/{year}")
def fill_year(year: int, desk: DeskHere, who: Admin) -> Response:
    """Take in the State Council's holidays of a year, where the program knows them."""
    with desk.store.writing() as session:
        filled = seed_calendar(session, [year], desk.now())
    said = f"已录入{year}年的节假日。" if filled else f"程序还不知道{year}年的安排，请逐日登记。"
    return go("/settings#days", desk=desk, said=said)


def _show(
    request: Request, desk: Desk, who: SignedIn, fields: Fields, *, status: int = 200
) -> Response:
    now = desk.now()
    with desk.store.reading() as session:
        office = session.get_one(Office, who.office_id)
        calendar = read_calendar(session)
        years = (now.year, now.year + 1)
        ways = _ways(session, desk)
        days = _days(session, now.date())
    return show(
        request,
        desk,
        who,
        "settings.html",
        status=status,
        fields=fields,
        office=office,
        area=say_area(office.area_code),
        may_edit=who.role is Role.ADMIN,
        may_see_all=who.role in (Role.ADMIN, Role.AUDITOR),
        hours=[("一般对象", _say(GENERAL)), ("60岁以上的读者", _say(ELDERLY))],
        quiet_hours=desk.settings.quiet_hours,
        quiet_origin=desk.settings.origins.get("quiet_hours"),
        doubts=[(year, doubt) for year in years if (doubt := calendar.doubts(year))],
        days=days,
        kinds=list(DayKind),
        ways=ways,
        other_signature=_other_signature(desk, office),
        rest=[one for one in shown_settings(desk.settings) if "gateways." not in one.name],
    )


def _days(session: Session, today: date) -> Sequence[Holiday]:
    return session.exec(
        select(Holiday).where(col(Holiday.day) >= today).order_by(col(Holiday.day))
    ).all()


def _ways(session: Session, desk: Desk) -> list[Way]:
    tables = desk.settings.gateways
    pauses = {pause.gateway: pause.because for pause in session.exec(select(Pause))}
    known = [
        (channel, name)
        for channel, names in GATEWAYS.items()
        for name in [name for name in tables if name in names] or names[:1]
    ]
    shown = shown_settings(desk.settings)
    return [_way(desk, name, channel, pauses, shown) for channel, name in known]


def _way(
    desk: Desk, name: str, channel: Channel, pauses: Mapping[str, str], shown: Sequence[Any]
) -> Way:
    table = desk.settings.gateways.get(name)
    start = f"gateways.{name}."
    lines = {one.name.removeprefix(start): one.value for one in shown if one.name.startswith(start)}
    try:
        price = price_of(name, table or {}, channel)
    except BadPrice:
        price = None
    return Way(
        name=name,
        channel=channel,
        on=table is not None,
        paused=pauses.get(name),
        price=price,
        any_words=channel is Channel.WECOM or takes_any_words(table or {}),
        missing=[
            one.key
            for one in registered()
            if one.channel is channel and code_of(one.key, table or {}) is None
        ],
        lines={key: value for key, value in lines.items() if key not in ("price", "templates")},
    )


def _other_signature(desk: Desk, office: Office) -> str:
    """The signature that the SMS vendor puts, where it is not the office's; else empty."""
    for name in GATEWAYS[Channel.SMS]:
        sign = str(desk.settings.gateways.get(name, {}).get("sign_name", "")).strip("【】 ")
        if sign and sign != office.signature:
            return sign
    return ""


def _say(windows: Sequence[Window]) -> str:
    def clock(moment: time) -> str:
        return f"{moment.hour}:{moment:%M}"

    return "、".join(f"{clock(first)}–{clock(end)}" for first, end in windows)
