"""What people answer: stored, understood, heeded at once; what is doubtful goes to staff."""

import re
import unicodedata
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import Session, and_, col, select, update

from profiles.addresses import contact_index
from profiles.model import Channel, Doubt, Office, OptOut
from profiles.optouts import lift, opt_out
from profiles.sealing import sealer_of
from profiles.signs import doubt, see_sign
from pusher.audit import note
from pusher.gateways.base import Reply as Said
from pusher.gateways.base import ReplyKind
from pusher.listening.binding import bind_by_word
from pusher.listening.plain import near, plain
from pusher.listening.questions import is_question, record
from pusher.model.errors import IllegalMove, Overtaken
from pusher.model.notice import Notice, NoticeState
from pusher.model.policy import Policy
from pusher.model.question import Question, QuestionSource
from pusher.model.word import Inbox, Meaning, Reply

ADDRESS: Final = "reply.address_sealed"
TEXT: Final = "reply.text_sealed"
"""Places of the sealed cells of a reply, for `Sealer.open_text`."""

STOP: Final = frozenset(
    {
        *("t", "td", "tt", "r", "n", "0000", "stop", "unsubscribe"),
        *(
            "退订",
            "退訂",
            "取消",
            "取消订阅",
            "取消訂閱",
            "取消短信",
            "拒收",
            "拒绝接收",
            "退订短信",
        ),
        *("不要再发", "不要再发了", "请不要再发", "请不要再发了", "不要再发短信", "不要再发短信了"),
    }
)
"""Clear words to be silent, when nothing else is said; bare letters and digits, lower case.

Source: the usage of mainland gateways, T TD R N 0000 退订 取消 拒收.
"""
YES: Final = frozenset({"同意", "我同意", "ty", "yes"})
SATISFIED: Final = frozenset({"1", "满意", "很满意", "非常满意"})
DISSATISFIED: Final = frozenset({"2", "不满意", "很不满意", "非常不满意"})

WAITING: Final = (Meaning.MAYBE_STOP, Meaning.WRONG_PERSON, Meaning.OTHER)
OPEN: Final = and_(col(Reply.settled_at).is_(None), col(Reply.meaning).in_(WAITING))
"""What waits for a person."""

_EXACT: Final = {
    **dict.fromkeys(STOP, Meaning.STOP),
    **dict.fromkeys(YES, Meaning.YES),
    **dict.fromkeys(SATISFIED, Meaning.SATISFIED),
    **dict.fromkeys(DISSATISFIED, Meaning.DISSATISFIED),
}
# They sound like "stop" and are the daily matter of a government office: who asks about
# retirement does not wish to be silent.
_HARMLESS: Final = re.compile(
    "退休|退役|退伍|退税|退费|退款|退还|退耕|离退|停电|停水|停车|停工|停产|停业|停保"
    "|麻烦|不要紧|要不要|需不需要"
)
_SAID: Final = re.compile("退订|退訂|取消|拒收|拒绝")
_HINTED: Final = re.compile(
    "退|停|烦|投诉|投訴|举报|骚扰|打扰|拉黑|屏蔽|勿扰|勿发|滚|不要|别发|别再|别给我"
    "|不想收|不想再|不再接收|不再收|不需要|删除我|删掉我|垃圾短信"
)
_LONE: Final = re.compile(r"(?<![a-z0-9])(?:td?|tt|r|n|0000|stop|unsubscribe)(?![a-z0-9])")


_ANSWERED: Final = {
    Channel.SMS: "短信回复",
    Channel.WECHAT: "微信回复",
    Channel.WECOM: "企业微信回复",
}
_LEFT: Final = {Channel.WECHAT: "取消关注公众号", Channel.WECOM: "取消关注企业微信应用"}
"""How a wish to be silent was said, as staff read it."""
_STRANGER: Final = re.compile(
    "(?:打|发|搞|弄|找|认|拨|输|留)错|号码(?:不对|错)|错号|不是本人|非本人|不是我本人|不是(?:他|她|这个人)"
    "|不认识(?:他|她|这|此|你说)|查无此人|没有?这个人|已?换号|换了号|换人了"
)
"""Whoever reads there is somebody else, or will soon be."""


def is_stranger(text: str) -> bool:
    """Whether an answer says that the address is not theirs to whom we wrote."""
    even = unicodedata.normalize("NFKC", text).casefold()
    return bool(_STRANGER.search("".join(sign for sign in even if sign.isalnum())))


