"""A console on a real socket, and a Chromium before it: for what only a browser can tell."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from pusher import staff as accounts
from pusher.model.staff import Role
from tests.web.browsing import Console

DESK, PHONE = 1440, 390
_PATIENCE_S = 90.0
_AXE = Axe()


@dataclass(frozen=True, slots=True)
class Window:
    """A served console and the browser that looks at it."""

    console: Console
    address: str
    browser: Browser

    @contextmanager
    def opened(self, role: Role | None = None, *, scripts: bool = True) -> Iterator[Page]:
        """A page of somebody who is signed in as *role*, or of a stranger."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": DESK, "height": 900},
            locale="zh-CN",
            java_script_enabled=scripts,
        )
        if role is not None:
            self._sign_in(context, role)
        yield context.new_page()
        context.close()

    def _sign_in(self, context: BrowserContext, role: Role) -> None:
        with self.console.store.writing() as session:
            staff = self.console.staff[role]
            token = accounts.open_session(session, staff, now=self.console.now)
        context.add_cookies([{"name": "pusher_session", "value": token, "url": self.address}])


@contextmanager
def served(console: Console) -> Iterator[str]:
    """The console's address; it listens until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(console.app, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    end = time.monotonic() + _PATIENCE_S
    while not server.started:
        assert time.monotonic() < end, "the console does not listen"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


def faults_of(page: Page) -> list[str]:
    """What keeps people out of the page as it stands: serious and critical findings of axe, and
    being wider than a phone."""
    found = [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in _AXE.run(page).response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    page.set_viewport_size({"width": PHONE, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > PHONE:
        found.append(f"{wide} px wide on a phone: {_widest(page)}")
    return found


def _widest(page: Page) -> Sequence[str]:
    names: Sequence[str] = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
            .slice(0, 5).map(e => e.tagName + '.' + e.className)"""
    )
    return names
