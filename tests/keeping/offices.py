"""An office's folder on disk, as ``pusher init`` makes it, without the half second it takes."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from sqlmodel import select

from profiles.model import Office
from profiles.sealing import Sealer, make_keys, read_keys
from pusher.__main__ import pusher
from pusher.settings import FILE_NAME, Settings, read_settings
from pusher.store import Store
from tests.makers import make_office

GATEWAY = """
[gateways.aliyun]
access_key_id = "TOPSECRET"
access_key_secret = "TOPSECRET"
sign_name = "样例"
"""


def make_home(home: Path, template: Path, *, toml: str = GATEWAY, url: str = "") -> Path:
    """Keys, settings and a migrated database with an office in it.

    Args:
        template: a migrated SQLite file to start from.
        url: of a migrated PostgreSQL database in its place.
    """
    home.mkdir(mode=0o700)
    make_keys(home / "keys.json")
    if url:
        toml = f'database_url = "{url}"\n{toml}'
    else:
        shutil.copy(template, home / "pusher.db")
        home.joinpath("pusher.db").chmod(0o600)
    home.joinpath(FILE_NAME).write_text(toml, encoding="utf-8")
    home.joinpath(FILE_NAME).chmod(0o600)
    store = open_home(home, url)
    with store.writing() as session:
        if session.exec(select(Office)).first() is None:
            make_office(session)
    store.close()
    return home


def open_home(home: Path, url: str = "") -> Store:
    """The store of that office, under its own keys."""
    sealer = Sealer(read_keys(home / "keys.json"))
    return Store(url or f"sqlite:///{home / 'pusher.db'}", sealer=sealer)


def typed(home: Path, *words: str, stdin: str | None = None, **environ: str) -> Result:
    """Type ``pusher …`` in that office."""
    runner = CliRunner(env={"PUSHER_HOME": str(home), **environ})
    return runner.invoke(pusher, list(words), input=stdin)


def environ_of(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process of that office."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PUSHER_")}
    return {**inherited, "PUSHER_HOME": str(home), **more}


@dataclass(frozen=True, slots=True)
class AnOffice:
    """An office's folder and, on PostgreSQL, its database."""

    home: Path
    url: str

    def opened(self) -> Store:
        return open_home(self.home, self.url)

    def typed(self, *words: str) -> Result:
        environ = {"PUSHER_DATABASE_URL": self.url} if self.url else {}
        return typed(self.home, *words, **environ)

    def told(self, *words: str) -> Any:
        """The JSON of a verb that succeeds."""
        done = self.typed(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def settings(self) -> Settings:
        return read_settings(self.home, {"PUSHER_HOME": str(self.home)})
