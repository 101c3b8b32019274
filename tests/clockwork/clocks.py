"""A clockwork whose clocks are set by hand."""

from datetime import timedelta

from jobs import Clockwork
from pusher.gateways.base import Gateway
from pusher.store import Store
from tests.makers import NOW
from tests.sending.delivery_makers import make_settings
from tests.sending.outbox import Outbox


class Clocks:
    """A wall clock and a boot clock."""

    def __init__(self) -> None:
        self.wall, self.boot, self.boot_id = NOW, 100.0, "first"

    def pass_by(self, wall: timedelta, boot: float | None = None) -> None:
        """Let time pass; on both clocks alike unless told otherwise."""
        self.wall += wall
        self.boot += wall.total_seconds() if boot is None else boot

    def start_anew(self) -> None:
        """The machine was started again."""
        self.boot, self.boot_id = 10.0, "second"


def clockwork_of(store: Store, clocks: Clocks, *boxes: Outbox, owner: str = "one") -> Clockwork:
    gateways: dict[str, Gateway] = {box.name: box for box in boxes}
    return Clockwork(
        store,
        gateways,
        make_settings(quiet_hours=False),
        owner=owner,
        wall=lambda: clocks.wall,
        boot=lambda: clocks.boot,
        boot_id=clocks.boot_id,
    )
