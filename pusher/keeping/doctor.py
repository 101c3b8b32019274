"""The doctor: every setting and where it came from, and everything that is wrong, in one look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from pusher.keeping.database import look_at_database
from pusher.keeping.finding import Finding, Level, fine, note, wrong
from pusher.keeping.folder import look_at_folder
from pusher.keeping.machine import look_at_machine
from pusher.keeping.startup import look_at_gateways
from pusher.settings import Settings, Survey

HIDDEN: Final = "（已设置，不显示）"
_IN_CLEAR: Final = frozenset(
    {
        "endpoint", "sign_name", "appid", "price", "per_second", "daily_limit", "stable_token",
        "region", "sdk_app_id", "ec_name", "corp_id", "agent_id", "callback_sources",
    }
)  # fmt: skip
"""Keys of gateways' tables that are no secret; all others are hidden, whatever they are called."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting, fit to be shown.

    Attributes:
        origin: the file or variable it came from; None for a default.
    """

    name: str
    value: Any
    origin: str | None


def shown_settings(settings: Settings) -> list[Shown]:
    """Every setting with its origin; secrets are hidden."""
    origins = settings.origins
    found = []
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if field.name not in ("gateways", "origins"):
            shown = _fit(field.name, value)
            found.append(Shown(field.name, shown, origins.get(field.name)))
    for name, table in settings.gateways.items():
        found += [
            Shown(f"gateways.{name}.{key}", _fit_of_table(key, value), origins.get("gateways"))
            for key, value in table.items()
        ]
    return found


def examine(
    survey: Survey, *, now: datetime, book: Mapping[str, Sequence[str]] | None = None
) -> Iterator[Finding]:
    """Look at settings, folder, gateways, database and machine, one after another.

    Args:
        survey: of the settings, sound or not; what is not sound stands at its default.
        now: the moment on the office clock.
        book: see `look_at_gateways`.
    """
    yield from (wrong("设置", problem) for problem in survey.problems)
    settings = survey.settings
    folder = list(look_at_folder(settings))
    yield from folder
    yield from look_at_gateways(settings, book=book)
    yield _second_factor(settings)
    if all(f.level is not Level.WRONG for f in folder):
        yield from look_at_database(settings, now=now)
    yield from look_at_machine(settings.home)


def _second_factor(settings: Settings) -> Finding:
    if settings.second_factor:
        return fine("动态码", "审核和管理员登录时核对")
    return note(
        "动态码",
        "second_factor = false：登录和批准都不核对动态码；只可用于演练，正式使用前删去这一行",
    )


def _fit(name: str, value: Any) -> Any:
    if name == "database_url" and value:
        try:
            return make_url(value).render_as_string(hide_password=True)
        except ArgumentError:
            return HIDDEN
    if name.endswith("token") and value:
        return HIDDEN
    return value if isinstance(value, bool | int | float) else str(value)


def _fit_of_table(key: str, value: Any) -> Any:
    if key == "templates" and isinstance(value, Mapping):
        return f"{len(value)} 个模板"
    if key in _IN_CLEAR and "@" not in str(value) and isinstance(value, bool | int | float | str):
        return value
    return HIDDEN
