"""A stand-in's process for each worker, and an office that calls it, on both databases."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clockwork.rehearsal import Rehearsal, rehearsed, stand_in
from tests.sandbox.stand import Stand


@pytest.fixture(scope="session")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with stand_in(tmp_path_factory.mktemp("vendors")) as stand:
        yield stand


@pytest.fixture
def lite(tmp_path: Path, sqlite_template: Path, vendors: Stand) -> Iterator[Rehearsal]:
    """On SQLite only, for what has nothing to do with the database."""
    shutil.copy(sqlite_template, tmp_path / "pusher.db")
    with rehearsed(tmp_path, f"sqlite:///{tmp_path / 'pusher.db'}", vendors) as rehearsal:
        yield rehearsal


@pytest.fixture
def rehearsal(tmp_path: Path, database_url: str, vendors: Stand) -> Iterator[Rehearsal]:
    with rehearsed(tmp_path, database_url, vendors) as rehearsal:
        yield rehearsal