def meaning_of(text: str) -> Meaning:
    """Say what an answer means; width, case, blanks and punctuation make no difference.

    Returns:
        STOP, YES, SATISFIED or DISSATISFIED only if the answer says that and nothing else;
        MAYBE_STOP if it sounds like a wish to be silent; WRONG_PERSON if a stranger answers;
        OTHER for all the rest.
    """
    even = unicodedata.normalize("NFKC", text).casefold()
    squeezed = "".join(sign for sign in even if sign.isalnum())
    if exact := _EXACT.get(squeezed):
        return exact
    if _SAID.search(squeezed) or _LONE.search(even):
        return Meaning.MAYBE_STOP
    if _HINTED.search(_HARMLESS.sub("", squeezed)):
        return Meaning.MAYBE_STOP
    return Meaning.WRONG_PERSON if is_stranger(text) else Meaning.OTHER


def keep(
    session: Session, said: Said, *, inbox: Inbox, position: int, channel: Channel
) -> Reply | None:
    """Store one answer and heed it: a wish to be silent binds from this transaction on.

    Args:
        inbox: the body it stood in; when that came is when it was said.
        position: among the replies of the body.
        channel: by which way it came.

    Returns:
        The reply, or None if the vendor told of it before (under the same reference).
    """
    sealer = sealer_of(session)
    address, text = plain(said.to), plain(said.text)
    # The id is made of the vendor's own, so that the same answer in another body is one row; of
    # address and text too, so that no wish to be silent is lost by an id that a vendor uses twice.
    told = f"{inbox.gateway}\0{plain(said.reference)}\0{address}\0{text}"
    row = UUID(hex=sealer.index(told, purpose="reply.id")[:32])
    if session.get(Reply, row):
        return None
    index = contact_index(sealer, channel, address)
    reply = Reply(
        id=row,
        inbox_id=inbox.id,
        position=position,
        channel=channel,
        address_index=index,
        address_sealed=sealer.seal_text(address, place=ADDRESS, row=row),
        text_sealed=sealer.seal_text(text, place=TEXT, row=row),
        meaning=_meaning(said, text),
        notice_id=_last_notice(session, channel, index),
        at=near(said.sent_at, inbox.received_at),
    )
    if said.kind is ReplyKind.SUBSCRIBE and not _silenced(session, channel, index):
        # a new follower of the account is no matter for staff
        reply.settled_by, reply.settled_at = "clockwork", inbox.received_at
        reply.settlement = "关注公众号" if channel is Channel.WECHAT else "关注企业微信应用"
    session.add(reply)
    session.flush()
    if said.kind is ReplyKind.MESSAGE and reply.meaning is Meaning.OTHER:
        _bind(session, reply, address, text, now=inbox.received_at)
    _heed(session, reply, said, received_at=inbox.received_at)
    if said.kind is ReplyKind.MESSAGE:
        _weigh_address(session, reply, text, now=inbox.received_at)
    session.flush()
    if reply.meaning is Meaning.OTHER and is_question(text):
        _ask(session, reply, text)
    return reply


def _bind(session: Session, reply: Reply, address: str, text: str, *, now: datetime) -> None:
    """Whoever sends the code that a clerk gave them is bound, and no matter for staff."""
    if bind_by_word(session, reply.channel, address, text, now=now) is not None:
        reply.settled_by, reply.settled_at = "clockwork", now
        reply.settlement = "已按绑定码绑定"
        session.add(reply)


def _ask(session: Session, reply: Reply, text: str) -> None:
    """An answer that asks something stands among the questions too; nobody but staff answers it."""
    notice = session.get(Notice, reply.notice_id) if reply.notice_id else None
    policy = session.get(Policy, notice.policy_id) if notice else None
    office_id = policy.office_id if policy else session.exec(select(Office.id)).first()
    if office_id is not None:
        record(
            session, office_id=office_id, source=QuestionSource.REPLY, text=text, at=reply.at,
            external_number=str(reply.id), notice_id=reply.notice_id,
            policy_id=policy.id if policy else None,
        )  # fmt: skip


def address_of(session: Session, reply: Reply) -> str:
    """Who answered: the phone number or openid in clear; empty once they were forgotten."""
    if not reply.address_sealed:
        return ""
    return sealer_of(session).open_text(reply.address_sealed, place=ADDRESS, row=reply.id)


def text_of(session: Session, reply: Reply) -> str:
    """What they wrote; empty for following or leaving an account, or once its term is over."""
    if not reply.text_sealed:
        return ""
    return sealer_of(session).open_text(reply.text_sealed, place=TEXT, row=reply.id)


