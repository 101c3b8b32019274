"""Faults on demand: what a vendor, or the network before it, does on its bad days."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from fastapi import Request, Response

Kind = Literal[
    "timeout_after_accept",
    "timeout_before",
    "drop_connection",
    "http_500",
    "throttle",
    "auth_expired",
    "bad_json",
    "slow",
]
Call = Literal["send", "query"]


@dataclass(slots=True)
class Fault:
    """One order for trouble.

    Attributes:
        rate: share of the calls that it hits, 0 to 1.
        left: how many more calls it is rolled for; None: until the next reset.
        delay_s: of ``slow``.
        call: which calls are meant: those that send, or the query for details.
    """

    provider: str
    kind: Kind
    rate: float = 1.0
    left: int | None = None
    delay_s: float = 2.0
    call: Call = "send"


@dataclass(frozen=True, slots=True)
class BadDays:
    """How one vendor words its faults."""

    broken: Callable[[], Response]
    throttled: Callable[[], Response]
    auth_expired: Callable[[], Response]


class Faults:
    """The orders in force; the first that strikes wins."""

    def __init__(self, rng: random.Random, *, hold_s: float) -> None:
        """Start without faults; *hold_s* is how long an unanswered call is held open at most."""
        self._orders: list[Fault] = []
        self._rng = rng
        self._hold_s = hold_s
        self._drops = 0

    def order(self, fault: Fault) -> None:
        """Put *fault* in force, in the place of one of its kind; rate 0 ends it."""
        same = (fault.provider, fault.kind, fault.call)
        self._orders = [o for o in self._orders if (o.provider, o.kind, o.call) != same]
        if fault.rate > 0:
            self._orders.append(fault)

    def clear(self) -> None:
        """End all faults."""
        self._orders.clear()

    def strikes(self, provider: str, call: Call) -> Fault | None:
        """Roll the dice for one call; every order it is rolled for counts it."""
        hit = None
        for fault in self._orders:
            if (fault.provider, fault.call) != (provider, call) or fault.left == 0:
                continue
            if fault.left is not None:
                fault.left -= 1
            if hit is None and self._rng.random() < fault.rate:
                hit = fault
        self._orders = [fault for fault in self._orders if fault.left != 0]
        return hit

    async def meet(
        self,
        fault: Fault | None,
        request: Request,
        serve: Callable[[], Awaitable[Response]],
        words: BadDays,
    ) -> Response:
        """Answer *request* by *serve*, or as *fault* wants it."""
        match fault.kind if fault else None:
            case "http_500":
                return words.broken()
            case "throttle":
                return words.throttled()
            case "auth_expired":
                return words.auth_expired()
            case "timeout_before":
                return await self._hold(request)
            case "timeout_after_accept":
                await serve()
                return await self._hold(request)
            case "drop_connection":
                return await self._drop(request, serve)
            case "bad_json":
                # Accepted all the same: whoever takes garbage for a refusal sends twice.
                answer = await serve()
                return Response(answer.body[: len(answer.body) // 2], media_type="application/json")
            case "slow":
                await asyncio.sleep(fault.delay_s if fault else 0)
        return await serve()

    async def _drop(self, request: Request, serve: Callable[[], Awaitable[Response]]) -> Response:
        """Hang up; every second time only after accepting: the client cannot know which."""
        self._drops += 1
        if self._drops % 2:
            await serve()
        return await hang_up(request)

    async def _hold(self, request: Request) -> Response:
        """Say nothing until the client gives up."""
        end = asyncio.get_running_loop().time() + self._hold_s
        while asyncio.get_running_loop().time() < end and not await request.is_disconnected():
            await asyncio.sleep(0.05)
        return await hang_up(request)


async def hang_up(request: Request) -> Response:
    """Cut the connection without an answer; needs the server of `pusher.sandbox.serve`."""
    transport = request.scope.get("state", {}).get("transport")
    if isinstance(transport, asyncio.Transport):
        transport.abort()
        while not await request.is_disconnected():
            await asyncio.sleep(0.01)
    # Goes nowhere once the connection is gone.
    return Response(status_code=500)
