"""On which wards a match rests: their guardian must have agreed before anything is told."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from profiles.model import Profile
from pusher.model.match import Decision, Match
from pusher.model.policy import AudienceRule, Subject
from pusher.rules.nodes import Node
from pusher.rules.wards import Ward, decide_for, wards_meant


def wards_told_of(
    rule: AudienceRule,
    tree: Node | None,
    match: Match,
    concerned: Profile,
    facts: Mapping[str, Any],
    as_of: date,
    *,
    is_ward: bool,
) -> Sequence[Ward]:
    """The wards among *facts* on whom *match* rests; none for a subscription.

    Args:
        rule: by which the match was found.
        tree: the same, parsed.
        concerned: whom the match concerns.
        facts: theirs, on the day.
        is_ward: they are a ward of ours themselves.
    """
    by_wish = match.decision is Decision.SUBSCRIBED
    if tree is None or by_wish or rule.subject is Subject.SELF or not facts.get("wards"):
        return ()
    decision = decide_for(
        tree,
        concerned.kind.value,
        facts,
        as_of,
        audience_kind=rule.audience.value,
        subject=rule.subject.value,
        is_ward=is_ward,
    )
    return wards_meant(decision, facts, subject=rule.subject.value)
