"""Which addresses may be fetched: public ones, checked where the connection is made.

A name is looked up once, every address it has is checked, and the connection goes to the very
address that was checked; a redirect is a new connection and is checked again.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import SplitResult, urlsplit

from pusher.reading.refusals import Unreachable

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

PORTS = frozenset({80, 443, 8080, 8443})
LONGEST = 1000
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be fetched besides public addresses: nothing, unless an office says so.

    Attributes:
        networks: of an intranet, or loopback for a rehearsal; there any port may be used.
    """

    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Allowance":
        """Read ``10.1.0.0/16, 127.0.0.1``.

        Raises:
            ValueError: a part is no network.
        """
        parts = (part.strip() for part in text.split(","))
        return cls(tuple(ip_network(part, strict=False) for part in parts if part))

    def covers(self, address: Address) -> bool:
        """Whether *address* lies in one of the networks."""
        return any(address in network for network in self.networks)


def look_up(host: str, port: int) -> list[str]:
    """Every address of *host*, by the machine's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def refuse_address(address: str) -> SplitResult:
    """Check the form of *address*, before any name is looked up.

    Raises:
        Unreachable: another scheme, credentials, an odd port, control characters, no host.
    """
    if len(address) > LONGEST or any(c.isspace() or not c.isprintable() for c in address):
        raise Unreachable("网址里有空格或不可见字符，或者太长，请重新复制。")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Unreachable("网址写法不对，请重新复制。") from None
    if parts.scheme not in ("http", "https"):
        raise Unreachable("只能读取 http:// 或 https:// 开头的网址。")
    if not host or "\\" in address:
        raise Unreachable("网址写法不对，请重新复制。")
    if parts.username is not None or parts.password is not None:
        raise Unreachable("网址里不能带用户名和密码。")
    if port == 0:
        raise Unreachable("网址的端口不对。")
    return parts


def pinned(host: str, port: int, *, resolve: Resolve, allowance: Allowance) -> str:
    """Return the one address of *host* to connect to.

    Raises:
        Unreachable: unknown, or one of its addresses is not public.
    """
    try:
        found = [ip_address(one.split("%")[0]) for one in resolve(host, port)]
    except (OSError, UnicodeError, ValueError):
        raise Unreachable(f"找不到网站 {host}，请检查网址。") from None
    if not found:
        raise Unreachable(f"找不到网站 {host}，请检查网址。")
    if not all(allowance.covers(one) or is_public(one) for one in found):
        raise Unreachable("不允许的地址：它指向内部网络，不是公开网站。")
    if port not in PORTS and not all(map(allowance.covers, found)):
        raise Unreachable(f"不允许的端口 {port}；公开网站一般不写端口。")
    return str(found[0])


def is_public(address: Address) -> bool:
    """Whether *address* is one of the public internet, also behind an address of IPv6."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _behind(address)
        if inner is not None:
            return is_public(inner)
    odd = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not odd


def _behind(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a translator (NAT64, RFC 6052) or a tunnel (Teredo) leads to."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.teredo[1] if address.teredo else None
