"""The list of a run, narrowed: by conclusion, street, way of telling, channel, missing fact."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from profiles.model import Channel, Profile
from pusher.matching.sample import stratified
from pusher.model.batch import BatchKind
from pusher.model.match import Decision, Match, MatchRun
from pusher.model.policy import AudienceRule, Policy
from pusher.sending.tell import Told, tell, who_heard
from pusher.web.paging import PAGE

MOST_WEIGHED = 3_000
"""Matches of whom a page works out the ways without being asked for one."""
SAMPLE = 10
Pair = tuple[Match, Profile]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Part of a run.

    Attributes:
        pairs: those of one page, with whom they concern.
        total: of all pages.
        told: what would become of them today, by match id.
        by_way: how many would be told which way, and why not; None where there are too many.
        by_channel: of those who would be written to.
    """

    pairs: Sequence[Pair]
    total: int
    told: Mapping[UUID, Told]
    by_way: Mapping[tuple[str, str], int] | None
    by_channel: Mapping[Channel, int]


def narrowed(
    session: Session,
    policy: Policy,
    run: MatchRun,
    wanted: Mapping[str, str],
    *,
    page: int,
    seed: int | None,
    now: datetime,
) -> Narrowed:
    """One page of a run, or a sample of it.

    Args:
        wanted: decision, street, way (``telling`` or ``telling:because``), channel, missing.
        seed: draw `SAMPLE` of them instead of a page.
    """
    rule = session.get_one(AudienceRule, run.rule_id)
    query = _query(run, wanted)
    number = session.exec(
        select(func.count()).select_from(query.with_only_columns(col(Match.id)).subquery())
    ).one()
    by_hand = bool(wanted["way"] or wanted["channel"] or wanted["missing"] or seed is not None)
    if not by_hand and number > MOST_WEIGHED:
        rows = session.exec(query.offset((page - 1) * PAGE).limit(PAGE)).all()
        pairs = [(one, profile) for one, profile in rows]
        found = _told(session, policy, rule, pairs, now=now)
        return Narrowed(pairs, number, found, None, {})
    every = [(one, profile) for one, profile in session.exec(query)]
    found = _told(session, policy, rule, every, now=now)
    kept = [pair for pair in every if _fits(found[pair[0].id], wanted)]
    if seed is not None:
        shown = stratified(kept, lambda p: (p[0].decision, p[1].street_code), seed=seed)
    else:
        shown = kept[(page - 1) * PAGE : page * PAGE]
    ways = Counter((one.way.telling.value, one.way.because) for one in found.values())
    channels = Counter(one.channel for one in found.values() if one.channel)
    return Narrowed(shown, len(kept), found, dict(ways.most_common()), dict(channels))


def _told(
    session: Session, policy: Policy, rule: AudienceRule, pairs: Sequence[Pair], *, now: datetime
) -> dict[UUID, Told]:
    earlier = who_heard(session, policy, BatchKind.FIRST)
    told = tell(session, policy, rule, pairs, earlier=earlier, now=now)
    return {one.match.id: one for one in told}


def _query(run: MatchRun, wanted: Mapping[str, str]) -> Select[Match, Profile]:
    query = (
        select(Match, Profile)
        .join(Profile, col(Profile.id) == col(Match.profile_id))
        .where(col(Match.run_id) == run.id)
        .order_by(col(Match.decision), col(Match.id))
    )
    if wanted["decision"] in list(Decision):
        query = query.where(col(Match.decision) == Decision(wanted["decision"]))
    if wanted["street"]:
        query = query.where(col(Profile.street_code) == wanted["street"])
    return query


def _fits(told: Told, wanted: Mapping[str, str]) -> bool:
    telling, _, because = wanted["way"].partition(":")
    return (
        (not telling or told.way.telling == telling)
        and (not because or told.way.because == because)
        and (not wanted["channel"] or told.channel == wanted["channel"])
        and (not wanted["missing"] or wanted["missing"] in told.match.missing)
    )
