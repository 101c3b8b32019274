"""Which gateways serve a channel now, and which of them a wording takes.

A notice takes the first in the order of the settings that is open and whose vendor has its
wording. It changes to another only while every call made for it is proved not to have been taken:
`pusher.sending.claim` leaves one with an unsure call to the gateway that may have it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from profiles.model import Channel
from profiles.turns import join_the_claims
from pusher.audit import note
from pusher.clock import OFFICE_ZONE
from pusher.gateways.base import Gateway
from pusher.hold import is_held
from pusher.model.clockwork import Pause
from pusher.model.notice import Attempt, AttemptResult
from pusher.sending.pace import left_today, pace_of
from pusher.sending.wording import code_of, wordings
from pusher.settings import Settings

TRIPS_AT: Final = 20
"""Failed calls among the last `_LOOK_BACK` of one gateway after which it is left alone a while."""
_LOOK_BACK: Final = 40
_REST: Final = 30
"""How long it is left alone, in `retry_base_s`: half a minute by default."""
_OF_ALL: Final = 400
NOT_THE_VENDORS: Final = frozenset({"lease_over", "held", "no_word"})
"""Codes of attempts that say nothing about the vendor: our own deadlines, stops and deaths."""


@dataclass(frozen=True, slots=True)
class Way:
    """A gateway that may be used now.

    Attributes:
        name: key of its table.
        at_most: parcels it may be handed at once: 1 while it is tried again after failures, or
            what its day has left; None for any number.
        leaves: keys of the wordings that go another way, or wait for one.
    """

    name: str
    gateway: Gateway
    at_most: int | None = None
    leaves: frozenset[str] = frozenset()

    @property
    def channel(self) -> Channel:
        """By which way its parcels go."""
        return Channel(self.gateway.channel)


def open_ways(
    session: Session,
    gateways: Mapping[str, Gateway],
    channel: Channel,
    *,
    settings: Settings,
    now: datetime,
) -> list[Way]:
    """Pick the gateways for *channel*, as the first act of the transaction that claims for them.

    Args:
        gateways: by name, in the order of the settings.

    Returns:
        First choice first. Empty if all sending is held, if none serves the channel, or if all
        that do are paused, resting after failures, or have been handed what their day allows.
    """
    join_the_claims(session)
    if is_held(session):
        return []
    paused = paused_gateways(session)
    serving = [name for name, gateway in gateways.items() if gateway.channel == channel.value]
    found = []
    for name in serving:
        if name in paused:
            continue
        rest = resting_until(session, name, settings=settings, now=now)
        if rest is not None and rest > now:
            continue
        left = left_today(session, name, pace_of(settings, name), now=now)
        if left != 0:
            found.append(Way(name, gateways[name], left if rest is None else 1))
    return _shared_out(found, serving, channel, settings)


def way_for(
    session: Session,
    gateways: Mapping[str, Gateway],
    wording: str,
    *,
    settings: Settings,
    now: datetime,
) -> Way | None:
    """The open gateway that texts of one wording take; None: there is none. See `open_ways`."""
    channel = wordings()[wording].channel
    ways = open_ways(session, gateways, channel, settings=settings, now=now)
    return next((way for way in ways if wording not in way.leaves), None)


def _shared_out(
    ways: Sequence[Way], serving: Sequence[str], channel: Channel, settings: Settings
) -> list[Way]:
    """Give each wording to the first of *ways* whose vendor has it.

    One that no vendor has goes to the first of all, where the claim finds out and tells staff; one
    that only a closed gateway's vendor has waits for it.
    """
    takers: dict[str, str | None] = {}
    for wording in wordings().values():
        if wording.channel is channel:
            knowing = [
                name
                for name in serving
                if code_of(wording.template, settings.gateways.get(name, {})) is not None
            ]
            able = (way.name for way in ways if way.name in knowing or not knowing)
            takers[wording.key] = next(able, None)
    return [
        replace(way, leaves=frozenset(key for key, name in takers.items() if name != way.name))
        for way in ways
    ]


def paused_gateways(session: Session) -> set[str]:
    """Names of those that staff, or the clockwork itself, have shut."""
    return set(session.exec(select(Pause.gateway)))


def reasons_shut(
    session: Session, names: Sequence[str], *, settings: Settings, now: datetime
) -> dict[str, tuple[str, str]]:
    """Which of *names* take nothing now, and why, for staff.

    Returns:
        Name → ``paused`` or ``resting``, and the reason in Chinese; open ones are left out.
    """
    found = {}
    pauses = {pause.gateway: pause.because for pause in session.exec(select(Pause))}
    for name in names:
        rest = resting_until(session, name, settings=settings, now=now)
        if name in pauses:
            found[name] = ("paused", pauses[name])
        elif rest is not None and rest > now:
            clock = rest.astimezone(OFFICE_ZONE)
            found[name] = ("resting", f"接连失败，{clock:%H:%M:%S} 以后再试")
    return found


def pause_gateway(session: Session, name: str, *, because: str, now: datetime) -> None:
    """Pause a gateway by the clockwork's own judgement; staff resume it. Audited.

    Args:
        because: Chinese, for staff.
    """
    if session.get(Pause, name) is not None:
        return
    try:
        with session.begin_nested():
            session.add(Pause(gateway=name, by="clockwork", because=because[:200], since=now))
    except IntegrityError:
        return  # somebody was faster
    note(session, "gateway.pause", about=("gateway", name), by="clockwork", now=now)


def resting_until(
    session: Session, name: str, *, settings: Settings, now: datetime
) -> datetime | None:
    """Until when a failing gateway is left alone; None if it is well.

    Counts rows, so that every clockwork and a restarted one agree. A gateway is well if its last
    call was answered with a yes or a no, or if fewer than half of its last calls failed.
    """
    # Ids rise with time, so this reads the end of the primary key and nothing else.
    latest = session.exec(
        select(Attempt.gateway, Attempt.result, Attempt.code, Attempt.ended_at)
        .where(col(Attempt.ended_at).is_not(None))
        .order_by(col(Attempt.id).desc())
        .limit(_OF_ALL)
    ).all()
    ended = [
        (result in (AttemptResult.NOT_SENT, AttemptResult.UNSURE), at)
        for gateway, result, code, at in latest
        if gateway == name and code not in NOT_THE_VENDORS and at is not None
    ][:_LOOK_BACK]
    failures = [at for failed, at in ended if failed]
    if len(failures) < TRIPS_AT or not ended[0][0]:
        return None
    return max(failures) + timedelta(seconds=_REST * settings.retry_base_s)
