"""A new sealing key, and every sealed cell sealed anew under it.

The state of a rotation is in the rows: each cell names its key. Killed at any moment, it leaves
cells under two keys, both of which open, and the next run goes on where it was. Commits by itself,
a chunk at a time, so that nobody has to wait for it.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Column, LargeBinary, Table, bindparam, func, select, update
from sqlmodel import Session

from profiles.key_file import add_key, drop_keys, read_keys
from profiles.sealing import SealBroken, Sealer, sealer_of
from pusher import audit
from pusher.model.all import METADATA
from pusher.store import Store

AT_ONCE: Final = 1_000
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Rotated:
    """What one run came to.

    Attributes:
        key: number of the key that seals now.
        resumed: it went on with a rotation that had not come to its end.
        resealed: cells sealed anew in this run.
        left: cells that are still under an older key, since they open with none.
    """

    key: int
    resumed: bool
    resealed: int
    left: int


def rotate(
    store: Store,
    key_file: Path,
    *,
    kind: str,
    by: str,
    now: datetime,
    progress: Progress = lambda _: None,
    at_once: int = AT_ONCE,
) -> Rotated:
    """Bring every cell under the newest key; if all are, make a new key first.

    Running doors follow by themselves: each of their transactions looks at the key file.

    Args:
        kind: of a new key: ``aes`` or ``sm4``.
        progress: told how many cells were sealed anew, after each chunk.
        at_once: cells in one transaction.

    Raises:
        BadKeyFile: the key file cannot be read, or has no number left.
    """
    with store.reading() as session:
        resumed = any(number < read_keys(key_file).newest for number in cells_under(session))
    key = read_keys(key_file).newest if resumed else add_key(key_file, kind=kind).newest
    with store.writing() as session:
        about = ("key", str(key))
        audit.note(session, "key.rotate", about=about, by=by, now=now, resumed=resumed)
    store.outlast_writers()
    resealed = 0
    for table, column in sealed_columns():
        for chunk in _reseal(store, table, column, key, at_once):
            resealed += chunk
            progress(resealed)
    with store.reading() as session:
        under = cells_under(session)
    return Rotated(key, resumed, resealed, sum(n for number, n in under.items() if number != key))


def retire(store: Store, key_file: Path, *, by: str, now: datetime) -> list[int]:
    """Take out of the key file every key under which no cell is left; return their numbers.

    A backup that was made before the rotation opens only with the key it was made under.
    """
    with store.writing() as session:
        keys, under = read_keys(key_file), cells_under(session)
        idle = sorted(n for n in keys.sealing if n != keys.newest and not under.get(n))
        if idle:
            drop_keys(key_file, set(idle))
            audit.note(session, "key.retire", about=("key", str(keys.newest)), by=by, now=now,
                       numbers=idle)  # fmt: skip
    return idle


def cells_under(session: Session) -> Mapping[int, int]:
    """How many sealed cells are under which key."""
    counts: Counter[int] = Counter()
    for _, column in sealed_columns():
        number = _number(column)
        asked = select(number, func.count()).where(_is_full(column)).group_by(number)
        for byte, cells in session.connection().execute(asked):
            counts[bytes(byte)[0]] += cells
    return counts


def sealed_columns() -> list[tuple[Table, Column[Any]]]:
    """Every column of every table that holds sealed cells; a cell's place is ``table.column``."""
    return [
        (table, column)
        for table in METADATA.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name.endswith("_sealed")
    ]


def _reseal(
    store: Store, table: Table, column: Column[Any], key: int, at_once: int
) -> Iterator[int]:
    """Seal one column anew, in the order of its rows; tell how many after each commit."""
    (row,) = table.primary_key.columns
    old = _is_full(column) & (_number(column) != bytes((key,)))
    asked = select(row, column).where(old).order_by(row).limit(at_once)
    change = (
        update(table)
        # whoever changed the cell in the meantime has sealed it with the new key already
        .where(row == bindparam("its_row"), column == bindparam("was"))
        .values({column.name: bindparam("becomes")})
    )
    last = None
    while True:
        with store.writing() as session:
            connection = session.connection()
            found = connection.execute(asked if last is None else asked.where(row > last)).all()
            if not found:
                return
            place = f"{table.name}.{column.name}"
            changes = list(_changes(sealer_of(session), place, found))
            if changes:
                connection.execute(change, changes)
            last = found[-1][0]
        yield len(changes)


def _changes(sealer: Sealer, place: str, found: Any) -> Iterator[dict[str, Any]]:
    for row, blob in found:
        try:
            plain = sealer.open(blob, place=place, row=row)
        except SealBroken:
            continue  # it opens with no key; it is counted at the end and told of
        yield {"its_row": row, "was": blob, "becomes": sealer.seal(plain, place=place, row=row)}


def _is_full(column: Column[Any]) -> Any:
    """A cell that was emptied is no sealed cell."""
    return column.is_not(None) & (func.length(column) > 0)


def _number(column: Column[Any]) -> Any:
    return func.substr(column, 2, 1, type_=LargeBinary)
