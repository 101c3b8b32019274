"""The network tells lies; the postman does not. Every case runs over a real socket."""

import logging
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest

from pusher.gateways.base import boot_seconds
from pusher.gateways.post import NotSent, Post, Request, Response, Unsure
from tests.gateways import misbehaving
from tests.gateways.misbehaving import HEAD, Behaviour, answers, read_request, serving


def ask(post: Post, address: str, **given: object) -> object:
    [word] = post.post_all([Request("POST", address, body=b"{}")], **given)  # type: ignore[arg-type]
    return word


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def full_queue() -> Iterator[int]:
    """A port whose queue is full: the system drops further connections silently."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    port = listener.getsockname()[1]
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
    yield port
    for each in (*fillers, listener):
        each.close()


def test_a_refused_connection_is_not_sent(post: Post) -> None:
    assert ask(post, f"http://127.0.0.1:{free_port()}/") == NotSent("connect_failed")


def test_a_name_nobody_knows_is_not_sent(hasty: Post) -> None:
    assert ask(hasty, "http://nowhere.invalid/") == NotSent("connect_failed")


def test_a_connection_that_never_stands_is_not_sent(hasty: Post) -> None:
    with full_queue() as port:
        assert ask(hasty, f"http://127.0.0.1:{port}/") == NotSent("connect_failed")


def test_a_failed_handshake_is_not_sent_and_nothing_left(post: Post) -> None:
    def behave(connection: socket.socket, _: bytes) -> None:
        hello = connection.recv(4096)
        assert b"POST" not in hello
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serving(behave, read_first=False) as served:
        address = served.address.replace("http:", "https:")

        assert ask(post, address) == NotSent("connect_failed")


@pytest.mark.parametrize(
    "behave",
    [misbehaving.closes, misbehaving.resets, misbehaving.truncates, misbehaving.talks_garbage],
)
def test_a_connection_lost_after_the_request_is_unsure(post: Post, behave: Behaviour) -> None:
    with serving(behave) as served:
        assert ask(post, served.address) == Unsure("cut_off")
        assert len(served.requests) == 1


@pytest.mark.parametrize("ending", [misbehaving.closes, misbehaving.resets])
def test_a_connection_lost_before_the_request_was_read_is_unsure(
    post: Post, ending: Behaviour
) -> None:
    def behave(connection: socket.socket, _: bytes) -> None:
        connection.recv(1, socket.MSG_PEEK)
        ending(connection, b"")

    with serving(behave, read_first=False) as served:
        assert ask(post, served.address) == Unsure("cut_off")


@pytest.mark.parametrize("behave", [misbehaving.says_nothing, misbehaving.drips])
def test_an_answer_that_never_ends_is_unsure(hasty: Post, behave: Behaviour) -> None:
    with serving(behave) as served:
        assert ask(hasty, served.address) == Unsure("no_answer")


def test_an_answer_beyond_a_megabyte_is_unsure(post: Post) -> None:
    with serving(misbehaving.floods) as served:
        assert ask(post, served.address) == Unsure("too_large")


def test_a_redirect_is_not_followed(post: Post) -> None:
    with serving(answers(b"{}")) as target:
        to = b"Location: %b/\r\n" % target.address.encode()
        with serving(answers(b"", status=b"302 Found", headers=to)) as served:
            word = ask(post, served.address)

    assert isinstance(word, Response)
    assert word.status == 302
    assert target.requests == []


def test_a_request_on_a_dying_connection_is_not_repeated(post: Post) -> None:
    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(HEAD % 2 + b"{}")
        second.append(read_request(connection))

    second: list[bytes] = []
    with serving(behave) as served:
        first_word = ask(post, served.address)
        second_word = ask(post, served.address)

    assert isinstance(first_word, Response)
    assert second_word == Unsure("cut_off")
    assert (len(served.requests), len(second), served.connections) == (1, 1, 1)


def test_nothing_is_opened_after_the_deadline(post: Post) -> None:
    with serving(answers(b"{}")) as served:
        word = ask(post, served.address, deadline=boot_seconds() - 1)

    assert word == NotSent("lease_over")
    assert served.connections == 0


def test_the_deadline_is_asked_again_when_the_connection_stands() -> None:
    readings = iter([0.0, 100.0])
    post = Post(call_timeout=timedelta(seconds=10), clock=lambda: next(readings))
    with serving(answers(b"{}")) as served:
        word = ask(post, served.address, deadline=50.0)
        post.close()

    assert word == NotSent("lease_over")
    assert (served.connections, served.requests) == (1, [])


def test_a_deadline_met_lets_the_request_through(post: Post) -> None:
    with serving(answers(b"{}")) as served:
        word = ask(post, served.address, deadline=boot_seconds() + 60)

    assert isinstance(word, Response)


def test_answers_come_in_the_order_of_the_requests(post: Post) -> None:
    def echo(connection: socket.socket, request: bytes) -> None:
        answers(request.partition(b"\r\n\r\n")[2])(connection, request)

    with serving(echo) as served:
        requests = [Request("POST", served.address, body=b"%d" % n) for n in range(50)]
        requests[7] = Request("POST", f"http://127.0.0.1:{free_port()}/")
        words = post.post_all(requests, at_once=8)

    assert words[7] == NotSent("connect_failed")
    assert [word.body for word in words if isinstance(word, Response)] == [
        b"%d" % n for n in range(50) if n != 7
    ]


def test_what_was_prepared_is_what_is_written(post: Post) -> None:
    query = "a=%2A%7E~%27&b=%E6%B5%8B+x&c=%3a"
    with serving(answers(b"{}")) as served:
        address = f"{served.address}/p?{query}"
        post.post_all([Request("POST", address, [("x-one", "1"), ("host", "vendor.example")])])

    head = served.requests[0].decode().split("\r\n")
    assert head[0] == f"POST /p?{query} HTTP/1.1"
    names = sorted(line.lower() for line in head[1:] if line)
    assert names == ["content-length: 0", "host: vendor.example", "x-one: 1"]


def test_a_proxy_of_the_environment_is_not_used(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(answers(b"{}")) as proxy, serving(answers(b"{}")) as served:
        monkeypatch.setenv("HTTP_PROXY", proxy.address)
        monkeypatch.setenv("http_proxy", proxy.address)
        ask(post, served.address)

    assert (len(proxy.requests), len(served.requests)) == (0, 1)


def test_no_log_line_and_no_repr_carries_the_address(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(misbehaving.closes) as served:
        request = Request("POST", f"{served.address}/?PhoneNumbers=19900000001")
        post.post_all([request])

    assert "19900000001" not in caplog.text
    assert "19900000001" not in repr(request)


def test_a_closed_postman_leaves_no_thread() -> None:
    post = Post(call_timeout=timedelta(seconds=1))
    with serving(answers(b"{}")) as served:
        ask(post, served.address)
    thread = post._thread

    post.close()

    assert not thread.is_alive()
