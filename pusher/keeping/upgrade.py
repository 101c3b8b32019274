"""From an older database to this program's: back up, migrate in one go, look it over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select, table, text
from sqlmodel import Session

from profiles.sealing import open_sealer
from pusher.keeping.backup import back_up
from pusher.model.all import METADATA
from pusher.settings import Settings
from pusher.store import Store, WrongSchema, integrity, migrate, revisions

_NEVER_FEWER: Final = (
    "profile", "contact", "consent", "optout", "guardianship", "subscription", "policy", "match",
    "batch", "notice", "attempt", "receipt", "reply", "visit", "staff", "auditentry",
)  # fmt: skip
"""Tables of which no migration may lose a row; in others rows may move."""


class NotWhole(Exception):
    """After the migration something is not as it should be. The text may be shown."""


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade came to.

    Attributes:
        before: the migration the database was at.
        after: the one it is at now; the same if there was nothing to do.
        backup: of the database before; None if there was nothing to do.
        rows: table → rows, after.
    """

    before: str
    after: str
    backup: Path | None
    rows: Mapping[str, int]


def upgrade(settings: Settings, *, now: datetime) -> Upgraded:
    """Bring the office's database to this program's version. No door may be open.

    All migrations are one transaction: killed at any moment, the database is the old one or the
    new one.

    Raises:
        WrongSchema: no tables yet, or of a newer program; nothing was changed.
        NotWhole: rows are missing, or the tables are not as this program describes them.
    """
    store = Store(settings.url, sealer=open_sealer(settings.key_file))
    try:
        before, newest = store.revision(), revisions()[0]
        if before is None or before not in revisions():
            store.check_schema()
            raise WrongSchema("数据库尚未建立；请先运行 pusher init")
        with store.reading() as session:
            counted = _rows(session)
        if before == newest:
            return Upgraded(before, newest, None, counted)
        backup = settings.home / "backups" / f"before-{newest}-{now:%Y%m%d-%H%M%S-%f}.backup"
        backup.parent.mkdir(mode=0o700, exist_ok=True)
        back_up(store, settings, backup, now=now)
    finally:
        store.close()
    migrate(settings.url)
    rows = _looked_over(settings, counted, backup)
    return Upgraded(before, newest, backup, rows)


def _looked_over(settings: Settings, before: Mapping[str, int], backup: Path) -> Mapping[str, int]:
    store = Store(settings.url, sealer=open_sealer(settings.key_file))
    try:
        with store.reading() as session:
            after = _rows(session)
            problems = [
                *(f"表 {t} 少了行" for t in _NEVER_FEWER if after.get(t, 0) < before.get(t, 0)),
                *integrity(session),
                *_dangling(session),
                *_differences(session),
            ]
    finally:
        store.close()
    if problems:
        raise NotWhole(
            f"升级后核对不符（{'；'.join(problems[:5])}）；请停用，"
            f"用旧版程序执行 pusher restore {backup} --replace"
        )
    return after


def _rows(session: Session) -> dict[str, int]:
    ask = session.connection()
    names = sorted(set(inspect(ask).get_table_names()) - {"alembic_version"})
    counting = {name: select(func.count()).select_from(table(name)) for name in names}
    return {name: ask.execute(query).scalar_one() for name, query in counting.items()}


def _dangling(session: Session) -> list[str]:
    """Rows that point to nothing; SQLite moves tables with foreign keys unchecked."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    found = session.connection().execute(text("PRAGMA foreign_key_check")).all()
    return [f"表 {row[0]} 有 {len(found)} 处悬空引用" for row in found[:1]]


def _differences(session: Session) -> list[str]:
    context = MigrationContext.configure(session.connection(), opts={"compare_type": False})
    found = compare_metadata(context, METADATA)
    return [f"表结构有 {len(found)} 处与程序不符"] if found else []
