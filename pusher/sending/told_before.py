"""Who was told of a document, in whatever version: whom a correction reaches, and no other."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.model import Profile
from pusher.model.batch import Batch, Visit, VisitMatch, VisitState
from pusher.model.match import Match
from pusher.model.notice import LEFT, Notice, NoticeMatch, Outcome
from pusher.model.policy import Policy


def told_before(session: Session, policy: Policy) -> set[UUID]:
    """The profiles that were told of *policy* or of an earlier version of its document.

    By a notice that left and is not known to have failed, or by a visit that was made.
    """
    family = select(Policy.id).where(
        col(Policy.family_id) == policy.family_id, col(Policy.version) <= policy.version
    )
    written = session.exec(
        select(Match.profile_id)
        .join(NoticeMatch, col(NoticeMatch.match_id) == col(Match.id))
        .join(Notice, col(Notice.id) == col(NoticeMatch.notice_id))
        .where(
            col(Notice.policy_id).in_(family),
            col(Notice.state).in_(LEFT),
            col(Notice.outcome) != Outcome.UNDELIVERED,
        )
    )
    visited = session.exec(
        select(Match.profile_id)
        .join(VisitMatch, col(VisitMatch.match_id) == col(Match.id))
        .join(Visit, col(Visit.id) == col(VisitMatch.visit_id))
        .join(Batch, col(Batch.id) == col(Visit.batch_id))
        .where(col(Batch.policy_id).in_(family), col(Visit.state) == VisitState.DONE)
    )
    return {*written, *visited}


def only_told(
    session: Session, policy: Policy, found: Sequence[tuple[Match, Profile]]
) -> list[tuple[Match, Profile]]:
    """Those of *found* who were told before."""
    told = told_before(session, policy)
    return [(match, profile) for match, profile in found if profile.id in told]
