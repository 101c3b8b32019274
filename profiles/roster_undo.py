"""An import is taken back: what it changed is as it was, unless somebody changed it since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from profiles.ages import day_of
from profiles.dossier import known_of, name_of, read_dossier, rename, row_of, write_dossier
from profiles.model import (
    Consent,
    Contact,
    EndReason,
    Guardianship,
    ImportState,
    OptOut,
    Profile,
    RosterImport,
    RosterRow,
    RowWord,
    Subscription,
)
from profiles.roster_import import Noting, NotThere, Opening
from profiles.roster_trace import Trace, open_trace
from profiles.roster_writing import UNDONE
from profiles.rows import profiles_by_id
from profiles.sealing import sealer_of

AT_ONCE = 500
_TABLES: dict[str, type[SQLModel]] = {
    "contact": Contact,
    "consent": Consent,
    "optout": OptOut,
    "subscription": Subscription,
    "guardianship": Guardianship,
}
_UNDOABLE = (ImportState.DONE, ImportState.RUNNING, ImportState.UNDOING)


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo came to.

    Attributes:
        removed: people whom the import had brought and who are gone again.
        closed: of those it brought, whom a notice refers to already: ended instead.
        restored: people of whom something is as it was before.
        kept: facts and fields that were changed since, and stay as they are.
    """

    removed: int = 0
    closed: int = 0
    restored: int = 0
    kept: int = 0

    def plus(self, other: "Undone") -> "Undone":
        """Both together."""
        return Undone(
            self.removed + other.removed,
            self.closed + other.closed,
            self.restored + other.restored,
            self.kept + other.kept,
        )


def undo_import(
    opening: Opening,
    import_id: UUID,
    *,
    by: str,
    now: datetime,
    noting: Noting | None = None,
) -> Undone:
    """Take an import back, the last row first, five hundred rows at a time.

    Facts, names, addresses and ends are as they were, unless a later act changed them: that
    stays. What the import added is removed; an address to which a notice went already, and
    people who were told of something, are ended instead. Killed in between, it goes on when
    asked again.

    Args:
        noting: called in the transaction that finishes the act.

    Raises:
        NotThere: no such import, or undone already.
    """
    with opening() as session:
        _start(session, import_id)
    done = Undone()
    while True:
        with opening() as session:
            rows = _next_rows(session, import_id)
            if not rows:
                break
            done = done.plus(_take_back(session, rows, now=now))
    with opening() as session:
        kept = session.get_one(RosterImport, import_id)
        kept.state, kept.undone_at, kept.undone_by = ImportState.UNDONE, now, by[:20]
        session.add(kept)
        session.flush()
        if noting is not None:
            noting(session, kept)
    return done


def _start(session: Session, import_id: UUID) -> None:
    session.flush()
    moved = session.connection().execute(
        update(RosterImport)
        .where(col(RosterImport.id) == import_id, col(RosterImport.state).in_(_UNDOABLE))
        .values(state=ImportState.UNDOING)
    )
    session.expire_all()
    if moved.rowcount != 1:
        raise NotThere("没有这次导入，或已经撤销")


def _next_rows(session: Session, import_id: UUID) -> Sequence[RosterRow]:
    return session.exec(
        select(RosterRow)
        .where(
            RosterRow.import_id == import_id,
            col(RosterRow.undone).is_(False),
            col(RosterRow.profile_id).is_not(None),
            or_(col(RosterRow.word) == RowWord.ADDED, col(RosterRow.trace_sealed).is_not(None)),
        )
        .order_by(col(RosterRow.row).desc())
        .limit(AT_ONCE)
    ).all()


def _take_back(session: Session, rows: Sequence[RosterRow], *, now: datetime) -> Undone:
    people = profiles_by_id(session, {row.profile_id for row in rows if row.profile_id})
    done = Undone()
    for row in rows:
        profile = people[row.profile_id] if row.profile_id else None
        trace = open_trace(sealer_of(session), row.trace_sealed, row.id)
        row.undone, row.trace_sealed = True, None
        session.add(row)
        if profile is not None:
            done = done.plus(_one(session, row, profile, trace, now=now))
    session.flush()
    return done


def _one(
    session: Session, row: RosterRow, profile: Profile, trace: Trace, *, now: datetime
) -> Undone:
    kept = 0
    if profile.ended_reason is not EndReason.ERASED:
        kept = _restore_facts(session, profile, trace) + _restore_fields(session, profile, trace)
    _restore_contacts(session, trace)
    _restore_links(session, trace)
    _remove_made(session, trace, now=now)
    profile.changed_at = now
    session.add(profile)
    if row.word is not RowWord.ADDED:
        return Undone(restored=1, kept=kept)
    if kept or _is_named_again(session, row, profile):
        return Undone(kept=kept)
    if _is_referred_to(session, profile):
        return _closed(profile, now)
    return _empty(session, profile, now)


