"""A browser for tests: it keeps cookies, finds the form token on a page, and sends forms."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from httpx import Client, Response
from sqlmodel import select

from profiles.model import Office
from pusher import staff as accounts
from pusher.gateways.base import Gateway
from pusher.model.batch import Batch
from pusher.model.staff import Role, Staff
from pusher.sending import review
from pusher.settings import Settings
from pusher.store import Store
from pusher.web.app import create_app
from tests.makers import NOW, make_office, make_staff
from tests.sending.delivery_makers import HOME, make_settings
from tests.sending.outbox import Outbox, wechat_box
from tests.web.asgi import Straight

PASSWORD = "槐荫春天的柳絮飘到了小清河边"
HOST = "http://testserver"


class FixedTagger:
    """Suggests one tag, whatever the text."""

    def suggest(self, text: str) -> list[Any]:
        words = [("高龄", 0.3), ("津贴", 0.2)]
        return [SimpleNamespace(code="M02", name="高龄与老年津贴", score=0.62, words=words)]


@dataclass
class Console:
    """An office with one member of staff of each role, and its application.

    Attributes:
        now: the office clock; set it to move time.
    """

    store: Store
    settings: Settings
    gateways: dict[str, Gateway]
    office_id: UUID
    staff: dict[Role, Staff]
    now: datetime = NOW
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(
            self.store,
            self.settings,
            self.gateways,
            now=lambda: self.now,
            tagger=FixedTagger,  # type: ignore[arg-type]
        )

    def browser(self, role: Role | None = None) -> "Browser":
        """A fresh browser; signed in as *role* unless that is None."""
        browser = Browser(self)
        if role is not None:
            with self.store.writing() as session:
                token = accounts.open_session(session, self.staff[role], now=self.now)
            browser.client.cookies.set("pusher_session", token)
        return browser

    def with_settings(self, **given: Any) -> "Console":
        """The same office under other settings."""
        settings = replace(self.settings, **given)
        return Console(self.store, settings, self.gateways, self.office_id, self.staff, self.now)

    def later(self, **given: float) -> None:
        """Let the office clock run on."""
        self.now += timedelta(**given)

    @contextmanager
    def office(self) -> Iterator[tuple[Any, Office]]:
        """A writing session and the office in it."""
        with self.store.writing() as session:
            yield session, session.exec(select(Office)).one()


class Browser:
    """Cookies and forms; nothing is followed unless asked."""

    def __init__(self, console: Console) -> None:
        self.client = Client(transport=Straight(console.app), base_url=HOST)

    def get(self, path: str) -> Response:
        return self.client.get(path)

    def token_on(self, path: str) -> str:
        """The form token of the page at *path*, or of where it leads."""
        return token_of(self.client.get(path, follow_redirects=True).text)

    def post(
        self,
        path: str,
        fields: Mapping[str, Any] | None = None,
        *,
        page: str = "/",
        headers: Mapping[str, str] | None = None,
        files: Any = None,
    ) -> Response:
        """Send a form with the token of *page*, from our own site unless told otherwise."""
        sent = {"token": self.token_on(page), **(fields or {})}
        return self.client.post(path, data=sent, files=files, headers=headers or {"origin": HOST})


def submit(console: Console, batch: Batch, by: str | None = None) -> str:
    """Submit it; returns the hash that is shown from then on."""
    with console.store.writing() as session:
        found = session.get_one(Batch, batch.id)
        review.submit(session, found, by=by or console.staff[Role.CLERK].number, now=console.now)
        return found.frozen_sha256 or ""


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    assert found, "no form on this page"
    return found[1]


def make_console(store: Store) -> Console:
    with store.writing() as session:
        office = make_office(session)
        staff = {role: make_staff(session, office, role, name=f"样例{role.value}") for role in Role}
        office_id = office.id
    gateways: dict[str, Gateway] = {box.name: box for box in (Outbox(), wechat_box())}
    # of its own: what a job keeps beside the keys is one office's
    settings = make_settings(home=Path(tempfile.mkdtemp(dir=HOME)))
    return Console(store, settings, gateways, office_id, staff)
