"""Whose result a new version of a policy changed: only to them it is news."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from pusher.matching.match import latest_run
from pusher.model.match import Decision, Match, MatchRun
from pusher.model.notice import Notice, NoticeMatch, NoticeState
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


def no_news(session: Session, policy: Policy, before: Policy) -> frozenset[UUID]:
    """Return the profiles that were told of the version before, and whose result is the same."""
    runs = [latest_run(session, one) for one in (before, policy)]
    if runs[0] is None or runs[1] is None:
        return frozenset()
    old, new = (_decisions(session, run) for run in runs if run is not None)
    return frozenset(p for p in _told(session, before) if p in new and old.get(p) == new[p])


def _told(session: Session, policy: Policy) -> set[UUID]:
    """Of whom a notice of *policy* went out, or may have."""
    return set(
        session.exec(
            select(Match.profile_id)
            .join(NoticeMatch, col(NoticeMatch.match_id) == Match.id)
            .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
            .where(
                Notice.policy_id == policy.id,
                col(Notice.state).not_in((NoticeState.WITHHELD, NoticeState.FAILED)),
            )
        )
    )


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
