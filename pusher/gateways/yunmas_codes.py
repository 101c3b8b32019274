"""云MAS's codes and what each means for a parcel; tables, nothing else.

Sources: the vendor's HTTP interface document and the error list of its Java kit. The platform
drops no repeats and answers no query, so what is not listed is UNSURE: InternalError,
RequestTimeout and TransportError among them.
"""

from __future__ import annotations

from typing import Final

from pusher.gateways.base import Result, Why

Verdict = tuple[Result, Why]

_CONTENT: Final = (Result.REFUSED, Why.CONTENT)
_MISUSE: Final = (Result.REFUSED, Why.MISUSE)
_AUTH: Final = (Result.NOT_SENT, Why.AUTH)
_THROTTLED: Final = (Result.NOT_SENT, Why.THROTTLED)

SEND: Final[dict[str, Verdict]] = {
    "IllegalMac": _AUTH,
    "InvalidUsrOrPwd": _AUTH,
    "IllegalIpAddress": _AUTH,
    "NotLoadedSign": _AUTH,  # the account's signatures are not loaded yet
    "NoSignId": _CONTENT,
    "IllegalSignId": _CONTENT,
    "IllegalUseTemplate": _CONTENT,
    "InvalidMobile": (Result.REFUSED, Why.RECIPIENT),  # one number a call, so it is this one
    "InvalidMessage": _MISUSE,
    "TooManyMobiles": _MISUSE,
    "IllegalMsgfmt": _MISUSE,
    "IllegalProtocol": _MISUSE,
    "FlowOverLimit": _THROTTLED,
    "QueueOverLimit": _THROTTLED,
    "RequestTooOften": _THROTTLED,
    "SystemBusy": _THROTTLED,
    "OverDailyMax": (Result.NOT_SENT, Why.QUOTA),
}

BUSY: Final = frozenset({"InternalError", "RequestTimeout", "TransportError"})
"""The platform broke down with the text in its hands: UNSURE, and no mystery."""

DELIVERED: Final = frozenset({"DELIVRD", "CM:0000"})
"""What `reportStatus` says of a text that arrived."""

RECEIPT: Final[dict[str, Why]] = {
    "EXPIRED": Why.TRANSIENT,  # switched off or out of reach (CMPP)
    "MA:0054": Why.TRANSIENT,  # between two networks
}
RECEIPT_FAMILIES: Final[dict[str, Why]] = {"IC:": Why.TRANSIENT}
"""By the beginning of the code. The other carriers' codes (``MK:0001``, ``DB:0140``, ``UNDELIV``)
differ from province to province, so they are UNKNOWN: no number is given up for one."""
