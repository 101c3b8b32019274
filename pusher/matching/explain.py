"""One profile and one policy → every condition, passed, failed or unknown, with its clause."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, select

from profiles.facts import vocabulary
from profiles.model import Guardianship, Profile
from pusher.matching.match import current_rule, judge_profile
from pusher.model.policy import Policy
from pusher.rules.language import parse


@dataclass(frozen=True, slots=True)
class Line:
    """One condition, as a clerk or the person would read it."""

    quote: str | None
    condition: str
    result: str
    """yes, no or unknown."""
    sensitive: bool = False
    """It asks for a sensitive fact, or for one that the vocabulary does not know."""
    excludes: bool = False
    """It excludes: then no is the good answer."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why somebody is, may be or is not meant by a policy.

    Attributes:
        decision: eligible, possible or not.
        lines: one per condition, in the order of the rule.
        missing: labels of the facts that would decide it.
    """

    decision: str
    lines: tuple[Line, ...]
    missing: tuple[str, ...]


def explain(session: Session, policy: Policy, profile: Profile, *, as_of: date) -> Explanation:
    """Explain, by the confirmed rule and the facts known on *as_of*.

    Raises:
        IllegalMove: the policy is not confirmed.
    """
    rule = current_rule(session, policy)
    if rule.rule is None:
        return Explanation("not", (), ())
    wards = set(session.exec(select(Guardianship.ward_id)))
    judged = judge_profile(session, profile, rule, parse(rule.rule), as_of=as_of, wards=wards)
    facts = vocabulary()
    return Explanation(
        judged.decision,
        tuple(_line(reason) for reason in judged.reasons),
        tuple(facts[code].label if code in facts else code for code in judged.missing),
    )


def _line(reason: Mapping[str, Any]) -> Line:
    fact = vocabulary().get(reason["fact"] or "")
    # what only a person can check is no fact, and says nothing of anybody
    unknown = fact is None and reason["op"] != "manual"
    return Line(
        reason["quote"],
        reason["condition"],
        reason["result"],
        sensitive=unknown or (fact is not None and fact.sensitive),
        excludes=bool(reason.get("excludes")),
    )
