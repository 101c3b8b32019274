"""Ask a gateway that answers queries what became of unsure calls, and believe it twice denied."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, or_, select, update

from profiles.addresses import address_of
from profiles.ages import day_of
from profiles.model import Contact
from profiles.sealing import SealBroken
from pusher.failpoint import reach
from pusher.gateways.base import Found, Gateway, Lookup
from pusher.model.batch import Batch, BatchState
from pusher.model.notice import (
    RISING,
    Attempt,
    AttemptResult,
    Notice,
    NoticeState,
    Outcome,
)
from pusher.settings import Settings
from pusher.store import Store

AT_ONCE: Final = 100
"""Notices asked about in one call."""
DENIALS: Final = 2
"""So often must a gateway deny a reference before it is believed."""
UNSURE_CALLS: Final = 2
"""No notice has more unsure calls than these: one hand-over and one resend."""
_IN_VAIN: Final = 3
"""Unclear answers in a row after which a gateway is asked no more in this call."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One call that may have been taken, and the vendor's day on which it was made."""

    attempt_id: UUID
    reference: str
    sent_on: date


@dataclass(frozen=True, slots=True)
class _Question:
    """One unsure notice, all its unsure calls, and where they went."""

    notice_id: UUID
    fence: int
    to: str = field(repr=False)
    calls: Sequence[_Call]


@dataclass(frozen=True, slots=True)
class _Word:
    """What the gateway knows of a question; *call* is the one it knows, if it knows any."""

    lookup: Lookup
    call: _Call | None = None


def ask(
    store: Store,
    name: str,
    gateway: Gateway,
    *,
    settings: Settings,
    now: datetime,
    stop: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Ask *gateway* about calls whose settle time is over; write down each answer at once.

    Nothing is open while it answers. Between two questions about one notice lies at least a third
    of the settle time.

    Returns:
        How many were ``found``, ``absent``, ``unclear``; and of the absent, how many are to be
        handed over ``again`` or were ``left`` to staff.
    """
    with store.reading() as session:
        questions = _due(session, name, settings=settings, now=now)
    counts: Counter[str] = Counter()
    in_vain = 0
    for question in questions:
        word = _ask(gateway, question)
        reach("K12")
        with store.writing() as session:
            counts += _write_down(session, question, word, settings=settings, now=now)
        in_vain = in_vain + 1 if word.lookup.found is Found.UNCLEAR else 0
        if in_vain == _IN_VAIN or stop():
            break
    return counts


def _due(session: Session, name: str, *, settings: Settings, now: datetime) -> list[_Question]:
    settled = now - timedelta(seconds=settings.settle_s)
    due = session.exec(
        select(Notice, Contact)
        .where(
            Notice.contact_id == Contact.id,
            Notice.state == NoticeState.UNSURE,
            Notice.gateway == name,
            col(Notice.left_to_staff_at).is_(None),
            or_(
                col(Notice.not_before) <= now,
                col(Notice.not_before).is_(None) & (col(Notice.unsure_since) <= settled),
            ),
        )
        .order_by(col(Notice.unsure_since))
        .limit(AT_ONCE)
    ).all()
    questions = []
    for notice, contact in due:
        calls = _calls(session, notice, settings)
        try:
            to = address_of(session, contact)
        except SealBroken:
            continue  # nowhere to ask about; staff see it when the term for receipts is over
        questions.append(_Question(notice.id, notice.fence, to, calls))
    return questions


def _calls(session: Session, notice: Notice, settings: Settings) -> list[_Call]:
    unsure = session.exec(
        select(Attempt)
        .where(Attempt.notice_id == notice.id, Attempt.result == AttemptResult.UNSURE)
        .order_by(col(Attempt.number).desc())
    )
    # The vendor's days are those of the machine's clock, not of an office clock that runs ahead.
    return [_Call(a.id, a.call, day_of(a.at - settings.clock_ahead)) for a in unsure]


def _ask(gateway: Gateway, question: _Question) -> _Word:
    for call in question.calls:
        lookup = gateway.look_up(call.reference, question.to, sent_on=call.sent_on)
        if lookup.found is Found.FOUND:
            return _Word(lookup, call)
        if lookup.found is Found.UNCLEAR:
            return _Word(lookup)
    return _Word(Lookup(Found.ABSENT if question.calls else Found.UNCLEAR))


def _write_down(
    session: Session, question: _Question, word: _Word, *, settings: Settings, now: datetime
) -> Counter[str]:
    soon = now + timedelta(seconds=settings.settle_s / 3)
    if word.call is not None:
        moved = _take_as_accepted(session, question, word.call, word.lookup, now=now)
        return Counter(found=1) if moved else Counter()
    if word.lookup.found is Found.UNCLEAR:
        _write(session, question, not_before=soon)
        return Counter(unclear=1)
    counts: Counter[str] = Counter(absent=1)
    notice = session.get_one(Notice, question.notice_id)
    denials = notice.negatives + 1
    if denials < DENIALS:
        _write(session, question, negatives=denials, not_before=soon)
    elif len(question.calls) < UNSURE_CALLS and _goes_on(session, notice):
        if _write(
            session,
            question,
            state=NoticeState.DRAFTED,
            negatives=0,
            not_before=None,
            unsure_since=None,
        ):
            _remark(session, question, "通道两次查询均无此条，允许再发一次")
            counts["again"] = 1
    elif _write(session, question, negatives=denials, left_to_staff_at=now, not_before=None):
        counts["left"] = 1
    return counts


def _goes_on(session: Session, notice: Notice) -> bool:
    """Whether a batch still looks after its drafted notices: it sends or withholds them."""
    batch = session.get_one(Batch, notice.batch_id, with_for_update={"read": True})
    return batch.state is not BatchState.FINISHED


def _take_as_accepted(
    session: Session, question: _Question, call: _Call, lookup: Lookup, *, now: datetime
) -> bool:
    reference = {"gateway_ref": lookup.gateway_ref} if lookup.gateway_ref else {}
    moved = _write(
        session,
        question,
        state=NoticeState.ACCEPTED,
        accepted_at=now,
        not_before=None,
        **reference,
    )
    session.exec(
        update(Attempt)
        .where(col(Attempt.id) == call.attempt_id)
        .values(result=AttemptResult.ACCEPTED, said="经查询，通道已受理", **reference)
        .execution_options(synchronize_session=False)
    )
    outcome = Outcome((lookup.outcome or Outcome.NONE).value)
    session.exec(
        update(Notice)
        .where(
            col(Notice.id) == question.notice_id,
            col(Notice.outcome).in_(RISING[: RISING.index(outcome)]),
        )
        .values(outcome=outcome)
        .execution_options(synchronize_session=False)
    )
    return moved


def _remark(session: Session, question: _Question, said: str) -> None:
    session.exec(
        update(Attempt)
        .where(col(Attempt.id).in_([call.attempt_id for call in question.calls]))
        .values(said=said)
        .execution_options(synchronize_session=False)
    )


def _write(session: Session, question: _Question, **to: object) -> bool:
    """Write only if the notice is still unsure under the claim that was asked about."""
    moved = session.exec(
        update(Notice)
        .where(
            col(Notice.id) == question.notice_id,
            col(Notice.state) == NoticeState.UNSURE,
            col(Notice.fence) == question.fence,
        )
        .values(**to)
        .execution_options(synchronize_session=False)
    )
    return moved.rowcount == 1
