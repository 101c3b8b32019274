"""The office's settings: environment ``PUSHER_*`` first, then ``pusher.toml``, then defaults.

The only home of `os.environ`.
"""

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pusher.failpoint import is_point
from pusher.terms import checked_marks, checked_terms

FILE_NAME = "pusher.toml"
PREFIX = "PUSHER_"
SHORTEST_TOKEN = 16
"""Characters of ``metrics_token``."""


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
        retry_base_s: first pause after a call that was surely not sent; the next grow.
        receipt_term_s: how long until an accepted notice without a receipt counts as silent.
        watch_every_s: how often a watched column of a site is looked at.
        watch_pace_s: the pause between two requests to one site.
        fetch_allow: networks that may be fetched though they are not public (an intranet), such
            as ``10.1.0.0/16``; empty: only public addresses.
        body_kept_s: how long the raw text of a vendor's callback is kept.
        text_kept_s: how long the text of a notice, and the words of an answer, are kept.
        code_kept_s: how long one-time links and sessions stay after their end.
        photo_kept_s: how long the photograph of a sheet on a notice board is kept after the sheet
            came down.
        posting_days: whole days for which a sheet has to hang on a notice board; five by
            山东省村务公开条例, art. 13.
        register_kept_s: how long a register waits for somebody to confirm it.
        seal_with: what a new key is for: ``aes`` or the national ``sm4``.
        quiet_hours: False only for a rehearsal; the console then shows it in red.
        cap_per_reader: notices for one reader within `cap_days`, corrections apart; 0: any number.
        cap_days: see there.
        topic_days: of so many days the questions are counted that make a topic hot.
        topic_questions: so many alike make it hot, and owe a second interpretation.
        interpretation_needed: what becomes of a first batch of a policy that has neither an
            interpretation nor a plan of one: off (nothing), warn, or required (it is refused).
        budget_per_month: yuan that the batches of one month may cost; 0: any sum.
        rehearsal: every gateway lies on this machine and nobody real can be reached.
        fail_point: where the process dies or freezes, `pusher.failpoint`; only in a rehearsal.
        duty_days: terms of duties in working days that are not as in `pusher.terms`:
            ``visits_open=3, replies_open=2``.
        remind_days: how many days before a deadline a reminder is drafted; empty: never.
        metrics_token: lets a monitor on another machine read ``/metrics``; empty: this one only.
        second_factor: whether reviewers and admins need a code besides their password; False
            only for a rehearsal, every page then says so.
        proof_term_s: how long after signing in, or giving a code anew, somebody may approve and
            reveal without another; not asked for at all without `second_factor`.
        trusted_proxies: addresses of our own reverse proxies, by commas; only from them is
            X-Forwarded-For believed.
        sms_order: which SMS gateway a notice takes, names by commas, first choice in front; those
            not named follow as their tables stand.
        gateways: tables keyed by gateway name, first choice in front, see
            ``pusher.gateways.registry``.
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
    watch_every_s: float = 3600.0
    watch_pace_s: float = 2.0
    fetch_allow: str = ""
    body_kept_s: float = 30 * 86_400.0
    text_kept_s: float = 180 * 86_400.0
    code_kept_s: float = 86_400.0
    photo_kept_s: float = 365 * 86_400.0
    posting_days: int = 5
    register_kept_s: float = 7 * 86_400.0
    seal_with: str = "aes"
    quiet_hours: bool = True
    cap_per_reader: int = 0
    cap_days: int = 7
    topic_days: int = 7
    topic_questions: int = 5
    interpretation_needed: str = "warn"
    budget_per_month: Decimal = Decimal(0)
    rehearsal: bool = False
    fail_point: str = ""
    duty_days: str = ""
    remind_days: str = "10, 3"
    metrics_token: str = field(default="", repr=False)
    second_factor: bool = True
    proof_term_s: float = 900.0
    trusted_proxies: str = ""
    sms_order: str = ""
    gateways: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def key_file(self) -> Path:
        """The office's keys, outside the database."""
        return self.home / "keys.json"

    @property
    def log_folder(self) -> Path:
        """Where the doors write their logs, a file a day."""
        return self.home / "logs"

    @property
    def database_file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        start = "sqlite:///"
        return Path(self.url.removeprefix(start)) if self.url.startswith(start) else None

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

    @property
    def proof_term(self) -> timedelta:
        """`proof_term_s` as a duration."""
        return timedelta(seconds=self.proof_term_s)


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found where settings may stand, sound or not.

    Attributes:
        settings: of everything that is sound, with defaults for the rest.
        problems: one Chinese line for each thing that is not, without its value.
    """

    settings: Settings
    problems: Sequence[str]


def read_settings(folder: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of the office.

    Args:
        folder: where ``pusher.toml`` lies; by default ``PUSHER_HOME``, then the working folder.
        environ: by default the process's.

    Raises:
        BadSettings: unknown names, wrong types, an unreadable file.
    """
    survey = survey_settings(folder, environ)
    if survey.problems:
        raise BadSettings(list(survey.problems))
    return survey.settings


