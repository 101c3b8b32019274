"""The reading learns: what staff corrected, by family of phrases."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from profiles.facts import vocabulary
from pusher.model.learning import Correction, Mending
from pusher.model.policy import AudienceRule, Policy
from pusher.reading.changes import Change, changes, has_condition
from pusher.reading.grammar.families import families, record_facts
from pusher.reading.grammar.joining import leaves_of
from pusher.reading.stated import label_of

_SAYS_NOTHING = "000000"
"""The area of which families are asked: the facts they speak of are the same everywhere."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """How often conditions of one family were mended, and the last time as an example."""

    family: str
    label: str
    counts: Mapping[Mending, int]
    last: Correction

    @property
    def is_of_conditions(self) -> bool:
        """Whether it is a family of the grammar, not an element, a tag or a word."""
        return label_of(self.family) is None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def note_corrections(
    session: Session,
    policy: Policy,
    rule: AudienceRule,
    *,
    before: Mapping[str, Any] | None,
    checks: Sequence[Mapping[str, Any]],
    now: datetime,
    said: Sequence[Mapping[str, Any]] = (),
) -> list[Correction]:
    """Keep each difference between *before* and the rule that was just confirmed.

    Args:
        rule: the confirmed one.
        before: what the reading drafted, or what had been confirmed before.
        checks: what staff put among the manual checks.
        said: what they said otherwise besides the conditions, of `stated.said_otherwise`.
    """
    found: list[Mapping[str, Any]] = [
        _mended(change) for change in changes(before, rule.rule) if _mends(change, policy)
    ]
    if rule.number == 1:
        found += _decisions(policy, rule.rule, checks)
    found += said
    kept = [
        Correction(
            office_id=policy.office_id,
            policy_id=policy.id,
            rule_number=rule.number,
            made_by=rule.confirmed_by,
            made_at=now,
            **one,
        )
        for one in found
    ]
    session.add_all(kept)
    session.flush()
    return kept


def most_corrected(session: Session, office_id: UUID) -> list[Corrected]:
    """Count the corrections of an office by family, the most often mended first."""
    counted = session.exec(
        select(Correction.family, Correction.mending, func.count())
        .where(Correction.office_id == office_id)
        .group_by(Correction.family, col(Correction.mending))
    ).all()
    by_family: dict[str, dict[Mending, int]] = {}
    for family, mending, number in counted:
        by_family.setdefault(family, {})[Mending(mending)] = number
    found = [
        Corrected(name, label_of_family(name), counts, _last(session, office_id, name))
        for name, counts in by_family.items()
    ]
    return sorted(found, key=lambda one: (-one.total, one.family))


def corrections_of(
    session: Session, office_id: UUID, *, family: str | None, first: int, most: int
) -> tuple[list[Correction], int]:
    """Return corrections of an office, the newest first, and how many there are.

    Args:
        family: only those of this family; None for all.
        first: how many are passed over.
    """
    wanted = [Correction.office_id == office_id]
    if family is not None:
        wanted.append(Correction.family == family)
    rows = session.exec(
        select(Correction)
        .where(*wanted)
        .order_by(col(Correction.made_at).desc(), col(Correction.id).desc())
        .offset(first)
        .limit(most)
    )
    total = session.exec(select(func.count()).select_from(Correction).where(*wanted)).one()
    return list(rows), total


def struck_from(session: Session, policy: Policy, rule: AudienceRule) -> list[dict[str, Any]]:
    """Return the conditions that staff struck from *policy* and that *rule* still does without.

    Each stands for itself; in which group it stood is not kept.
    """
    rows = session.exec(
        select(Correction)
        .where(Correction.policy_id == policy.id, col(Correction.mending) == Mending.STRUCK)
        .order_by(col(Correction.made_at), col(Correction.id))
    )
    found: list[dict[str, Any]] = []
    for one in (row.before or {} for row in rows if label_of(row.family) is None):
        if one and one not in found and not has_condition(rule.rule, one):
            found.append(one)
    return found


@cache
def label_of_family(name: str) -> str:
    """Return what staff call a family, or a thing that is said besides the conditions."""
    labels = {family.name: family.label for family in families(_SAYS_NOTHING)}
    labels |= {fact: vocabulary()[fact].label for fact in record_facts()}
    return labels.get(name) or label_of(name) or "没有读懂的"


@cache
def family_of(fact: str | None) -> str:
    """Return the name of the family that reads conditions over *fact*; empty where none does."""
    return _readers().get(fact or "", "")


@cache
def _readers() -> Mapping[str, str]:
    """Fact → the family whose examples speak of it most often; a record is a family of its own."""
    spoken: dict[str, Counter[str]] = {}
    for family in families(_SAYS_NOTHING):
        for rule in family.rules:
            for _, said in rule.examples:
                for word in said.replace("(", " ").replace(")", " ").split():
                    spoken.setdefault(word, Counter())[family.name] += 1
    most = {word: counts.most_common(1)[0][0] for word, counts in spoken.items()}
    return most | {fact: fact for fact in record_facts()}


def _mends(change: Change, policy: Policy) -> bool:
    """Whether a change mends a drafted condition; what was left to a person is told apart."""
    return change.fact is not None or change.quote not in policy.draft.get("needs_person", [])


def _mended(change: Change) -> dict[str, Any]:
    """What a change is as a correction, without who made it and when."""
    mending = Mending.CHANGED
    if change.before is None or change.after is None:
        mending = Mending.ADDED if change.before is None else Mending.STRUCK
    return {
        "mending": mending,
        "family": family_of(change.fact) if change.fact else "",
        "quote": change.quote,
        "before": dict(change.before) if change.before else None,
        "after": dict(change.after) if change.after else None,
    }


def _decisions(
    policy: Policy, rule: Mapping[str, Any] | None, checks: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What staff made of each clause that was left to them."""
    asked = {leaf.get("quote") for leaf in leaves_of(dict(rule))} if rule else set()
    checked = {check.get("quote") for check in checks}
    return [
        {
            "mending": Mending.DECIDED,
            "family": "",
            "quote": quote,
            "after": {
                "as": "condition" if quote in asked else "check" if quote in checked else "none"
            },
        }
        for quote in policy.draft.get("needs_person", [])
    ]


def _last(session: Session, office_id: UUID, family: str) -> Correction:
    return session.exec(
        select(Correction)
        .where(Correction.office_id == office_id, Correction.family == family)
        .order_by(col(Correction.made_at).desc(), col(Correction.id).desc())
        .limit(1)
    ).one()
