"""How a text is counted and what it costs, as the carriers bill it."""

from decimal import Decimal

SINGLE = 70
"""UTF-16 units that one SMS holds, the signature and its 【】 counted."""
JOINED = 67
"""UTF-16 units in each part of a longer one: three go to the header that joins them."""


def signed(text: str, signature: str) -> str:
    """The whole SMS as it is billed and read: the vendor puts the sign name before the text."""
    return f"【{signature}】{text}"


def segments(text: str) -> int:
    """Count the SMS that *text* is billed as.

    Args:
        text: as it is read, the signature with its 【】 included.

    Returns:
        0 for no text at all, 1 up to 70 UTF-16 units, else one for each 67 begun. A character
        beyond the basic plane (an emoji) is two units.

    Source:
        阿里云短信“计费说明” [44335]; 3GPP TS 23.040 for the header of joined parts.
    """
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return -(-units // JOINED) if units > SINGLE else min(units, 1)


def price(segments: int, per_segment: Decimal) -> Decimal:
    """Yuan for one text, exact: nothing is rounded before a whole batch is added up."""
    return segments * per_segment
