"""The store: one way to write and one way to read, on SQLite and on PostgreSQL.

SQLite up to 3.51.2 can corrupt a WAL when one connection checkpoints while another commits, and
the copies that Python ships are older than the mend. So every write transaction, and with it
every checkpoint, of every process runs under one file lock beside the database; readers have an
engine of their own that cannot write.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlmodel import Session

from profiles.sealing import Sealer
from profiles.turns import Lock
from pusher.wal import is_foreign, log_of, remember

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS: Final = Path(__file__).parent / "migrations" / "versions"
_WRITERS: Final = Lock.WRITERS.value


class WrongSchema(Exception):
    """The database was made by another version of the program. The text may be shown."""


class Store:
    """Opens sessions on the office's database; each carries the sealer in ``info``.

    Beside it, ``memory`` is a dictionary that lasts as long as the store, for what is dear to
    work out again; ``writes`` tells a session that may write from one that only looks.

    Use ``with store.writing() as session`` to change things: it begins at once (on SQLite under
    the lock), commits at the end, and rolls back if anything was raised. ``store.reading()``
    gives a consistent look that cannot write. Neither may be nested in a `writing`.
    """

    def __init__(self, url: str, *, sealer: Sealer) -> None:
        self.url = url
        self._sealer = sealer
        self._mine = threading.local()
        self._memory: dict[str, Any] = {}
        self._lock_file = _lock_file(url)
        self._writer, self._reader = _engines(url)
        self._log_is_known = self._lock_file is None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits when the block ends well."""
        if getattr(self._mine, "writing", False):
            raise RuntimeError("a write inside a write would wait for itself")
        self._check_log()
        self._mine.writing = True
        try:
            with _locked(self._lock_file), self._session(self._writer) as session:
                self._follow_keys(session)
                yield session
                session.commit()
        finally:
            self._mine.writing = False

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one snapshot and cannot write."""
        self._check_log()
        self._sealer.refresh()
        with self._session(self._reader) as session:
            yield session

    def outlast_writers(self) -> None:
        """Return when every write that has begun has ended; later ones seal with the newest key."""
        if self._lock_file is not None:
            with _locked(self._lock_file):
                return
        with self._writer.begin() as connection:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITERS})"))

    def server_moment(self) -> datetime:
        """The moment on the clock of the PostgreSQL server, aware."""
        with self._reader.connect() as connection:
            moment = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        if not isinstance(moment, datetime):
            raise TypeError("a server tells a moment")
        return moment

    def revision(self) -> str | None:
        """The migration that the database is at; None before the first.

        Raises:
            WrongSchema: the log beside the file is of another database; nothing was opened.
        """
        self._check_log()
        with self._reader.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found

    def check_schema(self) -> None:
        """Refuse a database that this program does not understand.

        Raises:
            WrongSchema: no tables yet, or of an older or newer version.
        """
        found, known = self.revision(), revisions()
        if found is None:
            raise WrongSchema("数据库尚未建立；请先运行 pusher init")
        if found not in known:
            raise WrongSchema(
                f"数据库版本 {found} 比本程序新（本程序到 {known[0]}）；"
                "请改用新版程序，或用 pusher restore 恢复升级前的备份"
            )
        if found != known[0]:
            raise WrongSchema(f"数据库版本为 {found}，程序需要 {known[0]}；请运行 pusher upgrade")

    def copy_sqlite(self, file: Path) -> None:
        """Copy the database as it is now into *file*, an empty one; writers go on meanwhile."""
        connection = self._reader.raw_connection()
        try:
            # of the copy's own file: the reader may write nothing in the database itself
            connection.cursor().execute("PRAGMA query_only=OFF")
            connection.cursor().execute("VACUUM INTO ?", (str(file),))
        finally:
            connection.cursor().execute("PRAGMA query_only=ON")
            connection.close()

    def close(self) -> None:
        """Close all connections; SQLite checkpoints at the last one, so under the lock."""
        with _locked(self._lock_file):
            self._reader.dispose()
            self._writer.dispose()

    def _check_log(self) -> None:
        """Before the first connection: SQLite would play whatever log lies there."""
        if self._lock_file is None or self._log_is_known:
            return
        try:
            with _lock_held(self._lock_file) as lock:
                database = _database_of(self._lock_file)
                if is_foreign(lock, database):
                    raise WrongSchema(
                        f"{log_of(database)} 不是这个数据库的预写日志，像是别处拷来的或旧的，"
                        "打开会毁坏数据；请移走它，再用 pusher restore 恢复最近的备份"
                    )
                remember(lock, database)
        except OSError:
            return  # nothing can be written there: SQLite tells why
        self._log_is_known = True

    def _follow_keys(self, session: Session) -> None:
        """Seal with the newest key from here on, where `outlast_writers` knows of this write."""
        if self._lock_file is None:
            lock = f"SELECT pg_advisory_xact_lock_shared({_WRITERS})"
            session.connection().execute(text(lock))
        self._sealer.refresh()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        info = {
            "sealer": self._sealer,
            "memory": self._memory,
            "writes": engine is self._writer,
        }
        with Session(engine, expire_on_commit=False, info=info) as session:
            yield session


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at *url* to *revision*, under the lock that all writers share."""
    from alembic import command

    with _locked(_lock_file(url)):
        command.upgrade(_alembic(url), revision)


