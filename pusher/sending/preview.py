"""Everything a clerk needs to see of a batch before anything leaves; counted from its rows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, func, select

from profiles.model import Channel, Profile, Street
from pusher.clock import OFFICE_ZONE
from pusher.model.batch import Batch, Visit
from pusher.model.comment_period import comment_period
from pusher.model.match import Decision, Match
from pusher.model.notice import Notice, NoticeMatch, NoticeState
from pusher.model.policy import Policy
from pusher.sending.drafting import text_of
from pusher.sending.explained import LACKING, lacks_plan
from pusher.sending.particulars import benefit_line, modest_line, modest_title
from pusher.sending.registration import Tables, ways_told
from pusher.sending.roll import Row, recipients
from pusher.working_days import read_calendar

__all__ = ["NO_STREET", "Preview", "Row", "Sample", "preview", "recipients"]

NO_STREET = "未登记街道"


@dataclass(frozen=True, slots=True)
class Sample:
    """One distinct text, exactly as it will be read.

    Attributes:
        channel: the way it goes.
        text: complete; an SMS with its signature.
        params: what the vendor is given.
        segments: as billed; 0 on WeChat.
        price: yuan, for one recipient.
        count: how many get this text.
    """

    channel: Channel
    text: str
    params: Mapping[str, str]
    segments: int
    price: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """A batch in numbers and words; *going* are the notices that are not withheld.

    Attributes:
        planned: all notices; the sum over states.
        drafted: those still to be handed over.
        by_state: state → notices.
        by_reason: why withheld → notices.
        by_street: name of the reader's street office → going.
        by_channel: channel → going.
        by_decision: the strongest decision among a notice's matches → going.
        segments: SMS segments of all going.
        cost: yuan for all going, exact.
        samples: every distinct text, the most frequent first.
        visits: doors on the offline list.
        visits_by_reason: why nobody can write there → doors.
        cautions: what staff should know before they submit, in Chinese.
    """

    planned: int
    drafted: int
    by_state: Mapping[str, int]
    by_reason: Mapping[str, int]
    by_street: Mapping[str, int]
    by_channel: Mapping[str, int]
    by_decision: Mapping[str, int]
    segments: int
    cost: Decimal
    samples: list[Sample]
    visits: int
    visits_by_reason: Mapping[str, int]
    cautions: list[str]


def preview(
    session: Session,
    batch: Batch,
    tables: Tables | None = None,
    *,
    interpretation_needed: str = "off",
) -> Preview:
    """Count *batch* and show its texts.

    Args:
        tables: ``[gateways.NAME]`` of the settings; None: nothing is said of the ways it may take.
        interpretation_needed: of the settings; ``off``: nothing is said of interpretations.
    """
    ours = (Notice.batch_id == batch.id,)
    going = (*ours, col(Notice.state) != NoticeState.WITHHELD)
    states = _counted(session, col(Notice.state), *ours)
    doors = _counted(session, col(Visit.because), Visit.batch_id == batch.id)
    segments, cost = _money(session, *going)
    return Preview(
        planned=sum(states.values()),
        drafted=states.get(NoticeState.DRAFTED, 0),
        by_state=states,
        by_reason=_counted(session, col(Notice.reason), *ours, col(Notice.reason).is_not(None)),
        by_street=_by_street(session, *going),
        by_channel=_counted(session, col(Notice.channel), *going),
        by_decision=_by_decision(session, *going),
        segments=segments,
        cost=cost,
        samples=_samples(session, *going),
        visits=sum(doors.values()),
        visits_by_reason=doors,
        cautions=[
            *([LACKING] if interpretation_needed != "off" and lacks_plan(session, batch) else []),
            *_cautions(session, batch, tables),
        ],
    )


def _counted(session: Session, column: Any, *where: Any) -> dict[str, int]:
    query = select(column, func.count()).where(*where).group_by(column).order_by(column)
    return {str(word): count for word, count in session.exec(query)}


def _by_street(session: Session, *going: Any) -> dict[str, int]:
    query = (
        select(col(Street.name), func.count())
        .select_from(Notice)
        .join(Profile, col(Profile.id) == Notice.profile_id)
        .outerjoin(Street, col(Street.code) == Profile.street_code)
        .where(*going)
        .group_by(col(Street.code), col(Street.name))
        .order_by(col(Street.code))
    )
    return {name or NO_STREET: count for name, count in session.exec(query)}


def _by_decision(session: Session, *going: Any) -> dict[str, int]:
    ranks = list(Decision)
    strongest: dict[UUID, int] = {}
    query = (
        select(col(NoticeMatch.notice_id), col(Match.decision))
        .join(Match, col(Match.id) == NoticeMatch.match_id)
        .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
        .where(*going)
    )
    for notice, decision in session.exec(query):
        rank = ranks.index(decision)
        strongest[notice] = min(rank, strongest.get(notice, rank))
    counted = Counter(strongest.values())
    return {decision.value: counted[n] for n, decision in enumerate(ranks) if counted[n]}


def _money(session: Session, *going: Any) -> tuple[int, Decimal]:
    """Segments and yuan. Prices are text in the database, so equal ones are counted there and
    multiplied here: nothing is rounded."""
    columns = (col(Notice.segments), col(Notice.price))
    rows = session.exec(select(*columns, func.count()).where(*going).group_by(*columns)).all()
    segments = sum(parts * count for parts, _, count in rows)
    return segments, sum((price * count for _, price, count in rows), Decimal(0))


def _samples(session: Session, *going: Any) -> list[Sample]:
    """One of each text. A batch has few: its wordings times two (people, firms)."""
    # who was forgotten after it went out has no text any more
    going = (*going, col(Notice.text_sealed).is_not(None))
    columns = (col(Notice.channel), col(Notice.text_sha256), col(Notice.price))
    rows = session.exec(select(*columns, func.count()).where(*going).group_by(*columns)).all()
    samples = []
    for channel, sha256, price, count in rows:
        if channel is None:
            continue
        same = (col(Notice.channel) == channel, col(Notice.text_sha256) == sha256)
        asked = select(Notice).where(*going, *same, col(Notice.price) == price).limit(1)
        one = session.exec(asked).one()
        filled = text_of(session, one)
        samples.append(Sample(channel, filled.text, filled.params, one.segments, price, count))
    return sorted(samples, key=lambda s: (-s.count, s.channel, s.text))


def _cautions(session: Session, batch: Batch, tables: Tables | None) -> list[str]:
    policy = session.get_one(Policy, batch.policy_id)
    title = policy.short_title or policy.title
    found = []
    comments = comment_period(policy, batch.drafted_at.astimezone(OFFICE_ZONE).date())
    if comments is not None and comments.warning:
        found.append(comments.warning)
    if (said := modest_title(title)) != title:
        found.append(f"政策简称含敏感身份用语，发给个人时写作“{said}”；可在确认政策时改用别的简称")
    line = benefit_line(policy)
    if line and (kept := modest_line(line)) != line:
        found.append(f"待遇一句话含敏感身份用语，发给个人时{f'写作“{kept}”' if kept else '不写'}")
    calendar = read_calendar(session)
    years = {moment.astimezone(OFFICE_ZONE).year for moment in (batch.send_after, batch.latest_at)}
    found += [] if tables is None else ways_told(session, batch, tables)
    return found + [doubt for year in sorted(years) if (doubt := calendar.doubts(year))]
