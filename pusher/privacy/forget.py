"""Forget a person everywhere: the ground floor, and every table of the route.

A notice that is being handed over, or of which nobody knows yet whether it was taken, waits: its
address is still needed to ask the gateway. The clockwork finishes when it has its outcome.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, or_, select

from profiles import forget as ground
from profiles.model import Contact, EndReason, Erasure, Profile
from pusher import audit
from pusher.model.batch import Visit
from pusher.model.binding import BindingCode
from pusher.model.contact_code import ContactCode
from pusher.model.errors import IllegalMove
from pusher.model.fact_index import FactIndex
from pusher.model.match import Match
from pusher.model.notice import Attempt, Notice, NoticeState, Reason
from pusher.model.public import PublicCode, PublicSession
from pusher.model.question import Question
from pusher.model.rights import RightsRequest
from pusher.model.word import Inbox, Receipt, Reply
from pusher.privacy.copy import questions_of, replies_of

BECOMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "profile": "姓名、号码、事实清空；只留证件号码的密钥索引，再次导入时据此拒收",
        "guardianship": "删除",
        "contact": "地址清空、停用；索引换成无意义的值",
        "contactcode": "删除",
        "bindingcode": "删除",
        "publiccode": "本人独用号码的删除，其余一天后删除",
        "publicsession": "删除",
        "rightsrequest": "内容清空，只留何时要求、何时办完",
        "consent": "全部撤回，行保留作为当初依据",
        "optout": "保留；本人独用的地址按密钥索引登记为退订",
        "subscription": "全部停止",
        "rosterrow": "改动痕迹清空，不能再撤销",
        "rosterfile": "等待确认的名册原件按期限删除",
        "erasure": "记下何时要求、何时办完",
        "factindex": "整份丢弃，由其余档案重新生成",
        "match": "依据清空，只留结论供统计",
        "notice": "未发的不再发；已发的清空正文和地址索引，只留状态供统计",
        "noticematch": "只有编号",
        "attempt": "网关原话清空",
        "receipt": "只有编号和状态",
        "inbox": "含其回执、回复的原文清空",
        "reply": "地址、内容、处理说明清空",
        "question": "随其回复、通知提出的内容清空，处理说明清空",
        "hotlinecall": "只有类别和街道",
        "questiontie": "只有政策里的词",
        "topicquestion": "只有与多人相同的词",
        "visit": "社区、备注清空，未上门的不再列出",
        "visitmatch": "只有编号",
        "postingphoto": "不知道照片里是谁，不动；撤下后按期限删除",
        "auditentry": "只有编号，按法律保留",
    }
)
"""Every table that can tell of a person, and what becomes of its rows when they are forgotten."""
OF_NOBODY: Final = frozenset(
    {
        *("office", "street", "rosterimport", "policy", "policytag", "audiencerule", "matchrun"),
        *("policyoriginal", "policycitation", "policycorrection", "intake"),
        *("correction", "officephrase", "policyterms"),
        *("watchedcolumn", "watchedpage"),
        *("batch", "digest", "staff", "staffstreet", "staffsession", "invitation"),
        *("slot", "heartbeat"),
        # a digest and a blind mark, for five minutes
        "signature",
        *("pause", "hold", "holiday", "epoch", "program", "programcall"),
        *("interpretation", "interpretationplan"),
        # a board, and who pinned up what
        "posting",
        # a thing by its id or its day, and a title of a policy
        "duty",
        "reminder",
        # the words that many share
        *("hotlineimport", "topic"),
    }
)
"""Tables without a row that tells of a person whom the office keeps a profile of."""
_OPEN: Final = (NoticeState.HANDING, NoticeState.UNSURE)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a `forget` came to.

    Attributes:
        withheld: notices that were still to go out and now do not.
        waiting: notices whose outcome has to come first; the clockwork finishes then.
    """

    withheld: int
    waiting: int


def forget(
    session: Session, profile: Profile, *, by: str, now: datetime, reason: str = ""
) -> Forgotten:
    """Forget *profile* at the person's request. Audited; cannot be undone.

    Args:
        reason: how they asked and how the office knew them, as staff wrote it down.

    Raises:
        IllegalMove: they were forgotten already.
    """
    if profile.ended_reason is EndReason.ERASED:
        raise IllegalMove("此人的资料已经删除")
    replies = [reply.id for reply in replies_of(session, profile)]
    questions = [question.id for question in questions_of(session, profile)]
    addresses = ground.own_addresses(session, profile)
    ground.end(session, profile, now=now)
    withheld = _withhold(session, profile.id)
    _blank_matches(session, profile.id)
    _blank_visits(session, profile.id)
    _drop_codes(session, profile.id, addresses)
    _blank_requests(session, profile.id)
    _blank_words(session, profile.id, replies)
    _blank_questions(session, questions)
    # a copy of everybody's facts, theirs among them; the next look makes it anew
    session.exec(delete(FactIndex).where(col(FactIndex.office_id) == profile.office_id))
    erasure = Erasure(profile_id=profile.id, asked_at=now, by=by)
    session.add(erasure)
    session.flush()
    waiting = _finish(session, erasure, profile, now=now)
    audit.note(
        session, "privacy.forget", about=("profile", profile.id), by=by, now=now,
        withheld=withheld, waiting=waiting, **({"reason": reason} if reason else {}),
    )  # fmt: skip
    return Forgotten(withheld, waiting)


