"""What an SMS segment, or a notice by another way, costs: from the gateways' tables.

A batch is drafted before anybody knows which of several gateways will take it, so it is priced at
the dearest: what staff approve is the most that it can cost.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from profiles.model import Channel
from pusher.model.errors import Unwilling
from pusher.sending.wording import GATEWAYS

USUAL = {Channel.SMS: Decimal("0.045"), Channel.WECHAT: Decimal(0), Channel.WECOM: Decimal(0)}
"""Yuan; Aliyun's list price for notices up to 100,000 a month, and those of WeChat and WeCom. An
office that pays another price, or another vendor, says so in that gateway's table:
``price = "0.038"``."""


class BadPrice(Unwilling):
    """A gateway's price is not an amount of yuan."""

    code = "bad_price"


def prices(tables: Mapping[str, Mapping[str, Any]]) -> dict[Channel, Decimal]:
    """The most that one segment (SMS) or notice (WeChat) can cost, in yuan, by channel.

    Args:
        tables: ``[gateways.NAME]`` of the settings.

    Raises:
        BadPrice: not a decimal of at least 0 and below 100.
    """
    return {
        channel: max(
            (price_of(name, tables[name], channel) for name in names if name in tables),
            default=USUAL[channel],
        )
        for channel, names in GATEWAYS.items()
    }


def price_of(name: str, table: Mapping[str, Any], channel: Channel) -> Decimal:
    """What one segment or notice costs through one gateway, in yuan.

    Raises:
        BadPrice: see `prices`.
    """
    written = table.get("price")
    return USUAL[channel] if written is None else _read(name, written)


def _read(name: str, written: object) -> Decimal:
    try:
        price = Decimal(str(written))
    except InvalidOperation:
        price = Decimal("NaN")
    if not (price.is_finite() and 0 <= price < 100):
        raise BadPrice(f'[gateways.{name}] 的 price 应为每条的元数，例如 "0.045"')
    return price
