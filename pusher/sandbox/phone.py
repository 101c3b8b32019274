"""The phone screen: what people received, newest first, and a box to answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader

from pusher.sandbox.exchange import CHINA, Answered, Exchange, Taken

_MOST_BUBBLES = 300  # of the newest, over all phones
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
_OUTCOMES = {"waiting": "已发出", "delivered": "已送达", "failed": "未送达"}
_KINDS = {"sms": "短信", "wechat": "微信", "wecom": "企业微信"}
_EVENTS = {"subscribe": "关注了公众号", "unsubscribe": "取消了关注"}


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text on the screen; *theirs* are the person's own words."""

    text: str
    at: datetime
    when: str
    theirs: bool
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """One person's screen, newest bubble first."""

    to: str
    shown: str
    kind: str
    kind_name: str
    has_left: bool
    bubbles: list[Bubble]


def phone_page(exchange: Exchange, *, to: str | None) -> HTMLResponse:
    """Show all phones, or with *to* a single one with the box to answer."""
    phones = _phones(exchange, to)
    page = _environment().get_template("phone.html")
    html = page.render(
        phones=phones,
        single=to is not None,
        shown=_masked(to) if to else "",
        total=len(exchange.taken),
    )
    return HTMLResponse(html, headers={"content-security-policy": _POLICY})


def _phones(exchange: Exchange, to: str | None) -> list[Phone]:
    # one phone shows the texts of every SMS vendor
    by_person: dict[tuple[str, str], list[Bubble]] = {}
    for entry in islice(_newest_first(exchange), _MOST_BUBBLES if to is None else None):
        if to is None or entry.to == to:
            by_person.setdefault((_kind(entry), entry.to), []).append(_bubble(entry))
    return [
        Phone(
            to=number,
            shown=_masked(number),
            kind=kind,
            kind_name=_KINDS[kind],
            has_left=number in exchange.left,
            bubbles=bubbles,
        )
        for (kind, number), bubbles in by_person.items()
    ]


def _kind(entry: Taken | Answered) -> str:
    return entry.provider if entry.provider in _KINDS else "sms"


def _newest_first(exchange: Exchange) -> Iterable[Taken | Answered]:
    def moment(entry: Taken | Answered) -> datetime:
        return entry.accepted_at if isinstance(entry, Taken) else entry.at

    return sorted([*exchange.taken, *exchange.answered], key=moment, reverse=True)


def _bubble(entry: Taken | Answered) -> Bubble:
    if isinstance(entry, Answered):
        text = entry.text or _EVENTS.get(entry.event, "")
        return Bubble(text, entry.at, _when(entry.at), theirs=True)
    # Only what a browser may follow; a text cannot smuggle in a script.
    url = entry.url if entry.url.startswith(("https://", "http://")) else ""
    note = _OUTCOMES[entry.outcome]
    return Bubble(entry.text, entry.accepted_at, _when(entry.accepted_at), False, note, url)


def _when(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%m月%d日 %H:%M:%S")


def _masked(to: str) -> str:
    """Return a number as 199****0001, an openid or a member's name with its ends only."""
    if to.isdigit():
        return f"{to[:3]}****{to[-4:]}"
    ends = 4 if len(to) > 12 else 2
    return f"{to[:ends]}…{to[-ends:]}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, auto_reload=False
    )
