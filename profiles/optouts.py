"""Words to be silent: said, heeded, lifted.

An opt-out *speaks of* a notice unless it is narrowed to a topic that the notice does not have.
Then it silences a person (whom it is about, or who reads it) on its channel or on every channel,
and an address for whoever reads there.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from profiles.model import Channel, OptOut
from profiles.rows import in_chunks
from profiles.turns import stop_the_claims


def opt_out(
    session: Session,
    *,
    profile_id: UUID | None = None,
    address_index: str | None = None,
    channel: Channel | None = None,
    topic: str | None = None,
    how: str,
    now: datetime,
    doubtful: bool = False,
) -> OptOut:
    """Write down a word to be silent; it binds from the commit on: claims under way go first.

    Args:
        profile_id: who said it, where that is known.
        address_index: by `contact_index`, where it came from an address.
        channel: None for every channel.
        topic: a tag; None for everything.
        how: by which way, without personal data: 短信回复, 网页, 窗口登记.
        doubtful: the words were not clear; it binds all the same until staff settle it.

    Returns:
        The new row, or the equal one that stands already (no longer doubtful if this is not).

    Raises:
        ValueError: neither profile nor address was given.
    """
    if profile_id is None and address_index is None:
        raise ValueError("an opt-out needs a profile or an address")
    stop_the_claims(session)
    standing = session.exec(
        select(OptOut).where(
            OptOut.profile_id == profile_id,
            OptOut.address_index == address_index,
            OptOut.channel == channel,
            OptOut.topic == topic,
            col(OptOut.lifted_at).is_(None),
        )
    ).first()
    said = standing or OptOut(
        profile_id=profile_id,
        address_index=address_index,
        channel=channel,
        topic=topic,
        said_at=now,
        how=how,
        doubtful=doubtful,
    )
    said.doubtful = said.doubtful and doubtful
    session.add(said)
    session.flush()
    return said


def lift(session: Session, said: OptOut, *, now: datetime) -> None:
    """End an opt-out: somebody asked to hear again, or staff found it was none."""
    if said.lifted_at is None:
        said.lifted_at = now
        session.add(said)
        session.flush()


def has_opted_out(
    session: Session,
    *,
    profile_ids: Collection[UUID],
    address_index: str | None,
    channel: Channel,
    topics: Collection[str],
) -> bool:
    """Whether a notice must stay unsent, in one query.

    Args:
        profile_ids: whom it is about and who reads it.
        address_index: where it goes; None if only the people are asked about.
        channel: by which way it goes.
        topics: its tags.
    """
    whose: list[ColumnElement[bool]] = [col(OptOut.profile_id).in_(profile_ids)]
    if address_index is not None:
        whose.append(col(OptOut.address_index) == address_index)
    asked = select(OptOut.id).where(
        or_(*whose),
        or_(col(OptOut.channel).is_(None), col(OptOut.channel) == channel),
        _speaks_of(topics),
    )
    return session.exec(asked.limit(1)).first() is not None


def opted_out_addresses(
    session: Session,
    pairs: Collection[tuple[Channel, str]],
    *,
    topics: Collection[str] = (),
) -> set[tuple[Channel, str]]:
    """Which of the (channel, address index) pairs were silenced as addresses.

    Args:
        topics: the notice's tags; without any, opt-outs of single topics do not count.
    """
    by_index: dict[str, set[Channel]] = {}
    for channel, index in pairs:
        by_index.setdefault(index, set()).add(channel)
    silent: set[tuple[Channel, str]] = set()
    for chunk in in_chunks(by_index):
        asked = select(col(OptOut.address_index), col(OptOut.channel)).where(
            col(OptOut.address_index).in_(chunk), _speaks_of(topics)
        )
        for silenced, said in session.exec(asked):
            if silenced is not None:
                known = by_index[silenced]
                silent.update((c, silenced) for c in known if said in (None, c))
    return silent


def _speaks_of(topics: Collection[str]) -> ColumnElement[bool]:
    return and_(
        col(OptOut.lifted_at).is_(None),
        or_(col(OptOut.topic).is_(None), col(OptOut.topic).in_(topics)),
    )


@dataclass(slots=True)
class Silences:
    """The standing opt-outs of many people and addresses, for one notice's topics.

    Attributes:
        people: who wants silence altogether, for all of it or for one of the topics.
        channels: who wants silence on one channel.
        addresses: which address is silent on which channel; None is every channel.
    """

    people: set[UUID | None] = field(default_factory=set)
    channels: set[tuple[UUID | None, Channel]] = field(default_factory=set)
    addresses: set[tuple[str | None, Channel | None]] = field(default_factory=set)

    def covers(self, people: Iterable[UUID], channel: Channel, address_index: str) -> bool:
        """Whether a notice about or for *people* may not go to this address this way."""
        return (
            (address_index, channel) in self.addresses
            or (address_index, None) in self.addresses
            or any(p in self.people or (p, channel) in self.channels for p in people)
        )


def silences(
    session: Session,
    *,
    profile_ids: Collection[UUID],
    address_indexes: Collection[str],
    topics: Collection[str],
) -> Silences:
    """Read the standing opt-outs of all of them in a handful of queries."""
    heard = Silences()
    by_person = select(col(OptOut.profile_id), col(OptOut.channel)).where(_speaks_of(topics))
    for ids in in_chunks(profile_ids):
        for person, channel in session.exec(by_person.where(col(OptOut.profile_id).in_(ids))):
            if channel is None:
                heard.people.add(person)
            else:
                heard.channels.add((person, channel))
    by_address = select(col(OptOut.address_index), col(OptOut.channel)).where(_speaks_of(topics))
    for indexes in in_chunks(address_indexes):
        asked = by_address.where(col(OptOut.address_index).in_(indexes))
        heard.addresses.update((address, channel) for address, channel in session.exec(asked))
    return heard
