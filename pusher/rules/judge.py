"""A rule against someone's facts: the verdict, why, and whose facts carried it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pusher.rules.evaluate import day, holds_leaf
from pusher.rules.nodes import All, Any, Leaf, Node, Not, Scene, asked
from pusher.rules.truth import Truth, negated


@dataclass(frozen=True, slots=True)
class LeafResult:
    """What one condition said."""

    id: str
    fact: str | None
    op: str
    quote: str | None
    result: Truth
    reached: bool
    """False where its group was already settled by a condition before it."""
    excludes: bool
    """Stands under an odd number of nots: yes speaks against."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule said of one document of facts, and why."""

    value: Truth
    leaves: tuple[LeafResult, ...]
    """Every condition, in reading order."""
    missing: tuple[str, ...]
    """Codes of the facts that, unknown or known too roughly, left it unknown; else empty."""


class Answer(StrEnum):
    """Whether a policy is for someone."""

    ELIGIBLE = "eligible"
    POSSIBLE = "possible"
    """It hangs on a fact we do not know."""
    NOT = "not"


class Bar(StrEnum):
    """Why somebody is out before any condition is read."""

    AUDIENCE = "audience"
    """The policy is for the other kind of profile, or for none."""
    DECEASED = "deceased"
    DEREGISTERED = "deregistered"
    """The firm's registration is cancelled or revoked."""
    NOBODY = "nobody"
    """The policy is for wards, and there are none."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The one whose facts were judged."""

    role: str
    """``self``, ``acts_for`` or ``wards``."""
    place: int | None = None
    """Which record of acts_for or wards, from 0; None for oneself and for a ward of whom
    nothing is known."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The best answer over everybody a profile stands for."""

    answer: Answer
    verdict: Verdict
    whose: Whose
    barred: Bar | None = None


def judge(node: Node, facts: Mapping[str, object], as_of: date) -> Verdict:
    """Judge a rule against one document of facts, by Kleene's logic.

    Args:
        node: as `language.parse` returns it.
        facts: ``{code: JSON value}``; missing key: unknown; None or ``[]``: known to be none.
        as_of: the day ages and terms are counted to.
    """
    hearing = _Hearing(Scene(facts, as_of), [])
    value, missing = hearing.hear(node, reached=True, excludes=False)
    return Verdict(value, tuple(hearing.results), tuple(dict.fromkeys(missing)))


def decide(
    node: Node,
    profile_kind: str,
    facts: Mapping[str, object],
    as_of: date,
    *,
    audience_kind: str,
    subject: str,
) -> Decision:
    """Decide whether a policy is for a profile.

    Args:
        node: the policy's rule.
        profile_kind: ``resident`` or ``enterprise``.
        facts: the profile's facts.
        as_of: the day it is asked for.
        audience_kind: ``resident``, ``enterprise``, ``both`` or ``none``.
        subject: ``self`` (oneself and whom one acts for), ``ward`` (each ward),
            ``self_or_ward`` (all of them); a firm always stands for itself.

    Returns:
        The first of the best answers; the dead, the struck off and the other kind are out
        whatever the rule says.

    Raises:
        ValueError: a subject that is none of the three.

    Source:
        domain/conventions.md, 判定: 主体守卫, 评估对象.
    """
    if subject not in ("self", "ward", "self_or_ward"):
        raise ValueError("subject is self, ward or self_or_ward")
    bar = _bar(profile_kind, facts, as_of, audience_kind)
    if bar:
        return _out(bar)
    best: Decision | None = None
    for whose, theirs, at_best in _standing_for(profile_kind, facts, subject):
        decision = _decide_one(node, whose, theirs, as_of, at_best)
        if decision.answer is Answer.ELIGIBLE:
            return decision
        if best is None or (best.answer is Answer.NOT and decision.answer is Answer.POSSIBLE):
            best = decision
    return best or _out(Bar.NOBODY)


