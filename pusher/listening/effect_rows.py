"""How far news of policies came, person by person, added up by the database itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Subquery, and_, case, cast, func
from sqlalchemy import select as grouped
from sqlmodel import Session, col, select

from profiles.ages import birthday, born_on
from profiles.dossier import facts_on, read_dossier
from profiles.model import Channel, Profile, ProfileKind, Street
from profiles.rows import in_chunks, profiles_by_id
from pusher.listening.report import ELSEWHERE
from pusher.listening.visits import RELEASED
from pusher.model.batch import Batch, Visit, VisitMatch, VisitState
from pusher.model.match import Match
from pusher.model.notice import Notice, NoticeMatch, NoticeState, Outcome, Reason
from pusher.model.word import Receipt

ELDERLY: Final = 60
"""老年人: Law on the Protection of the Rights of the Elderly art. 2."""
READ, DELIVERED, HANDED, LOST = 120, 110, 100, 95
"""How far the best of a person's notices came; what is `LOST` or more was handed over."""
_UNSURE, _WAITING, _FAILED = 60, 50, 40
_LEFT_OUT: Final = MappingProxyType({reason: n for n, reason in enumerate(Reason, 1)})
_DONE, _TO_VISIT = 2, 1
WHY_NOT: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: "not_taken_in",
        _UNSURE: "unsure",
        _WAITING: "waiting",
        _FAILED: "failed",
        **{number: reason.value for reason, number in _LEFT_OUT.items()},
    }
)
"""Rank of the best notice → why somebody who was found was not told."""
DOOR: Final = "visit_waiting"
"""Why not, where somebody is still to walk there."""


@dataclass(frozen=True, slots=True)
class Group:
    """People of one policy and street whom the news came equally near.

    Attributes:
        street: its name, or `ELSEWHERE`.
        rank: how far the best notice came: `READ`, `DELIVERED`, `HANDED`, `LOST`, or less.
        visited: somebody told them at the door.
        to_visit: nobody did yet, and they stand on an offline list.
        sensitive: the rule asked for sensitive facts.
    """

    policy_id: UUID
    street: str
    rank: int
    visited: bool
    to_visit: bool
    sensitive: bool
    number: int

    @property
    def told(self) -> bool:
        """A notice was handed over, or somebody was at the door."""
        return self.rank >= LOST or self.visited

    @property
    def reached(self) -> bool:
        """It is known that it came: a receipt, or somebody was at the door."""
        return self.rank >= DELIVERED or self.visited

    @property
    def why_not(self) -> str:
        """Why who was not told was not."""
        return DOOR if self.to_visit and self.rank < _UNSURE else WHY_NOT.get(self.rank, "")


def groups(session: Session, policies: Sequence[UUID]) -> Iterator[Group]:
    """Everybody whom any run of *policies* found, each once a policy."""
    person = _person(policies)
    kinds = (
        person.c.policy_id, col(Street.name), person.c.rank, person.c.door, person.c.sensitive
    )  # fmt: skip
    asked = (
        grouped(*kinds, func.count())
        .join(Profile, col(Profile.id) == person.c.profile_id)
        .join(Street, col(Street.code) == Profile.street_code, isouter=True)
        .group_by(*kinds)
    )
    session.flush()
    for policy, street, rank, door, sensitive, number in session.connection().execute(asked):
        yield Group(
            policy, street or ELSEWHERE, rank, door == _DONE, door == _TO_VISIT, bool(sensitive),
            number,
        )  # fmt: skip


def by_way(session: Session, policies: Sequence[UUID]) -> Mapping[str, tuple[int, int]]:
    """Channel → how many people of a policy were handed a notice by it, and how many it reached.

    Who was written to by two channels counts under both.
    """
    came = col(Notice.outcome).in_((Outcome.DELIVERED, Outcome.READ))
    each = (
        grouped(
            col(Match.policy_id), col(Match.profile_id), col(Notice.channel).label("channel"),
            func.max(case((came, 1), else_=0)).label("came"),
        )
        .join(NoticeMatch, col(NoticeMatch.match_id) == Match.id)
        .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
        .where(col(Match.policy_id).in_(policies), col(Notice.state) == NoticeState.ACCEPTED)
        .group_by(col(Match.policy_id), col(Match.profile_id), col(Notice.channel))
        .subquery()
    )  # fmt: skip
    asked = grouped(each.c.channel, func.count(), func.sum(each.c.came)).group_by(each.c.channel)
    rows = session.connection().execute(asked)
    return {Channel(channel).value: (number, came) for channel, number, came in rows if channel}