def survey_settings(folder: Path | None = None, environ: Mapping[str, str] | None = None) -> Survey:
    """Look at the settings without giving up at the first mistake; see `read_settings`."""
    environ = os.environ if environ is None else environ
    home = Path(environ.get(PREFIX + "HOME") or "var")
    file = _find_file([folder] if folder else [home, Path()])
    table, problems = _read_file(file) if file else ({}, [])
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, value in table.items():
        if name in _NAMES:
            values[name], origins[name] = value, str(file)
        else:
            problems.append(f"{file}：不认识的设置“{_shown(name)}”{_meant(name)}")
    for variable in sorted(v for v in environ if v.startswith(PREFIX)):
        name = variable.removeprefix(PREFIX).lower()
        if name in _NAMES and name != "gateways" and variable.isupper():
            values[name], origins[name] = environ[variable], variable
        else:
            problems.append(f"环境变量：不认识的设置“{_shown(variable)}”{_meant(name, PREFIX)}")
    ready = {}
    for name, value in values.items():
        try:
            ready[name] = _as(name, value)
        except ValueError as error:
            problems.append(f"{origins[name]}：“{name}”{error}")
    settings = _in_order(Settings(**ready, origins=origins))
    problems += [*_rehearsal_problems(settings), *_order_problems(settings)]
    return Survey(settings, problems)


def child_environment(settings: Settings, **changes: str) -> dict[str, str]:
    """The environment for a child process that shall see the same settings."""
    return {**os.environ, PREFIX + "HOME": str(settings.home.absolute()), **changes}


def _in_order(settings: Settings) -> Settings:
    """The same with its gateways in the order that ``sms_order`` asks for."""
    tables = settings.gateways
    first = [name for name in settings.sms_order.split(",") if name in tables]
    return replace(settings, gateways={name: tables[name] for name in (*first, *tables)})


def _order_problems(settings: Settings) -> list[str]:
    """Gateways that are to be tried and are not there."""
    origin = settings.origins.get("sms_order")
    return [
        f"{origin}：“sms_order”里的 {_shown(name)} 没有对应的 [gateways] 一节"
        for name in settings.sms_order.split(",")
        if name and name not in settings.gateways
    ]


def _rehearsal_problems(settings: Settings) -> list[str]:
    """What must not be set where a real vendor could be called."""
    origins = settings.origins
    if not settings.rehearsal:
        told = f"{origins.get('fail_point')}：“fail_point”只能在演练中使用（rehearsal = true）"
        return [told] if settings.fail_point else []
    return [
        f"{origins['gateways']}：演练（rehearsal = true）只能用本机的通道，"
        f"请把 [gateways.{name}] 的 endpoint 设为本机地址"
        for name, table in settings.gateways.items()
        if urlsplit(str(table.get("endpoint", ""))).hostname not in _THIS_MACHINE
    ]


def _find_file(folders: list[Path]) -> Path | None:
    return next((f / FILE_NAME for f in folders if (f / FILE_NAME).is_file()), None)


def _read_file(file: Path) -> tuple[dict[str, Any], list[str]]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")), []
    except tomllib.TOMLDecodeError as error:
        return {}, [f"{file}：不是有效的 TOML（{error}）"]
    except (OSError, UnicodeDecodeError):
        return {}, [f"{file}：无法读取"]


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:60])


def _meant(name: str, prefix: str = "") -> str:
    """The name that was probably meant, in brackets; empty if none comes near."""
    near = difflib.get_close_matches(name.lower(), _NAMES, n=1, cutoff=0.75)
    shown = (prefix + near[0].upper() if prefix else near[0]) if near else ""
    return f"（是否应为 {shown}？）" if near else "，请删除或改正"


