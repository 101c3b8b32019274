"""Who of those that only follow a subject wants a digest instead of a notice of its own."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.model import Pace, Subscription
from profiles.rows import in_chunks
from pusher.model.match import Decision, Match


def at_their_pace(session: Session, matches: Sequence[Match]) -> set[UUID]:
    """Ids of those *matches* by subscription alone whose people want a digest, not a notice."""
    only = {m.profile_id: m for m in matches if m.decision is Decision.SUBSCRIBED}
    paces: dict[UUID, set[Pace]] = {}
    for ids in in_chunks(only):
        asked = select(Subscription).where(
            col(Subscription.profile_id).in_(ids), col(Subscription.ended_at).is_(None)
        )
        for one in session.exec(asked):
            if one.tag_code in only[one.profile_id].followed:
                paces.setdefault(one.profile_id, set()).add(one.pace)
    return {only[person].id for person, wished in paces.items() if Pace.AT_ONCE not in wished}
