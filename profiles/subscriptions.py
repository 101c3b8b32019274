"""Who wishes to hear of which tag, and how often."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.model import Pace, Profile, Subscription
from profiles.rows import in_chunks


def follow(
    session: Session,
    profile: Profile,
    tag_code: str,
    *,
    pace: Pace = Pace.DAILY,
    source: str,
    now: datetime,
) -> Subscription:
    """Wish to hear of a tag; who follows it already goes on at the pace given now.

    Args:
        tag_code: of the taxonomy; the caller knows that it exists.
        source: by which way the wish came, without personal data.
    """
    running = _running(session, profile, tag_code)
    if running is None:
        running = Subscription(
            profile_id=profile.id, tag_code=tag_code, pace=pace, source=source, since=now
        )
    running.pace = pace
    session.add(running)
    session.flush()
    return running


def end(session: Session, profile: Profile, tag_code: str, *, now: datetime) -> bool:
    """Stop following a tag.

    Returns:
        False if it was not followed.
    """
    running = _running(session, profile, tag_code)
    if running is None:
        return False
    running.ended_at = now
    session.add(running)
    session.flush()
    return True


def followed(session: Session, profile: Profile) -> list[Subscription]:
    """What *profile* follows, in the order it began."""
    asked = select(Subscription).where(
        Subscription.profile_id == profile.id, col(Subscription.ended_at).is_(None)
    )
    return list(session.exec(asked.order_by(col(Subscription.since), col(Subscription.tag_code))))


def followers(session: Session, tag_codes: Collection[str]) -> dict[UUID, list[str]]:
    """Who follows any of the tags, and which, in alphabetical order.

    Args:
        tag_codes: a policy's tags.

    Returns:
        By profile id; also of people who may not be written to (ask `may_reach`).
    """
    found: dict[UUID, list[str]] = {}
    for codes in in_chunks(set(tag_codes)):
        asked = select(Subscription.profile_id, Subscription.tag_code).where(
            col(Subscription.tag_code).in_(codes), col(Subscription.ended_at).is_(None)
        )
        for profile_id, tag in session.exec(asked):
            found.setdefault(profile_id, []).append(tag)
    return {profile_id: sorted(tags) for profile_id, tags in found.items()}


def following(session: Session, tag_codes: Collection[str]) -> set[UUID]:
    """Who follows any of the tags: `followers` where it is all the same which."""
    found: set[UUID] = set()
    for codes in in_chunks(set(tag_codes)):
        found.update(
            session.exec(
                select(Subscription.profile_id)
                .where(col(Subscription.tag_code).in_(codes), col(Subscription.ended_at).is_(None))
                .distinct()
            )
        )
    return found


def _running(session: Session, profile: Profile, tag_code: str) -> Subscription | None:
    return session.exec(
        select(Subscription).where(
            Subscription.profile_id == profile.id,
            Subscription.tag_code == tag_code,
            col(Subscription.ended_at).is_(None),
        )
    ).first()
