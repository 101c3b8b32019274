"""What we know of a profile: names and numbers sealed, facts as one sealed document."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from profiles.addresses import add_contact, address_of, contact_index
from profiles.ages import born_on
from profiles.columns import new_id
from profiles.identity import (
    BadIdentity,
    birth_date_of,
    read_resident_number,
    read_uscc,
)
from profiles.model import Channel, Contact, EndReason, Office, Profile, ProfileKind
from profiles.sealing import Sealer, sealer_of

__all__ = [
    "Known",
    "add_contact",
    "add_profile",
    "address_of",
    "birth_day",
    "contact_index",
    "facts_on",
    "find",
    "give_number",
    "known_of",
    "name_index",
    "name_of",
    "new_profile",
    "number_index",
    "number_of",
    "open_dossier",
    "read_dossier",
    "rename",
    "row_of",
    "write_dossier",
]

NAME = "profile.name_sealed"
NUMBER = "profile.number_sealed"
FACTS = "profile.facts_sealed"
"""Places of the sealed cells of a profile, for `Sealer.seal` and `Sealer.open`."""


@dataclass(frozen=True, slots=True)
class Known:
    """One fact as somebody told it.

    Attributes:
        value: as the vocabulary has it: JSON, days as ISO strings; None or ``[]`` means known
            to be none.
        source: which register or whose word.
        known_on: the day for which the source vouches.
        valid_until: the last day it holds (a certificate's), or None.
        others: what this one outranks, one word of each source, the newest first; shown to staff
            beside it and never judged by. Their own `others` are empty.
        unused: the person asked that it is not used to choose them; it stays what the register
            says, and its later words are unused as well.
    """

    value: Any
    source: str
    known_on: date
    valid_until: date | None = None
    others: tuple["Known", ...] = ()
    unused: bool = False


def read_dossier(session: Session, profile: Profile) -> dict[str, Known]:
    """All facts of *profile* by code; empty where nothing is known.

    Raises:
        SealBroken: the sealed document is another row's, or its bytes were changed.
    """
    return open_dossier(sealer_of(session), profile.facts_sealed, profile.id)


def open_dossier(sealer: Sealer, blob: bytes | None, profile_id: UUID) -> dict[str, Known]:
    """`read_dossier` for a sealed document that was read without its profile."""
    if blob is None:
        return {}
    text = sealer.open(blob, place=FACTS, row=profile_id)
    return {code: known_of(row) for code, row in json.loads(text).items()}


def write_dossier(session: Session, profile: Profile, dossier: Mapping[str, Known]) -> None:
    """Seal *dossier* as all that is known of *profile*; the caller says when it changed."""
    rows = {code: row_of(known) for code, known in dossier.items()}
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    profile.facts_sealed = sealer_of(session).seal_text(text, place=FACTS, row=profile.id)
    session.add(profile)


def facts_on(dossier: Mapping[str, Known], day: date) -> dict[str, Any]:
    """Code to value of what is known on *day*; a fact past its last day is unknown again, and one
    that is not to be used is never known."""
    return {
        code: known.value
        for code, known in dossier.items()
        if not known.unused and (known.valid_until is None or known.valid_until >= day)
    }


def row_of(known: Known) -> list[Any]:
    """*known* as JSON keeps it; `known_of` reads it back."""
    until = known.valid_until.isoformat() if known.valid_until else None
    row = [known.value, known.source, known.known_on.isoformat(), until]
    if known.unused:
        return [*row, [row_of(other) for other in known.others], True]
    if known.others:
        return [*row, [row_of(other) for other in known.others]]
    return row if until else row[:3]


def known_of(row: Sequence[Any]) -> Known:
    """What `row_of` made a row of."""
    until = date.fromisoformat(row[3]) if len(row) > 3 and row[3] else None
    others = tuple(known_of(other) for other in row[4]) if len(row) > 4 else ()
    return Known(row[0], row[1], date.fromisoformat(row[2]), until, others, len(row) > 5)


def birth_day(session: Session, profile: Profile, facts: Mapping[str, Any]) -> date | None:
    """When a person was born: by the facts, or else by the resident number; firms: None."""
    born = born_on(facts)
    if born or profile.kind is not ProfileKind.RESIDENT:
        return born
    try:
        return birth_date_of(read_resident_number(number_of(session, profile)))
    except BadIdentity:
        return None


def name_of(session: Session, profile: Profile) -> str:
    """The name in clear; empty for somebody who was forgotten."""
    if profile.kind is ProfileKind.ENTERPRISE:
        return profile.firm_name or ""
    return _opened(session, profile, profile.name_sealed, NAME)


def number_of(session: Session, profile: Profile) -> str:
    """The resident number or credit code in clear; empty for somebody who was forgotten."""
    if profile.kind is ProfileKind.ENTERPRISE:
        return profile.credit_code or ""
    return _opened(session, profile, profile.number_sealed, NUMBER)


def _opened(session: Session, profile: Profile, blob: bytes | None, place: str) -> str:
    if blob is None:
        return ""
    return sealer_of(session).open_text(blob, place=place, row=profile.id)


def name_index(sealer: Sealer, name: str) -> str:
    """The blind index of a whole name; width, case and blanks make no difference."""
    return sealer.index(_squeezed(name), purpose="profile.name")


def number_index(sealer: Sealer, number: str) -> str:
    """The blind index of a whole resident number or credit code."""
    return sealer.index(_squeezed(number), purpose="profile.number")


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def add_profile(
    session: Session,
    *,
    office: Office,
    kind: ProfileKind,
    name: str,
    number: str,
    street_code: str | None,
    community: str | None,
    facts: Mapping[str, Known],
    now: datetime,
) -> Profile:
    """Take in a new person or firm.

    Args:
        name: not blank.
        number: as `read_resident_number` or `read_uscc` returned it; new to the office.
        street_code: a street of the office, or None.
        facts: checked before; days as ISO strings.

    Raises:
        IntegrityError: the office knows this number already (ask `find`).
    """
    profile = new_profile(session, office.id, kind, name=name, number=number, now=now)
    profile.street_code, profile.community = street_code, community
    write_dossier(session, profile, facts)
    session.flush()
    return profile


def new_profile(
    session: Session, office_id: UUID, kind: ProfileKind, *, name: str, number: str, now: datetime
) -> Profile:
    """A profile row with its name and number, of which nothing else is known; not yet flushed.

    Rows that refer to it must wait for a flush.
    """
    sealer = sealer_of(session)
    profile = Profile(
        id=new_id(),
        office_id=office_id,
        kind=kind,
        name_index="",
        number_index=number_index(sealer, number),
        created_at=now,
        changed_at=now,
    )
    give_number(session, profile, number)
    rename(session, profile, name)
    return profile


def give_number(session: Session, profile: Profile, number: str) -> None:
    """Write the number: sealed for a person, in clear for a firm. Its index stands already."""
    if profile.kind is ProfileKind.ENTERPRISE:
        profile.credit_code = number
    else:
        sealer = sealer_of(session)
        profile.number_sealed = sealer.seal_text(number, place=NUMBER, row=profile.id)
    session.add(profile)


def rename(session: Session, profile: Profile, name: str) -> None:
    """Give *profile* a name: sealed for a person, in clear for a firm."""
    sealer = sealer_of(session)
    profile.name_index = name_index(sealer, name)
    if profile.kind is ProfileKind.ENTERPRISE:
        profile.firm_name = name
    else:
        profile.name_sealed = sealer.seal_text(name, place=NAME, row=profile.id)
    session.add(profile)


def find(session: Session, text: str) -> list[Profile]:
    """Profiles by a whole name, a whole resident number or credit code, or a whole phone.

    Returns:
        In the order they were taken in; empty when nothing fits. A number that is no longer
        somebody's does not find them.
    """
    if not _squeezed(text):
        return []
    sealer = sealer_of(session)
    reached = select(Contact.profile_id).where(
        Contact.channel == Channel.SMS,
        Contact.address_index == contact_index(sealer, Channel.SMS, text),
        col(Contact.ended_at).is_(None),
    )
    number = _plain_number(text)
    return list(
        session.exec(
            select(Profile)
            .where(
                or_(
                    col(Profile.name_index) == name_index(sealer, text),
                    col(Profile.number_index) == number_index(sealer, number),
                    col(Profile.id).in_(reached),
                ),
                # whom an import brought by mistake is not there, whatever is left of the row
                or_(
                    col(Profile.ended_reason).is_(None),
                    col(Profile.ended_reason) != EndReason.UNDONE,
                    col(Profile.name_index) != "",
                ),
            )
            .order_by(col(Profile.id))
        )
    )


def _plain_number(text: str) -> str:
    for read in (read_resident_number, read_uscc):
        try:
            return read(text)
        except BadIdentity:
            continue
    return text
