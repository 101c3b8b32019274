"""A rehearsal: the product's own processes, forked quickly and killed really.

Each is a process of its own that runs the product's own entrance; only the loading of the
libraries is done once, by the server that forks them.
"""

import json
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlmodel import and_, col, or_, select

import jobs
from profiles.sealing import Sealer, make_keys, read_keys
from pusher.__main__ import pusher as command
from pusher.clock import office_now
from pusher.demo.children import wait_for
from pusher.demo.furnish import OFFICE
from pusher.demo.stand_in import serve_stand_in
from pusher.model.clockwork import Heartbeat
from pusher.model.notice import Attempt, Notice, NoticeState
from pusher.sandbox.credentials import print_config
from pusher.sending.wording import registered
from pusher.settings import FILE_NAME
from pusher.store import Store
from tests.forked import FORK
from tests.makers import NOW
from tests.sandbox.stand import Stand

PATIENCE_S = 180.0
QUICK = {"tick_s": 0.1, "lease_s": 1.0, "settle_s": 1.0, "call_timeout_s": 1.0}
DIED = -9


@dataclass
class Rehearsal:
    """An office whose vendors are the stand-in's process."""

    home: Path
    store: Store
    stand: Stand
    processes: list[BaseProcess] = field(default_factory=list)

    def clockwork(self, fail_point: str = "") -> BaseProcess:
        """``python -m jobs``."""
        return self._start(_be_clockwork, fail_point)

    def command(self, *words: str, fail_point: str = "") -> BaseProcess:
        """``pusher …``."""
        return self._start(_be_command, fail_point, *words)

    def _start(self, target: Callable[..., None], fail_point: str, *words: str) -> BaseProcess:
        environ = {"PUSHER_HOME": str(self.home), "PUSHER_FAIL_POINT": fail_point}
        process = FORK.Process(target=target, args=(environ, *words))
        process.start()
        self.processes.append(process)
        return process

    def console(self, fail_point: str = "") -> tuple[BaseProcess, str]:
        """``pusher serve``, once it answers, and its address."""
        port = _free_port()
        process = self.command("serve", "--port", str(port), fail_point=fail_point)
        # not /healthz: it says no while a clockwork that was killed has been silent for a minute
        wait_for(f"http://127.0.0.1:{port}/readyz", {})
        return process, f"http://127.0.0.1:{port}"

    def beats(self) -> list[datetime]:
        """The newest sign of life of each clockwork."""
        with self.store.reading() as session:
            return list(session.exec(select(Heartbeat.at).order_by(col(Heartbeat.owner))))

    def stop_all(self) -> None:
        """End whatever still runs."""
        for process in self.processes:
            process.kill()
            process.join()

    def states(self) -> Counter[NoticeState]:
        """How many notices are in each state."""
        with self.store.reading() as session:
            return Counter(NoticeState(state) for state in session.exec(select(Notice.state)))

    def took_at_least(self, messages: int) -> bool:
        """Whether the vendor took so many, or nothing is left that could be taken."""
        return len(self.stand.messages()) >= messages or self.is_settled()

    def is_settled(self) -> bool:
        """Whether nothing is on its way any more, and nothing doubtful but what staff have."""
        with self.store.reading() as session:
            moving = (NoticeState.DRAFTED, NoticeState.HANDING)
            doubtful = and_(
                col(Notice.state) == NoticeState.UNSURE, col(Notice.left_to_staff_at).is_(None)
            )
            left = select(Notice.id).where(or_(col(Notice.state).in_(moving), doubtful))
            return session.exec(left.limit(1)).first() is None

    def check(self, planned: int) -> None:
        """Hold our rows against what the vendor took; meanwhile others may go on sending."""
        with self.store.reading() as session:
            accepted = select(Notice.id).where(Notice.state == NoticeState.ACCEPTED)
            taken_for_told = set(session.exec(accepted))
        took = self.stand.messages()
        with self.store.reading() as session:
            notices = session.exec(select(Notice)).all()
            calls = {attempt.call: attempt for attempt in session.exec(select(Attempt))}
        references = [str(message["reference"]) for message in took]
        # planned = the sum over the states
        assert len(notices) == planned
        # one call, one text; and no text without an attempt that was written down
        assert len(references) == len(set(references))
        assert set(references) <= set(calls)
        # nobody was told twice
        assert max(Counter(calls[r].notice_id for r in references).values(), default=0) <= 1
        # what we call accepted, the vendor took
        told = {calls[reference].notice_id for reference in references}
        assert taken_for_told <= told
        # what the vendor took is not called unsent
        unsent = (NoticeState.FAILED, NoticeState.WITHHELD, NoticeState.DRAFTED)
        assert not {n.id for n in notices if n.state in unsent} & told


