"""A whole database as bytes, and bytes as a whole database: one consistent moment of it.

SQLite copies itself (``VACUUM INTO``) within one read, beside any writers. PostgreSQL hands out
each table by COPY within one repeatable-read transaction, so no pg_dump of the right version is
needed; the tables themselves are built by the migrations of the version that the copy was made at.
"""

import json
import os
import struct
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, create_engine, inspect

from pusher.store import Store

_READ: Final = 1 << 20
_LENGTH: Final = struct.Struct(">I")
_BUILT: Final = "alembic_version"
"""Written by the migrations, so not copied."""


def copy_out(store: Store, *, scratch: Path) -> Iterator[bytes]:
    """The database as it is at this moment.

    Args:
        scratch: a folder on the database's own disk; what lies in it meanwhile has no name.
    """
    if store.url.startswith("sqlite"):
        return _sqlite_out(store, scratch)
    return _postgres_out(store.url)


def copy_in_sqlite(content: Iterable[bytes], file: Path) -> None:
    """Make *file* of what `copy_out` gave; it must not exist."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        for piece in content:
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())


def copy_in_postgres(content: Iterable[bytes], url: str) -> None:
    """Fill migrated, empty tables with what `copy_out` gave, in one transaction."""
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.begin() as connection:
            _fill(_Stream(content), connection)
    finally:
        engine.dispose()


def _sqlite_out(store: Store, scratch: Path) -> Iterator[bytes]:
    handle, name = tempfile.mkstemp(prefix="backup-", dir=scratch)
    with os.fdopen(handle, "rb") as copy:
        try:
            store.copy_sqlite(Path(name))
        finally:
            Path(name).unlink(missing_ok=True)  # the open file lives on without a name
        while piece := copy.read(_READ):
            yield piece


def _postgres_out(url: str) -> Iterator[bytes]:
    engine = create_engine(url, hide_parameters=True, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            for table, columns in _tables(connection):
                yield _block(json.dumps({"table": table, "columns": columns}).encode())
                names = ", ".join(map(_quoted, columns))
                cursor = _cursor(connection)
                with cursor.copy(f"COPY {_quoted(table)} ({names}) TO STDOUT") as rows:
                    for some in rows:
                        yield _block(bytes(some))
                yield _block(b"")
    finally:
        engine.dispose()


def _tables(connection: Connection) -> Iterator[tuple[str, list[str]]]:
    """Every table with its columns, those that others point to first."""
    look = inspect(connection)
    for table, _ in look.get_sorted_table_and_fkc_names():
        if table is not None and table != _BUILT:
            yield table, [column["name"] for column in look.get_columns(table)]


def _fill(stream: "_Stream", connection: Connection) -> None:
    while head := stream.block():
        told = json.loads(head)
        names = ", ".join(map(_quoted, told["columns"]))
        copying = f"COPY {_quoted(told['table'])} ({names}) FROM STDIN"
        with _cursor(connection).copy(copying) as rows:
            while some := stream.block():
                rows.write(some)


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _block(content: bytes) -> bytes:
    return _LENGTH.pack(len(content)) + content


class _Stream:
    """Blocks out of pieces of any size."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._waiting = bytearray()

    def block(self) -> bytes:
        """The next block; empty at the end of a table, and at the end of all."""
        if not (length := self._take(_LENGTH.size)):
            return b""
        return self._take(_LENGTH.unpack(length)[0])

    def _take(self, size: int) -> bytes:
        while len(self._waiting) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._waiting += piece
        taken = bytes(self._waiting[:size])
        del self._waiting[:size]
        return taken
