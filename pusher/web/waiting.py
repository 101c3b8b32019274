"""What waits for this member of staff, by kind, with the names of the first few."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from profiles.model import Contact, ImportState, Profile, RosterImport
from pusher.listening.postings import outlived
from pusher.listening.questions import OPEN as ASKED
from pusher.listening.replies import OPEN
from pusher.listening.rights import open_requests
from pusher.listening.topics import said_of, topics_of
from pusher.listening.visits import RELEASED
from pusher.model.batch import Batch, BatchKind, BatchState, Visit, VisitState
from pusher.model.duty import Duty, DutyState, Level
from pusher.model.interpretation import Interpretation
from pusher.model.notice import Notice, NoticeState
from pusher.model.policy import Genre, Policy, PolicyState
from pusher.model.question import Question
from pusher.model.staff import Role
from pusher.model.word import Reply
from pusher.reading.interpretation_plan import outstanding
from pusher.web.session import SignedIn
from pusher.working_days import read_calendar

_NAMED = 3
"""How many are named; the rest is a number."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of work that waits for a person.

    Attributes:
        unit: what one of them is counted in: 份, 个, 条, 户.
        act: on the button.
        names: what the first few are called, where they have a name that may be shown.
    """

    count: int
    unit: str
    name: str
    explained: str
    address: str
    act: str
    names: Sequence[str] = ()


def waiting(session: Session, who: SignedIn, *, today: date) -> list[Waiting]:
    """Every kind of work that *who* may do or see, also where nothing waits.

    Args:
        today: the office's day; the calendars of its year and the next are an admin's to write.
    """
    if who.role is Role.ADMIN:
        return [_calendars(session, (today.year, today.year + 1)), _duties(session, who, today)]
    if who.role not in (Role.VIEWER, Role.CLERK, Role.REVIEWER):
        return []
    kinds = [_reviews(session, who)] if who.role is Role.REVIEWER else []
    if who.role is not Role.REVIEWER:
        kinds += [_policies(session, who), _interpretations(session, who)]
        kinds += [_plans(session, who, today)]
        kinds += [_drafts(session, who), _reminders(session, who), _imports(session, who)]
    daily = [
        _topics(session, who),
        _replies(session),
        _questions(session, who),
        _requests(session, who),
        _unsure(session, who),
        _visits(session, who),
        _postings(session, who, today),
    ]
    return [*kinds, *daily, _contacts(session, who), _duties(session, who, today)]


def _requests(session: Session, who: SignedIn) -> Waiting:
    return Waiting(
        len(open_requests(session, who.office_id)),
        "条",
        "本人要求待办",
        "要副本、要改、要删除的；先核实是本人",
        "/requests",
        "去办",
    )


def _policies(session: Session, who: SignedIn) -> Waiting:
    where = (
        col(Policy.office_id) == who.office_id,
        col(Policy.state) == PolicyState.READ,
        col(Policy.genre) != Genre.INTERPRETATION,
    )
    names = session.exec(
        select(Policy.title).where(*where).order_by(col(Policy.read_at)).limit(_NAMED)
    ).all()
    return Waiting(
        _count(session, Policy, *where),
        "份",
        "政策待确认",
        "核对标签、条件和要点，确认后才能计算名单",
        "/policies?state=read",
        "去核对",
        names,
    )


def _interpretations(session: Session, who: SignedIn) -> Waiting:
    where = (
        col(Interpretation.office_id) == who.office_id,
        col(Interpretation.checked_at).is_(None),
        col(Interpretation.ended_at).is_(None),
    )
    names = session.exec(
        select(Interpretation.title).where(*where).order_by(col(Interpretation.at)).limit(_NAMED)
    ).all()
    return Waiting(
        _count(session, Interpretation, *where),
        "份",
        "解读待核对",
        "看对上的是不是那份政策，核对后公众才看得到",
        "/interpretations?waiting=1",
        "去核对",
        names,
    )


def _plans(session: Session, who: SignedIn, today: date) -> Waiting:
    late = [policy for plan, policy in outstanding(session, who.office_id) if plan.due_on < today]
    return Waiting(
        len(late),
        "份",
        "解读逾期未发",
        "过了方案里定的日期，还没有登记或核对过解读",
        "/interpretations#plans",
        "去看",
        [policy.short_title for policy in late[:_NAMED]],
    )


def _drafts(session: Session, who: SignedIn) -> Waiting:
    found = _batches(session, who, BatchState.DRAFT, col(Batch.kind) != BatchKind.REMINDER)
    return Waiting(
        found[0],
        "个",
        "批次草稿",
        "看过名单、原文和费用，再提交审核",
        "/batches?state=draft",
        "去提交",
        found[1],
    )


def _reminders(session: Session, who: SignedIn) -> Waiting:
    """Reminders of a deadline, drafted by the clockwork or by hand: they wait for nobody long."""
    found = _batches(session, who, BatchState.DRAFT, col(Batch.kind) == BatchKind.REMINDER)
    return Waiting(
        found[0],
        "个",
        "待审提醒",
        "快截止了，只给告知过、没有回音的人；看过再提交审核",
        "/batches?state=draft",
        "去提交",
        found[1],
    )


def _reviews(session: Session, who: SignedIn) -> Waiting:
    found = _batches(session, who, BatchState.IN_REVIEW)
    return Waiting(
        found[0],
        "个",
        "批次待审核",
        "看清内容、对象和费用再批准",
        "/batches?state=in_review",
        "去审核",
        found[1],
    )


def _batches(
    session: Session, who: SignedIn, state: BatchState, *kinds: ColumnElement[bool]
) -> tuple[int, Sequence[str]]:
    where = (col(Batch.office_id) == who.office_id, col(Batch.state) == state, *kinds)
    rows = session.exec(
        select(Policy.short_title, Batch.kind)
        .join(Batch, col(Batch.policy_id) == col(Policy.id))
        .where(*where)
        .order_by(col(Batch.drafted_at))
        .limit(_NAMED)
    ).all()
    names = [f"订阅摘要：{title} 等" if kind is BatchKind.DIGEST else title for title, kind in rows]
    return _count(session, Batch, *where), names


def _imports(session: Session, who: SignedIn) -> Waiting:
    where = (
        col(RosterImport.office_id) == who.office_id,
        col(RosterImport.state).in_((ImportState.CHECKED, ImportState.RUNNING)),
    )
    names = session.exec(
        select(RosterImport.file_name).where(*where).order_by(col(RosterImport.at)).limit(_NAMED)
    ).all()
    count = _count(session, RosterImport, *where)
    explained = "检查过、还没有确认，或没有导完"
    return Waiting(count, "份", "名册未导完", explained, "/imports", "去导入", names)


def _topics(session: Session, who: SignedIn) -> Waiting:
    found = topics_of(session, who.office_id)
    return Waiting(
        len(found),
        "个",
        "热点问题待解读",
        "许多人问同样的事，再解读一次并告诉收到过通知的人",
        "/topics",
        "去解读",
        [said_of(topic.words) for topic in found[:_NAMED]],
    )


def _replies(session: Session) -> Waiting:
    count = _count(session, Reply, OPEN)
    return Waiting(count, "条", "回复待处理", "疑似退订的已先停发，等人决定", "/replies", "去处理")


def _questions(session: Session, who: SignedIn) -> Waiting:
    count = _count(session, Question, ASKED, col(Question.office_id) == who.office_id)
    told = "系统没答上的提问和没办结的诉求"
    return Waiting(count, "条", "提问待处理", told, "/questions?state=open", "去处理")


def _unsure(session: Session, who: SignedIn) -> Waiting:
    count = session.exec(
        select(func.count())
        .select_from(Notice)
        .join(Batch, col(Batch.id) == col(Notice.batch_id))
        .where(
            col(Batch.office_id) == who.office_id,
            col(Notice.state) == NoticeState.UNSURE,
            col(Notice.left_to_staff_at).is_not(None),
            col(Notice.replaced_at).is_(None),
        )
    ).one()
    explained = "不知运营商收下没有，系统不会重发，请人核实"
    return Waiting(count, "条", "通知存疑", explained, "/notices/unsure", "去核实")


def _visits(session: Session, who: SignedIn) -> Waiting:
    count = session.exec(
        select(func.count())
        .select_from(Visit)
        .join(Batch, col(Batch.id) == col(Visit.batch_id))
        .where(
            col(Batch.office_id) == who.office_id,
            col(Batch.state).in_(RELEASED),
            col(Visit.state) != VisitState.DONE,
        )
    ).one()
    explained = "联系不上的人家，由社区送明白纸"
    return Waiting(count, "户", "待上门", explained, "/visits", "看名单")


def _postings(session: Session, who: SignedIn, today: date) -> Waiting:
    boards = outlived(session, office_id=who.office_id, today=today)
    explained = "政策已结束，公示栏上的要撤下"
    named = boards[:_NAMED]
    return Waiting(len(boards), "处", "公示待撤下", explained, "/visits/postings", "去撤下", named)


def _contacts(session: Session, who: SignedIn) -> Waiting:
    count = session.exec(
        select(func.count())
        .select_from(Contact)
        .join(Profile, col(Profile.id) == col(Contact.profile_id))
        .where(
            col(Profile.office_id) == who.office_id,
            col(Contact.doubt).is_not(None),
            col(Contact.ended_at).is_(None),
        )
    ).one()
    explained = "可能已换人，核实前不发敏感通知"
    return Waiting(count, "个", "号码待核实", explained, "/contacts", "去核实")


def _duties(session: Session, who: SignedIn, today: date) -> Waiting:
    """What is late; for reviewers and admins what is so late that it has gone up to them."""
    gone_up = who.role in (Role.REVIEWER, Role.ADMIN)
    late = (
        col(Duty.level).in_((Level.SUPERVISED, Level.HEAD)) if gone_up else col(Duty.due_on) < today
    )
    where = (col(Duty.office_id) == who.office_id, col(Duty.state) == DutyState.OPEN, late)
    names = session.exec(
        select(Duty.title).where(*where).order_by(col(Duty.due_on), col(Duty.id)).limit(_NAMED)
    ).all()
    count = _count(session, Duty, *where)
    name = "督办" if gone_up else "督办逾期"
    return Waiting(count, "件", name, "过了期限还没有办好的事", "/duties?late=1", "去看看", names)


def _calendars(session: Session, years: Sequence[int]) -> Waiting:
    calendar = read_calendar(session)
    lacking = [f"{year}年" for year in years if calendar.doubts(year)]
    explained = "没有录入的年份，节假日也会照常发送"
    return Waiting(len(lacking), "年", "节假日未录入", explained, "/settings", "去录入", lacking)


def _count(session: Session, table: Any, *where: ColumnElement[bool]) -> int:
    return session.exec(select(func.count()).select_from(table).where(*where)).one()
