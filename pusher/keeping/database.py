"""The office's database: does it answer, is it ours, is it whole, does the clockwork live."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from profiles.sealing import open_sealer
from pusher.hold import NAMES
from pusher.keeping.epoch import epoch_file, epoch_of, read_epoch
from pusher.keeping.explain import explain
from pusher.keeping.finding import Finding, fine, note, wrong
from pusher.keeping.health import look_at_health
from pusher.model.staff import AuditEntry
from pusher.settings import Settings
from pusher.store import Store, WrongSchema, integrity

_WANTED: Final = {"server_encoding": "UTF8", "fsync": "on", "synchronous_commit": "on"}
"""Of PostgreSQL."""


def look_at_database(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Look inside; the folder's findings come first, for without keys nothing opens.

    Args:
        now: the moment on the office clock.
    """
    store = Store(settings.url, sealer=open_sealer(settings.key_file))
    try:
        store.check_schema()
        yield fine("数据库", f"{store.revision()}，与程序相符")
        with store.reading() as session:
            yield _whole(session)
            yield from _of_postgres(session)
            yield from _age(session, settings)
            yield from _clock(session, now)
            yield from _clockwork(session, now)
    except WrongSchema as error:
        yield wrong("数据库", str(error))
    except DBAPIError as error:
        yield wrong("数据库", explain(error, settings))
    finally:
        with contextlib.suppress(DBAPIError):  # told above: a broken file cannot close well
            store.close()


def _whole(session: Session) -> Finding:
    broken = integrity(session)
    if broken:
        return wrong("完整性", "数据库文件有损坏；请停止运行，用 pusher restore 恢复最近的备份")
    return fine("完整性", "完好")


def _of_postgres(session: Session) -> Iterator[Finding]:
    if session.get_bind().dialect.name != "postgresql":
        return
    ask = session.connection()
    version = ask.execute(text("SHOW server_version")).scalar_one()
    yield fine("PostgreSQL", str(version))
    # with "off" an acknowledged attempt may be lost with the power, and its text sent again
    for name, wanted in _WANTED.items():
        found = str(ask.execute(text(f"SHOW {name}")).scalar_one())
        if found != wanted and not found.startswith(("remote_", "local")):
            yield wrong("PostgreSQL", f"{name} 为 {found}，应为 {wanted}")


def _age(session: Session, settings: Settings) -> Iterator[Finding]:
    if epoch_of(session) < (read_epoch(epoch_file(settings)) or 0):
        yield wrong("数据库", "比密钥旁的 epoch 文件旧，像是放回的备份；下次启动会全部停发")


def _clock(session: Session, now: datetime) -> Iterator[Finding]:
    newest = session.exec(
        select(AuditEntry.at).order_by(col(AuditEntry.number).desc()).limit(1)
    ).first()
    if newest is not None and newest > now:
        yield wrong("时钟", "早于最后一条审计记录；请校准机器时钟，校准前不要发送")


def _clockwork(session: Session, now: datetime) -> Iterator[Finding]:
    health = look_at_health(session, now=now)
    if health.beat_ago is None:
        yield note("定时进程", "从未运行；请启动 pusher jobs")
    elif not health.is_beating:
        yield wrong(
            "定时进程", f"已停 {int(health.beat_ago.total_seconds())} 秒；请启动 pusher jobs"
        )
    else:
        yield fine("定时进程", "在运行")
    for job in health.failing:
        yield wrong("定时任务", f"{job} 最近一次没有办成；原因见 logs 文件夹中当天的日志")
    for cause in health.holds:
        yield note("全部停发", f"{NAMES[cause]}；核实后用 pusher hold lift {cause.value} 解除")
    for gateway, because in health.paused.items():
        yield note("停用", f"{gateway}：{because}")
