"""A topic is settled: by an interpretation for all who ask, or because none is needed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select, update

from pusher import duties
from pusher.audit import note
from pusher.model.duty import DutyKind
from pusher.model.errors import IllegalMove, NotFound, Overtaken, Unwilling
from pusher.model.interpretation import Interpretation, Stage
from pusher.model.notice import Notice
from pusher.model.policy import Policy
from pusher.model.question import Question
from pusher.model.topic import Topic, TopicQuestion
from pusher.model.word import Meaning, Reply


@dataclass(frozen=True, slots=True)
class Echo:
    """What people said before and after a topic was settled.

    Attributes:
        asked: questions of the topic.
        satisfied, dissatisfied: answers 1 and 2 to notices of the policy.
    """

    asked: int
    satisfied: int
    dissatisfied: int


def settle(
    session: Session, topic: Topic, interpretation: Interpretation, *, by: str, now: datetime
) -> None:
    """Say that *interpretation* answers *topic*; its duty is done. The caller commits.

    Raises:
        Unwilling: it explains another policy, came with the publication, or nobody has looked at
            it.
        IllegalMove: the topic waits for no answer. Overtaken: somebody was faster.
    """
    families = session.exec(
        select(Policy.family_id)
        .where(col(Policy.id).in_([topic.policy_id, interpretation.policy_id]))
        .distinct()
    ).all()
    if interpretation.policy_id is None or len(families) != 1:
        raise Unwilling("这份解读说的是另一份政策，不能用来办结")
    if interpretation.stage is not Stage.AFTER:
        raise Unwilling("这份解读是随发布的，群众看过还在问；请登记一份发布后的解读")
    if interpretation.checked_at is None or interpretation.ended_at is not None:
        raise Unwilling("这份解读还没有核对，或已撤下；请先核对")
    _settle(session, topic, now=now, by=by, interpretation_id=interpretation.id, remark=None)
    _close(session, topic, done=f"已作解读：{interpretation.title}", by=by, now=now)
    note(
        session, "topic.settle", about=("topic", topic.id), by=by, now=now,
        policy=str(topic.policy_id),
    )  # fmt: skip


def dismiss(session: Session, topic: Topic, *, remark: str, by: str, now: datetime) -> None:
    """Say that no interpretation is needed, and why; its duty is dropped. The caller commits.

    Raises:
        Unwilling: *remark* is blank.
        IllegalMove: the topic waits for no answer. Overtaken: somebody was faster.
    """
    said = remark.strip()[:200]
    if not said:
        raise Unwilling("请写明为什么不用再解读")
    _settle(session, topic, now=now, by=by, interpretation_id=None, remark=said)
    known = duties.open_about(
        session, DutyKind.SECOND_INTERPRETATION, f"topic:{topic.id}", office_id=topic.office_id
    )
    if known is not None:
        duties.drop(session, known, note=said, by=by, now=now)
    note(session, "topic.dismiss", about=("topic", topic.id), by=by, now=now, remark=said)


def echo(session: Session, topic: Topic) -> tuple[Echo, Echo]:
    """What was said before *topic* was settled, and since; all is before while it is not."""
    after = col(Question.at) > topic.settled_at if topic.settled_at else None
    asked = (
        select(func.count())
        .select_from(TopicQuestion)
        .join(Question, col(Question.id) == col(TopicQuestion.question_id))
        .where(TopicQuestion.topic_id == topic.id)
    )
    total = session.exec(asked).one()
    later = session.exec(asked.where(after)).one() if after is not None else 0
    before, since = _satisfaction(session, topic)
    return Echo(total - later, *before), Echo(later, *since)


def find_topic(session: Session, office_id: UUID, row: UUID) -> Topic:
    """A topic of this office.

    Raises:
        NotFound: none.
    """
    topic = session.get(Topic, row)
    if topic is None or topic.office_id != office_id:
        raise NotFound("没有这个话题")
    return topic


def _satisfaction(session: Session, topic: Topic) -> tuple[tuple[int, int], tuple[int, int]]:
    policy = session.get_one(Policy, topic.policy_id)
    rows = session.exec(
        select(Reply.meaning, Reply.at)
        .join(Notice, col(Notice.id) == col(Reply.notice_id))
        .join(Policy, col(Policy.id) == col(Notice.policy_id))
        .where(
            Policy.family_id == policy.family_id,
            col(Reply.meaning).in_((Meaning.SATISFIED, Meaning.DISSATISFIED)),
        )
    ).all()
    counts = {True: dict.fromkeys(Meaning, 0), False: dict.fromkeys(Meaning, 0)}
    for meaning, at in rows:
        counts[topic.settled_at is not None and at > topic.settled_at][Meaning(meaning)] += 1
    before, since = (
        (counts[late][Meaning.SATISFIED], counts[late][Meaning.DISSATISFIED])
        for late in (False, True)
    )
    return before, since


def _settle(
    session: Session,
    topic: Topic,
    *,
    now: datetime,
    by: str,
    interpretation_id: UUID | None,
    remark: str | None,
) -> None:
    if not topic.is_hot:
        raise IllegalMove("这个话题已经办结，或还没有那么多人问")
    moved = session.exec(
        update(Topic)
        .where(
            col(Topic.id) == topic.id,
            col(Topic.hot_at) == topic.hot_at,
            col(Topic.settled_at).is_(None)
            if topic.settled_at is None
            else col(Topic.settled_at) == topic.settled_at,
        )
        .values(settled_at=now, settled_by=by, interpretation_id=interpretation_id, remark=remark)
    )
    if moved.rowcount != 1:
        raise Overtaken("这个话题刚被同事办结，请刷新页面")
    session.refresh(topic)


def _close(session: Session, topic: Topic, *, done: str, by: str, now: datetime) -> None:
    known = duties.open_about(
        session, DutyKind.SECOND_INTERPRETATION, f"topic:{topic.id}", office_id=topic.office_id
    )
    if known is not None:
        duties.close(session, known, note=done, by=by, now=now)
