"""One's own page as one may read it oneself: what one follows, and what came lately."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.facts import say_value, vocabulary
from profiles.model import Channel, Consent, ConsentScope, Pace, Profile, ProfileKind
from profiles.own_facts import choosing_facts
from profiles.shown import shown_name
from profiles.subscriptions import followed
from pusher.listening.own_affairs import is_silent
from pusher.listening.rights import requests_of
from pusher.model.match import Match
from pusher.model.notice import LEFT, Notice, NoticeMatch
from pusher.model.policy import Policy
from pusher.model.rights import Right
from pusher.reading.taxonomy import taxonomy
from pusher.web.interests import Interest, interests

LATELY: Final = timedelta(days=90)
_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Followed:
    """A subject one follows."""

    code: str
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice that left.

    Attributes:
        policies: id and short title of what it told of; several of a digest.
    """

    id: UUID
    policies: Sequence[tuple[UUID, str]]
    at: datetime | None
    channel: Channel | None


@dataclass(frozen=True, slots=True)
class OwnFact:
    """What is known and may choose them, as it may be shown on a telephone.

    Attributes:
        unused: they dropped it; no rule knows it any more.
    """

    code: str
    label: str
    value: str = field(repr=False)
    source: str
    known_on: date
    unused: bool


@dataclass(frozen=True, slots=True)
class OwnSheet:
    """All of one's own page.

    Attributes:
        name: with stars; whoever looks over a shoulder learns nothing.
        pace: that of what is followed; None if nothing is.
        more: groups of which not everything is followed yet.
        silent: nothing at all is sent to them.
        facts: without the sensitive ones.
        hidden: how many sensitive ones there are; they are shown at a counter alone.
        asked: requests to the office that are still open.
        sensitive: they agreed that sensitive facts are used; None for a firm, which has none.
    """

    name: str = field(repr=False)
    tags: Sequence[Followed]
    pace: Pace | None
    more: Sequence[Interest]
    silent: bool
    sensitive: bool | None
    sent: Sequence[Sent]
    facts: Sequence[OwnFact]
    hidden: int
    asked: Sequence[Right]


def read_own_sheet(session: Session, profile: Profile, *, now: datetime) -> OwnSheet:
    """Read one's own page."""
    running = followed(session, profile)
    codes = {one.tag_code for one in running}
    facts = choosing_facts(session, profile)
    words = vocabulary()
    return OwnSheet(
        name=shown_name(session, profile),
        tags=[Followed(s.tag_code, _name(s.tag_code), s.since) for s in running],
        pace=running[0].pace if running else None,
        more=[one for one in interests()[profile.kind] if not codes.issuperset(one.tags)],
        silent=is_silent(session, profile),
        sensitive=_sensitive(session, profile),
        sent=_sent(session, profile, now),
        facts=[
            OwnFact(
                code,
                words[code].label,
                say_value(words[code], known.value),
                known.source,
                known.known_on,
                known.unused,
            )
            for code, known in facts.items()
            if not words[code].sensitive
        ],
        hidden=sum(words[code].sensitive for code in facts),
        asked=[one.kind for one in requests_of(session, profile.id) if one.done_at is None],
    )


def _name(code: str) -> str:
    meaning = taxonomy().get(code)
    return meaning.name if meaning else code


def _sensitive(session: Session, profile: Profile) -> bool | None:
    if profile.kind is ProfileKind.ENTERPRISE:
        return None
    agreed = select(Consent.id).where(
        Consent.profile_id == profile.id,
        Consent.scope == ConsentScope.SENSITIVE,
        col(Consent.withdrawn_at).is_(None),
    )
    return session.exec(agreed.limit(1)).first() is not None


def _sent(session: Session, profile: Profile, now: datetime) -> list[Sent]:
    sent = session.exec(
        select(Notice)
        .where(
            Notice.profile_id == profile.id,
            col(Notice.state).in_(LEFT),
            col(Notice.accepted_at) > now - LATELY,
        )
        .order_by(col(Notice.accepted_at).desc())
        .limit(_MOST)
    ).all()
    told = _told(session, [one.id for one in sent])
    return [Sent(one.id, told.get(one.id, []), one.accepted_at, one.channel) for one in sent]


def _told(session: Session, notices: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    asked = (
        select(NoticeMatch.notice_id, Policy.id, Policy.short_title)
        .join(Match, col(Match.id) == NoticeMatch.match_id)
        .join(Policy, col(Policy.id) == Match.policy_id)
        .where(col(NoticeMatch.notice_id).in_(notices))
        .distinct()
        .order_by(col(Policy.id).desc())
    )
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for notice, policy, title in session.exec(asked):
        found.setdefault(notice, []).append((policy, title))
    return found
