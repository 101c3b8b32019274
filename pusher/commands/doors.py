"""What verbs that send need: the ways out, and a database that is no copy from the past."""

from collections.abc import Mapping
from datetime import timedelta

import click

from pusher.commands.door import Door, Refusal
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


def look_at_age(door: Door) -> None:
    """Hold everything if the database is an older copy, and say so."""
    from pusher.keeping.epoch import OLDER, check_age

    if check_age(door.store, door.settings, now=door.now):
        click.echo(OLDER, err=True)
