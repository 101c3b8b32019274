"""Invented people and firms for the tests of this floor."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlmodel import Session

from profiles.consent import grant
from profiles.dossier import Known, add_contact, add_profile
from profiles.model import Channel, ConsentScope, Office, Profile, ProfileKind
from tests.makers import NOW

_serials = count(1)
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def resident_number(born: date, serial: int) -> str:
    """A number of nobody: area 370199 is no county's; *serial* 0 to 999, odd is male."""
    body = f"370199{born:%Y%m%d}{serial:03}"
    total = sum(int(c) * 2 ** (17 - n) for n, c in enumerate(body))
    return body + "10X98765432"[total % 11]


def credit_code(serial: int) -> str:
    """A credit code of no firm, *serial* 0 to 99999999."""
    body = f"91370199{serial:08}9"
    total = sum(_LETTERS.index(c) * 3**n % 31 for n, c in enumerate(body))
    return body + _LETTERS[-total % 31]


def known(**facts: Any) -> dict[str, Known]:
    return {code: Known(value, "样例台账", date(2026, 6, 1)) for code, value in facts.items()}


def make_person(
    session: Session,
    office: Office,
    *,
    born: date | None = date(1950, 3, 4),
    name: str = "王样例",
    phone: str | None = None,
    openid: str | None = None,
    agreed: bool = True,
    scopes: Collection[ConsentScope] = (ConsentScope.GENERAL,),
    street: str | None = None,
    community: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Profile:
    """A resident who agreed to *scopes*; with a phone or an openid if given.

    Args:
        born: None: a day such that thousands of people get different numbers.
    """
    serial = next(_serials)
    born = born or date(1990, 1, 1) + timedelta(days=serial // 1000)
    person = add_profile(
        session,
        office=office,
        kind=ProfileKind.RESIDENT,
        name=name,
        number=resident_number(born, serial % 1000),
        street_code=street,
        community=community,
        facts=known(birth_date=born.isoformat()) | known(**(facts or {})),
        now=NOW,
    )
    give_addresses(session, person, phone, openid)
    for scope in scopes if agreed else ():
        agree(session, person, scope)
    return person


def make_firm(
    session: Session,
    office: Office,
    *,
    name: str = "济南样例有限公司",
    street: str | None = None,
    **facts: Any,
) -> Profile:
    """A firm that agreed to nothing yet and has no address."""
    return add_profile(
        session,
        office=office,
        kind=ProfileKind.ENTERPRISE,
        name=name,
        number=credit_code(next(_serials)),
        street_code=street,
        community=None,
        facts=known(**facts),
        now=NOW,
    )


def give_addresses(
    session: Session, profile: Profile, phone: str | None, openid: str | None
) -> None:
    for channel, address in ((Channel.SMS, phone), (Channel.WECHAT, openid)):
        if address:
            add_contact(session, profile, channel, address, source="样例", now=NOW)


def agree(
    session: Session,
    person: Profile,
    scope: ConsentScope = ConsentScope.GENERAL,
    *,
    given_by: Profile | None = None,
) -> None:
    grant(session, person, scope, given_by=given_by, text_version="1", how="样例", now=NOW)
