"""A console over a fresh office."""

from pathlib import Path

import pytest

from profiles.sealing import Sealer
from pusher.store import Store
from tests.web.browsing import Console, make_console


@pytest.fixture
def console(store: Store) -> Console:
    """Once on SQLite and once on PostgreSQL."""
    return make_console(store)


@pytest.fixture
def lite(tmp_path: Path, sqlite_template: Path, sealer: Sealer) -> Console:
    """On SQLite only, for what has nothing to do with the database."""
    file = tmp_path / "pusher.db"
    file.write_bytes(sqlite_template.read_bytes())
    return make_console(Store(f"sqlite:///{file}", sealer=sealer))
