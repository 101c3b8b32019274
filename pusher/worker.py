"""A delivery worker: one more pair of hands for the clockwork's delivery, on any machine.

It runs the same verb, again and again. What two workers must not both take, the claim's own row
locks, leases and fences keep apart; what they must share (holds, pauses, caps, what a gateway was
handed) is counted in rows. So there is no queue beside the notices, and nothing to be kept in step.
"""

import logging
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from os import getpid
from typing import Final

from sqlalchemy.exc import DBAPIError

from pusher.clock import office_now
from pusher.clockwork import LEAP
from pusher.gateways.base import Gateway
from pusher.model.errors import Unwilling
from pusher.sending.deliver import Delivered, deliver
from pusher.settings import Settings
from pusher.store import Store

_log = logging.getLogger("pusher.worker")
_AT_ONCE: Final = 1_000
"""Notices after which it looks at the clocks anew."""


class ClocksPart(Unwilling):
    """This machine's clock and the database's differ: nobody knows what hour it is."""

    code = "clocks_part"


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker needs.

    Attributes:
        gateways: by name, in the order of preference.
        owner: machine and process, for the log.
        stopping: set it, and the worker comes to its next halt and ends.
        wall: this machine's clock.
    """

    store: Store
    gateways: Mapping[str, Gateway]
    settings: Settings
    owner: str = field(default_factory=lambda: f"{socket.gethostname()[:40]}:{getpid()}")
    stopping: threading.Event = field(default_factory=threading.Event)
    wall: Callable[[], datetime] = office_now

    def run(self) -> None:
        """Deliver until it is asked to stop; the database may come and go meanwhile."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        _log.info("%s: started", self.owner)
        while not self.stopping.is_set():
            if not self._turn():
                self.stopping.wait(self.settings.tick_s)
        _log.info("%s: ended", self.owner)

    def deliver(self) -> Delivered:
        """Deliver what is due, at most `_AT_ONCE`, by the database's clock: all workers have one.

        Raises:
            ClocksPart: it differs from this machine's by more than `LEAP`.
        """
        return deliver(
            self.store,
            self.gateways,
            settings=self.settings,
            now=self._now(),
            limit=_AT_ONCE,
            owner=self.owner,
            stop=self.stopping.is_set,
            patience=timedelta(seconds=self.settings.tick_s),
        )

    def _turn(self) -> bool:
        """Deliver once; whether there was anything, so that there may be more."""
        try:
            return self.deliver().claimed > 0
        except ClocksPart:
            _log.error("%s: this machine's clock and the database's differ", self.owner)
        except DBAPIError as error:
            _log.error("%s: %s", self.owner, type(error.orig).__name__)
        except Exception as error:  # noqa: BLE001 - the outermost door: the next turn must come
            _log.error("%s: %s", self.owner, type(error).__name__)
        return False

    def _now(self) -> datetime:
        now = self.store.server_moment()
        if abs(now - self.wall()) > LEAP:
            raise ClocksPart("本机时钟与数据库服务器的时钟相差超过 60 秒，未发送；请校准时间")
        return now + self.settings.clock_ahead
