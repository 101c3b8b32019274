"""热点: what many ask alike of a policy, in their words; settled by an interpretation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session, col, select

from pusher.listening.questions import text_of
from pusher.listening.settling import Echo, dismiss, echo, find_topic, settle
from pusher.listening.topics import busy, counted_by, heat_of, owner_of, said_of, topics_of
from pusher.matching.match import latest_run
from pusher.model.batch import Batch, BatchKind
from pusher.model.duty import Duty, DutyKind, DutyState
from pusher.model.errors import NotFound
from pusher.model.interpretation import Interpretation, Stage
from pusher.model.policy import Policy
from pusher.model.question import Question
from pusher.model.staff import Role
from pusher.model.topic import Topic, TopicQuestion
from pusher.reading.interpret import Described, register
from pusher.reading.interpretations import public_interpretations_of
from pusher.web.desk import Desk, DeskHere
from pusher.web.fields import Fields, asked
from pusher.web.gate import Clerk, Looking
from pusher.web.interpretation_form import described_in, heeding
from pusher.web.interpretation_form import said_of as form_said_of
from pusher.web.layout import go, show
from pusher.web.raw_body import StaffForm
from pusher.web.session import SignedIn

router = APIRouter()

SAMPLES = 8
"""Questions that are shown of a topic, the newest first."""


@dataclass(frozen=True, slots=True)
class Day:
    """How many asked on one day, and that in percent of the busiest."""

    name: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class Line:
    """One topic of the list."""

    topic: Topic
    policy: Policy
    title: str
    count: int
    by_source: Mapping[str, int]
    duty: Duty | None


@dataclass(frozen=True, slots=True)
class Sample:
    """What somebody asked, numbers and names masked, and the words by which it belongs here."""

    question: Question
    text: str
    words: Sequence[str]


@router.get("/topics")
def topics_page(request: Request, desk: DeskHere, who: Looking) -> Response:
    """What waits for an interpretation; or all that ever was hot."""
    everything = asked(request, "all")["all"] == "1"
    with desk.store.reading() as session:
        found = topics_of(session, who.office_id, hot=not everything)[:100]
        lines = [_line(session, topic) for topic in found]
        others = busy(session, who.office_id, heat_of(desk.settings), now=desk.now())
    return show(
        request, desk, who, "topics.html", lines=lines, everything=everything, others=others,
        days=desk.settings.topic_days, least=desk.settings.topic_questions,
    )  # fmt: skip


@router.get("/topics/{topic_id}")
def topic_page(topic_id: UUID, request: Request, desk: DeskHere, who: Looking) -> Response:
    """One topic: its words, who asked when and how, and what came of it."""
    return _show_one(request, desk, who, topic_id, Fields.empty())


@router.post("/topics/{topic_id}/settle")
def settle_topic(
    topic_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Answer it by an interpretation that is registered with it, or by one that stands."""
    fields = Fields(form)
    standing = fields.typed("interpretation")
    said = None if standing else described_in(fields)
    if not fields.sound:
        return _show_one(request, desk, who, topic_id, fields, status=422)
    with heeding(fields), desk.store.writing() as session:
        topic = find_topic(session, who.office_id, topic_id)
        policy = session.get_one(Policy, topic.policy_id)
        one = (
            _standing(session, policy, standing)
            if said is None
            else _written(session, policy, said, who, desk)
        )
        settle(session, topic, one, by=who.number, now=desk.now())
    if fields.errors:
        return _show_one(request, desk, who, topic_id, fields, status=409)
    said_line = "已办结。接下来把解读告诉收到过这份政策通知的人。"
    return go(f"/topics/{topic_id}", desk=desk, said=said_line)


@router.post("/topics/{topic_id}/dismiss")
def dismiss_topic(
    topic_id: UUID, request: Request, desk: DeskHere, who: Clerk, form: StaffForm
) -> Response:
    """Say that no interpretation is needed, and why."""
    fields = Fields(form)
    remark = fields.text("remark", "原因", most=200)
    if not fields.sound:
        return _show_one(request, desk, who, topic_id, fields, status=422)
    with fields.heeding("remark"), desk.store.writing() as session:
        topic = find_topic(session, who.office_id, topic_id)
        dismiss(session, topic, remark=remark, by=who.number, now=desk.now())
    if fields.errors:
        return _show_one(request, desk, who, topic_id, fields, status=409)
    return go("/topics", desk=desk, said="已记下，不再解读。")


