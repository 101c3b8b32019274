"""A whole office as its people meet it: commands, pages, a phone. Real processes, real sockets."""

import json
import os
import re
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
from click.testing import CliRunner

from pusher.__main__ import pusher
from pusher.clock import OFFICE_ZONE, office_now
from pusher.demo.children import children, wait_for
from pusher.demo.furnish import write_settings

MORNING = datetime(2026, 11, 25, 9, 30, tzinfo=OFFICE_ZONE)
"""A working Wednesday, for which the sample registers were written."""
DISTRICT = Path(str(files("pusher.demo").joinpath("district")))
PASSWORDS = {"clerk": "槐荫春天的柳絮飘到了小清河边", "reviewer": "腊山脚下的梧桐树叶又黄了一回"}
PATIENCE_S = 60.0
DOORS = frozenset({"console", "phones", "clockwork"})


class Person:
    """Somebody at a browser: signed in, with the form tokens of the pages they see."""

    def __init__(self, base: str, login: str | None = None) -> None:
        self.browser = httpx.Client(base_url=base, follow_redirects=True, timeout=30)
        if login is not None:
            page = self.browser.get("/sign-in")
            self.browser.post(
                "/sign-in",
                data={"token": token_of(page.text), "login": login, "password": PASSWORDS[login]},
                headers={"origin": base},
            )
        self.base = base

    def sees(self, path: str) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def sends(self, path: str, on: str, **fields: Any) -> httpx.Response:
        """Send the form at *path* from the page *on*."""
        token = token_of(self.sees(on))
        answer = self.browser.post(
            path, data={"token": token, **fields}, headers={"origin": self.base}
        )
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:2000])
        return answer


@dataclass(frozen=True, slots=True)
class Town:
    """The office's folder and its doors."""

    home: Path
    port: int
    people: list[Person] = field(default_factory=list)

    @property
    def console(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def phones(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    def run(self, *words: str, typed: str | None = None) -> Any:
        """Type ``pusher …`` and read its JSON.

        In this process: the office's doors are processes of their own, and the start of one more
        for each command would cost more than the command.
        """
        done = CliRunner(env={"PUSHER_HOME": str(self.home)}).invoke(pusher, words, input=typed)
        assert done.exit_code == 0, done.stderr[-2000:]
        return json.loads(done.stdout) if "--json" in words else done.stdout

    def environ(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PUSHER_")}
        return {**inherited, "PUSHER_HOME": str(self.home)}

    def person(self, login: str | None = None) -> Person:
        self.people.append(Person(self.console, login))
        return self.people[-1]

    def texts(self, to: str | None = None) -> list[dict[str, Any]]:
        """What phones received, or one of them."""
        found: list[dict[str, Any]] = httpx.get(f"{self.phones}/_sandbox/messages").json()
        return [text for text in found if to is None or text["to"] == to]

    def answers(self, who: str, text: str) -> None:
        """Somebody answers from their phone."""
        done = httpx.post(f"{self.phones}/_sandbox/replies", json={"to": who, "text": text})
        assert done.status_code < 300

    def confirmed(self, stem: str) -> str:
        """A policy of the district, read and confirmed by commands; its id."""
        (file,) = DISTRICT.glob(f"policies/{stem}_*")
        (read,) = self.run("policy", "read", str(file), "--by", "1001", "--json")
        rule = DISTRICT / "rules" / f"{stem}.json"
        self.run("policy", "confirm", read["id"], "--by", "clerk", "--rule", str(rule), "--json")
        return str(read["id"])

    def drafted(self, clerk: Person, policy: str, **fields: Any) -> str:
        """Match and draft in the console; the batch's path."""
        clerk.sends(f"/policies/{policy}/match", on=f"/policies/{policy}")
        wish = {"kind": "first", "include": ["eligible"], "channels": ["sms", "wechat"], **fields}
        page = clerk.sends(f"/policies/{policy}/batches", on=f"/policies/{policy}/matches", **wish)
        return page.url.path

    def released(self, clerk: Person, reviewer: Person, batch: str) -> None:
        """One submits, another looks and approves; then everything has left."""
        clerk.sends(f"{batch}/submit", on=batch)
        shown = re.search(r'name="shown" value="([0-9a-f]{64})"', reviewer.sees(batch))
        assert shown, "the reviewer is not asked"
        reviewer.sends(f"{batch}/approve", on=batch, shown=shown[1], seen="on")
        number = batch.rsplit("/", 1)[1].replace("-", "")
        moving = "state IN ('drafted', 'handing') OR state = 'accepted' AND outcome = 'none'"
        until(lambda: self.rows(f"batch WHERE id = '{number}' AND state = 'finished'") == 1)
        until(lambda: self.rows(f"notice WHERE batch_id = '{number}' AND ({moving})") == 0)
        until(lambda: self._has_its_receipts(batch))

    def rows(self, what: str) -> int:
        """Rows of the running office's database, to wait by: a command would load everything."""
        file = f"file:{self.home / 'pusher.db'}?mode=ro"
        with closing(sqlite3.connect(file, uri=True)) as database:
            return int(database.execute(f"SELECT count(*) FROM {what}").fetchone()[0])

    def _has_its_receipts(self, batch: str) -> bool:
        counted = self.counted(batch)
        delivered: bool = counted["by_outcome"]["delivered"] == counted["by_state"]["accepted"]
        return delivered and counted["state"] == "finished"

    def counted(self, batch: str) -> Any:
        return self.run("batch", "show", batch.rsplit("/", 1)[1], "--json")


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', page)
    assert found, "no form on this page"
    return found[1]


def until(is_so: Callable[[], bool]) -> None:
    """Wait for the clockwork and the stand-in."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.2)


@contextmanager
def opened(home: Path, *, only: frozenset[str] = DOORS) -> Iterator[Town]:
    """Set up an office by commands alone and open its doors.

    Args:
        only: of its doors, those that are needed; each is a process that is never quite idle.
    """
    town = Town(home, _free_port())
    write_settings(home, port=town.port, ahead=MORNING - office_now(), tick_s=0.3)
    town.run("init", "--phone", "0531-00000001", "--json")
    for login, number in (("clerk", "1001"), ("reviewer", "1002")):
        town.run(
            "staff", "add", login, "--role", login, "--number", number, "--password-stdin",
            "--json", typed=PASSWORDS[login],
        )  # fmt: skip
    for kind in ("resident", "enterprise"):
        town.run("roster", "import", str(DISTRICT / f"{kind}s.csv"), "--kind", kind, "--json")
    doors = {
        "console": ["-m", "pusher", "serve", "--port", str(town.port)],
        "phones": [
            "-m", "pusher", "sandbox", "--port", str(town.port + 1), "--callbacks", town.console,
        ],
        "clockwork": ["-m", "jobs"],
    }  # fmt: skip
    opens = {name: words for name, words in doors.items() if name in only}
    with children(opens, town.environ()) as running:
        wait_for(f"{town.console}/healthz", running)
        if "phones" in only:
            wait_for(f"{town.phones}/_sandbox/messages", running)
        yield town
        for person in town.people:
            person.browser.close()


def _free_port() -> int:
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            try:
                with socket.create_server(("127.0.0.1", port + 1)):
                    return port
            except OSError:
                continue
