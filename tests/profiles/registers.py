"""Registers for the tests, and what they left behind."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from profiles.dossier import address_of, facts_on, find, read_dossier
from profiles.model import (
    Consent,
    Contact,
    Guardianship,
    Office,
    OptOut,
    Profile,
    ProfileKind,
    Subscription,
)
from profiles.roster import Register, RosterReport, import_roster
from tests.makers import NOW
from tests.profiles.people import credit_code, resident_number

OLD = resident_number(date(1940, 5, 6), 2)
MOTHER = resident_number(date(1988, 1, 2), 4)
CHILD = resident_number(date(2016, 5, 1), 6)
TEEN = resident_number(date(2010, 5, 1), 8)
FIRM = credit_code(1)


def table(*rows: Mapping[str, str], sep: str = ",") -> bytes:
    """A register of these rows; the columns are those of all rows together."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return "\n".join(sep.join(line) for line in lines).encode()


def person(number: str = OLD, **cells: str) -> dict[str, str]:
    return {"姓名": "王样例", "证件号码": number, **cells}


def take(
    session: Session,
    office: Office,
    content: bytes,
    *,
    kind: ProfileKind = ProfileKind.RESIDENT,
    name: str = "样例.csv",
    now: datetime = NOW,
    dry_run: bool = False,
    **more: Any,
) -> RosterReport:
    register = Register(content, name, kind, office, "0001", now, **more)
    return import_roster(session, register, dry_run=dry_run)


def counts(report: RosterReport) -> tuple[int, int, int]:
    return report.added, report.changed, report.unchanged


def told(report: RosterReport) -> list[tuple[int, str, str]]:
    return [(r.row, r.column, r.code) for r in report.rejected]


def the_one(session: Session, number: str = OLD) -> Profile:
    return find(session, number)[0]


def facts_of(session: Session, number: str = OLD) -> dict[str, Any]:
    return facts_on(read_dossier(session, the_one(session, number)), NOW.date())


def running(session: Session, number: str = OLD) -> list[str]:
    asked = select(Contact).where(
        Contact.profile_id == the_one(session, number).id, col(Contact.ended_at).is_(None)
    )
    return sorted(address_of(session, c) for c in session.exec(asked))


def everything(session: Session) -> dict[str, list[Any]]:
    """All rows that a register can touch, in a fixed order."""
    session.flush()
    tables = (Profile, Contact, Consent, OptOut, Subscription, Guardianship)
    found = {
        table.__name__: [row.model_dump() for row in session.exec(select(table))]
        for table in tables
    }
    for rows in found.values():
        rows.sort(key=lambda row: row["id"])
    return found
