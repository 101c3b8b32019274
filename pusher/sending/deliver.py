"""Claim, hand over, record: approved notices leave the house.

`deliver` commits by itself, for it must let go of the database while a gateway answers: a claim
(with the attempt rows) is one transaction, the hand-over is in none, the answers are another.
Whatever dies in between leaves HANDING notices whose lease ends; `rescue` takes it from there.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from profiles.model import Channel
from pusher.failpoint import reach
from pusher.gateways.base import Answer, Gateway, Result, Why, boot_seconds
from pusher.sending.claim import Claim, Errand, claim
from pusher.sending.pace import pace_of, room_now
from pusher.sending.record import HELD, Jitter, record
from pusher.sending.release import finish, release
from pusher.sending.route import open_ways
from pusher.settings import Settings
from pusher.store import Store

AT_ONCE: Final = 100
"""Notices claimed in one transaction: what one synced commit should carry."""
FIRST: Final = 20
"""Parcels handed over before the rest of a claim: a wrong key costs no more calls than these."""
NEXT: Final = 32

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one `deliver` came to: notices, but for the first three.

    Attributes:
        released: batches that began to be sent.
        lapsed: batches past their latest hour.
        finished: batches with nothing left to hand over.
        claimed: attempts written down; accepted + failed + not_sent + unsure.
        withheld: taken back at the claim or for a batch that lapsed or was cancelled.
        later: put off to the hours of elderly readers.
    """

    released: int = 0
    lapsed: int = 0
    finished: int = 0
    claimed: int = 0
    accepted: int = 0
    failed: int = 0
    not_sent: int = 0
    unsure: int = 0
    withheld: int = 0
    later: int = 0


def deliver(
    store: Store,
    gateways: Mapping[str, Gateway],
    *,
    settings: Settings,
    now: datetime,
    limit: int | None = None,
    owner: str,
    stop: Callable[[], bool] = lambda: False,
    jitter: Jitter = random.random,
    patience: timedelta = timedelta(),
) -> Delivered:
    """Send what is due, until nothing is claimable, *limit* is reached or *stop* says so.

    Args:
        gateways: by name, in the order of preference.
        now: the moment of the start on the office clock; it runs on with the boot clock.
        limit: notices claimed in this call; None: all that are due.
        owner: who calls, for the log.
        stop: asked before each claim and each hand-over.
        jitter: see `record.Jitter`.
        patience: how long it waits altogether for gateways that have been handed all that a
            second allows; where that is not enough, the rest is left to the next call.
    """
    moment = running_from(now)
    with store.writing() as session:
        counts = release(session, now=moment())
    left = limit
    active = {Channel(gateway.channel) for gateway in gateways.values()}
    while active and not stop() and left != 0:
        waits = []
        for channel in sorted(active):
            at_most = AT_ONCE if left is None else min(AT_ONCE, left)
            if at_most == 0:
                break
            came = _round(
                store,
                gateways,
                channel,
                settings=settings,
                moment=moment,
                at_most=at_most,
                stop=stop,
                jitter=jitter,
            )
            if isinstance(came, timedelta):
                waits.append(came)
                continue
            if not came:
                active = active - {channel}
            counts += came
            left = None if left is None else left - came["claimed"]
        if waits and len(waits) == len(active):
            patience -= min(waits)
            if patience < timedelta():
                break
            time.sleep(min(waits).total_seconds())
    with store.writing() as session:
        counts["finished"] += finish(session, now=moment())
    if any(counts.values()):
        _log.info("%s: %s", owner, ", ".join(f"{name} {n}" for name, n in counts.items()))
    return Delivered(**counts)


def running_from(now: datetime) -> Callable[[], datetime]:
    """A clock that shows *now* and runs on with the boot clock, whatever the wall clock does."""
    started = boot_seconds()
    return lambda: now + timedelta(seconds=boot_seconds() - started)


def hand_over(
    gateway: Gateway,
    errands: Sequence[Errand],
    *,
    deadline: float,
    stop: Callable[[], bool] = lambda: False,
) -> list[Answer]:
    """Make the calls, a few at first, so that what is wrong with all of them shows early.

    Args:
        deadline: in seconds of `boot_seconds()`; no request is begun after it.

    Returns:
        One answer for each errand, in the same order. Calls that were not made any more are
        NOT_SENT with the code `HELD`.
    """
    answers: list[Answer] = []
    while len(answers) < len(errands) and not _is_hopeless(answers) and not stop():
        size = NEXT if answers else FIRST
        some = [errand.parcel for errand in errands[len(answers) : len(answers) + size]]
        answers += gateway.hand_over(some, deadline=deadline)
    return answers + [
        Answer(errand.parcel.reference, Result.NOT_SENT, Why.TRANSIENT, code=HELD)
        for errand in errands[len(answers) :]
    ]


def deadline_of(claimed_at: float, settings: Settings) -> float:
    """Until when a request of a claim may be begun, on the boot clock.

    A call that begins then ends, and is recorded, while the lease still holds.
    """
    margin = min(settings.call_timeout_s + 1, settings.lease_s / 2)
    return claimed_at + settings.lease_s - margin


def _round(
    store: Store,
    gateways: Mapping[str, Gateway],
    channel: Channel,
    *,
    settings: Settings,
    moment: Callable[[], datetime],
    at_most: int,
    stop: Callable[[], bool],
    jitter: Jitter,
) -> Counter[str] | timedelta:
    """One claim, its hand-over and its record; empty if there was nothing to claim.

    A time, where the gateways have been handed all that this second allows: until one has room.
    """
    counts: Counter[str] = Counter()
    waits = []
    with store.writing() as session:
        claimed_at, now = boot_seconds(), moment()
        for way in open_ways(session, gateways, channel, settings=settings, now=now):
            room = room_now(session, way.name, pace_of(settings, way.name), now=now)
            if room.calls == 0:
                waits.append(room.wait)
                continue
            some = min(at_most, way.at_most or at_most, room.calls or at_most)
            claimed = claim(session, way, settings=settings, now=now, at_most=some)
            counts = _count(claimed)
            if counts:
                break
    if not counts and waits:
        return min(waits)
    if not counts["claimed"]:
        return counts
    reach("K3")
    answers = hand_over(
        way.gateway, claimed.errands, deadline=deadline_of(claimed_at, settings), stop=stop
    )
    reach("K6")
    with store.writing() as session:
        counts += record(
            session,
            claimed.errands,
            answers,
            gateway=way.name,
            settings=settings,
            now=moment(),
            jitter=jitter,
        )
        reach("K7")
    reach("K8")
    return counts


def _count(claimed: Claim) -> Counter[str]:
    return +Counter(claimed=len(claimed.errands), withheld=claimed.withheld, later=claimed.later)


def _is_hopeless(answers: Sequence[Answer]) -> bool:
    """Whether the calls so far show that the next ones would fare no better."""
    if any(answer.why in (Why.AUTH, Why.QUOTA) for answer in answers):
        return True
    bad = sum(_tells_against(answer) for answer in answers)
    return len(answers) >= FIRST and bad == len(answers)


def _tells_against(answer: Answer) -> bool:
    if answer.result is Result.REFUSED:
        return answer.why in (Why.CONTENT, Why.MISUSE)
    return answer.result is not Result.ACCEPTED
