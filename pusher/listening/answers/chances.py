"""Which policies may be for somebody who tells of themselves: judged by the confirmed rules.

Likeness of words cannot tell 82 years from 60; the rules can. Nothing is certain here: a policy is
named where nothing that was told speaks against it, and something that tells people apart speaks
for it.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.facts import Kind, vocabulary
from profiles.model import Office
from pusher.listening.answers.asking import Ask, Judged, Says, judged
from pusher.listening.answers.fit import STANDS, Fit
from pusher.model.policy import Audience, AudienceRule, Openness, Policy, PolicyState, Subject
from pusher.model.standing import standing
from pusher.rules.judge import judge
from pusher.rules.language import parse
from pusher.rules.nodes import All, Any, Leaf, Node, Not, asked, leaves
from pusher.rules.truth import Truth

MOST: Final = 5
_ASKED: Final = 3
_BORN: Final = "birth_date"
_WANTING: Final = 5
"""Facts that may be wanting still, where more than an age was told; many rules ask for as many."""
_WANTING_AGE: Final = 1
_WHOSE: Final = {
    "resident": {Audience.RESIDENT, Audience.BOTH},
    "enterprise": {Audience.ENTERPRISE, Audience.BOTH},
}


@dataclass(frozen=True, slots=True)
class Chance:
    """A policy that may be for somebody.

    Attributes:
        fit: the policy, as answers are written from it.
        met: clauses that what was told meets, at least one.
        facts: what these clauses are about.
        wanting: how many facts more would have to speak for it, on the shortest way; places apart.
    """

    fit: Fit
    met: tuple[str, ...]
    facts: frozenset[str]
    wanting: int
    asks: tuple[Ask, ...]

    @property
    def is_near(self) -> bool:
        """Whether what was told is most of what is asked; an age alone tells little."""
        return self.wanting <= (_WANTING_AGE if self.facts == {_BORN} else _WANTING)


def chances(
    session: Session,
    office: Office,
    facts: Mapping[str, object],
    *,
    for_child: bool,
    as_of: date,
    named: Set[UUID] = frozenset(),
) -> list[Chance]:
    """The policies in force that *facts* speak for, those first of which the most is told.

    Args:
        for_child: the facts are those of a child somebody cares for.
        as_of: the day of judgement.
        named: policies whose subject the question names; they need not be near.
    """
    found = [
        chance
        for policy, rule in _live(session, office, as_of)
        if _speaks_to(rule, facts, for_child=for_child)
        and (result := judged(rule, facts, as_of=as_of, area_code=office.area_code))
        and (chance := _chance(policy, rule, result, facts, as_of))
        and (chance.is_near or policy.id in named)
    ]
    found.sort(key=lambda one: (one.wanting, -len(one.met), one.fit.policy.apply_until or date.max))
    return found[:MOST]


def asks_of(found: list[Chance]) -> tuple[Ask, ...]:
    """What to tell next: what decides most of the policies."""
    every = [ask for one in found for ask in one.asks]
    often = {ask.fact: sum(other.fact == ask.fact for other in every) for ask in every}
    first = {ask.fact: ask for ask in reversed(every)}
    return tuple(sorted(first.values(), key=lambda ask: -often[ask.fact])[:_ASKED])


def _live(session: Session, office: Office, as_of: date) -> Iterator[tuple[Policy, AudienceRule]]:
    confirmed = (
        select(Policy, AudienceRule)
        .join(AudienceRule, col(AudienceRule.policy_id) == Policy.id)
        .where(
            Policy.office_id == office.id,
            Policy.state == PolicyState.CONFIRMED,
            Policy.openness == Openness.OPEN,
        )
        .order_by(col(AudienceRule.number))
    )
    newest = {policy.id: (policy, rule) for policy, rule in session.exec(confirmed)}
    for policy, rule in newest.values():
        if standing(policy, as_of) in STANDS:
            yield policy, rule


def _speaks_to(rule: AudienceRule, facts: Mapping[str, object], *, for_child: bool) -> bool:
    kinds = {vocabulary()[code].applies_to for code in facts}
    whom = [_WHOSE[kind] for kind in kinds if kind in _WHOSE]
    if whom and not any(rule.audience in group for group in whom):
        return False
    return rule.subject is not (Subject.SELF if for_child else Subject.WARD)


def _chance(
    policy: Policy, rule: AudienceRule, result: Judged, facts: Mapping[str, object], as_of: date
) -> Chance | None:
    """None where it is not for them, or only the place speaks for it."""
    if result.says is Says.NO:
        return None
    tree = parse(rule.rule or {})
    met, about = list[str](), set[str]()
    for leaf in leaves(tree):
        told = set(asked(leaf)) - _places()
        if leaf.quote in result.met and told and told <= facts.keys():
            met.append(leaf.quote)
            about |= told
    if not met:
        return None
    fit = Fit(policy, standing(policy, as_of), (), 0.0, 1.0, told=True, meant=True)
    failed = {r.id for r in judge(tree, facts, as_of).leaves if r.result is Truth.NO}
    wanting = len(_wanting(tree, facts.keys(), failed) or ())
    return Chance(fit, tuple(dict.fromkeys(met)), frozenset(about), wanting, result.asks)


def _wanting(node: Node, facts: Set[str], failed: Set[str]) -> frozenset[str] | None:
    """The fewest facts, places apart, that still have to speak for it; None: it is out of reach.

    Args:
        facts: codes of what was told.
        failed: ids of the conditions that it speaks against.
    """
    match node:
        case Leaf():
            return None if node.id in failed else frozenset(asked(node)) - facts - _places()
        case Not():
            return frozenset()
        case All(children):
            each = [_wanting(child, facts, failed) for child in children]
            reached = [one for one in each if one is not None]
            return frozenset().union(*reached) if len(reached) == len(each) else None
        case Any(children):
            each = [_wanting(child, facts, failed) for child in children]
            return min((one for one in each if one is not None), key=len, default=None)


@cache
def _places() -> frozenset[str]:
    return frozenset(code for code, fact in vocabulary().items() if fact.kind is Kind.AREA)
