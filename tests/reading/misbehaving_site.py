"""A site on loopback that behaves as sites do: moves, stalls, floods, withdraws, asks for peace."""

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """What stands where, and who asked for what.

    Attributes:
        pages: path → (content, headers), or a function that answers by itself.
        asked: paths in the order of the requests, robots.txt and favicons included.
    """

    port: int = 0
    pages: dict[str, "tuple[bytes, dict[str, str]] | Answer"] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def address(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def put(self, path: str, content: str | bytes, **headers: str) -> None:
        body = content.encode() if isinstance(content, str) else content
        self.pages[path] = body, {k.replace("_", "-"): v for k, v in headers.items()}


@contextmanager
def site() -> Iterator[Site]:
    """A running site; ends with the block."""
    here = Site()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            found = here.pages.get(self.path)
            if found is None:
                self.send_error(404)
            elif callable(found):
                found(self)
            else:
                _answer(self, *found)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    here.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def _answer(door: BaseHTTPRequestHandler, body: bytes, headers: dict[str, str]) -> None:
    mark = headers.get("etag")
    if mark and door.headers.get("if-none-match") == mark:
        door.send_response(304)
        door.end_headers()
        return
    door.send_response(200)
    for name, value in {"content-type": "text/html", **headers}.items():
        door.send_header(name, value)
    door.send_header("content-length", str(len(body)))
    door.end_headers()
    door.wfile.write(body)


def moved(to: str, status: int = 302) -> Answer:
    """A redirect."""

    def answer(door: BaseHTTPRequestHandler) -> None:
        door.send_response(status)
        door.send_header("location", to)
        door.send_header("content-length", "0")
        door.end_headers()

    return answer


def says(status: int, **headers: str) -> Answer:
    """A status without a body."""

    def answer(door: BaseHTTPRequestHandler) -> None:
        door.send_response(status)
        for name, value in headers.items():
            door.send_header(name.replace("_", "-"), value)
        door.send_header("content-length", "0")
        door.end_headers()

    return answer


def dripping(door: BaseHTTPRequestHandler) -> None:
    """A header a letter at a time, for ever."""
    door.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
    try:
        for _ in range(200):
            door.wfile.write(b"x")
            door.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


def endless(door: BaseHTTPRequestHandler) -> None:
    """A body without end."""
    door.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
    try:
        for _ in range(2_000):
            door.wfile.write(b"<p>" + b"x" * 65_000)
    except OSError:
        pass


def bomb(door: BaseHTTPRequestHandler) -> None:
    """A hundred megabytes in a hundred kilobytes."""
    body = gzip.compress(b"\0" * 100_000_000)
    door.wfile.write(
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: "
        + str(len(body)).encode() + b"\r\n\r\n"
    )  # fmt: skip
    with suppress(OSError):
        door.wfile.write(body)


def cut_short(door: BaseHTTPRequestHandler) -> None:
    """Half of what was announced."""
    door.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n<p>half")


def no_http(door: BaseHTTPRequestHandler) -> None:
    """Something else."""
    door.wfile.write(b"220 mail.example.gov.cn ESMTP\r\n")
