"""The ways out, opened from the settings, for every verb that needs them."""

from collections.abc import Mapping
from datetime import timedelta

from pusher.commands.door import Refusal
from pusher.gateways.base import Gateway
from pusher.gateways.registry import BadGatewayTable, open_gateways
from pusher.settings import Settings


def open_ways(settings: Settings) -> Mapping[str, Gateway]:
    """The office's gateways by name.

    Raises:
        Refusal: a table of the settings is wrong.
    """
    try:
        return open_gateways(
            settings.gateways, call_timeout=timedelta(seconds=settings.call_timeout_s)
        )
    except BadGatewayTable as error:
        raise Refusal(str(error), code="bad_gateway") from None
