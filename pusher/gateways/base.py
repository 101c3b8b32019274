"""What every way out has in common: parcels, answers, receipts, and who may hand over.

Nothing here opens a socket. A vendor's codes, signatures and quirks stay in its
own file; what crosses this line is said in the words below.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final, Literal, Protocol

CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The clock on the vendors' walls; no summer time since 1991."""

LONGEST_PAUSE: Final = timedelta(hours=1)
"""A vendor's Retry-After beyond this is cut: it is a wish, and staff can hold a gateway."""


Unknown = Literal["idempotent", "queryable", "never"]
"""How an UNSURE hand-over may be cleared up; see Gateway.unknown."""


class Result(StrEnum):
    """What one hand-over came to."""

    ACCEPTED = "accepted"
    """The vendor said it took the parcel."""
    REFUSED = "refused"
    """The vendor refused this very parcel, and would again: give it up."""
    NOT_SENT = "not_sent"
    """Proof that nothing was taken, for a reason outside the parcel: hand it over again later."""
    UNSURE = "unsure"
    """The vendor may have taken it. Never hand it over again on a guess."""


class Why(StrEnum):
    """The class of a refusal, of a not_sent, or of a failed delivery."""

    NONE = "none"
    """Nothing to explain."""
    RECIPIENT = "recipient"
    """This address does not work and never will. With REFUSED or a receipt."""
    OPT_OUT = "opt_out"
    """The person told the vendor to be left alone. With REFUSED or a receipt."""
    CONTENT = "content"
    """Template, signature or variables are not acceptable. With REFUSED or a receipt."""
    MISUSE = "misuse"
    """Our own request was malformed. With REFUSED; staff and developers should know."""
    AUTH = "auth"
    """Credentials, permission, clock or account: stop this gateway, tell staff. With NOT_SENT."""
    QUOTA = "quota"
    """Money or the account's daily volume is used up: hold this gateway. With NOT_SENT."""
    THROTTLED = "throttled"
    """Too fast, for the account or for this address: later. With NOT_SENT or a receipt."""
    TRANSIENT = "transient"
    """Not reachable, or busy before it looked: soon again. With NOT_SENT, UNSURE or a receipt."""
    LEASE_OVER = "lease_over"
    """The deadline had passed before the request was written. With NOT_SENT."""
    UNKNOWN = "unknown"
    """The vendor's code is in no table of ours. With UNSURE or a receipt."""