def _as(name: str, value: Any) -> Any:
    if name == "gateways":
        if not isinstance(value, dict) or not all(isinstance(t, dict) for t in value.values()):
            raise ValueError("应写成 [gateways.名称] 的表")
        return value
    if isinstance(_NAMES[name], bool):
        return _as_bool(value)
    if name == "port":
        return _as_port(value)
    if name.startswith("cap_") or name == "posting_days":
        return _as_count(value)
    if name in ("topic_days", "topic_questions"):
        return _as_count(value, least=1)
    if name.endswith("_s"):
        return _as_number(value, low=-1e9 if name == "clock_ahead_s" else 0.01, high=1e9)
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("应为文字，不含换行和控制字符")
    return _TEXTS.get(name, str)(value.strip())


def _as_home(text: str) -> Path:
    if not text:
        raise ValueError("应为一个文件夹")
    return Path(text)


def _as_database_url(text: str) -> str:
    kind = urlsplit(text).scheme
    if text and kind not in ("sqlite", "postgresql", "postgresql+psycopg"):
        raise ValueError("应以 postgresql:// 或 sqlite:/// 开头")
    if kind == "sqlite" and not text.startswith("sqlite:////"):
        raise ValueError("应为 sqlite:// 加上文件的绝对路径，例如 sqlite:////srv/pusher/pusher.db")
    return text


def _as_public_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("应形如 https://主机 或 https://主机:端口")
    return text.rstrip("/")


def _as_money(text: str) -> Decimal:
    try:
        yuan = Decimal(text or "0")
    except InvalidOperation:
        raise ValueError("应为金额（元），例如 2000.00") from None
    if not text.isascii() or not yuan.is_finite() or not 0 <= yuan < 10**9:
        raise ValueError("应为金额（元），例如 2000.00")
    return yuan


def _as_fail_point(text: str) -> str:
    if text and not is_point(text):
        raise ValueError("应形如 K5:kill 或 K3:stop")
    return text


def _as_cipher(text: str) -> str:
    if text not in ("aes", "sm4"):
        raise ValueError("应为 aes 或 sm4")
    return text


def _as_need(text: str) -> str:
    if text not in ("off", "warn", "required"):
        raise ValueError("应为 off（不看）、warn（提醒）或 required（没有解读方案不得提交）")
    return text


def _as_addresses(text: str) -> str:
    try:
        return ",".join(str(ip_address(part.strip())) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("应为 IP 地址，多个以逗号分隔") from None


def _as_metrics_token(text: str) -> str:
    if text and len(text) < SHORTEST_TOKEN:
        raise ValueError(f"至少 {SHORTEST_TOKEN} 个字符，不填则只有本机可读")
    return text


def _as_networks(text: str) -> str:
    try:
        for part in filter(None, (part.strip() for part in text.split(","))):
            ip_network(part, strict=False)
    except ValueError:
        raise ValueError("应为网段，用逗号分隔，例如 10.1.0.0/16；不填则只读取公开网站") from None
    return text


def _as_names(text: str) -> str:
    return ",".join(part.strip() for part in text.split(",") if part.strip())


def _as_bool(value: Any) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in words:
        raise ValueError("应为 true 或 false")
    return words[str(value).lower()]


def _as_port(value: Any) -> int:
    number = _as_number(value, low=1, high=65535)
    if number != int(number):
        raise ValueError("应为整数")
    return int(number)


def _as_count(value: Any, *, least: int = 0) -> int:
    number = _as_number(value, low=least, high=10_000)
    if number != int(number):
        raise ValueError("应为整数")
    return int(number)


def _as_number(value: Any, *, low: float, high: float) -> float:
    try:
        # float() would take full-width digits and underscores
        plain = not isinstance(value, str) or (value.isascii() and "_" not in value)
        number = float(value if plain else "")
    except (TypeError, ValueError, OverflowError):
        raise ValueError("应为数字") from None
    if isinstance(value, bool) or not low <= number <= high:
        raise ValueError(f"应在 {low:g} 与 {high:g} 之间")
    return number


_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
_NAMES = {f.name: f.default for f in fields(Settings) if f.name != "origins"}
"""Setting → its default, whose type is the setting's."""
_TEXTS: Mapping[str, Callable[[str], Any]] = {
    "fetch_allow": _as_networks,
    "home": _as_home,
    "database_url": _as_database_url,
    "duty_days": checked_terms,
    "remind_days": checked_marks,
    "public_url": _as_public_url,
    "budget_per_month": _as_money,
    "fail_point": _as_fail_point,
    "interpretation_needed": _as_need,
    "metrics_token": _as_metrics_token,
    "seal_with": _as_cipher,
    "trusted_proxies": _as_addresses,
    "sms_order": _as_names,
}
