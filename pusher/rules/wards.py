"""A rule asked of a profile of ours: who is asked, and on which of their wards the answer rests."""

from collections.abc import Mapping, Sequence
from datetime import date

from profiles.ages import born_on
from pusher.rules.judge import Answer, Decision, decide
from pusher.rules.nodes import Node

Ward = Mapping[str, object]
"""One record of ``wards``."""


def decide_for(
    node: Node,
    profile_kind: str,
    facts: Mapping[str, object],
    as_of: date,
    *,
    audience_kind: str,
    subject: str,
    is_ward: bool,
) -> Decision:
    """Decide whether a policy is for a profile of ours: `decide`, with what our rows know of wards.

    Args:
        is_ward: a ward of ours has a profile of its own: a rule about wards is asked of the ward
            itself, and the news finds its guardian later.
    """
    # whose guardian somebody is, we know by our own rows: no record here means no ward
    return decide(
        node,
        profile_kind,
        {"wards": [], **facts},
        as_of,
        audience_kind=audience_kind,
        subject="self" if is_ward else subject,
    )


def wards_meant(decision: Decision, facts: Mapping[str, object], *, subject: str) -> Sequence[Ward]:
    """The wards on whom a match rests: the one whose facts carried it, or none.

    Args:
        decision: of `decide_for`, for somebody who was matched.
        facts: of whom was asked.
        subject: of the rule.

    Returns:
        Every ward where the rule means them no longer: facts changed since they were matched,
        and which ward it rested on is not known any more.

    Source:
        domain/conventions.md, push 8: 依据不满14周岁被监护人.
    """
    rows = facts.get("wards")
    if subject == "self" or not isinstance(rows, list):
        return []
    if decision.answer is Answer.NOT:
        return [row for row in rows if isinstance(row, Mapping)]
    place = decision.whose.place
    return [rows[place]] if decision.whose.role == "wards" and place is not None else []


def born_of(wards: Sequence[Ward]) -> list[date]:
    """Their birth days, as far as they are known."""
    return [born for ward in wards if (born := born_on(ward)) is not None]
