"""Column types of the house: moments, checked words, money, ids. Used by every table."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import Column, DateTime, Enum, String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# A table's rows are not validated when they are made; what would do it is built when it is asked.
SQLModel.model_config["defer_build"] = True


def new_id() -> UUID:
    """Make an id of ours: UUIDv7 (RFC 9562), so that ids sort by the time they were made."""
    return uuid_utils.compat.uuid7()


class Moment(TypeDecorator[datetime]):
    """A point in time: aware when given, UTC at rest, aware (UTC) when read.

    Raises:
        ValueError: a naive datetime was given; its meaning would be a guess.
    """

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its offset")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Money(TypeDecorator[Decimal]):
    """Yuan as an exact decimal, kept as text: SQLite has no decimal of its own."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


def checked(
    words: type[StrEnum], name: str, *, nullable: bool = False, primary_key: bool = False
) -> Column[Any]:
    """A column that holds one member of *words*, as text that the database checks.

    Autogenerate does not see a new member (the CHECK keeps its name): write that migration by
    hand.
    """
    kind = Enum(
        words,
        native_enum=False,
        create_constraint=True,
        name=name,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )
    return Column(name, kind, nullable=nullable, primary_key=primary_key)
