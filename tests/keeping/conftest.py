"""An office on disk, once on SQLite, or once on each database."""

from pathlib import Path

import pytest

from tests.keeping.offices import make_home


@pytest.fixture
def home(tmp_path: Path, sqlite_template: Path) -> Path:
    return make_home(tmp_path / "var", sqlite_template)
