"""The clockwork: which verb runs when. A process of its own, ``python -m jobs``.

APScheduler is a ticker in memory and nothing more: at each tick the clockwork looks at the
database. What is due is a slot, a row that only one clockwork can insert, so that two do no more
than one; that a clockwork lives is a row too, never a flag in a process.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from uuid import UUID

from pusher import rounds
from pusher.clock import OFFICE_ZONE, boot_id, office_now
from pusher.model.errors import NotFound
from pusher.rounds import Desk
from pusher.settings import BadSettings, Settings, read_settings

if TYPE_CHECKING:
    from pusher.gateways.base import Gateway
    from pusher.store import Store

_log = logging.getLogger("jobs")

HUNG: Final = timedelta(minutes=2)
"""A ticker without a sign of life for so long ends the process, for a supervisor to start anew."""
_BETWEEN_BEATS: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Job:
    """One job of the clockwork.

    Attributes:
        often: how often it is due, by the settings.
        verb: does it once and counts what it did; safe to be repeated at any time.
        does: in Chinese, for staff.
        shared: one clockwork does it for all; otherwise each for itself.
        moves: it sends, or judges by the time of day: not on a clock that has just jumped.
        aside: it waits for others' machines: on a thread of its own, never before a delivery.
    """

    often: Callable[[Settings], timedelta]
    verb: Callable[[Desk], Mapping[str, int]]
    does: str
    shared: bool = True
    moves: bool = False
    aside: bool = False

    @property
    def every(self) -> timedelta:
        """How often it is due where nobody set anything."""
        return self.often(Settings())


def tick(desk: Desk, *, aside: bool = False) -> dict[str, Mapping[str, int] | None]:
    """Do each job whose slot nobody has taken yet, whatever becomes of the others.

    Jobs that move something by the time of day are left out while nobody knows what hour it is.
    A failure is logged by the class of its error alone: its text might quote a person.

    Args:
        aside: do those that wait for others' machines, and no others.

    Returns:
        By name of the jobs done here: what they counted, None for one that failed.
    """
    done: dict[str, Mapping[str, int] | None] = {}
    for name, job in JOBS.items():
        held = job.moves and desk.watch is not None and desk.watch.waits
        if desk.stop() or held or job.aside is not aside:
            continue
        try:
            if not job.shared:
                done[name] = job.verb(desk)
            elif slot := _take(desk, name, job):
                done[name] = _run_slot(desk, name, job, slot)
        except Exception as error:  # noqa: BLE001 - the outermost door: the next tick must come
            done[name] = None
            _log.error("%s: %s", name, type(error).__name__)
    return done


def run(
    name: str,
    *,
    store: Store,
    gateways: Mapping[str, Gateway],
    settings: Settings,
    now: datetime,
) -> Mapping[str, int]:
    """Do one job now, whatever its slots say; return what it counted.

    Raises:
        NotFound: there is no such job.
    """
    from pusher.sending.deliver import running_from

    if name not in JOBS:
        raise NotFound(f"没有“{name}”这个任务，可用：{'、'.join(JOBS)}")
    return JOBS[name].verb(Desk(store, gateways, settings, _owner(), running_from(now)))


def slot_of(now: datetime, every: timedelta) -> datetime:
    """The slot that *now* belongs to: its moment floored to a whole number of *every*."""
    since = now.astimezone(UTC) - _EPOCH
    return _EPOCH + since // every * every


def _take(desk: Desk, name: str, job: Job) -> UUID | None:
    """Take the slot that is due; None if somebody has it."""
    from sqlalchemy.exc import IntegrityError

    from pusher.failpoint import reach
    from pusher.model.clockwork import Slot

    now = desk.moment()
    slot = slot_of(now, job.often(desk.settings))
    due = Slot(job=name, slot=slot, owner=desk.owner, started_at=now)
    try:
        with desk.store.writing() as session:
            session.add(due)
            session.flush()
            reach("K14")
    except IntegrityError:
        return None
    return due.id


def _run_slot(desk: Desk, name: str, job: Job, row: UUID) -> Mapping[str, int] | None:
    from pusher.model.clockwork import Slot

    counted, failed = None, None
    try:
        counted = job.verb(desk)
    except Exception as error:  # noqa: BLE001 - the outermost door: it is written into the slot
        failed = type(error).__name__
        _log.error("%s: %s", name, failed)
    with desk.store.writing() as session:
        slot = session.get_one(Slot, row)
        slot.ended_at, slot.failed = desk.moment(), failed
    return counted


def _heartbeat(desk: Desk) -> Mapping[str, int]:
    """Hold the clocks against each other and say that this one lives; clear away once an hour."""
    from pusher.clockwork import beat, clear_away

    now = desk.moment()
    with desk.store.writing() as session:
        another_hour = desk.watch is not None and desk.watch.look(session, now=now)
        trusted = desk.watch.trusted if desk.watch is not None else None
        if beat(session, desk.owner, trusted=trusted, now=now) or another_hour:
            clear_away(session, JOBS, now=now)
    return {}


def _each_tick(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.tick_s)


def _hourly(_: Settings) -> timedelta:
    return timedelta(hours=1)


def _daily(_: Settings) -> timedelta:
    return timedelta(days=1)


def _each_minute(settings: Settings) -> timedelta:
    return max(_each_tick(settings), timedelta(minutes=1))


def _each_part_of_the_term(settings: Settings) -> timedelta:
    return max(_each_tick(settings), timedelta(seconds=settings.receipt_term_s / 72))


JOBS: Final[Mapping[str, Job]] = MappingProxyType(
    {
        # Life first, answers before questions: an opt-out must be known before the next claim.
        "heartbeat": Job(_each_tick, _heartbeat, "报告自身在运行，清理过时的记录", shared=False),
        "fold": Job(_each_tick, rounds.fold_receipts, "处理收到的回执和回复，退订立即生效"),
        "lapse": Job(
            _each_tick, rounds.lapse_batches, "过了最晚发送时间的批次作废，未发的不再发", moves=True
        ),
        "silent": Job(
            _each_part_of_the_term,
            rounds.call_silent,
            "超过期限没有回执的通知标为“无回音”",
            moves=True,
        ),
        "rescue": Job(
            _each_tick, rounds.rescue_doubtful, "核对结果不明的发送，核不清的交人工", moves=True
        ),
        "recall": Job(
            _daily,
            rounds.recall_people,
            "每天找出新符合政策的人，含60天内到龄的，列出补充名单",
            moves=True,
        ),
        "remind": Job(
            _daily,
            rounds.remind_of_deadlines,
            "截止前起草到期提醒，只给告知过、没有回音的人；由人提交审核",
            moves=True,
        ),
        "supervise": Job(
            _daily,
            rounds.supervise_duties,
            "每天核对该办未办的事：立为督办、办好的办结、逾期的升级",
            moves=True,
        ),
        "digest": Job(
            _daily,
            rounds.draft_digests,
            "每个工作日起草订阅摘要（每日、每周各一批），由人审批后发送",
            moves=True,
        ),
        "deliver": Job(_each_tick, rounds.deliver_due, "发送到时的、已批准的通知", moves=True),
        "purge": Job(_daily, rounds.purge_past_term, "清空超过保存期限的内容"),
        "terms": Job(_each_minute, rounds.index_policies, "把新确认的政策编入问答的索引"),
        "topics": Job(
            _hourly, rounds.sort_questions, "把新来的疑问归到话题里，问的人多了立为二次解读"
        ),
        "forget": Job(
            _hourly,
            rounds.finish_forgetting,
            "办完等待结果的删除；恢复旧备份后再次删除已要求删除的人",
        ),
        "audit_head": Job(
            _daily, rounds.keep_audit_head, "留存操作记录的核对凭据，供日后查出截尾和重写"
        ),
        "age": Job(
            _each_tick,
            rounds.count_on_age,
            "记下数据库的新旧，日后放回旧备份时据此停发",
            shared=False,
        ),
        "watch": Job(
            _each_minute, rounds.watch_sites, "查看关注的网站栏目，读入新政策", aside=True
        ),
    }
)
"""Every job by name, in the order of a tick."""

_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)


class Clockwork:
    """A ticker's memory: who it is, which clock readings it trusts, whether it is to end."""

    def __init__(
        self,
        store: Store,
        gateways: Mapping[str, Gateway],
        settings: Settings,
        *,
        owner: str,
        wall: Callable[[], datetime],
        boot: Callable[[], float],
        boot_id: str,
    ) -> None:
        """Set up; *wall* is the office clock, *boot* counts seconds and never goes back."""
        from pusher.clockwork import Reading, Watch

        self.stopping = threading.Event()
        """Set it, and the running job comes to its next halt and nothing more is begun."""
        stop = self.stopping.is_set
        # the office clock of a demo may be set ahead at each start: the machine's may not
        watch = Watch(lambda: Reading(wall() - settings.clock_ahead, boot_id, boot()))
        self._desk = Desk(store, gateways, settings, owner, wall, watch, stop, self._beat)
        self._boot = boot
        self._alive_at = boot()

    def tick(self) -> dict[str, Mapping[str, int] | None]:
        """Do what is due; never raises for what a job or the database does."""
        self._alive_at = self._boot()
        return tick(self._desk)

    def tick_aside(self) -> dict[str, Mapping[str, int] | None]:
        """Do what is due of the jobs that wait for others' machines."""
        return tick(self._desk, aside=True)

    def is_hung(self) -> bool:
        """Whether neither a tick nor a sign of life within one came for too long."""
        return self._boot() - self._alive_at > HUNG.total_seconds()

    def _beat(self) -> None:
        if self._boot() - self._alive_at > _BETWEEN_BEATS.total_seconds():
            self._alive_at = self._boot()
            _heartbeat(self._desk)


