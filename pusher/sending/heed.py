"""What a vendor's refusal says of the address itself: a dead number, somebody who blocks us."""

from datetime import datetime

from sqlmodel import Session

from profiles.model import Channel, Doubt
from profiles.optouts import opt_out
from profiles.signs import doubt
from pusher.gateways.base import Why


def heed_refusal(
    session: Session, why: Why, *, channel: Channel, address_index: str, now: datetime
) -> None:
    """Doubt a number that is out of service; take a block at the vendor for an opt-out."""
    if why is Why.RECIPIENT:
        doubt(session, channel=channel, address_index=address_index, why=Doubt.DEAD_NUMBER, now=now)
    if why is Why.OPT_OUT:
        opt_out(
            session,
            address_index=address_index,
            channel=channel,
            how="通道告知：本人已拒收",
            now=now,
        )
