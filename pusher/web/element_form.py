"""The elements of a policy as fields: what is paid, until when, where; each may be struck."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pusher.model.policy import Policy
from pusher.reading.stated import LABELS
from pusher.web.fields import Fields

_MOST_BENEFITS = 40
_TEXTS = ("department", "phone", "how")
_LONGEST = {"department": 80, "phone": 60, "how": 600, "materials": 2_000}
PLAIN = ("apply_from", "apply_until", "department", "phone", "how", "materials")
"""Elements of one field each, in the order of the form."""


@dataclass(frozen=True, slots=True)
class Benefit:
    """One amount, as it stands in its fields."""

    amount: str = ""
    unit: str = ""
    cap: str = ""
    cap_unit: str = ""
    quote: str = ""
    seen: bool = False
    struck: bool = False

    @property
    def in_words(self) -> str:
        cap = f"，最高{self.cap}{self.cap_unit or self.unit}" if self.cap else ""
        return f"{self.amount}{self.unit}{cap}"


@dataclass(slots=True)
class ElementForm:
    """The elements as the form holds them.

    Attributes:
        given: whether the form has them at all; a form without leaves them as they are.
        texts: element → what stands in its field; materials one a line, days as ISO.
        seen, struck: names of elements that staff accepted, or struck.
        quotes: element → the clause it was read from.
    """

    given: bool = False
    benefits: list[Benefit] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    struck: frozenset[str] = frozenset()
    quotes: dict[str, str] = field(default_factory=dict)

    def wish(self) -> dict[str, Any] | None:
        """What staff say the elements are; call it only where there are no errors."""
        if not self.given:
            return None
        kept = {n: "" if n in self.struck else self.texts.get(n, "") for n in PLAIN}
        return {
            "benefits": [_written(one) for one in self.benefits if one.amount and not one.struck],
            "apply_from": date.fromisoformat(kept["apply_from"]) if kept["apply_from"] else None,
            "materials": [line.strip() for line in kept["materials"].splitlines() if line.strip()],
            **{name: kept[name].strip() or None for name in _TEXTS},
        }


def elements_of(policy: Policy) -> ElementForm:
    """The elements as they are first shown."""
    said = policy.elements
    return ElementForm(
        given=True,
        benefits=[_benefit(one) for one in said.get("benefits") or []],
        texts={
            "apply_from": policy.apply_from.isoformat() if policy.apply_from else "",
            "apply_until": policy.apply_until.isoformat() if policy.apply_until else "",
            "materials": "\n".join(said.get("materials") or []),
            **{name: said.get(name) or "" for name in _TEXTS},
        },
        quotes={n: q for n, q in (said.get("quotes") or {}).items() if n in PLAIN},
    )


def elements_from(fields: Fields) -> ElementForm:
    """The elements as the form comes back; what is wrong stands among the errors of *fields*."""
    if not fields.ticked("elements"):
        return ElementForm(texts={"apply_until": fields.typed("apply_until").strip()})
    count = fields.typed("benefits")
    number = int(count) if count.isascii() and count.isdigit() and len(count) < 3 else 0
    amounts = (_filled(fields, n) for n in range(min(number, _MOST_BENEFITS)))
    found = ElementForm(
        given=True,
        benefits=[one for one in amounts if one.amount or one.unit or one.cap or one.quote],
        texts={name: fields.typed(name).strip() for name in PLAIN},
        seen=frozenset(name for name in PLAIN if fields.ticked(f"{name}-seen")),
        struck=frozenset(name for name in PLAIN if fields.ticked(f"{name}-struck")),
        quotes={n: q for n in PLAIN if (q := fields.typed(f"{n}-quote"))},
    )
    fields.day("apply_from", LABELS["apply_from"])
    for name, most in _LONGEST.items():
        fields.text(name, LABELS[name], most=most, needed=False)
    start, end = found.texts["apply_from"], found.texts["apply_until"]
    if fields.sound and start and end and start > end:
        fields.errors["apply_until"] = "申报截止早于申报开始，请核对"
    for n, one in enumerate(found.benefits):
        if not one.struck and (one.amount or one.unit or one.cap):
            _check(fields, n, one)
    return found


def _check(fields: Fields, n: int, one: Benefit) -> None:
    if not _is_number(one.amount):
        fields.errors[f"benefit-{n}"] = "金额应为数字，如80；单位写在后一格，如“元/人·月”"
    elif one.cap and not _is_number(one.cap):
        fields.errors[f"benefit-{n}"] = "最高金额应为数字，没有上限的不填"


def _is_number(text: str) -> bool:
    plain = text.replace(".", "", 1)
    return plain.isascii() and plain.isdigit() and len(plain) < 16


def _benefit(said: Mapping[str, Any]) -> Benefit:
    def word(name: str) -> str:
        return str(said.get(name) or "")

    return Benefit(
        amount=word("amount"),
        unit=word("unit"),
        cap=word("cap"),
        cap_unit=word("cap_unit"),
        quote=word("quote"),
    )


def _filled(fields: Fields, n: int) -> Benefit:
    def said(word: str) -> str:
        return fields.typed(f"benefit-{n}-{word}").strip()

    return Benefit(
        amount=said("amount"),
        unit=said("unit"),
        cap=said("cap"),
        cap_unit=said("cap_unit"),
        quote=said("quote"),
        seen=fields.ticked(f"benefit-{n}-seen"),
        struck=fields.ticked(f"benefit-{n}-struck"),
    )


def _written(one: Benefit) -> dict[str, Any]:
    """As the contract's elements have it."""
    return {
        "amount": one.amount,
        "unit": one.unit or None,
        "cap": one.cap or None,
        "cap_unit": one.cap_unit or None,
        "quote": one.quote or None,
    }
