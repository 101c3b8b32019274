"""Notices that are in doubt, and the clearing up."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from profiles.model import Channel
from pusher.gateways.base import Gateway
from pusher.model.notice import NoticeState
from pusher.sending.claim import claim
from pusher.sending.release import release
from pusher.sending.rescue import Rescued, rescue
from pusher.sending.route import open_ways
from pusher.settings import Settings
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivering import SETTINGS, send
from tests.sending.delivery_makers import (
    given_batch,
    the_notice,
)
from tests.sending.outbox import UNSURE, Outbox

SETTLE = timedelta(seconds=SETTINGS.settle_s)
A_THIRD = SETTLE / 3 + timedelta(seconds=1)
LATER = NOW + SETTLE + timedelta(minutes=1)


def clear_up(
    store: Store, box: Gateway | None, now: datetime, settings: Settings = SETTINGS
) -> Rescued:
    gateways = {} if box is None else {box.name: box}
    return rescue(store, gateways, settings=settings, now=now, jitter=lambda: 0.5)


def given_unsure(store: Store, box: Outbox, **given: Any) -> UUID:
    """A notice whose call had no answer."""
    batch = given_batch(store, 1, channel=Channel(box.channel), **given)
    mood, box.mood = box.mood, UNSURE
    send(store, box)
    box.mood = mood
    assert the_notice(store).state is NoticeState.UNSURE
    return batch


def given_dead_worker(store: Store, box: Outbox, notices: int = 1) -> None:
    """Notices claimed by somebody who died before the first call."""
    given_batch(store, notices)
    with store.writing() as session:
        release(session, now=NOW)
        [way] = open_ways(session, {box.name: box}, Channel.SMS, settings=SETTINGS, now=NOW)
        claim(session, way, settings=SETTINGS, now=NOW, at_most=100)