def elderly(
    session: Session, policies: Sequence[UUID], *, today: date, at_most: int | None
) -> tuple[int, int] | None:
    """How many people of `ELDERLY` and above were reached, and how many of them at the door alone.

    Ages are sealed, so each dossier is opened.

    Args:
        today: on which they are so old.
        at_most: people; where more were reached nobody is counted, and None is returned.
    """
    person = _person(policies)
    asked = grouped(
        person.c.profile_id, func.max(case((person.c.rank >= DELIVERED, 1), else_=0))
    ).group_by(person.c.profile_id)
    asked = asked.where((person.c.rank >= DELIVERED) | (person.c.door == _DONE))
    rows = session.connection().execute(asked).all()
    if at_most is not None and len(rows) > at_most:
        return None
    online = {profile: bool(written) for profile, written in rows}
    old = [i for chunk in in_chunks(list(online)) for i in _old(session, chunk, today)]
    return len(old), sum(not online[one] for one in old)


def _old(session: Session, people: Sequence[UUID], today: date) -> Iterator[UUID]:
    for profile in profiles_by_id(session, people).values():
        if profile.kind is ProfileKind.RESIDENT and profile.facts_sealed:
            born = born_on(facts_on(read_dossier(session, profile), today))
            if born is not None and birthday(born, ELDERLY) <= today:
                yield profile.id


def middle_receipt(session: Session, batch: UUID) -> datetime | None:
    """When half of a batch's delivered notices were known to have come; None if none was."""
    came = (Notice.batch_id == batch, Receipt.outcome == Outcome.DELIVERED)
    joined = col(Receipt.notice_id) == Notice.id
    number = session.exec(
        select(func.count()).select_from(Receipt).join(Notice, joined).where(*came)
    )
    half = number.one() // 2
    return session.exec(
        select(Receipt.at).join(Notice, joined).where(*came).order_by(col(Receipt.at)).offset(half)
    ).first()


def _person(policies: Sequence[UUID]) -> Subquery:
    """Each person of a policy with how far the best notice and the best visit came."""
    released = col(Batch.state).in_(RELEASED)
    door = case(
        (and_(released, col(Visit.state) == VisitState.DONE), _DONE),
        (and_(released, col(Visit.id).is_not(None)), _TO_VISIT),
        else_=0,
    )
    return (
        grouped(
            col(Match.policy_id).label("policy_id"),
            col(Match.profile_id).label("profile_id"),
            func.max(_rank()).label("rank"),
            func.max(door).label("door"),
            func.max(cast(col(Match.sensitive), Integer)).label("sensitive"),
        )
        .join(NoticeMatch, col(NoticeMatch.match_id) == Match.id, isouter=True)
        .join(Notice, col(Notice.id) == NoticeMatch.notice_id, isouter=True)
        .join(VisitMatch, col(VisitMatch.match_id) == Match.id, isouter=True)
        .join(Visit, col(Visit.id) == VisitMatch.visit_id, isouter=True)
        .join(Batch, col(Batch.id) == Visit.batch_id, isouter=True)
        .where(col(Match.policy_id).in_(policies))
        .group_by(col(Match.policy_id), col(Match.profile_id))
        .subquery()
    )


def _rank() -> ColumnElement[int]:
    taken = col(Notice.state) == NoticeState.ACCEPTED
    left_out = [
        (and_(col(Notice.state) == NoticeState.WITHHELD, col(Notice.reason) == reason), number)
        for reason, number in _LEFT_OUT.items()
    ]
    return case(
        (and_(taken, col(Notice.outcome) == Outcome.READ), READ),
        (and_(taken, col(Notice.outcome) == Outcome.DELIVERED), DELIVERED),
        (and_(taken, col(Notice.outcome) == Outcome.UNDELIVERED), LOST),
        (taken, HANDED),
        (col(Notice.state) == NoticeState.UNSURE, _UNSURE),
        (col(Notice.state).in_((NoticeState.DRAFTED, NoticeState.HANDING)), _WAITING),
        (col(Notice.state) == NoticeState.FAILED, _FAILED),
        *left_out,
        else_=0,
    )