def fold_log(file: Path) -> None:
    """Bring what stands in a SQLite file's write-ahead log into the file; the log is gone then.

    Raises:
        sqlite3.Error: the file is damaged; both are left as they are.
    """
    with _locked(_lock_file(f"sqlite:///{file}")), closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def downgrade(url: str, revision: str) -> None:
    """Take the database at *url* back to *revision* (``base`` empties it)."""
    from alembic import command

    with _locked(_lock_file(url)):
        command.downgrade(_alembic(url), revision)


def revisions() -> list[str]:
    """Every migration this program knows, the newest first: their files begin with their numbers.

    Every command asks at its start; Alembic, which builds a line of them, takes long to load.
    """
    return sorted((file.name[:4] for file in _MIGRATIONS.glob("[0-9]*.py")), reverse=True)


def migration_engine(url: str) -> Engine:
    """An engine for Alembic: the store's own settings, foreign keys unchecked while tables move."""
    return _engines(url)[0]


def _alembic(url: str) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "pusher:migrations")
    config.attributes["url"] = url
    return config


def _engines(url: str) -> tuple[Engine, Engine]:
    if not url.startswith("sqlite"):
        writer = create_engine(url, pool_pre_ping=True, hide_parameters=True)
        return writer, writer.execution_options(postgresql_readonly=True)
    writer, reader = (
        create_engine(
            url,
            connect_args={"check_same_thread": False, "timeout": 10},
            hide_parameters=True,  # an error's text must not quote a person
        )
        for _ in range(2)
    )
    event.listen(writer, "connect", _prepare_writer)
    event.listen(reader, "connect", _prepare_reader)
    event.listen(writer, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    event.listen(reader, "begin", lambda c: c.exec_driver_sql("BEGIN"))
    return writer, reader


def _prepare_writer(connection: Any, _record: object) -> None:
    _pragmas(
        connection,
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "secure_delete=ON",
    )


def _prepare_reader(connection: Any, _record: object) -> None:
    _pragmas(connection, "wal_autocheckpoint=0", "trusted_schema=OFF", "query_only=ON")


def _pragmas(connection: Any, *pragmas: str) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _lock_file(url: str) -> Path | None:
    if not url.startswith("sqlite"):
        return None
    database = make_url(url).database
    return Path(f"{database}.lock") if database else None


def _database_of(lock_file: Path) -> Path:
    return lock_file.with_name(lock_file.name.removesuffix(".lock"))


@contextmanager
def _locked(file: Path | None) -> Iterator[None]:
    """Be the only writer of a SQLite file; what log it has then is remembered."""
    if file is None:
        yield
        return
    with _lock_held(file) as handle:
        yield
        remember(handle, _database_of(file))


@contextmanager
def _lock_held(file: Path) -> Iterator[int]:
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # a lock of this open file: it keeps out other threads as well as other processes, and
        # ends with the process
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def integrity(session: Session) -> list[str]:
    """What the database itself finds wrong with its file (SQLite); empty when sound."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    rows = session.connection().execute(text("PRAGMA integrity_check")).scalars().all()
    return [row for row in rows if row != "ok"]
