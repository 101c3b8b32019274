"""Bytes that no browser would send, to the console's real server: refused, and it goes on."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from pusher.commands.serving import server_config
from tests.hostile.conftest import Target

HOST = b"Host: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def port(target: Target) -> Iterator[int]:
    """The application of `target` behind the server that ``pusher serve`` runs."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(server_config(target.console.app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield int(listener.getsockname()[1])
    server.should_exit = True
    thread.join()
    listener.close()


def told(port: int, *pieces: bytes, patience_s: float = 20.0) -> bytes:
    """What the server says to these bytes, until it hangs up or waits for more.

    Args:
        patience_s: until its first word, on a busy machine; the rest of it comes at once.
    """
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=patience_s) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            while some := connection.recv(65_536):
                answer += some
                connection.settimeout(0.2)
        except OSError:
            pass  # it hung up on the rest, or waits; what it said first is what counts
    return answer


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        (b"GET //policies HTTP/1.1", {303, 404}),
        (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1", {404}),
        (b"GET /../../keys.json HTTP/1.1", {404}),
        (b"GET /static/../../keys.json HTTP/1.1", {404}),
        (b"GET http://evil.invalid/policies HTTP/1.1", {303, 400, 404}),
        (b"GET /policies?" + b"a" * 60_000 + b" HTTP/1.1", {303, 400, 414, 431}),
        (b"GET /policies?" + b"a" * 200_000 + b" HTTP/1.1", {0, 400, 414, 431}),
        (b"GET /policies\0 HTTP/1.1", {400, 404}),
        (b"GET /\xff\xfe HTTP/1.1", {400, 404}),
        (b"TRACE / HTTP/1.1", {405}),
        (b"CONNECT evil.invalid:443 HTTP/1.1", {400, 404, 405}),
        (b"GET / HTTP/9.9", {303, 400, 505}),
        (b"NONSENSE", {400}),
        (b"\x16\x03\x01\x02\x00\x01\x00", {400}),
    ],
    ids=lambda each: str(sorted(each) if isinstance(each, set) else each)[:40],
)
def test_a_request_line_made_to_hurt(port: int, request_line: bytes, expected: set[int]) -> None:
    request = request_line + b"\r\n" + HOST + b"Connection: close\r\n\r\n"
    answer = told(port, request)

    assert status_of(answer) in expected, answer[:200]
    assert b"root:" not in answer
    assert b"evil.invalid" not in answer


@pytest.mark.parametrize(
    "headers",
    [
        b"Cookie: a=" + b"x" * 100_000,
        b"X-A: 1\r\n" * 5_000,
        b"X-A: a\r\n b\r\n",
        b"X-A: a\0b",
        b"X-A\xff: 1",
        b": empty",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Content-Length: +5",
        b"Transfer-Encoding: chunked, identity",
    ],
    ids=lambda each: str(sorted(each) if isinstance(each, set) else each)[:40],
)
def test_headers_made_to_hurt(port: int, headers: bytes) -> None:
    answer = told(
        port, b"POST /sign-in HTTP/1.1\r\n" + HOST + headers + b"\r\nConnection: close\r\n\r\nhello"
    )

    assert status_of(answer) in {0, 400, 403, 411, 413, 431}, answer[:200]


def test_a_body_in_bad_pieces_is_refused(port: int) -> None:
    head = b"POST /callbacks/aliyun/receipts HTTP/1.1\r\n" + HOST
    head += b"Transfer-Encoding: chunked\r\n\r\n"

    for pieces in (b"zz\r\n", b"ffffffffffffffff\r\n", b"-5\r\nhello\r\n"):
        assert status_of(told(port, head + pieces, patience_s=1)) in {0, 400, 404, 413}


def test_a_second_request_hidden_in_the_first_is_not_served(port: int) -> None:
    hidden = b"GET /readyz HTTP/1.1\r\n" + HOST + b"\r\n"
    length = str(len(hidden)).encode()

    answer = told(
        port,
        b"POST /sign-in HTTP/1.1\r\n" + HOST + b"Content-Length: " + length
        + b"\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n" + hidden,
    )  # fmt: skip

    assert b'"ready"' not in answer


def test_many_who_say_nothing_do_not_keep_others_out(port: int) -> None:
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    for connection in silent:
        connection.sendall(b"POST /sign-in HTTP/1.1\r\nContent-Length: 100\r\n")

    answer = told(port, b"GET /readyz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")

    assert status_of(answer) == 200
    for connection in silent:
        connection.close()


def test_after_all_of_this_it_still_serves_and_told_no_name_of_its_own(port: int) -> None:
    answer = told(port, b"GET /readyz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")

    assert status_of(answer) == 200
    assert b"uvicorn" not in answer.lower()


def test_whoever_hangs_up_half_way_is_no_failure_of_ours(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST /callbacks/aliyun/receipts HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\n["

    told(port, head, patience_s=0.2)
    told(port, b"GET /readyz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")

    assert "ClientDisconnect" not in caplog.text
