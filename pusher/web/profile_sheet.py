"""One profile as staff may read it: facts with their sources, contacts, consents, family, history.

Masked means: name, number and addresses with stars, and no sensitive fact at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from profiles.ages import has_died
from profiles.dossier import Known, facts_on, read_dossier
from profiles.facts import Fact, say_value, vocabulary
from profiles.model import (
    Channel,
    Consent,
    Contact,
    GuardianKind,
    Guardianship,
    OptOut,
    Profile,
    Subscription,
)
from profiles.rows import profiles_by_id
from profiles.shown import shown_address, shown_name, shown_number
from profiles.signs import needs_confirming
from pusher.listening.binding import SOURCE
from pusher.listening.feedback import disputed
from pusher.model.batch import Batch, BatchKind, Visit, VisitState
from pusher.model.match import Match
from pusher.model.notice import Notice, NoticeMatch
from pusher.model.policy import Policy

MOST_TOLD = 50
"""So many notices and visits are listed, the newest first."""


@dataclass(frozen=True, slots=True)
class FactLine:
    """One known fact.

    Attributes:
        expired: its last day has passed, so that it counts as unknown.
        others: what other sources say, or said before, and does not count.
        unused: the person asked that it is not used to choose them.
    """

    label: str
    value: str = field(repr=False)
    source: str
    known_on: date
    valid_until: date | None
    sensitive: bool
    expired: bool
    others: Sequence["FactLine"] = ()
    unused: bool = False


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody who reads for this person, or for whom this person reads."""

    id: UUID
    name: str = field(repr=False)
    relation: str
    kind: GuardianKind
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is reached.

    Attributes:
        doubt: why it may be somebody else's by now: a `Doubt`, or ``silent``.
        bound: at a counter, so that the binding can be taken back.
    """

    id: UUID
    channel: Channel
    address: str = field(repr=False)
    source: str
    added_at: datetime
    ended_at: datetime | None
    doubt: str | None
    bound: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that reached, or did not reach, this person or their reader; or a visit.

    Attributes:
        state, outcome, reason: of the notice; a visit has only a state.
        disputed: its reader called it not meant for them.
        by_reader: it was written to somebody who reads for this person.
    """

    at: datetime
    batch_id: UUID
    title: str
    kind: BatchKind
    channel: Channel | None
    state: str
    outcome: str
    reason: str | None
    visit: VisitState | None
    by_reader: bool
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on a profile's page but the judgement of policies.

    Attributes:
        hidden: how many sensitive facts are not shown.
        died: by a fact; nothing is ever sent.
    """

    name: str = field(repr=False)
    number: str = field(repr=False)
    died: bool
    facts: Sequence[FactLine]
    hidden: int
    contacts: Sequence[Address]
    consents: Sequence[Consent]
    opt_outs: Sequence[OptOut]
    subscriptions: Sequence[Subscription]
    guardians: Sequence[Relative]
    wards: Sequence[Relative]
    told: Sequence[Told]


def read_sheet(session: Session, profile: Profile, *, unmasked: bool, today: date) -> Sheet:
    """Read one profile.

    Args:
        unmasked: the caller may see names, numbers, addresses and sensitive facts; the caller
            checks and notes that.
        today: the office's day.
    """
    dossier = read_dossier(session, profile)
    lines = _facts(dossier, today)
    shown = [line for line in lines if unmasked or not line.sensitive]
    return Sheet(
        name=shown_name(session, profile, unmasked=unmasked),
        number=shown_number(session, profile, unmasked=unmasked),
        died=has_died(facts_on(dossier, today), today),
        facts=shown,
        hidden=len(lines) - len(shown),
        contacts=_contacts(session, profile, unmasked, today),
        consents=session.exec(
            select(Consent)
            .where(Consent.profile_id == profile.id)
            .order_by(col(Consent.given_at).desc())
        ).all(),
        opt_outs=opt_outs_about(session, profile),
        subscriptions=session.exec(
            select(Subscription)
            .where(Subscription.profile_id == profile.id)
            .order_by(col(Subscription.since).desc())
        ).all(),
        guardians=_relatives(session, profile, unmasked, of_ward=True),
        wards=_relatives(session, profile, unmasked, of_ward=False),
        told=_told(session, profile),
    )


def opt_outs_about(session: Session, profile: Profile) -> list[OptOut]:
    """Said by the person, or from an address that is theirs."""
    addresses = select(Contact.address_index).where(Contact.profile_id == profile.id)
    return list(
        session.exec(
            select(OptOut)
            .where(
                or_(col(OptOut.profile_id) == profile.id, col(OptOut.address_index).in_(addresses))
            )
            .order_by(col(OptOut.said_at).desc())
        )
    )


def _facts(dossier: Mapping[str, Known], today: date) -> list[FactLine]:
    known = vocabulary()
    order = {code: n for n, code in enumerate(known)}
    codes = sorted(dossier, key=lambda code: order.get(code, len(order)))
    return [_fact(known.get(code), code, dossier[code], today) for code in codes]


def _fact(fact: Fact | None, code: str, told: Known, today: date) -> FactLine:
    return FactLine(
        label=fact.label if fact else code,
        value=say_value(fact, told.value) if fact else "",
        source=told.source,
        known_on=told.known_on,
        valid_until=told.valid_until,
        # what the vocabulary does not know any more might be anything
        sensitive=fact is None or fact.sensitive,
        expired=told.valid_until is not None and told.valid_until < today,
        others=[_fact(fact, code, other, today) for other in told.others],
        unused=told.unused,
    )


def _contacts(session: Session, profile: Profile, unmasked: bool, today: date) -> list[Address]:
    rows = session.exec(
        select(Contact)
        .where(Contact.profile_id == profile.id)
        .order_by(col(Contact.ended_at).is_not(None), col(Contact.added_at).desc())
    )
    return [
        Address(
            id=row.id,
            channel=row.channel,
            address=shown_address(session, row, unmasked=unmasked),
            source=row.source,
            added_at=row.added_at,
            ended_at=row.ended_at,
            doubt=_doubt(row, today),
            bound=row.source == SOURCE and row.ended_at is None,
        )
        for row in rows
    ]


def _doubt(contact: Contact, today: date) -> str | None:
    if contact.ended_at is not None or not needs_confirming(contact, today):
        return None
    return contact.doubt.value if contact.doubt else "silent"


def _relatives(
    session: Session, profile: Profile, unmasked: bool, *, of_ward: bool
) -> list[Relative]:
    here = Guardianship.ward_id if of_ward else Guardianship.guardian_id
    links = session.exec(
        select(Guardianship).where(here == profile.id).order_by(col(Guardianship.id))
    ).all()
    ids = {link.guardian_id if of_ward else link.ward_id for link in links}
    people = profiles_by_id(session, ids)
    return [
        Relative(
            other.id,
            shown_name(session, other, unmasked=unmasked),
            link.relation,
            link.kind,
            link.until_on,
        )
        for link in links
        if (other := people.get(link.guardian_id if of_ward else link.ward_id))
    ]


def _told(session: Session, profile: Profile) -> list[Told]:
    about = select(NoticeMatch.notice_id).join(
        Match, (col(Match.id) == col(NoticeMatch.match_id)) & (col(Match.profile_id) == profile.id)
    )
    notices = session.exec(
        select(Notice, Batch, Policy.short_title)
        .join(Batch, col(Batch.id) == col(Notice.batch_id))
        .join(Policy, col(Policy.id) == col(Batch.policy_id))
        .where(or_(col(Notice.profile_id) == profile.id, col(Notice.id).in_(about)))
        .order_by(col(Batch.drafted_at).desc(), col(Notice.id).desc())
        .limit(MOST_TOLD)
    ).all()
    visits = session.exec(
        select(Visit, Batch, Policy.short_title)
        .join(Batch, col(Batch.id) == col(Visit.batch_id))
        .join(Policy, col(Policy.id) == col(Batch.policy_id))
        .where(Visit.profile_id == profile.id)
        .order_by(col(Batch.drafted_at).desc(), col(Visit.id).desc())
        .limit(MOST_TOLD)
    ).all()
    against = disputed(session, [notice.id for notice, _, _ in notices])
    told = [_notice(profile, *row, disputed=row[0].id in against) for row in notices] + [
        _visit(*row) for row in visits
    ]
    return sorted(told, key=lambda one: one.at, reverse=True)


def _notice(profile: Profile, notice: Notice, batch: Batch, title: str, *, disputed: bool) -> Told:
    return Told(
        at=notice.accepted_at or batch.drafted_at,
        batch_id=batch.id,
        title=title,
        kind=batch.kind,
        channel=notice.channel,
        state=notice.state.value,
        outcome=notice.outcome.value,
        reason=notice.reason.value if notice.reason else None,
        visit=None,
        by_reader=notice.profile_id != profile.id,
        disputed=disputed,
    )


def _visit(visit: Visit, batch: Batch, title: str) -> Told:
    return Told(
        at=visit.ticked_at or batch.drafted_at,
        batch_id=batch.id,
        title=title,
        kind=batch.kind,
        channel=None,
        state="",
        outcome="",
        reason=visit.because,
        visit=visit.state,
        by_reader=False,
    )
