"""Points at which a rehearsal lets this process die, so that what it leaves can be looked at.

Off unless the setting ``fail_point`` names one, which is refused but in a rehearsal whose gateways
all lie on this machine. A point kills or freezes the whole process, so it is armed for the process.

    K1   a batch is approved, not committed      K8   the answers are recorded
    K2   … committed, nobody was told            K9   a callback is stored, not answered
    K3   notices are claimed, no call was made   K10  … answered, not folded
    K4   a request is written                    K11  … folded, not committed
    K5   the answer has begun, is not read       K12  a gateway was asked, nothing written down
    K6   the answers are read, not recorded      K13  ended leases are found, not committed
    K7   … recorded, not committed               K14  a slot is taken, not committed
"""

import os
import signal
from typing import Final

NAMES: Final = tuple(f"K{number}" for number in range(1, 15))
_SIGNALS: Final = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
_armed: dict[str, signal.Signals] = {}


def is_point(text: str) -> bool:
    """Whether *text* names a point and what happens there: ``K5:kill``, ``K3:stop``."""
    name, _, what = text.partition(":")
    return name in NAMES and what in _SIGNALS


def arm(text: str) -> None:
    """Let this process die or freeze the first time that it comes to a point; empty: never."""
    _armed.clear()
    if text:
        name, _, what = text.partition(":")
        _armed[name] = _SIGNALS[what]


def reach(name: str) -> None:
    """Come to a point of the route; nothing happens unless it is armed."""
    if _armed and (number := _armed.pop(name, None)) is not None:
        os.kill(os.getpid(), number)
