"""Everything a clerk needs to see of a batch before anything leaves; counted from its rows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, func, select

from profiles.model import Channel, Profile, Street
from pusher.clock import OFFICE_ZONE
from pusher.model.batch import Batch, Visit
from pusher.model.errors import NotFound
from pusher.model.match import Decision, Match
from pusher.model.notice import Notice, NoticeMatch, NoticeState
from pusher.model.policy import Policy
from pusher.sending.drafting import text_of
from pusher.sending.hours import read_calendar
from pusher.sending.particulars import benefit_line, modest_line, modest_title
from pusher.sending.roll import Row, recipients

__all__ = ["Preview", "Row", "Sample", "preview", "recipients"]

_SAMPLES = 12


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
    """A batch in numbers and words. Counts of notices unless said.

    Attributes:
        planned: all notices; the sum over states.
        drafted: those still to be handed over.
        by_state: state → notices.
        by_reason: reason → notices withheld.
        by_street: street name (or 未登记街道) → notices not withheld.
        by_channel: channel → notices not withheld.
        by_decision: the strongest decision among a notice's matches → notices not withheld.
        segments: SMS segments over all notices not withheld.
        cost: yuan over all notices not withheld, exact.
        samples: distinct texts, the most frequent first; the longest is always among them.
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


def preview(session: Session, batch: Batch) -> Preview:
    """Count *batch* and show its texts."""
    states = _counted(session, batch, Notice.state)
    going = (Notice.batch_id == batch.id, col(Notice.state) != NoticeState.WITHHELD)
    segments, cost = _money(session, going)
    return Preview(
        planned=sum(states.values()),
        drafted=states.get(NoticeState.DRAFTED, 0),
        by_state=states,
        by_reason=_counted(session, batch, Notice.reason, withheld=True),
        by_street=_by_street(session, going),
        by_channel=_counted(session, batch, Notice.channel, withheld=False),
        by_decision=_by_decision(session, going),
        segments=segments,
        cost=cost,
        samples=_samples(session, going),
        visits=sum((doors := _doors(session, batch)).values()),
        visits_by_reason=doors,
        cautions=_cautions(session, batch),
    )


def _counted(
    session: Session, batch: Batch, column: object, *, withheld: bool | None = None
) -> dict[str, int]:
    query = select(col(column), func.count()).where(Notice.batch_id == batch.id)
    if withheld is not None:
        is_so = col(Notice.state) == NoticeState.WITHHELD
        query = query.where(is_so if withheld else ~is_so)
    rows = session.exec(query.group_by(col(column)).order_by(col(column)))
    return {str(word): count for word, count in rows if word is not None}
