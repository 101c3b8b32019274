"""Taking in: one file at a time, whatever it is, and what became of it is written down."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from profiles.model import Office
from pusher.model.source import Intake, IntakeOutcome
from pusher.reading.child import Reads
from pusher.reading.ingest import keep, known
from pusher.reading.phrases import own_phrases
from pusher.reading.refusals import Unreadable
from pusher.reading.understand import Suggests, Understanding, understand
from pusher.store import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """What taking in needs besides the file.

    Attributes:
        office_id: whose policies they become.
        tagger: suggests tags; None leaves them out.
        reader: parses files, apart from this process.
        by: staff number, or the name of the job.
    """

    store: Store
    office_id: UUID
    tagger: Suggests | None
    reader: Reads
    by: str


def take_in(
    desk: Desk,
    content: bytes,
    name: str,
    *,
    now: datetime,
    ticket: str | None = None,
    standing: UUID | None = None,
    explains: bool = False,
) -> Intake:
    """Take one file in; never raises for what the file is.

    Lets go of the database while the file is read, which may take seconds; commits what came of
    it in one transaction.

    Args:
        name: its file name or address.
        now: the moment of taking it in.
        ticket: the same one twice is one attempt, whose outcome is given again; by default new.
        standing: the policy that stood at this address: the same text is it, another its version.
        explains: staff say that it is an interpretation: a number in it is another document's.
    """
    ticket = ticket or uuid4().hex
    with desk.store.reading() as session:
        office = session.get_one(Office, desk.office_id)
        before = _earlier_attempt(session, desk, ticket)
        same = known(session, office, content)
        own = own_phrases(session, office)
    if before is not None:
        return before
    if same is not None:
        return _written(desk, _row(desk, name, ticket, now, IntakeOutcome.KNOWN, policy_id=same.id))
    try:
        found = understand(
            content, name, tagger=desk.tagger, area_code=office.area_code, reader=desk.reader,
            own=own,
        )  # fmt: skip
    except Unreadable as why_not:
        return _written(desk, _refusal(desk, name, ticket, now, why_not))
    if explains:
        found = replace(found, genre="interpretation", document_number=None)
    try:
        return _kept(desk, found, content, name, ticket, now, standing)
    except IntegrityError:  # somebody took in the same bytes at this moment
        return take_in(
            desk, content, name, now=now, ticket=ticket, standing=standing, explains=explains
        )


def refused(desk: Desk, name: str, why_not: Unreadable, *, now: datetime, ticket: str) -> Intake:
    """Write down an attempt that failed before there were any bytes."""
    with desk.store.reading() as session:
        before = _earlier_attempt(session, desk, ticket)
    return before or _written(desk, _refusal(desk, name, ticket, now, why_not))


def _earlier_attempt(session: Session, desk: Desk, ticket: str) -> Intake | None:
    return session.exec(
        select(Intake).where(col(Intake.office_id) == desk.office_id, col(Intake.ticket) == ticket)
    ).first()


def _kept(
    desk: Desk,
    found: Understanding,
    content: bytes,
    name: str,
    ticket: str,
    now: datetime,
    standing: UUID | None,
) -> Intake:
    with desk.store.writing() as session:
        office = session.get_one(Office, desk.office_id)
        policy = keep(
            session, found, content, name, office=office, now=now, by=desk.by, standing=standing
        )
        if policy.sha256 != found.sha256:
            outcome = IntakeOutcome.KNOWN
        else:
            outcome = IntakeOutcome.VERSION if policy.version > 1 else IntakeOutcome.NEW
        row = _row(desk, name, ticket, now, outcome, policy_id=policy.id)
        session.add(row)
    return row


def _written(desk: Desk, row: Intake) -> Intake:
    with desk.store.writing() as session:
        session.add(row)
    return row


def _refusal(desk: Desk, name: str, ticket: str, now: datetime, why_not: Unreadable) -> Intake:
    row = _row(desk, name, ticket, now, IntakeOutcome.REFUSED)
    row.code, row.reason = why_not.code, str(why_not)[:300]
    return row


def _row(
    desk: Desk,
    name: str,
    ticket: str,
    now: datetime,
    outcome: IntakeOutcome,
    *,
    policy_id: UUID | None = None,
) -> Intake:
    return Intake(
        office_id=desk.office_id,
        ticket=ticket[:40],
        name=name[-400:],
        outcome=outcome,
        policy_id=policy_id,
        by=desk.by[:20],
        at=now,
    )
