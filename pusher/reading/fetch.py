"""One document from a public address: checked at every hop, bounded in size and time."""

import ssl
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpcore

from pusher.reading.guard import Allowance, Resolve, look_up, pinned, refuse_address
from pusher.reading.refusals import TooLarge, Unreachable

AGENT = "PolicyPusher/1.0 (government policy reader; respects robots.txt)"
_MOVED = (301, 302, 303, 307, 308)
_PIECE_S = 10.0
"""Longest silence between two pieces."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a fetch may go.

    Attributes:
        most_bytes: of the unpacked answer.
        total_s: from the first look-up to the last byte, over all hops.
        most_hops: redirects that are followed.
    """

    most_bytes: int = 30 * 1024 * 1024
    total_s: float = 30.0
    most_hops: int = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave.

    Attributes:
        address: where it came from, after redirects.
        status: 200, 304 (not changed), or what the site said instead.
        content: of a 200, else empty.
        etag, modified: the site's marks of this version, for the next conditional request.
        retry_after_s: how long the site asks to be left alone, where it says so.
    """

    address: str
    status: int
    content: bytes = b""
    etag: str | None = None
    modified: str | None = None
    retry_after_s: int | None = None


def fetch(
    address: str,
    *,
    allowance: Allowance,
    bounds: Bounds | None = None,
    resolve: Resolve = look_up,
    etag: str | None = None,
    modified: str | None = None,
) -> Fetched:
    """Get *address*; with *etag* or *modified*, only if it changed since.

    Raises:
        Unreachable: not allowed, not found, too slow, too many redirects, no HTTP.
        TooLarge: more bytes than allowed.
    """
    bounds = bounds or Bounds()
    until = time.monotonic() + bounds.total_s
    backend = _Guarded(resolve, allowance, until)
    headers = {"user-agent": AGENT, "accept-encoding": "gzip", "accept": "text/html,*/*;q=0.5"}
    if etag:
        headers["if-none-match"] = etag
    if modified:
        headers["if-modified-since"] = modified
    here = address
    with httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=backend, max_connections=1,
        max_keepalive_connections=0,
    ) as pool:  # fmt: skip
        for _ in range(bounds.most_hops + 1):
            refuse_address(here)
            answer = _ask(pool, here, headers, bounds, until)
            if isinstance(answer, Fetched):
                return answer
            here = urljoin(here, answer)
    raise Unreachable("网页跳转次数过多，未读取。")


def fetch_document(address: str, *, allowance: Allowance) -> Fetched:
    """Get what stands at *address* now, for somebody who waits for it.

    Raises:
        Unreachable: not allowed, not there, or the site says something else than a document.
        TooLarge: more bytes than allowed.
    """
    answer = fetch(address, allowance=allowance)
    if answer.status in (404, 410):
        raise Unreachable("网站上没有这个页面（可能已撤下），请检查网址。")
    if answer.status != 200:
        raise Unreachable(f"网站没有给出页面（回答 {answer.status}），请稍后再试或下载后导入。")
    return answer


def _ask(
    pool: httpcore.ConnectionPool,
    address: str,
    headers: Mapping[str, str],
    bounds: Bounds,
    until: float,
) -> Fetched | str:
    """Ask once; the place to go on to where the site redirects."""
    waits = {"connect": _PIECE_S, "read": _PIECE_S, "write": _PIECE_S, "pool": _PIECE_S}
    try:
        with pool.stream(
            "GET", address, headers=list(headers.items()), extensions={"timeout": waits}
        ) as answer:
            said = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers}
            if answer.status in _MOVED and said.get("location"):
                return said["location"]
            content = b""
            if answer.status == 200:
                content = _taken(answer.iter_stream(), said, bounds.most_bytes, until)
            return _fetched(address, answer.status, content, said)
    except (httpcore.TimeoutException, TimeoutError):
        raise Unreachable("网站响应太慢，已停止读取；请稍后再试。") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError):
        raise Unreachable("连不上网站，或网站的回答不完整；请稍后再试。") from None
    except (UnicodeError, ValueError) as error:
        if isinstance(error, Unreachable | TooLarge):
            raise
        raise Unreachable("网址写法不对，或网站的回答不合规范。") from None


def _fetched(address: str, status: int, content: bytes, said: Mapping[str, str]) -> Fetched:
    wait = said.get("retry-after", "")
    return Fetched(
        address=address,
        status=status,
        content=content,
        etag=said.get("etag", "")[:200] or None,
        modified=said.get("last-modified", "")[:100] or None,
        retry_after_s=int(wait) if wait.isdigit() and len(wait) < 7 else None,
    )


def _taken(pieces: Iterable[bytes], said: Mapping[str, str], most: int, until: float) -> bytes:
    """The unpacked body; an archive that explodes is stopped at the limit, not after it."""
    packed = said.get("content-encoding", "identity").strip().lower()
    if packed not in ("identity", "gzip", "x-gzip", "deflate", ""):
        raise Unreachable("网站使用了不支持的压缩方式，未读取。")
    unpack = zlib.decompressobj(47) if packed not in ("identity", "") else None
    taken = bytearray()
    for piece in pieces:
        if time.monotonic() > until:
            raise TimeoutError
        try:
            taken += unpack.decompress(piece, most + 1 - len(taken)) if unpack else piece
        except zlib.error:
            raise Unreachable("网站的回答不完整，未读取。") from None
        if len(taken) > most:
            raise TooLarge(f"网页超过 {most // 1024 // 1024} MB，未读取。")
    return bytes(taken)


class _Guarded(httpcore.NetworkBackend):
    """Connects to the address that was checked, and lets no exchange outlast its time."""

    def __init__(self, resolve: Resolve, allowance: Allowance, until: float) -> None:
        self._resolve = resolve
        self._allowance = allowance
        self._until = until
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Check, pin, connect."""
        place = pinned(host, port, resolve=self._resolve, allowance=self._allowance)
        stream = self._inner.connect_tcp(
            place, port, timeout=_left(self._until, timeout), socket_options=socket_options
        )
        return _Timed(stream, self._until)


class _Timed(httpcore.NetworkStream):
    """A connection that ends when the time of the whole fetch is over, however it drips."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self._inner = inner
        self._until = until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._until, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._until, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """The same, encrypted; the certificate is that of the name, not of the address."""
        inner = self._inner.start_tls(ssl_context, server_hostname, _left(self._until, timeout))
        return _Timed(inner, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(until: float, timeout: float | None) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return min(left, timeout if timeout is not None else _PIECE_S)
