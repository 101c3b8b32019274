"""Codes that are sent to a number and read back: whoever reads one aloud holds that phone now."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from profiles.sealing import Sealer

DIGITS: Final = 6
VALID: Final = timedelta(minutes=5)
TRIES: Final = 5
"""Guesses at one code; five of a million."""
PACE: Final = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
"""To one number, at most so many in each term."""

Draw = Callable[[int], int]
"""A number from 0 to below the one given, each as likely."""


def new_code(draw: Draw = secrets.randbelow) -> str:
    """Six digits, the first of them may be 0."""
    return f"{draw(10**DIGITS):0{DIGITS}}"


def code_mac(sealer: Sealer, contact_id: UUID, salt: str, code: str) -> str:
    """What is kept of a code: keyed and bound to its contact, for a million codes are soon tried.

    Returns:
        64 hex digits.
    """
    return sealer.index(f"{contact_id.hex}:{salt}:{code}", purpose="contact.code")


def public_code_mac(sealer: Sealer, row: UUID, salt: str, code: str) -> str:
    """What is kept of a code that somebody asked for: keyed and bound to the request; 64 hex."""
    return sealer.index(f"{row.hex}:{salt}:{code}", purpose="public.code")


def next_send(sent: Sequence[datetime], now: datetime) -> datetime:
    """When the next code may go to a number; *now* or earlier: at once.

    Args:
        sent: moments of those that went, or may have gone, to it; in any order.
    """
    free = now
    for term, most in PACE:
        late = sorted(at for at in sent if at > now - term)
        if len(late) >= most:
            free = max(free, late[-most] + term)
    return free
