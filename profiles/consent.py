"""What people agreed to, and the one answer to whether they may be written to."""

from datetime import datetime

from sqlmodel import Session, col, select

from profiles.model import Consent, ConsentScope, Profile
from profiles.optouts import has_opted_out, lift, opt_out, opted_out_addresses
from profiles.reach import OFFLINE, Approach, Refusal, may_reach, reach_all

__all__ = [
    "OFFLINE",
    "Approach",
    "Refusal",
    "grant",
    "has_opted_out",
    "lift",
    "may_reach",
    "opt_out",
    "opted_out_addresses",
    "reach_all",
    "withdraw",
]


def grant(
    session: Session,
    profile: Profile,
    scope: ConsentScope,
    *,
    given_by: Profile | None = None,
    text_version: str,
    how: str,
    now: datetime,
) -> Consent:
    """Write down that somebody agreed.

    Args:
        profile: on whom the consent stands; a child for `ConsentScope.MINOR`.
        given_by: the guardian, where a guardian agreed.
        text_version: which text they agreed to.
        how: by which way, without personal data.
        now: when they agreed.

    Returns:
        The new row, or the running one to the same text by the same person.

    Raises:
        ValueError: MINOR without a guardian, or given by the child.
    """
    if scope is ConsentScope.MINOR and (given_by is None or given_by.id == profile.id):
        raise ValueError("only a guardian consents for a child")
    giver = given_by.id if given_by else None
    standing = session.exec(
        select(Consent).where(
            Consent.profile_id == profile.id,
            Consent.scope == scope,
            Consent.given_by_id == giver,
            Consent.text_version == text_version,
            col(Consent.withdrawn_at).is_(None),
        )
    ).first()
    if standing:
        return standing
    consent = Consent(
        profile_id=profile.id,
        scope=scope,
        given_by_id=giver,
        text_version=text_version,
        how=how,
        given_at=now,
    )
    session.add(consent)
    session.flush()
    return consent


def withdraw(session: Session, profile: Profile, scope: ConsentScope, *, now: datetime) -> int:
    """End every running consent of this scope that stands on *profile*.

    Returns:
        How many ended; 0 if there was none.
    """
    running = session.exec(
        select(Consent).where(
            Consent.profile_id == profile.id,
            Consent.scope == scope,
            col(Consent.withdrawn_at).is_(None),
        )
    ).all()
    for consent in running:
        consent.withdrawn_at = now
        session.add(consent)
    session.flush()
    return len(running)
