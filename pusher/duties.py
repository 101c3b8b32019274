"""Duties: opened once for each thing, closed or dropped once, handed over; every move is audited.

Any room may open one. Nothing here commits.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from pusher import audit
from pusher.model.duty import MOVES, Duty, DutyKind, DutyState
from pusher.model.errors import IllegalMove, Overtaken, Unwilling


class WithoutReason(Unwilling):
    """A duty ends by somebody's word only with what was done, or why it was not owed."""

    code = "without_reason"


def open_duty(
    session: Session,
    kind: DutyKind,
    *,
    about: tuple[str, UUID | str],
    title: str,
    owner: str,
    due_on: date,
    office_id: UUID,
    by: str,
    now: datetime,
) -> Duty:
    """Open a duty, or return the one of this kind and thing that is open already. Audited.

    Args:
        about: kind and id (or day, or code) of the thing: ``("policy", policy.id)``.
        title: Chinese, for staff, without personal data; cut to 120 characters.
        owner: a department, a street office, or a login; cut to 60 characters.
        due_on: the last day that is in time.
        by: staff number, or the name of a job.
    """
    thing = f"{about[0]}:{about[1]}"
    if (known := open_about(session, kind, thing, office_id=office_id)) is not None:
        return known
    duty = Duty(
        office_id=office_id,
        kind=kind,
        about=thing,
        title=title[:120],
        owner=owner[:60],
        opened_at=now,
        due_on=due_on,
    )
    try:
        with session.begin_nested():
            session.add(duty)
            session.flush()
    except IntegrityError:
        # two clockworks, or a clerk and a clockwork: the other one's stands
        known = open_about(session, kind, thing, office_id=office_id)
        if known is None:
            raise
        return known
    audit.note(
        session, "duty.open", about=("duty", duty.id), by=by, now=now,
        kind=kind.value, thing=thing, due=due_on.isoformat(),
    )  # fmt: skip
    return duty


def open_about(session: Session, kind: DutyKind, about: str, *, office_id: UUID) -> Duty | None:
    """The open duty of this kind about this thing (``kind:id``), if there is one."""
    return session.exec(
        select(Duty).where(
            Duty.office_id == office_id,
            Duty.kind == kind,
            Duty.about == about,
            Duty.state == DutyState.OPEN,
        )
    ).first()


def close(session: Session, duty: Duty, *, note: str, by: str, now: datetime) -> None:
    """Say that what was owed was done. Audited.

    Args:
        note: what was done, without personal data; cut to 200 characters.
        by: staff number, or the name of a job.

    Raises:
        WithoutReason: *note* is empty.
        IllegalMove: it is closed or dropped already.
        Overtaken: somebody was faster.
    """
    said = _end(session, duty, DutyState.DONE, note=note, by=by, now=now)
    audit.note(session, "duty.close", about=("duty", duty.id), by=by, now=now, remark=said)


def drop(session: Session, duty: Duty, *, note: str, by: str, now: datetime) -> None:
    """Say that it is not owed after all; see `close`."""
    said = _end(session, duty, DutyState.DROPPED, note=note, by=by, now=now)
    audit.note(session, "duty.drop", about=("duty", duty.id), by=by, now=now, remark=said)


def hand_over(session: Session, duty: Duty, *, to: str, by: str, now: datetime) -> None:
    """Give an open duty to another department or person. Audited.

    Args:
        to: a department, a street office, or a login; at most 60 characters.

    Raises:
        WithoutReason: *to* is empty.
        IllegalMove: it is closed or dropped already.
        Overtaken: somebody was faster.
    """
    owner = to.strip()[:60]
    if not owner:
        raise WithoutReason("请写明转给哪个单位或哪位同事")
    before = duty.owner
    _change(session, duty, duty.state, owner=owner)
    audit.note(
        session, "duty.hand_over", about=("duty", duty.id), by=by, now=now,
        before=before, after=owner,
    )  # fmt: skip


def _end(session: Session, duty: Duty, to: DutyState, *, note: str, by: str, now: datetime) -> str:
    said = note.strip()[:200]
    if not said:
        raise WithoutReason("请写明怎么办结的，或为什么不用办")
    if to not in MOVES[duty.state]:
        raise IllegalMove("这件督办已经办结或撤销")
    _change(session, duty, to, closed_by=by, closed_at=now, note=said)
    return said


def _change(session: Session, duty: Duty, to: DutyState, **values: object) -> None:
    """Write only if the duty is open, and as we saw it."""
    if duty.state is not DutyState.OPEN:
        raise IllegalMove("这件督办已经办结或撤销")
    changed = session.exec(
        update(Duty)
        .where(
            col(Duty.id) == duty.id,
            col(Duty.state) == DutyState.OPEN,
            col(Duty.owner) == duty.owner,
        )
        .values(state=to, **values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:
        raise Overtaken("这件督办刚被同事处理，请刷新页面")
    session.refresh(duty)
