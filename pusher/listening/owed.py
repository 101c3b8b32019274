"""What the rows say that somebody owes: one finder for each kind of duty."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, and_, col, func, or_, select

from profiles.ages import day_of, start_of
from profiles.model import Contact, Office, Profile, Street
from pusher.listening.replies import OPEN
from pusher.listening.visits import RELEASED, still_to_visit
from pusher.model.batch import Batch, BatchKind, BatchState, Visit, VisitState
from pusher.model.duty import DutyKind
from pusher.model.interpretation import Interpretation, InterpretationPlan
from pusher.model.match import Match, MatchRun, RunKind
from pusher.model.notice import Notice, NoticeState, Outcome
from pusher.model.policy import Audience, AudienceRule, Genre, Policy, PolicyState
from pusher.model.question import Question
from pusher.model.standing import Standing, standing
from pusher.model.word import Reply

AHEAD: Final = timedelta(days=30)
"""How long before a policy's last day its end is a duty."""
_LEAVING: Final = (BatchState.IN_REVIEW, *RELEASED)
"""Batches that somebody took on: from there on it is the reviewer's turn, or the clockwork's."""
_NOT_FOR_PEOPLE: Final = (Genre.NEWS, Genre.INTERPRETATION)


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that is owed.

    Attributes:
        about: kind and id, or day, of the thing.
        title: Chinese, for staff, without personal data.
        owner: department or street office.
        since: the day on which its term began.
        due_on: where the thing itself says by when; None: by the term of its kind.
    """

    kind: DutyKind
    about: tuple[str, str]
    title: str
    owner: str
    since: date
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What a finder is given.

    Attributes:
        known: what duties are open about, ``kind:id``, by kind.
    """

    session: Session
    office: Office
    today: date
    known: Mapping[DutyKind, frozenset[str]]

    @property
    def here(self) -> str:
        """The office itself, as the one that owes."""
        return self.office.name


def unconfirmed(look: Look) -> Iterator[Owed]:
    """Policies that were read, and that nobody confirmed."""
    found = look.session.exec(
        select(Policy).where(
            Policy.office_id == look.office.id,
            Policy.state == PolicyState.READ,
            col(Policy.genre).not_in(_NOT_FOR_PEOPLE),
        )
    )
    for policy in found:
        yield _of_policy(
            look, DutyKind.POLICY_UNCONFIRMED, policy, "入库后还没有确认", day_of(policy.read_at)
        )


def unsent(look: Look) -> Iterator[Owed]:
    """Open policies that fit somebody, and of which nobody was told."""
    taken_on = exists().where(
        col(Batch.policy_id) == col(Policy.id), col(Batch.state).in_(_LEAVING)
    )
    for policy in _confirmed(look, ~taken_on):
        if standing(policy, look.today) is Standing.OPEN and _fits_somebody(look.session, policy):
            begins = [day for day in (policy.effective_on, policy.apply_from) if day]
            if policy.confirmed_at is not None:
                begins.append(day_of(policy.confirmed_at))
            since = max(begins, default=look.today)
            yield _of_policy(
                look, DutyKind.POLICY_UNSENT, policy, "可以申请，还没有告知", since, department=True
            )


def expiring(look: Look) -> Iterator[Owed]:
    """Policies of which people were told, and that end soon or have ended since."""
    soon = col(Policy.expires_on) <= look.today + AHEAD
    for policy in _confirmed(look, soon, _was_told(Policy.id)):
        ends = policy.expires_on
        known = f"policy:{policy.id}" in look.known[DutyKind.POLICY_EXPIRING]
        if ends is None or (ends < look.today and not known) or _told_of_end(look, policy, ends):
            continue
        said = f"{ends.month}月{ends.day}日失效，收到过通知的人还不知道"
        yield _of_policy(
            look, DutyKind.POLICY_EXPIRING, policy, said, look.today, department=True, due_on=ends
        )


def uncorrected(look: Look) -> Iterator[Owed]:
    """Policies that were repealed or replaced, and who was told of them does not know."""
    ended = (PolicyState.REPEALED, PolicyState.SUPERSEDED)
    found = look.session.exec(
        select(Policy).where(
            Policy.office_id == look.office.id,
            col(Policy.state).in_(ended),
            _was_told(Policy.id),
        )
    )
    for policy in found:
        if not _was_corrected(look.session, policy):
            word = "已废止" if policy.state is PolicyState.REPEALED else "已有新版"
            said = f"{word}，收到过通知的人还没有收到更正"
            yield _of_policy(
                look, DutyKind.CORRECTION_UNSENT, policy, said, look.today, department=True
            )


