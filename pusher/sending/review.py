"""Submit, send back, approve, pause, resume, cancel: who released what, exactly as shown.

Each move is one UPDATE that matches only while the batch is as the mover saw it. What is
approved is a hash over texts, recipients, prices and times; whatever changes afterwards does not
fit it any more.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from profiles.sealing import sealer_of
from pusher.audit import note
from pusher.clock import OFFICE_ZONE
from pusher.failpoint import reach
from pusher.model.batch import MOVES, Batch, BatchKind, BatchState, Visit, VisitMatch
from pusher.model.errors import IllegalMove, Overtaken, SamePerson, Unwilling
from pusher.model.match import Decision, Match, MatchRun
from pusher.model.notice import Notice, NoticeMatch, NoticeState, Reason
from pusher.model.policy import Policy, PolicyState
from pusher.model.standing import standing
from pusher.sending.anew import take_back
from pusher.sending.compose import NO_LIMITS, TooLate
from pusher.sending.drafting import TEXT
from pusher.sending.explained import refuse_unless_planned
from pusher.sending.limits import Limits, refuse_over_budget
from pusher.sending.registration import Tables, unregistered
from pusher.sending.tellable import WHY_NOT, NotTellable, refuse_unless_tellable
from pusher.sending.wording import BadWording

STATES = {
    BatchState.DRAFT: "草稿",
    BatchState.IN_REVIEW: "待审核",
    BatchState.APPROVED: "已批准待发",
    BatchState.SENDING: "发送中",
    BatchState.PAUSED: "已暂停",
    BatchState.FINISHED: "已完成",
    BatchState.CANCELLED: "已取消",
    BatchState.LAPSED: "逾期未发完",
}


class EmptyBatch(Unwilling):
    """There is nothing to send and no door to walk to."""

    code = "empty_batch"


class Changed(Unwilling):
    """What would be approved is not what was submitted, or not what was shown."""

    code = "changed"


class NoReason(Unwilling):
    """A reason has to be given."""

    code = "no_reason"


def submit(
    session: Session, batch: Batch, *, by: str, now: datetime, interpretation_needed: str = "off"
) -> None:
    """Freeze *batch* and hand it to another person.

    Args:
        session: the caller commits.
        batch: a draft.
        by: staff number; they cannot approve it later.
        now: the moment of the act.
        interpretation_needed: of the settings.

    Raises:
        IllegalMove: the batch is no draft.
        NotExplained: the office demands a plan of interpretation, and there is none.
        EmptyBatch: everybody was left out.
        NotTellable, TooLate: the policy, or the day, has moved on.
        Overtaken: somebody moved it in the meantime.
    """
    _check_move(batch, BatchState.IN_REVIEW, "提交")
    _check_still_tellable(session, batch, now)
    refuse_unless_planned(session, batch, needed=interpretation_needed)
    if not _anybody(session, batch):
        raise EmptyBatch("该批次没有一条可发送的通知，也没有需要上门的人，不能提交")
    frozen = frozen_sha256(session, batch)
    _move(
        session,
        batch,
        BatchState.IN_REVIEW,
        submitted_by=by,
        submitted_at=now,
        frozen_sha256=frozen,
        approved_by=None,
        approved_at=None,
        approved_sha256=None,
    )
    note(session, "batch.submit", about=("batch", batch.id), by=by, now=now, sha256=frozen)


def send_back(session: Session, batch: Batch, *, by: str, now: datetime, reason: str) -> None:
    """Return a batch in review to whoever drafted it.

    Raises:
        IllegalMove: the batch is not in review.
        NoReason: *reason* is blank.
        Overtaken: somebody moved it in the meantime.
    """
    _check_move(batch, BatchState.DRAFT, "退回")
    remark = _remark(reason)
    _move(
        session,
        batch,
        BatchState.DRAFT,
        submitted_by=None,
        submitted_at=None,
        frozen_sha256=None,
        remark=remark,
    )
    note(session, "batch.send_back", about=("batch", batch.id), by=by, now=now, reason=remark)


def approve(
    session: Session,
    batch: Batch,
    *,
    by: str,
    now: datetime,
    shown: str,
    gateways: Tables,
    limits: Limits = NO_LIMITS,
) -> None:
    """Release *batch* for sending.

    Args:
        session: the caller commits.
        batch: a batch in review.
        by: staff number of who approves; not of who submitted.
        now: the moment of the decision.
        shown: the hash of what the approver was shown.
        gateways: the settings' tables; every text must be registered with a vendor of its channel.
        limits: what the month may cost.

    Raises:
        IllegalMove: the batch is not in review.
        SamePerson: *by* submitted this batch.
        Changed: it is not what was submitted, or not what was shown.
        NotTellable, TooLate: the policy, or the day, has moved on.
        BadWording: a text has no code with its vendor; it could not be sent.
        OverBudget: the month cannot pay it any more.
        Overtaken: somebody moved it in the meantime.
    """
    _check_move(batch, BatchState.APPROVED, "批准")
    if by == batch.submitted_by:
        raise SamePerson("提交人与审批人不能是同一人")
    if shown != batch.frozen_sha256 or shown != frozen_sha256(session, batch):
        raise Changed("内容已变动，请退回重新提交")
    _check_still_tellable(session, batch, now)
    _check_registered(session, batch, gateways)
    refuse_over_budget(session, batch, limits)
    _move(
        session,
        batch,
        BatchState.APPROVED,
        only_if=(Batch.frozen_sha256 == shown, Batch.submitted_by != by),
        approved_by=by,
        approved_at=now,
        approved_sha256=shown,
    )
    note(session, "batch.approve", about=("batch", batch.id), by=by, now=now, sha256=shown)
    reach("K1")


def pause(session: Session, batch: Batch, *, by: str, now: datetime, reason: str) -> None:
    """Hold a released batch: no notice starts from this commit on.

    Raises:
        IllegalMove: the batch is not released.
        NoReason: *reason* is blank.
        Overtaken: somebody moved it in the meantime.
    """
    _check_move(batch, BatchState.PAUSED, "暂停")
    remark = _remark(reason)
    _move(session, batch, BatchState.PAUSED, remark=remark)
    note(session, "batch.pause", about=("batch", batch.id), by=by, now=now, reason=remark)


def resume(session: Session, batch: Batch, *, by: str, now: datetime) -> None:
    """Let a paused batch go on; its first and latest hours still hold.

    Raises:
        IllegalMove: the batch is not paused.
        TooLate: its latest hour has passed.
        Overtaken: somebody moved it in the meantime.
    """
    if batch.state is not BatchState.PAUSED:
        raise IllegalMove(f"批次现在是“{STATES[batch.state]}”，不能继续")
    _check_time(batch, now)
    _move(session, batch, BatchState.SENDING)
    note(session, "batch.resume", about=("batch", batch.id), by=by, now=now)


def cancel(session: Session, batch: Batch, *, by: str, now: datetime, reason: str) -> None:
    """End *batch*; what was not handed over yet never will be.

    Raises:
        IllegalMove: the batch is over already.
        NoReason: *reason* is blank.
        Overtaken: somebody moved it in the meantime.
    """
    _check_move(batch, BatchState.CANCELLED, "取消")
    remark = _remark(reason)
    _move(session, batch, BatchState.CANCELLED, remark=remark)
    withheld = session.exec(
        update(Notice)
        .where(col(Notice.batch_id) == batch.id, col(Notice.state) == NoticeState.DRAFTED)
        .values(state=NoticeState.WITHHELD, reason=Reason.CANCELLED)
    ).rowcount
    take_back(session, batch.id)
    about = ("batch", batch.id)
    note(session, "batch.cancel", about=about, by=by, now=now, reason=remark, withheld=withheld)


def frozen_sha256(session: Session, batch: Batch) -> str:
    """Hash what would leave: policy, rule, kind, times, and each drafted notice and visit.

    Of a notice: channel, address, wording, the sealed text as it opens now, price, matches.
    It says something only until notices begin to leave.
    """
    policy = session.get_one(Policy, batch.policy_id)
    run = session.get_one(MatchRun, batch.run_id)
    book = {
        "policy": [policy.id.hex, policy.version, policy.sha256],
        "rule": run.rule_id.hex,
        "kind": batch.kind.value,
        "send_after": batch.send_after.astimezone(UTC).isoformat(),
        "latest_at": batch.latest_at.astimezone(UTC).isoformat(),
        "notices": sorted(_notices(session, batch)),
        "visits": sorted(_visits(session, batch)),
    }
    text = json.dumps(book, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _notices(session: Session, batch: Batch) -> Iterator[list[Any]]:
    matches = _links(
        session,
        select(col(NoticeMatch.notice_id), col(NoticeMatch.match_id))
        .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
        .where(Notice.batch_id == batch.id),
    )
    sealer = sealer_of(session)
    drafted = (Notice.batch_id == batch.id, Notice.state == NoticeState.DRAFTED)
    for n in session.exec(select(Notice).where(*drafted)):
        # the sealed text itself: the column beside it could have been left as it was
        said = sealer.open(n.text_sealed or b"", place=TEXT, row=n.id)
        yield [
            n.channel.value if n.channel else "",
            n.address_index or "",
            n.contact_id.hex if n.contact_id else "",
            n.wording or "",
            n.text_sha256 or "",
            hashlib.sha256(said).hexdigest(),
            n.segments,
            str(n.price),
            sorted(matches.get(n.id, [])),
        ]


def _visits(session: Session, batch: Batch) -> Iterator[list[Any]]:
    matches = _links(
        session,
        select(col(VisitMatch.visit_id), col(VisitMatch.match_id))
        .join(Visit, col(Visit.id) == VisitMatch.visit_id)
        .where(Visit.batch_id == batch.id),
    )
    for visit in session.exec(select(Visit).where(Visit.batch_id == batch.id)):
        yield [visit.profile_id.hex, visit.because, sorted(matches.get(visit.id, []))]


def _links(session: Session, query: Any) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for owner, match in session.exec(query):
        found.setdefault(owner, []).append(match.hex)
    return found


def _anybody(session: Session, batch: Batch) -> bool:
    drafted = (Notice.batch_id == batch.id, Notice.state == NoticeState.DRAFTED)
    notices = session.exec(select(func.count()).select_from(Notice).where(*drafted)).one()
    visits = select(func.count()).select_from(Visit).where(Visit.batch_id == batch.id)
    return notices + session.exec(visits).one() > 0


def _check_still_tellable(session: Session, batch: Batch, now: datetime) -> None:
    _check_time(batch, now)
    refuse_unless_tellable(
        session,
        session.get_one(Policy, batch.policy_id),
        session.get_one(MatchRun, batch.run_id),
        kind=batch.kind,
        decisions=[Decision(word) for word in batch.include],
        as_of=now.astimezone(OFFICE_ZONE).date(),
    )
    for policy in policies_of(session, batch) if batch.kind is BatchKind.DIGEST else ():
        stands = standing(policy, now.astimezone(OFFICE_ZONE).date())
        if policy.state is not PolicyState.CONFIRMED or stands in WHY_NOT:
            why = WHY_NOT.get(stands, "已有变动，不能推送")
            raise NotTellable(f"摘要里的“{policy.short_title}”不能再发：{why}；请取消，等下一期")


def policies_of(session: Session, batch: Batch) -> list[Policy]:
    """What the drafted or sent notices of *batch* tell of; several for a digest."""
    told = (
        select(Match.policy_id)
        .join(NoticeMatch, col(NoticeMatch.match_id) == Match.id)
        .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
        .where(Notice.batch_id == batch.id, Notice.state != NoticeState.WITHHELD)
    )
    asked = select(Policy).where(col(Policy.id).in_(told)).order_by(col(Policy.id).desc())
    return list(session.exec(asked))


def _check_time(batch: Batch, now: datetime) -> None:
    if batch.latest_at <= now:
        raise TooLate("已过该批次最晚的发送时间，请取消后重新起草")


def _check_registered(session: Session, batch: Batch, gateways: Tables) -> None:
    if problems := unregistered(session, batch, gateways):
        raise BadWording("；".join(problems))


def _remark(reason: str) -> str:
    if not reason.strip():
        raise NoReason("请写明原因")
    return reason.strip()[:200]


def _check_move(batch: Batch, to: BatchState, verb: str) -> None:
    if to not in MOVES[batch.state]:
        raise IllegalMove(f"批次现在是“{STATES[batch.state]}”，不能{verb}")


def _move(
    session: Session, batch: Batch, to: BatchState, *, only_if: tuple[Any, ...] = (), **values: Any
) -> None:
    """Write the new state, if the row still is as it was seen."""
    moved = session.exec(
        update(Batch)
        .where(col(Batch.id) == batch.id, col(Batch.state) == batch.state, *only_if)
        .values(state=to, **values)
    )
    if moved.rowcount != 1:
        raise Overtaken("该批次刚被他人处理，请刷新后再看")
    session.refresh(batch)
