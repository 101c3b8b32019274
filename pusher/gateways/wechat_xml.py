"""A small reader for WeChat's XML: one level of names and texts, and nothing clever.

No DTD, so no entities of one's own and nothing fetched; no depth to speak of.
"""

from __future__ import annotations

from xml.parsers import expat

from pusher.gateways.base import Unreadable

LARGEST = 1_000_000  # bytes
_DEEPEST = 8


def read_flat(body: bytes) -> dict[str, str]:
    """Return name and text of each child of the root; deeper levels are left out.

    Raises:
        Unreadable: too large, too deep, with a DTD, or no XML.
    """
    if len(body) > LARGEST:
        raise Unreadable("报文过大")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable("报文不是有效的 XML") from error
    return reader.fields


class _Reader:
    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._depth = 0
        self._parts: list[str] = []

    def doctype(self, *_: object) -> None:
        raise Unreadable("报文含有 DTD")

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable("报文嵌套过深")
        if self._depth == 2:
            self._parts = []

    def end(self, name: str) -> None:
        if self._depth == 2:
            self.fields.setdefault(name, "".join(self._parts))
        self._depth -= 1

    def text(self, part: str) -> None:
        if self._depth == 2:
            self._parts.append(part)
