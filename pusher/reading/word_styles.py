"""Size and place of a paragraph of Word: its own word first, then its style's, then the default."""

from dataclasses import dataclass
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = f"{_W}val"
_MOST_STEPS = 20
"""Styles rest on styles; a circle of them is broken here."""

ListLevel = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Style:
    """How a paragraph looks.

    Attributes:
        size: in points, 0 where nothing says it.
        number: the list and level that its style counts in.
    """

    size: float = 0.0
    centred: bool = False
    number: ListLevel | None = None


class Styles:
    """The styles of one file."""

    def __init__(self, root: Any) -> None:
        self._nodes: dict[str, Any] = {}
        self._default = ""
        for node in root.iterchildren(f"{_W}style") if root is not None else ():
            if node.get(f"{_W}type") == "paragraph":
                self._nodes[node.get(f"{_W}styleId", "")] = node
                if node.get(f"{_W}default") == "1":
                    self._default = node.get(f"{_W}styleId", "")

    def of_paragraph(self, node: Any) -> Style:
        """How the paragraph *node* looks."""
        own = node.find(f"{_W}pPr")
        name = _value(own, "pStyle") or self._default
        chain = self._chain(name)
        places = [own, *(style.find(f"{_W}pPr") for style in chain)]
        align = next((a for a in (_value(p, "jc") for p in places) if a), "")
        return Style(
            size=_run_size(node) or next((s for s in map(_style_size, chain) if s), 0.0),
            centred=align == "center",
            number=next((n for n in map(_number, places[1:]) if n), None),
        )

    def _chain(self, name: str) -> list[Any]:
        chain: list[Any] = []
        while name in self._nodes and len(chain) < _MOST_STEPS:
            chain.append(self._nodes[name])
            name = _value(self._nodes[name], "basedOn")
        return chain


def _value(node: Any, name: str) -> str:
    child = node.find(f"{_W}{name}") if node is not None else None
    return str(child.get(_VAL, "")) if child is not None else ""


def _run_size(node: Any) -> float:
    """The size in which the longest run is set, in points (w:sz counts half points)."""
    best = (0, 0.0)
    for run in node.iter(f"{_W}r"):
        length = sum(len(text.text or "") for text in run.iterchildren(f"{_W}t"))
        best = max(best, (length, _half_points(run.find(f"{_W}rPr"))))
    return best[1]


def _style_size(style: Any) -> float:
    return _half_points(style.find(f"{_W}rPr"))


def _half_points(properties: Any) -> float:
    text = _value(properties, "sz")
    return int(text) / 2 if text.isdigit() and len(text) < 5 else 0.0


def _number(properties: Any) -> ListLevel | None:
    numbered = properties.find(f"{_W}numPr") if properties is not None else None
    return list_level(numbered)


def list_level(numbered: Any) -> ListLevel | None:
    """The list and level of a ``w:numPr``; None without one."""
    if numbered is None:
        return None
    list_id, level = _value(numbered, "numId"), _value(numbered, "ilvl")
    return (list_id, int(level) if level.isdigit() else 0) if list_id else None
