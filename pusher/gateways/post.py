"""The only door to the network: many requests at a time, and an honest word on each.

httpx rides on aiohttp, on one private event loop in a thread, behind a synchronous
face. Only the transport of httpx is used: its client would add cookies, redirects,
and a log line with the whole address, mobile number and all.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
import weakref
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from yarl import URL

from pusher.failpoint import reach
from pusher.gateways.base import boot_seconds

LARGEST_ANSWER = 1_000_000  # bytes; vendors answer in hundreds
_KEEP_ALIVE_S = 3.0  # below any server's own patience, or a reused connection dies under a request
_CONNECTIONS = 128

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """One call, exactly as it shall be written.

    Attributes:
        method: ``GET`` or ``POST``.
        url: with its query already encoded; it is sent as it stands.
        headers: all of them but Content-Length.
        body: sent as it stands.
    """

    method: str
    url: str = field(repr=False)
    headers: Sequence[tuple[str, str]] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """A complete HTTP answer; *headers* have lower-case names, *body* is as received."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NotSent:
    """Proof that no byte of the request left: ``connect_failed`` or ``lease_over``."""

    code: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Bytes left and no complete answer came: ``no_answer``, ``cut_off``, ``too_large``."""

    code: str


Word = Response | NotSent | Unsure


class Post:
    """A postman with one event loop of his own; safe to share between threads."""

    def __init__(
        self, *, call_timeout: timedelta, clock: Callable[[], float] = boot_seconds
    ) -> None:
        """Prepare a loop; nothing is opened before the first request.

        Args:
            call_timeout: for one call from connecting to the last byte of the answer.
            clock: what deadlines are held against.
        """
        self._clock = clock
        self._timeout_s = call_timeout.total_seconds()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="post", daemon=True)
        self._transport = _transport()
        self._start = threading.Lock()
        # A forgotten postman still closes his sockets, at the latest when the process ends.
        self.close = weakref.finalize(self, _shut, self._loop, self._thread, self._transport)

    def post_all(
        self, requests: Sequence[Request], *, at_once: int = 32, deadline: float | None = None
    ) -> list[Word]:
        """Send *requests*, *at_once* in flight, and wait for every word.

        Args:
            requests: any number.
            at_once: how many of this call may be in flight together.
            deadline: in seconds of `boot_seconds()`; asked right before each write.

        Returns:
            One word for each request, in the same order.
        """
        if not requests:
            return []
        with self._start:
            if not self._thread.is_alive():
                self._thread.start()
        work = self._all(requests, at_once, deadline)
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _all(
        self, requests: Sequence[Request], at_once: int, deadline: float | None
    ) -> list[Word]:
        gate = asyncio.Semaphore(at_once)

        async def one(request: Request) -> Word:
            trip = _Trip(request.url, deadline, self._clock)
            async with gate:
                return await self._carry(request, trip)

        return list(await asyncio.gather(*map(one, requests)))

    async def _carry(self, request: Request, trip: _Trip) -> Word:
        _TRIP.set(trip)
        try:
            trip.check_lease()
            answer = await asyncio.wait_for(self._exchange(request), self._timeout_s)
        except _LeaseOver:
            return NotSent("lease_over")
        except (httpx.HTTPError, aiohttp.ClientError, OSError, TimeoutError) as error:
            return _verdict(trip, error)
        if not trip.written:
            raise RuntimeError("the request class was passed by: NotSent can no longer be proved")
        return answer

    async def _exchange(self, request: Request) -> Response | Unsure:
        outgoing = httpx.Request(
            request.method, request.url, headers=list(request.headers), content=request.body
        )
        answer = await self._transport.handle_async_request(outgoing)
        reach("K5")
        try:
            body = bytearray()
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    return Unsure("too_large")
        finally:
            await answer.aclose()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, headers, bytes(body))


def _verdict(trip: _Trip, error: Exception) -> NotSent | Unsure:
    """Say whether *error* left the request behind.

    httpx-aiohttp reports a connection dropped after the request was written as
    ConnectTimeout, so its classes prove nothing. NotSent needs two witnesses: the
    request was never begun, and the cause is one that comes before it. All else is unsure.
    """
    # wait_for's TimeoutError has a cause too, a cancellation that tells nothing.
    cause = error.__cause__ if isinstance(error, httpx.HTTPError) else error
    before = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, TimeoutError)
    if not trip.written and isinstance(cause, before):
        return NotSent("connect_failed")
    _log.info("call without a usable answer: %s", type(cause).__name__)
    return Unsure("no_answer" if isinstance(cause, TimeoutError) else "cut_off")


class _LeaseOver(Exception):
    """The deadline passed before the first byte."""


class _Trip:
    """What one request must know when its connection stands."""

    __slots__ = ("_clock", "_deadline", "url", "written")

    def __init__(self, url: str, deadline: float | None, clock: Callable[[], float]) -> None:
        self.url = url
        self.written = False
        self._deadline = deadline
        self._clock = clock

    def check_lease(self) -> None:
        if self._deadline is not None and self._clock() >= self._deadline:
            raise _LeaseOver


_TRIP: ContextVar[_Trip] = ContextVar("_TRIP")


class _ClientRequest(aiohttp.ClientRequest):
    """A request that looks at the clock right before it writes.

    Connecting may take seconds, and a process may be frozen meanwhile; whoever holds
    the lease by then would send a second copy.
    """

    async def send(self, conn: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        trip = _TRIP.get()
        # aiohttp re-encodes addresses (%2A becomes *); what was signed shall be what is written.
        self.url = URL(trip.url, encoded=True)
        trip.check_lease()
        trip.written = True
        answer = await super().send(conn)
        # a task that was begun in there writes at its first step: after it
        asyncio.get_running_loop().call_soon(reach, "K4")
        return answer


def _transport() -> AiohttpTransport:
    context = httpx.create_ssl_context(trust_env=False)
    return AiohttpTransport(
        verify=context, trust_env=False, client=lambda: _client_session(context)
    )


def _client_session(context: ssl.SSLContext) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            ssl=context, limit=_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_S
        ),
        request_class=_ClientRequest,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
    )


def _shut(
    loop: asyncio.AbstractEventLoop, thread: threading.Thread, transport: AiohttpTransport
) -> None:
    if thread.is_alive():
        asyncio.run_coroutine_threadsafe(transport.aclose(), loop).result(timeout=5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
    loop.close()
