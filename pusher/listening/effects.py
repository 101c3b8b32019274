"""What it came to (监测问效): from who was found to who was reached, counted from the rows.

A person counts once for each policy, by the best that became of them. What is told here names
nobody; where a rule asked for sensitive facts, small numbers of a street are kept back.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from statistics import median
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, func, or_, select

from profiles.ages import day_of, start_of
from profiles.model import OptOut
from pusher.listening.effect_rows import (
    DELIVERED,
    READ,
    Group,
    by_way,
    elderly,
    groups,
    middle_receipt,
)
from pusher.model.batch import Batch, BatchKind
from pusher.model.match import MatchRun
from pusher.model.notice import Notice, NoticeState
from pusher.model.policy import Policy
from pusher.model.question import Question, QuestionSource
from pusher.model.word import Meaning, Reply

LEAST: Final = 5
"""A number of people in a street that is smaller is kept back where facts are sensitive."""
COUNTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "found": "任何一次名单找到的人（户），可能符合、待核实和按订阅都算，每份政策一人一次",
        "told": "找到的人中，至少一条通知已交运营商、微信或企业微信，或已登记上门送达",
        "reached": "找到的人中，至少一条通知有送达或已读回执，或已登记上门送达",
        "read": "微信回执为已读的人；短信没有已读回执，企业微信不给回执",
        "visited": "已登记上门送达的人",
        "asked": "转人工的回复，加上网页和命令行提的问题",
        "complained": "12345 工单、网页反馈和回复“不满意”",
        "satisfied": "回复“1”或“满意”的，占回复“1”“2”及满意、不满意的比例",
        "opted_out": "收到这份政策的通知之后退订、至今有效的",
        "cost": "已交出的通知按起草时的单价合计，元",
        "cost_each": "费用除以有送达回执的人数，上门不计",
        "not_told": "找到却没告知：一条通知都没有交出、也没有上门的人，按最近一层原因",
        "waits": "读入到确认、确认到首个批次批准、批准到一半送达，各政策的中位数",
        "elderly": "送到的60周岁以上居民中，只靠上门送到的占多少",
        "month": "政策首次计算名单的月份",
    }
)
"""How each figure is counted, for whoever reads it."""


@dataclass(slots=True)
class Line:
    """One policy, one month, or everything, in people unless said otherwise.

    Attributes:
        name: short title, or month.
        policy_id: of a policy's line.
        asked, complained, satisfied, dissatisfied, opted_out: words that came back, not people.
        written: reached by a notice, not at the door alone.
        cost: yuan.
    """

    name: str
    policy_id: UUID | None = None
    month: str = ""
    found: int = 0
    told: int = 0
    reached: int = 0
    written: int = 0
    read: int = 0
    visited: int = 0
    asked: int = 0
    complained: int = 0
    satisfied: int = 0
    dissatisfied: int = 0
    opted_out: int = 0
    cost: Decimal = Decimal(0)

    @property
    def cost_each(self) -> Decimal | None:
        """Yuan for each person whom a notice reached; None where it reached nobody."""
        return round(self.cost / self.written, 3) if self.written else None

    @property
    def satisfaction(self) -> int | None:
        """Percent of who said 1 or 2; None where nobody did."""
        said = self.satisfied + self.dissatisfied
        return round(100 * self.satisfied / said) if said else None

    def add(self, other: "Line") -> None:
        """Take in another line's numbers."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_NUMBERS: Final = (
    "found", "told", "reached", "written", "read", "visited", "asked", "complained", "satisfied",
    "dissatisfied", "opted_out", "cost",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One street: how many were found and reached; None where the number is kept back."""

    street: str
    found: int | None
    reached: int | None


@dataclass(frozen=True, slots=True)
class Waits:
    """Median hours of the steps, each over the policies that took it; None where none did."""

    read_to_confirmed: float | None
    confirmed_to_approved: float | None
    approved_to_delivered: float | None


@dataclass(frozen=True, slots=True)
class Effects:
    """What the policies of a period came to.

    Attributes:
        since: the day from which on a policy counts, by its first run.
        total: all lines together.
        by_policy: the newest first.
        by_month: the newest first.
        not_told: why → people who were found and not told; a `Reason` or a word of `WHY_NOT`.
        by_street: every street with somebody who was found.
        by_way: channel → people handed a notice by it, people it reached.
        elderly: people of 60 and above who were reached, and those of them at the door alone;
            None where they are too many to be counted at once.
    """

    since: date
    total: Line
    by_policy: Sequence[Line]
    by_month: Sequence[Line]
    not_told: Mapping[str, int]
    by_street: Sequence[Place]
    by_way: Mapping[str, tuple[int, int]]
    waits: Waits
    elderly: tuple[int, int] | None
    counted: Mapping[str, str] = field(default_factory=lambda: COUNTED)


def effects(
    session: Session,
    *,
    office_id: UUID,
    since: date,
    today: date,
    policy: UUID | None = None,
    open_at_most: int | None = None,
) -> Effects:
    """Count what the policies of a period came to.

    Args:
        session: one transaction; on SQLite one snapshot.
        since: policies whose people were first looked for on that day or later.
        today: the office's day; ages are counted on it.
        policy: one alone.
        open_at_most: how many dossiers may be opened to count the elderly; None: any number.
    """
    first = _first_runs(session, office_id, since, policy)
    ids = [row.id for row, _ in first]
    lines = {row.id: Line(row.short_title, row.id, f"{day_of(at):%Y-%m}") for row, at in first}
    people = list(groups(session, ids))
    for group in people:
        _count(lines[group.policy_id], group)
    _add_words(session, lines)
    _add_cost(session, lines)
    months: dict[str, Line] = {}
    total = Line("合计")
    for line in lines.values():
        months.setdefault(line.month, Line(line.month, month=line.month)).add(line)
        total.add(line)
    return Effects(
        since,
        total,
        list(lines.values()),
        sorted(months.values(), key=lambda line: line.month, reverse=True),
        _not_told(people),
        streets(people),
        by_way(session, ids),
        _waits(session, [row for row, _ in first]),
        elderly(session, ids, today=today, at_most=open_at_most),
    )


def streets(people: Iterable[Group]) -> list[Place]:
    """Found and reached by street, most found first.

    Where sensitive facts chose them, numbers below `LEAST` are kept back; and with a single one
    the next smallest too, or the total would give it away.
    """
    found, reached, guarded = Counter[str](), Counter[str](), False
    for group in people:
        found[group.street] += group.number
        reached[group.street] += group.number * group.reached
        guarded = guarded or group.sensitive
    names = sorted(found, key=lambda name: (-found[name], name))
    shown_found = _kept_back(found, names) if guarded else found
    shown_reached = _kept_back(reached, names) if guarded else reached
    return [Place(name, shown_found[name], shown_reached[name]) for name in names]


def _kept_back(numbers: Mapping[str, int], names: Sequence[str]) -> dict[str, int | None]:
    small = [name for name in names if 0 < numbers[name] < LEAST]
    if len(small) == 1:
        others = [name for name in names if name not in small and numbers[name]]
        small += sorted(others, key=numbers.__getitem__)[:1]
    return {name: None if name in small else numbers[name] for name in names}


def _first_runs(
    session: Session, office_id: UUID, since: date, policy: UUID | None
) -> Sequence[tuple[Policy, datetime]]:
    first = func.min(MatchRun.at)
    ours = [Policy.office_id == office_id]
    if policy is not None:
        ours.append(Policy.id == policy)
    begun = (
        select(col(MatchRun.policy_id).label("policy_id"), first.label("at"))
        .group_by(col(MatchRun.policy_id))
        .having(first >= start_of(since))
        .subquery()
    )
    return session.exec(
        select(Policy, begun.c.at)
        .join(begun, begun.c.policy_id == Policy.id)
        .where(*ours)
        .order_by(begun.c.at.desc(), col(Policy.id))
    ).all()


def _count(line: Line, group: Group) -> None:
    line.found += group.number
    line.told += group.number * group.told
    line.reached += group.number * group.reached
    line.written += group.number * (group.rank >= DELIVERED)
    line.read += group.number * (group.rank == READ)
    line.visited += group.number * group.visited


def _not_told(people: Iterable[Group]) -> Mapping[str, int]:
    why: Counter[str] = Counter()
    for group in people:
        if not group.told:
            why[group.why_not] += group.number
    return dict(why.most_common())


_ANSWERS: Final = {
    Meaning.OTHER: "asked",
    Meaning.SATISFIED: "satisfied",
    Meaning.DISSATISFIED: "dissatisfied",
}
_QUESTIONS: Final = {
    QuestionSource.ASK: "asked",
    QuestionSource.HOTLINE: "complained",
    QuestionSource.FEEDBACK: "complained",
}


def _add_words(session: Session, lines: Mapping[UUID, Line]) -> None:
    """Add what came back: answers to notices, questions, and words to be silent."""
    answers = session.exec(
        select(Notice.policy_id, Reply.meaning, func.count())
        .join(Notice, col(Notice.id) == Reply.notice_id)
        .where(col(Notice.policy_id).in_(lines), col(Reply.meaning).in_(_ANSWERS))
        .group_by(col(Notice.policy_id), col(Reply.meaning))
    )
    for policy, meaning, number in answers:
        _raise(lines[policy], _ANSWERS[Meaning(meaning)], number)
        if meaning == Meaning.DISSATISFIED:
            _raise(lines[policy], "complained", number)
    questions = session.exec(
        select(Question.policy_id, Question.source, func.count())
        .where(col(Question.policy_id).in_(lines))
        .group_by(col(Question.policy_id), col(Question.source))
    )
    for about, source, number in questions:
        if about is not None and source in _QUESTIONS:
            _raise(lines[about], _QUESTIONS[QuestionSource(source)], number)
    for policy, number in _opt_outs(session, lines):
        _raise(lines[policy], "opted_out", number)


def _raise(line: Line, name: str, number: int) -> None:
    setattr(line, name, getattr(line, name) + number)


def _opt_outs(session: Session, lines: Mapping[UUID, Line]) -> Sequence[tuple[UUID, int]]:
    return session.exec(
        select(Notice.policy_id, func.count(func.distinct(col(OptOut.id))))
        .join(
            OptOut,
            or_(
                col(OptOut.address_index) == Notice.address_index,
                col(OptOut.profile_id) == Notice.profile_id,
            ),
        )
        .where(
            col(Notice.policy_id).in_(lines),
            col(OptOut.lifted_at).is_(None),
            col(OptOut.said_at) >= Notice.accepted_at,
        )
        .group_by(col(Notice.policy_id))
    ).all()


def _add_cost(session: Session, lines: Mapping[UUID, Line]) -> None:
    rows = session.exec(
        select(col(Notice.policy_id), col(Notice.price), func.count())
        .where(col(Notice.policy_id).in_(lines), Notice.state == NoticeState.ACCEPTED)
        .group_by(col(Notice.policy_id), col(Notice.price))
    )
    for policy, price, number in rows:
        lines[policy].cost += price * number


def _waits(session: Session, policies: Sequence[Policy]) -> Waits:
    confirmed: list[float] = []
    approved: list[float] = []
    delivered: list[float] = []
    for policy in policies:
        if policy.confirmed_at is None:
            continue
        confirmed.append(_hours(policy.read_at, policy.confirmed_at))
        batch = session.exec(
            select(Batch)
            .where(
                Batch.policy_id == policy.id,
                Batch.kind == BatchKind.FIRST,
                col(Batch.approved_at).is_not(None),
            )
            .order_by(col(Batch.approved_at))
        ).first()
        if batch is not None and batch.approved_at is not None:
            approved.append(_hours(policy.confirmed_at, batch.approved_at))
            if (half := middle_receipt(session, batch.id)) is not None:
                delivered.append(_hours(batch.approved_at, half))
    return Waits(_middle(confirmed), _middle(approved), _middle(delivered))


def _hours(first: datetime, then: datetime) -> float:
    # what was confirmed anew after its first batch counts as at once
    return max(0.0, (then - first).total_seconds() / 3600)


def _middle(hours: Sequence[float]) -> float | None:
    return round(median(hours), 1) if hours else None
