"""Hot topics: what many asked alike of one policy in a few days, and who owes them an answer."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, func, or_, select

from profiles.turns import sort_in_turn
from pusher.clock import OFFICE_ZONE
from pusher.duties import open_duty
from pusher.listening.likeness import Group, nearest_group, shared_words, vector_of
from pusher.listening.nearest import Keywords, words_with
from pusher.listening.questions import text_of
from pusher.model.duty import DutyKind
from pusher.model.policy import Policy
from pusher.model.question import Feedback, Question
from pusher.model.topic import Topic, TopicQuestion
from pusher.settings import Settings
from pusher.terms import term_of
from pusher.words.rows import Terms
from pusher.working_days import read_calendar

LIVE: Final = timedelta(days=30)
"""A topic that nobody asked after for so long takes in no more questions."""
NOBODY: Final = "政务公开办公室"
"""Who owes an interpretation where the policy names no department."""


@dataclass(frozen=True, slots=True)
class Heat:
    """When a topic is hot.

    Attributes:
        within: of so long the questions are counted.
        at_least: so many of them.
        days: working days that a second interpretation may take.
    """

    within: timedelta = timedelta(days=7)
    at_least: int = 5
    days: int = 5


@dataclass(frozen=True, slots=True)
class Sorted:
    """What one `group` did: questions put into topics, topics begun, topics that got hot."""

    sorted: int = 0
    begun: int = 0
    hot: int = 0


def heat_of(settings: Settings) -> Heat:
    """What the settings say."""
    return Heat(
        timedelta(days=settings.topic_days),
        settings.topic_questions,
        term_of(DutyKind.SECOND_INTERPRETATION, settings.duty_days),
    )


def group(
    session: Session, office_id: UUID, *, keywords: Keywords, heat: Heat, by: str, now: datetime
) -> Sorted:
    """Put new questions into topics, in the order they came, and call hot what many ask.

    A question never leaves its topic, unless staff say that it is about another policy. Whoever
    calls this twice changes nothing. The caller commits.

    Args:
        by: staff number, or the name of the job; opens the duties.
    """
    sort_in_turn(session)
    _loosen(session, office_id)
    words_of = words_with(keywords)
    begun, total = 0, 0
    for family, questions in _fresh(session, office_id, now).items():
        shelf = _Shelf.of(session, office_id, family, words_of, now)
        for question in questions:
            begun += shelf.take(session, question)
        shelf.name(session)
        total += len(questions)
    hot = _warm(session, office_id, heat, by=by, now=now)
    return Sorted(total, begun, hot)


def counted_by(session: Session, topic: Topic, *, by_day: bool = False) -> Mapping[str, int]:
    """How many questions of a topic came by which way, or on which day (ISO)."""
    rows = session.exec(
        select(Question.source, Question.at)
        .join(TopicQuestion, col(TopicQuestion.question_id) == col(Question.id))
        .where(TopicQuestion.topic_id == topic.id)
        .order_by(col(Question.at))
    ).all()
    names = (
        at.astimezone(OFFICE_ZONE).date().isoformat() if by_day else str(source)
        for source, at in rows
    )
    return Counter(names)


class _Shelf:
    """The topics of one document that may take in more, with what their questions say."""

    def __init__(self, policy: Policy, words_of: Terms, topics: Mapping[UUID, Topic]) -> None:
        self._policy, self._words_of = policy, words_of
        self._topics = dict(topics)
        self._groups = {row: Group() for row in topics}
        self._title = frozenset(words_of(f"{policy.title} {policy.short_title}"))

    @classmethod
    def of(
        cls, session: Session, office_id: UUID, family: UUID, words_of: Terms, now: datetime
    ) -> "_Shelf":
        versions = select(Policy.id).where(Policy.family_id == family)
        policy = session.exec(
            select(Policy)
            .where(Policy.family_id == family)
            .order_by(col(Policy.version).desc())
            .limit(1)
        ).one()
        members = session.exec(
            select(Topic, Question)
            .join(TopicQuestion, col(TopicQuestion.topic_id) == col(Topic.id))
            .join(Question, col(Question.id) == col(TopicQuestion.question_id))
            .where(
                Topic.office_id == office_id,
                col(Topic.policy_id).in_(versions),
                Question.at > now - LIVE,
            )
            .order_by(col(Question.at), col(Question.id))
        ).all()
        shelf = cls(policy, words_of, {topic.id: topic for topic, _ in members})
        for topic, question in members:
            shelf._groups[topic.id].add(shelf._vector(session, question))
        return shelf

    def take(self, session: Session, question: Question) -> bool:
        """Put a question into the topic it belongs to; True if it began one."""
        vector = self._vector(session, question)
        where = nearest_group(vector, self._groups)
        begins = where is None
        if where is None:
            topic = Topic(
                office_id=question.office_id, policy_id=question.policy_id or self._policy.id,
                words=[], began_at=question.at,
            )  # fmt: skip
            session.add(topic)
            session.flush()
            where = topic.id
            self._topics[where], self._groups[where] = topic, Group()
        words = shared_words(vector, self._groups[where])
        self._groups[where].add(vector)
        session.add(TopicQuestion(question_id=question.id, topic_id=where, words=words))
        session.flush()
        return begins

    def name(self, session: Session) -> None:
        """Say of each topic what its questions share."""
        for row, topic in self._topics.items():
            topic.words = self._groups[row].words(title=self._title)
            session.add(topic)
        session.flush()

    def _vector(self, session: Session, question: Question) -> Mapping[str, float]:
        return vector_of(text_of(session, question), self._words_of)


def _loosen(session: Session, office_id: UUID) -> None:
    """Take out of their topics the questions that staff have tied to another policy since."""
    of_topic, of_question = aliased(Policy), aliased(Policy)
    elsewhere = (
        select(TopicQuestion.question_id)
        .join(Topic, col(Topic.id) == col(TopicQuestion.topic_id))
        .join(Question, col(Question.id) == col(TopicQuestion.question_id))
        .join(of_topic, col(of_topic.id) == col(Topic.policy_id))
        .outerjoin(of_question, col(of_question.id) == col(Question.policy_id))
        .where(
            Topic.office_id == office_id,
            or_(
                col(of_question.family_id).is_(None),
                col(of_question.family_id) != col(of_topic.family_id),
            ),
        )
    )
    rows = session.exec(elsewhere).all()
    if rows:
        session.exec(delete(TopicQuestion).where(col(TopicQuestion.question_id).in_(rows)))


def _fresh(session: Session, office_id: UUID, now: datetime) -> dict[UUID, list[Question]]:
    """Questions in no topic yet, by the document they are about, in the order they came."""
    rows = session.exec(
        select(Question, Policy.family_id)
        .join(Policy, col(Policy.id) == col(Question.policy_id))
        .outerjoin(TopicQuestion, col(TopicQuestion.question_id) == col(Question.id))
        .where(
            Question.office_id == office_id,
            Question.at > now - LIVE,
            Question.text_sealed != b"",
            # “有用” and “不该发给我” ask nothing
            or_(col(Question.feedback).is_(None), Question.feedback == Feedback.QUESTION),
            col(TopicQuestion.question_id).is_(None),
        )
        .order_by(col(Question.at), col(Question.id))
    ).all()
    found: dict[UUID, list[Question]] = {}
    for question, family in rows:
        found.setdefault(family, []).append(question)
    return found


def _warm(session: Session, office_id: UUID, heat: Heat, *, by: str, now: datetime) -> int:
    """Call hot what so many asked of late, and since it was settled; open a duty for each."""
    since = now - heat.within
    rows = session.exec(
        select(Topic, func.count())
        .join(TopicQuestion, col(TopicQuestion.topic_id) == col(Topic.id))
        .join(Question, col(Question.id) == col(TopicQuestion.question_id))
        .where(
            Topic.office_id == office_id,
            Question.at > since,
            or_(col(Topic.settled_at).is_(None), col(Question.at) > col(Topic.settled_at)),
        )
        .group_by(col(Topic.id))
        .having(func.count() >= heat.at_least)
    ).all()
    cold = [topic for topic, _ in rows if not topic.is_hot]
    for topic in cold:
        topic.hot_at = now
        session.add(topic)
        session.flush()
        _owe(session, topic, heat, by=by, now=now)
    return len(cold)


def _owe(session: Session, topic: Topic, heat: Heat, *, by: str, now: datetime) -> None:
    policy = session.get_one(Policy, topic.policy_id)
    today = now.astimezone(OFFICE_ZONE).date()
    open_duty(
        session,
        DutyKind.SECOND_INTERPRETATION,
        about=("topic", topic.id),
        title=f"二次解读：{policy.short_title}（{said_of(topic.words)}）",
        owner=owner_of(policy),
        due_on=read_calendar(session).after(today, heat.days),
        office_id=topic.office_id,
        by=by,
        now=now,
    )


def owner_of(policy: Policy) -> str:
    """The department that answers for a policy."""
    department = policy.elements.get("department")
    named = department if isinstance(department, str) and department.strip() else policy.issuer
    return (named or NOBODY).split("、")[0].strip()[:60]


def said_of(words: Iterable[str], *, most: int = 4) -> str:
    """The words of a topic as one reads them."""
    return "、".join(list(words)[:most]) or "多人追问"


def busy(
    session: Session, office_id: UUID, heat: Heat, *, now: datetime
) -> Sequence[tuple[Policy, int]]:
    """Policies that many ask about of late, but each something else: no topic of theirs is hot.

    The most asked about first; words alone do not tell that two questions mean the same.
    """
    number = func.count()
    rows = session.exec(
        select(Policy, number)
        .join(Question, col(Question.policy_id) == col(Policy.id))
        .where(Question.office_id == office_id, Question.at > now - heat.within)
        .group_by(col(Policy.id))
        .having(number >= heat.at_least)
        .order_by(number.desc(), col(Policy.id))
        .limit(20)
    ).all()
    hot = {topic.policy_id for topic in topics_of(session, office_id)}
    return [(policy, count) for policy, count in rows if policy.id not in hot]


def asked_about(
    session: Session, policy: Policy, *, most: int
) -> tuple[Mapping[str, int], Sequence[Question]]:
    """How many asked or said something of a document by which way, and the newest of it."""
    family = select(Policy.id).where(Policy.family_id == policy.family_id)
    ours = col(Question.policy_id).in_(family)
    counted = session.exec(
        select(Question.source, func.count()).where(ours).group_by(col(Question.source))
    ).all()
    newest = session.exec(
        select(Question)
        .where(ours)
        .order_by(col(Question.at).desc(), col(Question.id).desc())
        .limit(most)
    ).all()
    return {str(source): number for source, number in counted}, newest


def topics_of(session: Session, office_id: UUID, *, hot: bool = True) -> Sequence[Topic]:
    """Topics that wait for an answer, the oldest first; or all that ever were hot, newest first."""
    asked = select(Topic).where(Topic.office_id == office_id, col(Topic.hot_at).is_not(None))
    if not hot:
        return session.exec(asked.order_by(col(Topic.hot_at).desc(), col(Topic.id))).all()
    waiting = or_(col(Topic.settled_at).is_(None), col(Topic.settled_at) < col(Topic.hot_at))
    return session.exec(asked.where(waiting).order_by(col(Topic.hot_at), col(Topic.id))).all()
