"""What every gateway says alike: of calls that had no answer, or none with a code."""

from __future__ import annotations

import json
from datetime import timedelta

from pusher.gateways.base import LONGEST_PAUSE, Answer, Result, Why
from pusher.gateways.post import NotSent, Response, Unsure


def unanswered(reference: str, word: NotSent | Unsure) -> Answer:
    """Return the answer for a call that came to nothing complete."""
    if isinstance(word, Unsure):
        return Answer(reference, Result.UNSURE, Why.TRANSIENT, code=word.code)
    why = Why.LEASE_OVER if word.code == "lease_over" else Why.TRANSIENT
    return Answer(reference, Result.NOT_SENT, why, code=word.code)


def without_code(reference: str, response: Response) -> Answer:
    """Return the answer for a response without a code of the vendor.

    Only 429 says by itself that nothing was taken (RFC 6585); a page of a proxy, a 500
    or half a JSON document may follow an acceptance.
    """
    if response.status == 429:
        return Answer(
            reference,
            Result.NOT_SENT,
            Why.THROTTLED,
            code="http_429",
            retry_after=retry_after(response),
        )
    code = "bad_answer" if response.status == 200 else f"http_{response.status}"
    return Answer(reference, Result.UNSURE, Why.TRANSIENT, code=code)


def retry_after(
    response: Response, *, header: str = "retry-after", unit: timedelta = timedelta(seconds=1)
) -> timedelta | None:
    """Read a whole number of *unit* from *header*, cut to LONGEST_PAUSE; None if there is none."""
    value = response.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value)):
        return None
    return min(int(value) * unit, LONGEST_PAUSE)


def json_object(body: bytes) -> dict[str, object]:
    """Return the JSON object in *body*; an empty one if there is anything else in it."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
