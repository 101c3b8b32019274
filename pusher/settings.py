"""The office's settings: environment ``PUSHER_*`` first, then ``pusher.toml``, then defaults.

The only home of `os.environ`.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

FILE_NAME = "pusher.toml"
PREFIX = "PUSHER_"


class BadSettings(Exception):
    """Settings that cannot be used; one Chinese line for each problem, without secrets."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an office can set. Durations end in ``_s`` and are seconds.

    Attributes:
        home: database, keys, model and logs; made by ``pusher init``.
        database_url: SQLite under *home* unless said otherwise.
        public_url: where recipients reach the public pages; stands in notices.
        clock_ahead_s: how far the office clock runs ahead of the machine's, or behind it (demo).
        tick_s: how often the clockwork looks for work.
        lease_s: how long a claimed notice may stay without an answer before it is unsure.
        settle_s: how long after an unsure call a gateway's "unknown to me" is believed.
        call_timeout_s: total time for one gateway call.
        retry_base_s: first pause after a call that was surely not sent; doubles.
        receipt_term_s: how long until an accepted notice without a receipt counts as silent.
        quiet_hours: False only for a rehearsal; the console then shows it in red.
        gateways: tables keyed by gateway name, see ``pusher.gateways.registry``.
        origins: setting → where it came from.
    """

    home: Path = Path("var")
    database_url: str = ""
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    clock_ahead_s: float = 0.0
    tick_s: float = 5.0
    lease_s: float = 60.0
    settle_s: float = 900.0
    call_timeout_s: float = 10.0
    retry_base_s: float = 1.0
    receipt_term_s: float = 72 * 3600.0
    quiet_hours: bool = True
    gateways: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def key_file(self) -> Path:
        """The office's keys, outside the database."""
        return self.home / "keys.json"

    @property
    def url(self) -> str:
        """The database's address for SQLAlchemy, driver named."""
        if not self.database_url:
            return f"sqlite:///{self.home.absolute() / 'pusher.db'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def clock_ahead(self) -> timedelta:
        """`clock_ahead_s` as a duration."""
        return timedelta(seconds=self.clock_ahead_s)


def read_settings(folder: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of the office.

    Args:
        folder: where ``pusher.toml`` lies; by default ``PUSHER_HOME``, then the working folder.
        environ: by default the process's.

    Raises:
        BadSettings: unknown names, wrong types, an unreadable file.
    """
    environ = os.environ if environ is None else environ
    home = Path(environ.get(PREFIX + "HOME", "var"))
    file = _find_file([folder] if folder else [home, Path()])
    table, problems = _read_file(file) if file else ({}, [])
    known = {f.name: f for f in fields(Settings) if f.name != "origins"}
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, value in table.items():
        if name not in known:
            problems.append(f"{file}：不认识的设置“{name}”")
        else:
            values[name], origins[name] = value, str(file)
    for name in known:
        if name != "gateways" and (text := environ.get(PREFIX + name.upper())) is not None:
            values[name], origins[name] = text, PREFIX + name.upper()
    ready = {}
    for name, value in values.items():
        try:
            ready[name] = _as(name, value)
        except ValueError as error:
            problems.append(f"{origins[name]}：“{name}”{error}")
    if problems:
        raise BadSettings(problems)
    return Settings(**ready, origins=origins)


def child_environment(settings: Settings, **changes: str) -> dict[str, str]:
    """The environment for a child process that shall see the same settings."""
    return {**os.environ, PREFIX + "HOME": str(settings.home.absolute()), **changes}


def _find_file(folders: list[Path]) -> Path | None:
    return next((f / FILE_NAME for f in folders if (f / FILE_NAME).is_file()), None)


def _read_file(file: Path) -> tuple[dict[str, Any], list[str]]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")), []
    except tomllib.TOMLDecodeError as error:
        return {}, [f"{file}：不是有效的 TOML（{error}）"]
    except (OSError, UnicodeDecodeError):
        return {}, [f"{file}：无法读取"]


def _as(name: str, value: Any) -> Any:
    if name == "gateways":
        if not isinstance(value, dict) or not all(isinstance(t, dict) for t in value.values()):
            raise ValueError("应写成 [gateways.名称] 的表")
        return value
    if name == "home":
        return Path(str(value))
    if name == "quiet_hours":
        return _as_bool(value)
    if name == "port":
        return int(_as_number(value, low=1, high=65535))
    if name.endswith("_s"):
        return _as_number(value, low=-1e9 if name == "clock_ahead_s" else 0.01, high=1e9)
    if not isinstance(value, str):
        raise ValueError("应为文字")
    return value


def _as_bool(value: Any) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in words:
        raise ValueError("应为 true 或 false")
    return words[str(value).lower()]


def _as_number(value: Any, *, low: float, high: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError("应为数字") from None
    if isinstance(value, bool) or not low <= number <= high:
        raise ValueError(f"应在 {low:g} 与 {high:g} 之间")
    return number
