"""Walks to the doors of those nobody can write to: who is still to be seen, and how it went."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, or_, select, update

from profiles.ages import day_of, has_died
from profiles.dossier import facts_on, name_of, read_dossier
from profiles.model import EndReason, Profile, Street
from profiles.reach import has_ended
from profiles.rows import in_chunks, profiles_by_id
from profiles.signs import doubtful_of
from pusher.audit import note
from pusher.listening.contacts import settle_contact
from pusher.model.batch import Batch, BatchState, Visit, VisitMatch, VisitState
from pusher.model.errors import IllegalMove, NotFound, Overtaken
from pusher.model.match import Match
from pusher.model.policy import Policy

RELEASED: Final = (
    BatchState.APPROVED,
    BatchState.SENDING,
    BatchState.PAUSED,
    BatchState.FINISHED,
    BatchState.LAPSED,
)
"""Nobody walks for a batch that was not approved, or was cancelled."""


@dataclass(frozen=True, slots=True)
class Door:
    """One visit with what a community worker needs for it.

    Attributes:
        id: of the visit.
        name: of the reader, in clear; empty for somebody who was forgotten.
        street: name of *street_code*; None where it is not known.
        because: why nobody can write to them: no_address, minor, minor_consent, unconfirmed,
            came_of_age.
        policy: its short title.
    """

    id: UUID
    batch_id: UUID
    profile_id: UUID
    name: str = field(repr=False)
    street_code: str | None
    street: str | None
    community: str | None
    because: str
    policy_id: UUID
    policy: str
    state: VisitState
    ticked_by: str | None
    ticked_at: datetime | None
    remark: str | None


def visit_list(
    session: Session,
    *,
    street: str | None = None,
    batch: Batch | None = None,
    office_id: UUID | None = None,
    streets: Collection[str] | None = None,
    today: date | None = None,
) -> list[Door]:
    """The offline list: to do first, then not met, then done; by street and community.

    A door at which everybody whom it is about has died or left is off the list: nobody walks to a
    family with news for their dead.

    Args:
        today: the office's day; None: as if nobody had died or left since.
        street: code of a street; None: all.
        office_id: whose batches; None: all.
        streets: codes of the only streets that whoever asks may see; None: all.
        batch: one batch, in whatever state; None: all that were approved.
    """
    wanted = [
        # nobody can be walked to whose door is not known any more
        or_(col(Profile.ended_reason) != EndReason.ERASED, col(Profile.ended_reason).is_(None),
            col(Visit.state) == VisitState.DONE),
        col(Batch.state).in_(RELEASED) if batch is None else col(Visit.batch_id) == batch.id,
    ]  # fmt: skip
    if street is not None:
        wanted.append(col(Visit.street_code) == street)
    if streets is not None:
        wanted.append(col(Visit.street_code).in_(streets))
    if office_id is not None:
        wanted.append(col(Batch.office_id) == office_id)
    names = {row.code: row.name for row in session.exec(select(Street))}
    found = session.exec(_VISITS.where(*wanted)).all()
    idle = _about_nobody(session, [v for v, _, _ in found if v.state in _WAITING], today)
    doors = [
        _door(session, visit, reader, policy, names)
        for visit, reader, policy in found
        if visit.id not in idle
    ]
    return sorted(doors, key=_order)


def still_to_visit(session: Session, *, office_id: UUID, today: date) -> list[tuple[Visit, Policy]]:
    """Doors of approved batches that nobody was met at yet, the oldest first; see `visit_list`."""
    found = session.exec(
        _VISITS.where(
            col(Batch.state).in_(RELEASED),
            col(Batch.office_id) == office_id,
            col(Visit.state).in_(_WAITING),
            or_(
                col(Profile.ended_reason) != EndReason.ERASED,
                col(Profile.ended_reason).is_(None),
            ),
        ).order_by(col(Visit.id))
    ).all()
    idle = _about_nobody(session, [visit for visit, _, _ in found], today)
    return [(visit, policy) for visit, _, policy in found if visit.id not in idle]


_VISITS: Final = (
    select(Visit, Profile, Policy)
    .join(Batch, col(Batch.id) == Visit.batch_id)
    .join(Policy, col(Policy.id) == Batch.policy_id)
    .join(Profile, col(Profile.id) == Visit.profile_id)
)
_WAITING: Final = (VisitState.TO_DO, VisitState.NOT_MET)


def _about_nobody(session: Session, visits: Sequence[Visit], today: date | None) -> set[UUID]:
    """Visits that tell of nobody who is still alive and here."""
    if today is None:
        return set()
    told: dict[UUID, set[UUID]] = {}
    for chunk in in_chunks([visit.id for visit in visits]):
        asked = select(VisitMatch.visit_id, Match.profile_id).join(
            Match, col(Match.id) == VisitMatch.match_id
        )
        for visit, person in session.exec(asked.where(col(VisitMatch.visit_id).in_(chunk))):
            told.setdefault(visit, set()).add(person)
    people = profiles_by_id(session, {person for some in told.values() for person in some})
    gone = {i for i, person in people.items() if _is_gone(session, person, today)}
    return {visit for visit, some in told.items() if some <= gone}


def _is_gone(session: Session, person: Profile, today: date) -> bool:
    facts = facts_on(read_dossier(session, person), today)
    return has_died(facts, today) or has_ended(person, facts, today)


def tick(
    session: Session,
    visit: Visit,
    *,
    done: bool,
    by: str,
    now: datetime,
    remark: str | None = None,
    theirs: bool | None = None,
) -> None:
    """Write down how a visit went. Audited.

    Args:
        done: they were told; otherwise nobody was at home, and it is to be tried again.
        theirs: whether they said at the door that the addresses that were in doubt are theirs;
            None: nobody asked.
        by: staff number.
        remark: at most 200 characters, without personal data.

    Raises:
        NotFound: its batch is gone.
        IllegalMove: the batch was not approved or was cancelled, or the visit is done already.
        Overtaken: a colleague was faster.
    """
    batch = session.get(Batch, visit.batch_id)
    if batch is None:
        raise NotFound("找不到这次上门所属的批次")
    if batch.state not in RELEASED:
        raise IllegalMove("该批次尚未批准或已取消，不能登记上门")
    seen = visit.state
    if seen is VisitState.DONE:
        raise IllegalMove("这一户已登记为送达")
    to = VisitState.DONE if done else VisitState.NOT_MET
    moved = session.exec(
        update(Visit)
        .where(col(Visit.id) == visit.id, col(Visit.state) == seen)
        .values(state=to, ticked_by=by, ticked_at=now, remark=(remark or "")[:200] or None)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:
        raise Overtaken("这一户刚被同事登记，请刷新页面")
    note(session, "visit.tick", about=("visit", visit.id), by=by, now=now, done=done)
    if theirs is not None and done:
        for contact in doubtful_of(session, visit.profile_id, day=day_of(now)):
            settle_contact(session, contact, theirs=theirs, by=by, now=now, way="上门")
    session.refresh(visit)


def _door(
    session: Session, visit: Visit, reader: Profile, policy: Policy, streets: Mapping[str, str]
) -> Door:
    return Door(
        id=visit.id,
        batch_id=visit.batch_id,
        profile_id=visit.profile_id,
        name=name_of(session, reader),
        street_code=visit.street_code,
        street=streets.get(visit.street_code or ""),
        community=visit.community,
        because=visit.because,
        policy_id=policy.id,
        policy=policy.short_title,
        state=visit.state,
        ticked_by=visit.ticked_by,
        ticked_at=visit.ticked_at,
        remark=visit.remark,
    )


_TURN: Final = {VisitState.TO_DO: 0, VisitState.NOT_MET: 1, VisitState.DONE: 2}


def _order(door: Door) -> tuple[int, str, str, UUID]:
    return (_TURN[door.state], door.street_code or "", door.community or "", door.id)
