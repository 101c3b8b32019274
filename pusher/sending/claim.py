"""The claim: what may leave is looked at once more and written down, before any socket opens."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, exists, or_, select, update

from profiles.addresses import address_of
from profiles.columns import new_id
from profiles.turns import claim_alone
from pusher.audit import note
from pusher.gateways.base import Parcel
from pusher.model.batch import Batch, BatchKind, BatchState
from pusher.model.errors import Overtaken
from pusher.model.notice import Attempt, AttemptResult, Notice, NoticeState, Reason
from pusher.sending.doors import walk_instead
from pusher.sending.drafting import text_of
from pusher.sending.hours import may_send_at, next_moment
from pusher.sending.judge import Bearing, is_elderly, look_around, objections
from pusher.sending.limits import heard_of_late, limits_of
from pusher.sending.route import Way
from pusher.sending.wording import BadWording, in_order, vendor_code, wordings
from pusher.settings import Settings
from pusher.working_days import Calendar, read_calendar

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Errand:
    """One call that stands in the database and may now be made.

    Attributes:
        fence: under which claim; an answer counts only while the notice is under the same.
        number: which attempt it is, from 1.
        repeat: the gateway was handed the same reference before, and it is not known whether it
            took it.
    """

    notice_id: UUID
    batch_id: UUID
    attempt_id: UUID
    fence: int
    number: int
    parcel: Parcel
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """What one claim came to.

    Attributes:
        errands: to be made, in any order.
        withheld: notices that may not leave any more.
        later: notices put off to the hours of elderly readers.
    """

    errands: Sequence[Errand] = ()
    withheld: int = 0
    later: int = 0


def claim(session: Session, way: Way, *, settings: Settings, now: datetime, at_most: int) -> Claim:
    """Claim drafted notices of released batches for *way*.

    The caller commits before it hands anything over.

    Args:
        way: as `open_ways` found it in this transaction.
        now: the moment of the claim, on the office clock; leases count from here.
        at_most: notices.
    """
    calendar = read_calendar(session)
    if settings.quiet_hours and not may_send_at(now, elderly=False, calendar=calendar):
        return Claim()
    if limits_of(settings).per_reader:
        claim_alone(session)  # another claim may be about to write to the same reader
    notices = _claimable(session, way, now=now, at_most=at_most)
    if not notices:
        return Claim()
    bearing = look_around(session, notices, now=now)
    against = objections(session, notices, bearing, now=now)
    for notice_id in _too_many_for(session, notices, against, settings=settings, now=now):
        against[notice_id] = Reason.CAP
    for notice_id, reason in against.items():
        withhold(session, notice_id, reason)
    doubted = [notice for notice in notices if against.get(notice.id) is Reason.UNCONFIRMED]
    walk_instead(session, doubted, bearing)
    free = [notice for notice in notices if notice.id not in against]
    late = _too_late_for(session, free, bearing, calendar, settings=settings, now=now)
    for notice_id in late:
        opens = next_moment(now, elderly=True, calendar=calendar)
        _put_off(session, notice_id, until=opens)
    free = [notice for notice in free if notice.id not in late]
    codes = _codes(session, free, way, settings=settings, now=now)
    free = [notice for notice in free if notice.wording in codes]
    errands = write_down(
        session, free, way, bearing, codes=codes, settings=settings, now=now, references={}
    )
    return Claim(errands, withheld=len(against), later=len(late))


def write_down(
    session: Session,
    notices: Sequence[Notice],
    way: Way,
    bearing: Bearing,
    *,
    codes: Mapping[str | None, str],
    settings: Settings,
    now: datetime,
    references: Mapping[UUID, str],
) -> list[Errand]:
    """Move *notices* to HANDING, each with an attempt row of its own and a lease.

    Args:
        notices: DRAFTED ones, locked by this session (UNSURE ones, where a repeat is dropped).
        codes: the vendor's code by wording.
        references: notice id → the reference to repeat; the others get their own call as one.

    Raises:
        Overtaken: they were not locked, and somebody else moved one.
    """
    if not notices:
        return []
    _move_to_handing(session, notices, way, until=now + timedelta(seconds=settings.lease_s))
    numbers = _next_numbers(session, notices)
    errands = []
    for notice in notices:
        row = new_id()
        reference = references.get(notice.id)
        errands.append(
            Errand(
                notice.id,
                notice.batch_id,
                row,
                notice.fence + 1,
                numbers[notice.id],
                _parcel(session, notice, bearing, codes, reference or call_of(row)),
                repeat=reference is not None,
            )
        )
    session.add_all(
        Attempt(
            id=errand.attempt_id,
            notice_id=errand.notice_id,
            number=errand.number,
            call=call_of(errand.attempt_id),
            gateway=way.name,
            at=now,
        )
        for errand in errands
    )
    session.flush()
    return errands


def _move_to_handing(
    session: Session, notices: Sequence[Notice], way: Way, *, until: datetime
) -> None:
    moved = session.exec(
        update(Notice)
        .where(
            col(Notice.id).in_([notice.id for notice in notices]),
            col(Notice.state).in_({notice.state for notice in notices}),
        )
        .values(
            state=NoticeState.HANDING,
            fence=col(Notice.fence) + 1,
            lease_until=until,
            gateway=way.name,
            not_before=None,
        )
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != len(notices):
        raise Overtaken("通知刚被他人处理")  # cannot be: they are locked; nothing is committed


def call_of(row: UUID) -> str:
    """26 Crockford base-32 characters for 128 bits: what a vendor is given, and echoes."""
    digits = (row.int >> shift & 31 for shift in range(125, -1, -5))
    return "".join(_CROCKFORD[digit] for digit in digits)


def withhold(session: Session, notice_id: UUID, reason: Reason) -> None:
    """Take back a drafted notice, for a reason."""
    session.exec(
        update(Notice)
        .where(col(Notice.id) == notice_id, col(Notice.state) == NoticeState.DRAFTED)
        .values(state=NoticeState.WITHHELD, reason=reason)
        .execution_options(synchronize_session=False)
    )


def code_for(notice: Notice, way: Way, settings: Settings) -> str:
    """The vendor's code of the template that *notice* was filled from.

    Raises:
        BadWording: none is set, or the template is no longer ours.
    """
    wording = wordings().get(notice.wording or "")
    if wording is None:
        raise BadWording(f"模板“{notice.wording}”已不在用语表中，请重新起草这批通知")
    return vendor_code(wording, settings.gateways, gateway=way.name)


def _claimable(session: Session, way: Way, *, now: datetime, at_most: int) -> Sequence[Notice]:
    # FOR SHARE: a pause or a cancellation waits for this claim, and the next claim sees it
    released = session.exec(
        select(Batch.id)
        .where(Batch.state == BatchState.SENDING, col(Batch.latest_at) > now)
        .order_by(col(Batch.send_after), col(Batch.id))
        .with_for_update(read=True)
    ).all()
    # An unsure call may yet turn out to be taken, even one that was denied twice: through another
    # vendor the person could get both.
    unsure = exists().where(
        col(Attempt.notice_id) == Notice.id, col(Attempt.result) == AttemptResult.UNSURE
    )
    ours, wording = unsure.where(col(Attempt.gateway) == way.name), col(Notice.wording)
    notices: list[Notice] = []
    for batch_id in released:
        asked = (
            select(Notice)
            .where(
                Notice.batch_id == batch_id,
                Notice.state == NoticeState.DRAFTED,
                Notice.channel == way.channel,
                ~unsure.where(col(Attempt.gateway) != way.name),
                or_(wording.is_(None), wording.not_in(way.leaves), ours),
                or_(col(Notice.not_before).is_(None), col(Notice.not_before) <= now),
            )
            .limit(at_most - len(notices))
            .with_for_update(skip_locked=True)
        )
        notices += session.exec(asked).all()
        if len(notices) >= at_most:
            break
    return notices


def _too_late_for(
    session: Session,
    notices: Sequence[Notice],
    bearing: Bearing,
    calendar: Calendar,
    *,
    settings: Settings,
    now: datetime,
) -> set[UUID]:
    """Which notices have elderly readers, at an hour at which those are left in peace."""
    if not settings.quiet_hours or may_send_at(now, elderly=True, calendar=calendar):
        return set()
    return {
        notice.id
        for notice in notices
        if is_elderly(session, bearing.people[notice.profile_id], bearing.day)
    }


def _too_many_for(
    session: Session,
    notices: Sequence[Notice],
    against: Collection[UUID],
    *,
    settings: Settings,
    now: datetime,
) -> list[UUID]:
    """Which notices are beyond what their reader may hear, those of this very claim counted."""
    limits = limits_of(settings)
    capped = [one for one in notices if one.kind is not BatchKind.CORRECTION]
    heard = heard_of_late(session, {one.profile_id for one in capped}, limits, now=now)
    beyond = []
    for one in capped:
        if one.id in against:
            continue
        if limits.is_enough(heard[one.profile_id]):
            beyond.append(one.id)
        heard[one.profile_id] += 1
    return beyond


def _put_off(session: Session, notice_id: UUID, *, until: datetime) -> None:
    session.exec(
        update(Notice)
        .where(col(Notice.id) == notice_id, col(Notice.state) == NoticeState.DRAFTED)
        .values(not_before=until)
        .execution_options(synchronize_session=False)
    )


def _codes(
    session: Session,
    notices: Sequence[Notice],
    way: Way,
    *,
    settings: Settings,
    now: datetime,
) -> dict[str | None, str]:
    """The vendor's code by wording; a batch whose template has none is paused for staff."""
    codes: dict[str | None, str] = {}
    for notice in notices:
        if notice.wording in codes:
            continue
        try:
            codes[notice.wording] = code_for(notice, way, settings)
        except BadWording as error:
            stop_batch(session, notice.batch_id, because=str(error), now=now)
    return codes


