"""Citizens at the public pages: they sign up, read the code off their phone and type it back."""

import re
from typing import Any

from httpx import Response
from sqlmodel import select

from profiles.model import Profile
from pusher.sending.wording import wordings
from tests.sending.outbox import Outbox
from tests.web.browsing import Browser, Console

PHONE = "19900001234"
FIRM_CODE = "91370104MA3ABCDE1A"
RESIDENT = {
    "name": "安样例", "phone": PHONE, "age": "1", "tags": ["elderly", "health"], "pace": "daily",
    "agree": "1",
}  # fmt: skip


def sms(console: Console) -> Outbox:
    box = console.gateways["aliyun"]
    assert isinstance(box, Outbox)
    return box


def code_for(console: Console, phone: str = PHONE) -> str:
    """The digits that the newest text to *phone* carries."""
    newest = [parcel for parcel in sms(console).parcels if parcel.to == phone][-1]
    assert "${code}" in wordings()["sms_public_code"].text
    assert re.fullmatch(r"\d{6}", newest.params["code"])
    return newest.params["code"]


def ask(browser: Browser, kind: str = "resident", **typed: Any) -> Response:
    """Send the form of `/p/join`."""
    path = f"/p/join/{kind}"
    return browser.post(path, {**RESIDENT, **typed}, page=path)


def type_code(browser: Browser, code: str) -> Response:
    return browser.post("/p/code", {"code": code}, page="/p/code")


def joined(console: Console, kind: str = "resident", **typed: Any) -> Browser:
    """A browser whose citizen has signed up and sits at their own page."""
    browser = console.browser()
    assert ask(browser, kind, **typed).headers["location"] == "/p/code"
    phone = typed.get("phone", PHONE)
    assert type_code(browser, code_for(console, phone)).headers["location"] == "/p/mine"
    return browser


def profiles(console: Console) -> list[Profile]:
    with console.store.reading() as session:
        return list(session.exec(select(Profile).order_by(Profile.id)))  # type: ignore[arg-type]
