"""The fields in which a clerk fills in what stands beside an operator: a number, a day, boxes.

All fields of a line are on the page, the style sheet shows those of the operator that is chosen:
so another operator needs neither a script nor another page. What they hold becomes the typed
words that `rule_values` reads.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from profiles.facts import Choice, Fact, Kind, areas, industry_sections
from pusher.reading.grammar.phrases.industries import named_industries
from pusher.web import rule_values

TEXT = "text"
_MARKS = re.compile(r"[、，,；;/|\s]+")
_ENDS = re.compile(r"[至到~～]|—{1,9}")
_ONE_OF_ENUM = frozenset({"eq", "ne", "ge", "gt", "le", "lt"})
_SEVERAL = frozenset({"in", "not_in", "any_of", "none_of"})
_COMPARED = frozenset({"ge", "gt", "le", "lt", "eq", "ne"})
_JOINED_BY: Mapping[str, str] = {
    "choices": "、", "areas": "、", "industries": "、", "range": " 至 ", "days": " 至 ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """One box to tick, or one choice of a list.

    Attributes:
        word: what is typed for it.
        label: what stands beside it.
    """

    word: str
    label: str
    chosen: bool


@cache
def field_of(fact: Fact, op: str) -> str:
    """The kind of field an operator needs.

    Returns:
        none, count, day, days, number, range, yes, choice, choices, areas, industries or text.
    """
    if op in rule_values.BARE:
        return "none"
    if op in rule_values.COUNTS:
        return "count"
    if op in rule_values.DAYS:
        return "day"
    if op == "between_dates":
        return "days"
    by_kind = {Kind.BOOL: "yes", Kind.AREA: "areas", Kind.INDUSTRY: "industries"}
    if fact.kind in by_kind:
        return by_kind[fact.kind]
    if fact.kind in (Kind.ENUM, Kind.SET):
        return "choices" if op in _SEVERAL else "choice" if op in _ONE_OF_ENUM else TEXT
    if fact.kind in (Kind.INTEGER, Kind.NUMBER):
        return "range" if op == "between" else "number" if op in _COMPARED else TEXT
    return TEXT


@cache
def fields_for(fact: Fact) -> tuple[str, ...]:
    """The kinds of field that the operators of a fact need between them, each once."""
    found = dict.fromkeys(field_of(fact, op) for op in rule_values.operators_for(fact))
    return tuple(kind for kind in found if kind != "none")


def joined(kind: str, parts: Sequence[str]) -> str:
    """What the fields of one kind hold, as typed words."""
    if kind not in _JOINED_BY:
        return parts[0] if parts else ""
    held = [part.strip() for part in parts]
    return _JOINED_BY[kind].join(held if kind in ("range", "days") else filter(None, held))


def ends(value: str) -> tuple[str, str]:
    """The two ends of typed words such as ``3 至 5``."""
    parts = _ENDS.split(value.strip(), maxsplit=1)
    return (parts[0].strip(), parts[1].strip()) if len(parts) == 2 else (value, "")


def choices(fact: Fact, value: str) -> list[Box]:
    """The choices of a fact, those ticked that *value* names."""
    named = _named(value)
    boxes = []
    for choice in fact.values:
        chosen = not named.isdisjoint({choice.code, choice.label, *choice.aliases})
        boxes.append(Box(_word(choice), choice.label, chosen))
    return boxes


def near_areas(area_code: str, value: str) -> list[Box]:
    """The country and what the office lies in, its streets, and whatever *value* names of them."""
    inside = (area_code[:2] + "0000", area_code[:4] + "00", area_code)
    streets = sorted(code for code in areas() if len(code) == 9 and code.startswith(area_code))
    labels = [areas()[code] for code in (*inside, *streets) if code in areas()]
    named = _named(value)
    return [Box(label, label, label in named) for label in dict.fromkeys((*labels, "全国"))]


def sections(value: str) -> list[Box]:
    """The sections of GB/T 4754, those ticked that *value* names."""
    named = _named(value)
    return [Box(c, f"{c} {name}", c in named or name in named)
            for c, name in industry_sections().items()]  # fmt: skip


def others(boxes: Sequence[Box], fact: Fact, value: str) -> str:
    """What *value* names beyond the boxes."""
    known = {word for box in boxes for word in (box.word, box.label, box.label.partition(" ")[2])}
    known |= {word for c in fact.values for word in (c.code, c.label, *c.aliases)}
    return "、".join(word for word in _MARKS.split(value.strip()) if word and word not in known)


def industry_names() -> list[str]:
    """Names of industries that can be typed in place of their codes."""
    return list(named_industries())


def _named(value: str) -> set[str]:
    return {word for word in _MARKS.split(value.strip()) if word} | {value.strip()}


def _word(choice: Choice) -> str:
    """The label, or the code where the label would be read as several."""
    return choice.code if _MARKS.search(choice.label) else choice.label
