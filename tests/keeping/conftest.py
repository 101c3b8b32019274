"""An office on disk, on SQLite or on each of the two databases."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import database_of
from tests.keeping.offices import AnOffice, make_home


@pytest.fixture
def home(tmp_path: Path, sqlite_template: Path) -> Path:
    """On SQLite."""
    return make_home(tmp_path / "var", sqlite_template)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> AnOffice:
    """Once on SQLite and once on PostgreSQL."""
    url = request.getfixturevalue("fresh_database")("migrated") if request.param != "sqlite" else ""
    return AnOffice(make_home(tmp_path / "var", sqlite_template, url=url), url)


@pytest.fixture
def fresh_database(postgres: str) -> Callable[[str], str]:
    """Makes a PostgreSQL database like another one; returns its address."""

    def make(template: str) -> str:
        name = f"t{uuid4().hex}"
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {template}'.encode())
        return database_of(postgres, name)

    return make