def main() -> int:
    """Run the clockwork of this office until SIGTERM or SIGINT; return the exit status."""
    from sqlalchemy.exc import DBAPIError

    from pusher.failpoint import arm
    from pusher.keeping.deaths import note_end
    from pusher.keeping.explain import explain
    from pusher.keeping.running import AlreadyRunning, door_open
    from pusher.keeping.startup import startup_problems
    from pusher.log import open_log
    from pusher.store import WrongSchema

    try:
        settings = read_settings()
    except BadSettings as error:
        return _refuse(error.problems, status=2)
    if problems := startup_problems(settings):
        return _refuse(problems, status=2)
    try:
        arm(settings.fail_point)
        with door_open(settings.home):
            start = office_now()
            store, clockwork = _open_clockwork(settings, start)
            log = open_log(settings.log_folder, "clockwork")
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: clockwork.stopping.set())
            _tick_until_stopped(clockwork, settings.tick_s)
            store.close()  # its last checkpoint belongs under the lock of all writers
            log.finish()
            note_end(settings.home, start=start)
    except (WrongSchema, AlreadyRunning) as error:
        return _refuse([str(error)], status=1)
    except DBAPIError as error:
        return _refuse([explain(error, settings)], status=1)
    return 0


def _refuse(problems: Sequence[str], *, status: int) -> int:
    """Say each problem in a line of its own on standard error."""
    for problem in problems:
        sys.stderr.write(f"错误：{problem}\n")
    return status