def finish(session: Session, *, now: datetime) -> int:
    """Finish what waited for an outcome; return how many people are now forgotten altogether."""
    asked = select(Erasure, Profile).join(Profile, col(Profile.id) == Erasure.profile_id)
    unfinished = session.exec(asked.where(col(Erasure.finished_at).is_(None))).all()
    return sum(_finish(session, one, profile, now=now) == 0 for one, profile in unfinished)


def _finish(session: Session, erasure: Erasure, profile: Profile, *, now: datetime) -> int:
    """Empty what has its outcome, and the addresses when nothing waits; how many wait."""
    mine = Notice.profile_id == profile.id
    settled = or_(
        col(Notice.state).not_in([*_OPEN, NoticeState.DRAFTED]),
        # nobody will learn more of it by the address
        (col(Notice.state) == NoticeState.UNSURE) & col(Notice.left_to_staff_at).is_not(None),
    )
    done = session.exec(select(Notice.id).where(mine, settled)).all()
    _blank_notices(session, done)
    waiting = session.exec(select(func.count()).where(mine, ~settled)).one()
    if waiting == 0:
        ground.blank_contacts(session, profile)
        erasure.finished_at = now
        session.add(erasure)
        session.flush()
    return waiting


def _withhold(session: Session, person: UUID) -> int:
    drafted = (col(Notice.profile_id) == person, col(Notice.state) == NoticeState.DRAFTED)
    held = session.exec(
        update(Notice)
        .where(*drafted)
        .values(state=NoticeState.WITHHELD, reason=Reason.ERASED, not_before=None)
    )
    return held.rowcount


def _blank_notices(session: Session, notices: Sequence[UUID]) -> None:
    for change in (
        update(Notice)
        .where(col(Notice.id).in_(notices))
        .values(text_sealed=None, text_sha256=None, address_index=None),
        update(Attempt).where(col(Attempt.notice_id).in_(notices)).values(said=None),
    ):
        session.exec(change)


def _blank_matches(session: Session, person: UUID) -> None:
    session.exec(
        update(Match)
        .where(col(Match.profile_id) == person)
        .values(reasons_sealed=None, missing=[], followed=[])
    )


def _blank_visits(session: Session, person: UUID) -> None:
    session.exec(
        update(Visit).where(col(Visit.profile_id) == person).values(community=None, remark=None)
    )


def _drop_codes(session: Session, person: UUID, addresses: Collection[str]) -> None:
    theirs = select(Contact.id).where(Contact.profile_id == person)
    session.exec(delete(ContactCode).where(col(ContactCode.contact_id).in_(theirs)))
    session.exec(delete(PublicCode).where(col(PublicCode.address_index).in_(addresses)))
    session.exec(delete(BindingCode).where(col(BindingCode.profile_id) == person))
    session.exec(delete(PublicSession).where(col(PublicSession.profile_id) == person))


def _blank_requests(session: Session, person: UUID) -> None:
    session.exec(
        update(RightsRequest)
        .where(col(RightsRequest.profile_id) == person)
        .values(words_sealed=b"", remark=None)
    )


def _blank_words(session: Session, person: UUID, replies: list[UUID]) -> None:
    """Empty what they answered, and the vendors' bodies in which their words or receipts stood."""
    mine = select(Notice.id).where(Notice.profile_id == person)
    bodies = or_(
        col(Inbox.id).in_(select(Receipt.inbox_id).where(col(Receipt.notice_id).in_(mine))),
        col(Inbox.id).in_(select(Reply.inbox_id).where(col(Reply.id).in_(replies))),
    )
    for change in (
        update(Inbox).where(bodies, col(Inbox.folded_at).is_not(None)).values(body_sealed=b""),
        update(Reply)
        .where(col(Reply.id).in_(replies))
        .values(address_sealed=b"", text_sealed=b"", address_index="", settlement=None),
    ):
        session.exec(change)


def _blank_questions(session: Session, questions: list[UUID]) -> None:
    session.exec(
        update(Question).where(col(Question.id).in_(questions)).values(text_sealed=b"", remark=None)
    )