def unapproved(look: Look) -> Iterator[Owed]:
    """Batches that wait for a reviewer."""
    found = look.session.exec(
        select(Batch, Policy.short_title)
        .join(Policy, col(Policy.id) == Batch.policy_id)
        .where(Batch.office_id == look.office.id, Batch.state == BatchState.IN_REVIEW)
    )
    for batch, title in found:
        since = day_of(batch.submitted_at or batch.drafted_at)
        said = f"《{title}》的批次还没有审核"
        about = ("batch", str(batch.id))
        yield Owed(DutyKind.BATCH_UNAPPROVED, about, said, look.here, since)


def unsure(look: Look) -> Iterator[Owed]:
    """Batches with notices that only staff can clear up."""
    found = look.session.exec(
        select(Batch.id, Policy.short_title, func.min(Notice.left_to_staff_at))
        .join(Notice, col(Notice.batch_id) == Batch.id)
        .join(Policy, col(Policy.id) == Batch.policy_id)
        .where(
            Batch.office_id == look.office.id,
            Notice.state == NoticeState.UNSURE,
            col(Notice.left_to_staff_at).is_not(None),
            col(Notice.replaced_at).is_(None),
        )
        .group_by(col(Batch.id), col(Policy.short_title))
    )
    for batch, title, left in found:
        said = f"《{title}》有通知不知道运营商收下没有"
        since = look.today if left is None else day_of(left)
        yield Owed(DutyKind.NOTICES_UNSURE, ("batch", str(batch)), said, look.here, since)


def unanswered_replies(look: Look) -> Iterator[Owed]:
    """Days whose answers still wait for a person."""
    for day in _days(look.session.exec(select(Reply.at).where(OPEN))):
        said = f"{day.month}月{day.day}日收到的回复还没有处理完"
        yield Owed(DutyKind.REPLIES_OPEN, ("replies", day.isoformat()), said, look.here, day)


def unanswered_questions(look: Look) -> Iterator[Owed]:
    """Days whose questions and complaints nobody answered."""
    asked = select(Question.at).where(
        Question.office_id == look.office.id,
        ~col(Question.answered),
        col(Question.handled_at).is_(None),
    )
    for day in _days(look.session.exec(asked)):
        said = f"{day.month}月{day.day}日收到的提问和诉求还没有答复完"
        yield Owed(DutyKind.QUESTIONS_OPEN, ("questions", day.isoformat()), said, look.here, day)


def unvisited(look: Look) -> Iterator[Owed]:
    """Streets with doors of a released batch that nobody walked to."""
    names = {row.code: row.name for row in look.session.exec(select(Street))}
    seen = set()
    for visit, policy in still_to_visit(look.session, office_id=look.office.id, today=look.today):
        if (place := (visit.batch_id, visit.street_code)) in seen:
            continue
        seen.add(place)
        batch = look.session.get_one(Batch, visit.batch_id)
        street = names.get(visit.street_code or "")
        said = f"《{policy.short_title}》{street or ''}还有人家没有送到"
        about = ("visits", f"{batch.id}:{visit.street_code or ''}".rstrip(":"))
        since = day_of(batch.approved_at or batch.send_after)
        yield Owed(DutyKind.VISITS_OPEN, about, said, street or look.here, since)


def doubtful(look: Look) -> Iterator[Owed]:
    """Days on which addresses came into doubt that nobody has cleared up."""
    asked = (
        select(Contact.doubted_at)
        .join(Profile, col(Profile.id) == Contact.profile_id)
        .where(
            Profile.office_id == look.office.id,
            col(Contact.doubt).is_not(None),
            col(Contact.ended_at).is_(None),
        )
    )
    for day in _days(at for at in look.session.exec(asked) if at is not None):
        said = f"{day.month}月{day.day}日存疑的号码还没有核实完"
        about = ("contacts", day.isoformat())
        yield Owed(DutyKind.CONTACTS_DOUBTFUL, about, said, look.here, day)


def unexplained(look: Look) -> Iterator[Owed]:
    """Planned interpretations of confirmed policies that nothing came of yet."""
    for plan, policy in look.session.exec(
        select(InterpretationPlan, Policy)
        .join(Policy, col(Policy.id) == col(InterpretationPlan.policy_id))
        .where(
            InterpretationPlan.office_id == look.office.id,
            col(InterpretationPlan.waived_because).is_(None),
            Policy.state == PolicyState.CONFIRMED,
        )
        .order_by(col(InterpretationPlan.due_on), col(InterpretationPlan.id))
    ):
        if not _is_explained(look.session, policy):
            said = f"《{policy.short_title}》的解读还没有发"
            about, since = ("policy", str(policy.id)), day_of(plan.at)
            yield Owed(
                DutyKind.INTERPRETATION_OVERDUE, about, said, plan.department, since, plan.due_on
            )


