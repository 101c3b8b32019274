"""What a notice says of a policy: its short title, what one gets, until when; and no secret."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from profiles.model import Channel
from pusher.model.policy import Policy, PolicyState
from pusher.model.standing import Standing, standing
from pusher.sending.wording import discreet_words

_LEAST = 4
"""Characters that must be left of a title that lost a word, to still say something."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What wordings are filled with.

    Attributes:
        title: short, never empty.
        benefit: one line; None if the policy names nothing.
        until: last day to apply or to comment; None if there is none.
        as_of: the day of drafting.
    """

    title: str
    benefit: str | None
    until: date | None
    as_of: date

    def values(self, channel: Channel, office_name: str) -> dict[str, str]:
        """By the names that wordings use; only those there are.

        In an SMS the year of a day is left out when it is the running one: every character
        costs. WeChat wants the day in full.
        """
        found = {"title": self.title, "office": office_name}
        if self.benefit:
            found["benefit"] = self.benefit
        if self.until:
            short = channel is Channel.SMS and self.until.year == self.as_of.year
            found["deadline"] = say_day(self.until, with_year=not short)
        return found


def particulars(policy: Policy, *, as_of: date, to_people: bool) -> Particulars:
    """Gather what notices about *policy* say.

    Args:
        policy: confirmed; or ended, of which only its name is said.
        as_of: the office's day.
        to_people: somebody may read over their shoulder: words that tell of health, poverty,
            family or service are kept out (个人信息保护法 28). Firms are told in full.
    """
    title = policy.short_title or policy.title
    if policy.state in (PolicyState.SUPERSEDED, PolicyState.REPEALED):
        # of what no longer stands, neither amount nor day may be said again
        return Particulars(modest_title(title) if to_people else title, None, None, as_of)
    benefit = benefit_line(policy)
    if to_people:
        title, benefit = modest_title(title), modest_line(benefit) if benefit else None
    if standing(policy, as_of) is Standing.UPCOMING:
        begins = max(day for day in (policy.effective_on, policy.apply_from) if day)
        start = f"{say_day(begins, with_year=begins.year != as_of.year)}起办理"
        benefit = f"{start}，{benefit}" if benefit else start
    return Particulars(title, benefit, policy.apply_until, as_of)


def benefit_line(policy: Policy) -> str | None:
    """What one gets, in one line: as staff wrote it, else from the amounts that were read."""
    written = policy.elements.get("benefit_line")
    if isinstance(written, str) and written.strip():
        return written.strip()
    amounts = policy.elements.get("benefits")
    return _say_amounts([a for a in amounts if isinstance(a, dict)]) if amounts else None


def modest_title(title: str) -> str:
    """*title* without a word that tells of somebody's state; a neutral one if little is left."""
    neutral, words = discreet_words()
    if not _tells(title):
        return title
    for word in words:
        rest = title.removeprefix(word)
        if rest != title and len(rest) >= _LEAST and not _tells(rest):
            return rest
    return neutral


def modest_line(line: str) -> str | None:
    """*line* without the clauses that tell of somebody's state; None if none is left."""
    clauses = [c for c in re.split(r"[，。；,;]", line) if c.strip() and not _tells(c)]
    if not _tells(line):
        return line
    return "，".join(clauses) or None


def say_day(day: date, *, with_year: bool = True) -> str:
    """2026年12月18日, or 12月18日."""
    year = f"{day.year}年" if with_year else ""
    return f"{year}{day.month}月{day.day}日"


def _tells(text: str) -> bool:
    return any(word in text for word in discreet_words()[1])


def _say_amounts(amounts: Sequence[Mapping[str, Any]]) -> str | None:
    """每人每月360元; 每人每月80至600元 where several have one unit; else the first."""
    if not amounts:
        return None
    first = amounts[0]
    unit = first.get("unit") or ""
    numbers = sorted({n for a in amounts if (a.get("unit") or "") == unit for n in _number(a)})
    if not numbers:
        return None
    least, most = _plain(numbers[0]), _plain(numbers[-1])
    base, _, per = unit.partition("/")
    # nobody at home says 元/人·月
    each = "".join(f"每{one}" for one in re.split(r"[·/]", per) if one)
    said = f"{each}{least}{base}" if least == most else f"{each}{least}至{most}{base}"
    if len(amounts) == 1 and first.get("cap"):
        said += f"，最高{first['cap']}{first.get('cap_unit') or ''}"
    return said


def _number(amount: Mapping[str, Any]) -> list[Decimal]:
    try:
        return [Decimal(str(amount.get("amount")))]
    except InvalidOperation:
        return []


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
