"""Requests straight into an application: one event loop for the whole run, one step a request.

The client that comes with the framework starts a thread and a loop for each request, and hands it
over to them nine times: more work than the answer itself.
"""

import asyncio
import atexit
import threading
from collections.abc import AsyncIterator, Coroutine
from functools import cache

from fastapi import FastAPI
from httpx import (
    ASGITransport,
    AsyncByteStream,
    BaseTransport,
    ByteStream,
    Request,
    Response,
    SyncByteStream,
)


class Straight(BaseTransport):
    """Answers from *app*, read to the end; what it raises is an answer of 500, as a server's.

    Args:
        caller: the address that the request comes from; no machine's, unless told.
    """

    def __init__(self, app: FastAPI, *, caller: str = "testclient") -> None:
        self._inner = ASGITransport(app, raise_app_exceptions=False, client=(caller, 50_000))

    def handle_request(self, request: Request) -> Response:
        """Wait for the whole answer."""
        return _done(self._answer(request))

    async def _answer(self, request: Request) -> Response:
        if not isinstance(request.stream, AsyncByteStream):
            request.stream = _Sent(request.stream)
        answer = await self._inner.handle_async_request(request)
        pieces = [piece async for piece in answer.aiter_raw()]
        return Response(
            answer.status_code, headers=answer.headers, stream=ByteStream(b"".join(pieces))
        )


class _Sent(AsyncByteStream):
    """A body that is sent piece by piece."""

    def __init__(self, pieces: SyncByteStream) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def _done(work: Coroutine[None, None, Response]) -> Response:
    return asyncio.run_coroutine_threadsafe(work, _loop()).result()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Turns in a thread of its own: a browser under test has one in this thread already."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def end() -> None:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    atexit.register(end)
    return loop
