"""What one SMS segment, or one WeChat notice, costs the office: from the gateways' tables."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from profiles.model import Channel
from pusher.model.errors import Unwilling

GATEWAYS = {Channel.SMS: "aliyun", Channel.WECHAT: "wechat"}
"""Which gateway serves a channel."""
USUAL = {Channel.SMS: Decimal("0.045"), Channel.WECHAT: Decimal("0")}
"""Yuan; Aliyun's list price for notices up to 100,000 a month, and WeChat's. An office that pays
another price says so in its gateway's table: ``price = "0.038"``."""


class BadPrice(Unwilling):
    """A gateway's price is not an amount of yuan."""

    code = "bad_price"


def prices(tables: Mapping[str, Mapping[str, Any]]) -> dict[Channel, Decimal]:
    """The price of one segment (SMS) or notice (WeChat), in yuan, by channel.

    Args:
        tables: ``[gateways.NAME]`` of the settings.

    Raises:
        BadPrice: not a decimal of at least 0 and below 100.
    """
    found = dict(USUAL)
    for channel, name in GATEWAYS.items():
        written = tables.get(name, {}).get("price")
        if written is not None:
            found[channel] = _read(name, written)
    return found


def _read(name: str, written: object) -> Decimal:
    try:
        price = Decimal(str(written))
    except InvalidOperation:
        price = Decimal("NaN")
    if not (price.is_finite() and 0 <= price < 100):
        raise BadPrice(f'[gateways.{name}] 的 price 应为每条的元数，例如 "0.045"')
    return price
