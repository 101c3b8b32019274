"""What a database's error means for whoever operates the office; never the vendor's own text."""

from typing import Final

from sqlalchemy.exc import DBAPIError

from pusher.settings import Settings

_BROKEN: Final = "已损坏；请停止运行，用 pusher restore 恢复最近的备份"
_FULL: Final = "写入失败，磁盘可能已满；请清理后重试"
_SHUT: Final = "打不开或不可写；请检查文件夹的权限和是否只读"
_BUSY: Final = "被其他程序长时间占用；请关闭它后重试"

# https://www.sqlite.org/rescode.html, by the beginning of the code's name
_SQLITE: Final = {
    "SQLITE_CORRUPT": _BROKEN,
    "SQLITE_NOTADB": _BROKEN,
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR": _FULL,
    "SQLITE_READONLY": _SHUT,
    "SQLITE_CANTOPEN": _SHUT,
    "SQLITE_PERM": _SHUT,
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html, by class
_POSTGRES: Final = {
    "28": "拒绝登录；请核对 PUSHER_DATABASE_URL 中的账号和密码",
    "3D": "上没有这个数据库；请先建立，或核对 PUSHER_DATABASE_URL",
    "42501": "上的账号权限不足；请授予建表和读写的权限",
    "53": "资源不足（磁盘、内存或连接数）；请检查后重试",
    "57": "正在停止或启动；请稍后重试",
    "XX": "报告数据损坏；请停止运行，联系数据库管理员",
}


def explain(error: DBAPIError, settings: Settings) -> str:
    """One Chinese line: which database, what is wrong with it, what to do."""
    return explain_if_known(error, settings) or (
        f"{_name(settings)} 没有应答或拒绝了操作（{type(error.orig).__name__}）；"
        "请检查地址、账号和运行状况"
    )


def explain_if_known(error: DBAPIError, settings: Settings) -> str | None:
    """As `explain`, but None for an error that points at the program, not at the database."""
    if settings.database_file is not None:
        code = str(getattr(error.orig, "sqlite_errorname", ""))
        found = next((says for start, says in _SQLITE.items() if code.startswith(start)), None)
        return found and f"{_name(settings)} {found}"
    code = str(getattr(error.orig, "sqlstate", None) or "")
    found = next((says for start, says in _POSTGRES.items() if code.startswith(start)), None)
    if found:
        return f"{_name(settings)} {found}"
    if not code and type(error.orig).__name__ == "OperationalError":
        return f"{_name(settings)} 连不上；请检查地址、网络和数据库是否在运行"
    return None


def _name(settings: Settings) -> str:
    return str(settings.database_file or "PostgreSQL")