def _open_clockwork(settings: Settings, start: datetime) -> tuple[Store, Clockwork]:
    from profiles.sealing import open_sealer
    from pusher.clockwork import hold_for_deaths
    from pusher.gateways.base import boot_seconds
    from pusher.gateways.registry import open_gateways
    from pusher.keeping.deaths import MOST, note_start
    from pusher.keeping.epoch import OLDER, check_age
    from pusher.store import Store

    died = note_start(settings.home, now=start)
    store = Store(settings.url, sealer=open_sealer(settings.key_file))
    store.check_schema()
    now = office_now(settings.clock_ahead)
    if check_age(store, settings, now=now):
        sys.stderr.write(f"{OLDER}\n")
    if died >= MOST:
        with store.writing() as session:
            hold_for_deaths(session, now=now)
    patience = timedelta(seconds=settings.call_timeout_s)
    gateways = open_gateways(settings.gateways, call_timeout=patience)
    clockwork = Clockwork(
        store,
        gateways,
        settings,
        owner=_owner(),
        wall=partial(office_now, settings.clock_ahead),
        boot=boot_seconds,
        boot_id=boot_id(),
    )
    return store, clockwork


def _tick_until_stopped(clockwork: Clockwork, tick_s: float) -> None:
    from apscheduler.jobstores.memory import MemoryJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    ticker = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        timezone=OFFICE_ZONE,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    # the ticker's own clock is the machine's, whatever the office clock shows
    ticker.add_job(clockwork.tick, "interval", seconds=tick_s, next_run_time=office_now())
    ticker.add_job(clockwork.tick_aside, "interval", seconds=max(tick_s, 10))
    ticker.start()
    _log.info("started")
    while not clockwork.stopping.wait(1):
        if clockwork.is_hung():
            _log.error("hung")
            os._exit(1)
    ticker.shutdown(wait=True)
    _log.info("ended")


def _owner() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


if __name__ == "__main__":
    raise SystemExit(main())
