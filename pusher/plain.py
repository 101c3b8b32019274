"""What the rooms return, as JSON can carry it: dates ISO, money as text, dataclasses as objects."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


def plain(thing: Any) -> Any:
    """Turn *thing*, and all in it, into what `json.dumps` takes."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return {f.name: plain(getattr(thing, f.name)) for f in fields(thing)}
    if isinstance(thing, Mapping):
        return {_key(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple | set | frozenset):
        return [plain(each) for each in thing]
    if isinstance(thing, StrEnum):
        return thing.value
    if isinstance(thing, Decimal | UUID):
        return str(thing)
    if isinstance(thing, datetime | date):
        return thing.isoformat()
    return thing


def _key(key: Any) -> str:
    return key.value if isinstance(key, StrEnum) else "" if key is None else str(key)
