"""Doors to walk to: of who cannot be written to, and of who no longer can for sure."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from profiles.model import Profile
from profiles.reach import Refusal
from pusher.model.batch import Visit, VisitMatch
from pusher.model.notice import Notice
from pusher.sending.judge import Bearing


def door_of(batch_id: UUID, reader: Profile, concerned: Profile, because: str) -> Visit:
    """A visit to the reader's door, or to that of whom it is about where the reader's is unknown.

    Args:
        because: a `Refusal`.
    """
    lives = reader if reader.street_code else concerned
    return Visit(
        batch_id=batch_id,
        profile_id=reader.id,
        street_code=lives.street_code,
        community=lives.community,
        because=because,
    )


def walk_instead(session: Session, notices: Sequence[Notice], bearing: Bearing) -> None:
    """Put the readers of notices whose address came into doubt on the list of doors.

    They were to be told of something sensitive, which two people approved; they still are, by
    somebody who sees whom they tell. Several notices of one batch lead to one door.

    Args:
        bearing: of these notices.
    """
    for notice in notices:
        matches = [match for match, _ in bearing.told[notice.id]]
        reader = bearing.people[notice.profile_id]
        visit = door_of(
            notice.batch_id,
            reader,
            bearing.people[matches[0].profile_id] if matches else reader,
            Refusal.UNCONFIRMED.value,
        )
        door = _standing(session, visit)
        known = session.exec(
            select(VisitMatch.match_id).where(col(VisitMatch.visit_id) == door.id)
        ).all()
        session.add_all(
            VisitMatch(visit_id=door.id, match_id=match.id)
            for match in matches
            if match.id not in known
        )
    session.flush()


def _standing(session: Session, visit: Visit) -> Visit:
    """*visit*, or the one that this batch makes to that door already."""
    here = select(Visit).where(
        Visit.batch_id == visit.batch_id, Visit.profile_id == visit.profile_id
    )
    standing = session.exec(here).first()
    if standing is not None:
        return standing
    try:
        with session.begin_nested():
            session.add(visit)
    except IntegrityError:  # another claim was faster
        return session.exec(here).one()
    return visit
