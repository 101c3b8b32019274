"""Requests about one's own data: made on one's own page, done by staff, once."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.columns import new_id
from profiles.model import Profile
from profiles.sealing import sealer_of
from pusher.audit import note
from pusher.gateways.base import masked
from pusher.model.errors import IllegalMove, NotFound
from pusher.model.rights import WORDS, Right, RightsRequest

LONGEST = 200
"""Characters of what somebody may write."""


def request_right(
    session: Session, profile: Profile, kind: Right, *, words: str = "", now: datetime
) -> RightsRequest:
    """Put a request before staff; an open one of the same kind takes the new words. Audited."""
    standing = session.exec(
        select(RightsRequest).where(
            RightsRequest.profile_id == profile.id,
            RightsRequest.kind == kind,
            col(RightsRequest.done_at).is_(None),
        )
    ).first()
    row = standing or RightsRequest(
        id=new_id(), office_id=profile.office_id, profile_id=profile.id, kind=kind, at=now
    )
    row.words_sealed = sealer_of(session).seal_text(
        masked(words)[:LONGEST], place=WORDS, row=row.id
    )
    session.add(row)
    note(
        session, "public.request", about=("profile", profile.id), by="public", now=now,
        kind=kind.value,
    )  # fmt: skip
    return row


def words_of(session: Session, row: RightsRequest) -> str:
    """What they wrote; empty if nothing, or once it is done."""
    if not row.words_sealed:
        return ""
    return sealer_of(session).open_text(row.words_sealed, place=WORDS, row=row.id)


def open_requests(session: Session, office_id: UUID) -> list[tuple[RightsRequest, Profile]]:
    """What waits for staff, the oldest first, with who asked."""
    asked = (
        select(RightsRequest, Profile)
        .join(Profile, col(Profile.id) == RightsRequest.profile_id)
        .where(RightsRequest.office_id == office_id, col(RightsRequest.done_at).is_(None))
        .order_by(col(RightsRequest.at), col(RightsRequest.id))
    )
    return [(row, profile) for row, profile in session.exec(asked)]


def requests_of(session: Session, profile_id: UUID) -> list[RightsRequest]:
    """Every request of one person, the newest first."""
    asked = select(RightsRequest).where(RightsRequest.profile_id == profile_id)
    return list(session.exec(asked.order_by(col(RightsRequest.at).desc())))


def close_request(
    session: Session, row_id: UUID, *, office_id: UUID, by: str, remark: str, now: datetime
) -> None:
    """Note that staff did, or refused, what was asked. Audited.

    Raises:
        NotFound: no such request in this office.
        IllegalMove: it was closed already.
    """
    row = session.get(RightsRequest, row_id)
    if row is None or row.office_id != office_id:
        raise NotFound("没有这条要求")
    if row.done_at is not None:
        raise IllegalMove("这条要求已经办完")
    _close(session, row, by=by, remark=remark, now=now)


def done_by_act(session: Session, profile_id: UUID, kind: Right, *, by: str, now: datetime) -> None:
    """Close the open request of this kind, if there is one: the act itself was just done."""
    for row in requests_of(session, profile_id):
        if row.kind is kind and row.done_at is None:
            _close(session, row, by=by, remark="已办", now=now)


def _close(session: Session, row: RightsRequest, *, by: str, remark: str, now: datetime) -> None:
    row.done_by, row.done_at, row.remark, row.words_sealed = by, now, remark, b""
    session.add(row)
    note(
        session, "rights.close", about=("profile", row.profile_id), by=by, now=now,
        kind=row.kind.value, remark=remark,
    )  # fmt: skip
