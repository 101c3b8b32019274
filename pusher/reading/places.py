"""Where a field was read, in words for staff, and whether they should look at it."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one field of a document was read.

    Attributes:
        where: 网页标签, 落款, 正文条款 …
        quote: the words it was read from; "" where the value itself is all there is.
        doubt: why staff should look at it; "" where nothing speaks against it.
    """

    where: str
    quote: str = ""
    doubt: str = ""

    def shape(self) -> dict[str, Any]:
        """As JSON values."""
        return {"where": self.where, "quote": self.quote, "doubt": self.doubt}


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A value and where it was read; None and no place where the document does not say it."""

    value: Value | None = None
    place: Place | None = None


def found(value: Value, where: str, quote: str = "", doubt: str = "") -> Found[Value]:
    """A value with its place."""
    return Found(value, Place(where, " ".join(quote.split())[:300], doubt))
