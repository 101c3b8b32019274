"""What a gateway answered is written down, each answer under the claim it belongs to."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Update, bindparam, or_
from sqlmodel import Session, SQLModel, col, select, update

from pusher.gateways.base import Answer, Result, Why
from pusher.model.notice import Attempt, AttemptResult, Notice, NoticeState
from pusher.sending.claim import Errand, stop_batch
from pusher.sending.heed import heed_refusal
from pusher.sending.route import NOT_THE_VENDORS, pause_gateway
from pusher.settings import Settings

HELD: Final = "held"
"""Code of an attempt that was written down and never made, because those before it showed why."""
PAUSES: Final = (1, 5, 30, 120, 600, 1800)
"""The longest pause after each call that was surely not sent, in `retry_base_s`."""
MOST_CALLS: Final = 12
"""After so many that were surely not sent, a notice is given up: FAILED."""
SPOILED: Final = 20
"""A batch with so many refused for their content, and none accepted, is paused."""
Jitter = Callable[[], float]
"""A number in [0, 1): one share of the longest pause, different for each notice."""

_STOPPED: Final = (Why.AUTH, Why.QUOTA)
_CONTENT: Final = (Why.CONTENT, Why.MISUSE)
_ATTEMPTS: Final = SQLModel.metadata.tables["attempt"]
_NOTICES: Final = SQLModel.metadata.tables["notice"]
_CLOSE: Final = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.id == bindparam("which"))
    .values(
        ended_at=bindparam("when"),
        result=bindparam("came_to"),
        code=bindparam("the_code"),
        said=bindparam("the_words"),
        gateway_ref=bindparam("the_ref"),
    )
)
# only under the very claim that was answered; unsure, if its lease ended meanwhile
_ACCEPT: Final = (
    update(_NOTICES)
    .where(
        _NOTICES.c.id == bindparam("which"),
        _NOTICES.c.fence == bindparam("the_fence"),
        or_(
            _NOTICES.c.state == NoticeState.HANDING,
            _NOTICES.c.state == NoticeState.UNSURE,
        ),
    )
    .values(
        state=NoticeState.ACCEPTED,
        accepted_at=bindparam("when"),
        gateway_ref=bindparam("the_ref"),
        lease_until=None,
        left_to_staff_at=None,
    )
)
_ADD_REFERENCE: Final = (
    update(_NOTICES)
    .where(
        _NOTICES.c.id == bindparam("which"),
        _NOTICES.c.state == NoticeState.ACCEPTED,
        _NOTICES.c.gateway_ref.is_(None),
    )
    .values(gateway_ref=bindparam("the_ref"))
)
_COUNTED: Final = {
    NoticeState.ACCEPTED: "accepted",
    NoticeState.FAILED: "failed",
    NoticeState.DRAFTED: "not_sent",
    NoticeState.UNSURE: "unsure",
}


def record(
    session: Session,
    errands: Sequence[Errand],
    answers: Sequence[Answer],
    *,
    gateway: str,
    settings: Settings,
    now: datetime,
    jitter: Jitter = random.random,
) -> Counter[str]:
    """Write down what became of *errands*, all handed to one gateway.

    A receipt may have come before the answer, and a lease may have ended: then the answer adds
    what it knows and takes nothing back.

    Args:
        answers: one for each errand, in the same order.
        now: the moment of the answers.

    Returns:
        How many were accepted, failed, not_sent, unsure.
    """
    counts: Counter[str] = Counter()
    accepted: list[tuple[Errand, Answer]] = []
    _close(session, errands, answers, now=now)
    for errand, answer in zip(errands, answers, strict=True):
        state = _state_after(session, errand, answer)
        counts[_COUNTED[state]] += 1
        if state is NoticeState.ACCEPTED:
            accepted.append((errand, answer))
        elif state is NoticeState.DRAFTED:
            pause = pause_after(errand.number, answer, settings=settings, jitter=jitter)
            _free(session, errand, not_before=now + pause)
        elif state is NoticeState.UNSURE:
            pause = pause_after(errand.number, answer, settings=settings, jitter=jitter)
            _doubt(session, errand, next_look=now + pause if errand.repeat else None, now=now)
        else:
            _fail(session, errand, answer, now=now)
    _accept(session, accepted, now=now)
    _stop_what_is_wrong(session, errands, answers, gateway=gateway, now=now)
    session.flush()
    return counts


def pause_after(number: int, answer: Answer, *, settings: Settings, jitter: Jitter) -> timedelta:
    """How long to wait before the next call: full jitter over growing pauses.

    Args:
        number: of the attempt that failed, from 1.
        answer: the vendor's own wish counts, if it is longer.
    """
    longest = settings.retry_base_s * PAUSES[min(number, len(PAUSES)) - 1]
    own = timedelta(seconds=longest * jitter())
    return max(own, answer.retry_after or timedelta())


def _state_after(session: Session, errand: Errand, answer: Answer) -> NoticeState:
    if answer.result is Result.ACCEPTED:
        return NoticeState.ACCEPTED
    # A second call that was refused or not sent says nothing about the first.
    if answer.result is Result.UNSURE or errand.repeat:
        return NoticeState.UNSURE
    if answer.result is Result.REFUSED:
        return NoticeState.FAILED
    if errand.number >= MOST_CALLS and _calls_in_vain(session, errand) >= MOST_CALLS:
        return NoticeState.FAILED
    return NoticeState.DRAFTED


def _calls_in_vain(session: Session, errand: Errand) -> int:
    """How many calls the vendor or the network turned away; our own stops do not count."""
    codes = session.exec(
        select(Attempt.code).where(
            Attempt.notice_id == errand.notice_id, Attempt.result == AttemptResult.NOT_SENT
        )
    )
    return sum(code not in NOT_THE_VENDORS for code in codes)


def _close(
    session: Session, errands: Sequence[Errand], answers: Sequence[Answer], *, now: datetime
) -> None:
    ended: list[dict[str, object]] = [
        {
            "which": errand.attempt_id,
            "when": now,
            "came_to": AttemptResult(answer.result.value),
            "the_code": _kept(answer.code, 80),
            "the_words": _kept(answer.said, 300),
            "the_ref": _kept(answer.gateway_ref, 80),
        }
        for errand, answer in zip(errands, answers, strict=True)
    ]
    _write_all(session, _CLOSE, ended)


def _accept(session: Session, accepted: Sequence[tuple[Errand, Answer]], *, now: datetime) -> None:
    taken: list[dict[str, object]] = [
        {
            "which": errand.notice_id,
            "the_fence": errand.fence,
            "when": now,
            "the_ref": _kept(answer.gateway_ref, 80),
        }
        for errand, answer in accepted
    ]
    if _write_all(session, _ACCEPT, taken) != len(taken):
        # a receipt was quicker for some; it may not have told the vendor's id
        _write_all(session, _ADD_REFERENCE, taken)


def _write_all(session: Session, statement: Update, rows: Sequence[Mapping[str, object]]) -> int:
    """Do *statement* for each of *rows*, in one prepared go; say how many rows it changed."""
    if not rows:
        return 0
    session.flush()
    return session.connection().execute(statement, rows).rowcount


def _free(session: Session, errand: Errand, *, not_before: datetime) -> None:
    # also when the lease ended meanwhile: the answer proves that this claim sent nothing
    seen = (NoticeState.HANDING, NoticeState.UNSURE)
    _move(
        session,
        errand,
        seen,
        state=NoticeState.DRAFTED,
        not_before=not_before,
        lease_until=None,
        unsure_since=None,
        left_to_staff_at=None,
    )


def _doubt(session: Session, errand: Errand, *, next_look: datetime | None, now: datetime) -> None:
    _move(
        session,
        errand,
        (NoticeState.HANDING,),
        state=NoticeState.UNSURE,
        unsure_since=now,
        not_before=next_look,
        negatives=0,
        lease_until=None,
    )


def _fail(session: Session, errand: Errand, answer: Answer, *, now: datetime) -> None:
    # Unsure under this very claim means that its lease ended meanwhile: the refusal proves that
    # nothing was sent, and takes the moves back to drafted and on to failed at once.
    seen = (NoticeState.HANDING, NoticeState.UNSURE)
    _move(session, errand, seen, state=NoticeState.FAILED, not_before=None, lease_until=None)
    notice = session.get_one(Notice, errand.notice_id)
    if notice.channel and notice.address_index:
        heed_refusal(
            session,
            answer.why,
            channel=notice.channel,
            address_index=notice.address_index,
            now=now,
        )


def _move(session: Session, errand: Errand, seen: Sequence[NoticeState], **to: object) -> bool:
    """Write only if the notice is still under this claim, in a state we expect."""
    moved = session.exec(
        update(Notice)
        .where(
            col(Notice.id) == errand.notice_id,
            col(Notice.state).in_(seen),
            col(Notice.fence) == errand.fence,
        )
        .values(**to)
        .execution_options(synchronize_session=False)
    )
    return moved.rowcount == 1


def _stop_what_is_wrong(
    session: Session,
    errands: Sequence[Errand],
    answers: Sequence[Answer],
    *,
    gateway: str,
    now: datetime,
) -> None:
    """Pause a gateway with a wrong key or no money, and a batch that the vendor will not have."""
    stop_gateway(session, gateway, answers, now=now)
    spoiled: Counter[UUID] = Counter()
    sound: set[UUID] = set()
    for errand, answer in zip(errands, answers, strict=True):
        if answer.result is Result.ACCEPTED:
            sound.add(errand.batch_id)
        elif answer.result is Result.REFUSED and answer.why in _CONTENT:
            spoiled[errand.batch_id] += 1
    for batch_id, refused in spoiled.items():
        if refused >= SPOILED and batch_id not in sound:
            because = f"连续 {refused} 条因模板或内容被通道拒绝，已自动暂停；请核对模板报备后再继续"
            stop_batch(session, batch_id, because=because, now=now)


def stop_gateway(
    session: Session, gateway: str, answers: Sequence[Answer], *, now: datetime
) -> bool:
    """Pause *gateway* if one of its answers tells of a wrong key or no money; say whether."""
    for answer in answers:
        if answer.why in _STOPPED and answer.code != HELD:
            pause_gateway(session, gateway, because=_because(gateway, answer), now=now)
            return True
    return False


def _because(gateway: str, answer: Answer) -> str:
    code = _kept(answer.code, 80) or "无"
    if answer.why is Why.QUOTA:
        return f"通道 {gateway} 余额或当日额度不足（代码 {code}），已自动暂停；充值或次日再恢复"
    return (
        f"通道 {gateway} 不认我们的密钥或权限（代码 {code}），已自动暂停；"
        "请核对密钥、白名单和系统时间后恢复"
    )


def _kept(text: str | None, longest: int) -> str | None:
    """A vendor's word as a database takes it; it may hold anything."""
    if text is None:
        return None
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:longest]
