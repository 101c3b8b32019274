"""The office clock, for the doors: everybody else is told the time.

The demo's office clock starts at the next working morning and runs on, so that quiet hours stay
in force whenever somebody tries it. Signatures and timeouts use the machine's clock.
"""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
"""China has one time and no summer time."""


def office_now(ahead: timedelta = timedelta()) -> datetime:
    """The moment on the office clock, aware, in the office's zone.

    Args:
        ahead: how far the office clock runs ahead of the machine's; zero but in the demo.
    """
    return datetime.now(OFFICE_ZONE) + ahead


def boot_id() -> str:
    """Which start of this machine it is; where the system does not tell, one for each call."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid4())
