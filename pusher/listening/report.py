"""What became of it all, counted from the rows: there are no counters that could drift."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy import select as grouped
from sqlmodel import Session, col, func, or_, select

from profiles.ages import start_of
from profiles.model import Channel, OptOut, Profile, Street
from pusher.model.batch import Batch, BatchState, Visit, VisitState
from pusher.model.notice import UNTOLD, Notice, NoticeState, Outcome, Reason
from pusher.model.policy import Policy
from pusher.model.word import Receipt

ELSEWHERE: Final = "未登记街道"
"""The street of readers of whom none is known."""
NOWHERE: Final = "none"
"""The channel of people who were left out before an address was chosen."""


@dataclass(frozen=True, slots=True)
class Report:
    """Counts of notices, visits and words that came back, in one look at the database.

    Attributes:
        batches: that the counts are of.
        planned: all notices; the sum over states at any moment.
        by_state: every state, also those with 0.
        by_outcome: of the accepted ones.
        untold: of these, how many went by a channel whose vendor tells of no delivery.
        by_reason: of the withheld ones.
        by_channel: channel (or `NOWHERE`) → state → number.
        by_street: name of the reader's street (or `ELSEWHERE`) → state → number.
        left_to_staff: unsure ones that no gateway could clear up.
        segments: of the accepted ones.
        cost: of the accepted ones, yuan.
        offline: visits of released batches.
        visits: these, by how they went.
        receipts: vendors' words on these notices, repeats among them.
        opt_outs: said after a notice was accepted, by its address or its reader, and standing.
        doubtful: of these, how many wait for staff.
    """

    batches: int
    planned: int
    by_state: Mapping[NoticeState, int]
    by_outcome: Mapping[Outcome, int]
    untold: int
    by_reason: Mapping[Reason, int]
    by_channel: Mapping[str, Mapping[NoticeState, int]]
    by_street: Mapping[str, Mapping[NoticeState, int]]
    left_to_staff: int
    segments: int
    cost: Decimal
    offline: int
    visits: Mapping[VisitState, int]
    receipts: int
    opt_outs: int
    doubtful: int

    @property
    def awaited(self) -> Mapping[Outcome, int]:
        """`by_outcome` without those of whom nobody will tell."""
        waiting = self.by_outcome[Outcome.NONE] - self.untold
        return {**self.by_outcome, Outcome.NONE: waiting}

    @property
    def balanced(self) -> bool:
        """Whether every breakdown adds up to what it breaks down."""
        parts = (self.by_channel, self.by_street)
        return (
            sum(self.by_state.values()) == self.planned
            and all(
                sum(sum(row.values()) for row in part.values()) == self.planned for part in parts
            )
            and sum(self.by_outcome.values()) == self.by_state[NoticeState.ACCEPTED]
            and sum(self.by_reason.values()) == self.by_state[NoticeState.WITHHELD]
        )


def report(
    session: Session,
    *,
    policy: Policy | UUID | None = None,
    batch: Batch | UUID | None = None,
    since: date | datetime | None = None,
) -> Report:
    """Count the notices of one policy, of one batch, of batches drafted since a day, or of all.

    Args:
        session: one transaction; on SQLite one snapshot.
        policy: a version of a document, or its id.
        batch: or its id. Given together, all conditions hold.
        since: a day of the office's calendar, or an aware moment.
    """
    wanted = _wanted(policy, batch, since)
    tally = _tally(session, wanted)
    opt_outs = _opt_outs(session, wanted)
    visits = _visits(session, wanted)
    return Report(
        batches=session.exec(select(func.count()).select_from(Batch).where(*wanted)).one(),
        planned=tally.planned,
        by_state=tally.states,
        by_outcome=tally.outcomes,
        untold=tally.untold,
        by_reason=tally.reasons,
        by_channel=tally.channels,
        by_street=tally.streets,
        left_to_staff=tally.left_to_staff,
        segments=tally.segments,
        cost=tally.cost,
        offline=sum(visits.values()),
        visits=visits,
        receipts=_receipts(session, wanted),
        opt_outs=sum(opt_outs.values()),
        doubtful=opt_outs[True],
    )


@dataclass(slots=True)
class _Tally:
    """Rows of one grouping, summed by each of its columns: what is from one query, agrees."""

    states: Counter[NoticeState] = field(
        default_factory=lambda: Counter(dict.fromkeys(NoticeState, 0))
    )
    outcomes: Counter[Outcome] = field(default_factory=lambda: Counter(dict.fromkeys(Outcome, 0)))
    reasons: Counter[Reason] = field(default_factory=Counter)
    channels: dict[str, Counter[NoticeState]] = field(default_factory=dict)
    streets: dict[str, Counter[NoticeState]] = field(default_factory=dict)
    planned: int = 0
    untold: int = 0
    left_to_staff: int = 0
    segments: int = 0
    cost: Decimal = Decimal(0)

    def add(
        self,
        state: NoticeState,
        outcome: Outcome,
        reason: Reason | None,
        channel: Channel | None,
        street: str | None,
        segments: int,
        price: Decimal,
        left_to_staff: bool,
        number: int,
    ) -> None:
        """Take in *number* notices that are alike."""
        self.planned += number
        self.states[state] += number
        self.channels.setdefault(channel or NOWHERE, Counter())[state] += number
        self.streets.setdefault(street or ELSEWHERE, Counter())[state] += number
        if reason is not None:
            self.reasons[reason] += number
        if state is NoticeState.UNSURE and left_to_staff:
            self.left_to_staff += number
        if state is NoticeState.ACCEPTED:
            self.outcomes[outcome] += number
            if channel in UNTOLD and outcome is Outcome.NONE:
                self.untold += number
            self.segments += segments * number
            self.cost += price * number


def _tally(session: Session, wanted: list[ColumnElement[bool]]) -> _Tally:
    kinds = (
        col(Notice.state),
        col(Notice.outcome),
        col(Notice.reason),
        col(Notice.channel),
        col(Street.name),
        col(Notice.segments),
        col(Notice.price),
        col(Notice.left_to_staff_at).is_not(None),
    )
    asked = (
        grouped(*kinds, func.count())
        .join(Batch, col(Batch.id) == Notice.batch_id)
        .join(Profile, col(Profile.id) == Notice.profile_id)
        .join(Street, col(Street.code) == Profile.street_code, isouter=True)
        .where(*wanted)
        .group_by(*kinds)
    )
    session.flush()
    tally = _Tally()
    # sqlmodel's own select is typed for four columns at most
    for row in session.connection().execute(asked):
        tally.add(*row)
    return tally


def _wanted(
    policy: Policy | UUID | None, batch: Batch | UUID | None, since: date | datetime | None
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if policy is not None:
        wanted.append(col(Batch.policy_id) == (policy if isinstance(policy, UUID) else policy.id))
    if batch is not None:
        wanted.append(col(Batch.id) == (batch if isinstance(batch, UUID) else batch.id))
    if since is not None:
        moment = since if isinstance(since, datetime) else start_of(since)
        wanted.append(col(Batch.drafted_at) >= moment)
    return wanted


def _visits(session: Session, wanted: list[ColumnElement[bool]]) -> dict[VisitState, int]:
    # a draft sends nobody to a door, and a cancelled batch nobody any more
    idle = (BatchState.DRAFT, BatchState.IN_REVIEW, BatchState.CANCELLED)
    found = session.exec(
        select(Visit.state, func.count())
        .join(Batch, col(Batch.id) == Visit.batch_id)
        .where(*wanted, col(Batch.state).not_in(idle))
        .group_by(col(Visit.state))
    )
    return dict.fromkeys(VisitState, 0) | {VisitState(state): number for state, number in found}


def _receipts(session: Session, wanted: list[ColumnElement[bool]]) -> int:
    return session.exec(
        select(func.count())
        .select_from(Receipt)
        .join(Notice, col(Notice.id) == Receipt.notice_id)
        .join(Batch, col(Batch.id) == Notice.batch_id)
        .where(*wanted)
    ).one()


def _opt_outs(session: Session, wanted: list[ColumnElement[bool]]) -> Counter[bool]:
    after = (
        select(OptOut.id, OptOut.doubtful)
        .distinct()
        .join(
            Notice,
            or_(
                col(Notice.address_index) == OptOut.address_index,
                col(Notice.profile_id) == OptOut.profile_id,
            ),
        )
        .join(Batch, col(Batch.id) == Notice.batch_id)
        .where(
            *wanted,
            col(OptOut.lifted_at).is_(None),
            col(OptOut.said_at) >= Notice.accepted_at,
        )
    )
    return Counter(doubtful for _, doubtful in session.exec(after))