def _is_named_again(session: Session, row: RosterRow, profile: Profile) -> bool:
    """Whether another import, not undone, is about the same person."""
    asked = select(func.count()).where(
        RosterRow.profile_id == profile.id,
        RosterRow.import_id != row.import_id,
        col(RosterRow.undone).is_(False),
    )
    return session.exec(asked).one() > 0


def _restore_facts(session: Session, profile: Profile, trace: Trace) -> int:
    dossier, kept = read_dossier(session, profile), 0
    for code, (before, after) in trace.facts.items():
        standing = dossier.get(code)
        if standing is None or row_of(standing) != after:
            # a later word for the same value stays as well, but nobody needs to be told
            kept += standing is None or standing.value != after[0]
        elif before is None:
            del dossier[code]
        else:
            dossier[code] = known_of(before)
    if trace.facts:
        write_dossier(session, profile, dossier)
    return kept


def _restore_fields(session: Session, profile: Profile, trace: Trace) -> int:
    standing = {
        "name": name_of(session, profile),
        "street_code": profile.street_code,
        "community": profile.community,
        "ended_on": profile.ended_on.isoformat() if profile.ended_on else None,
        "ended_reason": profile.ended_reason.value if profile.ended_reason else None,
    }
    back = {n: old for n, (old, new) in trace.fields.items() if standing[n] == new}
    if "name" in back:
        rename(session, profile, back["name"] or "")
    if "street_code" in back:
        profile.street_code = back["street_code"]
    if "community" in back:
        profile.community = back["community"]
    if "ended_on" in back or "ended_reason" in back:
        whole = standing | back
        on, reason = whole["ended_on"], whole["ended_reason"]
        both = on and reason
        profile.ended_on = date.fromisoformat(on) if both and on else None
        profile.ended_reason = EndReason(reason) if both and reason else None
    return len(trace.fields) - len(back)


def _restore_contacts(session: Session, trace: Trace) -> None:
    for one in trace.ended:
        contact = session.get(Contact, one)
        if contact is not None:
            contact.ended_at = None
            session.add(contact)
    for one, sign_at in trace.signs:
        contact = session.get(Contact, one)
        if contact is not None:
            contact.sign_at = sign_at
            session.add(contact)
    for one, ended_at, source, added_at in trace.revived:
        contact = session.get(Contact, one)
        if contact is not None:
            contact.ended_at, contact.source, contact.added_at = ended_at, source, added_at
            session.add(contact)


def _restore_links(session: Session, trace: Trace) -> None:
    for before in reversed(trace.links):
        link = session.get(Guardianship, before.id)
        if link is not None:
            before.restore(link)
            session.add(link)
    for one in trace.withdrawn:
        consent = session.get(Consent, one)
        if consent is not None:
            consent.withdrawn_at = None
            session.add(consent)


def _remove_made(session: Session, trace: Trace, *, now: datetime) -> None:
    """What the row added is gone again; an address that a notice names is ended."""
    session.flush()
    for table, one in trace.made:
        kind = _TABLES[table]
        try:
            with session.begin_nested():
                session.connection().execute(
                    delete(kind).where(kind.__table__.c.id == one)  # type: ignore[attr-defined]
                )
        except IntegrityError:
            contact = session.get(Contact, one)
            if contact is not None:
                contact.ended_at, contact.source = contact.ended_at or now, UNDONE
                session.add(contact)


def _is_referred_to(session: Session, profile: Profile) -> bool:
    """Whether a notice, a visit or a link speaks of them: the database is asked what would break.

    The row itself stays in any case: what is computed from profiles notices their changes, not
    their absence.
    """
    trial = session.begin_nested()
    try:
        session.flush()
        session.connection().execute(
            update(RosterRow).where(col(RosterRow.profile_id) == profile.id).values(profile_id=None)
        )
        session.connection().execute(delete(Profile).where(col(Profile.id) == profile.id))
    except IntegrityError:
        return True
    else:
        return False
    finally:
        trial.rollback()


def _empty(session: Session, profile: Profile, now: datetime) -> Undone:
    """Take everything off whom the import had brought; only the blind index of the number stays."""
    profile.name_sealed = profile.number_sealed = profile.facts_sealed = None
    profile.firm_name = profile.credit_code = profile.community = profile.street_code = None
    profile.name_index = ""
    _closed(profile, now)
    return Undone(removed=1)


def _closed(profile: Profile, now: datetime) -> Undone:
    profile.ended_on, profile.ended_reason = day_of(now), EndReason.UNDONE
    return Undone(closed=1)
