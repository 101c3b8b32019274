"""One profile and one policy → every condition, passed, failed or unknown, with its clause."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from profiles.facts import vocabulary
from profiles.model import Profile
from profiles.rows import ward_ids
from pusher.matching.match import current_rule, judge_profile
from pusher.model.policy import Policy
from pusher.rules.judge import Bar
from pusher.rules.language import parse


@dataclass(frozen=True, slots=True)
class Line:
    """One condition, as a clerk or the person would read it.

    Attributes:
        quote: the clause it was read from.
        result: yes, no or unknown.
        sensitive: it asks for a sensitive fact, or for one that the vocabulary does not know.
        excludes: it stands among the exclusions, where yes speaks against.
    """

    quote: str | None
    condition: str
    result: str
    sensitive: bool = False
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class Lack:
    """A fact that would decide it.

    Attributes:
        source: which register, or whose word, could supply it.
    """

    code: str
    label: str
    source: str

    def __str__(self) -> str:
        """What it is called."""
        return self.label


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why somebody is, may be or is not meant by a policy.

    Attributes:
        decision: eligible, possible or not.
        lines: one per condition, in the order of the rule.
        missing: the facts that would decide it.
        barred: why they are out before any condition is read, in Chinese; empty if they are not.
    """

    decision: str
    lines: tuple[Line, ...]
    missing: tuple[Lack, ...]
    barred: str = ""


BARRED = {
    Bar.AUDIENCE: "这份政策面向另一类对象",
    Bar.DECEASED: "已登记去世",
    Bar.DEREGISTERED: "已注销或被吊销",
    Bar.NOBODY: "登记中没有被监护人",
}


def explain(session: Session, policy: Policy, profile: Profile, *, as_of: date) -> Explanation:
    """Explain, by the confirmed rule and the facts known on *as_of*.

    Raises:
        IllegalMove: the policy is not confirmed.
    """
    rule = current_rule(session, policy)
    if rule.rule is None:
        return Explanation("not", (), ())
    tree, wards = parse(rule.rule), ward_ids(session)
    judged = judge_profile(session, profile, rule, tree, as_of=as_of, wards=wards)
    return Explanation(
        judged.decision,
        tuple(_line(reason) for reason in judged.reasons),
        tuple(_lack(code) for code in judged.missing),
        BARRED[judged.barred] if judged.barred else "",
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


def _lack(code: str) -> Lack:
    fact = vocabulary().get(code)
    return Lack(code, fact.label, fact.source) if fact else Lack(code, code, "")
