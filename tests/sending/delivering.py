"""Approved notices are sent, by gateways of the tests' own."""

from datetime import datetime
from typing import Any

from pusher.gateways.base import Gateway
from pusher.sending.deliver import Delivered, deliver
from pusher.settings import Settings
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import make_settings

SETTINGS = make_settings()


def send(
    store: Store, *boxes: Gateway, now: datetime = NOW, settings: Settings = SETTINGS, **given: Any
) -> Delivered:
    gateways: dict[str, Gateway] = {box.name: box for box in boxes}
    return deliver(
        store,
        gateways,
        settings=settings,
        now=now,
        owner="test",
        **{"jitter": lambda: 0.5, **given},
    )
