"""Run by Alembic for each command; takes the address from the store's configuration."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString

from profiles.columns import Moment, Money
from pusher.model.all import METADATA
from pusher.store import migration_engine


def spell(kind: str, thing: Any, _autogen: object) -> str | Literal[False]:
    """Write our column types by their own names, and SQLModel's strings as plain ones."""
    if kind != "type":
        return False
    if isinstance(thing, AutoString):
        return f"sa.String(length={thing.length})"
    if isinstance(thing, Moment | Money):
        return f"columns.{type(thing).__name__}()"
    return False


engine = migration_engine(context.config.attributes["url"])
with engine.connect() as connection:
    # SQLite moves a table by copying it; its children must not be checked half-way
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=True,
        render_item=spell,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