def _written(
    session: Session, policy: Policy, said: Described, who: SignedIn, desk: Desk
) -> Interpretation:
    return register(session, policy, said, by=who.number, now=desk.now())


def _standing(session: Session, policy: Policy, row: str) -> Interpretation:
    found = [one for one in _answers(session, policy) if str(one.id) == row]
    if not found:
        raise NotFound("没有这份解读")
    return found[0]


def _answers(session: Session, policy: Policy) -> list[Interpretation]:
    """Interpretations that came after the publication."""
    return [one for one in public_interpretations_of(session, policy) if one.stage is Stage.AFTER]


def _line(session: Session, topic: Topic) -> Line:
    policy = session.get_one(Policy, topic.policy_id)
    by_source = counted_by(session, topic)
    return Line(
        topic, policy, said_of(topic.words), sum(by_source.values()), by_source,
        _duty(session, topic),
    )  # fmt: skip


def _duty(session: Session, topic: Topic) -> Duty | None:
    """The one that was opened last for this topic."""
    return session.exec(
        select(Duty)
        .where(
            Duty.office_id == topic.office_id,
            Duty.kind == DutyKind.SECOND_INTERPRETATION,
            Duty.about == f"topic:{topic.id}",
        )
        .order_by((col(Duty.state) == DutyState.OPEN).desc(), col(Duty.opened_at).desc())
    ).first()


def _show_one(
    request: Request, desk: Desk, who: SignedIn, row: UUID, fields: Fields, *, status: int = 200
) -> Response:
    with desk.store.reading() as session:
        topic = find_topic(session, who.office_id, row)
        policy = session.get_one(Policy, topic.policy_id)
        before, after = echo(session, topic)
        shown = {
            "line": _line(session, topic),
            "days": _days(counted_by(session, topic, by_day=True)),
            "samples": _samples(session, topic),
            "answers": _answers(session, policy),
            "answer": session.get(Interpretation, topic.interpretation_id)
            if topic.interpretation_id
            else None,
            "batches": _batches(session, policy, topic),
            "was_matched": latest_run(session, policy) is not None,
            "echoes": _echoes(before, after),
            "owner": owner_of(policy),
        }
    new = Described(f"{policy.short_title}：{said_of(topic.words, most=3)}", stage=Stage.AFTER)
    return show(
        request, desk, who, "topic.html", status=status, topic=topic, policy=policy,
        fields=fields, value=form_said_of(new, fields), may_edit=who.role is Role.CLERK, **shown,
    )  # fmt: skip


def _echoes(before: Echo, after: Echo) -> list[tuple[str, Echo]]:
    return [("解读以前", before), ("解读以后", after)]


def _days(counted: Mapping[str, int]) -> list[Day]:
    most = max(counted.values(), default=1)
    return [Day(day[5:], n, round(100 * n / most)) for day, n in sorted(counted.items())[-14:]]


def _samples(session: Session, topic: Topic) -> list[Sample]:
    rows = session.exec(
        select(Question, TopicQuestion)
        .join(TopicQuestion, col(TopicQuestion.question_id) == col(Question.id))
        .where(TopicQuestion.topic_id == topic.id)
        .order_by(col(Question.at).desc(), col(Question.id).desc())
        .limit(SAMPLES)
    )
    return [Sample(question, text_of(session, question), one.words) for question, one in rows]


def _batches(session: Session, policy: Policy, topic: Topic) -> Sequence[Batch]:
    """News of an interpretation, since the topic was settled."""
    if topic.settled_at is None:
        return []
    versions = select(Policy.id).where(Policy.family_id == policy.family_id)
    return session.exec(
        select(Batch)
        .where(
            col(Batch.policy_id).in_(versions),
            Batch.kind == BatchKind.INTERPRETATION,
            Batch.drafted_at >= topic.settled_at,
        )
        .order_by(col(Batch.drafted_at))
    ).all()