def _is_explained(session: Session, policy: Policy) -> bool:
    family = select(Policy.id).where(Policy.family_id == policy.family_id)
    return (
        session.exec(
            select(Interpretation.id)
            .where(
                col(Interpretation.policy_id).in_(family),
                col(Interpretation.checked_at).is_not(None),
                col(Interpretation.ended_at).is_(None),
            )
            .limit(1)
        ).first()
        is not None
    )


FINDERS: Final[Mapping[DutyKind, Callable[[Look], Iterator[Owed]]]] = MappingProxyType(
    {
        DutyKind.POLICY_UNCONFIRMED: unconfirmed,
        DutyKind.POLICY_UNSENT: unsent,
        DutyKind.POLICY_EXPIRING: expiring,
        DutyKind.CORRECTION_UNSENT: uncorrected,
        DutyKind.BATCH_UNAPPROVED: unapproved,
        DutyKind.NOTICES_UNSURE: unsure,
        DutyKind.REPLIES_OPEN: unanswered_replies,
        DutyKind.QUESTIONS_OPEN: unanswered_questions,
        DutyKind.VISITS_OPEN: unvisited,
        DutyKind.CONTACTS_DOUBTFUL: doubtful,
        DutyKind.INTERPRETATION_OVERDUE: unexplained,
    }
)
"""The kinds that the rows call for, and that end when the rows say so."""


def _of_policy(
    look: Look,
    kind: DutyKind,
    policy: Policy,
    said: str,
    since: date,
    *,
    department: bool = False,
    due_on: date | None = None,
) -> Owed:
    owner = _department(policy, look.here) if department else look.here
    title = f"《{policy.short_title}》{said}"
    return Owed(kind, ("policy", str(policy.id)), title, owner, since, due_on)


def _department(policy: Policy, otherwise: str) -> str:
    """Who answers for a policy: the first that issued it."""
    first = re.split("[、，,;； ]", (policy.issuer or "").strip(), maxsplit=1)[0]
    return first or otherwise


def _confirmed(look: Look, *where: ColumnElement[bool]) -> Sequence[Policy]:
    ours = (Policy.office_id == look.office.id, Policy.state == PolicyState.CONFIRMED)
    return look.session.exec(select(Policy).where(*ours, *where).order_by(col(Policy.id))).all()


def _fits_somebody(session: Session, policy: Policy) -> bool:
    """Whether anybody outside the offices is meant; where nobody computed it yet, perhaps."""
    rule = session.exec(
        select(AudienceRule)
        .where(AudienceRule.policy_id == policy.id)
        .order_by(col(AudienceRule.number).desc())
    ).first()
    if rule is None or rule.audience is Audience.NONE:
        return False
    run = session.exec(
        select(MatchRun)
        .where(MatchRun.rule_id == rule.id, MatchRun.kind == RunKind.WHOLE)
        .order_by(col(MatchRun.at).desc())
    ).first()
    return (
        run is None
        or session.exec(select(Match.id).where(Match.run_id == run.id).limit(1)).first() is not None
    )


def _was_told(policy: Any) -> ColumnElement[bool]:
    """Whether anybody was told of a policy, by a notice that was taken or at the door."""
    written = exists().where(
        col(Notice.policy_id) == policy,
        col(Notice.kind) != BatchKind.CORRECTION,
        col(Notice.state) == NoticeState.ACCEPTED,
        col(Notice.outcome) != Outcome.UNDELIVERED,
    )
    visited = exists().where(
        col(Batch.policy_id) == policy,
        col(Visit.batch_id) == col(Batch.id),
        col(Visit.state) == VisitState.DONE,
    )
    return or_(written, visited)


def _was_corrected(session: Session, policy: Policy) -> bool:
    """Whether a correction was taken on, or a newer version told."""
    newer = select(Policy.id).where(
        Policy.family_id == policy.family_id, Policy.version > policy.version
    )
    corrects = and_(col(Batch.policy_id) == policy.id, col(Batch.kind) == BatchKind.CORRECTION)
    told = or_(corrects, col(Batch.policy_id).in_(newer))
    return (
        session.exec(select(Batch.id).where(told, col(Batch.state).in_(_LEAVING)).limit(1)).first()
        is not None
    )


def _told_of_end(look: Look, policy: Policy, ends: date) -> bool:
    """Whether who was told heard again in the last weeks before the end."""
    return (
        look.session.exec(
            select(Batch.id)
            .where(
                Batch.policy_id == policy.id,
                Batch.kind != BatchKind.FIRST,
                col(Batch.state).in_(_LEAVING),
                col(Batch.drafted_at) >= start_of(ends - AHEAD),
            )
            .limit(1)
        ).first()
        is not None
    )


def _days(moments: Iterable[datetime]) -> list[date]:
    return sorted({day_of(moment) for moment in moments})
