"""Whom a full register no longer lists: named, and ended only when somebody confirms it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from profiles.ages import day_of
from profiles.dossier import Known, name_of, read_dossier, write_dossier
from profiles.errors import Unwelcome
from profiles.model import (
    EndReason,
    ImportState,
    Profile,
    ProfileKind,
    RosterImport,
    RosterRow,
    RowWord,
)
from profiles.roster_import import Noting, NotThere, Opening
from profiles.roster_ledger import Kept, Taken
from profiles.roster_trace import Trace
from profiles.rows import in_chunks, profiles_by_id

AT_ONCE = 500


class Miscounted(Unwelcome):
    """Not as many are missing as whoever confirmed was shown."""

    code = "miscounted"


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody whom a snapshot does not list.

    Attributes:
        name: in clear; doors mask it.
        whole: nobody else vouches for them, so that the profile ends; otherwise only what this
            source said ends.
    """

    profile_id: UUID
    name: str
    street_code: str | None
    whole: bool


def missing_of(
    session: Session,
    *,
    office_id: UUID,
    kind: ProfileKind,
    source: str | None,
    present: UUID | Collection[UUID],
    day: date,
) -> list[Missing]:
    """Who is known and not in the file, in the order they were taken in.

    Args:
        source: the file speaks for this source alone: only whom the source vouched for can be
            missing. None: it speaks for the whole roster of *kind*.
        present: the import whose rows say who is there, or the people themselves.
        day: the office's day.
    """
    asked = select(Profile).where(
        Profile.office_id == office_id, Profile.kind == kind, col(Profile.ended_on).is_(None)
    )
    if isinstance(present, UUID):
        here = select(RosterRow.profile_id).where(
            RosterRow.import_id == present, col(RosterRow.profile_id).is_not(None)
        )
        asked = asked.where(col(Profile.id).not_in(here))
        there: Collection[UUID] = ()
    else:
        there = set(present)
    found = []
    for profile in session.exec(asked.order_by(col(Profile.id)).execution_options(yield_per=500)):
        if profile.id in there:
            continue
        dossier = read_dossier(session, profile)
        if source is None or _vouches(dossier, source, day):
            whole = source is None or not _others_vouch(dossier, source)
            name = name_of(session, profile)
            found.append(Missing(profile.id, name, profile.street_code, whole))
    return found


def _vouches(dossier: dict[str, Known], source: str, day: date) -> bool:
    return any(
        known.source == source and (known.valid_until is None or known.valid_until >= day)
        for known in dossier.values()
    )


def _others_vouch(dossier: dict[str, Known], source: str) -> bool:
    return any(known.source != source for known in dossier.values())


def end_missing(
    opening: Opening,
    import_id: UUID,
    *,
    expected: int,
    now: datetime,
    noting: Noting | None = None,
) -> int:
    """End whom a snapshot does not list, after somebody saw how many they are.

    Where another source vouches for somebody too, only what this source said of them ends.

    Args:
        expected: the number that was shown; another number of people is left alone.
        noting: called in the transaction that finishes the act.

    Returns:
        How many were ended.

    Raises:
        NotThere: no finished import of a snapshot.
        Miscounted: others have come or gone since; nobody was ended.
    """
    with opening() as session:
        kept = _finished_snapshot(session, import_id)
        missing = missing_of(
            session, office_id=kept.office_id, kind=kept.kind, source=kept.source,
            present=kept.id, day=day_of(now),
        )  # fmt: skip
        source, before = kept.source, kept.ended
    if len(missing) != expected:
        raise Miscounted(f"确认的是{expected}人，现在名册外有{len(missing)}人，没有停用任何人")
    row = -1 - before
    for chunk in in_chunks(missing, AT_ONCE):
        with opening() as session:
            _end(session, chunk, import_id=import_id, source=source, first_row=row, now=now)
            row -= len(chunk)
    with opening() as session:
        kept = session.get_one(RosterImport, import_id)
        if noting is not None:
            noting(session, kept)
    return len(missing)


def _finished_snapshot(session: Session, import_id: UUID) -> RosterImport:
    kept = session.get(RosterImport, import_id)
    if kept is None or not kept.snapshot or kept.state is not ImportState.DONE:
        raise NotThere("没有这次完整名册的导入，或它还没有导完、已经撤销")
    return kept


def _end(
    session: Session,
    missing: Sequence[Missing],
    *,
    import_id: UUID,
    source: str | None,
    first_row: int,
    now: datetime,
) -> None:
    people = profiles_by_id(session, [one.profile_id for one in missing])
    taken = []
    for place, one in enumerate(missing):
        trace = Trace()
        profile = people[one.profile_id]
        if one.whole:
            _close(profile, trace, now)
        else:
            _let_lapse(session, profile, source, trace, now)
        profile.changed_at = now
        session.add(profile)
        taken.append(Taken(first_row - place, RowWord.ENDED, profile.id, (), trace))
    session.flush()
    Kept(import_id).write(session, taken)
    kept = session.get_one(RosterImport, import_id)
    kept.ended += len(taken)
    session.add(kept)


def _close(profile: Profile, trace: Trace, now: datetime) -> None:
    profile.ended_on, profile.ended_reason = day_of(now), EndReason.UNLISTED
    trace.fields = {
        "ended_on": (None, day_of(now).isoformat()),
        "ended_reason": (None, EndReason.UNLISTED.value),
    }


def _let_lapse(
    session: Session, profile: Profile, source: str | None, trace: Trace, now: datetime
) -> None:
    dossier, last = read_dossier(session, profile), day_of(now) - timedelta(days=1)
    for code, known in list(dossier.items()):
        if known.source == source and (known.valid_until is None or known.valid_until > last):
            dossier[code] = replace(known, valid_until=last)
            trace.fact(code, known, dossier[code])
    write_dossier(session, profile, dossier)
