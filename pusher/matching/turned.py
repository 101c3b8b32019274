"""Whose result a new version of a policy changed: only to them it is news."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from pusher.matching.match import latest_run
from pusher.model.batch import Visit, VisitMatch, VisitState
from pusher.model.match import Decision, Match, MatchRun
from pusher.model.notice import LEFT, Notice, NoticeMatch, Outcome
from pusher.model.policy import Policy


@dataclass(frozen=True, slots=True)
class Turned:
    """Profiles by what became of them from one version to the next.

    Attributes:
        newly: eligible now, and were not.
        no_longer: were eligible, and are not.
        still: eligible before and after; to them the new version is no news.
    """

    newly: frozenset[UUID]
    no_longer: frozenset[UUID]
    still: frozenset[UUID]


def turned(session: Session, policy: Policy, before: Policy) -> Turned | None:
    """Compare the newest runs of two versions; None while one of them was not matched."""
    runs = [latest_run(session, one) for one in (before, policy)]
    if runs[0] is None or runs[1] is None:
        return None
    old, new = (_eligible(session, run) for run in runs if run is not None)
    return Turned(frozenset(new - old), frozenset(old - new), frozenset(new & old))


def no_news(session: Session, policy: Policy) -> frozenset[UUID]:
    """Return the profiles that an earlier version was told to, and whose result is the same.

    What counts is the last version that somebody heard of, by notice or at the door: who was told
    of the first and rightly not of the second need not hear of a third that leaves them be. What
    never left, a draft for instance, told nobody.
    """
    run = latest_run(session, policy)
    if run is None or policy.version == 1:
        return frozenset()
    told, new = _told(session, policy), _decisions(session, run)
    return frozenset(p for p, decision in told.items() if new.get(p) == decision)


def _told(session: Session, policy: Policy) -> dict[UUID, Decision]:
    """Profile → the result of which it was told last, or may have been, by an earlier version."""
    earlier = (Policy.family_id == policy.family_id, col(Policy.version) < policy.version)
    said = select(Policy.version, Match.profile_id, Match.decision)
    notices = session.exec(
        said.join(NoticeMatch, col(NoticeMatch.match_id) == Match.id)
        .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
        .join(Policy, col(Policy.id) == Notice.policy_id)
        .where(*earlier, col(Notice.state).in_(LEFT), col(Notice.outcome) != Outcome.UNDELIVERED)
    )
    doors = session.exec(
        said.join(VisitMatch, col(VisitMatch.match_id) == Match.id)
        .join(Visit, col(Visit.id) == VisitMatch.visit_id)
        .join(MatchRun, col(MatchRun.id) == Match.run_id)
        .join(Policy, col(Policy.id) == MatchRun.policy_id)
        .where(*earlier, col(Visit.state) == VisitState.DONE)
    )
    heard = sorted([*notices, *doors], key=lambda one: one[0])
    return {profile: Decision(decision) for _, profile, decision in heard}


def _decisions(session: Session, run: MatchRun) -> dict[UUID, Decision]:
    rows = session.exec(select(Match.profile_id, Match.decision).where(Match.run_id == run.id))
    return {profile: Decision(said) for profile, said in rows}


def _eligible(session: Session, run: MatchRun) -> set[UUID]:
    return set(
        session.exec(
            select(Match.profile_id).where(
                Match.run_id == run.id, col(Match.decision) == Decision.ELIGIBLE
            )
        )
    )
