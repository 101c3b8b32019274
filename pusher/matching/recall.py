"""New and changed profiles, and birthdays: who fits a live policy now that did not before."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import day_of
from profiles.dossier import facts_on, read_dossier
from profiles.model import Guardianship, Profile
from profiles.rows import ward_ids
from pusher.audit import note
from pusher.matching.circuit import Circuit, Rule
from pusher.matching.index import View, view
from pusher.matching.match import current_rule, judge_profile, living, matched
from pusher.matching.segment import ELIGIBLE, Question
from pusher.model.match import Decision, Match, MatchRun, RunKind
from pusher.model.policy import AudienceRule, Policy, PolicyState
from pusher.model.standing import Standing, standing
from pusher.rules.language import parse
from pusher.rules.nodes import Node, asks_sensitive

AHEAD = timedelta(days=60)
"""How long before the day people are told that they will fit: two months, as Shenzhen does."""
_LIVE = (Standing.OPEN, Standing.UPCOMING)


@dataclass(frozen=True, slots=True)
class Due:
    """Whom one policy has not found yet.

    Attributes:
        day: the day on which they fit.
        kind: `RunKind.RECALL` for today, `RunKind.AHEAD` for a day to come.
        people: by id; none of them was ever found eligible for this version.
    """

    policy: Policy
    kind: RunKind
    day: date
    people: Collection[UUID]


def due(session: Session, *, now: datetime) -> list[Due]:
    """Look at every live policy that was matched once; nothing is kept.

    Returns:
        For each policy who fits today and was never found, and who will fit in `AHEAD` and
        does not yet; without those of whom there is nobody.
    """
    today = day_of(now)
    looked: list[Due] = []
    everybody: dict[UUID, View] = {}
    for policy, rule in _live(session, today):
        office = everybody.setdefault(policy.office_id, view(session, policy.office_id))
        tree = parse(rule.rule)
        known = _ever_found(session, policy)
        fitting = _eligible(office, rule, tree, today)
        looked.append(Due(policy, RunKind.RECALL, today, fitting - known))
        later = today + AHEAD
        if standing(policy, later) in _LIVE:
            coming = _eligible(office, rule, tree, later) - fitting - known
            looked.append(Due(policy, RunKind.AHEAD, later, coming))
    return [one for one in looked if one.people]


def recall(session: Session, *, now: datetime, by: str) -> list[MatchRun]:
    """Keep whom `due` finds, each person once for each version of a policy.

    A second recall on the same day finds nobody new. The caller commits; staff draft a batch
    from the run, or do not.

    Returns:
        The new runs; one for each policy and kind that found somebody.
    """
    runs = [_keep(session, one, now=now) for one in due(session, now=now)]
    for run in runs:
        note(
            session,
            "policy.recall",
            about=("policy", run.policy_id),
            by=by,
            now=now,
            run=str(run.id),
            kind=run.kind.value,
        )
    return runs


def fitting(session: Session, profile: Profile, *, as_of: date) -> list[tuple[Policy, str]]:
    """The live policies that one profile fits or may fit, in the order they were read.

    Returns:
        Policy and ``eligible`` or ``possible``; whether they may be told is another question.
    """
    live = [
        (policy, rule)
        for policy, rule in _live(session, as_of, matched_only=False)
        if policy.office_id == profile.office_id
    ]
    circuit = Circuit(
        [Rule(parse(rule.rule), rule.audience.value, rule.subject.value) for _, rule in live]
    )
    facts: dict[str, Any] = {"wards": [], **facts_on(read_dossier(session, profile), as_of)}
    said = circuit.answers(profile.kind.value, facts, as_of, is_ward=_is_ward(session, profile))
    words = {1: "possible", 2: "eligible"}
    answered = zip(live, said.tolist(), strict=True)
    return [(policy, words[answer]) for (policy, _), answer in answered if answer]


def supplements(session: Session, policy: Policy) -> list[MatchRun]:
    """The runs of recalls, the newest first."""
    return list(
        session.exec(
            select(MatchRun)
            .where(
                MatchRun.policy_id == policy.id,
                col(MatchRun.kind).in_((RunKind.RECALL, RunKind.AHEAD)),
            )
            .order_by(col(MatchRun.at).desc(), col(MatchRun.id).desc())
        )
    )


def _live(
    session: Session, day: date, *, matched_only: bool = True
) -> Iterator[tuple[Policy, AudienceRule]]:
    """Confirmed policies that stand on *day*, with a rule somebody can meet."""
    query = select(Policy).where(Policy.state == PolicyState.CONFIRMED).order_by(col(Policy.id))
    seen = set(session.exec(select(MatchRun.policy_id).distinct())) if matched_only else None
    for policy in session.exec(query).all():
        if standing(policy, day) in _LIVE and (seen is None or policy.id in seen):
            rule = current_rule(session, policy)
            if rule.rule is not None:
                yield policy, rule


def _ever_found(session: Session, policy: Policy) -> set[UUID]:
    return set(
        session.exec(
            select(Match.profile_id).where(
                Match.policy_id == policy.id, Match.decision == Decision.ELIGIBLE
            )
        )
    )


def _eligible(everybody: View, rule: AudienceRule, tree: Node, day: date) -> set[UUID]:
    question = Question(tree, rule.audience.value, rule.subject.value, day)
    return {one for found in everybody.ask(question) for one in found.ids(ELIGIBLE)}


def _keep(session: Session, one: Due, *, now: datetime) -> MatchRun:
    rule = current_rule(session, one.policy)
    tree = parse(rule.rule)
    run = MatchRun(
        policy_id=one.policy.id, rule_id=rule.id, as_of=one.day, at=now, kind=one.kind, judged=0
    )
    session.add(run)
    session.flush()
    wards = ward_ids(session)
    sensitive = asks_sensitive(tree)
    for profile in living(session, one.policy, one.people):
        judged = judge_profile(session, profile, rule, tree, as_of=one.day, wards=wards)
        if judged.decision == "eligible":
            found = matched(session, run, profile, judged, [], sensitive=sensitive)
            found.recalled = True
            session.add(found)
            run.judged += 1
    session.flush()
    return run


def _is_ward(session: Session, profile: Profile) -> bool:
    asked = select(Guardianship.id).where(Guardianship.ward_id == profile.id).limit(1)
    return session.exec(asked).first() is not None


def counted(found: Collection[Due]) -> Mapping[str, int]:
    """How many people, by kind of run."""
    return {
        kind.value: sum(len(one.people) for one in found if one.kind is kind)
        for kind in (RunKind.RECALL, RunKind.AHEAD)
    }
