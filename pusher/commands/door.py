"""What every verb shares: where the office lies, which clock it has, how it answers and refuses."""

import errno
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from pusher.clock import OFFICE_ZONE, office_now
from pusher.settings import BadSettings, Settings, read_settings

if TYPE_CHECKING:
    from sqlmodel import Session

    from profiles.model import Office
    from pusher.store import Store

P = ParamSpec("P")
R = TypeVar("R")


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class Refusal(click.ClickException):
    """One clear line on standard error, and the error as JSON where JSON was asked for.

    Args:
        answered: the rest went well and its document is printed already: standard output
            holds one document, so the refusal is told on standard error alone.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        code: str = "refused",
        where: str | None = None,
        answered: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.where = where
        # asked now: when it is shown, click has left the verb already
        context = click.get_current_context(silent=True)
        asked = bool(context and context.find_root().meta.get("as_json"))
        self.as_json = asked and not answered

    def show(self, file: Any = None) -> None:
        """Say it; the JSON form goes to standard output for the program that reads there."""
        if self.as_json:
            body = {"code": self.code, "message": self.message, "where": self.where}
            click.echo(json.dumps({"error": body}, ensure_ascii=False))
        for line in self.lines():
            click.echo(f"错误：{line}", err=True)

    def lines(self) -> list[str]:
        """What is said on standard error."""
        return [" ".join(self.message.split())]


class Misconfigured(Refusal):
    """The office cannot start as it is set up: one line for each problem, exit status 2."""

    exit_code = 2

    def __init__(self, problems: Sequence[str], *, code: str = "bad_settings") -> None:
        super().__init__("\n".join(problems), code=code)
        self.problems = problems

    def lines(self) -> list[str]:
        return [" ".join(problem.split()) for problem in self.problems]


@dataclass(frozen=True, slots=True)
class Door:
    """An open office: its settings, store and clock."""

    settings: Settings
    store: "Store"
    now: datetime

    def office(self, session: "Session") -> "Office":
        """The one office of this installation."""
        from sqlmodel import select

        from profiles.model import Office

        office = session.exec(select(Office)).first()
        if office is None:
            raise Refusal("尚未建立单位信息；请先运行 pusher init", code="no_office")
        return office


def settings_here() -> Settings:
    """The settings.

    Raises:
        Misconfigured: names each problem.
    """
    try:
        return read_settings()
    except BadSettings as error:
        raise Misconfigured(error.problems) from None


@contextmanager
def open_door(now: str | None = None) -> Iterator[Door]:
    """Open the office for one verb.

    Args:
        now: ISO 8601 with offset, in place of the office clock.

    Raises:
        Misconfigured: wrong settings or keys.
        Refusal: no database, a broken or newer one, or what a verb refused.
    """
    from profiles.sealing import open_sealer
    from pusher.failpoint import arm
    from pusher.store import Store

    settings = settings_here()
    arm(settings.fail_point)
    file = settings.database_file
    if file is not None and not file.exists():
        raise Refusal(f"没有数据库 {file}；请先运行 pusher init", code="no_database")
    with told_plainly(settings):
        store = Store(settings.url, sealer=open_sealer(settings.key_file))
        try:
            store.check_schema()
            yield Door(settings, store, moment(settings, now))
        finally:
            store.close()


@contextmanager
def told_plainly(settings: Settings) -> Iterator[None]:
    """Turn what the office's folder, keys, database or a verb refuse into one clear line.

    Raises:
        Misconfigured: no usable keys.
        Refusal: everything else; what points at the program itself is raised as it is.
    """
    from sqlalchemy.exc import DBAPIError

    from profiles.errors import Unwelcome
    from profiles.sealing import BadKeyFile
    from pusher.keeping.explain import explain_if_known
    from pusher.model.errors import Unwilling
    from pusher.store import WrongSchema

    try:
        yield
    except (Unwilling, Unwelcome) as error:
        raise Refusal(str(error), code=error.code) from None
    except BadKeyFile as error:
        raise Misconfigured([str(error)], code="bad_keys") from None
    except WrongSchema as error:
        raise Refusal(str(error), code="not_ready") from None
    except DBAPIError as error:
        known = explain_if_known(error, settings)
        if known is None:
            raise
        raise Refusal(known, code="database") from None
    except OSError as error:
        # only the trouble of files has a name; what else fails is not the operator's
        if error.filename is None and error.errno not in _FULL:
            raise
        where = str(error.filename or settings.home)
        told = f"无法读写 {where}：{why_not(error)}"
        raise Refusal(told, code="folder", where=where) from None


def why_not(error: OSError) -> str:
    """Why the machine would not read or write, and what to do about it, in Chinese."""
    return _WHY.get(error.errno or 0, "请检查权限、磁盘空间和是否只读")


_WHY = {
    errno.ENOENT: "没有这个文件或文件夹，请核对路径",
    errno.ENOTDIR: "路径中有一段不是文件夹，请核对",
    errno.EISDIR: "这是文件夹，请写明文件名",
    errno.EACCES: "没有权限，请换一个地方，或请系统管理员授权",
    errno.EPERM: "没有权限，请换一个地方，或请系统管理员授权",
    errno.EROFS: "这个磁盘只读，请换一个地方",
    errno.ENOSPC: "磁盘已满，请清理后再试",
    errno.EDQUOT: "空间配额已用完，请清理后再试",
}


def moment(settings: Settings, now: str | None = None) -> datetime:
    """The moment on the office clock, or the one that was typed."""
    return read_moment(now) if now else office_now(settings.clock_ahead)


def read_moment(text: str) -> datetime:
    """Read ISO 8601; a moment without offset is the office's.

    Raises:
        click.BadParameter: not a moment.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"“{text}”不是 ISO 8601 时间，例如 2026-11-25T09:30+08:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=OFFICE_ZONE)


