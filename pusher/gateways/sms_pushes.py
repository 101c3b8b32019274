"""What the pushes of all SMS vendors have in common: cells that may hold anything, and no ids."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from pusher.gateways.base import CHINA

_PREFIX = re.compile(r"^(?:\+?86|0086)(?=1[0-9]{10}$)")


def plain_text(value: object) -> str | None:
    """Return a text or a whole number as text; None if missing, empty or anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value)[:256] or None


def bare_number(value: object) -> str | None:
    """Return a mobile number without the country's code; None if there is nothing."""
    phone = plain_text(value)
    return _PREFIX.sub("", phone) if phone else None


def wall_moment(text: str | None, form: str = "%Y-%m-%d %H:%M:%S") -> datetime | None:
    """Read a time as China's, ``2026-01-01 08:00:05`` by default; None if it makes no sense."""
    try:
        return datetime.strptime(text or "", form).replace(tzinfo=CHINA)
    except ValueError:
        return None


def made_reference(phone: str, sent: str | None, content: str) -> str:
    """Return a number for a reply that has none: an opt-out must not be lost for want of one."""
    told = f"{phone}\n{sent}\n{content}"
    # JSON can carry half a surrogate pair, which UTF-8 cannot
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]
