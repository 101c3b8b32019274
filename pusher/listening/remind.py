"""Reminders before a deadline: which policies are due, and who was told and has not answered.

A reminder is only ever drafted; staff look at it and submit it as any other batch. The round that
drafts it (`pusher.rounds`) hands what is found here to `pusher.sending.compose`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import day_of
from profiles.model import Channel
from pusher.model.batch import Batch, BatchKind
from pusher.model.match import Decision, Match
from pusher.model.notice import Notice, NoticeMatch, NoticeState, Outcome
from pusher.model.policy import Policy, PolicyState
from pusher.model.reminder import Reminder
from pusher.model.standing import Standing, standing
from pusher.model.word import Reply
from pusher.settings import Settings
from pusher.terms import read_marks

BY = "remind"
"""Who drafts, in the audit and on the batch."""


@dataclass(frozen=True, slots=True)
class DueReminder:
    """One policy whose deadline is near, and that has not been seen to at these marks.

    Attributes:
        marks: days before the last day, the nearest first; one draft answers all of them.
        people: whom a first notice reached, and who did not answer it.
        include: the decisions that the first batches took in.
        channels: those that they used.
    """

    policy_id: UUID
    office_id: UUID
    until: date
    marks: Sequence[int]
    people: Collection[UUID]
    include: Collection[Decision]
    channels: Sequence[Channel]


def due_reminders(session: Session, *, settings: Settings, now: datetime) -> list[DueReminder]:
    """Policies that end within a mark of the settings, each with whom to remind.

    A policy of which nobody was told is left alone: it may be told yet, and then is due.
    """
    today, marks = day_of(now), read_marks(settings.remind_days)
    if not marks:
        return []
    near = session.exec(
        select(Policy)
        .where(
            Policy.state == PolicyState.CONFIRMED,
            col(Policy.apply_until).between(today, today + timedelta(days=max(marks))),
        )
        .order_by(col(Policy.apply_until), col(Policy.id))
    ).all()
    found = (_one(session, policy, marks, today) for policy in near)
    return [due for due in found if due is not None]


def remember(session: Session, due: DueReminder, batch: Batch | None, *, now: datetime) -> None:
    """Write down that a deadline's marks were seen to; the caller commits."""
    for days in due.marks:
        session.add(
            Reminder(
                office_id=due.office_id,
                policy_id=due.policy_id,
                until=due.until,
                days=days,
                at=now,
                batch_id=batch.id if batch else None,
            )
        )
    session.flush()


def is_seen_to(session: Session, due: DueReminder) -> bool:
    """Whether somebody else saw to it in the meantime."""
    return not _open_marks(session, due.policy_id, due.until, due.marks)


def _one(session: Session, policy: Policy, marks: Sequence[int], today: date) -> DueReminder | None:
    until = policy.apply_until
    if until is None or standing(policy, today) is not Standing.OPEN:
        return None
    passed = [days for days in marks if until - timedelta(days=days) <= today]
    left = _open_marks(session, policy.id, until, passed)
    people = who_was_told(session, policy) if left else set()
    if not people:
        return None
    include, channels = _of_first_batches(session, policy)
    people -= _who_answered(session, policy)
    return DueReminder(policy.id, policy.office_id, until, left, people, include, channels)


def _open_marks(session: Session, policy_id: UUID, until: date, marks: Sequence[int]) -> list[int]:
    done = session.exec(
        select(Reminder.days).where(Reminder.policy_id == policy_id, Reminder.until == until)
    ).all()
    return sorted(set(marks) - set(done))


def who_was_told(session: Session, policy: Policy) -> set[UUID]:
    """Whom a first notice of this version was about that was taken and is not known to be lost."""
    return set(
        session.exec(
            select(Match.profile_id)
            .join(NoticeMatch, col(NoticeMatch.match_id) == Match.id)
            .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
            .where(
                Notice.policy_id == policy.id,
                Notice.kind == BatchKind.FIRST,
                Notice.state == NoticeState.ACCEPTED,
                Notice.outcome != Outcome.UNDELIVERED,
            )
        )
    )


def _who_answered(session: Session, policy: Policy) -> set[UUID]:
    """Of whom a notice was answered, whatever the answer said: it was read."""
    return set(
        session.exec(
            select(Match.profile_id)
            .join(NoticeMatch, col(NoticeMatch.match_id) == Match.id)
            .join(Reply, col(Reply.notice_id) == NoticeMatch.notice_id)
            .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
            .where(Notice.policy_id == policy.id)
        )
    )


def _of_first_batches(
    session: Session, policy: Policy
) -> tuple[Collection[Decision], Sequence[Channel]]:
    batches = session.exec(
        select(Batch).where(Batch.policy_id == policy.id, Batch.kind == BatchKind.FIRST)
    ).all()
    include = {Decision(word) for batch in batches for word in batch.include}
    channels = {Channel(word) for batch in batches for word in batch.channels}
    return include, sorted(channels)
