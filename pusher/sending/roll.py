"""The roll of a batch: every recipient and every exclusion, with reasons, page by page."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.addresses import address_of
from profiles.dossier import name_of
from profiles.facts import vocabulary
from profiles.identity import masked_name, masked_phone
from profiles.model import Channel, Contact, Profile, ProfileKind, Street
from profiles.rows import in_chunks, profiles_by_id
from profiles.sealing import sealer_of
from pusher.model.batch import Batch, Visit, VisitMatch
from pusher.model.match import Decision, Match
from pusher.model.notice import Notice, NoticeMatch
from pusher.model.policy import PolicyTag
from pusher.sending.drafting import text_of

REASONS = "match.reasons_sealed"
"""The place of a match's reasons, for `Sealer.open`."""
OFFLINE = "offline"
"""State of a row that is a visit."""
_RESULTS = {"yes": "是", "no": "否", "unknown": "未登记"}
_HIDDEN = "（另有涉及敏感信息的条件，按权限隐藏）"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the roll: a notice, or a visit.

    Attributes:
        who: whom it is about; several names where they meet at one address.
        reader: who reads it, or whose door it is.
        street: name of the street office; empty if unknown.
        channel: the way; None for who is left out and for visits.
        address: phone number or openid; None as `channel`.
        decision: the strongest of its matches.
        why: one line for each condition, or for each tag that they follow.
        state: of the notice, or ``offline``.
        reason: why it is withheld, or why somebody walks there.
        text: as it will be read; None where nothing is sent.
        id: of the notice or the visit.
    """

    who: str
    reader: str
    street: str
    channel: Channel | None
    address: str | None
    decision: Decision | None
    why: list[str]
    state: str
    reason: str | None
    text: str | None
    segments: int
    price: Decimal
    id: UUID


def recipients(
    session: Session,
    batch: Batch,
    *,
    unmasked: bool,
    offset: int,
    limit: int,
    street: str | None = None,
    reason: str | None = None,
) -> list[Row]:
    """List who is told and who is not: notices first, then the offline list.

    Args:
        unmasked: the caller may see names, addresses and sensitive conditions; the caller
            checks and notes that.
        offset: lines to skip.
        limit: lines at most.
        street: code of a street; only its readers.
        reason: only those left out, or visited, for this reason.
    """
    query = select(Notice).where(Notice.batch_id == batch.id).order_by(col(Notice.id))
    visits = select(Visit).where(Visit.batch_id == batch.id).order_by(col(Visit.id))
    if street is not None:
        query = query.join(Profile, col(Profile.id) == Notice.profile_id)
        query = query.where(Profile.street_code == street)
        visits = visits.where(Visit.street_code == street)
    if reason is not None:
        query = query.where(col(Notice.reason) == reason)
        visits = visits.where(Visit.because == reason)
    notices = session.exec(query.offset(offset).limit(limit)).all()
    rows = _notice_rows(session, batch, notices, unmasked=unmasked)
    if len(rows) < limit:
        before = offset - _count(session, query) if not notices else 0
        more = session.exec(visits.offset(max(before, 0)).limit(limit - len(rows))).all()
        rows += _visit_rows(session, batch, more, unmasked=unmasked)
    return rows


def _count(session: Session, query: Any) -> int:
    from sqlmodel import func

    return session.exec(select(func.count()).select_from(query.order_by(None).subquery())).one()