def settle(
    session: Session, reply: Reply, *, stop: bool, by: str, now: datetime, remark: str
) -> None:
    """Decide what an answer meant, once.

    Args:
        stop: they wish to be silent: it binds for good. Otherwise a silence that was kept in
            doubt ends, unless another doubtful answer of theirs still waits for staff.
        by: staff number.
        remark: why, at most 200 characters, without personal data.

    Raises:
        IllegalMove: a clear 退订, which only they themselves can take back.
        Overtaken: settled already.
    """
    if reply.meaning is Meaning.STOP:
        raise IllegalMove("对方已明确退订，不能由工作人员改判；如本人要求恢复，请按本人申请办理")
    settled = session.exec(
        update(Reply)
        .where(col(Reply.id) == reply.id, col(Reply.settled_at).is_(None))
        .values(settled_by=by, settled_at=now, settlement=remark[:200])
    )
    if settled.rowcount != 1:
        raise Overtaken("该回复已处理过，请刷新页面")
    if stop:
        _silence(session, reply, how=f"{_ANSWERED[reply.channel]}，经工作人员确认", now=now)
    elif not _still_in_doubt(session, reply):
        for said in _standing(session, reply.channel, reply.address_index):
            if said.doubtful:
                lift(session, said, now=now)
    session.exec(
        update(Question)
        .where(
            col(Question.source) == QuestionSource.REPLY,
            col(Question.external_number) == str(reply.id),
            col(Question.handled_at).is_(None),
        )
        .values(handled_by=by, handled_at=now, remark=remark[:200])
    )
    note(session, "reply.settle", about=("reply", reply.id), by=by, now=now, stop=stop)
    session.refresh(reply)


def _meaning(said: Said, text: str) -> Meaning:
    if said.kind is ReplyKind.UNSUBSCRIBE:
        return Meaning.STOP
    return meaning_of(text)


def _heed(session: Session, reply: Reply, said: Said, *, received_at: datetime) -> None:
    if reply.meaning not in (Meaning.STOP, Meaning.MAYBE_STOP):
        return
    left = said.kind is ReplyKind.UNSUBSCRIBE
    how = _LEFT.get(reply.channel, "") if left else _ANSWERED[reply.channel]
    doubtful = reply.meaning is Meaning.MAYBE_STOP
    _silence(session, reply, how=how, now=received_at, doubtful=doubtful)


def _weigh_address(session: Session, reply: Reply, text: str, *, now: datetime) -> None:
    """An answer is a sign that the address is theirs still, unless it says that it is not."""
    channel, index = reply.channel, reply.address_index
    if is_stranger(text):
        doubt(session, channel=channel, address_index=index, why=Doubt.WRONG_PERSON, now=now)
    else:
        see_sign(session, channel=channel, address_index=index, now=now)


def _silence(
    session: Session, reply: Reply, *, how: str, now: datetime, doubtful: bool = False
) -> None:
    index = reply.address_index
    opt_out(
        session,
        address_index=index,
        channel=reply.channel,
        how=how,
        now=now,
        doubtful=doubtful,
    )


def _last_notice(session: Session, channel: Channel, index: str) -> UUID | None:
    reached = (NoticeState.ACCEPTED, NoticeState.HANDING, NoticeState.UNSURE)
    return session.exec(
        select(Notice.id)
        .where(
            Notice.address_index == index,
            Notice.channel == channel,
            col(Notice.state).in_(reached),
        )
        .order_by(col(Notice.accepted_at).desc().nulls_last(), col(Notice.id).desc())
        .limit(1)
    ).first()


def _standing(session: Session, channel: Channel, index: str) -> list[OptOut]:
    return list(
        session.exec(
            select(OptOut).where(
                OptOut.address_index == index,
                OptOut.channel == channel,
                col(OptOut.lifted_at).is_(None),
            )
        )
    )


def _silenced(session: Session, channel: Channel, index: str) -> bool:
    return bool(_standing(session, channel, index))


def _still_in_doubt(session: Session, reply: Reply) -> bool:
    other = select(Reply.id).where(
        Reply.address_index == reply.address_index,
        Reply.channel == reply.channel,
        Reply.meaning == Meaning.MAYBE_STOP,
        col(Reply.settled_at).is_(None),
        Reply.id != reply.id,
    )
    return session.exec(other.limit(1)).first() is not None