def read_bytes(path: str) -> bytes:
    """Read a file (``-`` is standard input).

    Raises:
        Refusal: it is not there or cannot be read.
    """
    if path == "-":
        if sys.stdin is None:  # closed by whoever started us
            raise Refusal("标准输入已关闭，没有可读的内容", code="no_file", where=path)
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise Refusal(f"找不到文件 {path}", code="no_file", where=path) from None
    except IsADirectoryError:
        raise Refusal(f"{path} 是文件夹，请给出文件", code="no_file", where=path) from None
    except OSError:
        raise Refusal(f"无法读取文件 {path}，请检查权限", code="no_file", where=path) from None


def read_json(path: str) -> Any:
    """Read a JSON file.

    Raises:
        Refusal: not there, or not JSON; the line and column are named.
    """
    try:
        return json.loads(read_bytes(path).decode("utf-8-sig"), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = f"第 {error.lineno} 行第 {error.colno} 列"
        raise Refusal(f"{path} 不是有效的 JSON（{place}）", code="bad_json", where=place) from None
    except (UnicodeDecodeError, RecursionError, ValueError):
        raise Refusal(f"{path} 不是有效的 UTF-8 JSON", code="bad_json", where=path) from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def json_option(command: Callable[P, R]) -> Callable[P, R]:
    """Give a verb ``--json``: one document on standard output and nothing else there."""

    @click.option("--json", "as_json", is_flag=True, help="以 JSON 输出（便于其他程序读取）")
    @wraps(command)
    def with_json(*args: P.args, **kwargs: P.kwargs) -> R:
        click.get_current_context().find_root().meta["as_json"] = kwargs.get("as_json", False)
        return command(*args, **kwargs)

    return with_json


def now_option(command: Callable[P, R]) -> Callable[P, R]:
    """Give a verb ``--now``."""
    return click.option("--now", metavar="时间", help="以该时刻为准（ISO 8601），默认办公时钟")(
        command
    )


def answer(document: Any, as_json: bool, lines: Callable[[], list[str]]) -> None:
    """Print what a verb found: the document, or *lines* for a person."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, default=str))
    else:
        click.echo("\n".join(lines()))
