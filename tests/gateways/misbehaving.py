"""Servers on a real socket that do what servers must not."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, bytes], None]
"""What to do with a connection once a request was read; the connection is closed afterwards."""

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@dataclass
class Served:
    """Where the server listens, and every request it read, in order."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(behave: Behaviour, *, read_first: bool = True) -> Iterator[Served]:
    """Serve each connection with *behave*; with *read_first* a whole request is read before."""
    listener = socket.create_server(("127.0.0.1", 0))
    served = Served(listener.getsockname()[1])
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            request = read_request(connection) if read_first else b""
            if request or not read_first:
                served.requests.append(request)
                behave(connection, request)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                served.connections += 1
                thread = threading.Thread(target=serve, args=(connection,), daemon=True)
                threads.append(thread)
                thread.start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield served
    finally:
        # close() alone does not wake a thread that waits in accept()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(timeout=5)
        for thread in threads:
            thread.join(timeout=5)


def read_request(connection: socket.socket) -> bytes:
    """Read one whole request; empty if the client leaves."""
    request = b""
    while b"\r\n\r\n" not in request:
        part = connection.recv(65536)
        if not part:
            return b""
        request += part
    head, _, body = request.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        part = connection.recv(65536)
        request, body = request + part, body + part
    return request


def answers(body: bytes, *, status: bytes = b"200 OK", headers: bytes = b"") -> Behaviour:
    """Answer properly with *body*."""

    def behave(connection: socket.socket, _: bytes) -> None:
        head = b"HTTP/1.1 %b\r\nContent-Length: %d\r\nConnection: close\r\n%b\r\n"
        connection.sendall(head % (status, len(body), headers) + body)

    return behave


def closes(connection: socket.socket, _: bytes) -> None:
    """Close without a word."""


def resets(connection: socket.socket, _: bytes) -> None:
    """Send RST instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def truncates(connection: socket.socket, _: bytes) -> None:
    """Promise 100 bytes and send 9."""
    connection.sendall(HEAD % 100 + b'{"Code":"')


def talks_garbage(connection: socket.socket, _: bytes) -> None:
    """Say something that is not HTTP."""
    connection.sendall(b"\x00\x01SMTP 220 good morning\r\n\r\n")


def says_nothing(connection: socket.socket, _: bytes) -> None:
    """Wait until the client leaves."""
    connection.recv(1)


def drips(connection: socket.socket, _: bytes) -> None:
    """Send one byte at a time, without end."""
    connection.sendall(HEAD % 10_000)
    for _byte in range(200):
        connection.sendall(b" ")
        time.sleep(0.05)


def floods(connection: socket.socket, _: bytes) -> None:
    """Send 100 MB, or as much as is taken."""
    connection.sendall(HEAD % 100_000_000)
    for _block in range(100):
        connection.sendall(b" " * 1_000_000)
