"""Runs the stand-in: until a signal comes, or in a thread for a rehearsal."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol


class _Protocol(H11Protocol):
    """Lets a handler reach its connection, so that it can drop it without a word."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def serve(app: FastAPI, *, port: int, host: str = "127.0.0.1") -> None:
    """Serve *app* until SIGINT or SIGTERM."""
    _server(app, host=host, port=port).run()


@contextmanager
def running(app: FastAPI, *, port: int = 0) -> Iterator[str]:
    """Serve *app* in a thread of this process; yields its address, ``http://127.0.0.1:PORT``.

    Args:
        app: from `create_app`.
        port: 0 for any free one.
    """
    listener = socket.create_server(("127.0.0.1", port))
    server = _server(app, host="127.0.0.1", port=port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        # The socket listens already: who connects early waits in its queue.
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def _server(app: FastAPI, *, host: str, port: int) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=_Protocol,
        ws="none",
        lifespan="on",
        access_log=False,  # addresses carry mobile numbers
        log_level="warning",
        h11_max_incomplete_event_size=256 * 1024,  # 1,000 numbers in one request line
        timeout_keep_alive=30,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
