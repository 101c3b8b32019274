"""Hand an unsure parcel over again, to a gateway that drops repeats of a reference.

A repeat is an attempt of its own, with a number and a call of its own, but its parcel carries the
call of the first unsure attempt: that is what the vendor compares. Whatever a repeat comes to
short of ACCEPTED, the notice stays UNSURE, since the first call may have been taken.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, or_, select

from profiles.model import Channel
from pusher.gateways.base import Gateway, boot_seconds
from pusher.model.batch import Batch, BatchState
from pusher.model.notice import Attempt, AttemptResult, Notice, NoticeState
from pusher.sending.claim import Errand, code_for, write_down
from pusher.sending.deliver import deadline_of, hand_over, running_from
from pusher.sending.hours import may_send_at
from pusher.sending.judge import Bearing, is_elderly, look_around, objections
from pusher.sending.record import Jitter, record
from pusher.sending.route import Way, open_ways
from pusher.sending.wording import BadWording
from pusher.settings import Settings
from pusher.store import Store
from pusher.working_days import read_calendar

AT_ONCE: Final = 100
"""Notices in one call."""


@dataclass(frozen=True, slots=True)
class _Repeats:
    """Calls to be made again, and for how long the vendor will surely drop the second."""

    errands: Sequence[Errand]
    window_left: timedelta


def repeat(
    store: Store,
    gateways: Mapping[str, Gateway],
    name: str,
    *,
    settings: Settings,
    now: datetime,
    jitter: Jitter = random.random,
) -> Counter[str]:
    """Hand over again what *name* may have taken, inside its window.

    Opt-outs, consents, pauses and hours count as for a first hand-over, because this may turn out
    to be the one that arrives.

    Returns:
        How many were ``repeated``, and how many of them ``found`` to be accepted.
    """
    gateway = gateways[name]
    with store.writing() as session:
        moment, claimed_at = running_from(now), boot_seconds()
        ways = open_ways(session, gateways, Channel(gateway.channel), settings=settings, now=now)
        way = next((way for way in ways if way.name == name), None)
        if way is None:
            return Counter()
        repeats = _write_down(session, way, settings=settings, now=now)
    if not repeats.errands:
        return Counter()
    window_ends = claimed_at + repeats.window_left.total_seconds()
    deadline = min(deadline_of(claimed_at, settings), window_ends)
    answers = hand_over(gateway, repeats.errands, deadline=deadline)
    with store.writing() as session:
        counts = record(
            session,
            repeats.errands,
            answers,
            gateway=name,
            settings=settings,
            now=moment(),
            jitter=jitter,
        )
    return Counter(repeated=len(repeats.errands), found=counts["accepted"])


def _write_down(session: Session, way: Way, *, settings: Settings, now: datetime) -> _Repeats:
    window = way.gateway.repeat_window or timedelta()
    calendar = read_calendar(session)
    hushed = settings.quiet_hours and not may_send_at(now, elderly=True, calendar=calendar)
    if settings.quiet_hours and not may_send_at(now, elderly=False, calendar=calendar):
        return _Repeats((), window)
    notices = _due(session, way, now=now)
    firsts = _first_calls(session, notices)
    # a notice without an unsure attempt, or past its window, is not ours to repeat
    notices = [n for n in notices if n.id in firsts and now < firsts[n.id].at + window]
    bearing = look_around(session, notices, now=now)
    against = objections(session, notices, bearing, now=now)
    notices = [
        n
        for n in notices
        if n.id not in against and not (hushed and _is_read_by_elderly(session, n, bearing))
    ]
    codes = _codes(notices, way, settings)
    errands = write_down(
        session,
        [n for n in notices if n.wording in codes],
        way,
        bearing,
        codes=codes,
        settings=settings,
        now=now,
        references={n.id: firsts[n.id].call for n in notices},
    )
    spent = (now - firsts[errand.notice_id].at for errand in errands)
    return _Repeats(errands, window - max(spent, default=timedelta()))


def _due(session: Session, way: Way, *, now: datetime) -> Sequence[Notice]:
    sending = select(Batch.id).where(Batch.state == BatchState.SENDING, col(Batch.latest_at) > now)
    return session.exec(
        select(Notice)
        .where(
            Notice.state == NoticeState.UNSURE,
            Notice.gateway == way.name,
            col(Notice.left_to_staff_at).is_(None),
            col(Notice.batch_id).in_(sending),
            or_(col(Notice.not_before).is_(None), col(Notice.not_before) <= now),
        )
        .order_by(col(Notice.unsure_since))
        .limit(min(AT_ONCE, way.at_most or AT_ONCE))
        .with_for_update(skip_locked=True)
    ).all()


def _first_calls(session: Session, notices: Sequence[Notice]) -> dict[UUID, Attempt]:
    first: dict[UUID, Attempt] = {}
    unsure = session.exec(
        select(Attempt)
        .where(
            col(Attempt.notice_id).in_([notice.id for notice in notices]),
            Attempt.result == AttemptResult.UNSURE,
        )
        .order_by(col(Attempt.number))
    )
    for attempt in unsure:
        first.setdefault(attempt.notice_id, attempt)
    return first


def _is_read_by_elderly(session: Session, notice: Notice, bearing: Bearing) -> bool:
    return is_elderly(session, bearing.people[notice.profile_id], bearing.day)


def _codes(notices: Sequence[Notice], way: Way, settings: Settings) -> dict[str | None, str]:
    codes: dict[str | None, str] = {}
    for notice in notices:
        try:
            codes[notice.wording] = code_for(notice, way, settings)
        except BadWording:
            continue  # it waits; when the window is over it is left to staff
    return codes
