"""What becomes of an accepted text, and who is told: receipts and answers, pushed and repeated."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

import httpx

from pusher.sandbox.exchange import Answered, Exchange, Taken

Mode = Literal["normal", "delayed", "duplicate", "out_of_order", "lost", "failed"]

USUAL_DELAY_S: Final = 0.5
"""From accepting a text to its receipt, when nothing is ordered."""

_LATE_S = 10.0  # delay of the modes that delay, unless told otherwise
_AT_ONCE = 8  # pushes in flight
_TICK_S = 0.05
_PUSH_TIMEOUT_S = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Push:
    """One HTTP call to the client: where, what, and whose receipts it carries."""

    url: str
    body: bytes
    content_type: str
    texts: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Speech:
    """How one vendor words its pushes.

    Attributes:
        receipts: texts to pushes; as many in one push as the vendor packs.
        stale: the same for a failure that the vendor reports after the delivery.
        answer: what a person said, to a push.
        ok: the code of a delivery.
        failed: the code of a failure.
    """

    receipts: Callable[[Sequence[Taken]], list[Push]]
    stale: Callable[[Taken], list[Push]]
    answer: Callable[[Answered], list[Push]]
    ok: str
    failed: str


@dataclass(frozen=True, slots=True)
class Order:
    """How receipts behave: *rate* of the texts get *mode*, the others the normal one."""

    mode: Mode = "normal"
    delay_s: float | None = None
    rate: float = 1.0


class Carrier:
    """A background task that settles texts and pushes the news."""

    def __init__(
        self,
        exchange: Exchange,
        speeches: Mapping[str, Speech],
        *,
        rng: random.Random,
        push_again_after: Sequence[float],
    ) -> None:
        """Prepare; `run` does the work.

        Args:
            exchange: where outcomes are written down.
            speeches: by provider.
            rng: decides which texts an order hits.
            push_again_after: pauses in seconds after a push that was not answered with 200.
        """
        self.order = Order()
        self._exchange = exchange
        self.speeches = speeches
        self._rng = rng
        self._pauses = tuple(push_again_after)
        self._due: list[tuple[float, int, Taken, Mode]] = []
        self._count = itertools.count()
        self._pushing: set[asyncio.Task[None]] = set()

    def take(self, text: Taken) -> None:
        """Settle *text* when its time comes."""
        order = self.order
        mode: Mode = order.mode if self._rng.random() < order.rate else "normal"
        delay = USUAL_DELAY_S if order.delay_s is None else order.delay_s
        if mode in ("delayed", "out_of_order") and order.delay_s is None:
            delay = _LATE_S
        if mode == "normal" and order.mode != "normal":
            delay = USUAL_DELAY_S
        if mode == "out_of_order":
            delay *= self._rng.random()
        when = asyncio.get_running_loop().time() + delay
        heapq.heappush(self._due, (when, next(self._count), text, mode))

    def hear(self, said: Answered) -> None:
        """Push what a person answered."""
        self._start(self.speeches[said.provider].answer(said))

    def forget(self) -> None:
        """Drop what is due and stop pushing; receipts behave normally again."""
        self.order = Order()
        self._due.clear()
        for task in self._pushing:
            task.cancel()

    async def run(self) -> None:
        """Work until cancelled; begins with what a former process left unsettled."""
        for text in self._exchange.taken:
            if not text.pushed:
                self.take(text)
        limits = httpx.Limits(max_connections=_AT_ONCE)
        async with httpx.AsyncClient(
            trust_env=False, timeout=_PUSH_TIMEOUT_S, limits=limits
        ) as self._client:
            try:
                while True:
                    try:
                        await self._settle_due()
                    except OSError as error:
                        _log.error("journal cannot be written: %s", error.strerror)
                    await asyncio.sleep(_TICK_S)
            finally:
                for task in self._pushing:
                    task.cancel()

    async def _settle_due(self) -> None:
        now, due = asyncio.get_running_loop().time(), []
        while self._due and self._due[0][0] <= now:
            due.append(heapq.heappop(self._due)[2:])
        loud: dict[str, list[Taken]] = {}
        for text, mode in due:
            await self._settle(text, mode)
            if mode == "lost":
                await self._exchange.mark_pushed(text)
                continue
            loud.setdefault(text.provider, []).extend([text] * (2 if mode == "duplicate" else 1))
        for provider, texts in loud.items():
            self._start(self.speeches[provider].receipts(texts))
        for text, mode in due:
            if mode == "out_of_order":
                self._start(self.speeches[text.provider].stale(text))

    async def _settle(self, text: Taken, mode: Mode) -> None:
        if text.outcome != "waiting":  # by a former process, that did not get to push it
            return
        speech = self.speeches[text.provider]
        delivered = mode != "failed"
        code = speech.ok if delivered else speech.failed
        # The phone rings a moment after the vendor took the text, whenever the receipt comes.
        at = text.accepted_at + timedelta(seconds=1)
        await self._exchange.report(text, delivered=delivered, code=code, at=at)

    def _start(self, pushes: Sequence[Push]) -> None:
        for push in pushes:
            task = asyncio.create_task(self._push(push))
            self._pushing.add(task)
            task.add_done_callback(self._pushing.discard)

    async def _push(self, push: Push) -> None:
        """Push, and again after each pause, until the client answers 200; then give up."""
        for pause in (*self._pauses, None):
            if await self._arrives(push):
                break
            if pause is not None:
                await asyncio.sleep(pause)
        await self._exchange.mark_pushed(*push.texts)

    async def _arrives(self, push: Push) -> bool:
        try:
            answer = await self._client.post(
                push.url, content=push.body, headers={"content-type": push.content_type}
            )
        except httpx.HTTPError:
            return False
        return answer.status_code == 200