class Outcome(StrEnum):
    """What became of an accepted notice; ordered, the highest ever reported counts.

    NONE < SILENT < UNDELIVERED < DELIVERED < READ, so ``max(old, new)`` folds
    receipts in whatever order they come.
    """

    NONE = "none"
    """No word yet."""
    SILENT = "silent"
    """The term for receipts passed without one."""
    UNDELIVERED = "undelivered"
    """The vendor reports that it did not arrive."""
    DELIVERED = "delivered"
    """The vendor reports that it arrived."""
    READ = "read"
    """The recipient opened it."""

    @property
    def rank(self) -> int:
        """Place in the order, 0 for NONE."""
        return list(Outcome).index(self)

    # StrEnum would compare the words by their letters.
    def __lt__(self, other: str) -> bool:
        return self.rank < Outcome(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Outcome(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Outcome(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Outcome(other).rank


class Found(StrEnum):
    """What a query for one of our references came to."""

    FOUND = "found"
    """The vendor knows it: it was accepted."""
    ABSENT = "absent"
    """The vendor answered, completely, and does not know it (yet)."""
    UNCLEAR = "unclear"
    """No usable answer, or this gateway cannot be asked."""


class ReplyKind(StrEnum):
    """What a recipient did."""

    MESSAGE = "message"
    """Wrote a text."""
    SUBSCRIBE = "subscribe"
    """Followed the account (WeChat)."""
    UNSUBSCRIBE = "unsubscribe"
    """Left the account (WeChat): counts as an opt-out from this channel."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One text for one address.

    Attributes:
        reference: ours, 26 base-32 characters, unique for each call; the vendor echoes it.
        to: eleven-digit mobile number, or openid.
        template: the vendor's own code of the registered template.
        params: variable name to its text, in the order of the template's text, which is what
            counts for a vendor that numbers variables; a WeChat field name such as ``thing1``.
        url: where a tap leads; None, or ignored, where the channel has no link.
        text: as it is read, an SMS's signature included; for vendors that take whole texts.
    """

    reference: str
    to: str = field(repr=False)
    template: str
    params: Mapping[str, str] = field(repr=False)
    url: str | None = None
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one parcel at the door.

    Attributes:
        reference: of the parcel.
        result: see Result; what to do follows from it and from *why* alone.
        why: NONE when accepted.
        gateway_ref: the vendor's id, present when and only when accepted.
        code: the vendor's code, or ours where there was none
            (``connect_failed``, ``no_answer``, ``bad_answer``, ``http_500``, ``lease_over``).
        said: the vendor's text, numbers masked, at most 200 characters; for staff and logs.
        retry_after: the vendor's wish, or a known length of the limit; None: the caller's own.
    """

    reference: str
    result: Result
    why: Why = Why.NONE
    gateway_ref: str | None = None
    code: str = ""
    said: str = ""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the vendor knows of one reference.

    Attributes:
        found: FOUND means accepted; ABSENT is proof only after the settle time.
        gateway_ref: the vendor's id, if the query tells it.
        outcome: what became of it so far, None unless FOUND.
        code: the vendor's code behind *outcome*, or why it is UNCLEAR.
    """

    found: Found
    gateway_ref: str | None = None
    outcome: Outcome | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A vendor's word on one notice.

    Attributes:
        reference: ours, if the vendor echoed it.
        gateway_ref: the vendor's id. Match by *reference* first, else by this and *to*.
        to: the address it is about, as the vendor wrote it, without +86.
        outcome: UNDELIVERED, DELIVERED or READ.
        code: the vendor's or carrier's code.
        why: the class of a failure; OPT_OUT must be kept as an opt-out.
        reported_at: aware; None if the vendor's time could not be read.
    """

    reference: str | None
    gateway_ref: str | None
    to: str | None = field(repr=False)
    outcome: Outcome
    code: str = ""
    why: Why = Why.NONE
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a recipient wrote or did.

    Attributes:
        to: the recipient's own address (who answered).
        text: as written; empty for SUBSCRIBE and UNSUBSCRIBE.
        sent_at: aware; None if the vendor's time could not be read.
        reference: the vendor's id of this reply: the same id twice is one reply.
        kind: MESSAGE on channels that know nothing else.
    """

    to: str = field(repr=False)
    text: str = field(repr=False)
    sent_at: datetime | None
    reference: str
    kind: ReplyKind = ReplyKind.MESSAGE


@dataclass(frozen=True, slots=True)
class Callback:
    """One vendor's call to us, read; nothing has been stored.

    Attributes:
        receipts: in the order given; may be empty.
        replies: in the order given; may be empty.
        answer: the body the vendor expects, to be sent with HTTP 200 after storing.
        content_type: of *answer*.
        unreadable: entries that were left out because they could not be understood.
        mark: what the vendor makes new for each signature, so that one is good for one body
            alone; empty where the vendor makes nothing of the kind.
    """

    receipts: list[Receipt]
    replies: list[Reply]
    answer: bytes
    content_type: str
    unreadable: int = 0
    mark: str = ""


class Forged(Exception):
    """The signature of a callback is wrong or missing: answer 403 and store nothing."""


class Unreadable(Exception):
    """A callback is not what the vendor sends: answer 400 and store nothing."""


class Gateway(Protocol):
    """A way out. Safe to share between threads.

    Attributes:
        name: key of its settings table and of its callback address, ``aliyun``.
        channel: ``sms`` or ``wechat``.
        unknown: how an UNSURE hand-over may be cleared up: the vendor drops a repeat of a
            reference (``idempotent``), answers a query (``queryable``), or neither (``never``).
        repeat_window: how long after the first write a repeat is surely dropped;
            None unless ``idempotent``.
    """

    name: str
    channel: str
    unknown: Unknown
    repeat_window: timedelta | None

    def hand_over(self, parcels: Sequence[Parcel], *, deadline: float) -> list[Answer]:
        """Hand *parcels* to the vendor, many at once; wait for all answers.

        Args:
            parcels: any number; each becomes one call of the vendor.
            deadline: in seconds of `boot_seconds()`; checked right before each request is
                written, a parcel that comes too late is NOT_SENT with LEASE_OVER.

        Returns:
            One answer for each parcel, in the same order. Outside trouble is an answer,
            never an exception.
        """

    def look_up(self, reference: str, to: str, *, sent_on: date) -> Lookup:
        """Ask the vendor whether it took *reference*.

        Args:
            reference: of the parcel.
            to: the address it went to.
            sent_on: the day of the hand-over in China (UTC+8); the next day is asked too.
        """

    def read_callback(
        self,
        body: bytes,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        *,
        came_at: datetime | None = None,
    ) -> Callback:
        """Understand a call of the vendor; opens nothing, stores nothing.

        Args:
            body: as it came.
            query: of the address it came to.
            headers: as they came.
            came_at: the machine's clock as it comes in, for vendors that sign the moment of a
                call; None: it was let in earlier and is only read again.

        Raises:
            Forged: the signature is wrong, missing or too old.
            Unreadable: the body is not what the vendor sends.
        """


def boot_seconds() -> float:
    """Seconds since the machine started, sleep included: the clock of leases and deadlines.

    CLOCK_MONOTONIC stands still while a machine sleeps, so a worker waking after its
    lease ended would not notice. Systems without CLOCK_BOOTTIME get the monotonic clock.
    """
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def masked(text: str) -> str:
    """Return *text* with every mobile number in it masked in the middle, cut to 200 characters."""
    return _NUMBER.sub(r"\1****\2", text)[:200]


_NUMBER = re.compile(r"(?<![0-9])((?:\+?86|0086)?1[0-9]{2})[0-9]{4}([0-9]{4})(?![0-9])")
