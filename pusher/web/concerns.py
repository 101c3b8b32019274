"""The policies that may concern one profile: as its facts stand today, and as the lists say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.model import Profile
from pusher.matching.recall import fitting
from pusher.model.match import Match, MatchRun, RunKind
from pusher.model.policy import Policy, PolicyState
from pusher.model.standing import Standing, standing

ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Concern:
    """One confirmed policy and one profile.

    Attributes:
        stands: where the policy stands today.
        today: eligible or possible, by their facts as they are today; None if neither, or
            nobody can apply.
        listed: what the newest list said; `ABSENT` where it has them not, None without a list.
    """

    policy: Policy
    stands: Standing
    today: str | None
    listed: str | None


def concerns(session: Session, profile: Profile, *, as_of: date) -> list[Concern]:
    """Every confirmed policy of the office; first those that fit today, then those that listed
    them, the newest first."""
    policies = session.exec(
        select(Policy)
        .where(
            col(Policy.office_id) == profile.office_id, col(Policy.state) == PolicyState.CONFIRMED
        )
        .order_by(col(Policy.read_at).desc(), col(Policy.id).desc())
    ).all()
    fits = {policy.id: word for policy, word in fitting(session, profile, as_of=as_of)}
    listed = _listed(session, profile)
    found = [
        Concern(policy, standing(policy, as_of), fits.get(policy.id), listed.get(policy.id))
        for policy in policies
    ]
    return sorted(found, key=lambda one: (one.today is None, one.listed in (None, ABSENT)))


def _listed(session: Session, profile: Profile) -> Mapping[UUID, str]:
    runs = session.exec(
        select(MatchRun.policy_id, MatchRun.id)
        .where(MatchRun.kind == RunKind.WHOLE)
        .order_by(col(MatchRun.at), col(MatchRun.id))
    )
    newest = dict(runs.all())  # the later of a policy overwrites the earlier
    decisions = session.exec(
        select(Match.run_id, Match.decision).where(
            col(Match.profile_id) == profile.id, col(Match.run_id).in_(newest.values())
        )
    )
    said = {run: str(decision) for run, decision in decisions}
    return {policy: said.get(run, ABSENT) for policy, run in newest.items()}