@dataclass(frozen=True, slots=True)
class _Hearing:
    """One rule heard in one scene; every leaf is noted on the way."""

    scene: Scene
    results: list[LeafResult]

    def hear(self, node: Node, *, reached: bool, excludes: bool) -> tuple[Truth, tuple[str, ...]]:
        """The value of a node, and the facts that left it unknown."""
        match node:
            case Leaf():
                truth = holds_leaf(node, self.scene)
                self.results.append(
                    LeafResult(node.id, node.fact, node.op, node.quote, truth, reached, excludes)
                )
                return truth, _missing(node, self.scene) if truth is Truth.UNKNOWN else ()
            case Not(child):
                truth, missing = self.hear(child, reached=reached, excludes=not excludes)
                return negated(truth), missing
            case All(children):
                return self.hear_group(children, Truth.NO, reached=reached, excludes=excludes)
            case Any(children):
                return self.hear_group(children, Truth.YES, reached=reached, excludes=excludes)

    def hear_group(
        self, children: tuple[Node, ...], settling: Truth, *, reached: bool, excludes: bool
    ) -> tuple[Truth, tuple[str, ...]]:
        """One NO settles all, one YES settles any; else it is unknown if any child is."""
        value = negated(settling)
        unknown: list[str] = []
        for child in children:
            truth, missing = self.hear(child, reached=reached, excludes=excludes)
            unknown.extend(missing)
            if truth is settling:
                value, reached = settling, False
            elif truth is Truth.UNKNOWN and value is not settling:
                value = Truth.UNKNOWN
        return value, tuple(unknown) if value is Truth.UNKNOWN else ()


def _missing(leaf: Leaf, scene: Scene) -> tuple[str, ...]:
    """The facts to ask for: those not there, or, where all are, the one known too roughly."""
    codes = asked(leaf)
    absent = tuple(code for code in codes if code not in scene.facts)
    return absent or codes[:1]


def _bar(
    profile_kind: str, facts: Mapping[str, object], as_of: date, audience_kind: str
) -> Bar | None:
    if audience_kind not in ("both", profile_kind):
        return Bar.AUDIENCE
    if facts.get("registration_status") in ("cancelled", "revoked"):
        return Bar.DEREGISTERED
    return Bar.DECEASED if _is_dead(facts, as_of) else None


def _is_dead(facts: Mapping[str, object], as_of: date) -> bool:
    died = facts.get("deceased_on")
    died_on = day(died) if isinstance(died, str) else None
    return died_on is not None and died_on <= as_of


_Standing = tuple[Whose, Mapping[str, object], Answer]


def _standing_for(
    profile_kind: str, facts: Mapping[str, object], subject: str
) -> Iterator[_Standing]:
    """Whom a profile stands for, their facts, and the best answer they can lead to."""
    if subject in ("self", "self_or_ward") or profile_kind == "enterprise":
        yield Whose("self"), facts, Answer.ELIGIBLE
        for place, record in _rows(facts, "acts_for"):
            # Acting needs a leave that stands: withdrawn is out, not recorded is to be asked.
            if record.get("authorized", True):
                at_best = Answer.ELIGIBLE if "authorized" in record else Answer.POSSIBLE
                yield Whose("acts_for", place), record, at_best
    if subject in ("ward", "self_or_ward") and profile_kind == "resident":
        for place, record in _rows(facts, "wards"):
            yield Whose("wards", place), record, Answer.ELIGIBLE
        # Only a policy for wards alone asks everybody whether there are any.
        if subject == "ward" and "wards" not in facts:
            yield Whose("wards"), {}, Answer.POSSIBLE


def _rows(facts: Mapping[str, object], code: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    rows = facts.get(code)
    if isinstance(rows, list):
        yield from ((n, row) for n, row in enumerate(rows) if isinstance(row, Mapping))


def _decide_one(
    node: Node, whose: Whose, facts: Mapping[str, object], as_of: date, at_best: Answer
) -> Decision:
    if whose.role != "self" and _is_dead(facts, as_of):
        return _out(Bar.DECEASED, whose)
    verdict = judge(node, facts, as_of)
    if whose.place is None and whose.role == "wards" and verdict.value is not Truth.NO:
        verdict = Verdict(Truth.UNKNOWN, verdict.leaves, ("wards",))
    answer = _ANSWERS[verdict.value]
    return Decision(at_best if answer is Answer.ELIGIBLE else answer, verdict, whose)


def _out(bar: Bar, whose: Whose | None = None) -> Decision:
    return Decision(Answer.NOT, Verdict(Truth.NO, (), ()), whose or Whose("self"), bar)


_ANSWERS = {
    Truth.YES: Answer.ELIGIBLE,
    Truth.UNKNOWN: Answer.POSSIBLE,
    Truth.NO: Answer.NOT,
}
