"""Who was told of a document, in whatever version: whom a correction or an interpretation reaches,
and no other."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, or_, select

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
            # a digest tells of policies besides the one it stands under
            col(Match.policy_id).in_(family),
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


def as_told(session: Session, policy: Policy) -> list[tuple[Match, Profile]]:
    """Everybody who was told, each with the newest match by which they were.

    Also who would not fit any more: whoever has read of it may go on asking.
    """
    told = told_before(session, policy)
    family = select(Policy.id).where(
        col(Policy.family_id) == policy.family_id, col(Policy.version) <= policy.version
    )
    by_notice = select(NoticeMatch.match_id)
    by_visit = (
        select(VisitMatch.match_id)
        .join(Visit, col(Visit.id) == col(VisitMatch.visit_id))
        .join(Batch, (col(Batch.id) == col(Visit.batch_id)) & col(Batch.policy_id).in_(family))
    )
    rows = session.exec(
        select(Match, Profile)
        .join(Profile, col(Profile.id) == Match.profile_id)
        .where(
            col(Match.policy_id).in_(family),
            or_(col(Match.id).in_(by_notice), col(Match.id).in_(by_visit)),
        )
        .order_by(col(Match.id))
    )
    newest = {profile.id: (match, profile) for match, profile in rows if profile.id in told}
    return sorted(newest.values(), key=lambda pair: pair[0].id)


def only_told(
    session: Session, policy: Policy, found: Sequence[tuple[Match, Profile]]
) -> list[tuple[Match, Profile]]:
    """Those of *found* who were told before."""
    told = told_before(session, policy)
    return [(match, profile) for match, profile in found if profile.id in told]
