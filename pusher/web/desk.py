"""What every handler has at hand: store, settings, gateways, the office clock, the pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import Depends, Request
from jinja2 import Environment

from profiles.sealing import Sealer, sealer_of
from pusher.clock import OFFICE_ZONE
from pusher.gateways.base import Gateway
from pusher.reading.child import Reader
from pusher.reading.intake import Desk as ReadingDesk
from pusher.settings import Settings
from pusher.store import Store
from pusher.web.sayings import environment
from pusher.web.throttle import Throttle, Turns

if TYPE_CHECKING:
    from pusher.reading.classify import Tagger

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Desk:
    """The given things of one console.

    Attributes:
        now: the office clock, aware.
        tagger: loads the classifier when it is first asked for.
        sealer: for cookies, form tokens and callback secrets.
        reader: parses files in a process of its own, started with the first.
        throttle: of sign-ins, kept in this process.
        questions: of 智慧问答, likewise.
    """

    store: Store
    settings: Settings
    gateways: Mapping[str, Gateway]
    clock: Clock
    tagger: "Callable[[], Tagger]"
    sealer: Sealer
    pages: Environment = field(default_factory=environment)
    throttle: Throttle = field(default_factory=Throttle)
    questions: Turns = field(default_factory=Turns)
    reader: Reader = field(default_factory=Reader)

    def now(self) -> datetime:
        """The moment on the office clock, in the office's zone."""
        return self.clock().astimezone(OFFICE_ZONE)

    def reading(self, office_id: UUID, by: str) -> ReadingDesk:
        """What taking in a file needs.

        Args:
            by: staff number, or that of a program.
        """
        return ReadingDesk(self.store, office_id, self.tagger(), self.reader, by)


def sealer_from(store: Store) -> Sealer:
    """The sealer the store lends its sessions; opens no connection."""
    with store.reading() as session:
        return sealer_of(session)


def desk_of(request: Request) -> Desk:
    """The desk of the application that got *request*."""
    desk = request.app.state.desk
    if not isinstance(desk, Desk):
        raise TypeError("the application was not made by create_app")
    return desk


DeskHere = Annotated[Desk, Depends(desk_of)]