def stop_batch(session: Session, batch_id: UUID, *, because: str, now: datetime) -> None:
    """Pause a batch by the clockwork's own judgement; staff resume it. Audited.

    Args:
        because: Chinese, for staff.
    """
    moved = session.exec(
        update(Batch)
        .where(col(Batch.id) == batch_id, col(Batch.state) == BatchState.SENDING)
        .values(state=BatchState.PAUSED, remark=because[:200])
    )
    if moved.rowcount == 1:
        note(session, "batch.pause", about=("batch", batch_id), by="clockwork", now=now)


def _next_numbers(session: Session, notices: Sequence[Notice]) -> dict[UUID, int]:
    numbers = {notice.id: 1 for notice in notices}
    found = session.exec(
        select(Attempt.notice_id, Attempt.number).where(col(Attempt.notice_id).in_(numbers))
    )
    for notice_id, number in found:
        numbers[notice_id] = max(numbers[notice_id], number + 1)
    return numbers


def _parcel(
    session: Session,
    notice: Notice,
    bearing: Bearing,
    codes: Mapping[str | None, str],
    reference: str,
) -> Parcel:
    if notice.contact_id is None:
        raise TypeError("the database keeps drafted notices addressed")
    filled = text_of(session, notice)
    return Parcel(
        reference=reference,
        to=address_of(session, bearing.contacts[notice.contact_id]),
        template=codes[notice.wording],
        params=in_order(notice.wording, filled.params),
        url=filled.url,
        text=filled.text,
    )
