"""Where a request comes from: the peer, or what our own reverse proxy says of it."""

from ipaddress import ip_address

from fastapi import Request

from pusher.settings import Settings


def place_of(request: Request, settings: Settings) -> str:
    """The address to count a guesser by; empty where the server does not know its peer.

    X-Forwarded-For is believed only as far as our own proxies wrote it: from the right, up to
    the first address that is none of ours. Anybody can write what stands left of it.
    """
    peer = request.client.host if request.client else ""
    ours = {part.strip() for part in settings.trusted_proxies.split(",") if part.strip()}
    if peer not in ours:
        return peer
    told = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    for address in reversed([part.strip() for part in told]):
        if not _is_address(address):
            break
        if address not in ours:
            return address
    return peer


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
