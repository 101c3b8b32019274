"""Matches → the way news would take to each person today: written to, digest, visit, or nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import day_of, read_day
from profiles.consent import Approach, Refusal, reach_all
from profiles.dossier import facts_on, read_dossier
from profiles.model import Channel, Guardianship, Profile
from profiles.recipients import Recipient, recipients
from pusher.matching.match import judge_profile
from pusher.model.batch import BatchKind
from pusher.model.match import Decision, Match
from pusher.model.notice import Notice, NoticeMatch, NoticeState, Outcome
from pusher.model.policy import AudienceRule, Policy, PolicyTag, Subject
from pusher.model.standing import standing
from pusher.model.telling import COMMENTS, Told, telling
from pusher.rules.language import parse


@dataclass(frozen=True, slots=True)
class Way:
    """How one match would be told.

    Attributes:
        told: whether, and what settled it.
        channel: by which; None where nobody can write to them, or nothing goes.
    """

    told: Told
    channel: Channel | None


def ways(
    session: Session,
    policy: Policy,
    rule: AudienceRule,
    found: Sequence[tuple[Match, Profile]],
    *,
    now: datetime,
    channels: Sequence[Channel] = tuple(Channel),
) -> dict[UUID, Way]:
    """Say for each match how it would be told if a first batch were drafted *now*.

    Args:
        rule: by which the matches were found.
        found: matches with whom they concern, each profile once.
        channels: those that may be used.

    Returns:
        By match id.
    """
    day = day_of(now)
    reading = recipients(session, [p for _, p in found], channels=channels, as_of=day)
    refusals = _refusals(session, policy, rule, found, reading, now=now)
    people, addresses = _told_before(session, policy)
    stands = standing(policy, day)
    return {
        match.id: _way(
            match,
            telling(
                decision="not" if match.decision is Decision.SUBSCRIBED else match.decision.value,
                stands=stands,
                refusal=refusals[profile.id],
                follows=bool(match.followed),
                follows_drafts=COMMENTS in match.followed,
                told_before=profile.id in people or _address(reading[profile.id]) in addresses,
            ),
            reading[profile.id],
        )
        for match, profile in found
    }


def _way(match: Match, told: Told, recipient: Recipient) -> Way:
    wanted = told.telling in ("push", "digest_only") and recipient.contact is not None
    return Way(told, recipient.contact.channel if wanted and recipient.contact else None)


def _address(recipient: Recipient) -> tuple[Channel, str] | None:
    contact = recipient.contact
    return (contact.channel, contact.address_index) if contact else None


def _refusals(
    session: Session,
    policy: Policy,
    rule: AudienceRule,
    found: Sequence[tuple[Match, Profile]],
    reading: Mapping[UUID, Recipient],
    *,
    now: datetime,
) -> Mapping[UUID, Refusal | None]:
    topics = session.exec(select(PolicyTag.tag_code).where(PolicyTag.policy_id == policy.id)).all()
    day = day_of(now)
    wards = _wards(session, policy, rule, found, day)
    wanted = []
    for match, profile in found:
        one = reading[profile.id]
        facts = facts_on(read_dossier(session, profile), day)
        wanted.append(
            Approach(
                profile, one.reader, one.contact, match.sensitive, facts, wards.get(match.id, ())
            )
        )
    return reach_all(session, wanted, topics=topics, now=now)


def _wards(
    session: Session,
    policy: Policy,
    rule: AudienceRule,
    found: Sequence[tuple[Match, Profile]],
    day: date,
) -> dict[UUID, Collection[date]]:
    """Match id → birth day of the ward among their facts on which it rests; known ones only."""
    if rule.subject is Subject.SELF or rule.rule is None:
        return {}
    ours = set(session.exec(select(Guardianship.ward_id)))
    tree = parse(rule.rule)
    born: dict[UUID, Collection[date]] = {}
    for match, profile in found:
        judged = judge_profile(session, profile, rule, tree, as_of=day, wards=ours)
        if judged.whose.role == "wards" and judged.whose.place is not None:
            facts: Mapping[str, Any] = facts_on(read_dossier(session, profile), day)
            ward = read_day(facts["wards"][judged.whose.place].get("birth_date"))
            born[match.id] = (ward,) if ward else ()
    return born


def _told_before(
    session: Session, policy: Policy
) -> tuple[Collection[UUID], Collection[tuple[Channel, str]]]:
    """Of whom, and where, this version was told; an earlier version is another policy row."""
    live = (
        Notice.policy_id == policy.id,
        Notice.kind == BatchKind.FIRST,
        col(Notice.state).not_in((NoticeState.WITHHELD, NoticeState.FAILED)),
    )
    people = session.exec(
        select(Match.profile_id)
        .join(NoticeMatch, col(NoticeMatch.match_id) == Match.id)
        .join(Notice, col(Notice.id) == NoticeMatch.notice_id)
        .where(*live, Notice.outcome != Outcome.UNDELIVERED)
    )
    addresses = session.exec(select(Notice.channel, Notice.address_index).where(*live))
    return set(people), {(Channel(c), index) for c, index in addresses if c and index}