@contextmanager
def stand_in(folder: Path) -> Iterator[Stand]:
    """The stand-in's own process."""
    make_keys(folder / "keys.json")
    port = _free_port()
    process = FORK.Process(target=_be_stand_in, args=(port, folder))
    process.start()
    wait_for(f"http://127.0.0.1:{port}/_sandbox/messages", {})
    stand = Stand(f"http://127.0.0.1:{port}")
    try:
        yield stand
    finally:
        stand.client.close()
        process.kill()
        process.join()


@contextmanager
def rehearsed(home: Path, url: str, stand: Stand, **quick: float) -> Iterator[Rehearsal]:
    """An office at *home* with the migrated database at *url*, its vendors at *stand*."""
    stand.order("reset")
    make_keys(home / "keys.json")
    _write_settings(home, url, stand.address, {**QUICK, **quick})
    store = Store(url, sealer=Sealer(read_keys(home / "keys.json")))
    rehearsal = Rehearsal(home, store, stand)
    try:
        yield rehearsal
    finally:
        rehearsal.stop_all()
        store.close()


def until(happened: Callable[[], object], *, what: str = "it did not come to pass") -> None:
    """Wait; the patience is for a busy machine, not a measure."""
    end = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def ended(process: BaseProcess) -> int:
    """Wait for the end of *process*; return its exit code, negative for a signal."""
    process.join(PATIENCE_S)
    assert process.exitcode is not None, "it still runs"
    return process.exitcode


def _be_clockwork(environ: dict[str, str]) -> None:
    _enter(environ)
    sys.exit(jobs.main())


def _be_command(environ: dict[str, str], *words: str) -> None:
    _enter(environ)
    command.main(args=list(words), prog_name="pusher")


def _be_stand_in(port: int, folder: Path) -> None:
    _enter({"PUSHER_HOME": str(folder)})
    serve_stand_in(
        port=port,
        journal=folder / "sandbox.jsonl",
        callbacks=None,
        key_file=folder / "keys.json",
    )


def _enter(environ: dict[str, str]) -> None:
    os.environ.update(environ)
    log = os.open(Path(environ["PUSHER_HOME"]) / "out.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _write_settings(home: Path, url: str, address: str, quick: dict[str, float]) -> None:
    lines = [
        f'database_url = "{url}"',
        "rehearsal = true",
        "quiet_hours = false",
        "retry_base_s = 0.05",
        f"clock_ahead_s = {(NOW - office_now()).total_seconds()}",
        *(f"{name} = {value}" for name, value in quick.items()),
    ]
    keys = {
        "aliyun": ("access_key_id", "access_key_secret"),
        "wechat": ("appid", "secret", "token"),
    }
    for name, channel in (("aliyun", "sms"), ("wechat", "wechat")):
        lines += [f"[gateways.{name}]", f'endpoint = "{address}"']
        lines += [f"{key} = {json.dumps(print_config()[name][key])}" for key in keys[name]]
        lines += [f'sign_name = "{OFFICE["signature"]}"', 'price = "0.045"'] * (name == "aliyun")
        lines += [f"[gateways.{name}.templates]"]
        lines += [f'{t.key} = "{t.code}"' for t in registered() if t.channel == channel]
    home.joinpath(FILE_NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
